"""What a gateway and a department promise each other: over MQTT in memory, over a real broker with its
shipped rights, and over REST. `FakeDepartment` is the side of the department; it checks every form as it
goes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import argon2
import pytest
from aiohttp.test_utils import TestServer

from gateway.clock import SystemClock
from gateway.desk.orders import signals as ask
from gateway.desk.orders.refusals import words
from gateway.runtime.answers import Accepted
from gateway.store.store import open_store
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_department import FakeDepartment, MqttDepartment, Reply, RestDepartment
from gateway.testing.memory_store import MemoryStore
from gateway.testing.store_file import store_url
from gateway.testing.whole import SITE, Whole
from gateway.web import accounts, auth
from gateway.web.app import make_app
from gateway.web.routes import WebDeps, WebSettings

from .links import mosquitto

LABOUR, MARKET = "labour_bureau", "market_supervision"
PASSWORD = "correct horse 110"
Comes = Callable[[str], Awaitable[FakeDepartment]]


@dataclass
class Hall:
    """The gateway's side, as the hall uses it; `comes` makes a department's side."""

    gateway: Whole
    comes: Comes
    labour: FakeDepartment = field(init=False)
    market: FakeDepartment = field(init=False)

    async def open(self, **more: Any) -> str:
        """A new order, sent to the labour bureau."""
        order_id = str(uuid.uuid4())
        known = {"department": LABOUR, "subject": "拖欠工资", "caller_name": "张某", "phone": "13800138000"}
        assert await self.ask(ask.OpenOrder, order_id, **{**known, "send": True, **more}) == 1
        return order_id

    async def ask(self, kind: type[ask.OrderRequest], order_id: str, **more: Any) -> int:
        request = kind(
            order_id=order_id, at=self.gateway.clock.now(), actor="wang", request_id=str(uuid.uuid4()), **more
        )
        answer = await self.gateway.ask(request)
        assert isinstance(answer, Accepted), answer
        return answer.rev


@pytest.fixture(params=["mqtt", pytest.param("mosquitto", marks=pytest.mark.system), "rest"])
async def hall(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hall]:
    monkeypatch.setattr(auth, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    async with asyncio.timeout(60):
        made = {"mqtt": in_memory, "mosquitto": on_mosquitto, "rest": over_rest}[request.param](tmp_path)
        hall = await anext(made)
    hall.labour, hall.market = await hall.comes(LABOUR), await hall.comes(MARKET)
    yield hall
    await hall.gateway.crash()
    await made.aclose()


async def in_memory(folder: Path) -> AsyncIterator[Hall]:
    gateway = Whole(clock=SystemClock())

    async def comes(name: str) -> FakeDepartment:
        made = MqttDepartment(gateway.broker, SITE, name)
        await made.open()
        return made

    await gateway.start()
    yield Hall(gateway, comes)


async def on_mosquitto(folder: Path) -> AsyncIterator[Hall]:
    """Each side with its own link and account."""
    async with mosquitto(folder) as link:

        async def comes(name: str) -> FakeDepartment:
            made = MqttDepartment(await link(name), SITE, name)
            await made.open()
            return made

        gateway = Whole(clock=SystemClock(), store=MemoryStore(), broker=await link("gateway"))
        await gateway.start()
        yield Hall(gateway, comes)


async def over_rest(folder: Path) -> AsyncIterator[Hall]:
    store = await open_store(store_url(folder))
    gateway = Whole(clock=SystemClock(), store=store, broker=FakeBroker())
    await gateway.start()
    settings = WebSettings(site=SITE, archive=folder, static=folder)
    deps = WebDeps(
        database=store.database, submit=gateway.house.intake.submit, hub=gateway.house.hub,
        health=gateway.house.status.body, clock=gateway.clock, settings=settings,
    )  # fmt: skip
    server = TestServer(make_app(deps))
    await server.start_server()
    sessions: list[aiohttp.ClientSession] = []

    async def comes(name: str) -> FakeDepartment:
        await accounts.create_user(
            store.database, username=name, password=PASSWORD, roles=["department"], department=name,
            clock=gateway.clock,
        )  # fmt: skip
        jar = aiohttp.CookieJar(unsafe=True)
        sessions.append(aiohttp.ClientSession(str(server.make_url("/")), cookie_jar=jar))
        made = RestDepartment(sessions[-1], name, PASSWORD)
        await made.open()
        return made

    try:
        yield Hall(gateway, comes)
    finally:
        for session in sessions:
            await session.close()
        await server.close()
        await store.close()


def refused(reply: Reply, code: str) -> bool:
    """One clear refusal, in the words that every door has."""
    return (reply.outcome, reply.code) == ("refused", code) and words(code)[0] in (reply.message or "")


async def test_a_department_gets_what_it_needs_for_its_work(hall: Hall) -> None:
    order_id = await hall.open(text="二十人两个月", place="建国路88号")
    order = await hall.labour.order(order_id)
    assert order is not None
    assert (order["state"], order["subject"], order["text"]) == ("sent", "拖欠工资", "二十人两个月")
    assert (order["caller_name"], order["phone"], order["place"]) == ("张某", "13800138000", "建国路88号")
    assert order["accept_by"] < order["answer_by"]
    assert await hall.labour.orders() == {order_id}
    assert await hall.market.orders() == set()


async def test_it_accepts_works_and_answers(hall: Hall) -> None:
    order_id = await hall.open()
    for rev, action in enumerate(("accept", "start", "note", "answer"), 2):
        reply = await hall.labour.ask(order_id, action, "已责令支付")
        assert (reply.outcome, reply.rev) == ("accepted", rev)
    order = await hall.labour.order(order_id, 5)
    assert order is not None
    assert order["state"] == "answered"


async def test_it_returns_with_a_reason_and_never_without(hall: Hall) -> None:
    order_id = await hall.open()
    assert refused(await hall.labour.ask(order_id, "return"), "reason_needed")
    assert (await hall.labour.ask(order_id, "return", "不属职责")).rev == 2
    order = await hall.labour.order(order_id, 2)
    assert order is not None
    assert (order["state"], order["phone"], order["caller_name"]) == ("returned", None, None)


async def test_what_it_asks_twice_is_done_once(hall: Hall) -> None:
    order_id = await hall.open()
    first = await hall.labour.ask(order_id, "note", "已联系", request_id="n-1")
    again = await hall.labour.ask(order_id, "note", "已联系", request_id="n-1")
    assert first == again == Reply(outcome="accepted", rev=2)
    assert (await hall.labour.ask(order_id, "accept")).rev == 3


async def test_what_is_closed_stays_closed(hall: Hall) -> None:
    order_id = await hall.open()
    await hall.ask(ask.CloseOrder, order_id, reason="来电人撤回")
    for action in ("accept", "answer", "return", "note", "dispute"):
        assert refused(await hall.labour.ask(order_id, action, "补充"), "order_closed"), action
    order = await hall.labour.order(order_id, 2)
    assert order is not None
    assert (order["state"], order["rev"], order["phone"]) == ("closed", 2, None)


async def test_the_order_of_another_department_is_out_of_its_reach(hall: Hall) -> None:
    order_id = await hall.open()
    await hall.labour.order(order_id)
    for action in ("accept", "return", "answer", "note", "dispute"):
        assert refused(await hall.market.ask(order_id, action, "转"), "not_yours"), action
    assert await hall.market.orders() == set()


async def test_an_order_that_was_handed_on_is_gone_and_comes_to_the_other(hall: Hall) -> None:
    order_id = await hall.open()
    rev = await hall.ask(ask.ReassignOrder, order_id, department=MARKET, reason="属市场监管")
    order = await hall.market.order(order_id, rev)
    assert order is not None
    assert (order["state"], order["phone"]) == ("reassigned", "13800138000")
    assert await hall.labour.orders() == set()
    assert refused(await hall.labour.ask(order_id, "accept"), "not_yours")


async def test_of_two_at_once_one_has_it(hall: Hall) -> None:
    order_id = await hall.open()
    replies = await asyncio.gather(
        *(hall.labour.ask(order_id, "accept", request_id=f"a-{n}", expected_rev=1) for n in range(4))
    )
    codes = sorted(reply.code or "accepted" for reply in replies)
    assert codes[0] == "accepted"
    assert set(codes[1:]) <= {"wrong_state", "stale_rev"}
    assert codes.count("accepted") == 1


async def test_an_order_that_does_not_exist_is_told(hall: Hall) -> None:
    assert refused(await hall.labour.ask("no-such-order", "accept"), "unknown_order")


async def test_after_a_decision_it_is_not_sent_back(hall: Hall) -> None:
    order_id = await hall.open()
    assert (await hall.labour.ask(order_id, "dispute", "属市场监管")).outcome == "accepted"
    await hall.ask(ask.DecideOrder, order_id, department=LABOUR, reason="首接负责")
    assert refused(await hall.labour.ask(order_id, "return", "不属"), "decided")
    assert (await hall.labour.ask(order_id, "accept")).outcome == "accepted"


async def test_what_was_seen_before_somebody_changed_it_is_stale(hall: Hall) -> None:
    order_id = await hall.open()
    await hall.ask(ask.NoteOrder, order_id, note="来电人补充")
    reply = await hall.labour.ask(order_id, "accept", expected_rev=1)
    assert (reply.outcome, reply.code) == ("refused", "stale_rev")
    assert (await hall.labour.ask(order_id, "accept", expected_rev=2)).rev == 3
