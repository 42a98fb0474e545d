"""A listener tells over MQTT where it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway import settings
from gateway.config import Config
from gateway.dispatch import forms, topics
from gateway.listening import Announcer, own_address, state_of
from gateway.speech.control import PROTOCOL, Hello
from gateway.speech.remote import Found
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker

HELLO = Hello(
    protocol=PROTOCOL, fingerprint="f", pid=1, port=9092, legs=20, workers=2, model_id="m", origin=3
)


class Desk:
    """An announcer with a broker of its own and a state that the test changes."""

    def __init__(self) -> None:
        self.broker, self.clock = FakeBroker(), ManualClock()
        self.hello = HELLO
        self.announcer = Announcer(
            self.broker,
            self.clock,
            site="demo",
            name="asr2",
            state=lambda: state_of(self.hello, host="10.0.0.2", control_port=9093),
        )
        self.broker.on_connected = self.announcer.connected

    async def told(self) -> list[dict[str, Any]]:
        await self.clock.settle()
        return [json.loads(message.payload) for message in self.broker.messages]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    running = asyncio.create_task(made.announcer.run())
    yield made
    running.cancel()


async def test_what_changed_is_told_retained_and_what_is_the_same_is_not(desk: Desk) -> None:
    for _ in range(3):
        desk.announcer.changed()
        await desk.clock.advance(2)
    (first,) = await desk.told()
    assert desk.broker.messages[0].retain
    assert desk.broker.messages[0].topic == topics.listener_status("demo", "asr2")
    desk.hello = HELLO.model_copy(update={"behind": 1})
    desk.announcer.changed()
    await desk.clock.advance(2)
    _, second = await desk.told()
    assert (first["rev"], second["rev"], second["behind"]) == (1, 2, 1)


async def test_changes_within_a_second_are_told_once(desk: Desk) -> None:
    for behind in range(20):
        desk.hello = HELLO.model_copy(update={"behind": behind})
        desk.announcer.changed()
        await desk.clock.advance(0.05)
    await desk.clock.advance(2)
    assert [told["behind"] for told in await desk.told()] == [0, 19]


async def test_at_every_new_connection_it_is_told_again(desk: Desk) -> None:
    desk.announcer.changed()
    await desk.clock.advance(2)
    desk.broker.drop()
    desk.hello = HELLO.model_copy(update={"behind": 3})
    desk.announcer.changed()
    await desk.clock.advance(2)
    assert len(await desk.told()) == 1
    desk.broker.connect()
    await desk.clock.advance(2)
    assert [told["behind"] for told in await desk.told()] == [0, 3]


async def test_a_broker_that_refuses_is_named_and_asked_again_later(desk: Desk) -> None:
    desk.broker.refuse("listeners", times=1)
    desk.announcer.changed()
    await desk.clock.advance(20)
    assert await desk.told() == []
    await desk.clock.advance(20)
    assert len(await desk.told()) == 1


async def test_what_is_told_is_what_the_contract_and_a_gateway_understand(desk: Desk) -> None:
    desk.announcer.changed()
    (told,) = await desk.told()
    forms.ListenerStatus.model_validate(told, strict=True)
    assert told.keys() == forms.ListenerStatus.model_fields.keys()
    found = Found.model_validate(told)
    assert (found.reachable, found.host, found.control_port) == (True, "10.0.0.2", 9093)


def test_the_will_says_gone_and_a_clean_stop_clears_the_state() -> None:
    mqtt = settings.listener_mqtt(Config(), "asr2")
    assert mqtt.will is not None
    assert mqtt.goodbye is not None
    forms.ListenerStatus.model_validate_json(mqtt.will.payload)
    assert not Found.model_validate_json(mqtt.will.payload).reachable
    assert (mqtt.goodbye.payload, mqtt.goodbye.topic, mqtt.goodbye.retain) == (b"", mqtt.will.topic, True)


def test_without_host_the_address_towards_the_broker_is_told() -> None:
    assert own_address(Config()) == "127.0.0.1"


def test_a_topic_tells_the_listeners_name() -> None:
    assert topics.listener_of(topics.listener_status("demo", "asr2")) == "asr2"
