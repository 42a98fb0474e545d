"""Whether the rings of a polygon enclose what their author meant: none crosses itself or another, and holes
lie within.

A ring that crosses itself encloses ground on its wrong side, and nobody sees it in a list of numbers: a beat
would own its neighbour's street. To touch is allowed: borders share corners and bridges lead to holes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gateway.location.model import Point
from gateway.location.places.model import Area, Polygon
from gateway.location.places.plane import EDGE_DEGREES, Side, side_of

MAX_COMPARED = 5_000_000
"""Pairs of edges of one polygon that looked at; a drawing that needs more is too intricate and left out."""


class RingFault(NamedTuple):
    """What is wrong with the rings of a polygon, and the cure."""

    what: str
    cure: str


class _Edge(NamedTuple):
    """One edge with the corner before it and the one after it."""

    before: Point
    start: Point
    end: Point
    after: Point


def fault_of(polygon: Polygon) -> RingFault | None:
    """What makes a polygon useless as ground; None when it is sound."""
    edges = [edge for ring in polygon for edge in _edges(ring)]
    try:
        crossed = next(_crossings(edges), None) or next(_at_corners(edges), None)
    except OverflowError:
        return RingFault(
            f"its {len(edges)} edges are too intricate to be looked through", "Simplify it (QGIS: Simplify)"
        )
    if crossed is not None:
        lat, lon = crossed
        return RingFault(
            f"its border crosses itself at latitude {lat:.6f}, longitude {lon:.6f}",
            "Draw it again there, or let QGIS do it: Vector geometry, Fix geometries",
        )
    outer = Area("", "", (polygon[:1],))
    for hole in polygon[1:]:
        sides = (side_of(outer, corner) for corner in hole)
        if next((side for side in sides if side is not Side.EDGE), None) is Side.OUTSIDE:
            return RingFault(
                "a hole lies outside its outer ring", "Give the outer ring first and its holes after it"
            )
    return None


def _edges(ring: Sequence[Point]) -> Iterator[_Edge]:
    corners = [one for one, other in pairwise(ring) if one != other]
    for at, start in enumerate(corners):
        end, after = corners[(at + 1) % len(corners)], corners[(at + 2) % len(corners)]
        yield _Edge(corners[at - 1], start, end, after)


def _crossings(edges: Sequence[_Edge]) -> Iterator[Point]:
    """Where two edges go through each other. Edges are compared within strips of latitude."""
    height = max(1e-9, 2 * sum(abs(one.end[0] - one.start[0]) for one in edges) / max(1, len(edges)))
    strips: dict[int, list[tuple[float, float, _Edge]]] = defaultdict(list)
    for one in edges:
        low, high = sorted((one.start[0], one.end[0]))
        left, right = sorted((one.start[1], one.end[1]))
        for strip in range(math.floor(low / height), math.floor(high / height) + 1):
            strips[strip].append((left, right, one))
    compared = 0
    for entries in strips.values():
        entries.sort(key=lambda entry: entry[0])
        for at, (_, right, one) in enumerate(entries):
            for left, _, other in entries[at + 1 :]:
                if left > right + EDGE_DEGREES:
                    break
                compared += 1
                if compared > MAX_COMPARED:
                    raise OverflowError
                if (point := _through(one, other) or _past(one, other) or _past(other, one)) is not None:
                    yield point


def _through(one: _Edge, other: _Edge) -> Point | None:
    """Where two edges cross, each with its ends on both sides of the other."""
    a, b = _off(other, one.start), _off(other, one.end)
    if not _apart(a, b):
        return None
    if not _apart(_off(one, other.start), _off(one, other.end)):
        return None
    share = a / (a - b)
    return (
        one.start[0] + share * (one.end[0] - one.start[0]),
        one.start[1] + share * (one.end[1] - one.start[1]),
    )


def _past(one: _Edge, other: _Edge) -> Point | None:
    """Where a border comes to the middle of an edge and leaves it on the other side."""
    corner = one.end
    if abs(_off(other, corner)) > EDGE_DEGREES or not 0 < _share(other, corner) < 1:
        return None
    return corner if _apart(_off(other, one.start), _off(other, one.after)) else None


def _at_corners(edges: Sequence[_Edge]) -> Iterator[Point]:
    """Corners where a border meets itself and the two ways change sides."""
    ways: dict[Point, list[tuple[Point, Point]]] = defaultdict(list)
    for one in edges:
        ways[one.end].append((one.start, one.after))
    for corner, through in ways.items():
        for at, (before, after) in enumerate(through):
            for other_before, other_after in through[at + 1 :]:
                if len({before, after, other_before, other_after}) == 4 and _between(
                    corner, before, after, other_before
                ) != _between(corner, before, after, other_after):
                    yield corner


def _between(corner: Point, first: Point, last: Point, asked: Point) -> bool:
    """Whether the direction to `asked` lies between those to the two others, counterclockwise."""
    begin = _angle(corner, first)
    return (_angle(corner, asked) - begin) % math.tau < (_angle(corner, last) - begin) % math.tau


def _angle(corner: Point, point: Point) -> float:
    return math.atan2(point[0] - corner[0], point[1] - corner[1])


def _off(edge: _Edge, point: Point) -> float:
    """How far a point is from an edge's line, in degrees; the sign tells the side."""
    (start_lat, start_lon), (end_lat, end_lon) = edge.start, edge.end
    dy, dx = end_lat - start_lat, end_lon - start_lon
    return (dx * (point[0] - start_lat) - dy * (point[1] - start_lon)) / math.hypot(dx, dy)


def _share(edge: _Edge, point: Point) -> float:
    """How far along an edge a point lies, 0 at its start and 1 at its end."""
    (start_lat, start_lon), (end_lat, end_lon) = edge.start, edge.end
    dy, dx = end_lat - start_lat, end_lon - start_lon
    return (dy * (point[0] - start_lat) + dx * (point[1] - start_lon)) / (dx * dx + dy * dy)


def _apart(one: float, other: float) -> bool:
    """On both sides of a line, and not by a centimetre of rounding."""
    return min(abs(one), abs(other)) > EDGE_DEGREES and (one > 0) != (other > 0)
