"""Who sits at which position, and who is paused: a part of the hall. Pure.

A position (席位) is a phone that the PBX's queues ring; its extension names it. Sitting down binds a person
to it, getting up or sitting down elsewhere frees it. Nothing here stops a phone from ringing but a pause that
a person asks for, and that goes through the PBX's own queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.effects import Effect, PauseMember
from gateway.calls.hall import AgentState
from gateway.calls.seats import (
    HandOverSeat,
    LeaveSeat,
    PauseAnswered,
    PauseDesk,
    ReadNote,
    SeatSignal,
    TakeSeat,
    WrapUpBegun,
    WrapUpDone,
)
from gateway.dispatch.site_events import AgentStateChange, SiteEvent

if TYPE_CHECKING:
    from gateway.desk.hall import HallState

MAX_SEATS = 500
"""People at positions; more are refused."""
MAX_NOTES = 500
"""Notes left at shift change that nobody has read; the oldest goes first."""
MAX_NOTE_CHARS = 2_000
MAX_NOTE_CALLS = 50
"""Open cards named in one note; more of them are refused, none is left out silently."""
MAX_WRAPPING = 20
"""Unfinished calls of one desk that its presence counts; their cards are not touched by the limit."""
TELLS_WITHIN = timedelta(seconds=10)
"""A queue tells of a pause that the PBX has accepted within this; later, pressing again sends it again."""
MAX_ORDERS = 100
"""Pauses asked for and not answered; more are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person at a position. `wrapping`: calls that ended here and are not finished."""

    position: str
    pbx: str
    user: str
    display_name: str
    since: datetime
    wrapping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNote:
    """What who left wants whoever sits at `position` next to know. `calls`: the open cards."""

    position: str
    by: str
    at: datetime
    text: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseOrder:
    """A pause on its way to the PBX. `fault`: it did not come to pass, or nobody knows; press again."""

    agent: str
    pbx: str
    paused: bool
    reason: str
    by: str
    order: str
    at: datetime
    accepted: bool = False
    """The PBX took it; the queue's own word is still to come."""
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    state: HallState
    events: tuple[SiteEvent, ...] = ()
    answer: Answer | None = None


def owed(state: HallState) -> frozenset[Effect]:
    """Pauses that the PBX has not answered."""
    return frozenset(
        PauseMember(pbx=each.pbx, agent=each.agent, paused=each.paused, reason=each.reason, order=each.order)
        for each in state.orders
        if each.fault is None and not each.accepted
    )


def seat_of(state: HallState, user: str) -> Seat | None:
    return next((seat for seat in state.seats if seat.user == user), None)


def seat_at(state: HallState, position: str) -> Seat | None:
    return next((seat for seat in state.seats if seat.position == position), None)


def presence(state: HallState, position: str) -> str:
    """The state of a position as people see it: a free phone whose last call is not finished is wrap_up."""
    desk = next((desk for desk in state.desks if desk.agent == position), None)
    seat = seat_at(state, position)
    if desk is None:
        return AgentState.UNREACHABLE.value
    if desk.state == AgentState.IDLE and seat is not None and seat.wrapping:
        return AgentState.WRAP_UP.value
    return desk.state


def told(state: HallState, position: str, signal: Any) -> AgentStateChange:
    """How a position is now, for the site."""
    desk = next((desk for desk in state.desks if desk.agent == position), None)
    seat = seat_at(state, position)
    return AgentStateChange(
        occurred_at=signal.when, inferred=signal.inferred, agent=position, state=presence(state, position),
        pbx=desk.pbx if desk else None, reason=desk.reason if desk else None,
        user=seat.user if seat else None,
    )  # fmt: skip


def reduce(state: HallState, signal: SeatSignal) -> Outcome:
    """The hall after `signal`. A refusal changes nothing."""
    move = _MOVES.get(type(signal))
    outcome = move(state, signal) if move else Outcome(state=state)
    if outcome.state is state:
        return outcome
    after = replace(outcome.state, rev=state.rev + 1)
    events = tuple(
        told(after, position, signal)
        for position in _positions(state, after)
        if _shown(state, position) != _shown(after, position)
    )
    answer = Accepted(rev=after.rev) if isinstance(outcome.answer, Accepted) else outcome.answer
    return Outcome(state=after, events=events, answer=answer)


def _positions(before: HallState, after: HallState) -> list[str]:
    return list(dict.fromkeys(seat.position for state in (before, after) for seat in state.seats))


def _shown(state: HallState, position: str) -> tuple[str, str | None]:
    seat = seat_at(state, position)
    return presence(state, position), seat.user if seat else None


def _accepted(state: HallState) -> Outcome:
    return Outcome(state=state, answer=Accepted(rev=state.rev))


def _refused(state: HallState, code: str, text: str) -> Outcome:
    return Outcome(state=state, answer=Refused(code=code, text=text))


def _taken(state: HallState, signal: TakeSeat) -> Outcome:
    there = seat_at(state, signal.position)
    if there is not None and there.user == signal.actor:
        return _accepted(state)
    if there is not None and not signal.take_over:
        since = there.since.isoformat(timespec="seconds")
        return _refused(state, "seat_taken", f"{there.display_name or there.user}, {since}")
    others = tuple(
        seat for seat in state.seats if seat.user != signal.actor and seat.position != signal.position
    )
    if len(others) >= MAX_SEATS:
        return _refused(state, "limit", f"{MAX_SEATS} people have a seat")
    seat = Seat(
        position=signal.position, pbx=signal.pbx, user=signal.actor, display_name=signal.display_name,
        since=signal.at, wrapping=there.wrapping if there else (),
    )  # fmt: skip
    return _accepted(replace(state, seats=(*others, seat)))


