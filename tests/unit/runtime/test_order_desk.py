"""What departments send over MQTT is done once, answered, or set aside; pages hear that an order changed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.desk.orders.model import Order
from gateway.desk.orders.signals import OrderOpened
from gateway.ports import Message
from gateway.runtime.health import Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.order_desk import (
    ACTIONS,
    CLEAN_EVERY_S,
    KEPT_DAYS,
    MAX_PAYLOAD_BYTES,
    SERVICE,
    SHOWN_S,
    OrderDesk,
    OrderSources,
)
from gateway.testing.memory_asides import MemoryAsides

from .conftest import SITE, Bench

ID = "0198c3a0-0000-7000-8000-0000000000a1"
LABOUR = "labour_bureau"


@dataclass
class Desk:
    bench: Bench
    keys: dict[str, str] = field(default_factory=dict)
    replies: list[Message] = field(default_factory=list)
    asides: MemoryAsides = field(default_factory=MemoryAsides)
    hub: Hub = field(default_factory=Hub)

    def __post_init__(self) -> None:
        self.health = Health(self.bench.clock)
        self.desk = OrderDesk(
            OrderSources(asides=self.asides, keys=self.keys), intake=self.bench.intake, hub=self.hub,
            health=self.health, clock=self.bench.clock, site=SITE, tell=self.replies.append,
        )  # fmt: skip
        before = self.bench.intake.on_committed

        def committed(changes: Any, commit: Any) -> None:
            before(changes, commit)
            self.desk.committed(changes)

        self.bench.intake.on_committed = committed

    async def send(self, payload: bytes) -> None:
        """One message, taken and committed."""
        taking = asyncio.ensure_future(self.desk.heard(payload))
        await self.bench.clock.settle()
        await self.bench.intake.drain()
        await taking

    async def ask(self, action: str, text: str = "", **more: Any) -> dict[str, Any]:
        """The reply to a message; {} when none came."""
        known = {"request_id": f"q{len(self.replies)}-{action}", "department": LABOUR, "order_id": ID}
        self.replies.clear()
        body = {**known, "action": action, "text": text, **more}
        await self.send(json.dumps(body).encode())
        return json.loads(self.replies[-1].payload) if self.replies else {}

    @property
    def order(self) -> Order:
        live = self.bench.intake.book.get(("order", ID))
        assert live is not None
        state: Order = live.state
        return state

    @property
    def codes(self) -> list[str]:
        return [row.code for row in self.asides.rows.values()]


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    """One order is with the labour bureau."""
    made = Desk(bench)
    await bench.give(
        OrderOpened(order_id=ID, at=bench.clock.now(), call_id="hz-p1-1.0", department=LABOUR, subject="欠薪")
    )
    return made


async def test_what_a_department_asks_is_done_and_answered_on_its_own_topic(desk: Desk) -> None:
    reply = await desk.ask("accept", by="陈某", request_id="q1")
    assert reply == {
        "request_id": "q1", "order_id": ID, "outcome": "accepted", "rev": 2, "code": None, "message_zh": None,
        "message_en": None,
    }  # fmt: skip
    assert desk.order.state == "accepted"
    assert desk.replies[0].topic == f"110/{SITE}/orders/{LABOUR}/replies"


@pytest.mark.parametrize("action", list(ACTIONS))
async def test_every_action_of_the_contract_reaches_the_order(desk: Desk, action: str) -> None:
    if action in ("answer", "start"):
        await desk.ask("accept")
    before = desk.order.rev
    assert (await desk.ask(action, "已责令支付"))["outcome"] == "accepted"
    assert desk.order.rev == before + 1


async def test_the_same_message_twice_is_done_once_and_answered_alike(desk: Desk) -> None:
    first = await desk.ask("note", "已联系", request_id="q1")
    again = await desk.ask("note", "已联系", request_id="q1")
    assert first == again
    assert desk.order.rev == 2


async def test_two_departments_may_use_the_same_request_id(desk: Desk) -> None:
    await desk.ask("accept", request_id="q1")
    other = await desk.ask("accept", request_id="q1", department="market_supervision")
    assert (other["outcome"], other["code"]) == ("refused", "not_yours")


async def test_a_refusal_is_one_sentence_in_both_languages(desk: Desk) -> None:
    reply = await desk.ask("return")
    assert (reply["outcome"], reply["code"]) == ("refused", "reason_needed")
    assert (reply["message_zh"], reply["message_en"]) == ("请写明理由。", "Give the reason.")
    assert desk.codes == []


async def test_an_order_that_nobody_knows_is_set_aside_and_reported(desk: Desk) -> None:
    reply = await desk.ask("accept", order_id="another")
    assert reply["code"] == "unknown_order"
    [row] = desk.asides.rows.values()
    assert (row.code, row.department, row.order_id) == ("unknown_order", LABOUR, "another")
    assert json.loads(row.payload)["order_id"] == "another"
    told = desk.health.get(SERVICE)
    assert told is not None
    assert (told.state, told.figures["set_aside"]) == (ServiceState.DEGRADED, 1)
    await desk.bench.clock.advance(SHOWN_S)
    desk.desk.look()
    told = desk.health.get(SERVICE)
    assert told is not None
    assert told.state is ServiceState.UP


def message(**more: Any) -> bytes:
    known = {"request_id": "q", "department": LABOUR, "order_id": ID, "action": "accept"}
    return json.dumps({**known, **more}).encode()


BAD = (
    b"", b"\xff\xfe", b"[]", b"{}", b'{"request_id": 1}', b"[" * 100_000,
    message(text="x" * MAX_PAYLOAD_BYTES), message(department="../x"), message(action="close"),
    message(extra=1), message(expected_rev=0), message(request_id=""),
)  # fmt: skip


@pytest.mark.parametrize("payload", BAD, ids=range(len(BAD)))
async def test_what_cannot_be_read_is_set_aside_and_changes_nothing(desk: Desk, payload: bytes) -> None:
    before = desk.order
    await desk.send(payload)
    assert (desk.codes, desk.replies, desk.order) == (["unreadable"], [], before)


async def test_a_department_that_nobody_knows_gets_no_answer(desk: Desk) -> None:
    """No topic is made of a name that is not in the directory."""
    assert await desk.ask("accept", department="somebody") == {}
    assert desk.codes == ["unknown_department"]


async def test_with_a_key_only_its_holder_is_believed(bench: Bench) -> None:
    desk = Desk(bench, keys={LABOUR: "secret"})
    await bench.give(
        OrderOpened(order_id=ID, at=bench.clock.now(), call_id="c", department=LABOUR, subject="欠")
    )
    for wrong in (None, "", "Secret"):
        assert (await desk.ask("accept", key=wrong))["code"] == "wrong_key"
    assert (await desk.ask("accept", key="secret"))["outcome"] == "accepted"


async def test_a_lane_that_is_full_tells_the_department_to_ask_again(desk: Desk) -> None:
    while desk.bench.lanes.offer_people(
        OrderOpened(order_id="x", at=desk.bench.clock.now(), call_id="c", department=LABOUR, subject="x")
    ):
        pass  # fmt: skip
    assert (await desk.ask("accept"))["outcome"] == "busy"


async def test_a_store_that_keeps_nothing_aside_stops_nothing(desk: Desk) -> None:
    desk.asides.failing = True
    assert (await desk.ask("accept", order_id="another"))["code"] == "unknown_order"
    assert (await desk.ask("accept"))["outcome"] == "accepted"


async def test_pages_hear_which_order_changed_and_nothing_of_its_words(desk: Desk) -> None:
    listening = desk.hub.subscribe()
    await desk.ask("return", "不属本部门职责")
    push = await listening.next(1)
    assert push is not None
    assert (push.kind, push.data["state"], push.data["departments"]) == ("order", "returned", [LABOUR])
    assert "不属" not in repr(push.data)


async def test_what_was_set_aside_long_ago_is_forgotten(desk: Desk) -> None:
    await desk.ask("accept", order_id="another")
    watching = asyncio.ensure_future(desk.desk.watch())
    await desk.bench.clock.advance(CLEAN_EVERY_S * 2)
    assert len(desk.codes) == 1
    await desk.bench.clock.advance(KEPT_DAYS * 86_400.0)
    assert desk.codes == []
    watching.cancel()


async def test_a_quiet_site_has_no_line_on_the_health_page(bench: Bench) -> None:
    desk = Desk(bench)
    desk.desk.look()
    assert desk.health.get(SERVICE) is None
