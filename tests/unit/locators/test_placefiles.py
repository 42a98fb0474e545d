# ruff: noqa: E501 (rows of a table are read more easily in one line)
"""A city's places brought in: as a whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.location.model import Datum
from gateway.location.places import PlacesError, load
from gateway.locators.placefiles import install

ROADS = "id,name\nmain,榆树大街\n"
POIS = "# datum: WGS-84\nid,name,lat,lon\np1,白鹭医院,30.0,110.0\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A set in place."""
    folder = tmp_path / "conf" / "places"
    folder.mkdir(parents=True)
    (folder / "roads.csv").write_text(ROADS, encoding="utf-8")
    (folder / "pois.csv").write_text(POIS, encoding="utf-8")
    return folder


def listed(folder: Path) -> dict[str, str]:
    return {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir()}


def test_a_folder_takes_the_place_of_the_whole_set(site: Path, tmp_path: Path) -> None:
    came = tmp_path / "new"
    came.mkdir()
    (came / "pois.csv").write_text(POIS.replace("白鹭", "苍鹭"), encoding="utf-8")
    (came / "notes.txt").write_text("not for the gateway", encoding="utf-8")
    done = install([came], site)
    assert done.files == ("pois.csv",)
    assert [place.name for place in done.places.places] == ["苍鹭医院"]
    assert list(listed(site)) == ["pois.csv"]
    assert [one.name for one in site.parent.iterdir()] == ["places"]


def test_a_set_with_a_fault_replaces_nothing(site: Path, tmp_path: Path) -> None:
    before = listed(site)
    (tmp_path / "bad.csv").write_text("# datum: WGS-84\nid,name,lat,lon\nx,甲店,95,110\n", encoding="utf-8")
    with pytest.raises(PlacesError, match=r"pois-bad\.csv, line 3"):
        install([tmp_path / "bad.csv"], site, kind="pois")
    assert listed(site) == before
    assert [one.name for one in site.parent.iterdir()] == ["places"]


def test_a_file_is_added_and_its_frame_is_written_into_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text("id,name,lat,lon\ns1,第三中学,30.0,110.0\n", encoding="utf-8")
    with pytest.raises(PlacesError, match="names no datum"):
        install([tmp_path / "schools.csv"], site, kind="pois")
    install([tmp_path / "schools.csv"], site, kind="pois", datum=Datum.GCJ_02)
    assert listed(site)["pois-schools.csv"].startswith("# datum: GCJ-02\nid,name")
    assert load(site).find("第三中学")[0].place_id == "s1"


def test_a_first_set_needs_no_set_before_it(tmp_path: Path) -> None:
    (tmp_path / "pois.csv").write_text(POIS, encoding="utf-8")
    install([tmp_path / "pois.csv"], tmp_path / "deep" / "places")
    assert load(tmp_path / "deep" / "places").find("白鹭医院")


def feature(kind: str, coordinates: object, **properties: str) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


FOREIGN = [
    feature("LineString", [[110.0, 30.0], [110.1, 30.0]], name="磨坊路", highway="primary"),
    feature("LineString", [[110.1, 30.0], [110.2, 30.0]], name="磨坊路", highway="primary"),
    feature("Polygon", [[[110.0, 30.0], [110.01, 30.0], [110.01, 30.01], [110.0, 30.0]]], name="听泉小区", landuse="residential"),
    feature("Point", [110.05, 30.05], name="白鹭茶楼", amenity="cafe", alt_name="鹭楼;老茶楼"),
    feature("Point", [110.05, 30.05], name="白鹭茶楼", amenity="cafe"),
    feature("Point", [110.05, 30.05], amenity="bench"),
]  # fmt: skip


def test_a_foreign_export_is_sorted_by_its_tags(tmp_path: Path) -> None:
    export = tmp_path / "export.geojson"
    export.write_text(json.dumps({"type": "FeatureCollection", "features": FOREIGN}), encoding="utf-8")
    into = tmp_path / "places"
    with pytest.raises(PlacesError, match="names no datum"):
        install([export], into)
    done = install([export], into, datum=Datum.WGS_84)
    assert done.left_out == 1
    assert done.files == (
        "roads-export.csv", "roads-export.geojson", "pois-export.csv", "communities-export.csv", "aliases-export.csv",
    )  # fmt: skip
    found = load(into)
    assert len(found.find("老茶楼")) == 1
    assert len(found.find("白鹭茶楼")) == 2
    assert found.find("磨坊路")[0].uncertainty_m > 5_000
    assert found.find("听泉小区")[0].kind == "community"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("what.csv", "id,name\n", "its name tells no kind"),
        ("gone.geojson", None, "no such file"),
        ("empty.geojson", '{"type": "FeatureCollection", "datum": "WGS-84", "features": []}', "nothing with a name"),
        ("torn.geojson", '{"type": ', "is no JSON"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_placed_is_told(
    site: Path, tmp_path: Path, name: str, text: str | None, what: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PlacesError, match=what):
        install([tmp_path / name], site)
