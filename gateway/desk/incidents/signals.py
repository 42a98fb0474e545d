"""What can happen to an incident: what its calls tell it, in the same commit, and what people ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.together import Reason
from gateway.desk.incidents.model import Fact, Matched, Member, Past
from gateway.dispatch.site_events import FactKind
from gateway.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSignal:
    """What all signals about an incident share."""

    incident_id: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


# ---- told by calls


@dataclass(frozen=True, slots=True, kw_only=True)
class CallJoined(IncidentSignal):
    """A person linked the call; with the first one the incident begins."""

    site: str
    call_id: CallId
    seized_at: datetime
    by: str
    other: CallId | None = None
    other_seized_at: datetime | None = None
    score: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLeft(IncidentSignal):
    """A person took the call out, or it had been linked elsewhere at the same moment (`why`)."""

    call_id: CallId
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLearnt(IncidentSignal):
    """A linked call told something that the cards of the others must show."""

    call_id: CallId
    kind: FactKind
    value: str
    quote: str = ""
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAbsorbed(IncidentSignal):
    """Another incident was merged into this one: its calls, facts and history come."""

    other: str
    by: str
    members: tuple[Member, ...]
    facts: tuple[Fact, ...]
    history: tuple[Past, ...]
    title: str = ""


# ---- from our own adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsMatched(IncidentSignal):
    """Open calls that very likely tell of it and are not linked. `compared`: after how many links all open
    calls were compared; None: one call alone was."""

    matched: tuple[Matched, ...] = ()
    compared: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLooked(IncidentSignal):
    """Time has passed: a surge may be over, an incident at rest. `rest`: nothing happened for so long that it
    may leave memory."""

    rest: bool = False


# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRequest(IncidentSignal):
    """What a person asks. The same `request_id` gets the same answer; `expected_rev` None: whatever it is."""

    request_id: str
    actor: str
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIncidentTitle(IncidentRequest):
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeIncidents(IncidentRequest):
    """This one's calls go over `into`; it ends."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeFacts(IncidentRequest):
    """Somebody at this call's card has seen the facts up to this number."""

    call_id: CallId
    upto: int
