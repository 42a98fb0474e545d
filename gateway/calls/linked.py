"""What can happen to a call together with others, and what people ask of it: signals like those of
`signals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.events import CallEvent
from gateway.calls.signals import CallRequest, CallSignal
from gateway.calls.together import Reason, Suggestion, Suspicion
from gateway.ids import CallId

# ---- from our own adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsMade(CallSignal):
    """The call was compared with the others. `basis`: what of it that rests on; `words`: what it tells."""

    basis: str
    suggestions: tuple[Suggestion, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCompared(CallSignal):
    """Another call was compared with this one; `suggestion` None: nothing speaks for the pair (any more)."""

    other: CallId
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSuspected(CallSignal):
    """A detector of floods takes the call for part of one."""

    suspicion: Suspicion


# ---- told by an incident, in the same commit


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentJoined(CallSignal):
    """The call belongs to this incident now. `moved_from`: it came with a merged one."""

    incident_id: str
    by: str
    moved_from: str | None = None
    others: tuple[CallId, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLeft(CallSignal):
    """The call belongs to this incident no more. `why`: dissolved, or full."""

    incident_id: str
    by: str
    why: str


# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCall(CallRequest):
    """The call tells of this incident. `other`: the call it was linked with, which is taken in too when it
    belongs to none; `reasons`: what had been suggested, with its score."""

    incident_id: str
    other: CallId | None = None
    other_seized_at: datetime | None = None
    score: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkCall(CallRequest):
    """It does not, after all. What was linked, by whom and when stays written."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSuspicion(CallRequest):
    """A person says that the call is no part of a flood."""


TogetherRequest = LinkCall | UnlinkCall | ClearSuspicion


# ---- what the world is told


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLink(CallEvent):
    """A person linked the call with an incident, or took it out again (ours). `others`: calls that it was
    linked with; `reasons`: codes of what had been suggested."""

    incident_id: str
    linked: bool
    by: str
    others: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    moved_from: str | None = None
    why: str | None = None
