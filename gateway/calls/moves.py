"""What the PBX is asked to do with people, once each: asked, sent, answered; and the legs it made.

A move is owed until the PBX has answered. Its legs are known by their ids (`handing.leg_id`), so whatever
becomes of them is told of the move; what the PBX never tells ends with a timer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls.effects import Effect, MovePeople, SetTimer
from gateway.calls.events import CallEvent
from gateway.calls.handed import (
    CallBackOver,
    CallBackPlaced,
    MoveLegGone,
    MoveLegUp,
    MoveRefused,
    MoveSent,
    MoveUnseen,
)
from gateway.calls.handing import (
    MAX_CALL_BACKS,
    MAX_MOVES,
    SUPERVISION,
    WITH_LEG,
    Move,
    MoveKind,
    MoveState,
    ReferralState,
    Why,
)
from gateway.calls.handing_events import CallBackChange, SupervisionChange
from gateway.calls.model import CallSession, CallState
from gateway.calls.people import Changed
from gateway.calls.signals import CallRequest, CallSignal, TimerFired

SEEN_WITHIN = timedelta(seconds=20)
"""So long after it took a hand-over the PBX has the target ringing; else nobody knows what became of it."""
ANSWERED_WITHIN = timedelta(seconds=60)
"""So long a phone that rings first (of a desk, of a supervisor) may take; the PBX gives up earlier."""
PLACED_WITHIN = timedelta(seconds=30)
"""So long after the desk has answered a call-back the other end is being rung."""
LASTS_AT_MOST = timedelta(hours=12)
"""A call-back whose end was never told is over by then."""
STAYS = timedelta(seconds=3)
"""So long who takes over is with the caller before the call-taker is let go: a phone that is picked up and
gone again at once, and a leg that breaks, would leave the caller alone, and end the call."""
TIMER, STAYED = "move:", "stays:"
"""Timers of moves are called `move:<n>`, that of a take-over `stays:<n>`."""

_DONE = frozenset({MoveState.ENDED, MoveState.REFUSED, MoveState.UNKNOWN})
_AWAITED = frozenset({MoveKind.BLIND, MoveKind.REDIRECT, MoveKind.CONSULT, MoveKind.INVITE})
"""Moves after which a target is to ring."""
_BUSY, _DEAD = frozenset({17, 21}), frozenset({1, 3, 20, 27, 28})
"""Q.850 causes of a leg that was never answered."""


def asked(session: CallSession, signal: CallRequest, kind: MoveKind, **facts: Any) -> CallSession:
    """The call with one move more, owed to the PBX."""
    return added(session, kind, signal, by=signal.actor, **facts)


def added(session: CallSession, kind: MoveKind, signal: CallSignal, **facts: Any) -> CallSession:
    n = max((move.n for move in session.moves), default=0) + 1
    move = Move(n=n, kind=kind, at=signal.when, changed_at=signal.when, **facts)
    moves = (*(_without_oldest(session.moves) if kind is MoveKind.CALL_BACK else session.moves), move)
    while len(moves) > MAX_MOVES:
        over = next((index for index, each in enumerate(moves) if each.state in _DONE), 0)
        moves = (*moves[:over], *moves[over + 1 :])
    return replace(session, moves=moves)


def _without_oldest(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """Room for one call-back more."""
    rung = [each for each in moves if each.kind is MoveKind.CALL_BACK]
    over = [each for each in rung if each.state in _DONE][: max(0, len(rung) - MAX_CALL_BACKS + 1)]
    return tuple(each for each in moves if each not in over)


def waits(session: CallSession, kinds: frozenset[MoveKind], *, referral: int | None = None) -> bool:
    """Such a move is owed, and the PBX has not answered."""
    return any(
        move.state is MoveState.ASKED
        and move.kind in kinds
        and (referral is None or move.referral == referral)
        for move in session.moves
    )


def find(session: CallSession, n: int) -> Move | None:
    return next((move for move in session.moves if move.n == n), None)


def is_done(move: Move) -> bool:
    return move.state in _DONE


def owed(session: CallSession) -> Iterator[Effect]:
    for move in session.moves:
        if move.state is MoveState.ASKED and not _awaits_room(session, move):
            yield MovePeople(
                call_id=session.call_id, pbx=move.pbx or session.pbx, uniqueid=session.uniqueid, n=move.n,
                kind=move.kind, line=move.line, beside=move.beside, number=move.number,
                position=move.position, room=move.room, shown=move.shown,
            )  # fmt: skip
        elif (patience := _patience(session, move)) is not None:
            yield SetTimer(
                kind="call", key=session.call_id, name=f"{TIMER}{move.n}", due_at=move.changed_at + patience
            )
        if (until := _stays_until(session, move)) is not None:
            yield SetTimer(kind="call", key=session.call_id, name=f"{STAYED}{move.n}", due_at=until)


def _awaits_room(session: CallSession, move: Move) -> bool:
    """Somebody is to come into a room that is not there yet."""
    return move.kind is not MoveKind.CONFERENCE and move.room not in ("", session.room)


def _patience(session: CallSession, move: Move) -> timedelta | None:
    """How long what follows a move may take; None: nothing follows."""
    if move.state is MoveState.SENT:
        if move.kind in _AWAITED:
            state = next((each.state for each in session.referrals if each.n == move.referral), None)
            return SEEN_WITHIN if state is ReferralState.SENT else None
        return ANSWERED_WITHIN if move.kind in WITH_LEG else None
    if move.state is MoveState.LIVE and move.kind is MoveKind.CALL_BACK:
        return LASTS_AT_MOST if move.call else PLACED_WITHIN
    return None


# ---- what becomes of it


def sent(session: CallSession, signal: MoveSent) -> Changed:
    move = find(session, signal.n)
    if move is None or move.state is not MoveState.ASKED:
        return session, ()
    lasting = move.kind in _AWAITED or move.kind in WITH_LEG
    if move.kind is MoveKind.CONFERENCE:
        session = replace(session, room=move.room)
    return _to(session, signal, move, MoveState.SENT if lasting else MoveState.ENDED)


def refused(session: CallSession, signal: MoveRefused) -> Changed:
    move = find(session, signal.n)
    if move is None or is_done(move):
        return session, ()
    return _without_room(*_to(session, signal, move, MoveState.REFUSED, why=signal.why), signal, move)


def unseen(session: CallSession, signal: MoveUnseen) -> Changed:
    """It may have been done: whatever its legs tell later still counts."""
    move = find(session, signal.n)
    if move is None or move.state is not MoveState.ASKED:
        return session, ()
    after, events = _to(session, signal, move, MoveState.UNKNOWN, why=Why.NOT_SEEN)
    return _without_room(after, events, signal, move)


def _without_room(
    session: CallSession, events: tuple[CallEvent, ...], signal: CallSignal, room: Move
) -> Changed:
    """Nobody comes into a room that was not made."""
    if room.kind is not MoveKind.CONFERENCE:
        return session, events
    for each in session.moves:
        if each.state is MoveState.ASKED and each.room == room.room:
            session, told_too = _to(session, signal, each, MoveState.REFUSED, why=Why.PBX_REFUSED)
            events = (*events, *told_too)
    return session, events


def leg_up(session: CallSession, signal: MoveLegUp) -> Changed:
    move = find(session, signal.n)
    if move is None or move.state in (MoveState.LIVE, MoveState.ENDED):
        return session, ()
    return _to(session, signal, move, MoveState.LIVE, why=None)


def leg_gone(session: CallSession, signal: MoveLegGone) -> Changed:
    """A phone that never answered, or a leg that was there and left. A call-back that became a call ends with
    that call."""
    move = find(session, signal.n)
    if move is None or move.state in (MoveState.ENDED, MoveState.REFUSED) or move.call is not None:
        return session, ()
    if move.state is MoveState.LIVE:
        return _to(_kept(session, move), signal, move, MoveState.ENDED, why=move.why or Why.CALLED_OFF)
    why = unanswered(signal.cause)
    if why is Why.NO_ANSWER and move.kind is not MoveKind.INVITE:
        why = Why.DESK_NO_ANSWER
    return _to(session, signal, move, MoveState.ENDED, why=why)


def _kept(session: CallSession, gone: Move) -> CallSession:
    """Who was taking over is gone again: the call-taker who was to be let go, and is not yet, stays with the
    caller."""
    release = release_of(session, gone)
    if release is None or release.state is not MoveState.ASKED:
        return session
    kept = replace(release, state=MoveState.REFUSED, why=Why.CALLED_OFF)
    return replace(session, moves=tuple(kept if each is release else each for each in session.moves))


def release_of(session: CallSession, taking: Move) -> Move | None:
    """The move that lets the call-taker go, once who takes over is with the caller; None: not yet asked."""
    if taking.kind is not MoveKind.TAKE_OVER or not taking.beside:
        return None
    return next(
        (
            each
            for each in session.moves
            if each.kind is MoveKind.LET_GO and each.line == taking.beside and each.n > taking.n
        ),
        None,
    )


def placed(session: CallSession, signal: CallBackPlaced) -> Changed:
    move = find(session, signal.n)
    if move is None or move.call is not None:
        return session, ()
    return _to(session, signal, move, MoveState.LIVE, why=None, call=signal.call)


def over(session: CallSession, signal: CallBackOver) -> Changed:
    move = find(session, signal.n)
    if move is None or move.call not in (None, signal.call):
        return session, ()
    return _to(session, signal, move, MoveState.ENDED, why=signal.why, call=signal.call)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    """The PBX told no more of it."""
    number = signal.name.removeprefix(TIMER)
    move = find(session, int(number)) if number.isascii() and number.isdigit() else None
    if move is None or _patience(session, move) is None:
        return session, ()
    state = MoveState.ENDED if move.state is MoveState.LIVE else MoveState.UNKNOWN
    return _to(session, signal, move, state, why=Why.NOT_SEEN)


def stayed(session: CallSession, signal: TimerFired) -> Changed:
    """The supervisor who takes over has stayed with the caller: the call-taker's leg is let go, once, and the
    card is the supervisor's from then on."""
    move = next((each for each in session.moves if signal.name == f"{STAYED}{each.n}"), None)
    due_at = None if move is None else _stays_until(session, move)
    if move is None or due_at is None or signal.at < due_at:
        return session, ()
    after = added(session, MoveKind.LET_GO, signal, by=move.by, line=move.beside)
    return replace(after, wrap=replace(after.wrap, keeper=move.position)), ()


