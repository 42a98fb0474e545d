"""`intake110 location parse`: one object a file, its exit code, a table for people."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.location import app
from gateway.location.body import MAX_BODY_BYTES
from gateway.testing import location_bodies as bodies

RUNNER = CliRunner()


def test_several_files_give_one_object_a_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.bin"
    good.write_text(bodies.presence(bodies.in_device(bodies.info(bodies.CIVIC))), encoding="utf-8")
    bad.write_bytes(b"\0\1\2")
    result = RUNNER.invoke(app, ["parse", str(good), str(bad), "--json"])
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert set(first) == {"kind", "locations", "additional", "errors"}
    assert "人民东路" in result.stdout
    assert second["errors"][0].keys() == {"what", "where"}


def test_nothing_but_errors_ends_with_one_and_still_tells_them() -> None:
    result = RUNNER.invoke(app, ["parse", "-", "--json"], input=b"<presence>")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["errors"]


def test_a_file_over_the_limit_is_told(tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.write_bytes(b" " * (MAX_BODY_BYTES + 10))
    result = RUNNER.invoke(app, ["parse", str(file), "--json"])
    assert "is not read" in json.loads(result.stdout)["errors"][0]["what"]


def test_people_get_a_table_and_brackets_are_no_markup() -> None:
    text = bodies.presence(bodies.in_device(bodies.info(bodies.CIRCLE, "<gs:Odd/>", method="[red]GPS")))
    result = RUNNER.invoke(app, ["parse", "-"], input=text.encode())
    assert "circle" in result.stdout
    assert "[red]GPS" in " ".join(result.stdout.split())
    assert "unknown shape" in result.stdout


def test_coordinates_without_a_datum_take_the_one_that_is_said_or_are_told() -> None:
    header = b"lat=31.2304;lon=121.4737;r=50"
    untold = json.loads(RUNNER.invoke(app, ["parse", "-", "--json"], input=header).stdout)
    assert "datum" not in untold["locations"][0]
    assert "name no datum" in untold["errors"][0]["what"]
    told = json.loads(RUNNER.invoke(app, ["parse", "-", "--json", "--datum", "GCJ-02"], input=header).stdout)
    assert told["locations"][0]["datum"] == "GCJ-02"
    assert "read as GCJ-02" in told["errors"][0]["what"]


def test_a_reference_whose_time_is_over_is_told() -> None:
    body = bodies.held_response(uris=("https://lis.example/1",)).replace("2026-11-27T12", "2006-01-01T13")
    found = json.loads(RUNNER.invoke(app, ["parse", "-", "--json"], input=body.encode()).stdout)
    assert found["locations"][0]["uri"] == "https://lis.example/1"
    assert "a reference that expired at 2006-01-01T13:00:00+08:00" in found["errors"][0]["what"]
