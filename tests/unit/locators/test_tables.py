"""The site's own tables as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.location import row
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import Shape
from gateway.locators import tablefile
from gateway.locators.tablefile import TableError, TableFile
from gateway.locators.tables import LOOK_EVERY_S, CellTable, SubscriberTable, TableSettings
from gateway.testing.clock import ManualClock

TABLE = '''number,name,address,class_of_service
02161234567,王小明,建国路88号,residence
02161234500..02161234599,天成大厦,天成路1号,business
0216123*,电信局,某机房,pbx
02161234567,李小红,建国路90号,residence
"02161234568","赵,四","北京路1号 ""甲""",residence
13800000000,,,mobile
bad,x,y,z
02161234599..02161234500,a,b,c
short
'''


def table(folder: Path, text: str | bytes) -> TableFile:
    file = folder / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return TableFile(file, "number", row.number_span)


def find(found: TableFile, digits: str) -> dict[str, str] | None:
    return found.find(row.number_key(digits), digits)


def address(found: TableFile, digits: str) -> str | None:
    got = find(found, digits)
    return None if got is None else got["address"]


def test_a_number_goes_before_a_range_before_a_prefix_and_the_last_row_counts(tmp_path: Path) -> None:
    found = table(tmp_path, TABLE)
    assert address(found, "02161234567") == "建国路90号"
    assert address(found, "02161234560") == "天成路1号"
    assert address(found, "02161239999") == "某机房"
    assert address(found, "02199999999") is None
    assert address(found, "2161234567") is None
    assert address(found, "") is None
    assert find(found, "02161234568") == {
        "number": "02161234568", "name": "赵,四", "address": '北京路1号 "甲"',
        "class_of_service": "residence",
    }  # fmt: skip


def test_ranges_within_ranges_are_found_from_the_inside(tmp_path: Path) -> None:
    rows = ["number,address", "100..900,wide", "200..300,inner", "250..260,core", "800..950,late"]
    found = table(tmp_path, "\n".join(rows))
    for digits, where in {
        "100": "wide", "255": "core", "240": "inner", "301": "wide", "850": "late", "950": "late", "99": None,
        "951": None, "700": "wide",
    }.items():  # fmt: skip
        assert address(found, digits) == where, digits


def test_rows_that_cannot_be_used_are_told_with_file_line_and_cure(tmp_path: Path) -> None:
    found = table(tmp_path, TABLE)
    assert len(found) == 6
    assert [told.split(":", 1)[1] for told in found.problems.told] == [
        "8: no number: 'bad'; write 02161234567, 02161234500..02161234599 or 0216123*",
        "9: the range '02161234599..02161234500' runs backwards, or its ends differ in length",
        "10: no number: 'short'; write 02161234567, 02161234500..02161234599 or 0216123*",
    ]


def test_rows_too_short_for_their_key_and_open_quotes_are_told(tmp_path: Path) -> None:
    found = table(tmp_path, 'name,number\nonly\n"open,02161234567\nok,02161234568\n')
    assert find(found, "02161234568") == {"name": "ok", "number": "02161234568"}
    assert [told.rsplit(":", 1)[0].rsplit(":", 1)[1] for told in found.problems.told] == ["2", "3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_and_encodings_are_understood(tmp_path: Path, encoding: str) -> None:
    text = "电话,户名,装机地址\n021-61234567,王小明,建国路88号\n"
    found = table(tmp_path, text.encode(encoding))
    assert find(found, "02161234567") == {"number": "021-61234567", "name": "王小明", "address": "建国路88号"}
    plain = table(tmp_path, "number,address\n02161234567,建国路88号\n".encode(encoding))
    assert address(plain, "02161234567") == "建国路88号"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,address\n", "1: no column 'number'; the first line names the columns"),
        ("", "1: no column 'number'"),
        ("number,号码\n", "1: two columns mean 'number'; keep one"),
        ("number\n" + "x" * 9_000, "2: longer than 8192 bytes; is it a CSV file?"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_mend(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TableError) as caught:
        table(tmp_path, text)
    assert told in str(caught.value)


def test_limits_are_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tablefile, "MAX_ROWS", 2)
    with pytest.raises(TableError, match="more than 2 rows; put the table into a database"):
        table(tmp_path, "number\n1\n2\n3\n")
    monkeypatch.setattr(tablefile, "MAX_PREFIXES", 1)
    with pytest.raises(TableError, match="more than 1 prefixes; use ranges"):
        table(tmp_path, "number\n1*\n2*\n")


def test_a_file_that_was_written_over_gives_nobody_a_strangers_row(tmp_path: Path) -> None:
    found = table(tmp_path, "number,address\n02161234567,one\n02161234568,two\n")
    (tmp_path / "t.csv").write_text("number,address\n02161234569,xxx\n02161234570,yyy\n")
    with pytest.raises(TableError, match="written over while it was in use"):
        find(found, "02161234567")


async def test_a_changed_file_is_noticed_and_a_broken_one_leaves_the_old_in_use(tmp_path: Path) -> None:
    clock, file, fresh = ManualClock(), tmp_path / "t.csv", tmp_path / "fresh"
    file.write_text("number,address\n02161234567,old\n")
    source = SubscriberTable(TableSettings(name="lines", file=file), clock)
    asked = Asked(call_id="c", ani="02161234567")

    async def answer() -> tuple[list[str | None], list[str]]:
        reading = await source.locate(asked)
        return [place.address for place in reading.locations], [fault.what for fault in reading.faults]

    await source.loaded()
    assert await answer() == (["old"], [])
    fresh.write_text("number,address\n02161234567,new\n")
    fresh.replace(file)
    assert await answer() == (["old"], [])
    await clock.advance(LOOK_EVERY_S)
    assert await answer() == (["new"], [])
    fresh.write_text("nonsense\n")
    fresh.replace(file)
    await clock.advance(LOOK_EVERY_S)
    addresses, faults = await answer()
    assert addresses == ["new"]
    assert "the table as it was before is in use" in faults[0]
    await source.close()


async def test_a_table_that_is_not_there_at_the_start_says_so(tmp_path: Path) -> None:
    source = SubscriberTable(TableSettings(name="lines", file=tmp_path / "none.csv"), ManualClock())
    with pytest.raises(LocatorFailed, match=r"lines: .*none\.csv: cannot be read \(No such file"):
        await source.loaded()
    await source.close()


async def test_a_cell_is_found_however_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text(
        "小区,纬度,经度,坐标系,方位角,波瓣宽度,覆盖半径\n"
        "460-00-1234-5678,31.2,121.4,WGS-84,120,65,800\n460-00-1234-5679,31.2,121.4,WGS-84,,,500\nx,1,2,,,,\n"
    )
    source = CellTable(TableSettings(name="cells", file=file), ManualClock())
    for text in ("460-00-1234-5678", "46000-1234-5678", "460:00:01234:0005678"):
        (place,) = (await source.locate(Asked(call_id="c", cell=text))).locations
        assert (place.shape, place.method, place.extent and place.extent.orientation_deg) == (
            Shape.ARC_BAND, "Cell", 87.5,
        )  # fmt: skip
    (round_one,) = (await source.locate(Asked(call_id="c", cell="460-00-1234-5679"))).locations
    assert round_one.shape is Shape.CIRCLE
    assert (await source.locate(Asked(call_id="c", cell="460-01-1234-5678"))).locations == ()
    assert not source.concerns(Asked(call_id="c", cell="no cell"))
    await source.close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("number,address\n", "it has no rows; put the whole table in its place"),
        (
            "number,address\n2.16E+10,a\n2.16E+10,b\n02161234567,new\n",
            "2 of 3 rows cannot be used; the first: ",
        ),
    ],
)
async def test_what_looks_like_a_failed_export_takes_no_tables_place(
    tmp_path: Path, text: str, told: str
) -> None:
    clock, file, fresh = ManualClock(), tmp_path / "t.csv", tmp_path / "fresh"
    file.write_text("number,address\n02161234567,old\n")
    source = SubscriberTable(TableSettings(name="lines", file=file), clock)
    await source.loaded()
    fresh.write_text(text)
    fresh.replace(file)
    await clock.advance(LOOK_EVERY_S)
    reading = await source.locate(Asked(call_id="c", ani="02161234567"))
    assert [place.address for place in reading.locations] == ["old"]
    assert "the table as it was before is in use" in reading.faults[0].what
    assert told in reading.faults[0].what
    await source.close()


async def test_a_few_wrong_rows_keep_no_table_from_being_used(tmp_path: Path) -> None:
    clock, file, fresh = ManualClock(), tmp_path / "t.csv", tmp_path / "fresh"
    file.write_text("number,address\n02161234567,old\n")
    source = SubscriberTable(TableSettings(name="lines", file=file), clock)
    await source.loaded()
    fresh.write_text("number,address\n02161234567,new\nbad,x\n")
    fresh.replace(file)
    await clock.advance(LOOK_EVERY_S)
    reading = await source.locate(Asked(call_id="c", ani="02161234567"))
    assert [place.address for place in reading.locations] == ["new"]
    await source.close()


@pytest.mark.parametrize("text", ["2.16E+10", "1.38e10", "02161234567.0", "13800000000.00"])
def test_a_number_that_a_spreadsheet_spoilt_is_nobodys(tmp_path: Path, text: str) -> None:
    found = table(tmp_path, f"number,address\n{text},x\n02161234567,y\n")
    assert len(found) == 1
    assert (
        f"t.csv:2: a number that a spreadsheet made of it: {text!r}; make the column text"
        in (found.problems.told[0])
    )


def test_a_million_rows_take_sixteen_bytes_each_in_memory(tmp_path: Path) -> None:
    file, rows = tmp_path / "t.csv", 1_000_000
    with file.open("w") as out:
        out.write("number,name,address,latitude,longitude,datum\n")
        out.writelines(f"021{number:08d},x,road {number},31.2,121.4,WGS-84\n" for number in range(rows))
    found = TableFile(file, "number", row.number_span)
    assert len(found) == rows
    assert found.held_bytes == 16 * rows
    assert address(found, "02100999999") == "road 999999"
    assert address(found, "02101000000") is None
    found.close()
