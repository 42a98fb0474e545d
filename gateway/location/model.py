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


class LocationSource(StrEnum):
    """Who says so; shown on the card as the source mark."""

    PIDF = "PIDF"
    ALI = "ALI"
    AML = "AML"
    HELD = "HELD"
    SPEECH = "speech"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One fix: a position with its datum, a civic address, or both.

    `latitude`/`longitude` in degrees, `uncertainty_m` the radius in metres that holds the caller with
    `confidence_percent` (RFC 7459; 95 where the source is silent), `civic` RFC 5139 elements (A1, RD, HNO …).
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
