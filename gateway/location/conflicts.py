"""Fixes of one call that cannot both be right: they stand side by side, and the card says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from gateway.location.datum import convert
from gateway.location.exact import ANYWHERE_M, expired, has_position, moves, radius_m, registered
from gateway.location.geometry import distance_m
from gateway.location.model import Datum, Location, LocationSource, Point

APART_M = 500.0
"""Circles further apart than this contradict each other; nearer ones may be two ends of a street."""
CLOSE_S = 600.0
"""A place that moves says nothing about one so much earlier or later; a house stays where it is."""
DRIVING_MPS = 20.0
"""How fast a caller may have moved between two fixes without one of them being wrong."""
MAX_CONFLICTS = 8
"""Told at once; the widest first, the rest is counted by nobody."""


class ConflictKind(StrEnum):
    """spoken: what the caller said against what was measured or registered; sources: two of the latter."""

    SPOKEN = "spoken"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two fixes whose circles lie apart. `distance_m` between the centres, `apart_m` between the circles."""

    kind: ConflictKind
    one: str
    other: str
    distance_m: float
    apart_m: float

    @property
    def zh(self) -> str:
        what = "报警人所说地点与测得位置" if self.kind is ConflictKind.SPOKEN else "两个来源的位置"
        return f"{what}相距{_length_zh(self.distance_m)}，请核实"

    @property
    def en(self) -> str:
        what = (
            "the place the caller named and the one measured" if self.kind is ConflictKind.SPOKEN
            else "two sources' places"
        )  # fmt: skip
        return f"{what} are {_length_en(self.distance_m)} apart: ask"


def conflicts(locations: Sequence[Location], *, at: datetime, mobile: bool = False) -> tuple[Conflict, ...]:
    """All pairs, the widest first. A person's own entry and what has expired contradict nobody; nor does the
    registered address of a `mobile` number: its owner is elsewhere as a rule.
    """
    fixes = [
        fix
        for fix in sorted(locations, key=lambda fix: fix.location_id)
        if has_position(fix) and fix.source is not LocationSource.PERSON and not expired(fix, at)
        and not (mobile and registered(fix))
    ]  # fmt: skip
    placed = [(fix, wgs84(fix)) for fix in fixes]
    found = [conflict for one, other in combinations(placed, 2) if (conflict := _between(one, other))]
    return tuple(sorted(found, key=lambda each: (-each.apart_m, each.one, each.other))[:MAX_CONFLICTS])


def wgs84(fix: Location) -> Point:
    """The centre of a fix that has a position."""
    if fix.latitude is None or fix.longitude is None or fix.datum is None:
        raise ValueError("this fix has no position")
    return convert((fix.latitude, fix.longitude), fix.datum, Datum.WGS_84)


def _between(a: tuple[Location, Point], b: tuple[Location, Point]) -> Conflict | None:
    (one, here), (other, there) = a, b
    if one.source is other.source and (
        one.provided_by == other.provided_by or moves(one) or LocationSource.SPEECH is one.source
    ):
        return None
    seconds = abs((one.obtained_at - other.obtained_at).total_seconds())
    radii = radius_m(one) + radius_m(other)
    old = seconds > CLOSE_S and (moves(one) or moves(other))
    if old or radii >= ANYWHERE_M:
        return None
    distance = distance_m(here, there)
    driven = seconds * DRIVING_MPS if moves(one) and moves(other) else 0.0
    apart = distance - radii - driven
    if apart <= APART_M:
        return None
    spoken = LocationSource.SPEECH in (one.source, other.source)
    return Conflict(
        kind=ConflictKind.SPOKEN if spoken else ConflictKind.SOURCES,
        one=one.location_id, other=other.location_id, distance_m=round(distance), apart_m=round(apart),
    )  # fmt: skip


def _length_zh(metres: float) -> str:
    return f"{metres / 1000:.1f}公里" if metres >= 1000 else f"{metres:.0f}米"


def _length_en(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{metres:.0f} m"
