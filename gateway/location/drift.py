"""Whether the caller moves: the trail of a device's own fixes over the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.location.conflicts import wgs84
from gateway.location.exact import ANYWHERE_M, moves, radius_m
from gateway.location.geometry import distance_m
from gateway.location.model import Location, LocationSource

MOVED_M = 100.0
"""Nearer than this is standing: a fix wanders by itself."""
MAX_TRAIL = 6
"""Points kept: the first and the newest; those between are in the published LocationResponse events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPoint:
    """Where a device was, WGS-84, as one fix of its own said; `radius_m` at 95 %."""

    at: datetime
    latitude: float
    longitude: float
    radius_m: float
    source: LocationSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """From the first to the newest point of one source: metres between them, and in what time."""

    source: LocationSource
    distance_m: float
    seconds: float

    @property
    def zh(self) -> str:
        return f"报警人在移动：{self.seconds:.0f}秒内移动约{self.distance_m:.0f}米"

    @property
    def en(self) -> str:
        return f"the caller is moving: about {self.distance_m:.0f} m within {self.seconds:.0f} s"


def point_of(fix: Location) -> TrailPoint | None:
    """None: it is no measured place, or one that says nothing of movement."""
    if not moves(fix) or (radius := radius_m(fix)) >= ANYWHERE_M:
        return None
    latitude, longitude = wgs84(fix)
    return TrailPoint(
        at=fix.obtained_at, latitude=round(latitude, 6), longitude=round(longitude, 6),
        radius_m=round(radius, 1), source=fix.source,
    )  # fmt: skip


def with_point(trail: Sequence[TrailPoint], point: TrailPoint) -> tuple[TrailPoint, ...]:
    """In order of time, each point once; beyond MAX_TRAIL the second oldest goes."""
    points = sorted({*trail, point}, key=lambda each: (each.at, each.source, each.latitude, each.longitude))
    while len(points) > MAX_TRAIL:
        del points[1]
    return tuple(points)


def drift(trail: Sequence[TrailPoint]) -> Drift | None:
    """The longest way that any one source saw, where it is longer than both of its circles. None: standing,
    as far as anybody can tell."""
    found = [_of(source, [p for p in trail if p.source is source]) for source in {p.source for p in trail}]
    return max(
        (each for each in found if each), key=lambda each: (each.distance_m, each.source), default=None
    )


def _of(source: LocationSource, points: Sequence[TrailPoint]) -> Drift | None:
    first, last = points[0], points[-1]
    distance = distance_m((first.latitude, first.longitude), (last.latitude, last.longitude))
    if distance <= max(MOVED_M, first.radius_m + last.radius_m):
        return None
    return Drift(source=source, distance_m=round(distance), seconds=(last.at - first.at).total_seconds())
