"""Hand-overs, call-backs and supervision as signals: what people ask, what the PBX answered, what it told of
the legs."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.handing import HandOverKind, MoveKind, Target, Whom, Why
from gateway.calls.signals import CallRequest, CallSignal
from gateway.ids import CallId

# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(CallRequest):
    """Pass the caller on. What the directory says of the target was looked up when it was asked.

    `wanted`: the code or number as it was given; `target` None: the directory has no such. `closed_until`:
    nobody is there now, in the directory's words, and `instead` is who takes it.
    """

    kind: HandOverKind
    wanted: str
    target: Target | None
    position: str | None = None
    """The desk of who asks, where several speak with the caller."""
    confirm_danger: bool = False
    closed: bool = False
    instead: str | None = None
    confirm_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTransfer(CallRequest):
    """The call-taker leaves: caller and target speak on."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTransfer(CallRequest):
    """The hand-over is called off: an attended one brings the caller back to the desk, a blind one that rings
    into the queue before all others; of a three-party call the target leaves."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack(CallRequest):
    """Ring `position` first, then the caller, or `whom` else of `number`. `number` None: the call-back number
    of the call. `pbx`: whose phone `position` is, where the call itself has no PBX.

    `confirm_danger`: a ringing phone may give away somebody who hides; where that stands it must be said.
    """

    position: str | None
    number: str | None = None
    confirm_danger: bool = False
    whom: Whom = Whom.CALLER
    pbx: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise(CallRequest):
    """Bring a supervisor's phone to the call: LISTEN, WHISPER or JOIN; ESCALATE on the call-taker's word."""

    kind: MoveKind
    position: str | None


# ---- what the PBX answered


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSignal(CallSignal):
    """About the action `n` of the call."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSent(MoveSignal):
    """The PBX has taken the action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRefused(MoveSignal):
    """It was not done, surely: it may be asked again."""

    why: Why
    text: str = ""
    """The PBX's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnseen(MoveSignal):
    """Whether it was done nobody can say: no answer in time, or the gateway stopped before it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLegUp(MoveSignal):
    """The leg that the action made was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLegGone(MoveSignal):
    """The leg that the action made is gone; `cause` by Q.850."""

    cause: int | None = None


# ---- what it told of targets


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRang(CallSignal):
    """A number that is no desk's is dialled for this caller."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAnswered(CallSignal):
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMissed(CallSignal):
    """Nobody there: busy, no answer, or a number that leads nowhere."""

    number: str
    why: Why


# ---- what the call that a call-back became tells the call it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackPlaced(MoveSignal):
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackOver(MoveSignal):
    """`why`: reached, no_answer, busy, dead_number."""

    call: CallId
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNamed(CallSignal):
    """The call that was made for another one hears on whose word, and to whom."""

    by: str
    whom: Whom
