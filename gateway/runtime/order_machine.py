"""The work order among the kinds of aggregates that the loop knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.calls.effects import Effect
from gateway.desk.orders import reducer
from gateway.desk.orders.model import Order
from gateway.desk.orders.owed import KIND, owed
from gateway.desk.orders.signals import OrderDue, OrderSignal
from gateway.desk.orders.terms import Terms
from gateway.dispatch.order_events import OrderDeadline, OrderState
from gateway.ports import Commit, OrderRow
from gateway.runtime.book import Change, Live, Moved
from gateway.runtime.machines import answer_of


class OrderMachine:
    """One work order; its events are numbered by the site alone. `terms`: the directory's deadlines as they
    are now."""

    kind = KIND
    state_type: type = Order
    signals: type = OrderSignal

    def __init__(self, terms: Callable[[], Terms] = Terms) -> None:
        self._terms = terms

    def key(self, signal: OrderSignal) -> str:
        return signal.order_id

    def begins(self, signal: OrderSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: OrderSignal) -> Moved:
        before = live.state if live else None
        outcome = reducer.reduce(before, signal, self._terms())
        answer = answer_of(outcome.answer)
        if outcome.state is before or outcome.state is None:
            return Moved(after=None, answer=answer)
        return Moved(after=Live(state=outcome.state), events=outcome.events, answer=answer)

    def owed(self, state: Order) -> frozenset[Effect]:
        return frozenset[Effect](owed(state))

    def closed(self, state: Order) -> bool:
        return state.state is OrderState.CLOSED

    def rev(self, state: Order) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        newest = {change.address: change.after.state for change in changes}
        return Commit(orders=tuple(row_of(order) for order in newest.values()))


def row_of(order: Order) -> OrderRow:
    return OrderRow(
        order_id=order.order_id, department=order.department, state=order.state.value,
        opened_at=order.opened_at, changed_at=order.changed_at, call_id=order.call_id, subject=order.subject,
        due_at=min((due_at for _, due_at in order.running), default=None), overdue=bool(order.overdue),
    )  # fmt: skip


def wake(key: str, name: str, at: datetime) -> OrderDue:
    """The signal of a deadline's timer."""
    return OrderDue(order_id=key, at=at, deadline=OrderDeadline(name))
