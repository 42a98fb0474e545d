"""Ringing a caller back, or anybody else for a call: the desk's phone first, then the number.

What comes of it is a call of its own and a part of the record of the one it is about, which hears of it by
`tells`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from gateway.calls import moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.events import CallEvent
from gateway.calls.handed import CallBack, CallBackOver, CallBackPlaced, PartNamed
from gateway.calls.handing import MAX_CALL_BACKS, MoveKind, Why
from gateway.calls.manual import Part
from gateway.calls.model import CallSession, CallState, ReleasedBy
from gateway.calls.people import Changed
from gateway.calls.signals import CallEnded, CallSignal, TriageAssessed, VetoFired
from gateway.ids import CallId
from gateway.triage.model import Veto, VetoCode

DIALLABLE = re.compile(r"\+?[0-9]{3,32}")
POSITION = re.compile(r"[0-9A-Za-z_-]{1,32}")
RINGING_BETRAYS = frozenset({VetoCode.CANNOT_SPEAK, VetoCode.CONFINED})
"""Dangers in which a ringing phone may give the caller away: calling back must be confirmed."""


def call_back(session: CallSession, signal: CallBack) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """Ask for it, or say why not. While one is under way to that number, or from that phone, the next is
    refused."""
    number = signal.number or session.callback_number
    refusal = _refusal(session, signal, number)
    if refusal is not None:
        return session, (), refusal
    after = moves.asked(
        session, signal, MoveKind.CALL_BACK, number=number, position=signal.position, shown=number,
        whom=signal.whom, pbx=signal.pbx,
    )  # fmt: skip
    after = replace(after, rev=session.rev + 1)
    return after, moves.told(after.moves[-1], signal), Accepted(rev=after.rev)


def is_caller(session: CallSession, number: str | None) -> bool:
    """It is the caller's own phone that rings."""
    return number is not None and number in (session.callback_number, session.ani)


def _refusal(session: CallSession, signal: CallBack, number: str | None) -> Refused | None:
    again = signal.number is None or is_caller(session, number)
    if session.state is not CallState.ENDED and again:
        return Refused(code="still_live", text="the caller is on the line")
    if number is None:
        return Refused(code="no_number", text="the caller's number is not known")
    if not DIALLABLE.fullmatch(number):
        return Refused(code="invalid", text="a number has 3 to 32 digits")
    if signal.position is None or not POSITION.fullmatch(signal.position):
        return Refused(code="no_position", text="no desk is known whose phone is to ring")
    if any(party.number == signal.position and party.left_at is None for party in session.parties):
        return Refused(code="phone_in_use", text="this phone speaks with the caller")
    under_way = [m for m in session.moves if m.kind is MoveKind.CALL_BACK and not moves.is_done(m)]
    if any(number == move.number or signal.position == move.position for move in under_way):
        return Refused(code="pending", text="this number, or from this phone, is being rung already")
    if len(under_way) >= MAX_CALL_BACKS:
        return Refused(code="limit", text=f"{MAX_CALL_BACKS} are being rung for this call")
    return _betraying(session, signal) if is_caller(session, number) else None


def _betraying(session: CallSession, signal: CallBack) -> Refused | None:
    dangers = [code.value for code in session.vetoes if code in RINGING_BETRAYS]
    dangers += ["silent alarm"] if session.quiet.alarm is not None else []
    if dangers and not signal.confirm_danger:
        return Refused(code="ringing_unconfirmed", text=f"a ringing phone may betray the caller: {dangers}")
    return None


def named(session: CallSession, signal: PartNamed) -> Changed:
    """On whose word this call was made, and to whom."""
    return replace(session, part=Part(by=signal.by, whom=signal.whom.value)), ()


def tells(before: CallSession | None, after: CallSession, signal: CallSignal) -> tuple[Any, ...]:
    """What a call that was made for another tells that one, and what it is told in return."""
    if isinstance(signal, CallBackPlaced):
        return _naming(after, signal)
    if after.callback_of is None:
        return ()
    common: dict[str, Any] = {
        "call_id": after.callback_of, "at": signal.at, "source_at": signal.source_at,
        "inferred": signal.inferred, "n": after.callback_move, "call": after.call_id,
    }  # fmt: skip
    if before is None:
        return (CallBackPlaced(**common),)
    if isinstance(signal, CallEnded) and before.state is not CallState.ENDED:
        return (CallBackOver(**common, why=_outcome(after, signal)),)
    return _dangers(before, after, signal, after.callback_of)


def _dangers(
    before: CallSession, after: CallSession, signal: CallSignal, record: CallId
) -> tuple[VetoFired, ...]:
    """What a witness tells of danger stands on the card of the call itself, too."""
    fresh = set(after.vetoes) - set(before.vetoes)
    match signal:
        case VetoFired(veto=veto):
            found: tuple[Veto, ...] = (veto,)
        case TriageAssessed(assessment=assessment):
            found = assessment.vetoes
        case _:
            return ()
    return tuple(
        VetoFired(call_id=record, at=signal.at, inferred=signal.inferred, veto=replace(v, segment_index=None))
        for v in found if v.code in fresh
    )  # fmt: skip


def _naming(session: CallSession, signal: CallBackPlaced) -> tuple[PartNamed, ...]:
    move = moves.find(session, signal.n)
    if move is None or move.call != signal.call:
        return ()
    told = PartNamed(call_id=signal.call, at=signal.at, inferred=signal.inferred, by=move.by, whom=move.whom)
    return (told,)


def _outcome(session: CallSession, signal: CallEnded) -> Why:
    if session.parties:
        return Why.REACHED
    if signal.released_by is ReleasedBy.CALL_TAKER:
        return Why.CALLED_OFF
    return moves.unanswered(signal.cause)
