"""What can happen in the hall around the calls: desks, queues, the PBX itself, and messages nobody can
trust.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AgentState(StrEnum):
    """A call-taker's desk: free, ringing, speaking, finishing its last call's card, at rest by its own wish,
    signed out, or out of reach."""

    IDLE = "idle"
    RINGING = "ringing"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AWAY = "away"
    UNREACHABLE = "unreachable"


class PbxState(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class HallSignal:
    """What all of them share. `pbx` is the PBX's name in the configuration."""

    pbx: str
    at: datetime
    source_at: datetime | None = None
    inferred: bool = False

    @property
    def when(self) -> datetime:
        """The PBX's own time where it gave one, else the arrival."""
        return self.source_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanged(HallSignal):
    """`agent` is the desk's extension."""

    agent: str
    state: AgentState
    paused_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(HallSignal):
    """How many callers wait now, and how long the first of them has."""

    queue: str
    waiting: int
    longest_wait_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedReceived(HallSignal):
    """A message that does not hang together, perhaps forged. It is kept with its text and touches no call."""

    raw: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnmatched(HallSignal):
    """A report of the dispatch core that no call takes: set aside, given to its call after all, or forgotten.
    Its words are not here; `digest` finds it among what is set aside.
    """

    pbx: str = ""
    step: str
    code: str
    digest: str
    message_id: str = ""
    call_id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSetAside(HallSignal):
    """An abandoned call that looks like part of a flood stands beside the list of call-backs; `back`: no
    longer, it was cleared or the caller was answered."""

    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChanged(HallSignal):
    """A service of the gateway that belongs to no PBX: `quality`, `second_opinion`."""

    pbx: str = ""
    service: str
    state: PbxState
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxChanged(HallSignal):
    state: PbxState
    reason: str | None = None
