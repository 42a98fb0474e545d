"""PIDF-LO as Asterisk's res_geolocation hands it over: `name="value"` pairs of a GML shape or a civic
address.

RFC 5491 shapes are brought to a centre and the radius that holds the whole shape; coordinates are EPSG:4326
(2d) or EPSG:4979 (3d), that is WGS-84, latitude first. A shape we cannot bring there is refused with its
reason, not guessed at.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from gateway.location.model import Datum, Location, LocationRefusal, LocationSource

METRES_PER_DEGREE = 111_320.0
MAX_UNCERTAINTY_M = 1_000_000.0
"""A radius beyond this is no place."""
MAX_POINTS = 64
"""Corners of a polygon that are read; a larger one is refused."""
MAX_CIVIC = 24
"""Elements of a civic address that are kept; RFC 5139 knows about forty, no address needs them all."""

_PAIR = re.compile(r'([A-Za-z0-9]+)\s*=\s*(?:"([^"]*)"|([^",]+))')
_CRS = {"2d", "3d", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::4979", ""}
_NOT_CIVIC = {"lang", "country"}


class _Refused(Exception):
    """The reason."""


def from_asterisk(fields: Mapping[str, str], *, obtained_at: datetime) -> Location | LocationRefusal:
    """A fix out of the fields of Alarm110, already URI-decoded: GeoFormat, GeoInfo, GeoEff, GeoMethod,
    GeoSource, GeoConf.

    The effective location (GeoEff) is what the administrator's profile made of the sent one (GeoInfo), and
    goes first.
    """
    text = fields.get("GeoEff") or fields.get("GeoInfo") or ""
    try:
        pairs = _pairs(text)
        location = _read(fields.get("GeoFormat", ""), pairs, text, obtained_at)
    except (_Refused, ValueError) as error:
        return LocationRefusal(source=LocationSource.PIDF, reason=str(error)[:200])
    return _described(location, fields)


def _read(form: str, pairs: list[tuple[str, str]], text: str, obtained_at: datetime) -> Location:
    if form == "GML":
        return _shape(dict(pairs), text, obtained_at)
    if form == "civicAddress":
        return _civic(pairs, text, obtained_at)
    if form == "URI":
        raise _Refused("a location by reference: it must be fetched")
    raise _Refused(f"unknown format {form[:40]!r}")


def _pairs(text: str) -> list[tuple[str, str]]:
    """A value that was cut at the end loses its quote, and with it itself."""
    return [(name, quoted or bare.strip()) for name, quoted, bare in _PAIR.findall(text)]


def _shape(values: Mapping[str, str], text: str, obtained_at: datetime) -> Location:
    if values.get("crs", "") not in _CRS:
        raise _Refused(f"unknown coordinate system {values['crs'][:60]!r}")
    name = values.get("shape", "")
    reader = _SHAPES.get(name)
    if reader is None:
        raise _Refused(f"shape {name[:40]!r} is not read")
    latitude, longitude, radius = reader(values)
    return Location(
        location_id=location_id(LocationSource.PIDF, text),
        source=LocationSource.PIDF,
        obtained_at=obtained_at,
        latitude=latitude,
        longitude=longitude,
        datum=Datum.WGS_84,
        uncertainty_m=radius,
        raw=text,
    )


def _point(values: Mapping[str, str]) -> tuple[float, float, float | None]:
    return (*_position(values), None)


def _circle(values: Mapping[str, str]) -> tuple[float, float, float | None]:
    return (*_position(values), _length(values, "radius"))


def _ellipse(values: Mapping[str, str]) -> tuple[float, float, float | None]:
    return (*_position(values), _length(values, "semiMajorAxis"))


def _polygon(values: Mapping[str, str]) -> tuple[float, float, float | None]:
    numbers = [_float(part) for part in (values.get("posList") or values.get("pos") or "").split()]
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if not 3 <= len(points) <= MAX_POINTS or len(numbers) % 2:
        raise _Refused(f"a polygon of {len(points)} corners")
    centre = (sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points))
    return (*centre, max(distance_m(centre, point) for point in points))


_SHAPES: Mapping[str, Callable[[Mapping[str, str]], tuple[float, float, float | None]]] = {
    "Point": _point,
    "Circle": _circle,
    "Sphere": _circle,
    "Ellipse": _ellipse,
    "Ellipsoid": _ellipse,
    "Polygon": _polygon,
}


def _position(values: Mapping[str, str]) -> tuple[float, float]:
    parts = values.get("pos", "").split()
    if len(parts) not in (2, 3):
        raise _Refused("no position")
    return _float(parts[0]), _float(parts[1])


def _length(values: Mapping[str, str], name: str) -> float:
    length = _float(values.get(name, ""))
    if not 0 <= length <= MAX_UNCERTAINTY_M:
        raise _Refused(f"a {name} of {length:g} m")
    return length


def _float(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _Refused(f"not a number: {text[:40]!r}") from None
    if not math.isfinite(value):
        raise _Refused(f"not a number: {text[:40]!r}")
    return value


def _civic(pairs: list[tuple[str, str]], text: str, obtained_at: datetime) -> Location:
    civic = tuple((name, value) for name, value in pairs if name not in _NOT_CIVIC and value)[:MAX_CIVIC]
    if not civic:
        raise _Refused("an empty address")
    return Location(
        location_id=location_id(LocationSource.PIDF, text),
        source=LocationSource.PIDF,
        obtained_at=obtained_at,
        civic=civic,
        raw=text,
    )


def _described(location: Location, fields: Mapping[str, str]) -> Location:
    confidence = dict(_pairs(fields.get("GeoConf", ""))).get("value", "")
    known = confidence.isascii() and confidence.isdigit() and 0 < int(confidence) <= 100
    return replace(
        location,
        method=fields.get("GeoMethod") or None,
        provided_by=fields.get("GeoSource") or None,
        confidence_percent=float(confidence) if known else location.confidence_percent,
    )


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two near positions (degrees); good to a per cent within a city."""
    north = (other[0] - one[0]) * METRES_PER_DEGREE
    east = (other[1] - one[1]) * METRES_PER_DEGREE * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east)


def location_id(source: LocationSource, text: str) -> str:
    """The same text of the same source is the same fix."""
    return f"{source.value}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
