"""From what a body states to a fix that a call can hold: a centre, the radius that holds the whole shape, its
datum, how sure it is, and whether it may still be used.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import NormalDist

from gateway.location.geometry import holding_band, holding_ring, moved
from gateway.location.model import (
    BodyReading,
    Datum,
    Location,
    LocationRefusal,
    LocationSource,
    Point,
    Shape,
    Stated,
)

CONFIDENCE_PERCENT = 95.0
"""What every radius is brought to (RFC 7459, section 3.2: what is meant where nothing is stated)."""
MAX_AHEAD = timedelta(minutes=5)
"""A body's time this far ahead of our clock is a clock's fault: the time of arrival stands instead."""
_LEAST_CONFIDENCE = 1.0
"""A smaller one would make any radius the whole earth: it is scaled as this."""


def fixes(
    reading: BodyReading, *, source: LocationSource, obtained_at: datetime, datum: Datum | None = None
) -> list[Location | LocationRefusal]:
    """Each stated place as a fix, or why it is none, in the body's order. References are no places yet and
    are left out: they must be fetched; one that has expired is refused here. A place that has expired is
    kept, marked, and leads before nothing else (`select`): an emergency's only place is never thrown away.

    `obtained_at`: when the body came (aware); it also judges what has expired. `datum`: that of the source's
    configuration, for coordinates that name none; without it they are refused.
    """
    found = [fix(stated, source=source, obtained_at=obtained_at, datum=datum) for stated in reading.locations]
    return [one for one in found if one is not None]


def fix(
    stated: Stated, *, source: LocationSource, obtained_at: datetime, datum: Datum | None = None
) -> Location | LocationRefusal | None:
    """One of them; None for a reference that is still good."""
    if stated.shape is Shape.REFERENCE:
        if stated.expires_at is None or stated.expires_at > obtained_at:
            return None
        expired = f"a reference that expired at {stated.expires_at.isoformat()}"
        return LocationRefusal(source=source, reason=expired)
    placed = _centre(stated)
    frame = stated.datum or datum
    if placed is not None and frame is None:
        told = "coordinates without a datum, and none is configured for this source"
        return LocationRefusal(source=source, reason=told)
    try:
        return _location(stated, source, obtained_at, placed, frame)
    except ValueError as error:
        return LocationRefusal(source=source, reason=str(error)[:200])


def location_id(source: LocationSource, text: str) -> str:
    """The same text of the same source is the same fix."""
    return f"{source.value}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _location(
    stated: Stated,
    source: LocationSource,
    obtained_at: datetime,
    placed: tuple[Point, float | None] | None,
    frame: Datum | None,
) -> Location:
    point, radius = placed or ((None, None), None)
    confidence = CONFIDENCE_PERCENT if stated.confidence_percent is None else stated.confidence_percent
    if radius:
        radius, confidence = at_95(radius, confidence, stated.distribution)
    own = stated.obtained_at
    return Location(
        location_id=location_id(source, repr(stated)),
        source=source,
        obtained_at=own if own is not None and own <= obtained_at + MAX_AHEAD else obtained_at,
        latitude=point[0],
        longitude=point[1],
        datum=frame if placed is not None else None,
        datum_assumed=placed is not None and stated.datum is None,
        uncertainty_m=radius or None,  # a radius of nought is no claim to be exact: nobody is
        confidence_percent=confidence,
        method=stated.method,
        provided_by=stated.provided_by,
        civic=stated.civic,
        address=stated.address,
        altitude_m=stated.altitude_m,
        extent=stated.extent,
        element=stated.element,
        expires_at=stated.expires_at,
    )


def _centre(stated: Stated) -> tuple[Point, float | None] | None:
    """The centre and the radius that holds the whole shape (None: a bare point tells no radius); None for
    what is no shape.
    """
    extent = stated.extent
    if extent is not None and extent.points:
        return holding_ring(extent.points)
    if stated.latitude is None or stated.longitude is None:
        return None
    point = (stated.latitude, stated.longitude)
    if extent is None or extent.outer_m is None:
        return point, None
    if stated.shape is Shape.ARC_BAND and extent.opening_deg is not None:
        away, radius = holding_band(extent.inner_m or 0.0, extent.outer_m, extent.opening_deg)
        middle = (extent.orientation_deg or 0.0) + extent.opening_deg / 2
        return (moved(point, away, middle) if away else point), radius
    return point, max(extent.outer_m, extent.inner_m or 0.0)


def at_95(radius: float, confidence_percent: float, distribution: str | None) -> tuple[float, float]:
    """The radius that holds the caller with 95 per cent, and the confidence it then has (RFC 7459, section
    5.4, two dimensions).

    A smaller confidence widens a normal distribution, and an unknown one like it: that is the safe side. A
    rectangular one ends at its edge, so no wider circle holds more: it stays with the confidence stated. A
    confidence above 95 is never used to shrink a circle.
    """
    if confidence_percent >= CONFIDENCE_PERCENT or distribution == "rectangular":
        return radius, confidence_percent
    wanted = _spread(CONFIDENCE_PERCENT)
    return radius * wanted / _spread(max(confidence_percent, _LEAST_CONFIDENCE)), CONFIDENCE_PERCENT


def _spread(confidence_percent: float) -> float:
    """How many standard deviations each of two directions needs, so that both together are that sure."""
    return NormalDist().inv_cdf((1 + math.sqrt(confidence_percent / 100)) / 2)


def renamed(location: Location, raw: str) -> Location:
    """With its source's own text, which is then also what makes it the same fix."""
    return replace(location, location_id=location_id(location.source, raw), raw=raw)
