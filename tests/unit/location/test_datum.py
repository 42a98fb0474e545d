"""Frames of coordinates: known pairs, there and back, abroad untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.datum import _OUTLINE, ROUND_TRIP_M, convert, in_china
from gateway.location.geometry import distance_m
from gateway.location.model import Datum, Point

CAPITALS: dict[str, Point] = {
    "Beijing": (39.9042, 116.4074), "Shanghai": (31.2304, 121.4737), "Urumqi": (43.8256, 87.6168),
    "Lhasa": (29.6500, 91.1409), "Harbin": (45.8038, 126.5350), "Haikou": (20.0440, 110.1999),
    "Kunming": (25.0406, 102.7122), "Nanning": (22.8170, 108.3665), "Hohhot": (40.8414, 111.7519),
    "Dandong": (40.1200, 124.3900), "Hekou": (22.5200, 103.9600), "Kashgar": (39.4704, 75.9898),
    "Suifenhe": (44.3900, 131.1500), "Manzhouli": (49.5978, 117.3787), "Zhoushan": (29.9853, 122.2072),
}  # fmt: skip
ABROAD: dict[str, Point] = {
    "Paris": (48.8566, 2.3522), "Seoul": (37.5665, 126.9780), "Hanoi": (21.0285, 105.8542),
    "Delhi": (28.6139, 77.2090), "Kathmandu": (27.7172, 85.3240), "Almaty": (43.2380, 76.8829),
    "Ulaanbaatar": (47.8864, 106.9057), "Vladivostok": (43.1155, 131.8855), "Pyongyang": (39.0392, 125.7625),
    "Tokyo": (35.6762, 139.6503), "Manila": (14.5995, 120.9842), "Sydney": (-33.8688, 151.2093),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPITALS)
def test_a_chinese_city_moves_some_hundred_metres_and_comes_back(name: str) -> None:
    there = convert(CAPITALS[name], Datum.WGS_84, Datum.GCJ_02)
    assert 50 < distance_m(CAPITALS[name], there) < 900
    assert distance_m(convert(there, Datum.GCJ_02, Datum.WGS_84), CAPITALS[name]) < 0.01


@pytest.mark.parametrize("name", ABROAD)
def test_abroad_nothing_moves(name: str) -> None:
    assert not in_china(ABROAD[name])
    assert convert(ABROAD[name], Datum.WGS_84, Datum.GCJ_02) == ABROAD[name]
    assert convert(ABROAD[name], Datum.GCJ_02, Datum.CGCS2000) == ABROAD[name]


def test_a_square_in_beijing_moves_by_the_known_amount() -> None:
    latitude, longitude = convert((39.908823, 116.397470), Datum.WGS_84, Datum.GCJ_02)
    assert latitude == pytest.approx(39.910227, abs=2e-5)
    assert longitude == pytest.approx(116.403713, abs=2e-5)


def test_cgcs2000_is_wgs_84_to_a_metre() -> None:
    assert convert((31.0, 121.0), Datum.CGCS2000, Datum.WGS_84) == (31.0, 121.0)
    assert convert((31.0, 121.0), Datum.CGCS2000, Datum.GCJ_02) == convert(
        (31.0, 121.0), Datum.WGS_84, Datum.GCJ_02
    )


@given(st.floats(18, 54), st.floats(73, 135))
def test_everywhere_there_and_back_ends_where_it_began(latitude: float, longitude: float) -> None:
    there = convert((latitude, longitude), Datum.WGS_84, Datum.GCJ_02)
    back = convert(there, Datum.GCJ_02, Datum.WGS_84)
    assert distance_m(back, (latitude, longitude)) < ROUND_TRIP_M


@given(st.sampled_from(range(len(_OUTLINE))), st.floats(0, 1), st.floats(-0.06, 0.06), st.floats(-0.06, 0.06))
def test_at_the_border_there_and_back_ends_where_it_began(
    side: int, along: float, north: float, east: float
) -> None:
    one, other = _OUTLINE[side], _OUTLINE[(side + 1) % len(_OUTLINE)]
    spot = tuple(a + along * (b - a) + more for a, b, more in zip(one, other, (north, east), strict=True))
    there = convert((spot[0], spot[1]), Datum.WGS_84, Datum.GCJ_02)
    back = convert(there, Datum.GCJ_02, Datum.WGS_84)
    assert distance_m(back, (spot[0], spot[1])) < 0.1


def test_behind_the_border_the_shift_fades_to_nothing() -> None:
    border, wgs, gcj = (42.7, 99.1), Datum.WGS_84, Datum.GCJ_02
    assert distance_m(convert(border, wgs, gcj), border) > 100
    spots = [(border[0] + metres / 111_320, border[1]) for metres in (0, 2_500, 5_000, 7_500, 12_000)]
    moves = [distance_m(convert(spot, wgs, gcj), spot) for spot in spots]
    assert moves == sorted(moves, reverse=True)
    assert moves[-1] == 0.0
