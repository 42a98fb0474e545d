"""What the world owes a work order: to be woken when a deadline passes."""

from __future__ import annotations

from gateway.calls.effects import SetTimer
from gateway.desk.orders.model import Order

KIND = "order"


def owed(order: Order) -> frozenset[SetTimer]:
    """One timer for each deadline that runs and has not passed. A deadline that passed owes nothing more."""
    return frozenset(
        SetTimer(kind=KIND, key=order.order_id, name=deadline.value, due_at=due_at)
        for deadline, due_at in order.running
        if deadline not in order.overdue
    )
