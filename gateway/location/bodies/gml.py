"""The shapes of RFC 5491 (section 5.2) in GML: point, circle, ellipse, arc band, polygon, prism, sphere,
ellipsoid, whether the GML or the PIDF-LO shapes namespace is on them.

What would make the place another one is refused with its reason: numbers with commas, latitude and longitude
in the wrong order, an open ring, a unit or a frame that is not known. What the standard demands but cannot
be meant otherwise (no srsName, no unit) is read and told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.location.angle import degrees
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.tree import Node
from gateway.location.datum import in_china
from gateway.location.fields import MAX_RADIUS_M, not_a_number, plain_number
from gateway.location.model import Datum, Extent, Point, Shape, Stated

MAX_POINTS = 500
"""Corners of a polygon that are read; a larger one is refused (RFC 5491: 15; planning tools draw more)."""
MAX_NAME_CHARS = 200
"""Characters of a frame's name that are looked at; the rest cannot make it a known one."""
MAX_ALTITUDE_M = 100_000.0

_FRAMES = {
    4326: (Datum.WGS_84, 2),
    4979: (Datum.WGS_84, 3),
    4490: (Datum.CGCS2000, 2),
    4480: (Datum.CGCS2000, 3),
}
"""EPSG codes with latitude first: the two of RFC 5491 and China's own. Numbers of a position beside."""
_EPSG = re.compile(r"epsg\b.*?([0-9]+)\s*$", re.IGNORECASE)
_PLAIN = re.compile(r"(4326|4979|4490|4480)|wgs[-_ ]?84", re.IGNORECASE)
"""A code without its registry, or the frame's own name: nothing else can be meant."""
_GCJ = re.compile(r"gcj[-_]?0?2", re.IGNORECASE)
_METRE = re.compile(r"(?:.*[:#/])?(?:9001|m|met(?:re|er)s?)", re.IGNORECASE)
_DEGREE = re.compile(r"(?:.*[:#/])?(?:9102|9122|deg(?:rees?)?)", re.IGNORECASE)
_RADIAN = re.compile(r"(?:.*[:#/])?(?:9101|rad(?:ians?)?)", re.IGNORECASE)


class Unusable(Exception):
    """Why a shape cannot be read."""


@dataclass(frozen=True, slots=True)
class _Frame:
    datum: Datum
    numbers: int


@dataclass(frozen=True, slots=True)
class _Position:
    latitude: float
    longitude: float
    altitude_m: float | None = None

    @property
    def flat(self) -> Point:
        return self.latitude, self.longitude


def read(node: Node, gather: Gather) -> Stated | None:
    """The shape with its datum; None, with a fault that says why, when it cannot be read."""
    try:
        return _SHAPES[node.name](node, _Notes(node, gather))
    except Unusable as unusable:
        gather.fault(f"{node.name} not read: {unusable}", node.where)
        return None


class _Notes:
    """Where what is read and told goes."""

    def __init__(self, node: Node, gather: Gather) -> None:
        self._node, self._gather = node, gather

    def say(self, what: str) -> None:
        self._gather.fault(what, self._node.where)


def _point(node: Node, notes: _Notes) -> Stated:
    return _centred(node, notes, Shape.POINT, None)


def _circle(node: Node, notes: _Notes) -> Stated:
    extent = Extent(shape=Shape.CIRCLE, outer_m=_length(node, "radius", notes))
    return _centred(node, notes, Shape.CIRCLE, extent)


def _sphere(node: Node, notes: _Notes) -> Stated:
    extent = Extent(shape=Shape.SPHERE, outer_m=_length(node, "radius", notes))
    return _centred(node, notes, Shape.SPHERE, extent)


def _ellipse(node: Node, notes: _Notes) -> Stated:
    return _centred(node, notes, Shape.ELLIPSE, _axes(node, notes, Shape.ELLIPSE, None))


def _ellipsoid(node: Node, notes: _Notes) -> Stated:
    height = _length(node, "verticalAxis", notes)
    return _centred(node, notes, Shape.ELLIPSOID, _axes(node, notes, Shape.ELLIPSOID, height))


def _axes(node: Node, notes: _Notes, shape: Shape, height: float | None) -> Extent:
    major, minor = _length(node, "semiMajorAxis", notes), _length(node, "semiMinorAxis", notes)
    if minor > major:
        notes.say(f"semiMinorAxis {minor:g} is longer than semiMajorAxis {major:g}")
    turned = _angle(node, "orientation", notes) if node.child("orientation") else None
    if turned is None:
        notes.say("no orientation; read as 0 degrees")
    return Extent(shape=shape, outer_m=major, inner_m=minor, orientation_deg=turned or 0.0, height_m=height)


