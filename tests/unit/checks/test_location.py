"""The sources of callers' places, tried before a call needs them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gateway.checks import location as checks
from gateway.checks.line import Line
from gateway.clock import SystemClock
from gateway.testing.fake_ali import FakeAli
from gateway.testing.fake_held import FakeHeld

from .conftest import configured, told

CLOCK = SystemClock()
GOOD = "number,address,latitude,longitude,datum\n02161234567,建国路88号,31.2,121.4,GCJ-02\n0216123*,x,,,\n"


async def tried(folder: Path, **location: Any) -> dict[str, Line]:
    return await told(checks.sources(configured(folder, location=location), CLOCK))


def lines(folder: Path, text: str, **more: Any) -> list[dict[str, Any]]:
    file = folder / "lines.csv"
    file.write_text(text)
    return [{"name": "lines", "file": file, **more}]


async def test_a_good_table_is_read_whole(tmp_path: Path) -> None:
    found = await tried(tmp_path, subscribers=lines(tmp_path, GOOD))
    assert (found["location.lines"].state, "2 rows" in found["location.lines"].en) == ("ok", True)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (GOOD + "bad,x,,,\n", "lines.csv:4: no number: 'bad'"),
        (GOOD + "1,x,95,121,WGS-84\n", "lines.csv:4: latitude: 95 is not within"),
        (GOOD + "1,x,31,121,\n", "1 rows name no datum and none is configured: set datum"),
    ],
)
async def test_rows_that_cannot_be_used_are_warned_of_by_line(tmp_path: Path, text: str, part: str) -> None:
    line = (await tried(tmp_path, subscribers=lines(tmp_path, text)))["location.lines"]
    assert (line.state, part in line.en) == ("warn", True), line.en


async def test_an_untagged_row_is_no_fault_where_a_datum_is_configured(tmp_path: Path) -> None:
    found = await tried(tmp_path, subscribers=lines(tmp_path, GOOD + "1,x,31,121,\n", datum="GCJ-02"))
    assert found["location.lines"].state == "ok"


async def test_a_missing_table_fails_and_the_others_are_still_tried(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("cell,latitude,longitude,datum\n460-00-1-2,31,121,WGS-84\n")
    found = await tried(
        tmp_path,
        subscribers=[{"name": "lines", "file": tmp_path / "none.csv"}],
        cells={"file": tmp_path / "cells.csv"},
    )
    assert {name: line.state for name, line in found.items()} == {
        "location.lines": "fail",
        "location.cells": "ok",
    }
    assert "none.csv: cannot be read" in found["location.lines"].en


async def test_a_database_is_asked_for_a_number_that_nobody_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "x.db") as own:
        own.execute("CREATE TABLE lines (number TEXT, address TEXT)")
    monkeypatch.setenv("LINES", f"sqlite:///{tmp_path / 'x.db'}")
    for select, state in (("SELECT address", "ok"), ("SELECT nope", "fail")):
        told_of = {
            "name": "lines",
            "url_env": "LINES",
            "select": f"{select} FROM lines WHERE number = :number",
        }
        assert (await tried(tmp_path, subscribers=[told_of]))["location.lines"].state == state


async def test_a_provider_and_a_server_are_reached_without_asking_for_anybody(tmp_path: Path) -> None:
    ali, held = FakeAli({}), FakeHeld({})
    await ali.start()
    await held.start()
    there = {
        "ali": [{"name": "fixed", "host": "127.0.0.1", "port": ali.port, "connect_within_s": 0.5}],
        "held": [{"name": "lis", "url": held.url}],
        "plain_http_hosts": [f"127.0.0.1:{held.port}"],
    }
    found = await tried(tmp_path, **there)
    assert {name: line.state for name, line in found.items()} == {
        "location.fixed": "ok",
        "location.lis": "ok",
        "location.references": "ok",
    }
    assert (ali.asked, held.requests) == ([], [b""])
    await ali.stop()
    await held.stop()
    found = await tried(tmp_path, **there)
    assert (found["location.fixed"].state, found["location.lis"].state) == ("fail", "fail")
    assert "no link within 0.5 s" in found["location.fixed"].en


async def test_a_source_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    told_of = {"name": "lines", "url_env": "NO_SUCH", "select": "SELECT :number"}
    found = await tried(tmp_path, subscribers=[told_of])
    assert "url_env NO_SUCH" in found["location.configuration"].en


async def test_the_shipped_places_load_and_broken_ones_say_what_to_mend(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "conf/places"
    found = await told(checks.places(configured(tmp_path, location={"places": shipped})))
    assert found["places"].state == "ok"
    found = await told(checks.places(configured(tmp_path, location={"places": tmp_path / "none"})))
    assert found["places.1"].state == "fail"


async def test_an_area_that_is_left_out_is_warned_of_and_the_places_load(tmp_path: Path) -> None:
    folder = tmp_path / "places"
    shutil.copytree(Path(__file__).parents[3] / "conf" / "places", folder)
    drawn = json.loads((folder / "divisions.geojson").read_text(encoding="utf-8"))
    ring = drawn["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    (folder / "divisions.geojson").write_text(json.dumps(drawn), encoding="utf-8")
    found = await told(checks.places(configured(tmp_path, location={"places": folder})))
    assert (found["places"].state, found["places.left_out.1"].state) == ("ok", "warn")
    assert "divisions.geojson, feature 1" in found["places.left_out.1"].en
