# ruff: noqa: E501 (rows of a table are read more easily in one line)
"""A folder of places with something wrong in it is refused with file, line and cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.location.datum import convert
from gateway.location.model import Datum
from gateway.location.places import PlacesError, load
from gateway.location.places.files import MAX_FAULTS, kind_of, read
from gateway.location.places.plane import distance_m

Written = Callable[..., Path]
POIS = "# datum: WGS-84\nid,name,lat,lon\n"
SQUARE = "[[110,30],[110.1,30],[110.1,30.1],[110,30.1],[110,30]]"


def station(
    coordinates: str, *, datum: str = '"datum": "WGS-84",', kind: str = "Polygon", id_: str = '"id": "s"'
) -> str:
    return f"""{{"type": "FeatureCollection", {datum} "features": [{{"type": "Feature", "properties": {{{id_}}},
        "geometry": {{"type": "{kind}", "coordinates": {coordinates}}}}}]}}"""


@pytest.mark.parametrize(
    ("file", "text", "where", "what", "cure"),
    [
        ("pois.csv", "id,name,lat,lon\na,甲,30,110\n", "line 1", "names no datum", "# datum: WGS-84"),
        ("pois.csv", "# datum: mars\nid,name,lat,lon\n", "line 1", "names no datum", "CGCS2000"),
        ("pois.csv", POIS + "a,甲,95,110\n", "line 3", "no place at latitude 95", "-90 to 90"),
        ("pois.csv", POIS + "a,甲,110,30\n", "line 3", "no place at latitude 110", "exchanged"),
        ("pois.csv", POIS + "a,甲,80,31\n", "line 3", "no place at latitude 80", "exchanged"),
        ("pois.csv", POIS + "a,甲,nan,110\n", "line 3", "is no number", "31.2304"),
        ("pois.csv", POIS + "a,甲,1e999,110\n", "line 3", "is no number", "31.2304"),
        ("pois.csv", POIS + "a,甲,３０,110\n", "line 3", "is no number", "31.2304"),
        ("pois.csv", POIS + "a,甲,30,5,110\n", "line 3", "5 cells under a heading of 4", "with a point"),
        ("pois.csv", POIS + "a,甲,30\n", "line 3", "left out", "with a point"),
        ("pois.csv", POIS + "a,甲,30,110\n\na,乙,30,110\n", "line 5", "stands in pois.csv line 3", "own id"),
        ("pois.csv", POIS + ",甲,30,110\n", "line 3", "id is empty", "Fill it in"),
        ("pois.csv", POIS + f"a,{'甲' * 61},30,110\n", "line 3", "61 characters", "Shorten"),
        ("pois.csv", POIS + f"a,{'甲' * 1_000_000},30,110\n", "line 3", "field larger", "quotes"),
        ("pois.csv", POIS + 'a,"甲,30,110\n' + "b,乙,30,110\n" * 40, "line 3", "40 more lines", "quote left open"),
        ("pois.csv", "# datum: WGS-84\nid,name,lat\n", "line 2", "lacks lon", "id,name,lat,lon"),
        ("pois.csv", "# datum: WGS-84\nid,name,lat,lon,colour\n", "line 2", "has colour", "id,name,lat,lon"),
        ("pois.csv", "", "line 0", "lacks id", "id,name,lat,lon"),
        ("junctions.csv", "# datum: WGS-84\nid,road_a,road_b,lat,lon\nj,main,moon,30,110\n", "line 3", "road moon is not in roads.csv", "Add it"),
        ("aliases.csv", "place,alias\nnone,甲乙\n", "line 2", "there is no place none", "Mend the id"),
        ("divisions.csv", "code,name,parent\nX1,甲区,\n", "line 2", "no GB/T 2260 code", "Six digits"),
        ("divisions.csv", "code,name,parent\n990202,甲区,990200\n990203,乙区,\n", "line 2", "parent 990200", "row"),
        ("addresses.csv", "# datum: WGS-84\nroad,number,lat,lon\nmain,十八,30,110\n", "line 3", "no house number", "88-3"),
        ("posts.csv", "# datum: WGS-84\nroad,km,lat,lon\nring,twelve,30,110\n", "line 3", "is no number", "31.2304"),
        ("stations.geojson", "{", "line 1", "is no JSON", "GeoJSON in UTF-8"),
        ("stations.geojson", "[" * 100_000, "", "is no JSON", "GeoJSON in UTF-8"),
        ("stations.geojson", "[]", "", "no FeatureCollection", "RFC 7946"),
        ("stations.geojson", station(f"[{SQUARE}]", datum=""), "", "names no datum", '"datum": "WGS-84"'),
        ("stations.geojson", station("[[[110,30],[110.1,30],[110.1,30.1],[110,30.1]]]"), "feature 1 (s)", "not closed", "Repeat"),
        ("stations.geojson", station("[[[110,30],[110,30],[110,30],[110,30]]]"), "feature 1 (s)", "without ground", "Draw"),
        ("stations.geojson", station("[[[30,110],[30,110.1],[30.1,110.1],[30,110]]]"), "feature 1 (s)", "latitude 110", "longitude first"),
        ("stations.geojson", station("[[[NaN,30],[110,30],[110,31],[NaN,30]]]"), "feature 1 (s)", "is no number", "longitude"),
        ("stations.geojson", station('[[["a",30],[110,30],[110,31],["a",30]]]'), "feature 1 (s)", "no [longitude", "[121.47"),
        ("stations.geojson", station(f"[[[{'9' * 400},30],[110,30],[110,31],[110,30]]]"), "feature 1 (s)", "no number", "121.47"),
        ("stations.geojson", station("[110,30]", kind="Point"), "feature 1 (s)", "wrong kind", "polygon"),
        ("stations.geojson", station("[]", kind="Curve"), "feature 1 (s)", "Curve is not read", "Polygon"),
        ("stations.geojson", station(f"[{SQUARE}]", id_='"name": "x"'), "feature 1 (x)", "no property id", "Give id"),
        ("roads.geojson", station("[[110,30],[110.1,30]]", kind="LineString", id_='"road": "moon"'), "road moon", "not in roads.csv", "Add"),
        ("divisions.geojson", station(f"[{SQUARE}]", id_='"code": "990299"'), "code 990299", "not in divisions.csv", "Add"),
        ("map.geojson", station(f"[{SQUARE}]", datum='"datum": "GCJ-02",'), "", "is in GCJ-02", "WGS-84"),
        ("shops.csv", "id,name\n", "", "its name tells no kind", "pois"),
        ("places.toml", "city = ", "", "cannot be read", "Mend"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_place_and_cure(
    written: Written, file: str, text: str, where: str, what: str, cure: str
) -> None:
    folder = written()
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(PlacesError) as refused:
        load(folder)
    told = [one for one in refused.value.faults if what in one.what and cure in one.cure]
    assert [one.where for one in told[:1]] == [where], refused.value.faults
    assert str(told[0]) in str(refused.value)


def test_a_file_in_gbk_is_told_with_its_line_and_how_to_mend_it(written: Written) -> None:
    folder = written(pois_csv=POIS.encode() + b"p,x,30,110\n" + "q,白鹭医院,30,110\n".encode("gbk"))
    with pytest.raises(PlacesError, match=r"pois\.csv, line 4: is not UTF-8 .*iconv"):
        load(folder)


def test_what_excel_makes_of_a_file_is_read(written: Written) -> None:
    text = '\ufeff# datum: WGS-84,,,\r\nid,name,lat,lon\r\np1,"榆川,三中",30.1,110.1\r\np2,白鹭医院,30.1,110.1\r\n,,,\r\n'
    with pytest.raises(PlacesError) as refused:
        load(written(pois_csv=text))
    assert [one.where for one in refused.value.faults] == ["line 5"]
    assert (
        load(written(pois_csv=text.replace(",,,\r\n", "\r\n", 2).rstrip(","))).by_id["p1"].name == "榆川,三中"
    )


def test_all_faults_are_told_at_once_and_not_without_end(written: Written) -> None:
    with pytest.raises(PlacesError) as refused:
        load(written(pois_csv=POIS + "a,甲,95,110\n" * (MAX_FAULTS + 50)))
    assert len(refused.value.faults) == MAX_FAULTS
    assert "more" in str(refused.value)


def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlacesError, match="is no folder"):
        read(tmp_path / "none")
    with pytest.raises(PlacesError, match="holds no list"):
        read(tmp_path)


def test_files_in_other_frames_are_brought_to_one(written: Written) -> None:
    spot = (30.002, 110.003)
    moved = convert(spot, Datum.WGS_84, Datum.GCJ_02)
    text = f"# datum: GCJ-02\nid,name,lat,lon\np1,三中甲,30,110\np2,白鹭医院,{moved[0]:.7f},{moved[1]:.7f}\n"
    town = load(written(pois_csv=text))
    assert town.datum is Datum.GCJ_02
    best = town.find("白鹭医院")[0]
    assert best.datum is Datum.GCJ_02
    assert distance_m(convert(best.point, Datum.GCJ_02, Datum.WGS_84), spot) < 1
    assert town.describe(spot, Datum.WGS_84).station == town.describe(moved, Datum.GCJ_02).station


def test_a_list_may_be_in_parts_and_files_are_known_by_their_names() -> None:
    assert kind_of("pois-schools.csv") == kind_of("POIS.CSV") == "pois"
    assert (kind_of("roads.geojson"), kind_of("pois.geojson"), kind_of("notes.txt")) == ("roads", "", "")


def test_the_invented_city_is_whole() -> None:
    city = load(Path(__file__).parents[4] / "conf" / "places")
    kinds = [place.kind for place in city.places.places]
    assert len(city.places.junctions) > 100
    assert len(kinds) > 350
    assert all(code.startswith("99") for code in city.places.divisions)
    holes = [area for area in city.places.station_areas if any(len(one) > 1 for one in area.polygons)]
    several = [area for area in city.places.station_areas if len(area.polygons) > 1]
    assert (len(holes), len(several), len(city.places.station_areas)) == (1, 1, 8)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("在建国路八十八号门口我手在流血", "建国路88号"),
        ("环城北路和长江路口两辆车撞了", "北环立交"),
        ("刚才在人民路和中山路交叉口", "大钟楼路口"),
        ("解放路二百六十二号门口发生车祸了", "解放路262号"),
        ("阳光花园十二号楼三单元五零二室", "阳光花园"),
        ("人民广场烧烤摊有七八个人打起来了", "人民广场"),
        ("就在火车站", "样例火车站"),
        ("绕城高速十二公里处", "绕城高速K12+000"),
    ],
)
def test_the_callers_of_the_demonstration_are_in_the_invented_city(said: str, name: str) -> None:
    city = load(Path(__file__).parents[4] / "conf" / "places")
    assert city.find(said)[0].name == name
