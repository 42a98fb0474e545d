from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.location import app

PLACES = Path(__file__).parents[3] / "conf" / "places"
SAID = "我在那个建国路,不对,建设路八十八号"


def test_one_text_becomes_one_object_with_elements_line_and_candidates() -> None:
    done = CliRunner().invoke(app, ["address", SAID, "--json", "--places", str(PLACES)])
    told = json.loads(done.stdout)
    assert told["elements"] == [
        {"type": "redundant", "text": "建国路", "start": 4, "end": 7},
        {"type": "road", "text": "建设路", "start": 11, "end": 14},
        {"type": "roadno", "text": "八十八号", "start": 14, "end": 18},
    ]
    assert told["normalised"] == "建设路88号"
    best = told["candidates"][0]
    assert set(best) == {"place_id", "name", "score", "lat", "lon", "datum"}
    assert best["datum"] == "WGS-84"


def test_many_addresses_become_a_line_each_in_their_order(tmp_path: Path) -> None:
    source, out = tmp_path / "many.csv", tmp_path / "many.jsonl"
    source.write_text('name,text\n甲,"临江路200号,对面"\n乙,\n丙,翠湖花园12-3-401\n', encoding="utf-8-sig")
    done = CliRunner().invoke(app, ["address", "--file", str(source), "--out", str(out)])
    assert done.exit_code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["normalised"] for line in lines] == ["临江路200号对面", None, "翠湖花园12号楼3单元401室"]
    assert all(set(line) == {"elements", "normalised", "candidates"} for line in lines)


def test_a_file_without_the_column_is_told_with_the_cure(tmp_path: Path) -> None:
    source = tmp_path / "many.csv"
    source.write_text("address\n临江路200号\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["address", "--file", str(source)])
    assert done.exit_code == 2
    assert "column" in done.stderr


def test_neither_text_nor_file_is_told_with_the_cure() -> None:
    assert CliRunner().invoke(app, ["address"]).exit_code == 2


def test_people_see_the_line_and_each_element() -> None:
    done = CliRunner().invoke(app, ["address", "临江路200号"])
    assert "临江路200号" in done.stdout
    assert "roadno" in done.stdout
