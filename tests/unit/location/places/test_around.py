"""What is around a point: district, beat, junctions, address."""

from __future__ import annotations

import pytest

from gateway.location.datum import convert
from gateway.location.model import Datum, Point
from gateway.location.places import Gazetteer


@pytest.mark.parametrize(
    ("point", "district", "station"),
    [
        ((30.02, 109.995), "河西区", "河西派出所"),
        ((30.003, 110.004), "河西区", "医院警务站"),
        ((30.0, 110.02), "河东区", "河东派出所"),
        ((30.002, 110.058), "", "河东派出所"),
        ((30.001, 110.004), "河西区", "河西派出所"),
        ((30.0, 110.01), "河东区", "河西派出所"),
    ],
)
def test_every_point_has_its_district_and_its_beat(
    town: Gazetteer, point: Point, district: str, station: str
) -> None:
    found = town.describe(point, Datum.WGS_84)
    assert (found.district, found.station.name if found.station else None) == (district, station)
    assert not found.outside


def test_outside_all_areas_is_said_so(town: Gazetteer) -> None:
    found = town.describe((35.0, 110.0), Datum.WGS_84)
    assert found.outside
    assert (found.divisions, found.station, found.junctions, found.address) == ((), None, (), "")


def test_the_same_spot_in_another_frame_has_the_same_surroundings(town: Gazetteer) -> None:
    spot = (30.0031, 110.0045)
    one = town.describe(spot, Datum.WGS_84)
    other = town.describe(convert(spot, Datum.WGS_84, Datum.GCJ_02), Datum.GCJ_02)
    assert (other.divisions, other.station, other.address) == (one.divisions, one.station, one.address)
    assert other.junctions[0].distance_m == pytest.approx(one.junctions[0].distance_m, abs=0.01)


def test_the_nearest_junction_is_told_with_distance_and_direction(town: Gazetteer) -> None:
    (junction,) = town.describe((30.0, 110.012), Datum.WGS_84).junctions
    assert (junction.name, junction.bearing) == ("榆树岗", "东")
    assert junction.distance_m == pytest.approx(193, abs=2)


def test_the_address_has_a_number_where_one_is_known_and_else_the_road(town: Gazetteer) -> None:
    assert town.describe((30.0003, 110.0011), Datum.WGS_84).address == "榆川市河西区榆树大街1号"
    assert town.describe((30.008, 110.0105), Datum.WGS_84).address == "榆川市河东区磨坊路"
    assert town.describe((29.99, 109.992), Datum.WGS_84).address == ""
