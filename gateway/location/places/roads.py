"""Spots along roads and between them: house numbers, kilometre posts, junctions."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.location.model import Point
from gateway.location.places.model import Junction, Known, Road
from gateway.location.places.plane import (
    along,
    crossings,
    distance_m,
    length_m,
    middle,
    moved,
    nearest_on,
)

KNOWN_M = 15.0
"""Uncertainty of a house number whose place is known."""
BEYOND = 40.0
"""House numbers beyond the last known one that are still put there, less sure."""
BEYOND_KM = 2.0
MAX_OF_ONE = 50
"""House numbers of one value (88, 88-1, 88-2 …) that are looked through."""
LOOKED_AT = 40
"""Known numbers on either side among which one of the same side of the road is looked for."""
POST_M = 50.0
JUNCTION_M = 25.0
SAME_JUNCTION_M = 60.0
"""Crossings of the same two roads that are nearer than this are one."""
MAX_CROSSED = 4_000
"""Points of both lines together up to which a junction that no list has is looked for in the drawing."""


class Spot(NamedTuple):
    """A spot on a road: `sure` from 0 to 1, `why` in words for people."""

    point: Point
    uncertainty_m: float
    sure: float
    why: str


def numbered(road: Road, number: str) -> Spot | None:
    """Where a house number is: as listed, or between its neighbours, those of its own side (odd or even)
    first.
    """
    known = road.numbers
    if not known:
        return None
    value = float(number.partition("-")[0])
    place = bisect_left(known, value, key=_at)
    for one in known[place : place + MAX_OF_ONE]:
        if one.at != value:
            break
        if one.text == number:
            return Spot(one.point, KNOWN_M, 1.0, f"number {number} is listed")
    if place < len(known) and known[place].at == value:
        return Spot(known[place].point, KNOWN_M * 2, 0.97, f"number {known[place].text} is listed")
    before, after = _neighbours(known, place, value % 2)
    if before and after:
        return _between(road, before, after, value, "")
    if 0 < place < len(known):
        return _between(road, known[place - 1], known[place], value, " of the other side")
    last = before or after or known[0 if place == 0 else -1]
    beyond = abs(value - last.at)
    if beyond > BEYOND:
        return None
    return Spot(last.point, 50 + 8 * beyond, 0.75, f"beyond number {last.text}, the last one listed")


def _at(known: Known) -> float:
    return known.at


def _neighbours(known: Sequence[Known], place: int, odd: float) -> tuple[Known | None, Known | None]:
    """The nearest ones below and above of one side of the road."""
    before = after = None
    for one in reversed(known[max(0, place - LOOKED_AT) : place]):
        if one.at % 2 == odd:
            before = one
            break
    for one in known[place : place + LOOKED_AT]:
        if one.at % 2 == odd:
            after = one
            break
    return before, after


def _between(road: Road, before: Known, after: Known, value: float, told: str) -> Spot:
    share = (value - before.at) / (after.at - before.at)
    point = _spot_between(road, before.point, after.point, share)
    unsure = KNOWN_M + distance_m(before.point, after.point) / 4 + (20 if told else 0)
    why = f"between numbers {before.text} and {after.text}{told} as listed"
    return Spot(point, unsure, 0.85 if told else 0.93, why)


def _spot_between(road: Road, one: Point, other: Point, share: float) -> Point:
    """Along the road's line where it is drawn, as far off it as the two are; else straight between them."""
    best: tuple[float, tuple[Point, ...]] | None = None
    for line in road.lines:
        away = abs(nearest_on(line, one).off_m) + abs(nearest_on(line, other).off_m)
        if best is None or away < best[0]:
            best = away, line
    if best is not None and best[0] < 400:
        line = best[1]
        start, end = nearest_on(line, one), nearest_on(line, other)
        spot, heading = along(line, start.along_m + share * (end.along_m - start.along_m))
        off = start.off_m + share * (end.off_m - start.off_m)
        return moved(spot, heading + 90, off) if abs(off) > 0.5 else spot
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def at_post(road: Road, km: float) -> Spot | None:
    """Where a kilometre of a road is: at its post or between two."""
    posts = road.posts
    if not posts:
        return None
    values = [post.at for post in posts]
    place = bisect_left(values, km)
    if place < len(posts) and math.isclose(values[place], km, abs_tol=0.001):
        return Spot(posts[place].point, POST_M, 1.0, f"post {posts[place].text} is listed")
    if 0 < place < len(posts):
        before, after = posts[place - 1], posts[place]
        share = (km - before.at) / (after.at - before.at)
        point = _spot_between(road, before.point, after.point, share)
        gap = distance_m(before.point, after.point)
        return Spot(point, POST_M + gap / 20, 0.97, f"between posts {before.text} and {after.text}")
    last = posts[0] if place == 0 else posts[-1]
    beyond = abs(km - last.at)
    if beyond > BEYOND_KM:
        return None
    return Spot(last.point, 200 + 1000 * beyond, 0.7, f"beyond post {last.text}, the last one listed")


