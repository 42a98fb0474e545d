"""A work order as pages and departments' systems read it: plain JSON values, by who reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.desk.board import stamp
from gateway.desk.orders import signals as ask
from gateway.desk.orders.model import FollowUp, Note, Order, Supervision
from gateway.desk.orders.notices import contact
from gateway.desk.orders.signals import OrderRequest
from gateway.desk.orders.transitions import MOVES, possible
from gateway.dispatch.order_events import OrderStep

SHOWN_OF_ID = 8
"""Characters of an order's id that people say to each other on the telephone."""

ACTIONS: Mapping[str, type[OrderRequest]] = {
    "edit": ask.EditOrder, "send": ask.SendOrder, "accept": ask.AcceptOrder, "start": ask.StartOrder,
    "return": ask.ReturnOrder, "reassign": ask.ReassignOrder, "note": ask.NoteOrder,
    "answer": ask.AnswerOrder, "dispute": ask.DisputeOrder, "decide": ask.DecideOrder,
    "tell": ask.TellCaller, "follow-up": ask.FollowUpOrder, "close": ask.CloseOrder,
}  # fmt: skip
"""What pages and REST call each request."""


def number(order_id: str) -> str:
    return order_id[-SHOWN_OF_ID:].upper()


def order_json(order: Order, reader: str | None) -> dict[str, Any]:
    """`reader`: the department that reads, which sees the caller only while it works for them and no names
    of the hall; None: the hall."""
    person = (
        {"caller_name": order.caller_name or None, "phone": order.phone or None, "place": order.place or None}
        if reader is None
        else contact(order)
    )
    return {
        "order_id": order.order_id, "number": number(order.order_id), "rev": order.rev,
        "state": order.state.value, "department": order.department, "subject": order.subject,
        "text": order.text, **person, "call_id": order.call_id if reader is None else None,
        "first_receiver": order.first_receiver,
        "handed": order.handed, "opened_by": order.opened_by if reader is None else None,
        **{name: stamp(getattr(order, name)) for name in _TIMES},
        "accept_within": order.accept_within or None, "answer_within": order.answer_within or None,
        "overdue": [deadline.value for deadline in order.overdue],
        "supervised": [_supervision(one) for one in order.supervised],
        **{name: note_json(getattr(order, name), reader) for name in _NOTES},
        "dispute": _dispute(order, reader),
        "follow_ups": [_follow_up(one, reader) for one in order.follow_ups],
        "may": list(offered(order, reader)),
    }  # fmt: skip


_TIMES = (
    "opened_at", "changed_at", "sent_at", "accepted_at", "answered_at", "told_at", "closed_at", "accept_by",
    "answer_by",
)  # fmt: skip
_NOTES = ("returned", "answer", "told", "closing")


def offered(order: Order, reader: str | None) -> tuple[str, ...]:
    """What may be asked of it now, by the table alone; roles may narrow it further."""
    requests = possible(order.state, department=reader is not None)
    decided = reader is not None and order.decided
    return tuple(
        name
        for name, request in ACTIONS.items()
        if request.__name__ in requests and not (decided and name in ("return", "dispute"))
    )


def note_json(note: Note | None, reader: str | None) -> dict[str, Any] | None:
    if note is None:
        return None
    by = note.by if reader is None or note.department == reader else None
    return {"text": note.text, "by": by, "at": stamp(note.at), "department": note.department}


def _supervision(one: Supervision) -> dict[str, Any]:
    return {"deadline": one.deadline.value, "due_at": stamp(one.due_at), "at": stamp(one.at)}


def _follow_up(one: FollowUp, reader: str | None) -> dict[str, Any]:
    by = one.by if reader is None else None
    return {"satisfaction": one.satisfaction.value, "note": one.note, "by": by, "at": stamp(one.at)}


def _dispute(order: Order, reader: str | None) -> dict[str, Any] | None:
    if order.dispute is None:
        return None
    return {
        "raised": note_json(order.dispute.raised, reader),
        "decision": note_json(order.dispute.decision, reader),
        "decided_for": order.dispute.decided_for,
    }


# ---- history


_GIVEN = frozenset({"SendOrder", "ReassignOrder", "DecideOrder", "OrderOpened"})
"""Steps by which an order is given to a department."""
_STEPS: Mapping[str, OrderStep] = {
    **{request.__name__: move.step for request, move in MOVES.items()},
    "OrderOpened": OrderStep.SENT, "OrderDue": OrderStep.SUPERVISED,
}  # fmt: skip


def history_json(
    rows: Sequence[tuple[datetime, str, Mapping[str, Any]]], reader: str | None
) -> list[dict[str, Any]]:
    """`rows`: time, type and data of each journaled step, in order. A department reads from the last time
    that the order was given to somebody, which is to it."""
    steps = [_step(at, kind, data, reader) for at, kind, data in rows]
    if reader is None:
        return steps
    given = [place for place, (_, kind, data) in enumerate(rows) if kind in _GIVEN or data.get("send")]
    return steps[given[-1] :] if given else []


def _step(at: datetime, kind: str, data: Mapping[str, Any], reader: str | None) -> dict[str, Any]:
    opened = OrderStep.SENT if data.get("send") else OrderStep.DRAFTED
    by_department, by = data.get("for_department"), data.get("actor") or data.get("by") or None
    said = next((data[name] for name in ("reason", "note", "answer") if data.get(name)), None)
    return {
        "at": stamp(at),
        "step": _STEPS.get(kind, opened).value,
        "by": by if reader is None or by_department == reader else None,
        "by_department": by_department,
        "department": data.get("department"),
        "text": said,
        "deadline": data.get("deadline"),
        "satisfaction": data.get("satisfaction"),
    }
