"""What we know of a call's place as a PIDF-LO document (RFC 4119, 5139, 5491, 7459): every fix that is kept,
each by itself, the leading one first.

A receiver that follows RFC 5491 uses the first device's place, so each fix stands in a device of its own, in
our order; a person's own presence stays a person's, behind them. Coordinates are WGS-84. Radii are those at
95 %: a shape is drawn as its source drew it where that holds, else as the circle that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from gateway.location.datum import convert
from gateway.location.geometry import holding_band, holding_ring, moved
from gateway.location.model import Datum, Element, Extent, Location, Point, Shape
from gateway.location.select import Sentence

CONTENT_TYPE = "application/pidf+xml"
SAME_RADIUS = 1.01
"""A shape whose own radius is within this factor of the fix's radius is the shape that holds the caller."""
_FLAT, _HIGH = "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::4979"
_METRE, _DEGREE = "urn:ogc:def:uom:EPSG::9001", "urn:ogc:def:uom:EPSG::9102"
_OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf"
    xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
    xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
    xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
    xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
    xmlns:cae="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext"
    xmlns:own="urn:intake110:civic"
    xmlns:con="urn:ietf:params:xml:ns:geopriv:conf"
    xmlns:gml="http://www.opengis.net/gml"
    xmlns:gs="http://www.opengis.net/pidflo/1.0"
    xmlns:ec="urn:ietf:params:xml:ns:EmergencyCallData"
    xmlns:pi="urn:ietf:params:xml:ns:EmergencyCallData:ProviderInfo\""""
_CIVIC = (
    *(
        "country",
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A6",
        "PRM",
        "PRD",
        "RD",
        "STS",
        "POD",
        "POM",
        "RDSEC",
        "RDBR",
    ),
    *("RDSUBBR", "HNO", "HNS", "LMK", "LOC", "FLR", "NAM", "PC", "BLD", "UNIT", "ROOM", "SEAT", "PLC", "PCN"),
    *("POBOX", "ADDCODE"),
)
"""RFC 5139, in the order of its schema."""
_CIVIC_EXT = ("PN", "MP", "STP", "HNP")
"""RFC 6848."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""


def document(
    locations: Sequence[Location], *, entity: str, leading: str | None = None, reason: Sentence | None = None
) -> str:
    """The document, well-formed whatever the fixes hold; without fixes a presence that says nothing.

    `entity`: whose presence it is (the call_id); `leading`: location_id of the fix that comes first, `reason`
    why it leads.
    """
    ordered = sorted(locations, key=lambda fix: (fix.location_id != leading, _behind(fix, leading)))
    parts = [f'{_OPEN}\n    entity="pres:{_quoted(entity)}@intake110.invalid">']
    for number, fix in enumerate(ordered, 1):
        told = reason if fix.location_id == leading else None
        parts += _holder(fix, f"fix{number}", told, whole=not _behind(fix, leading))
    return "\n".join((*parts, "</presence>\n"))


def _behind(fix: Location, leading: str | None) -> bool:
    return fix.element is Element.PERSON and fix.location_id != leading


def _holder(fix: Location, name: str, reason: Sentence | None, *, whole: bool) -> Iterator[str]:
    """One fix in its device, or in the person's own presence."""
    kind = "device" if whole else "person"
    yield f'<dm:{kind} id="{name}">'
    yield "<gp:geopriv>"
    yield "<gp:location-info>"
    if fix.latitude is not None:
        yield _shape(_in_wgs84(fix))
    if fix.civic or fix.address:
        yield from _civic(fix)
    if fix.uncertainty_m is not None:
        yield f"<con:confidence>{_number(fix.confidence_percent)}</con:confidence>"
    yield "</gp:location-info>"
    yield from _usage(fix)
    if fix.method:
        yield f"<gp:method>{_text(fix.method)}</gp:method>"
    yield from _provider(fix)
    yield "</gp:geopriv>"
    if whole:
        yield f"<dm:deviceID>urn:intake110:fix:{_quoted(fix.location_id)}</dm:deviceID>"
    yield from _notes(fix, reason)
    yield f"<dm:timestamp>{_time(fix.obtained_at)}</dm:timestamp>"
    yield f"</dm:{kind}>"