def whole(road: Road) -> Spot | None:
    """The road as a place: its middle, and as unsure as it is long."""
    if road.lines:
        line = max(road.lines, key=length_m)
        total = sum(map(length_m, road.lines))
        return Spot(along(line, length_m(line) / 2)[0], max(50.0, total / 2), 1.0, "the whole road")
    known = [known.point for known in (*road.numbers, *road.posts)]
    return _around(known) if known else None


def _around(known: Sequence[Point]) -> Spot:
    point = middle(known)
    return Spot(point, max(100.0, *(distance_m(point, one) for one in known)), 1.0, "the whole road")


def away_m(road: Road, point: Point) -> float | None:
    """How far a point is from a road; None when nobody drew it."""
    drawn = [abs(nearest_on(line, point).off_m) for line in road.lines]
    drawn += [distance_m(known.point, point) for known in (*road.numbers, *road.posts)] if not drawn else []
    return min(drawn, default=None)


def apart_m(one: Road, other: Road) -> float | None:
    """How near two roads come to each other, by the corners of their lines."""
    ways = [spot for a, b in ((one, other), (other, one)) for line in a.lines for point in line
            if (spot := away_m(b, point)) is not None]  # fmt: skip
    return min(ways, default=None)


@dataclass(slots=True)
class Crossroads:
    """Junctions by the two roads that meet, from the list, else from the drawing."""

    roads: dict[str, Road]
    listed: dict[frozenset[str], list[Junction]] = field(default_factory=lambda: defaultdict(list))
    on: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))
    """The listed junctions of each road."""
    _drawn: dict[frozenset[str], list[Junction]] = field(default_factory=dict)
    """As they were asked for: at most one entry for each two roads that callers name together."""

    @classmethod
    def of(cls, roads: dict[str, Road], junctions: Iterable[Junction]) -> Crossroads:
        made = cls(roads)
        for junction in junctions:
            known = made.listed[frozenset(junction.roads)]
            if all(distance_m(junction.point, one.point) > SAME_JUNCTION_M for one in known):
                known.append(junction)
                for road in junction.roads:
                    made.on[road].append(junction.point)
        return made

    def whole(self, road: Road) -> Spot | None:
        """A road as a place: as drawn or listed, else by its junctions."""
        return whole(road) or (_around(self.on[road.road_id]) if road.road_id in self.on else None)

    def between(self, one: str, other: str) -> Sequence[Junction]:
        """Where the two roads (ids) meet; roads may meet more than once."""
        pair = frozenset((one, other))
        found = self.listed.get(pair)
        if found or len(pair) < 2:
            return found or ()
        if pair not in self._drawn:
            self._drawn[pair] = list(self._from_drawing(*sorted(pair)))
        return self._drawn[pair]

    def _from_drawing(self, one: str, other: str) -> Iterator[Junction]:
        seen: list[Point] = []
        for line in self.roads[one].lines:
            for second in self.roads[other].lines:
                if len(line) + len(second) > MAX_CROSSED:
                    continue
                for point in crossings(line, second):
                    if all(distance_m(point, known) > SAME_JUNCTION_M for known in seen):
                        seen.append(point)
                        yield Junction(f"{one}×{other}#{len(seen)}", (one, other), point)