def _arc_band(node: Node, notes: _Notes) -> Stated:
    inner, outer = _length(node, "innerRadius", notes), _length(node, "outerRadius", notes)
    if inner > outer:
        raise Unusable(f"innerRadius {inner:g} is larger than outerRadius {outer:g}")
    start, opening = _angle(node, "startAngle", notes), _angle(node, "openingAngle", notes)
    if opening < 0:
        raise Unusable(f"openingAngle {opening:g} is negative")
    extent = Extent(
        shape=Shape.ARC_BAND, outer_m=outer, inner_m=inner, orientation_deg=start, opening_deg=opening
    )
    return _centred(node, notes, Shape.ARC_BAND, extent)


def _centred(node: Node, notes: _Notes, shape: Shape, extent: Extent | None) -> Stated:
    frame = _frame(node, notes)
    found = _positions(node, frame)
    if len(found) != 1:
        raise Unusable("no position in it" if not found else f"{len(found)} positions where one belongs")
    if frame.numbers == 3 and found[0].altitude_m is None:
        notes.say("two numbers where its srsName has three: read without an altitude")
    return Stated(
        shape=shape,
        latitude=found[0].latitude,
        longitude=found[0].longitude,
        altitude_m=found[0].altitude_m,
        extent=extent,
        datum=frame.datum,
    )


def _polygon(node: Node, notes: _Notes) -> Stated:
    return _ringed(node, notes, Shape.POLYGON, None)


def _prism(node: Node, notes: _Notes) -> Stated:
    return _ringed(node, notes, Shape.PRISM, _length(node, "height", notes))


def _ringed(node: Node, notes: _Notes, shape: Shape, height: float | None) -> Stated:
    frame = _frame(node, notes)
    if node.all("interior", "innerBoundaryIs"):
        notes.say("a hole (interior) is not read: RFC 5491 has none")
    ring = _positions(node, frame, hole=False)
    if frame.numbers == 3 and ring and ring[0].altitude_m is None:
        notes.say("two numbers a corner where its srsName has three: read without an altitude")
    corners = [position.flat for position in ring]
    if not corners:
        raise Unusable("no corner in it")
    if corners[0] != corners[-1]:
        raise Unusable("the ring is not closed: its last position is not its first")
    if len(set(corners)) < 3:
        raise Unusable(f"a polygon of {len(set(corners))} corners: three at least make a ground")
    return Stated(
        shape=shape,
        altitude_m=ring[0].altitude_m,
        extent=Extent(shape=shape, height_m=height, points=tuple(corners)),
        datum=frame.datum,
    )


_SHAPES: Mapping[str, Callable[[Node, _Notes], Stated]] = {
    "Point": _point,
    "Circle": _circle,
    "Ellipse": _ellipse,
    "ArcBand": _arc_band,
    "Polygon": _polygon,
    "Prism": _prism,
    "Sphere": _sphere,
    "Ellipsoid": _ellipsoid,
}
SHAPES = frozenset(_SHAPES)


def _frame(node: Node, notes: _Notes) -> _Frame:
    """From srsName on the shape or, as GML allows, on something within it."""
    names = [name for inner in node.walk() if (name := inner.attributes.get("srsName", "").strip())]
    if not names:
        notes.say("no srsName (RFC 5491 demands it): read as WGS-84")
        return _Frame(Datum.WGS_84, 2)
    name = names[0][:MAX_NAME_CHARS]
    code = _EPSG.search(name)
    if code is not None and int(code.group(1)[-9:]) in _FRAMES:
        return _Frame(*_FRAMES[int(code.group(1)[-9:])])
    if (plain := _PLAIN.fullmatch(name)) is not None:
        return _Frame(*_FRAMES[int(plain.group(1) or 4326)])
    if _GCJ.search(name):
        return _Frame(Datum.GCJ_02, 2)
    raise Unusable(
        f"unknown coordinate system {name[:60]!r}; known are EPSG 4326 and 4979 (WGS-84), "
        "4490 and 4480 (CGCS2000)"
    )


def _positions(node: Node, frame: _Frame, *, hole: bool = True) -> list[_Position]:
    """All of a shape, whether as pos, as posList or as the older coordinates."""
    found: list[_Position] = []
    for inner in node.walk():
        if not hole and any(outer.name in ("interior", "innerBoundaryIs") for outer in inner.ancestors()):
            continue
        if inner.name == "pos":
            found.append(_position(inner.text.split()))
        elif inner.name == "posList":
            found += _listed(inner, frame)
        elif inner.name == "coordinates":
            found += [_position(group.split(",")) for group in _tuples(inner.text)]
        if len(found) > MAX_POINTS + 1:
            raise Unusable(f"more than {MAX_POINTS} corners; none is read")
    return found


