"""What site and departments are told of one step of an order, and what a department may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.desk.orders.model import Order
from gateway.dispatch.order_events import (
    OrderDeadline,
    OrderState,
    OrderStep,
    Satisfaction,
    WorkOrder,
    WorkOrderChange,
)

Events = tuple[WorkOrderChange | WorkOrder, ...]

NEEDS_NO_CALLER = frozenset({OrderState.DRAFT, OrderState.RETURNED, OrderState.CLOSED})
"""States in which no department has to do with the caller: name, number and place are not shown to it."""


def contact(order: Order) -> Mapping[str, str | None]:
    """The caller as the order's department may see them now; the hall reads the order itself."""
    hidden = order.state in NEEDS_NO_CALLER
    told = {"caller_name": order.caller_name, "phone": order.phone, "place": order.place}
    return {name: None if hidden or not value else value for name, value in told.items()}


def events(
    before: Order | None, after: Order, step: OrderStep, at: datetime, *, by: str | None, note: str = "",
    deadline: OrderDeadline | None = None, satisfaction: Satisfaction | None = None,
) -> Events:  # fmt: skip
    """The site is told of every step; the department of what it has, from the sending on; one that has it no
    more, that it is withdrawn."""
    moved = before is not None and before.department != after.department and before.sent_at is not None
    previous = before.department if before is not None and moved else None
    change = WorkOrderChange(
        occurred_at=at, order_id=after.order_id, rev=after.rev, step=step, state=after.state,
        department=after.department, previous=previous, first_receiver=after.first_receiver,
        call_id=after.call_id, by=by, reason=note or None, accept_by=after.accept_by,
        answer_by=after.answer_by, deadline=deadline, satisfaction=satisfaction,
    )  # fmt: skip
    told: list[WorkOrderChange | WorkOrder] = [change]
    if previous is not None:
        told.append(_withdrawn(after, previous, at))
    if after.sent_at is not None:
        told.append(_to_department(after, step, at, note))
    return tuple(told)


def _withdrawn(order: Order, department: str, at: datetime) -> WorkOrder:
    return WorkOrder(
        occurred_at=at, department=department, order_id=order.order_id, rev=order.rev,
        step=OrderStep.WITHDRAWN, state=order.state,
    )  # fmt: skip


def _to_department(order: Order, step: OrderStep, at: datetime, note: str) -> WorkOrder:
    more: dict[str, Any] = dict(contact(order))
    return WorkOrder(
        occurred_at=at, department=order.department, order_id=order.order_id, rev=order.rev, step=step,
        state=order.state, subject=order.subject, text=order.text or None, sent_at=order.sent_at,
        accept_by=order.accept_by, answer_by=order.answer_by, overdue=order.overdue, note=note or None,
        **more,
    )  # fmt: skip
