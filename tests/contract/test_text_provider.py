"""What a gateway and a text provider promise each other: over MQTT in memory, and over a real broker with its
shipped rights. `FakeTextProvider` is the side of the provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gateway.calls.texted import ClaimText, WriteText
from gateway.clock import SystemClock
from gateway.dispatch.asyncapi import FOLDER
from gateway.dispatch.text_contract import TextAnswer, TextIn, TextReply, TextReported
from gateway.ids import CallId
from gateway.ports_text import Delivery
from gateway.runtime.answers import Accepted
from gateway.testing.fake_text_provider import FakeTextProvider
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import SITE, Whole

from .links import mosquitto

NUMBER = "13800138000"


@dataclass
class Both:
    gateway: Whole
    provider: FakeTextProvider
    app: FakeTextProvider
    """An app whose users have no telephone number."""

    def said(self) -> list[str]:
        assert isinstance(self.gateway.store, MemoryStore)
        return [row.text for row in self.gateway.store.segment_rows.values()]


@pytest.fixture(params=["memory", pytest.param("mosquitto", marks=pytest.mark.system)])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    made = in_memory() if request.param == "memory" else on_mosquitto(tmp_path)
    async with asyncio.timeout(60):
        both = await anext(made)
    yield both
    await both.gateway.crash()
    await made.aclose()


async def in_memory() -> AsyncIterator[Both]:
    gateway = Whole(clock=SystemClock())
    await gateway.start()
    provider = FakeTextProvider(gateway.broker, SITE, SystemClock())
    app = FakeTextProvider(gateway.broker, SITE, SystemClock(), name="police_app")
    await provider.open()
    await app.open()
    yield Both(gateway, provider, app)


async def on_mosquitto(folder: Path) -> AsyncIterator[Both]:
    """Each side with its own link and account."""
    async with mosquitto(folder) as link:
        provider = FakeTextProvider(await link("texter"), SITE, SystemClock())
        app = FakeTextProvider(await link("police_app"), SITE, SystemClock(), name="police_app")
        await provider.open()
        await app.open()
        gateway = Whole(clock=SystemClock(), store=MemoryStore(), broker=await link("gateway"))
        await gateway.start()
        yield Both(gateway, provider, app)


async def test_a_message_is_saved_and_its_provider_told_its_call(both: Both) -> None:
    first = await both.provider.hand_in(both.provider.message(NUMBER, "有人打架"))
    second = await both.provider.hand_in(both.provider.message(f"+86{NUMBER}", "快来"))
    assert (first.outcome, second.outcome) == ("accepted", "accepted")
    assert first.call_id == second.call_id == f"{SITE}-txt-sms12110.sms12110-00001"
    assert both.said() == ["有人打架", "快来"]


async def test_the_same_message_again_is_known_and_done_once(both: Both) -> None:
    message = both.provider.message(NUMBER, "有小偷")
    replies = [await both.provider.hand_in(message) for _ in range(3)]
    assert [reply.outcome for reply in replies] == ["accepted", "known", "known"]
    assert both.said() == ["有小偷"]


async def test_parts_in_any_order_are_one_message(both: Both) -> None:
    one, two, three = both.provider.parts(NUMBER, "我在和平路", "八十八号", "三楼")
    for part in (three, one, one, two):
        await both.provider.hand_in(part)
    assert both.said() == ["我在和平路八十八号三楼"]


async def test_what_cannot_be_read_is_answered_with_what_is_wrong(both: Both) -> None:
    bad = {**both.provider.message(NUMBER, "x"), "sender": ""}
    await both.provider.send(bad)
    good = await both.provider.hand_in(both.provider.message(NUMBER, "有人吗"))
    assert good.outcome == "accepted"
    (refused,) = [reply for reply in both.provider.replies if reply.outcome == "refused"]
    assert "sender" in (refused.message_en or "")
    assert "sender" in (refused.message_zh or "")


# ---- answers back to an app


async def written(both: Both, text: str) -> str:
    """A user of the app writes, a call-taker answers."""
    reply = await both.app.hand_in(both.app.message("u-7f3a90", "有人跟踪我"))
    assert reply.call_id is not None
    asked: dict[str, Any] = {
        "call_id": CallId(reply.call_id), "at": both.gateway.clock.now(), "actor": "wang",
    }  # fmt: skip
    for request in (
        ClaimText(**asked, request_id="r1", position="1101"),
        WriteText(**asked, request_id="r2", text=text),
    ):
        assert isinstance(await both.gateway.ask(request), Accepted)
    return reply.call_id


async def came_to(both: Both, call_id: str, state: str) -> None:
    """Wait until the answer stands so."""
    assert isinstance(both.gateway.store, MemoryStore)
    news = both.gateway.house.hub.subscribe()
    async with asyncio.timeout(20):
        while both.gateway.store.text_states[call_id, 0].state != state:
            await news.next()
    news.close()


async def test_an_answer_comes_to_its_app_once_and_what_the_app_says_of_it_is_kept(both: Both) -> None:
    call_id = await written(both, "您安全吗？")
    async with asyncio.timeout(20):
        (answer,) = await both.app.answered(1)
    assert (answer.conversation, answer.call_id, answer.text) == ("u-7f3a90", call_id, "您安全吗？")
    await came_to(both, call_id, "sent")
    for delivery in (Delivery.DELIVERED, Delivery.READ):
        await both.app.report(answer.message_id, delivery)
        await came_to(both, call_id, delivery.value)
    assert len(both.app.came) == 1
    assert both.provider.came == [], "another provider hears nothing of it"


async def test_an_app_that_was_away_fetches_its_answer_and_says_that_it_has_it(both: Both) -> None:
    both.app.confirms = False
    call_id = await written(both, "您安全吗？")
    async with asyncio.timeout(20):
        (answer,) = await both.app.answered(1)
    assert both.gateway.house.threads.answers("police_app") == [answer]
    both.app.confirms = True
    await both.app.takes(answer)
    await came_to(both, call_id, "sent")
    assert both.gateway.house.threads.answers("police_app") == []
    assert len(both.app.shown) == 1


# ---- the written form


@pytest.mark.parametrize("form", [TextIn, TextReply, TextAnswer, TextReported])
def test_the_shipped_schema_and_the_form_agree_on_the_example(form: Any) -> None:
    document = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
    message = document["components"]["messages"][form.__name__]
    schema = {"$ref": f"#/components/schemas/{form.__name__}", "components": document["components"]}
    for example in message["examples"]:
        jsonschema.Draft7Validator(schema).validate(example["payload"])
        form.model_validate(example["payload"])


def test_the_topics_are_the_written_ones() -> None:
    document = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
    assert document["channels"]["TextIn"]["address"] == "110/{site}/in/texts"
    assert document["channels"]["TextReply"]["address"] == "110/{site}/texts/replies"
    assert document["channels"]["TextAnswer"]["address"] == "110/{site}/texts/{provider}/answers"
    assert document["channels"]["TextReported"]["address"] == "110/{site}/in/text-reports"
    assert document["operations"]["receiveTextIn"]["action"] == "receive"
    assert document["operations"]["sendTextAnswer"]["action"] == "send"


MESSAGE: dict[str, Any] = {
    "provider": "sms", "message_id": "m1", "sender": NUMBER, "text": "有人打架",
    "sent_at": "2026-01-05T08:00:00+08:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"provider": "SMS/1"}, "provider"),
        ({"message_id": ""}, "message_id"),
        ({"sent_at": "2026-01-05T08:00:00"}, "sent_at"),
        ({"text": ""}, ""),
        ({"text": "长" * 2001}, "text"),
        ({"part": {"reference": "r", "n": 3, "of": 2}}, "part"),
        ({"part": {"reference": "r", "n": 1, "of": 13}}, "part.of"),
        ({"part": {"reference": "r", "n": 1, "of": 2}, "text": "长" * 401}, ""),
        ({"position": {"latitude": 30.0, "longitude": 120.0}}, "position.datum"),
        ({"position": {"latitude": 95.0, "longitude": 120.0, "datum": "WGS-84"}}, "position.latitude"),
        (
            {"attachments": [{"digest": "x", "size_bytes": 1, "media_type": "image/png"}]},
            "attachments.0.digest",
        ),
        ({"answers": "pigeon"}, "answers"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_message_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as told:
        TextIn.model_validate({**MESSAGE, **change})
    assert ".".join(str(part) for part in told.value.errors()[0]["loc"]) == place


def test_control_characters_cost_nobody_the_message() -> None:
    assert TextIn.model_validate({**MESSAGE, "text": "救\x00命\r\n快"}).text == "救\ufffd命\n快"
