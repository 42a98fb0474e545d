"""The bodies of the HTTP API that are about places: what machines hand in, what maps and cards show."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, RootModel, StringConstraints

from gateway.location.model import Datum
from gateway.web.schema import Incoming, Outgoing

# ---- a spot that somebody looks at


class SpotQuery(Incoming):
    """Degrees, in the frame that `datum` names: without one a spot is none."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    datum: Datum


class JunctionShown(Outgoing):
    """`bearing`: degrees clockwise from north, from the spot to the junction."""

    name: str
    distance_m: float
    bearing: float
    wgs84: tuple[float, float]


class SpotShown(Outgoing):
    """What the site's places say of a spot; `known` is false where the site has none. `outside`: in no
    jurisdiction of this site. Latitude and longitude in both frames.
    """

    known: bool
    standard_address: str | None
    road: str | None
    district: str | None
    jurisdiction: str | None
    outside: bool
    junctions: list[JunctionShown]
    wgs84: tuple[float, float]
    gcj02: tuple[float, float]


# ---- what machines hand in


class BodyKeyQuery(Incoming):
    """The Call-ID may stand in the header X-SIP-Call-ID or in the body instead."""

    sip_call_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None


class NumberQuery(Incoming):
    """The sender's number, where neither the message nor the header X-Number names it."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None


class FaultShown(Outgoing):
    what: str
    where: str


class BodyTaken(Outgoing):
    """What was read, and whether a call was found; without one it waits for its call."""

    digests: list[str]
    kinds: list[str]
    locations: int
    additional: int
    errors: list[FaultShown]
    matched: bool
    call_id: str | None


class BodiesQuery(Incoming):
    unmatched: bool = False
    call_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class BodyLine(Outgoing):
    """`key`: a SIP Call-ID or a telephone number, as `key_kind` says; `faults`: place and what is wrong."""

    digest: str
    received_at: AwareDatetime
    route: str
    key_kind: Literal["sip_call_id", "number"]
    key: str
    content_type: str
    kind: str
    found: int
    faults: list[str]
    call_id: str | None
    matched_at: AwareDatetime | None
    size_bytes: int


class BodyList(Outgoing):
    items: list[BodyLine]


class MarkerShown(Outgoing):
    """A unit or camera as its owner told it over MQTT; latitude and longitude in both frames."""

    kind: Literal["units", "cameras"]
    id: str
    name: str
    state: str | None
    at: AwareDatetime
    datum: str
    wgs84: tuple[float, float]
    gcj02: tuple[float, float]


class MarkerList(RootModel[list[MarkerShown]]):
    """Those that are not too old."""