def _usage(fix: Location) -> Iterator[str]:
    """RFC 4119 demands the element; nobody may pass the place on but for the emergency."""
    yield "<gp:usage-rules>"
    yield "<gbp:retransmission-allowed>false</gbp:retransmission-allowed>"
    if fix.expires_at is not None:
        yield f"<gbp:retention-expiry>{_time(fix.expires_at)}</gbp:retention-expiry>"
    yield "</gp:usage-rules>"


def _provider(fix: Location) -> Iterator[str]:
    """RFC 7852 data by value, which is what RFC 4119's provided-by may hold."""
    if fix.provided_by:
        yield (
            "<gp:provided-by><ec:EmergencyCallDataValue><pi:EmergencyCallData.ProviderInfo>"
            f"<pi:DataProviderReference>{_text(fix.location_id)}</pi:DataProviderReference>"
            f"<pi:DataProviderString>{_text(fix.provided_by)}</pi:DataProviderString>"
            "</pi:EmergencyCallData.ProviderInfo></ec:EmergencyCallDataValue></gp:provided-by>"
        )


def _notes(fix: Location, reason: Sentence | None) -> Iterator[str]:
    frame = f"; {fix.datum.value} as it came" if fix.datum not in (None, Datum.WGS_84) else ""
    yield f'<dm:note xml:lang="en">{_text(fix.source.value + frame)}</dm:note>'
    if fix.note:
        yield f"<dm:note>{_text(fix.note)}</dm:note>"
    if reason is not None:
        yield f'<dm:note xml:lang="zh">{_text(reason.zh)}</dm:note>'
        yield f'<dm:note xml:lang="en">{_text(reason.en)}</dm:note>'


# ---- shapes


def _in_wgs84(fix: Location) -> Location:
    """Centre and corners in WGS-84."""
    if fix.latitude is None or fix.longitude is None or fix.datum is None:
        return fix
    latitude, longitude = convert((fix.latitude, fix.longitude), fix.datum, Datum.WGS_84)
    extent = fix.extent
    if extent is not None:
        points = tuple(convert(point, fix.datum, Datum.WGS_84) for point in extent.points)
        extent = replace(extent, points=points)
    return replace(fix, latitude=latitude, longitude=longitude, datum=Datum.WGS_84, extent=extent)


def _shape(fix: Location) -> str:
    """As it was drawn, else the circle that holds it, else the bare point."""
    centre = (fix.latitude or 0.0, fix.longitude or 0.0)
    extent = fix.extent
    if extent is not None and (draw := _DRAWN.get(extent.shape)) is not None:
        drawn = draw(extent, centre, fix.altitude_m, fix.uncertainty_m)
        if drawn is not None:
            return drawn
    if fix.uncertainty_m is None:
        return _open("gml:Point", fix.altitude_m) + _pos(centre, fix.altitude_m) + "</gml:Point>"
    flat = fix.altitude_m is None or (extent is not None and extent.shape is Shape.CIRCLE)
    return _round("gs:Circle" if flat else "gs:Sphere", centre, fix.altitude_m, fix.uncertainty_m)


def _round(name: str, centre: Point, altitude: float | None, radius: float) -> str:
    return _open(name, altitude) + _pos(centre, altitude) + _length("gs:radius", radius) + f"</{name}>"


def _ellipse(extent: Extent, centre: Point, altitude: float | None, radius: float | None) -> str | None:
    """Stretched to the radius of the fix, as RFC 7459 stretches it. In three dimensions with its height."""
    major, minor = extent.outer_m, extent.inner_m
    if not major or minor is None:
        return None
    stretch = 1.0 if radius is None else radius / max(major, minor)
    high = extent.shape is Shape.ELLIPSOID and altitude is not None and extent.height_m is not None
    name = "gs:Ellipsoid" if high else "gs:Ellipse"
    return "".join((
        _open(name, altitude if high else None), _pos(centre, altitude if high else None),
        _length("gs:semiMajorAxis", major * stretch), _length("gs:semiMinorAxis", minor * stretch),
        _length("gs:verticalAxis", (extent.height_m or 0.0) * stretch) if high else "",
        _angle("gs:orientation", extent.orientation_deg or 0.0), f"</{name}>",
    ))  # fmt: skip


