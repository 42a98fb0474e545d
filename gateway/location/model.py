"""A place that some source says the caller is at. All fixes are kept; `select` says which one leads and
why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Datum(StrEnum):
    """The frame of a coordinate. No coordinate is kept without one: GCJ-02 is up to 700 m off WGS-84 in
    China.
    """

    WGS_84 = "WGS-84"
    GCJ_02 = "GCJ-02"
    CGCS2000 = "CGCS2000"


class Shape(StrEnum):
    """How a body says where: the shapes of RFC 5491 (section 5.2), a civic address (RFC 5139), or a reference
    that must be fetched (RFC 6753).
    """

    POINT = "point"
    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    ARC_BAND = "arc_band"
    POLYGON = "polygon"
    PRISM = "prism"
    SPHERE = "sphere"
    ELLIPSOID = "ellipsoid"
    CIVIC = "civic"
    REFERENCE = "reference"


class Element(StrEnum):
    """Whose place a presence document states: a device's goes before a person's (RFC 5491, section 3.4)."""

    DEVICE = "device"
    TUPLE = "tuple"
    PERSON = "person"


class LocationSource(StrEnum):
    """Who says so; shown on the card as the source mark."""

    PIDF = "PIDF"
    ALI = "ALI"
    AML = "AML"
    HELD = "HELD"
    SPEECH = "speech"
    PERSON = "person"
    SHARED = "shared"
    """The caller's own phone, over a link that we sent it."""


Point = tuple[float, float]
"""Latitude and longitude in degrees, in the datum of what holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far and which way the place reaches around its centre, as the source drew it: what the map shows.

    Lengths in metres, angles in degrees clockwise from north. `points`: the ring of a polygon or of a prism's
    ground, its first corner repeated at the end. `outer_m`: the radius of a circle or sphere, the semi-major
    axis of an ellipse or ellipsoid, the outer radius of an arc band. `inner_m`: the semi-minor axis, or the
    inner radius. `orientation_deg`: of the major axis, or where an arc band starts; `opening_deg` its width.
    `height_m`: of a prism; the vertical axis of an ellipsoid.
    """

    shape: Shape
    outer_m: float | None = None
    inner_m: float | None = None
    orientation_deg: float | None = None
    opening_deg: float | None = None
    height_m: float | None = None
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One location as a body states it, before anybody believes it.

    `latitude`/`longitude`: the centre as stated; a polygon or prism has only `extent.points`. `civic`: RFC
    5139 and 6848 elements in the body's order; `address`: one line, where the source has no elements. `uri`:
    where to fetch it (shape reference). `obtained_at`: the body's own time stamp; `expires_at`:
    retention-expiry, after which it must not be kept as current.
    `language`: of a civic address (xml:lang). `distribution`: how the probability lies within the shape,
    normal or rectangular (RFC 7459, pdf).
    """

    shape: Shape
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    extent: Extent | None = None
    civic: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    uri: str | None = None
    datum: Datum | None = None
    confidence_percent: float | None = None
    method: str | None = None
    provided_by: str | None = None
    obtained_at: datetime | None = None
    expires_at: datetime | None = None
    element: Element | None = None
    language: str | None = None
    distribution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Additional:
    """One block of RFC 7852 additional data: `block` is its name there (ProviderInfo, ServiceInfo,
    DeviceInfo, SubscriberInfo, Comment), `fields` its texts by element name.
    """

    block: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFault:
    """What of a body cannot be used, and where it stands in it (a path, a line, a field). The rest counts."""

    what: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyReading:
    """All that one body says. `kind`: what it was taken for (pidf-lo, held, sip, aml-sms …)."""

    kind: str
    locations: tuple[Stated, ...] = ()
    additional: tuple[Additional, ...] = ()
    faults: tuple[BodyFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One fix: a position with its datum, a civic address, or both.

    `latitude`/`longitude` in degrees, `uncertainty_m` the radius in metres that holds the caller with
    `confidence_percent` (RFC 7459; 95 where the source is silent), `extent` the shape as it was drawn,
    `civic` RFC 5139 elements (A1, RD, HNO …).
    """

    location_id: str
    source: LocationSource
    obtained_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    datum: Datum | None = None
    uncertainty_m: float | None = None
    confidence_percent: float = 95.0
    method: str | None = None
    provided_by: str | None = None
    civic: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    raw: str | None = None
    altitude_m: float | None = None
    extent: Extent | None = None
    element: Element | None = None
    expires_at: datetime | None = None
    datum_assumed: bool = False
    """The source named no datum: it is that of its configuration."""
    note: str | None = None
    """What the person who set it wrote beside it."""

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a position needs latitude and longitude")
        if self.latitude is not None and self.datum is None:
            raise ValueError("a coordinate needs its datum (WGS-84, GCJ-02 or CGCS2000)")
        if self.latitude is not None and self.longitude is not None:
            if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:
                raise ValueError(f"no such position on earth: {self.latitude}, {self.longitude}")
        elif not self.civic and not self.address:
            raise ValueError("a location needs a position or an address")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRefusal:
    """A location that came but cannot be used, and why. The call goes on; the reason goes to the auditor."""

    source: LocationSource
    reason: str
