"""Ringing a caller back: the desk's phone first, then the caller.

What comes of it is a call of its own, linked to the one it is about, which hears of it by `tells`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from gateway.calls import moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.events import CallEvent
from gateway.calls.handed import CallBack, CallBackOver, CallBackPlaced
from gateway.calls.handing import MoveKind, Why
from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import CallEnded, CallSignal
from gateway.triage.model import VetoCode

DIALLABLE = re.compile(r"\+?[0-9]{3,32}")
POSITION = re.compile(r"[0-9A-Za-z_-]{1,32}")
RINGING_BETRAYS = frozenset({VetoCode.CANNOT_SPEAK, VetoCode.CONFINED})
"""Dangers in which a ringing phone may give the caller away: calling back must be confirmed."""


def call_back(session: CallSession, signal: CallBack) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """Ask for it, or say why not. While one is under way the next is refused."""
    number = signal.number or session.callback_number
    refusal = _refusal(session, signal, number)
    if refusal is not None:
        return session, (), refusal
    after = moves.asked(
        session, signal, MoveKind.CALL_BACK, number=number, position=signal.position, shown=number
    )  # fmt: skip
    after = replace(after, rev=session.rev + 1)
    return after, moves.told(after.moves[-1], signal), Accepted(rev=after.rev)


def _refusal(session: CallSession, signal: CallBack, number: str | None) -> Refused | None:
    if session.state is not CallState.ENDED:
        return Refused(code="still_live", text="the caller is on the line")
    if number is None:
        return Refused(code="no_number", text="the caller's number is not known")
    if not DIALLABLE.fullmatch(number):
        return Refused(code="invalid", text="a number has 3 to 32 digits")
    if signal.position is None or not POSITION.fullmatch(signal.position):
        return Refused(code="no_position", text="no desk is known whose phone is to ring")
    if any(move.kind is MoveKind.CALL_BACK and not moves.is_done(move) for move in session.moves):
        return Refused(code="pending", text="this caller is being called back already")
    dangers = [code.value for code in session.vetoes if code in RINGING_BETRAYS]
    dangers += ["silent alarm"] if session.quiet.alarm is not None else []
    if dangers and not signal.confirm_danger:
        return Refused(code="ringing_unconfirmed", text=f"a ringing phone may betray the caller: {dangers}")
    return None


def tells(before: CallSession | None, after: CallSession, signal: CallSignal) -> tuple[Any, ...]:
    """What a call that is a call-back tells the call it is about."""
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
    return ()


def _outcome(session: CallSession, signal: CallEnded) -> Why:
    return Why.REACHED if session.parties else moves.unanswered(signal.cause)
