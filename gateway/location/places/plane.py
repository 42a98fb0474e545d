"""The geometry that a city needs, without a library: distances, lines, polygons, a grid to find things by.

A city is small: within it degrees are metres times a constant, good to a per cent over a hundred kilometres.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Generic, TypeVar

from gateway.location.model import Point
from gateway.location.places.model import Area, Polygon, Ring

METRES_PER_DEGREE = 111_320.0
CELL_DEGREES = 0.01
"""A cell of the grid is about a kilometre."""
MAX_CELLS = 4_096
"""Cells that one thing is entered in; a larger one is looked at for every point."""
MAX_RINGS = 12
"""How many cells away nearest things are looked for: some ten kilometres."""
EDGE_DEGREES = 1e-7
"""Nearer than this (a centimetre) to a border is on it."""

Cell = tuple[int, int]
Thing = TypeVar("Thing")

_WORDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
BEARINGS = {word: 45.0 * n for n, word in enumerate(_WORDS)}
"""Degrees clockwise from north by the word that callers use."""


def distance_m(one: Point, other: Point) -> float:
    """Metres between two positions of one city."""
    east = (other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(other[0] - one[0], east) * METRES_PER_DEGREE


def moved(point: Point, bearing_deg: float, metres: float) -> Point:
    """The point so many metres away in that direction."""
    angle = math.radians(bearing_deg)
    north = metres * math.cos(angle) / METRES_PER_DEGREE
    east = metres * math.sin(angle) / (METRES_PER_DEGREE * math.cos(math.radians(point[0])))
    return point[0] + north, point[1] + east


def bearing_word(start: Point, end: Point) -> str:
    """In which of eight directions `end` lies as seen from `start`: 东北."""
    east = (end[1] - start[1]) * math.cos(math.radians(start[0]))
    angle = math.degrees(math.atan2(east, end[0] - start[0])) % 360
    return _WORDS[round(angle / 45) % 8]


def middle(points: Sequence[Point]) -> Point:
    """The centre of the box around the points."""
    lats, lons = [point[0] for point in points], [point[1] for point in points]
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


@dataclass(frozen=True, slots=True)
class OnLine:
    """The spot of a line that is nearest to a point: `along_m` from the line's start, `off_m` away, on the
    left (negative) or the right of it.
    """

    point: Point
    along_m: float
    off_m: float
    heading_deg: float


def nearest_on(line: Sequence[Point], point: Point) -> OnLine:
    """The nearest spot of a line with at least two points."""
    scale = math.cos(math.radians(point[0]))
    best: tuple[float, float, Point, float, float] | None = None
    along = 0.0
    for start, end in pairwise(line):
        ax, ay = (start[1] - point[1]) * scale, start[0] - point[0]
        dx, dy = (end[1] - start[1]) * scale, end[0] - start[0]
        length = math.hypot(dx, dy)
        share = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / (length * length)))
        away = math.hypot(ax + share * dx, ay + share * dy)
        if best is None or away < best[0]:
            spot = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            side = 1.0 if dx * ay - dy * ax > 0 else -1.0
            best = (away, along + share * length, spot, side, math.degrees(math.atan2(dx, dy)) % 360)
        along += length
    if best is None:
        raise ValueError("a line has at least two points")
    away, at, spot, side, heading = best
    return OnLine(spot, at * METRES_PER_DEGREE, side * away * METRES_PER_DEGREE, heading)


def along(line: Sequence[Point], metres: float) -> tuple[Point, float]:
    """The spot so many metres from the start of a line, and which way the line runs there."""
    left = max(0.0, metres)
    heading, spot = 0.0, line[0]
    for start, end in pairwise(line):
        scale = math.cos(math.radians(start[0]))
        heading = math.degrees(math.atan2((end[1] - start[1]) * scale, end[0] - start[0])) % 360
        length = distance_m(start, end)
        if left <= length and length > 0:
            share = left / length
            return (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            ), heading
        left -= length
        spot = end
    return spot, heading


def length_m(line: Sequence[Point]) -> float:
    return sum(distance_m(start, end) for start, end in pairwise(line))


def crossings(one: Sequence[Point], other: Sequence[Point]) -> Iterator[Point]:
    """Where two lines cross or touch."""
    for a, b in pairwise(one):
        for c, d in pairwise(other):
            ry, rx, sy, sx = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
            cross = rx * sy - ry * sx
            if cross == 0:
                continue
            qy, qx = c[0] - a[0], c[1] - a[1]
            t, u = (qx * sy - qy * sx) / cross, (qx * ry - qy * rx) / cross
            if 0 <= t <= 1 and 0 <= u <= 1:
                yield a[0] + t * ry, a[1] + t * rx


class Side(Enum):
    """Where a point stands towards an area."""

    INSIDE = "inside"
    EDGE = "edge"
    OUTSIDE = "outside"


def side_of(area: Area, point: Point) -> Side:
    """Whether the point lies in one of the area's polygons; the rim of a hole is an edge too."""
    found = Side.OUTSIDE
    for polygon in area.polygons:
        side = _side(polygon, point)
        if side is Side.INSIDE:
            return side
        found = side if side is Side.EDGE else found
    return found


