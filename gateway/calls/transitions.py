"""The life of a call as a table: in which state what happens leads where.

A call begins SEIZED: a caller took a 110 line, the PBX answers and asks who rings. It is QUEUED as soon as
it waits for a call-taker, and RINGING while at least one desk rings; a desk that does not pick up gives it
back to the queue. The first call-taker makes it ANSWERED.

ANSWERED means: somebody speaks with the caller, be it a call-taker, a department or a whole conference;
who, the call's parties tell. A person may put the caller on hold (HELD) and take it back. While it is being
passed on it is TRANSFERRING: a blind transfer until somebody there answers, an attended one until the
call-taker has let go or come back. A caller whom nobody there answered goes back to the queue: QUEUED
again, and the way begins anew.

The caller's leg alone decides the end: as long as it lives, the call lives, whoever else hangs up. ENDED is
final: nothing leaves it, whatever comes late.

What a state and a signal are not listed for changes no state; it may still change the call (a name, a text,
a recording).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.calls.model import CallSession, CallState, TransferResult
from gateway.calls.signals import (
    CallEnded,
    CallHeld,
    CallQueued,
    CallResumed,
    CallSignal,
    DeskRang,
    DeskStoppedRinging,
    PartyJoined,
    TransferEnded,
    TransferStarted,
)

SEIZED, QUEUED, RINGING = CallState.SEIZED, CallState.QUEUED, CallState.RINGING
ANSWERED, HELD, TRANSFERRING, ENDED = (
    CallState.ANSWERED,
    CallState.HELD,
    CallState.TRANSFERRING,
    CallState.ENDED,
)


def nobody_rings(session: CallSession) -> bool:
    """No desk rings any more."""
    return not session.ringing


def somebody_there(session: CallSession) -> bool:
    """A call-taker or a department is connected with the caller, and no transfer is under way."""
    return any(party.left_at is None for party in session.parties) and not _passing_on(session)


def never_answered(session: CallSession) -> bool:
    """A transfer out of the queue came to nothing, and the caller never spoke with anybody."""
    return not session.parties and not _passing_on(session)


def _passing_on(session: CallSession) -> bool:
    return any(transfer.result is TransferResult.PENDING for transfer in session.transfers)


@dataclass(frozen=True, slots=True)
class Move:
    """`on` in `source` leads to `target`, if `when` holds for the call as the signal left it."""

    source: CallState
    on: type[CallSignal]
    target: CallState
    when: Callable[[CallSession], bool] | None = None
    label: str = ""


MOVES = (
    Move(SEIZED, CallQueued, QUEUED),
    Move(SEIZED, DeskRang, RINGING),
    Move(SEIZED, PartyJoined, ANSWERED),
    Move(SEIZED, TransferStarted, TRANSFERRING),
    Move(SEIZED, CallEnded, ENDED),
    Move(QUEUED, DeskRang, RINGING),
    Move(QUEUED, PartyJoined, ANSWERED),
    Move(QUEUED, TransferStarted, TRANSFERRING),
    Move(QUEUED, CallEnded, ENDED),
    Move(RINGING, DeskStoppedRinging, QUEUED, nobody_rings, "last desk"),
    Move(RINGING, PartyJoined, ANSWERED),
    Move(RINGING, TransferStarted, TRANSFERRING),
    Move(RINGING, CallEnded, ENDED),
    Move(ANSWERED, CallHeld, HELD),
    Move(ANSWERED, TransferStarted, TRANSFERRING),
    Move(ANSWERED, CallQueued, QUEUED),
    Move(ANSWERED, CallEnded, ENDED),
    Move(HELD, CallResumed, ANSWERED),
    Move(HELD, PartyJoined, ANSWERED),
    Move(HELD, TransferStarted, TRANSFERRING),
    Move(HELD, CallQueued, QUEUED),
    Move(HELD, CallEnded, ENDED),
    Move(TRANSFERRING, PartyJoined, ANSWERED, somebody_there, "nothing pending"),
    Move(TRANSFERRING, TransferEnded, ANSWERED, somebody_there, "somebody there"),
    Move(TRANSFERRING, TransferEnded, QUEUED, never_answered, "never answered"),
    Move(TRANSFERRING, CallQueued, QUEUED),
    Move(TRANSFERRING, CallEnded, ENDED),
)

_BY_KEY: dict[tuple[CallState, type[CallSignal]], list[Move]] = {}
for _move in MOVES:
    _BY_KEY.setdefault((_move.source, _move.on), []).append(_move)


def next_state(session: CallSession, signal: CallSignal) -> CallState:
    """Where the call stands after `signal`, whose facts `session` already holds."""
    for move in _BY_KEY.get((session.state, type(signal)), ()):
        if move.when is None or move.when(session):
            return move.target
    return session.state


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    labels: dict[tuple[CallState, CallState], list[str]] = {}
    for move in MOVES:
        label = move.on.__name__ + (f" [{move.label}]" if move.label else "")
        labels.setdefault((move.source, move.target), []).append(label)
    lines = [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in labels.items()]
    return "\n".join(("stateDiagram-v2", "    [*] --> SEIZED: CallSeized", *lines, "    ENDED --> [*]"))
