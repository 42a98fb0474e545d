"""One work order changes here and nowhere else: pure, total, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.desk.orders import signals as ask
from gateway.desk.orders.model import (
    MAX_FIELD_CHARS,
    MAX_FOLLOW_UPS,
    MAX_HANDED,
    MAX_NOTE_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TEXT_CHARS,
    Dispute,
    FollowUp,
    Note,
    Order,
    Supervision,
)
from gateway.desk.orders.notices import Events, events
from gateway.desk.orders.signals import OpenOrder, OrderDue, OrderOpened, OrderRequest, OrderSignal
from gateway.desk.orders.terms import Terms
from gateway.desk.orders.transitions import MOVES, Move
from gateway.dispatch.order_events import OrderState, OrderStep
from gateway.ids import SITE_NAME

Handled = Order | Refused
_DEPARTMENT = re.compile(rf"{SITE_NAME[:-1]}\Z")
LIMITS: Mapping[str, int] = {
    "subject": MAX_SUBJECT_CHARS, "text": MAX_TEXT_CHARS, "answer": MAX_TEXT_CHARS, "note": MAX_NOTE_CHARS,
    "reason": MAX_NOTE_CHARS, "caller_name": MAX_FIELD_CHARS, "phone": MAX_FIELD_CHARS,
    "place": MAX_FIELD_CHARS,
}  # fmt: skip
"""The longest each kind of words may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The order after one signal (None: there is none), what is told of it, and a request's answer."""

    state: Order | None
    events: Events = ()
    answer: Answer | None = None


def reduce(order: Order | None, signal: OrderSignal, terms: Terms) -> Outcome:
    """Never raises; a refusal changes nothing. `terms`: the deadlines of the departments as configured now;
    an order keeps the times it was sent with."""
    match signal:
        case OrderOpened():
            return _handed_over(order, signal, terms)
        case OpenOrder():
            return _opened(order, signal, terms)
        case OrderRequest():
            return _requested(order, signal, terms)
        case OrderDue():
            return _due(order, signal)
    return Outcome(state=order)


# ---- the beginning


def _handed_over(order: Order | None, signal: OrderOpened, terms: Terms) -> Outcome:
    if order is not None or _DEPARTMENT.match(signal.department) is None:
        return Outcome(state=order)
    names = ("subject", "text", "caller_name", "phone", "place")
    cut: dict[str, Any] = {name: _cut(getattr(signal, name), LIMITS[name]) for name in names}
    new = Order(
        order_id=signal.order_id, state=OrderState.DRAFT, department=signal.department,
        opened_at=signal.when, opened_by=signal.by, changed_at=signal.when, call_id=signal.call_id, **cut,
    )  # fmt: skip
    sent = _handed(new, signal.department, signal.when, terms, OrderState.SENT)
    return Outcome(state=sent, events=events(None, sent, OrderStep.SENT, signal.when, by=signal.by or None))


def _opened(order: Order | None, signal: OpenOrder, terms: Terms) -> Outcome:
    if order is not None:
        return _refuse(order, "exists", "an order of this id is there already: take another id")
    if signal.for_department is not None:
        return _refuse(None, "hall_only", "only the hall opens an order")
    if (invalid := _invalid(signal)) is not None:
        return Outcome(state=None, answer=invalid)
    if not signal.subject.strip():
        return _refuse(None, "invalid", "an order needs a subject: what is wanted, in one line")
    new = Order(
        order_id=signal.order_id, state=OrderState.DRAFT, department=signal.department,
        subject=signal.subject.strip(), text=signal.text.strip(), opened_at=signal.when,
        opened_by=signal.actor, changed_at=signal.when, call_id=signal.call_id,
        caller_name=signal.caller_name.strip(), phone=signal.phone.strip(), place=signal.place.strip(),
    )  # fmt: skip
    step = OrderStep.DRAFTED
    if signal.send:
        new, step = _handed(new, signal.department, signal.when, terms, OrderState.SENT), OrderStep.SENT
    told = events(None, new, step, signal.when, by=signal.actor)
    return Outcome(state=new, events=told, answer=Accepted(rev=new.rev))


