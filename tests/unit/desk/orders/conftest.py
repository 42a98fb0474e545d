"""A work order driven by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.answers import Answer, Refused
from gateway.desk.orders.model import Order
from gateway.desk.orders.reducer import reduce
from gateway.desk.orders.signals import (
    AcceptOrder,
    AnswerOrder,
    CloseOrder,
    DisputeOrder,
    OpenOrder,
    OrderRequest,
    OrderSignal,
    ReturnOrder,
    SendOrder,
    TellCaller,
)
from gateway.desk.orders.terms import Deadlines, Terms, hours
from gateway.dispatch.order_events import OrderState, WorkOrder, WorkOrderChange

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ID = "0198c3a0-0000-7000-8000-0000000000a1"
LABOUR, MARKET = "labour_bureau", "market_supervision"
TERMS = Terms(of={LABOUR: Deadlines(accept=hours(1), answer=hours(24))})

PATHS: dict[OrderState, tuple[type[OrderRequest], ...]] = {
    OrderState.DRAFT: (),
    OrderState.SENT: (SendOrder,),
    OrderState.ACCEPTED: (SendOrder, AcceptOrder),
    OrderState.RETURNED: (SendOrder, ReturnOrder),
    OrderState.DISPUTED: (SendOrder, DisputeOrder),
    OrderState.ANSWERED: (SendOrder, AcceptOrder, AnswerOrder),
    OrderState.TOLD: (SendOrder, AcceptOrder, AnswerOrder, TellCaller),
    OrderState.CLOSED: (SendOrder, AcceptOrder, AnswerOrder, TellCaller, CloseOrder),
}
"""Requests that lead there."""


@dataclass
class Desk:
    """One order, and what site and departments were told of it."""

    order: Order | None = None
    told: list[WorkOrderChange | WorkOrder] = field(default_factory=list)
    count: int = 0

    def take(self, signal: OrderSignal) -> Answer | None:
        outcome = reduce(self.order, signal, TERMS)
        self.order = outcome.state
        self.told += outcome.events
        return outcome.answer

    def ask(self, kind: type[OrderRequest], *, hours: float | None = None, **more: Any) -> Answer | None:
        """`hours`: after noon; usually seconds pass between two requests."""
        self.count += 1
        at = NOON + (timedelta(seconds=self.count) if hours is None else timedelta(hours=hours))
        known: dict[str, Any] = {"order_id": ID, "at": at, "request_id": f"r{self.count}", "actor": "wang"}
        return self.take(kind(**known, **more))

    def open(self, **more: Any) -> Answer | None:
        known = {"department": LABOUR, "subject": "拖欠工资", "caller_name": "张某", "phone": "13800138000"}
        return self.ask(OpenOrder, **{**known, **more})

    def reach(self, state: OrderState) -> Order:
        self.open()
        for kind in PATHS[state]:
            words = {"reason": "不属本部门职责"} if kind in (ReturnOrder, DisputeOrder) else {}
            words |= {"answer": "已支付"} if kind is AnswerOrder else {}
            answer = self.ask(kind, **words)
            assert not isinstance(answer, Refused), answer
        assert self.now.state is state
        return self.now

    @property
    def now(self) -> Order:
        assert self.order is not None
        return self.order

    def to(self, department: str) -> list[WorkOrder]:
        """What that department was told."""
        return [one for one in self.told if isinstance(one, WorkOrder) and one.department == department]


def code(answer: Answer | None) -> str:
    return answer.code if isinstance(answer, Refused) else "accepted"


@pytest.fixture
def desk() -> Desk:
    return Desk()
