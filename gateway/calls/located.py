"""What is learnt of the place beside the fixes themselves, and what people ask of it: signals like those of
`signals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.locating import QueryState
from gateway.calls.signals import CallRequest, CallSignal
from gateway.location.model import Additional, Datum, LocationSource


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReferenced(CallSignal):
    """A reference came with the call: it is fetched in a round of its own unless one is under way."""

    uri: str
    source: LocationSource
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationQuerySent(CallSignal):
    """One source was asked. `name`: its key in gateway.toml; `uri`: the reference that is fetched; `by`: the
    person who wanted it.
    """

    query_id: str
    name: str
    source: LocationSource
    round: int
    by: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationQueryEnded(CallSignal):
    """How it went. What the source knew came before this, as LocationAnswered and AdditionalDataAnswered.
    `fault`: why there is no answer, and what to do about it.
    """

    query_id: str
    state: QueryState
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRoundEnded(CallSignal):
    """All concerned sources have answered, failed, or run out of time."""

    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRefreshDue(CallSignal):
    """Time has passed since `round` ended: look again. Of an older round it comes too late."""

    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalDataAnswered(CallSignal):
    """RFC 7852 blocks that a source gave."""

    blocks: tuple[Additional, ...]
    source: LocationSource
    provided_by: str | None = None
    query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDescribed(CallSignal):
    """What the gazetteer says of one fix; all empty where it knows nothing. `outside`: no jurisdiction of
    this site holds it.
    """

    location_id: str
    standard_address: str | None = None
    district: str | None = None
    district_code: str | None = None
    jurisdiction: str | None = None
    junctions: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenPlacesRead(CallSignal):
    """So many final segments of the caller have been searched; the places found in them came before this, as
    LocationAnswered of the source `speech`.
    """

    segments: int


# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshLocation(CallRequest):
    """Ask all sources again, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPosition(CallRequest):
    """A person says where the caller is: a spot on the map with its datum, an address, or both. It leads
    until a person says otherwise. `location_id`: a fix that was there and is chosen instead. `note`: what
    the person remarks on a spot (behind the petrol station, second floor).
    """

    latitude: float | None = None
    longitude: float | None = None
    datum: Datum | None = None
    uncertainty_m: float | None = None
    address: str = ""
    location_id: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPosition(CallRequest):
    """A person takes a person's word back: the spot that was set goes (the journal keeps it), the fix that
    was chosen has to lead by its own worth again. `location_id`: the fix, as the person sees it lead.
    """

    location_id: str