def _handed(order: Order, department: str, at: datetime, terms: Terms, state: OrderState) -> Order:
    """To a department. The time to answer runs from the first sending, or anew where it had been answered:
    handing on does not make the caller wait longer."""
    allowed = terms(department)
    fresh = order.sent_at is None or order.answered_at is not None
    answer_by, said = order.answer_by, order.answer_within
    if fresh:
        answer_by, said = terms.due(department, allowed.answer, at), str(allowed.answer)
    return replace(
        order, state=state, department=department, handed=order.handed + 1, sent_at=at,
        first_receiver=order.first_receiver or department, accepted_at=None, answered_at=None, told_at=None,
        accept_by=terms.due(department, allowed.accept, at), answer_by=answer_by,
        accept_within=str(allowed.accept), answer_within=said,
    )  # fmt: skip


# ---- a deadline


def _due(order: Order | None, signal: OrderDue) -> Outcome:
    """Told once; of a deadline that was kept or moved meanwhile nothing is told."""
    due_at = dict(order.running).get(signal.deadline) if order is not None else None
    if order is None or due_at is None or signal.when < due_at or signal.deadline in order.overdue:
        return Outcome(state=order)
    passed = Supervision(deadline=signal.deadline, due_at=due_at, at=signal.when)
    kept = (*(one for one in order.supervised if one.deadline is not signal.deadline), passed)
    after = replace(order, rev=order.rev + 1, supervised=kept, changed_at=signal.when)
    told = events(order, after, OrderStep.SUPERVISED, signal.when, by=None, deadline=signal.deadline)
    return Outcome(state=after, events=told)


# ---- what people ask


def _requested(order: Order | None, signal: OrderRequest, terms: Terms) -> Outcome:
    move = MOVES.get(type(signal))
    if order is None or move is None:
        return _refuse(order, "unknown_order", "there is no such order: compare its id")
    handled = _refusal(order, signal, move) or HANDLERS[type(signal)](order, signal, terms)
    if isinstance(handled, Refused):
        return Outcome(state=order, answer=handled)
    after = replace(handled, state=move.to or order.state, rev=order.rev + 1, changed_at=signal.when)
    told = events(
        order, after, move.step, signal.when, by=signal.actor, note=_said(signal),
        satisfaction=getattr(signal, "satisfaction", None),
    )  # fmt: skip
    return Outcome(state=after, events=told, answer=Accepted(rev=after.rev))


def _refusal(order: Order, signal: OrderRequest, move: Move) -> Refused | None:
    """Why nothing is even tried: not theirs to ask, stale sight, a state from which it does not lead on."""
    who = signal.for_department
    if who is not None and move.hall:
        return Refused(code="hall_only", text="only the hall does this: write it a note")
    if who is not None and (who != order.department or order.sent_at is None):
        return Refused(code="not_yours", text="this order is not with your department (any more)")
    if order.state is OrderState.CLOSED and order.state not in move.sources:
        return Refused(code="order_closed", text="the order is closed: open a new one that refers to it")
    if order.state not in move.sources:
        ways = ", ".join(sorted(state.value for state in move.sources))
        text = f"the order is {order.state.value}; for this it must be one of: {ways}"
        return Refused(code="wrong_state", text=text)
    if signal.expected_rev is not None and signal.expected_rev != order.rev:
        text = f"somebody changed the order meanwhile (rev {order.rev}): look again"
        return Refused(code="stale_rev", text=text)
    if who is not None and order.decided and isinstance(signal, ask.ReturnOrder | ask.DisputeOrder):
        return Refused(code="decided", text="a supervisor decided that this is yours: write a note instead")
    return _invalid(signal)


def _invalid(signal: OrderRequest) -> Refused | None:
    """Words without measure, a department that cannot be one."""
    for name, limit in LIMITS.items():
        said = getattr(signal, name, None)
        if said is not None and len(said) > limit:
            return Refused(code="invalid", text=f"{name} has at most {limit} characters")
    department = getattr(signal, "department", None)
    if department is not None and _DEPARTMENT.match(department) is None:
        return Refused(code="invalid", text="a department is named as in the directory: a-z, 0-9 and _")
    return None


def _edited(order: Order, signal: ask.EditOrder, terms: Terms) -> Handled:
    names = ("department", "subject", "text", "caller_name", "phone", "place")
    told = {name: getattr(signal, name) for name in names}
    changed = {name: value.strip() for name, value in told.items() if value is not None}
    if changed.get("subject", order.subject) == "":
        return Refused(code="invalid", text="an order needs a subject: what is wanted, in one line")
    return replace(order, **changed)


def _sent(order: Order, signal: ask.SendOrder, terms: Terms) -> Handled:
    return _handed(order, order.department, signal.when, terms, OrderState.SENT)


def _accepted(order: Order, signal: ask.AcceptOrder, terms: Terms) -> Handled:
    return replace(order, accepted_at=signal.when)


