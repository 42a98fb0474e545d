"""A supervisor's ears and voice in a call, and the key that calls one: asked of the PBX, journaled, told.

The caller hears a supervisor who joins, the call-taker alone one who whispers, nobody one who listens."""

from __future__ import annotations

from dataclasses import replace

from gateway.calls import moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.callback import POSITION
from gateway.calls.events import CallEvent
from gateway.calls.handed import Supervise
from gateway.calls.handing import JOINING, SUPERVISION, MoveKind
from gateway.calls.model import CallSession, CallState
from gateway.calls.referral import BEGINS, ENDS, caller_number, desk_leg, room_of


def supervise(session: CallSession, signal: Supervise) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """Ring the supervisor's phone; who picks it up is in the call."""
    desk = desk_leg(session, None)
    refusal = _refusal(session, signal, desk is not None)
    if refusal is not None:
        return session, (), refusal
    facts = {"position": signal.position, "shown": caller_number(session)}
    after, line = session, desk.line if desk else ""
    if signal.kind is MoveKind.LISTEN:
        facts["line"] = session.line  # the caller's leg stays through every hand-over
    elif signal.kind in JOINING:
        facts["beside"] = line if signal.kind is MoveKind.TAKE_OVER else ""
        facts["room"] = session.room or room_of(session)
        if not session.room:  # a room is recorded with all who speak in it, what ChanSpy adds is not
            after = moves.asked(
                session, signal, MoveKind.CONFERENCE, line=session.line, beside=line, room=facts["room"]
            )
    else:
        facts["line"] = line
    after = moves.asked(after, signal, signal.kind, **facts)
    after = replace(after, rev=session.rev + 1)
    return after, moves.told(after.moves[-1], signal), Accepted(rev=after.rev)


def _refusal(session: CallSession, signal: Supervise, with_desk: bool) -> Refused | None:
    if signal.kind not in SUPERVISION:
        return Refused(code="invalid", text=f"no way to supervise: {signal.kind.value}")
    if session.state is CallState.ENDED:
        return Refused(code="ended", text="the call is over")
    if signal.position is None or not POSITION.fullmatch(signal.position):
        return Refused(code="no_position", text="no phone of a supervisor is known that is to ring")
    there = any(
        move.kind in SUPERVISION and move.position == signal.position and not moves.is_done(move)
        for move in session.moves
    )
    if there:
        return Refused(code="pending", text=f"{signal.position} is in this call, or rings, already")
    if signal.kind in JOINING and moves.waits(session, BEGINS | ENDS):
        return Refused(code="pending", text="somebody is being handed over: wait a moment")
    needs_desk = signal.kind is not MoveKind.LISTEN and not (signal.kind is MoveKind.JOIN and session.room)
    if needs_desk and not with_desk:
        return Refused(code="no_desk_leg", text="no call-taker speaks with this caller now")
    return None