def _left(state: HallState, signal: LeaveSeat) -> Outcome:
    if seat_of(state, signal.actor) is None:
        return _accepted(state)
    return _accepted(replace(state, seats=tuple(seat for seat in state.seats if seat.user != signal.actor)))


def _handed_over(state: HallState, signal: HandOverSeat) -> Outcome:
    if seat_of(state, signal.actor) is None:
        return _refused(state, "no_seat", "sit at a position first")
    if len(signal.note) > MAX_NOTE_CHARS or len(signal.calls) > MAX_NOTE_CALLS or not signal.to:
        return _refused(
            state, "invalid", f"a note has at most {MAX_NOTE_CHARS} characters and {MAX_NOTE_CALLS} calls"
        )
    note = ShiftNote(position=signal.to, by=signal.actor, at=signal.at, text=signal.note, calls=signal.calls)
    return _accepted(
        replace(
            state,
            seats=tuple(seat for seat in state.seats if seat.user != signal.actor),
            notes=(*state.notes, note)[-MAX_NOTES:],
        )
    )


def _note_read(state: HallState, signal: ReadNote) -> Outcome:
    seat = seat_of(state, signal.actor)
    if seat is None:
        return _refused(state, "no_seat", "sit at a position first")
    kept = tuple(note for note in state.notes if note.position != seat.position)
    return _accepted(state if len(kept) == len(state.notes) else replace(state, notes=kept))


def _pause(state: HallState, signal: PauseDesk) -> Outcome:
    desk = next((desk for desk in state.desks if desk.agent == signal.agent), None)
    if desk is None:
        return _refused(state, "unknown_desk", f"the PBX tells of no desk {signal.agent}")
    is_so = (desk.state == AgentState.PAUSED) is signal.paused
    if is_so and (not signal.paused or desk.reason == (signal.reason or None)):
        return _accepted(_without_order(state, signal.agent))
    under_way = next((each for each in state.orders if each.agent == signal.agent), None)
    if under_way is not None and under_way.fault is None:
        same = (under_way.paused, under_way.reason) == (signal.paused, signal.reason)
        if same and (not under_way.accepted or signal.at - under_way.at < TELLS_WITHIN):
            return _accepted(state)
        if not under_way.accepted:
            return _refused(state, "pause_pending", "the PBX has not answered the last one")
    if len(state.orders) >= MAX_ORDERS:
        return _refused(state, "limit", f"{MAX_ORDERS} pauses wait for the PBX")
    order = PauseOrder(
        agent=signal.agent, pbx=desk.pbx, paused=signal.paused, reason=signal.reason, by=signal.actor,
        order=signal.request_id, at=signal.at,
    )  # fmt: skip
    return _accepted(replace(state, orders=(*_without_order(state, signal.agent).orders, order)))


def _pause_answered(state: HallState, signal: PauseAnswered) -> Outcome:
    """Accepted: the order stays until the queue itself tells, which follows at once. Else it is marked."""
    if not any(each.order == signal.order for each in state.orders):
        return Outcome(state=state)
    marked = tuple(
        replace(each, accepted=signal.fault is None, fault=signal.fault)
        if each.order == signal.order
        else each
        for each in state.orders
    )
    return Outcome(state=replace(state, orders=marked))


def _without_order(state: HallState, agent: str) -> HallState:
    kept = tuple(each for each in state.orders if each.agent != agent)
    return state if len(kept) == len(state.orders) else replace(state, orders=kept)


def settled(state: HallState, agent: str, paused: bool) -> HallState:
    """The queue told of a desk: an order that wanted this has come to pass."""
    met = any(each.agent == agent and each.paused is paused for each in state.orders)
    return _without_order(state, agent) if met else state


def _wrap_begun(state: HallState, signal: WrapUpBegun) -> Outcome:
    seat = seat_at(state, signal.agent)
    if seat is None or signal.call_id in seat.wrapping:
        return Outcome(state=state)
    return Outcome(state=_wrapping(state, seat, (*seat.wrapping, signal.call_id)[-MAX_WRAPPING:]))


def _wrap_done(state: HallState, signal: WrapUpDone) -> Outcome:
    seat = seat_at(state, signal.agent)
    if seat is None or signal.call_id not in seat.wrapping:
        return Outcome(state=state)
    left = tuple(call_id for call_id in seat.wrapping if call_id != signal.call_id)
    return Outcome(state=_wrapping(state, seat, left))


def _wrapping(state: HallState, seat: Seat, calls: tuple[str, ...]) -> HallState:
    others = tuple(each for each in state.seats if each is not seat)
    return replace(state, seats=(*others, replace(seat, wrapping=calls)))


_MOVES: Mapping[type[SeatSignal], Callable[[HallState, Any], Outcome]] = {
    TakeSeat: _taken,
    LeaveSeat: _left,
    HandOverSeat: _handed_over,
    ReadNote: _note_read,
    PauseDesk: _pause,
    PauseAnswered: _pause_answered,
    WrapUpBegun: _wrap_begun,
    WrapUpDone: _wrap_done,
}
