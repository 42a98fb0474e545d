"""Answers of text calls that go back to the app the messages came from: once, followed until they are read,
over a gateway that dies, a broker that refuses and an app that says nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.calls.texted import ResendText, WriteText
from gateway.ports import Message
from gateway.ports_text import Delivery
from gateway.runtime.answers import Accepted, Refused
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_text_provider import FakeTextProvider
from gateway.testing.whole import SITE, Whole

from .test_text_calls import NUMBER, claims, comes, common, sender, started, states, the_call

USER = "u-7f3a90"


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


@pytest.fixture
async def app(gateway: Whole) -> FakeTextProvider:
    """An app whose users have no telephone number."""
    made = FakeTextProvider(gateway.broker, SITE, gateway.clock, name="police_app")
    await made.open()
    return made


def reasons(gateway: Whole) -> list[str | None]:
    told = gateway.events("TextMessageChange")
    return [each["reason"] for each in told if each["speaker"] == "call_taker"]


async def answered(gateway: Whole, app: FakeTextProvider, text: str = "您安全吗？", **more: Any) -> str:
    (call_id,) = await comes(gateway, app, app.message(USER, "有人跟踪我", **more))
    await claims(gateway, call_id)
    assert isinstance(await gateway.ask(WriteText(**common(gateway, call_id), text=text)), Accepted)
    await gateway.settle()
    assert call_id is not None
    return call_id


async def test_an_answer_goes_back_to_the_app_it_came_from_and_is_followed_until_it_is_read(
    gateway: Whole, app: FakeTextProvider
) -> None:
    call_id = await answered(gateway, app)
    (answer,) = app.came
    assert (answer.conversation, answer.call_id, answer.text) == (USER, call_id, "您安全吗？")
    assert sender(gateway).sent == [], "no text goes out for it"
    for delivery in (Delivery.READ, Delivery.DELIVERED, Delivery.READ):
        await app.report(answer.message_id, delivery)
        await gateway.settle()
    assert states(gateway) == ["queued", "sent", "read"]
    await gateway.pass_time(120)
    assert states(gateway) == ["queued", "sent", "read"], "what its app has is waited for no more"
    assert len(app.came) == 1


async def test_an_app_that_says_nothing_is_told_of_and_asked_again_by_a_person_alone(
    gateway: Whole, app: FakeTextProvider
) -> None:
    app.confirms = False
    call_id = await answered(gateway, app)
    assert states(gateway) == ["queued"]
    await gateway.pass_time(62)
    assert (states(gateway), reasons(gateway)[-1]) == (["queued", "unknown"], "not_confirmed")
    await gateway.pass_time(300)
    assert len(app.came) == 1
    call = await the_call(gateway, call_id)
    assert call.text is not None
    assert call.text.undelivered == 1
    app.confirms = True
    again = await gateway.ask(ResendText(**common(gateway, call_id), index=0, text="您安全吗？"))
    assert isinstance(again, Accepted)
    await gateway.settle()
    assert (len(app.came), len(app.shown)) == (2, 1), "under the same id: its user reads it once"
    assert states(gateway) == ["queued", "unknown", "queued", "sent"]


async def test_an_app_that_cannot_bring_it_says_why(gateway: Whole, app: FakeTextProvider) -> None:
    call_id = await answered(gateway, app)
    await app.report(app.came[0].message_id, Delivery.FAILED, "用户已注销")
    await gateway.settle()
    assert (states(gateway)[-1], reasons(gateway)[-1]) == ("failed", "用户已注销")
    again = await gateway.ask(ResendText(**common(gateway, call_id), index=0, text="您安全吗？"))
    assert isinstance(again, Accepted)
    await gateway.settle()
    assert len(app.shown) == 2, "what certainly failed is another answer to its app"


async def test_an_answer_outlives_the_gateway_and_goes_to_its_app_once(
    gateways: list[Whole], gateway: Whole, app: FakeTextProvider
) -> None:
    app.confirms = False
    await answered(gateway, app)
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await gateway.pass_time(30)
    assert (len(app.came), states(gateway)) == (1, ["queued"])
    await app.report(app.came[0].message_id, Delivery.ACCEPTED)
    await gateway.settle()
    assert states(gateway) == ["queued", "sent"]


async def test_an_answer_on_its_way_to_the_broker_when_the_gateway_dies_is_unknown_and_can_be_fetched(
    gateways: list[Whole], gateway: Whole, app: FakeTextProvider
) -> None:
    (call_id,) = await comes(gateway, app, app.message(USER, "有人跟踪我"))
    await claims(gateway, call_id)
    going, publish = asyncio.Event(), gateway.broker.publish

    async def hangs(message: Message) -> None:
        if message.topic.endswith("/answers"):
            going.set()
            await asyncio.Event().wait()
        await publish(message)

    gateway.broker.publish = hangs  # type: ignore[method-assign]
    await gateway.ask(WriteText(**common(gateway, call_id), text="您安全吗？"))
    await going.wait()
    await gateway.crash()
    gateway.broker.publish = publish  # type: ignore[method-assign]
    gateway = await started(gateways, gateway)
    await gateway.settle()
    assert (states(gateway), app.came) == (["queued", "unknown"], [])
    (waits,) = gateway.house.threads.answers("police_app")
    assert gateway.house.threads.answers("other_app") == []
    await app.takes(waits)
    await gateway.settle()
    assert states(gateway) == ["queued", "unknown", "sent"]
    assert gateway.house.threads.answers("police_app") == []


async def test_without_a_broker_an_answer_waits_to_be_fetched(gateway: Whole, app: FakeTextProvider) -> None:
    assert isinstance(gateway.broker, FakeBroker)
    gateway.broker.refuse("/answers")
    await answered(gateway, app)
    assert reasons(gateway)[-1] == "not_published"
    assert [each.text for each in gateway.house.threads.answers("police_app")] == ["您安全吗？"]


async def test_an_app_says_itself_how_its_users_are_answered(gateway: Whole, app: FakeTextProvider) -> None:
    (by_app,) = await comes(gateway, app, app.message(NUMBER, "救命", answers="channel"))
    (by_text,) = await comes(gateway, app, app.message("13900139000", "救命"))
    (never,) = await comes(gateway, app, app.message(USER, "救命", answers="none"))
    (no_number,) = await comes(gateway, app, app.message("u-2", "救命", answers="sms"))
    for call_id in (by_app, by_text, never, no_number):
        await claims(gateway, call_id)
    for call_id in (by_app, by_text):
        assert isinstance(await gateway.ask(WriteText(**common(gateway, call_id), text="在吗")), Accepted)
    await gateway.settle()
    assert [each.conversation for each in app.came] == [NUMBER]
    assert [each.number for each in sender(gateway).sent] == ["13900139000"]
    for call_id in (never, no_number):
        refused = await gateway.ask(WriteText(**common(gateway, call_id), text="在吗"))
        assert isinstance(refused, Refused)
        assert refused.code == "no_number"


async def test_an_app_with_a_key_is_believed_with_it_alone(gateways: list[Whole]) -> None:
    gateway = await started(gateways, keys={"police_app": "open sesame"})
    app = FakeTextProvider(gateway.broker, SITE, gateway.clock, name="police_app", key="open sesame")
    await app.open()
    thief = FakeTextProvider(gateway.broker, SITE, gateway.clock, name="police_app", key="sesame")
    assert await comes(gateway, app, thief.message(USER, "救命"), app.message(USER, "救命", key=None)) == [
        None, None,
    ]  # fmt: skip
    assert [reply.code for reply in app.replies] == ["wrong_key", "wrong_key"]
    assert [row.code for row in gateway.asides.rows.values()] == ["wrong_key", "wrong_key"]
    assert gateway.events("CallStart") == []
    await answered(gateway, app)
    (answer,) = app.came
    await thief.report(answer.message_id, Delivery.READ)
    await gateway.settle()
    assert states(gateway) == ["queued", "sent"]
    await app.report(answer.message_id, Delivery.READ)
    await gateway.settle()
    assert states(gateway) == ["queued", "sent", "read"]
    (other,) = await comes(gateway, app, {**app.message(NUMBER, "救命"), "provider": "sms12110", "key": None})
    assert other is not None, "who was given no key needs none"