def _arc_band(extent: Extent, centre: Point, altitude: float | None, radius: float | None) -> str | None:
    """The fix has the centre of the circle that holds the band: back from there to its mast."""
    inner, outer, opening = extent.inner_m or 0.0, extent.outer_m, extent.opening_deg
    if outer is None or opening is None:
        return None
    away, holds = holding_band(inner, outer, opening)
    if not _same(holds, radius):
        return None
    start = extent.orientation_deg or 0.0
    mast = moved(centre, away, start + opening / 2 + 180) if away else centre
    return "".join((
        _open("gs:ArcBand", None), _pos(mast, None), _length("gs:innerRadius", inner),
        _length("gs:outerRadius", outer), _angle("gs:startAngle", start),
        _angle("gs:openingAngle", opening), "</gs:ArcBand>",
    ))  # fmt: skip


def _ring(extent: Extent, centre: Point, altitude: float | None, radius: float | None) -> str | None:
    if len(set(extent.points)) < 3 or not _same(holding_ring(extent.points)[1], radius):
        return None
    points = extent.points if extent.points[0] == extent.points[-1] else (*extent.points, extent.points[0])
    high = extent.shape is Shape.PRISM and altitude is not None and extent.height_m is not None
    corners = "".join(_pos(point, altitude) for point in points)
    ring = f"<gml:exterior><gml:LinearRing>{corners}</gml:LinearRing></gml:exterior></gml:Polygon>"
    if not high:
        return _open("gml:Polygon", altitude) + ring
    return "".join((
        _open("gs:Prism", altitude), "<gs:base><gml:Polygon>", ring, "</gs:base>",
        _length("gs:height", extent.height_m or 0.0), "</gs:Prism>",
    ))  # fmt: skip


_DRAWN: Mapping[Shape, Callable[[Extent, Point, float | None, float | None], str | None]] = {
    Shape.ELLIPSE: _ellipse,
    Shape.ELLIPSOID: _ellipse,
    Shape.ARC_BAND: _arc_band,
    Shape.POLYGON: _ring,
    Shape.PRISM: _ring,
}


def _same(drawn: float, radius: float | None) -> bool:
    return radius is None or drawn / SAME_RADIUS <= radius <= drawn * SAME_RADIUS


def _open(name: str, altitude: float | None) -> str:
    return f'<{name} srsName="{_FLAT if altitude is None else _HIGH}">'


def _pos(point: Point, altitude: float | None) -> str:
    numbers = (*point,) if altitude is None else (*point, altitude)
    return f"<gml:pos>{' '.join(_number(number) for number in numbers)}</gml:pos>"


def _length(name: str, metres: float) -> str:
    return f'<{name} uom="{_METRE}">{_number(metres)}</{name}>'


def _angle(name: str, degrees: float) -> str:
    return f'<{name} uom="{_DEGREE}">{_number(degrees)}</{name}>'


# ---- addresses


def _civic(fix: Location) -> Iterator[str]:
    """In the order of the schema; what an operator added stands last, in a namespace of its own. One line of
    text without elements is a LOC, the standard's place for words.
    """
    pairs = [(name, value) for name, value in fix.civic if value and _NAME.fullmatch(name)]
    if fix.address and not pairs:
        pairs = [("LOC", fix.address)]
    yield '<ca:civicAddress xml:lang="zh">'
    order = {name: place for place, name in enumerate((*_CIVIC, *_CIVIC_EXT))}
    for name, value in sorted(pairs, key=lambda pair: order.get(pair[0], len(order))):
        prefix = "ca" if name in _CIVIC else "cae" if name in _CIVIC_EXT else "own"
        yield f"<{prefix}:{name}>{_text(value)}</{prefix}:{name}>"
    yield "</ca:civicAddress>"


# ---- texts


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _number(value: float) -> str:
    """Without an exponent; a ten-millionth of a degree is a centimetre."""
    return f"{value:.7f}".rstrip("0").rstrip(".") or "0"


def _quoted(value: str) -> str:
    """As a part of a URI."""
    return quote(value.encode("utf-8", "replace"), safe="")


def _text(value: str) -> str:
    clean = _NO_XML.sub("\ufffd", value)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
