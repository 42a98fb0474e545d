"""From one frame of coordinates to another: the one place where that is done.

GCJ-02 is the frame that maps sold in China must use: WGS-84 moved by a fixed, known
function of the position, up to about 700 m; its inverse is found by iteration. CGCS2000 and WGS-84 agree to
centimetres in this decade: no caller is that well located, so they pass into each other unchanged, under
their own names.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from gateway.location.model import Datum, Point

ROUND_TRIP_M = 1.0
"""There and back again ends nearer than this (measured: under a millimetre, at the border too)."""
_STEPS = 12
"""Steps of the inverse; each makes the error a hundred times smaller, or five times where the shift fades."""
FADES_M = 5_000.0
"""Metres behind the outline over which the shift fades: within what the outline is good to."""
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.006693421622965943
"""Of Krasovsky's ellipsoid, on which the shift is defined."""

_OUTLINE: tuple[Point, ...] = (
    (39.4, 73.4), (40.1, 74.0), (40.6, 76.0), (41.1, 78.2), (42.2, 80.3), (43.0, 80.2), (43.2, 80.7),
    (44.0, 80.3), (45.0, 80.3), (45.2, 82.4), (45.6, 82.3), (47.2, 83.0), (47.1, 85.5), (48.4, 85.8),
    (49.2, 87.3), (49.1, 87.9), (47.9, 90.0), (46.8, 91.0), (45.4, 90.7), (44.9, 93.5), (44.3, 95.4),
    (42.75, 96.4), (42.65, 101.8), (41.6, 105.0), (42.4, 107.5), (42.7, 110.0), (43.72, 111.95),
    (44.4, 111.5), (45.1, 111.9), (45.4, 114.5), (46.3, 116.2), (46.75, 119.8), (47.9, 118.5),
    (47.8, 115.6), (48.2, 115.5), (49.9, 116.7), (50.2, 119.3), (51.6, 120.0), (52.6, 120.1),
    (53.4, 121.0), (53.6, 123.6), (53.1, 125.6), (50.27, 127.5), (49.4, 129.5), (48.9, 130.8),
    (47.7, 131.1), (47.8, 132.6), (48.5, 134.9), (48.3, 134.9), (45.1, 133.2), (45.35, 131.9),
    (44.9, 131.3), (44.0, 131.35), (43.4, 131.3), (42.4, 130.65), (42.35, 129.8), (42.0, 128.1),
    (41.7, 126.9), (40.9, 126.1), (40.02, 124.4), (39.5, 124.0), (38.5, 123.5), (34.0, 124.0),
    (30.0, 124.0), (26.5, 123.0), (24.5, 122.5), (21.5, 121.5), (20.0, 119.0), (17.5, 112.0),
    (18.0, 108.2), (21.45, 107.9), (22.0, 106.65), (22.9, 106.5), (23.35, 105.3), (22.42, 104.0),
    (22.4, 102.4), (22.4, 102.1), (21.2, 101.85), (21.1, 101.7), (21.5, 101.1), (21.4, 100.0),
    (22.1, 99.1), (22.9, 99.4), (23.2, 98.8), (23.85, 97.5), (24.8, 97.5), (25.9, 98.6), (27.6, 98.6),
    (28.2, 97.3), (29.3, 94.6), (27.8, 91.6), (27.25, 89.0), (28.1, 88.8), (27.85, 86.9), (28.25, 85.2),
    (28.9, 84.0), (30.2, 82.0), (30.2, 81.0), (31.3, 78.8), (32.6, 78.7), (33.4, 78.8), (34.6, 78.1),
    (35.5, 77.8), (35.9, 76.1), (37.0, 74.9), (37.3, 74.8), (38.4, 74.8), (38.6, 73.8),
)  # fmt: skip
"""The country and its coastal waters, roughly: along the land border good to some ten kilometres."""


