"""What is around a point: whose district and beat it is, which junctions and which address are nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from gateway.location.model import Point
from gateway.location.places.model import Area, Division, Junction, Known, PlaceSet, Road
from gateway.location.places.plane import Areas, Grid, bearing_word, distance_m, nearest_on

JUNCTIONS = 3
JUNCTION_WITHIN_M = 3_000.0
ADDRESS_WITHIN_M = 60.0
"""A house number farther away is not the address of the point."""
ROAD_WITHIN_M = 300.0

Near = TypeVar("Near")


@dataclass(frozen=True, slots=True)
class NearJunction:
    """A junction near a point: as seen from it, the point lies `distance_m` away in `bearing` (东北)."""

    junction_id: str
    name: str
    distance_m: float
    bearing: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is known of a point. `divisions` from the top down; `station` whose beat it is; `address` as an
    envelope would have it; `outside`: in no area of the site's files.
    """

    divisions: tuple[Division, ...] = ()
    station: Area | None = None
    junctions: tuple[NearJunction, ...] = ()
    road: str = ""
    address: str = ""
    outside: bool = False

    @property
    def district(self) -> str:
        """The name of the lowest division."""
        return self.divisions[-1].name if self.divisions else ""


@dataclass(slots=True)
class Surroundings:
    """The places of a set by where they are."""

    city: str
    divisions: dict[str, Division]
    roads: dict[str, Road]
    _by_division: Areas
    _by_station: Areas
    divided: bool = False
    """Somebody drew the divisions."""
    _junctions: Grid[Junction] = field(default_factory=Grid)
    _numbers: Grid[tuple[Road, Known]] = field(default_factory=Grid)
    _segments: Grid[tuple[Road, tuple[Point, Point]]] = field(default_factory=Grid)

    @classmethod
    def of(cls, places: PlaceSet) -> Surroundings:
        made = cls(
            places.city,
            places.divisions,
            places.roads,
            Areas(),
            Areas.of(places.station_areas),
        )
        made._by_division = Areas.of(places.division_areas, lambda area: -len(made.above(area.area_id)))
        made.divided = bool(places.division_areas)
        for junction in places.junctions:
            made._junctions.enter(junction, (junction.point,))
        for road in places.roads.values():
            for known in road.numbers:
                made._numbers.enter((road, known), (known.point,))
            for line in road.lines:
                for segment in pairwise(line):
                    made._segments.enter((road, segment), segment)
        return made

    def describe(self, point: Point) -> Described:
        """Everything about a point in the frame of the set."""
        chain, station = self.chain(point), self.station(point)
        road, address = self._address(point)
        return Described(
            divisions=chain,
            station=station,
            junctions=tuple(self._near_junctions(point)),
            road=road.name if road else "",
            address=self.written(chain, address) if address else "",
            outside=not chain and station is None,
        )

    def station(self, point: Point) -> Area | None:
        return self._by_station.owner(point)

    def chain(self, point: Point) -> tuple[Division, ...]:
        """The divisions that the point lies in, from the top down."""
        area = self._by_division.owner(point) if self.divided else None
        return () if area is None else self.above(area.area_id)

    def above(self, code: str) -> tuple[Division, ...]:
        """A division with all above it, from the top down; a circle in the files ends at itself."""
        found: list[Division] = []
        while code in self.divisions and self.divisions[code] not in found:
            found.append(self.divisions[code])
            code = found[-1].parent
        return tuple(reversed(found))

    def written(self, chain: Sequence[Division], rest: str) -> str:
        """A standard address: 样例市东湖区建国路88号."""
        if not chain:
            return rest if rest.startswith(self.city) else self.city + rest
        return "".join([one.name for one in chain if not rest.startswith(one.name)]) + rest

    def _near_junctions(self, point: Point) -> list[NearJunction]:
        found = _nearest(
            ((distance_m(one.point, point), one) for one in things)
            for things in _rings(self._junctions, point, JUNCTIONS, JUNCTION_WITHIN_M)
        )
        return [
            NearJunction(one.junction_id, self.name_of(one), away, bearing_word(one.point, point), one.point)
            for away, one in found[:JUNCTIONS]
            if away <= JUNCTION_WITHIN_M
        ]

    def name_of(self, junction: Junction) -> str:
        return junction.name or self.meeting(junction)

    def meeting(self, junction: Junction) -> str:
        """A junction by its roads, as an address names it."""
        names = [self.roads[road].name for road in junction.roads if road in self.roads]
        return f"{'与'.join(names)}交叉口"

    def _address(self, point: Point) -> tuple[Road | None, str]:
        """The nearest road and the address on it: with a number where one is near, else the road alone."""
        numbers = _nearest(
            ((distance_m(known.point, point), (road, known)) for road, known in things)
            for things in _rings(self._numbers, point, 1, ADDRESS_WITHIN_M)
        )
        if numbers and numbers[0][0] <= ADDRESS_WITHIN_M:
            road, known = numbers[0][1]
            return road, f"{road.name}{known.text}号"
        lines = _nearest(
            ((abs(nearest_on(segment, point).off_m), road) for road, segment in things)
            for things in _rings(self._segments, point, 1, ROAD_WITHIN_M)
        )
        if lines and lines[0][0] <= ROAD_WITHIN_M:
            return lines[0][1], lines[0][1].name
        return None, ""


def _rings(grid: Grid[Near], point: Point, wanted: int, within_m: float) -> Iterable[list[Near]]:
    """Rings of cells until enough has been given that nothing nearer can follow, or it is far enough."""
    given = 0
    for all_within, things in grid.outward(point):
        yield things
        enough = given >= wanted and all_within > 0
        given += len(things)
        if enough or all_within > within_m:
            return


def _nearest(rings: Iterable[Iterable[tuple[float, Near]]]) -> list[tuple[float, Near]]:
    return sorted((one for ring in rings for one in ring), key=lambda pair: pair[0])