def _stays_until(session: CallSession, move: Move) -> datetime | None:
    """Who takes over is with the caller, and the call-taker was not let go yet: until then both are there."""
    if move.kind is not MoveKind.TAKE_OVER or not move.beside or is_done(move):
        return None
    if session.state is CallState.ENDED or any(
        each.kind is MoveKind.LET_GO and each.line == move.beside for each in session.moves
    ):
        return None
    there = [
        party.joined_at
        for party in session.parties
        if party.number == move.position and party.left_at is None and party.joined_at >= move.at
    ]
    return there[-1] + STAYS if there else None


def unanswered(cause: int | None) -> Why:
    """Why a leg that was never answered ended."""
    if cause in _BUSY:
        return Why.BUSY
    return Why.DEAD_NUMBER if cause in _DEAD else Why.NO_ANSWER


def told(move: Move, signal: CallSignal) -> tuple[CallEvent, ...]:
    """What is published of a move; hand-overs tell of theirs themselves."""
    common: dict[str, Any] = {
        "occurred_at": signal.when, "inferred": signal.inferred, "move": move.n, "position": move.position,
        "state": move.state, "by": move.by, "why": move.why,
    }  # fmt: skip
    if move.kind is MoveKind.CALL_BACK:
        return (CallBackChange(**common, number=move.number, call=move.call, whom=move.whom),)
    return (SupervisionChange(**common, kind=move.kind),) if move.kind in SUPERVISION else ()


def _to(session: CallSession, signal: CallSignal, move: Move, state: MoveState, **facts: Any) -> Changed:
    after = replace(move, state=state, changed_at=signal.when, **facts)
    if replace(after, changed_at=move.changed_at) == move:
        return session, ()
    moves = tuple(after if each is move else each for each in session.moves)
    return replace(session, moves=moves), told(after, signal)
