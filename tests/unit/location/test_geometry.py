"""Distances, middles, and circles that hold a shape."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.geometry import distance_m, holding_band, holding_ring, moved


def test_distances_within_a_city() -> None:
    assert distance_m((31.2304, 121.4737), (31.2304, 121.4842)) == pytest.approx(1000, rel=0.01)


def test_a_distance_over_the_date_line_is_short() -> None:
    assert distance_m((0, 179.999), (0, -179.999)) == pytest.approx(222.6, rel=0.01)


def test_many_corners_on_one_side_do_not_draw_the_middle_there() -> None:
    crowded = [(0.0, x / 1e5) for x in range(0, 100, 10)]
    centre, radius = holding_ring([*crowded, (0.0, 0.001), (0.001, 0.001), (0.001, 0.0), (0.0, 0.0)])
    assert centre == pytest.approx((0.0005, 0.0005), abs=1e-6)
    assert radius == pytest.approx(78.7, abs=0.5)


def test_corners_on_one_line_have_their_mean() -> None:
    centre, radius = holding_ring([(0.0, 0.0), (0.001, 0.0), (0.002, 0.0), (0.0, 0.0)])
    assert centre == pytest.approx((0.001, 0.0))
    assert radius == pytest.approx(111.3, abs=0.1)


def test_a_ring_over_the_date_line_has_its_middle_on_it() -> None:
    centre, _ = holding_ring([(0.0, 179.999), (0.0, -179.999), (0.001, -179.999), (0.001, 179.999)])
    assert abs(centre[1]) == pytest.approx(180, abs=1e-6)


def test_a_ring_at_the_pole_is_held() -> None:
    centre, radius = holding_ring([(90.0, 0.0), (89.999, 120.0), (89.999, -120.0)])
    assert math.isfinite(radius)
    assert -90 <= centre[0] <= 90.001


@given(
    inner=st.floats(0, 5_000),
    width=st.floats(0, 5_000),
    opening=st.floats(0, 360),
    part=st.floats(0, 1),
    along=st.floats(0, 1),
)
def test_every_spot_of_an_arc_band_lies_within_its_circle(
    inner: float, width: float, opening: float, part: float, along: float
) -> None:
    away, radius = holding_band(inner, inner + width, opening)
    angle, distance = math.radians((part - 0.5) * opening), inner + along * width
    spot = distance * math.cos(angle), distance * math.sin(angle)
    assert math.hypot(spot[0] - away, spot[1]) <= radius * (1 + 1e-6) + 1e-3
    assert radius <= inner + width + 1e-6


@given(
    latitude=st.floats(-60, 60),
    longitude=st.floats(-180, 180),
    metres=st.floats(1, 20_000),
    bearing=st.floats(0, 360),
)
def test_a_move_ends_that_far_away(latitude: float, longitude: float, metres: float, bearing: float) -> None:
    there = moved((latitude, longitude), metres, bearing)
    assert distance_m((latitude, longitude), there) == pytest.approx(metres, rel=0.02)
