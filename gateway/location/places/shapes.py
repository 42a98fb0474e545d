"""GeoJSON (RFC 7946) as our files use it: polygons of areas, lines of roads, each file with its datum.

The RFC knows WGS-84 only; Chinese files are as often GCJ-02 and do not say so. So a file must say:
`"datum": "WGS-84"` beside its `"type"`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.location.model import Datum, Point
from gateway.location.places.model import Polygon, Ring

MAX_RING_POINTS = 100_000
"""Corners of one ring or line; a larger one is refused."""
DATUM_CURE = "Say in which frame its coordinates are: WGS-84, GCJ-02 or CGCS2000"

Report = Callable[[str, str, str], None]
"""Told of a fault: where in the file, what, the cure."""


class _Bad(Exception):
    """What is wrong with a geometry, and the cure."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what, self.cure = what, cure


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature that could be read: where it stands, its properties, its polygons or lines."""

    where: str
    properties: dict[str, str]
    polygons: tuple[Polygon, ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    points: tuple[Point, ...] = ()


def position(lat: float, lon: float) -> Point:
    """The point, when there is such a one on earth. Raises ValueError with what is wrong and its cure in two
    arguments.
    """
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise ValueError("a coordinate is no number", "Write degrees with a decimal point: 31.2304")
    if -90 <= lat <= 90 and -180 <= lon <= 180 and not _exchanged(lat, lon):
        return lat, lon
    what = f"there is no place at latitude {lat:g}, longitude {lon:g}"
    if _exchanged(lat, lon) or (-90 <= lon <= 90 and -180 <= lat <= 180):
        raise ValueError(what, "Latitude and longitude look exchanged: in China latitude is 18 to 54")
    raise ValueError(what, "Latitude is -90 to 90, longitude -180 to 180 degrees")


def _exchanged(lat: float, lon: float) -> bool:
    """Only exchanged they lie in China; as they stand they lie in the Arctic Ocean."""
    return 73 <= lat <= 136 and 17 <= lon <= 54


def datum_of(text: object) -> Datum | None:
    """The datum that a file names, however it spells it."""
    plain = str(text).strip().upper().replace(" ", "").replace("_", "-")
    spelled = {"WGS84": Datum.WGS_84, "GCJ02": Datum.GCJ_02, "CGCS-2000": Datum.CGCS2000}
    return spelled.get(plain) or next((datum for datum in Datum if datum.value == plain), None)


def read(text: str, report: Report) -> tuple[Datum | None, list[Feature]]:
    """The features of a collection that are sound; the others are reported."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        report(at, f"is no JSON ({str(error)[:80]})", "Export it again as GeoJSON in UTF-8")
        return None, []
    if not isinstance(raw, dict) or raw.get("type") != "FeatureCollection":
        report("", "is no FeatureCollection", "Export it as GeoJSON (RFC 7946) with a list of features")
        return None, []
    datum = datum_of(raw.get("datum", ""))
    if datum is None:
        report(
            "", "names no datum", f'{DATUM_CURE}: write "datum": "WGS-84" after "type": "FeatureCollection"'
        )
    features = raw.get("features")
    if not isinstance(features, list):
        report("", "has no list of features", 'Write "features": [ … ]')
        return datum, []
    return datum, list(_features(features, report))


def _features(raw: list[Any], report: Report) -> Iterator[Feature]:
    for number, one in enumerate(raw, start=1):
        where = f"feature {number}"
        properties = one.get("properties") if isinstance(one, dict) else None
        geometry = one.get("geometry") if isinstance(one, dict) else None
        if not isinstance(properties, dict) or not isinstance(geometry, dict):
            report(where, "has no properties or no geometry", "Give both, or take the feature out")
            continue
        told = {str(key): str(value) for key, value in properties.items() if value is not None}
        where += next((f" ({told[key]})" for key in ("id", "code", "road", "name") if key in told), "")
        try:
            yield _feature(where, told, geometry)
        except _Bad as bad:
            report(where, bad.what, bad.cure)


def _feature(where: str, properties: dict[str, str], geometry: dict[str, Any]) -> Feature:
    kind, drawn = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(drawn, list):
        raise _Bad("its geometry has no coordinates", "Draw it again or take the feature out")
    if kind == "Polygon":
        return Feature(where, properties, polygons=(_polygon(drawn),))
    if kind == "MultiPolygon":
        return Feature(where, properties, polygons=tuple(map(_polygon, drawn)))
    if kind == "LineString":
        return Feature(where, properties, lines=(_line(drawn),))
    if kind == "MultiLineString":
        return Feature(where, properties, lines=tuple(map(_line, drawn)))
    if kind == "Point":
        return Feature(where, properties, points=(_point(drawn),))
    raise _Bad(f"a {str(kind)[:40]} is not read", "Use Polygon, MultiPolygon, LineString or Point")


def _polygon(raw: object) -> Polygon:
    if not isinstance(raw, list) or not raw:
        raise _Bad("a polygon without a ring", "Draw it again or take the feature out")
    return tuple(map(_ring, raw))


def _ring(raw: object) -> Ring:
    points = _points(raw)
    if len(points) < 4 or points[0] != points[-1]:
        raise _Bad("a ring is not closed", "Repeat its first corner at its end (four positions at least)")
    if len(set(points)) < 3:
        raise _Bad("a ring without ground", "Draw it again or take the feature out")
    return points


def _line(raw: object) -> tuple[Point, ...]:
    points = _points(raw)
    if len(points) < 2:
        raise _Bad("a line of fewer than two points", "Draw it again or take the feature out")
    return points


def _points(raw: object) -> tuple[Point, ...]:
    if not isinstance(raw, list):
        raise _Bad("no list of positions", "Draw it again or take the feature out")
    if len(raw) > MAX_RING_POINTS:
        raise _Bad(f"{len(raw)} corners", f"Simplify it to at most {MAX_RING_POINTS}")
    return tuple(map(_point, raw))


def _point(raw: object) -> Point:
    """GeoJSON has longitude first."""
    if not isinstance(raw, list) or len(raw) < 2 or not all(_is_number(value) for value in raw[:2]):
        raise _Bad("a position that is no [longitude, latitude]", "Write two numbers: [121.47, 31.23]")
    try:
        return position(float(raw[1]), float(raw[0]))
    except ValueError as error:
        what, cure = error.args
        raise _Bad(what, f"{cure}; GeoJSON has longitude first") from None
    except OverflowError:
        raise _Bad("a coordinate is no number", "Write two numbers: [121.47, 31.23]") from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
