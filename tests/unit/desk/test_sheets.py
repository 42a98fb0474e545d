"""Paper from an outage as a table: what is read, and how what is wrong is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.desk.sheets import COLUMNS, MAX_LINES, read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HEAD = ",".join(COLUMNS)


def test_a_line_is_read_in_the_sites_time_and_an_outage_is_its_usual_origin() -> None:
    (line,), wrong = read(
        f'{HEAD}\n17,2026-01-05 14:30,,138 0013-8000,人民路,"有人打架\n有刀",,,\n', ZONE, NOW
    )
    assert not wrong
    assert line.number == 3
    assert line.sheet == "17"
    assert line.fields == {
        "happened_at": "2026-01-05T06:30:00+00:00", "origin": "outage", "number": "13800138000",
        "place": "人民路", "words": "有人打架\n有刀", "sheet": "17",
    }  # fmt: skip


@pytest.mark.parametrize(
    "written", ["2026/01/05 14:30", "2026-01-05 14:30:00", "2026-01-05T14:30:00+08:00", "2026-01-05T06:30Z"]
)
def test_times_are_read_as_people_and_spreadsheets_write_them(written: str) -> None:
    (line,), _ = read(f"sheet,happened_at\n1,{written}\n", ZONE, NOW)
    assert line.fields["happened_at"] == "2026-01-05T06:30:00+00:00"


def test_a_spot_needs_its_datum_and_has_it() -> None:
    (line,), _ = read(
        "sheet,happened_at,latitude,longitude,datum\n1,2026-01-05 14:30,30.25,120.16,GCJ-02\n", ZONE, NOW
    )
    assert (line.fields["latitude"], line.fields["datum"]) == (30.25, "GCJ-02")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",2026-01-05 14:30,,,,,,,", "sheet"),
        ("1,yesterday,,,,,,,", "happened_at"),
        ("1,2026-01-05 18:30,,,,,,,", "happened_at"),
        ("1,2025-01-05 14:30,,,,,,,", "happened_at"),
        ("1,2026-01-05 14:30,fax,,,,,,", "origin"),
        ("1,2026-01-05 14:30,,12,,,,,", "number"),
        (f"1,2026-01-05 14:30,,,{'x' * 501},,,,", "place"),
        (f"1,2026-01-05 14:30,,,,{'x' * 5001},,,", "words"),
        ("1,2026-01-05 14:30,,,,,30.2,,", "latitude"),
        ("1,2026-01-05 14:30,,,,,30.2,120.1,", "latitude"),
        ("1,2026-01-05 14:30,,,,,130.2,120.1,WGS-84", "latitude"),
        ("1,2026-01-05 14:30,,,,,30.2,120.1,WGS-84,more", ""),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(row: str, column: str) -> None:
    lines, wrong = read(f"{HEAD}\n0,2026-01-05 14:00,,,,,,,\n{row}\n", ZONE, NOW)
    assert [line.sheet for line in lines] == ["0"]
    assert [(each.line, each.column) for each in wrong] == [(3, column)]


def test_a_sheet_that_stands_there_twice_is_told_with_its_first_line() -> None:
    _, (wrong,) = read("sheet,happened_at\n1,2026-01-05 14:30\n\n1,2026-01-05 14:31\n", ZONE, NOW)
    assert (wrong.line, wrong.told) == (4, "1 stands in line 2 already")


@pytest.mark.parametrize("head", ["sheet,number", "", "sheet,happened_at,colour", "sheet,happened_at,sheet"])
def test_a_heading_that_is_none_is_told_with_the_columns(head: str) -> None:
    lines, (wrong,) = read(f"{head}\n1,2026-01-05 14:30,x\n", ZONE, NOW)
    assert not lines
    assert "sheet, happened_at, origin" in wrong.told


def test_a_file_that_is_too_long_is_refused_whole() -> None:
    rows = "".join(f"{n},2026-01-05 14:30\n" for n in range(MAX_LINES + 1))
    lines, (wrong,) = read(f"sheet,happened_at\n{rows}", ZONE, NOW)
    assert not lines
    assert wrong.line == 0