def _side(polygon: Polygon, point: Point) -> Side:
    """Within the outer ring and in none of the holes. A hole takes ground away wherever it lies, and never
    adds any.
    """
    within = _crossed(polygon[0], point)
    if not within:
        return Side.EDGE if within is None else Side.OUTSIDE
    for hole in polygon[1:]:
        if (in_hole := _crossed(hole, point)) is not False:
            return Side.EDGE if in_hole is None else Side.OUTSIDE
    return Side.INSIDE


def _crossed(ring: Ring, point: Point) -> bool | None:
    """Whether a ray from the point crosses the ring an odd number of times; None when the point is on it."""
    latitude, longitude = point
    odd = False
    for start, end in pairwise(ring):
        (one_lat, one_lon), (other_lat, other_lon) = (start, end) if start <= end else (end, start)
        if (
            one_lat - EDGE_DEGREES <= latitude <= other_lat + EDGE_DEGREES
            and min(one_lon, other_lon) - EDGE_DEGREES <= longitude <= max(one_lon, other_lon) + EDGE_DEGREES
            and _off(one_lat, one_lon, other_lat, other_lon, point) <= EDGE_DEGREES
        ):
            return None
        if (one_lat > latitude) != (other_lat > latitude):
            crosses = one_lon + (latitude - one_lat) / (other_lat - one_lat) * (other_lon - one_lon)
            odd ^= longitude < crosses
    return odd


def _off(one_lat: float, one_lon: float, other_lat: float, other_lon: float, point: Point) -> float:
    """How far the point is from the edge, in degrees."""
    dy, dx = other_lat - one_lat, other_lon - one_lon
    py, px = point[0] - one_lat, point[1] - one_lon
    squared = dx * dx + dy * dy
    share = 0.0 if squared == 0 else min(1.0, max(0.0, (px * dx + py * dy) / squared))
    return math.hypot(py - share * dy, px - share * dx)


@dataclass(slots=True)
class Grid(Generic[Thing]):
    """Things by the cells they touch."""

    cells: dict[Cell, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    wide: list[Thing] = field(default_factory=list)
    """Too large for cells: looked at always."""

    def enter(self, thing: Thing, points: Iterable[Point]) -> None:
        """The thing lies within the box around the points."""
        corners = [_cell(point) for point in points]
        rows, columns = [row for row, _ in corners], [column for _, column in corners]
        low, high, left, right = min(rows), max(rows), min(columns), max(columns)
        if (high - low + 1) * (right - left + 1) > MAX_CELLS:
            self.wide.append(thing)
            return
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                self.cells[row, column].append(thing)

    def at(self, point: Point) -> Sequence[Thing]:
        """What may lie at the point."""
        here = self.cells.get(_cell(point), ())
        return [*here, *self.wide] if self.wide else here

    def outward(self, point: Point) -> Iterator[tuple[float, list[Thing]]]:
        """Things ring by ring of cells, with the distance in metres within which all have been given."""
        row, column = _cell(point)
        narrow = CELL_DEGREES * METRES_PER_DEGREE * math.cos(math.radians(point[0]))
        if self.wide:
            yield 0.0, list(self.wide)
        for away in range(MAX_RINGS):
            found: list[Thing] = []
            for r in range(row - away, row + away + 1):
                step = 1 if abs(r - row) == away else 2 * away
                for c in range(column - away, column + away + 1, step or 1):
                    found += self.cells.get((r, c), ())
            yield away * narrow, found


def _cell(point: Point) -> Cell:
    return math.floor(point[0] / CELL_DEGREES), math.floor(point[1] / CELL_DEGREES)


def _with_rim(ring: Ring) -> Iterator[Point]:
    """The box of a ring with its border's width: a point on the border may lie in the next cell."""
    for lat, lon in ring:
        yield lat - EDGE_DEGREES, lon - EDGE_DEGREES
        yield lat + EDGE_DEGREES, lon + EDGE_DEGREES


@dataclass(slots=True)
class Areas:
    """Areas by place. A point on a border belongs to exactly one: the first by rank, then by id."""

    _grid: Grid[tuple[int, Area]] = field(default_factory=Grid)

    @classmethod
    def of(cls, areas: Iterable[Area], rank: Callable[[Area], int] = lambda _: 0) -> Areas:
        """`rank`: which of several areas that hold a point owns it, the lowest number first."""
        made = cls()
        for place, area in enumerate(sorted(areas, key=lambda area: (rank(area), area.area_id))):
            for polygon in area.polygons:
                made._grid.enter((place, area), _with_rim(polygon[0]))
        return made

    def holders(self, point: Point) -> list[Area]:
        """All areas that the point lies wholly in; where several do, their drawings overlap."""
        return [area for _, area in self._grid.at(point) if side_of(area, point) is Side.INSIDE]

    def owner(self, point: Point) -> Area | None:
        """The area that the point lies in, whole before on the edge; where several do, the first."""
        touching: Area | None = None
        for _, area in sorted(self._grid.at(point), key=lambda entry: entry[0]):
            side = side_of(area, point)
            if side is Side.INSIDE:
                return area
            if side is Side.EDGE and touching is None:
                touching = area
        return touching
