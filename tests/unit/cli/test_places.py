"""`intake110 places`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.places import app

CITY = Path(__file__).parents[3] / "conf" / "places"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout or done.stderr


def test_find_prints_candidates_with_point_datum_and_words() -> None:
    code, out = run("find", "在建国路八十八号对面", "--places", str(CITY), "--near", "31.2,121.48", "--json")
    (best, *_) = json.loads(out)["candidates"]
    assert code == 0
    assert {"place_id", "name", "score", "lat", "lon", "datum"} <= set(best)
    assert (best["name"], best["datum"], best["start"], best["end"]) == ("建国路88号", "WGS-84", 1, 10)


def test_find_without_json_shows_a_table_and_says_when_nothing_is_named() -> None:
    assert "建国路88号" in run("find", "建国路八十八号", "--places", str(CITY))[1].replace("\n", "")
    assert "no place" in run("find", "救命", "--places", str(CITY))[1]


def test_describe_tells_district_beat_and_junctions() -> None:
    code, out = run("describe", "31.24,121.515", "--datum", "WGS-84", "--places", str(CITY), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["station"] == {"id": "ps-4", "name": "火车站派出所"}
    assert [one["name"] for one in told["divisions"]] == ["样例市", "青桐区"]
    assert len(told["junctions"]) == 3


def test_a_point_that_is_none_is_told_with_the_cure() -> None:
    code, out = run("describe", "here", "--datum", "WGS-84", "--places", str(CITY))
    assert code == 1
    assert "LAT,LON" in out


def test_check_counts_and_remarks() -> None:
    code, out = run("check", "--places", str(CITY), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["counts"]["station areas"] == 8
    assert told["remarks"] == []


def test_import_reports_what_came_and_refuses_a_broken_set(tmp_path: Path) -> None:
    code, out = run("import", str(CITY), "--into", str(tmp_path / "places"), "--json")
    assert code == 0
    assert json.loads(out)["counts"]["roads"] > 50
    (tmp_path / "pois-x.csv").write_text("# datum: WGS-84\nid,name,lat,lon\nx,甲店,95,1\n", encoding="utf-8")
    code, out = run("import", str(tmp_path / "pois-x.csv"), "--into", str(tmp_path / "places"), "--json")
    told = json.loads(out)
    assert code == 1
    assert (told["faults"][0]["file"], told["faults"][0]["where"]) == ("pois-x.csv", "line 3")
    assert run("check", "--places", str(tmp_path / "places"))[0] == 0
    assert run("check", "--places", str(tmp_path / "none"))[0] == 1


def test_an_area_whose_border_crosses_itself_is_told_and_the_rest_is_brought_in(tmp_path: Path) -> None:
    told = json.loads((CITY / "stations.geojson").read_text(encoding="utf-8"))
    ring = told["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    (tmp_path / "stations.geojson").write_text(json.dumps(told), encoding="utf-8")
    into = str(tmp_path / "places")
    assert run("import", str(CITY), "--into", into)[0] == 0
    code, out = run("import", str(tmp_path / "stations.geojson"), "--into", into, "--json")
    found = json.loads(out)
    assert (code, found["counts"]["station areas"]) == (0, 7)
    (fault,) = found["set_aside"]
    assert (fault["file"], fault["where"]) == ("stations.geojson", "feature 1 (ps-1)")
    assert "crosses itself" in fault["what"]
    assert "QGIS" in fault["cure"]
    checked = json.loads(run("check", "--places", into, "--json")[1])
    assert checked["set_aside"] == [fault]
    assert checked["remarks"][0].startswith("left out: stations.geojson, feature 1 (ps-1)")
    assert (
        "left out: stations.geojson" in run("import", str(tmp_path / "stations.geojson"), "--into", into)[1]
    )