def in_china(point: Point) -> bool:
    """Whether the shift applies there. Point in polygon by crossings (even-odd)."""
    latitude, longitude = point
    inside = False
    for (one_lat, one_lon), (other_lat, other_lon) in zip(
        _OUTLINE, (*_OUTLINE[1:], _OUTLINE[0]), strict=True
    ):
        if (one_lat > latitude) != (other_lat > latitude):
            crosses = one_lon + (latitude - one_lat) / (other_lat - one_lat) * (other_lon - one_lon)
            inside ^= longitude < crosses
    return inside


def convert(point: Point, source: Datum, target: Datum) -> Point:
    """The same spot of the earth in another frame; outside China it is untouched.

    Right behind the outline the shift fades to nothing, so that no two spots share a place in the other
    frame: there and back is where it began, at the border too.
    """
    if (source is Datum.GCJ_02) == (target is Datum.GCJ_02) or not _is_near(point):
        return point
    if target is Datum.GCJ_02:
        return _shifted(point, _share(point))
    origin = _unshifted(point, lambda _: 1.0)
    if in_china(origin):
        return origin
    return _unshifted(point, _share) if _share(point) else point


def _is_near(point: Point) -> bool:
    return 17 < point[0] < 54 and 73 < point[1] < 136


def _share(point: Point) -> float:
    """How much of the shift applies: all within the outline, nothing from FADES_M behind it on."""
    return 1.0 if in_china(point) else max(0.0, 1.0 - _to_outline_m(point) / FADES_M)


def _to_outline_m(point: Point) -> float:
    """Metres to the nearest side of the outline."""
    wide = math.cos(math.radians(point[0]))
    plane = [((lon - point[1]) * wide, lat - point[0]) for lat, lon in _OUTLINE]
    sides = zip(plane, (*plane[1:], plane[0]), strict=True)
    return min(_to_side(one, other) for one, other in sides) * math.radians(_SEMI_MAJOR_M)


def _to_side(one: Point, other: Point) -> float:
    """From the origin to the nearest spot between two others."""
    x, y = other[0] - one[0], other[1] - one[1]
    along = max(0.0, min(1.0, -(one[0] * x + one[1] * y) / (x * x + y * y)))
    return math.hypot(one[0] + along * x, one[1] + along * y)


def _unshifted(point: Point, share: Callable[[Point], float]) -> Point:
    latitude, longitude = point
    for _ in range(_STEPS):
        there = _shifted((latitude, longitude), share((latitude, longitude)))
        latitude, longitude = latitude + point[0] - there[0], longitude + point[1] - there[1]
    return latitude, longitude


def _shifted(point: Point, share: float) -> Point:
    if not share:
        return point
    latitude, longitude = point
    north, east = _north(longitude - 105.0, latitude - 35.0), _east(longitude - 105.0, latitude - 35.0)
    sine = math.sin(math.radians(latitude))
    flat = 1 - _ECCENTRICITY_SQUARED * sine * sine
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (flat * math.sqrt(flat))
    parallel_m = _SEMI_MAJOR_M / math.sqrt(flat) * math.cos(math.radians(latitude))
    north, east = north * share, east * share
    return latitude + math.degrees(north / meridian_m), longitude + math.degrees(east / parallel_m)


def _waves(angle: float, *amplitudes_and_parts: tuple[float, float]) -> float:
    return sum(size * math.sin(math.pi * angle / part) for size, part in amplitudes_and_parts) * 2 / 3


def _north(x: float, y: float) -> float:
    """Metres by which a spot at `x`, `y` degrees east and north of 105° E 35° N is moved north."""
    return (
        -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
        + _waves(x, (20, 1 / 6), (20, 1 / 2)) + _waves(y, (20, 1), (40, 3)) + _waves(y, (160, 12), (320, 30))
    )  # fmt: skip


def _east(x: float, y: float) -> float:
    """Metres by which it is moved east."""
    return (
        300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
        + _waves(x, (20, 1 / 6), (20, 1 / 2)) + _waves(x, (20, 1), (40, 3)) + _waves(x, (150, 12), (300, 30))
    )  # fmt: skip
