"""Plane geometry within a city: distances, middles, and circles that hold a shape. Metres and degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gateway.location.model import Point

METRES_PER_DEGREE = 111_320.0
_NARROWEST = math.cos(math.radians(89.9))
"""At the very poles a degree of longitude has no length: it is never taken for less than this one."""
_SEARCH_STEPS = 60


def distance_m(one: Point, other: Point) -> float:
    """Metres between two near positions (degrees); good to a per cent within a city."""
    north = (other[0] - one[0]) * METRES_PER_DEGREE
    east = _turn(other[1] - one[1]) * METRES_PER_DEGREE * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east)


def moved(point: Point, metres: float, bearing_deg: float) -> Point:
    """The spot that far away in that direction, clockwise from north."""
    latitude, longitude = point
    bearing = math.radians(bearing_deg)
    north = metres * math.cos(bearing) / METRES_PER_DEGREE
    east = metres * math.sin(bearing) / (METRES_PER_DEGREE * _width(latitude))
    return max(-90.0, min(90.0, latitude + north)), _turn(longitude + east)


def holding_ring(ring: Sequence[Point]) -> tuple[Point, float]:
    """The middle of a ring's area and the distance to its farthest corner.

    The area's middle, not the mean of the corners: many corners on one side do not draw it there. A ring
    without an area (all on a line) has the mean of its corners.
    """
    corners = list(ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring)
    first = corners[0]
    wide = _width(first[0])
    plane = [
        (_turn(lon - first[1]) * METRES_PER_DEGREE * wide, (lat - first[0]) * METRES_PER_DEGREE)
        for lat, lon in corners
    ]
    east, north = _centroid(plane)
    centre = (first[0] + north / METRES_PER_DEGREE, _turn(first[1] + east / (METRES_PER_DEGREE * wide)))
    return centre, max(math.hypot(x - east, y - north) for x, y in plane)


def _centroid(plane: Sequence[tuple[float, float]]) -> tuple[float, float]:
    doubled = east = north = 0.0
    for (x, y), (other_x, other_y) in zip(plane, [*plane[1:], plane[0]], strict=True):
        cross = x * other_y - other_x * y
        doubled += cross
        east += (x + other_x) * cross
        north += (y + other_y) * cross
    reach = max(math.hypot(x, y) for x, y in plane)
    middle = (east / (3 * doubled), north / (3 * doubled)) if abs(doubled) > 1e-6 else (math.inf, math.inf)
    if math.hypot(*middle) <= 2 * reach:
        return middle
    return sum(x for x, _ in plane) / len(plane), sum(y for _, y in plane) / len(plane)


def holding_band(inner_m: float, outer_m: float, opening_deg: float) -> tuple[float, float]:
    """How far from an arc band's apex, along its middle direction, the smallest circle that holds the band
    has its centre, and that circle's radius.

    From half a turn on the whole outer circle is taken: its centre is the mast.
    """
    if opening_deg >= 180:
        return 0.0, outer_m
    half = math.radians(max(opening_deg, 0.0) / 2)
    corners = [(radius * math.cos(half), radius * math.sin(half)) for radius in (inner_m, outer_m)]

    def reach(along: float) -> float:
        return max(outer_m - along, *(math.hypot(x - along, y) for x, y in corners))

    low, high = 0.0, outer_m
    for _ in range(_SEARCH_STEPS):  # `reach` has one lowest point: it is a maximum of convex functions
        third = (high - low) / 3
        low, high = (low, high - third) if reach(low + third) <= reach(high - third) else (low + third, high)
    return (low + high) / 2, reach((low + high) / 2)


def _width(latitude: float) -> float:
    return max(math.cos(math.radians(latitude)), _NARROWEST)


def _turn(longitude: float) -> float:
    """Between -180 and 180: shapes may lie across the date line."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180
