"""Work orders on the real thing: hall, department and dispatch core, a broker that stops, a gateway that is
killed between commit and publish. And a provider of texts at the same broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.clock import SystemClock
from gateway.dispatch.publisher import MqttBroker, MqttSettings
from gateway.ports_text import Delivery
from gateway.testing.fake_department import MqttDepartment
from gateway.testing.fake_text_provider import FakeTextProvider
from gateway.testing.lab import Cache
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

LABOUR = "labour_bureau"
SETTINGS = "\n[orders]\naccept_within_h = 0.0008\n"
"""Three seconds."""


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    async with Stage(tmp_path, cache=cache, settings=SETTINGS) as running:
        yield running


@asynccontextmanager
async def linked(stage: Stage, user: str) -> AsyncIterator[MqttBroker]:
    """A link of its own, with this account on the broker."""
    up = asyncio.Event()
    settings = MqttSettings(
        host=stage.broker.host, port=stage.broker.port, client_id=f"lab-{user}", username=user,
        password=stage.broker.users[user],
    )  # fmt: skip
    link = MqttBroker(settings, SystemClock(), on_connected=up.set)
    running = asyncio.create_task(link.run())
    async with asyncio.timeout(20):
        await up.wait()
    yield link
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def theirs(stage: Stage) -> AsyncIterator[MqttDepartment]:
    """The labour bureau's system."""
    async with linked(stage, LABOUR) as link:
        made = MqttDepartment(link, stage.gateway.site, LABOUR)
        await made.open()
        yield made


async def test_a_text_sent_again_after_a_kill_is_the_same_text_of_the_same_call(stage: Stage) -> None:
    async with linked(stage, "texter") as link:
        provider = FakeTextProvider(link, stage.gateway.site, SystemClock())
        await provider.open()
        first, second = (provider.message("13900005678", words) for words in ("有人跟着我", "我在地铁站"))
        taken = await provider.hand_in(first)
        await stage.gateway.kill()
        await stage.gateway.start()
        again = [await provider.hand_in(message) for message in (first, second)]
    assert [reply.outcome for reply in again] == ["known", "accepted"]
    assert {reply.call_id for reply in again} == {taken.call_id}
    async with (
        await stage.gateway.sign_in("call_taker") as hall,
        hall.get(f"/api/v1/calls/{taken.call_id}/text") as answer,
    ):
        thread = await answer.json()
    assert [each["text"] for each in thread["messages"]] == ["有人跟着我", "我在地铁站"]


async def test_an_answer_reaches_its_app_once_though_the_gateway_is_killed_on_the_way(
    stage: Stage,
) -> None:
    async with linked(stage, "police_app") as link:
        app = FakeTextProvider(link, stage.gateway.site, SystemClock(), name="police_app")
        app.confirms = False
        await app.open()
        taken = await app.hand_in(app.message("u-7f3a90", "有人跟着我"))
        path = f"/api/v1/calls/{taken.call_id}/text"
        async with await stage.gateway.sign_in("call_taker") as hall:
            for method, url, body in (
                ("PUT", "/api/v1/session/position", {"position": "1101"}),
                ("POST", f"{path}/claim", {"expected_rev": None}),
                ("POST", f"{path}/messages", {"expected_rev": None, "text": "您安全吗？"}),
            ):
                whole = {"request_id": str(uuid4()), **body}
                async with hall.request(method, url, json=whole) as answer:
                    assert answer.status == 200, await answer.text()
            async with asyncio.timeout(20):
                (told,) = await app.answered(1)
            await stage.gateway.kill()
            await stage.gateway.start()
            await app.hand_in(app.message("u-7f3a90", "安全"))
            await app.report(told.message_id, Delivery.READ)
            await app.hand_in(app.message("u-7f3a90", "谢谢"))
            async with asyncio.timeout(20):
                while (states := await answer_states(hall, path)) != ["read"]:
                    assert states in (["queued"], ["sent"], ["unknown"])
                    await asyncio.sleep(0.1)
    assert [each.text for each in app.came] == ["您安全吗？"]


async def answer_states(hall: aiohttp.ClientSession, path: str) -> list[str]:
    async with hall.get(path) as answer:
        thread = await answer.json()
    return [each["state"] for each in thread["messages"] if each["speaker"] == "call_taker"]


async def opened(hall: aiohttp.ClientSession) -> str:
    order_id = str(uuid4())
    body = {"request_id": order_id, "department": LABOUR, "subject": "拖欠工资", "send": True}
    async with hall.post("/api/v1/orders", json=body) as answer:
        assert answer.status == 200, await answer.text()
    return order_id


async def asked(session: aiohttp.ClientSession, order_id: str, action: str, **words: Any) -> int:
    body = {"request_id": str(uuid4()), **words}
    async with session.post(f"/api/v1/orders/{order_id}/{action}", json=body) as answer:
        return answer.status


def steps(core: LabCore, order_id: str) -> list[str]:
    """What the dispatch core was told of an order; a step told twice counts once."""
    found = {
        event["id"]: event["data"]["step"]
        for event in core.site_events
        if event["type"] == "org.intake110.WorkOrderChange.v1" and event["data"]["order_id"] == order_id
    }
    return list(found.values())


async def test_an_order_outlives_the_broker_and_the_gateway_and_is_supervised_once(
    stage: Stage, core: LabCore, theirs: MqttDepartment
) -> None:
    async with await stage.gateway.sign_in("call_taker") as hall:
        answered = await opened(hall)
        assert (await theirs.ask(answered, "accept")).outcome == "accepted"
        assert (await theirs.ask(answered, "answer", "已责令支付")).outcome == "accepted"
        assert await asked(hall, answered, "tell", note="电话告知") == 200
        assert await asked(hall, answered, "close") == 200
        assert (await theirs.ask(answered, "answer", "补充")).code == "order_closed"
        await core.until(lambda: steps(core, answered) == ["sent", "accepted", "answered", "told", "closed"])

        await stage.broker.stop()
        waiting = await opened(hall)
        assert await asked(hall, waiting, "note", note="来电人再次来电") == 200
    await stage.gateway.kill()
    await stage.broker.start()
    await stage.gateway.start()
    await core.until(lambda: "supervised" in steps(core, waiting))
    assert steps(core, waiting) == ["sent", "noted", "supervised"]
    told = await theirs.order(waiting, 3)
    assert told is not None
    assert told["overdue"] == ["accept"]
    async with await stage.gateway.sign_in("department", LABOUR) as bureau:
        assert await asked(bureau, waiting, "accept") == 200
        assert await asked(bureau, answered, "note", note="补充") == 409
    await core.until(lambda: steps(core, waiting)[-1] == "accepted")
    assert steps(core, waiting).count("supervised") == 1
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []
