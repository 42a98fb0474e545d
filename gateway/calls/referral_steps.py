"""Which signal takes a hand-over where: one function a signal, each giving the referral as it is then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.calls import moves
from gateway.calls.handed import (
    MoveLegGone,
    MoveRefused,
    MoveSent,
    MoveUnseen,
    TargetAnswered,
    TargetMissed,
    TargetRang,
)
from gateway.calls.handing import HandOverKind, MoveKind, MoveState, Referral, ReferralState, Why, under_way
from gateway.calls.model import CallSession, PartyRole, TransferKind, TransferResult
from gateway.calls.signals import (
    CallEnded,
    CallQueued,
    CallSignal,
    PartyJoined,
    PartyLeft,
    TimerFired,
    TransferEnded,
    TransferStarted,
)

ASKED, SENT, RINGING, ANSWERED = (
    ReferralState.ASKED, ReferralState.SENT, ReferralState.RINGING, ReferralState.ANSWERED,
)  # fmt: skip
COMPLETED, REFUSED, NO_ANSWER, RETURNED, CANCELLED, UNKNOWN = (
    ReferralState.COMPLETED, ReferralState.REFUSED, ReferralState.NO_ANSWER, ReferralState.RETURNED,
    ReferralState.CANCELLED, ReferralState.UNKNOWN,
)  # fmt: skip

BEGINS = frozenset(
    {MoveKind.BLIND, MoveKind.REDIRECT, MoveKind.CONSULT, MoveKind.CONFERENCE, MoveKind.INVITE}
)
"""Moves that begin a hand-over."""
EARLY = frozenset({ASKED, SENT, RINGING, UNKNOWN})
"""Nobody there has answered, as far as is known."""

_BY_TARGET = (Why.BUSY, Why.NO_ANSWER, Why.DEAD_NUMBER)
_HOW = {Why.BUSY: REFUSED, Why.DEAD_NUMBER: REFUSED, Why.NO_ANSWER: NO_ANSWER}

Step = Callable[[CallSession, Referral, Any], Referral]


def step(session: CallSession, referral: Referral, signal: CallSignal) -> Referral:
    """The hand-over after `signal`; `session` is the call as the signal left it."""
    taken = STEPS.get(type(signal))
    return referral if taken is None else taken(session, referral, signal)


def _to(referral: Referral, state: ReferralState, why: Why | None = None) -> Referral:
    return replace(referral, state=state, why=why)


# ---- what the PBX said of its moves


def _move(session: CallSession, referral: Referral, n: int) -> MoveKind | None:
    """The kind of the move, when it is one of this hand-over's."""
    move = moves.find(session, n)
    return move.kind if move is not None and move.referral == referral.n else None


def _sent(session: CallSession, referral: Referral, signal: MoveSent) -> Referral:
    kind = _move(session, referral, signal.n)
    return _to(referral, SENT) if kind in BEGINS and referral.state in (ASKED, UNKNOWN) else referral


def _refused(session: CallSession, referral: Referral, signal: MoveRefused) -> Referral:
    kind = _move(session, referral, signal.n)
    if kind in BEGINS:
        return _to(referral, REFUSED, signal.why) if referral.state in EARLY else referral
    return referral if kind is None else replace(referral, fault=signal.why)


def _unseen(session: CallSession, referral: Referral, signal: MoveUnseen) -> Referral:
    kind = _move(session, referral, signal.n)
    if kind in BEGINS:
        begun = referral.state is ASKED or (kind is MoveKind.INVITE and referral.state is SENT)
        return _to(referral, UNKNOWN, Why.NOT_SEEN) if begun else referral
    return referral if kind is None else replace(referral, fault=Why.NOT_SEEN)


def _timer(session: CallSession, referral: Referral, signal: TimerFired) -> Referral:
    """Only a move that the timer has just ended is meant."""
    number = signal.name.removeprefix(moves.TIMER)
    move = moves.find(session, int(number)) if number.isascii() and number.isdigit() else None
    ended = move is not None and move.referral == referral.n and move.state is MoveState.UNKNOWN
    return _to(referral, UNKNOWN, Why.NOT_SEEN) if ended and referral.state is SENT else referral


def _leg_gone(session: CallSession, referral: Referral, signal: MoveLegGone) -> Referral:
    """The leg that was called into the room is gone unanswered; who had answered is told as a party."""
    if _move(session, referral, signal.n) is not MoveKind.INVITE or referral.state not in EARLY:
        return referral
    if _called_off(session, referral):
        return _to(referral, RETURNED, Why.CALLED_OFF)
    why = moves.unanswered(signal.cause)
    return _to(referral, _HOW[why], why)


