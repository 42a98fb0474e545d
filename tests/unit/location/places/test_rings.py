# ruff: noqa: E501 (drawings are read more easily in one line)
"""Rings that cross themselves or each other, and such as only touch."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.datum import convert
from gateway.location.model import Datum, Point
from gateway.location.places import Gazetteer, load
from gateway.location.places import rings as rings_module
from gateway.location.places.model import Area, Polygon, Ring
from gateway.location.places.plane import Areas, Side, side_of
from gateway.location.places.review import remarks
from gateway.location.places.rings import fault_of

CITY = Path(__file__).parents[4] / "conf" / "places"


def ring(*corners: tuple[float, float]) -> Ring:
    """Corners in hundredths of a degree from a corner of the city, as (north, east)."""
    return tuple((31 + north / 100, 121 + east / 100) for north, east in (*corners, corners[0]))


SQUARE = ring((0, 0), (0, 10), (10, 10), (10, 0))
SOUND: dict[str, Polygon] = {
    "a square": (SQUARE,),
    "the other way round": (SQUARE[::-1],),
    "a hole": (SQUARE, ring((4, 4), (4, 6), (6, 6), (6, 4))),
    "a hole that touches the rim": (SQUARE, ring((0, 5), (5, 6), (5, 4))),
    "two holes that touch each other": (SQUARE, ring((2, 2), (2, 4), (4, 4)), ring((4, 4), (6, 4), (6, 6))),
    "a bridge to a hole": (
        ring((0, 0), (0, 10), (10, 10), (10, 0), (5, 0), (5, 4), (6, 6), (4, 6), (5, 4), (5, 0)),
    ),
    "two parts that touch in a corner": (ring((0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10)),),
    "a corner on the middle of an edge": (ring((0, 0), (0, 10), (10, 10), (10, 6), (0, 5), (10, 4), (10, 0)),),
    "a corner told twice": (ring((0, 0), (0, 10), (0, 10), (10, 10), (10, 0)),),
    "a spike": (ring((0, 0), (0, 10), (10, 10), (14, 10), (10, 10), (10, 0)),),
}  # fmt: skip
CROSSED: dict[str, Polygon] = {
    "a bow tie": (ring((0, 0), (10, 10), (10, 0), (0, 10)),),
    "a bow tie with a corner in its knot": (ring((0, 0), (5, 5), (10, 10), (10, 0), (5, 5), (0, 10)),),
    "a small loop on a long border": (ring((0, 0), (0, 6), (1, 5), (1, 6), (0, 5), (0, 10), (10, 10), (10, 0)),),
    "a corner pushed through the other side": (ring((0, 0), (0, 10), (10, 10), (10, 6), (-2, 5), (10, 4), (10, 0)),),
    "through the middle of an edge by a corner": (
        ring((0, 0), (0, 10), (10, 10), (10, 6), (0, 6), (-2, 5), (0, 4), (10, 4), (10, 0)),
    ),
    "a hole over the rim": (SQUARE, ring((5, 5), (5, 12), (7, 12), (7, 5))),
    "two holes over each other": (SQUARE, ring((2, 2), (2, 6), (6, 6), (6, 2)), ring((4, 4), (4, 8), (8, 8), (8, 4))),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_or_only_touches_is_used(name: str) -> None:
    assert fault_of(SOUND[name]) is None


@pytest.mark.parametrize("name", CROSSED)
def test_a_border_that_crosses_itself_is_told_with_the_spot(name: str) -> None:
    fault = fault_of(CROSSED[name])
    assert fault is not None
    assert "crosses itself at latitude 3" in fault.what
    assert "QGIS" in fault.cure


def test_the_spot_is_where_the_border_crosses() -> None:
    fault = fault_of(CROSSED["a bow tie"])
    assert fault is not None
    assert "latitude 31.050000, longitude 121.050000" in fault.what


@pytest.mark.parametrize(
    "polygon",
    [(SQUARE, ring((20, 20), (20, 30), (30, 30))), (ring((4, 4), (4, 6), (6, 6), (6, 4)), SQUARE)],
    ids=["beside it", "the rings exchanged"],
)
def test_a_hole_outside_its_ring_is_told(polygon: Polygon) -> None:
    fault = fault_of(polygon)
    assert fault is not None
    assert "hole lies outside" in fault.what
    assert "outer ring first" in fault.cure


def star(corners: int, chance: random.Random) -> list[Point]:
    """A ring that crosses itself nowhere: one corner in each direction."""
    turns = [(number + 0.8 * chance.random()) / corners for number in range(corners)]
    return [
        (31 + length * math.sin(math.tau * turn), 121 + length * math.cos(math.tau * turn))
        for turn, length in ((turn, 0.01 + 0.09 * chance.random()) for turn in turns)
    ]


@given(st.integers(4, 60), st.randoms(use_true_random=False))
def test_a_ring_with_one_corner_in_each_direction_is_sound(corners: int, chance: random.Random) -> None:
    made = star(corners, chance)
    assert fault_of(((*made, made[0]),)) is None


@given(st.integers(4, 40), st.data())
def test_two_corners_of_a_round_ring_exchanged_cross_it(corners: int, data: st.DataObject) -> None:
    made = [
        (31 + 0.1 * math.sin(math.tau * n / corners), 121 + 0.1 * math.cos(math.tau * n / corners))
        for n in range(corners)
    ]
    at = data.draw(st.integers(0, corners - 2))
    made[at], made[at + 1] = made[at + 1], made[at]
    fault = fault_of(((*made, made[0]),))
    assert fault is not None
    assert "crosses itself" in fault.what


def test_a_drawing_too_intricate_to_be_looked_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings_module, "MAX_COMPARED", 3)
    fault = fault_of((SQUARE,))
    assert fault is not None
    assert "too intricate" in fault.what
    assert "Simplify" in fault.cure


# ---- in a city's files

Written = Callable[..., Path]


def stations(*polygons: tuple[str, Sequence[Polygon]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "name": name},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[[lon, lat] for lat, lon in one] for one in polygon] for polygon in several],
            },
        }
        for name, several in polygons
    ]
    return json.dumps({"type": "FeatureCollection", "datum": "WGS-84", "features": features})


EAST: Polygon = (ring((0, 20), (0, 30), (10, 30), (10, 20)),)


def test_the_area_is_left_out_with_file_feature_and_cure_and_the_rest_is_used(written: Written) -> None:
    text = stations(("bad", [CROSSED["a bow tie"]]), ("good", [EAST]))
    town = load(written(stations_geojson=text))
    (fault,) = town.places.set_aside
    assert (fault.file, fault.where) == ("stations.geojson", "feature 1 (bad)")
    assert "crosses itself" in str(fault)
    assert "Fix geometries" in str(fault)
    assert beat(town, (31.05, 121.25)) == "good"
    assert beat(town, (31.02, 121.05)) is None
    assert str(fault) in remarks(town.places)[0]


def test_of_an_area_of_several_polygons_only_the_bad_one_is_left_out(written: Written) -> None:
    text = stations(("one", [EAST, CROSSED["a bow tie"]]))
    town = load(written(stations_geojson=text))
    assert [fault.where for fault in town.places.set_aside] == ["feature 1 (one), polygon 2"]
    assert beat(town, (31.05, 121.25)) == "one"


def test_a_district_left_out_leaves_the_others_and_the_addresses(written: Written) -> None:
    text = stations(("990203", [CROSSED["a bow tie"]]), ("990202", [EAST])).replace('"id"', '"code"')
    town = load(written(divisions_geojson=text))
    assert len(town.places.set_aside) == 1
    assert town.describe((31.05, 121.25), Datum.WGS_84).district == "河东区"
    assert town.find("白鹭医院")


def beat(town: Gazetteer, point: Point) -> str | None:
    station = town.describe(point, Datum.WGS_84).station
    return station.area_id if station else None


def test_the_demonstration_s_areas_are_sound_in_either_frame() -> None:
    city = load(CITY)
    assert city.places.set_aside == []
    for area in (*city.places.station_areas, *city.places.division_areas):
        for polygon in area.polygons:
            moved = tuple(
                tuple(convert(point, Datum.WGS_84, Datum.GCJ_02) for point in one) for one in polygon
            )
            assert fault_of(moved) is None


def test_beats_that_overlap_are_remarked_on(written: Written) -> None:
    box = ((29.9, 109.9), (29.9, 110.1), (30.1, 110.1), (30.1, 109.9), (29.9, 109.9))
    town = load(written(stations_geojson=stations(("a", [(box,)]), ("b", [(box,)]))))
    assert any("lies in two beats, a and b" in remark for remark in remarks(town.places))


# ---- which area owns a point


def test_a_hole_beyond_the_rim_takes_nothing_and_adds_nothing() -> None:
    area = Area("a", "", ((SQUARE, ring((20, 20), (20, 30), (30, 30), (30, 20))),))
    assert side_of(area, (31.25, 121.25)) is Side.OUTSIDE
    assert side_of(area, (31.2, 121.25)) is Side.OUTSIDE
    assert side_of(area, (31.05, 121.05)) is Side.INSIDE


def test_a_hole_within_a_hole_stays_a_hole() -> None:
    area = Area(
        "a", "", ((SQUARE, ring((2, 2), (2, 8), (8, 8), (8, 2)), ring((4, 4), (4, 6), (6, 6), (6, 4))),)
    )
    assert side_of(area, (31.05, 121.05)) is Side.OUTSIDE
    assert side_of(area, (31.02, 121.05)) is Side.EDGE
    assert side_of(area, (31.01, 121.05)) is Side.INSIDE


@given(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from(range(4)))
def test_the_outer_border_is_owned_to_the_centimetre_at_the_edge_of_a_cell_too(
    share: float, side: int
) -> None:
    south, west, size = 31.0, 121.0, 0.1
    along = share * size
    north, east = [(0.0, along), (along, 0.0), (size, along), (along, size)][side]
    nudge = [(-5e-8, 0.0), (0.0, -5e-8), (5e-8, 0.0), (0.0, 5e-8)][side]
    areas = Areas.of([Area("a", "", ((SQUARE,),))])
    assert areas.owner((south + north, west + east)) is not None
    assert areas.owner((south + north + nudge[0], west + east + nudge[1])) is not None
