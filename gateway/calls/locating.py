"""How the place of a call was looked for, and what is known of it: the part of the call's state beside its
fixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.location.drift import TrailPoint
from gateway.location.model import LocationSource


class QueryState(StrEnum):
    """How asking went. ASKING: no answer yet; ANSWERED: it knew something; NOTHING: it answered that it knows
    nothing; FAILED: it gave no usable answer, or none in time.
    """

    ASKING = "asking"
    ANSWERED = "answered"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReference:
    """Where a place can be fetched (RFC 6753): it came with the call, in Geolocation, Call-Info or a body.

    `state`: how fetching it went last; None: not tried yet. After `expires_at` it is not fetched again.
    """

    uri: str
    source: LocationSource
    expires_at: datetime | None = None
    state: QueryState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceQuery:
    """The newest question to one source. `key`: a digest of its query_id; `name`: its key in gateway.toml;
    `by`: the person who pressed refresh; `reference`: a digest of the one that was fetched.
    """

    key: str
    name: str
    source: LocationSource
    round: int
    asked_at: datetime
    state: QueryState = QueryState.ASKING
    ended_at: datetime | None = None
    fault: str | None = None
    by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDescription:
    """What the gazetteer says of one fix. `district_code`: GB/T 2260; `outside`: no jurisdiction of this site
    holds it; `stale`: the fix has moved since.
    """

    location_id: str
    standard_address: str | None = None
    district: str | None = None
    district_code: str | None = None
    jurisdiction: str | None = None
    junctions: tuple[str, ...] = ()
    outside: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Locating:
    """Bounded in every part; see `calls.places` for the limits."""

    references: tuple[LocationReference, ...] = ()
    queries: tuple[SourceQuery, ...] = ()
    """One for each source and reference that was asked: the newest."""
    asked: int = 0
    """The round that is wanted: more than `answered` means a round is owed."""
    answered: int = 0
    """The newest round that has ended."""
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    """Since when the newest round is wanted."""
    asked_by: str | None = None
    """The person who wanted the newest round; None: the number came, or time had passed."""
    spoken: int = 0
    """Final segments of the caller."""
    spoken_read: int = 0
    """How many of them were searched for places."""
    description: PlaceDescription | None = None
    """Of the leading fix, or of one that led before."""
    trail: tuple[TrailPoint, ...] = ()
    chosen: str | None = None
    """location_id of the fix that a person entered or chose last: it leads."""
    flags: tuple[str, ...] = ()
    """Digests of the contradictions that have been told, and are not told again."""
    additional: tuple[str, ...] = ()
    """Digests of the additional data that is on the card."""