def _unchanged(order: Order, signal: ask.StartOrder, terms: Terms) -> Handled:
    return order


def _returned(order: Order, signal: ask.ReturnOrder, terms: Terms) -> Handled:
    return _reasonless(signal.reason) or replace(order, returned=_note(order, signal, signal.reason))


def _reassigned(order: Order, signal: ask.ReassignOrder, terms: Terms) -> Handled:
    if (refused := _reasonless(signal.reason) or _too_often(order)) is not None:
        return refused
    dispute = order.dispute if signal.department == order.department else None
    return _handed(
        replace(order, dispute=dispute), signal.department, signal.when, terms, OrderState.REASSIGNED
    )


def _noted(order: Order, signal: ask.NoteOrder, terms: Terms) -> Handled:
    return order if signal.note.strip() else Refused(code="invalid", text="a note needs words")


def _disputed(order: Order, signal: ask.DisputeOrder, terms: Terms) -> Handled:
    owner = order.first_receiver or order.department
    raised = Dispute(raised=_note(order, signal, signal.reason))
    return _reasonless(signal.reason) or replace(order, department=owner, dispute=raised)


def _decided(order: Order, signal: ask.DecideOrder, terms: Terms) -> Handled:
    if (refused := _reasonless(signal.reason) or _too_often(order)) is not None or order.dispute is None:
        return refused or Refused(code="wrong_state", text="nothing is disputed")
    decision = _note(order, signal, signal.reason)
    dispute = replace(order.dispute, decision=decision, decided_for=signal.department)
    return _handed(
        replace(order, dispute=dispute), signal.department, signal.when, terms, OrderState.REASSIGNED
    )


def _answered(order: Order, signal: ask.AnswerOrder, terms: Terms) -> Handled:
    if not signal.answer.strip():
        return Refused(code="answer_needed", text="say what was done: the caller is told it")
    return replace(
        order, answer=_note(order, signal, signal.answer), answered_at=signal.when,
        accepted_at=order.accepted_at or signal.when,
    )  # fmt: skip


def _told(order: Order, signal: ask.TellCaller, terms: Terms) -> Handled:
    return replace(order, told=_note(order, signal, signal.note), told_at=signal.when)


def _followed_up(order: Order, signal: ask.FollowUpOrder, terms: Terms) -> Handled:
    if len(order.follow_ups) >= MAX_FOLLOW_UPS:
        return Refused(code="limit", text=f"{MAX_FOLLOW_UPS} follow-up calls are kept: write a note")
    one = FollowUp(satisfaction=signal.satisfaction, note=signal.note, by=signal.actor, at=signal.when)
    return replace(order, follow_ups=(*order.follow_ups, one))


def _closed(order: Order, signal: ask.CloseOrder, terms: Terms) -> Handled:
    if order.state is not OrderState.TOLD and (refused := _reasonless(signal.reason)) is not None:
        return refused
    return replace(order, closing=_note(order, signal, signal.reason), closed_at=signal.when)


HANDLERS: Mapping[type[OrderRequest], Callable[[Order, Any, Terms], Handled]] = {
    ask.EditOrder: _edited, ask.SendOrder: _sent, ask.AcceptOrder: _accepted, ask.StartOrder: _unchanged,
    ask.ReturnOrder: _returned, ask.ReassignOrder: _reassigned, ask.NoteOrder: _noted,
    ask.DisputeOrder: _disputed, ask.DecideOrder: _decided, ask.AnswerOrder: _answered,
    ask.TellCaller: _told, ask.FollowUpOrder: _followed_up, ask.CloseOrder: _closed,
}  # fmt: skip


# ---- words


def _note(order: Order, signal: OrderRequest, text: str) -> Note:
    return Note(text=text.strip(), by=signal.actor, at=signal.when, department=signal.for_department)


def _said(signal: OrderRequest) -> str:
    """What was said at this step, whatever it is called there."""
    found = (getattr(signal, name, "") for name in ("reason", "note", "answer"))
    return next((text.strip() for text in found if text.strip()), "")


def _reasonless(reason: str) -> Refused | None:
    return None if reason.strip() else Refused(code="reason_needed", text="give the reason")


def _too_often(order: Order) -> Refused | None:
    if order.handed < MAX_HANDED:
        return None
    return Refused(code="limit", text=f"it went to departments {MAX_HANDED} times: close it with a reason")


def _cut(text: str, limit: int) -> str:
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _refuse(order: Order | None, code: str, text: str) -> Outcome:
    return Outcome(state=order, answer=Refused(code=code, text=text))
