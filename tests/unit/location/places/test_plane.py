"""Distances, lines, and which area owns a point: borders, holes, several polygons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.model import Point
from gateway.location.places.model import Area, Ring
from gateway.location.places.plane import (
    Areas,
    Grid,
    Side,
    along,
    bearing_word,
    crossings,
    distance_m,
    length_m,
    moved,
    nearest_on,
    side_of,
)

CITY = (31.0, 121.0)


def box(south: float, west: float, north: float, east: float) -> Ring:
    return ((south, west), (south, east), (north, east), (north, west), (south, west))


def tiles(rows: int, columns: int) -> list[Area]:
    """A city of 0.1 degrees cut into equal beats; every second row has its own further corners, so that
    borders do not share all their points.
    """
    made = []
    for row in range(rows):
        for column in range(columns):
            south, north = 31 + 0.1 * row / rows, 31 + 0.1 * (row + 1) / rows
            west, east = 121 + 0.1 * column / columns, 121 + 0.1 * (column + 1) / columns
            ring = box(south, west, north, east)
            if row % 2:
                ring = (ring[0], (south, (west + east) / 2), *ring[1:])
            made.append(Area(f"{row:02}-{column:02}", "", ((ring,),)))
    return made


GRID = Areas.of(tiles(3, 7))
INSIDE = st.tuples(st.floats(31.0, 31.1), st.floats(121.0, 121.1))
ON_A_BORDER = st.tuples(
    st.sampled_from([31 + 0.1 * n / 3 for n in range(4)]),
    st.sampled_from([121 + 0.1 * n / 7 for n in range(8)]),
)


@given(INSIDE | ON_A_BORDER)
def test_every_point_of_a_city_without_gaps_has_exactly_one_owner(point: Point) -> None:
    owner = GRID.owner(point)
    assert owner is not None
    assert GRID.owner(point) is owner
    inside = [area for area in tiles(3, 7) if side_of(area, point) is Side.INSIDE]
    assert len(inside) <= 1
    assert not inside or inside[0].area_id == owner.area_id


@given(INSIDE | ON_A_BORDER, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_decide(point: Point, shuffled: object) -> None:
    areas = tiles(3, 7)
    shuffled.shuffle(areas)  # type: ignore[attr-defined]
    one, other = Areas.of(areas).owner(point), GRID.owner(point)
    assert one is not None
    assert other is not None
    assert one.area_id == other.area_id


def test_a_border_belongs_to_the_first_by_id() -> None:
    owner = GRID.owner((31 + 0.1 / 3, 121.01))
    assert owner is not None
    assert owner.area_id == "00-00"


HOLED = Area("a", "around", ((box(31, 121, 31.1, 121.1), box(31.04, 121.04, 31.06, 121.06)),))
ENCLAVE = Area("b", "within", ((box(31.04, 121.04, 31.06, 121.06),),))


@given(st.floats(31.0, 31.1), st.floats(121.0, 121.1))
def test_what_is_in_a_hole_is_the_enclave_s_and_nobody_else_s(lat: float, lon: float) -> None:
    within = 31.0401 < lat < 31.0599 and 121.0401 < lon < 121.0599
    around = not (31.0399 < lat < 31.0601 and 121.0399 < lon < 121.0601)
    owner = Areas.of([HOLED, ENCLAVE]).owner((lat, lon))
    assert owner is not None
    if within:
        assert owner is ENCLAVE
        assert side_of(HOLED, (lat, lon)) is Side.OUTSIDE
    if around:
        assert owner is HOLED


@pytest.mark.parametrize("point", [(31.04, 121.05), (31.05, 121.06), (31.06, 121.06)])
def test_the_rim_of_a_hole_is_an_edge_of_both_and_has_one_owner(point: Point) -> None:
    assert side_of(HOLED, point) is side_of(ENCLAVE, point) is Side.EDGE
    assert Areas.of([ENCLAVE, HOLED]).owner(point) is HOLED
    assert Areas.of([HOLED]).owner(point) is HOLED


def test_an_area_of_several_polygons_owns_each_of_them_and_nothing_between() -> None:
    area = Area("m", "", ((box(31, 121, 31.01, 121.01),), (box(31.05, 121.05, 31.06, 121.06),)))
    areas = Areas.of([area])
    assert areas.owner((31.005, 121.005)) is areas.owner((31.055, 121.055)) is area
    assert areas.owner((31.03, 121.03)) is None


def test_of_two_areas_that_hold_a_point_the_one_of_lower_rank_owns_it() -> None:
    city, street = (
        Area("1", "", ((box(31, 121, 31.1, 121.1),),)),
        Area("2", "", ((box(31, 121, 31.02, 121.02),),)),
    )
    assert Areas.of([city, street]).owner((31.01, 121.01)) is city
    assert Areas.of([city, street], lambda area: -int(area.area_id)).owner((31.01, 121.01)) is street


def test_an_area_too_large_for_cells_is_found_all_the_same() -> None:
    wide = Area("w", "", ((box(25, 110, 40, 125),),))
    assert Areas.of([wide, *tiles(2, 2)]).owner((30, 115)) is wide
    assert Areas().owner((30, 115)) is None


@given(st.sampled_from(range(0, 360, 45)), st.floats(1, 5_000))
def test_who_goes_so_many_metres_is_so_far_away(bearing: int, metres: float) -> None:
    there = moved(CITY, bearing, metres)
    assert distance_m(CITY, there) == pytest.approx(metres, rel=0.01)
    assert (
        bearing_word(CITY, there) == ("北", "东北", "东", "东南", "南", "西南", "西", "西北")[bearing // 45]
    )


def test_the_nearest_spot_of_a_line_tells_how_far_along_and_on_which_side() -> None:
    line = ((31.0, 121.0), (31.0, 121.01), (31.01, 121.01))
    right = nearest_on(line, (30.999, 121.005))
    left = nearest_on(line, (31.001, 121.005))
    assert right.point == pytest.approx((31.0, 121.005))
    assert right.off_m == pytest.approx(111, abs=1)
    assert left.off_m == pytest.approx(-111, abs=1)
    assert right.along_m == pytest.approx(477, abs=2)
    with pytest.raises(ValueError, match="two points"):
        nearest_on(((31.0, 121.0),), CITY)


@given(st.floats(-100, 3_000))
def test_a_spot_along_a_line_lies_on_it_and_never_beyond_its_ends(metres: float) -> None:
    line = ((31.0, 121.0), (31.0, 121.01), (31.0, 121.01), (31.01, 121.01))
    spot, _ = along(line, metres)
    assert abs(nearest_on(line, spot).off_m) < 0.5
    expected = min(max(metres, 0.0), length_m(line))
    assert nearest_on(line, spot).along_m == pytest.approx(expected, abs=2)


def test_lines_cross_where_they_cross_and_parallel_ones_nowhere() -> None:
    east, north = ((31.0, 121.0), (31.0, 121.02)), ((30.99, 121.01), (31.01, 121.01))
    assert list(crossings(east, north)) == [pytest.approx((31.0, 121.01))]
    assert list(crossings(east, east)) == []


def test_what_is_near_is_given_ring_by_ring() -> None:
    grid: Grid[str] = Grid()
    for name, lon in (("here", 121.001), ("near", 121.012), ("far", 121.055)):
        grid.enter(name, ((31.001, lon),))
    rings = [things for _, things in grid.outward((31.002, 121.002)) if things]
    assert rings == [["here"], ["near"], ["far"]]