def _called_off(session: CallSession, referral: Referral) -> bool:
    ends = (MoveKind.DROP, MoveKind.FETCH_BACK, MoveKind.CALL_OFF)
    return any(
        m.referral == referral.n and m.kind in ends and m.state is not MoveState.REFUSED
        for m in session.moves
    )


# ---- the target


def _rang(session: CallSession, referral: Referral, signal: TargetRang) -> Referral:
    meant = referral.target.number == signal.number and referral.state in (ASKED, SENT, UNKNOWN)
    return _to(referral, RINGING) if meant else referral


def _answered(session: CallSession, referral: Referral, signal: TargetAnswered | PartyJoined) -> Referral:
    meant = referral.target.number == signal.number and referral.state in EARLY
    return _to(referral, ANSWERED) if meant else referral


def _missed(session: CallSession, referral: Referral, signal: TargetMissed) -> Referral:
    meant = referral.target.number == signal.number and referral.state in EARLY
    return _to(referral, _HOW.get(signal.why, REFUSED), signal.why) if meant else referral


# ---- the call


def _joined(session: CallSession, referral: Referral, signal: PartyJoined) -> Referral:
    """Who is consulted is not yet with the caller: then the transfer's end tells."""
    if signal.role is not PartyRole.DEPARTMENT or referral.kind is HandOverKind.ATTENDED:
        return referral
    return _answered(session, referral, signal)


def _left(session: CallSession, referral: Referral, signal: PartyLeft) -> Referral:
    """Of a three-party call: the target has left and a call-taker is there, or the other way round."""
    if referral.kind is not HandOverKind.THREEWAY or referral.state is not ANSWERED:
        return referral
    there = [party for party in session.parties if party.left_at is None]
    with_target = any(party.number == referral.target.number for party in there)
    with_desk = any(party.role is PartyRole.CALL_TAKER for party in there)
    if with_target and not with_desk:
        return _to(referral, COMPLETED)
    gone = signal.number == referral.target.number and with_desk and not with_target
    return (
        _to(referral, RETURNED, Why.CALLED_OFF if _called_off(session, referral) else None)
        if gone
        else referral
    )


def _transfer_started(session: CallSession, referral: Referral, signal: TransferStarted) -> Referral:
    meant = referral.target.number == signal.target and referral.state in (ASKED, UNKNOWN)
    return _to(referral, SENT) if meant else referral


def _transfer_ended(session: CallSession, referral: Referral, signal: TransferEnded) -> Referral:
    """`why` stays where the target said it before."""
    attended = referral.kind is HandOverKind.ATTENDED
    missed = referral.state in (REFUSED, NO_ANSWER) and referral.why in _BY_TARGET
    if referral.target.number != signal.target or not (under_way(referral) or missed):
        return referral
    if signal.result is TransferResult.CANCELLED:
        return _to(referral, RETURNED, Why.CALLED_OFF)
    if signal.result is TransferResult.COMPLETED and not missed:
        if attended and signal.kind is TransferKind.THREEWAY:
            return replace(referral, kind=HandOverKind.THREEWAY, state=ANSWERED, why=None)
        return _to(referral, COMPLETED if attended else ANSWERED)
    if signal.result is TransferResult.FAILED:
        why = referral.why if missed else Why.NO_ANSWER
        return _to(referral, RETURNED if attended else _HOW[why or Why.NO_ANSWER], why)
    return referral


def _queued(session: CallSession, referral: Referral, signal: CallQueued) -> Referral:
    """The caller is before all others in the queue: that is where a hand-over that came to nothing ends."""
    missed = referral.state in (REFUSED, NO_ANSWER) and referral.why in _BY_TARGET
    on_the_way = referral.state in (SENT, RINGING, ANSWERED, UNKNOWN)
    back = on_the_way or (missed and referral.kind is HandOverKind.BLIND)
    if not back:
        return referral
    why = Why.CALLED_OFF if _called_off(session, referral) else referral.why if missed else Why.NO_ANSWER
    return _to(referral, RETURNED, why)


def _call_ended(session: CallSession, referral: Referral, signal: CallEnded) -> Referral:
    return _to(referral, CANCELLED, Why.CALLER_GONE) if under_way(referral) else referral


STEPS: Mapping[type[CallSignal], Step] = {
    MoveSent: _sent,
    MoveRefused: _refused,
    MoveUnseen: _unseen,
    MoveLegGone: _leg_gone,
    TimerFired: _timer,
    TargetRang: _rang,
    TargetAnswered: _answered,
    TargetMissed: _missed,
    PartyJoined: _joined,
    PartyLeft: _left,
    TransferStarted: _transfer_started,
    TransferEnded: _transfer_ended,
    CallQueued: _queued,
    CallEnded: _call_ended,
}