def _listed(node: Node, frame: _Frame) -> list[_Position]:
    numbers = node.text.split()
    stated = node.attributes.get("srsDimension") or node.attributes.get("dimension") or ""
    size = int(stated) if stated in ("2", "3") else _size(numbers, frame.numbers)
    if len(numbers) > size * (MAX_POINTS + 1):
        raise Unusable(f"more than {MAX_POINTS} corners; none is read")
    if len(numbers) % size:
        _refuse_commas(node.text)
        raise Unusable(f"{len(numbers)} numbers in posList do not make positions of {size}")
    return [_position(numbers[i : i + size]) for i in range(0, len(numbers), size)]


def _size(numbers: list[str], expected: int) -> int:
    """Numbers of a position: as the frame has it, unless only the other one makes a closed ring of them."""

    def closes(size: int) -> bool:
        return len(numbers) % size == 0 and numbers[:size] == numbers[-size:]

    other = 5 - expected
    return other if closes(other) and not closes(expected) else expected


def _tuples(text: str) -> list[str]:
    """`31.23,121.47 31.24,121.48`: commas within a position, as GML's old form has them; a single position
    may have a space instead.
    """
    groups = text.split()
    if "," not in text and len(groups) in (2, 3):
        return [",".join(groups)]
    return groups


def _position(texts: list[str]) -> _Position:
    _refuse_commas(" ".join(texts))
    if len(texts) not in (2, 3):
        raise Unusable(f"{len(texts)} numbers where a position has two or three" if texts else "no position")
    latitude, longitude = _degrees(texts[0]), _degrees(texts[1])
    altitude = number(texts[2]) if len(texts) == 3 else None
    check_position(latitude, longitude)
    if altitude is not None and abs(altitude) > MAX_ALTITUDE_M:
        raise Unusable(f"an altitude of {altitude:g} m")
    return _Position(latitude, longitude, altitude)


def _refuse_commas(text: str) -> None:
    if "," in text or "，" in text:
        raise Unusable(
            f"a comma in {text[:60]!r}: numbers are separated by a space and have a point for decimals"
        )


def check_position(latitude: float, longitude: float) -> None:
    """Raises Unusable for no such place on earth, and for one that has its two numbers exchanged."""
    if abs(latitude) > 90:
        told = f"latitude {latitude:g} is beyond 90 degrees"
        swapped = abs(latitude) <= 180 and abs(longitude) <= 90
        raise Unusable(f"{told}: latitude and longitude look swapped" if swapped else told)
    if abs(longitude) > 180:
        raise Unusable(f"longitude {longitude:g} is beyond 180 degrees")
    if latitude > 73 and in_china((longitude, latitude)):
        raise Unusable(
            f"latitude {latitude:g} and longitude {longitude:g} look swapped: exchanged they lie in China, "
            "as they stand in the Arctic Ocean"
        )


def number(text: str) -> float:
    """A decimal number as machines write it, ASCII only: no NaN, no infinity, no grouping."""
    value = plain_number(text)
    if value is None or not math.isfinite(value):
        raise Unusable(not_a_number(text))
    return value


def _degrees(text: str) -> float:
    """Decimal, or `31:14:03.5N` as in the example of RFC 4119."""
    if ":" not in text:
        return number(text)
    try:
        return degrees(text)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _measure(node: Node, name: str) -> Node:
    found = node.named(name)
    if len({child.text for child in found}) > 1:
        raise Unusable(f"{len(found)} different values of {name}")
    if not found or not found[0].text:
        raise Unusable(f"no {name}")
    return found[0]


def _length(node: Node, name: str, notes: _Notes) -> float:
    found = _measure(node, name)
    unit = found.attributes.get("uom", "").strip()
    if not unit:
        notes.say(f"{name} has no unit (uom): read as metres")
    elif not _METRE.fullmatch(unit):
        raise Unusable(f"{name} has the unit {unit[:60]!r}; metres are urn:ogc:def:uom:EPSG::9001")
    value = number(found.text)
    if not 0 <= value <= MAX_RADIUS_M:
        raise Unusable(f"{name} is {value:g} m")
    return value


def _angle(node: Node, name: str, notes: _Notes) -> float:
    found = _measure(node, name)
    unit = found.attributes.get("uom", "").strip()
    value = number(found.text)
    if _RADIAN.fullmatch(unit):
        value = math.degrees(value)
    elif not unit:
        notes.say(f"{name} has no unit (uom): read as degrees")
    elif not _DEGREE.fullmatch(unit):
        raise Unusable(f"{name} has the unit {unit[:60]!r}; degrees are urn:ogc:def:uom:EPSG::9102")
    if abs(value) > 360:
        raise Unusable(f"{name} is {value:g} degrees")
    return value
