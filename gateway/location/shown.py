"""A reading as JSON, as `intake110 location parse` and the web give it. What does not apply is absent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.location.model import Additional, BodyReading, Extent, Shape, Stated

_EXTENT = {
    Shape.CIRCLE: {"outer_m": "radius_m"},
    Shape.SPHERE: {"outer_m": "radius_m"},
    Shape.ELLIPSE: {
        "outer_m": "semi_major_m",
        "inner_m": "semi_minor_m",
        "orientation_deg": "orientation_deg",
    },
    Shape.ELLIPSOID: {
        "outer_m": "semi_major_m",
        "inner_m": "semi_minor_m",
        "orientation_deg": "orientation_deg",
        "height_m": "vertical_axis_m",
    },
    Shape.ARC_BAND: {
        "inner_m": "inner_radius_m",
        "outer_m": "outer_radius_m",
        "orientation_deg": "start_deg",
        "opening_deg": "opening_deg",
    },
    Shape.PRISM: {"height_m": "height_m"},
}
"""What an extent's measures are called for each shape."""


def as_json(reading: BodyReading) -> dict[str, Any]:
    """`{"kind", "locations": […], "additional": […], "errors": […]}`."""
    return {
        "kind": reading.kind,
        "locations": [location(stated) for stated in reading.locations],
        "additional": [_block(block) for block in reading.additional],
        "errors": [{"what": fault.what, "where": fault.where} for fault in reading.faults],
    }


def location(stated: Stated) -> dict[str, Any]:
    """One stated place. Lengths in metres, angles in degrees clockwise from north, corners as [latitude,
    longitude] with the first one repeated at the end.
    """
    found: dict[str, Any] = {"shape": stated.shape.value, "lat": stated.latitude, "lon": stated.longitude}
    found |= _extent(stated.extent)
    found |= {
        "altitude_m": stated.altitude_m,
        "civic": _named(stated.civic) or None,
        "address": stated.address,
        "language": stated.language,
        "uri": stated.uri,
        "datum": stated.datum.value if stated.datum is not None else None,
        "confidence_percent": stated.confidence_percent,
        "distribution": stated.distribution,
        "method": stated.method,
        "provided_by": stated.provided_by,
        "obtained_at": _instant(stated.obtained_at),
        "expires_at": _instant(stated.expires_at),
        "element": stated.element.value if stated.element is not None else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _extent(extent: Extent | None) -> dict[str, Any]:
    if extent is None:
        return {}
    found = {shown: getattr(extent, name) for name, shown in _EXTENT.get(extent.shape, {}).items()}
    points = [list(point) for point in extent.points]
    return found | ({"points": points} if points else {})


def _block(block: Additional) -> dict[str, Any]:
    return {"block": block.block, "fields": _named(block.fields)}


def _named(pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """A name that comes more than once has a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _instant(at: datetime | None) -> str | None:
    """RFC 3339; UTC with a Z, a fraction as short as it can be."""
    if at is None:
        return None
    fraction = f".{at.microsecond:06}".rstrip("0").rstrip(".")
    zone = "Z" if at.utcoffset() == UTC.utcoffset(None) else at.isoformat(timespec="seconds")[19:]
    return f"{at.replace(tzinfo=None, microsecond=0).isoformat()}{fraction}{zone}"
