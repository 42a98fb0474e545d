"""The geo URI (RFC 5870): a place that stands in the reference itself, `geo:31.2304,121.4737,12;u=50`."""

from __future__ import annotations

from gateway.location.bodies import gml
from gateway.location.bodies.gather import Gather
from gateway.location.fields import MAX_RADIUS_M
from gateway.location.model import Datum, Extent, Shape, Stated

SCHEME = "geo"
MAX_CHARS = 200


def read(uri: str, gather: Gather, where: str) -> Stated | None:
    """A point, or a circle where it tells its uncertainty (u, metres); None, with a fault, when neither."""
    try:
        return _read(uri)
    except gml.Unusable as unusable:
        gather.fault(f"geo URI not read: {unusable}", where)
        return None


def _read(uri: str) -> Stated:
    if len(uri) > MAX_CHARS:
        raise gml.Unusable(f"{len(uri)} characters")
    place, *parameters = uri.partition(":")[2].split(";")
    known = {name.lower(): value for name, _, value in (one.partition("=") for one in parameters)}
    if known.get("crs", "wgs84").lower() != "wgs84":
        raise gml.Unusable(f"unknown coordinate system {known['crs'][:40]!r}")
    numbers = [gml.number(one.strip()) for one in place.split(",")]
    if len(numbers) not in (2, 3):
        raise gml.Unusable(f"{len(numbers)} numbers where a position has two or three")
    latitude, longitude, *altitude = numbers
    gml.check_position(latitude, longitude)
    extent = None
    if "u" in known:
        radius = gml.number(known["u"])
        if not 0 <= radius <= MAX_RADIUS_M:
            raise gml.Unusable(f"an uncertainty of {radius:g} m")
        extent = Extent(shape=Shape.CIRCLE, outer_m=radius)
    return Stated(
        shape=Shape.CIRCLE if extent is not None else Shape.POINT,
        latitude=latitude,
        longitude=longitude,
        altitude_m=altitude[0] if altitude else None,
        extent=extent,
        datum=Datum.WGS_84,
    )
