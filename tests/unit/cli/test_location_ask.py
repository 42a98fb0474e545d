"""`intake110 location ask`: the configured sources asked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.location import app

RUNNER = CliRunner()
TABLES = """[[location.subscribers]]
name = "lines"
file = "lines.csv"
[[location.subscribers]]
name = "gone"
file = "gone.csv"
[location.cells]
file = "cells.csv"
"""


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    (tmp_path / "lines.csv").write_text("number,name,address\n02161234567,王小明,建国路88号\n")
    (tmp_path / "cells.csv").write_text(
        "cell,latitude,longitude,datum,radius_m\n460-00-1-2,31,121,WGS-84,500\n"
    )
    (tmp_path / "gateway.toml").write_text(TABLES)
    return tmp_path / "gateway.toml"


def test_each_source_that_is_concerned_says_what_it_knows_or_why_not(deployment: Path) -> None:
    result = RUNNER.invoke(app, ["ask", "+862161234567", "-c", str(deployment), "--json"])
    lines, gone = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert (lines["source"], lines["mark"]) == ("lines", "ALI")
    assert [place["address"] for place in lines["locations"]] == ["建国路88号"]
    assert lines["additional"] == [{"block": "SubscriberInfo", "fields": {"Name": "王小明"}}]
    assert "gone.csv: cannot be read" in gone["failed"]


def test_people_read_it_too(deployment: Path) -> None:
    result = RUNNER.invoke(app, ["ask", "02161234567", "-c", str(deployment)])
    assert "建国路88号" in result.stdout
    assert "cannot be read" in result.stdout


def test_a_cell_is_asked_for_and_nothing_found_ends_with_one(deployment: Path) -> None:
    found = RUNNER.invoke(app, ["ask", "--cell", "46000-1-2", "-c", str(deployment), "--json"])
    assert (found.exit_code, json.loads(found.stdout)["source"]) == (0, "cells")
    nobody = RUNNER.invoke(app, ["ask", "999", "-c", str(deployment), "--only", "lines"])
    assert (nobody.exit_code, "knows nothing of it" in nobody.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [([], "say a number"), (["1", "--only", "x"], "configured: lines, gone, cells")],
)
def test_a_wrong_question_says_what_to_say(deployment: Path, arguments: list[str], told: str) -> None:
    result = RUNNER.invoke(app, ["ask", *arguments, "-c", str(deployment)], env={"COLUMNS": "200"})
    assert (result.exit_code, told in result.output) == (2, True)


def test_a_configuration_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["ask", "1", "-c", str(tmp_path / "none.toml")])
    assert (result.exit_code, "cannot be read" in result.output) == (2, True)
