"""What the world is told of hand-overs, call-backs and supervision: events like those of `events`."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.events import CallEvent
from gateway.calls.handing import HandOverKind, MoveKind, MoveState, ReferralState, TargetKind, Whom, Why
from gateway.location.model import Location
from gateway.triage.model import AlarmClass, Nature, VetoCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the target's screen needs before it answers: who rings, from where, what it is about."""

    caller: str | None
    location: Location | None
    alarm_class: AlarmClass | None
    nature: Nature | None
    priority: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralChange(CallEvent):
    """A hand-over that a person asked for went a step (ours). `referral` counts within the call; `target` is
    the directory's code, `number` what is dialled; `dangers` stood when it was asked for. With state asked,
    before anybody rings, `about` tells the target of the call.
    """

    referral: int
    kind: HandOverKind
    target: str
    number: str
    target_kind: TargetKind
    state: ReferralState
    by: str
    why: Why | None = None
    fault: Why | None = None
    dangers: tuple[VetoCode, ...] = ()
    about: Announced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackChange(CallEvent):
    """A call-back went a step (ours). `move` counts within the call; `call` is the call that it became."""

    move: int
    number: str
    position: str
    state: MoveState
    by: str
    why: Why | None = None
    call: str | None = None
    whom: Whom = Whom.CALLER
    """Whom it rings for the call: the caller again, or somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionChange(CallEvent):
    """A supervisor's phone is brought to the call, is there (live), has left (ours). `kind` escalate: on the
    call-taker's word, and the supervisor is heard by the call-taker alone, as with whisper.
    """

    move: int
    kind: MoveKind
    position: str
    state: MoveState
    by: str
    why: Why | None = None
