"""What every broker link must do, on the shipped fake and on a real mosquitto."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest

from gateway.clock import SystemClock
from gateway.dispatch.publisher import LinkState, MqttBroker, MqttSettings
from gateway.ports import Broker, BrokerRefused, BrokerUnavailable, Message
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.lab.broker import LabBroker

STATUS = "110/a/gateways/gw1/status"
WILL = Message(topic=STATUS, payload=b'{"state":"offline"}', retain=True, content_type="application/json")
PATIENCE_S = 10.0
"""How long a test waits for something that must come."""


def event(number: int) -> Message:
    return Message(topic=f"110/a/calls/c{number % 3}/events/CallStart.v1", payload=b"%d" % number)


class FakeHouse:
    """The shipped fake, with the handles a test needs."""

    def __init__(self) -> None:
        self.connections = asyncio.Semaphore(0)
        self.fake = FakeBroker(connected=False, on_connected=self.connections.release)
        self.broker: Broker = self.fake
        self.fake.refuse("/forbidden/")

    async def start(self) -> None:
        self.fake.connect()

    async def stop(self) -> None:
        self.fake.drop()

    async def break_link(self) -> None:
        self.fake.drop()

    async def mend_link(self) -> None:
        self.fake.thaw()
        self.fake.connect()

    def freeze(self) -> None:
        self.fake.freeze()
        asyncio.get_running_loop().call_soon(self.fake.drop)

    async def seen(self, count: int) -> list[Message]:
        return (await self.fake.received(count))[:count]

    async def retained(self, topic: str) -> Message | None:
        return self.fake.retained.get(topic)


class RealHouse:
    """A mosquitto of its own with the shipped accounts and rights, and a subscriber that hears everything."""

    def __init__(self, folder: Path) -> None:
        self.lab = LabBroker(folder)
        self.connections = asyncio.Semaphore(0)
        self.states: list[LinkState] = []
        self.settings = MqttSettings(
            host=self.lab.host,
            port=self.lab.port,
            client_id="intake110-a-gw1",
            username="gateway",
            password=self.lab.users["gateway"],
            publish_within_s=0.4,
            will=WILL,
        )
        self.broker = self.link(self.settings)
        self._heard: list[Message] = []
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    def link(self, settings: MqttSettings) -> MqttBroker:
        return MqttBroker(
            settings,
            SystemClock(),
            on_connected=self.connections.release,
            on_state=self.states.append,
            jitter=lambda: 0.0,
        )

    async def start(self) -> None:
        await self.lab.start()
        listening = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._listen(listening)))
        await listening.wait()
        self.gateway = asyncio.create_task(self.broker.run())
        self._tasks.append(self.gateway)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.lab.stop()

    async def break_link(self) -> None:
        await self.lab.kill()

    async def mend_link(self) -> None:
        await self.lab.start()

    def freeze(self) -> None:
        self.lab.freeze()

    def reader(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self.lab.host,
            self.lab.port,
            protocol=aiomqtt.ProtocolVersion.V5,
            username="reader",
            password=self.lab.users["reader"],
        )

    async def _listen(self, listening: asyncio.Event) -> None:
        with suppress(aiomqtt.MqttError):
            async with self.reader() as reader:
                await reader.subscribe("110/#", qos=1)
                listening.set()
                async for message in reader.messages:
                    async with self._news:
                        self._heard.append(Message(topic=str(message.topic), payload=message.payload))
                        self._news.notify_all()

    async def seen(self, count: int) -> list[Message]:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: len(self._heard) >= count), PATIENCE_S)
        return self._heard[:count]

    async def retained(self, topic: str) -> bytes | None:
        """What a subscriber that comes now gets at once."""
        async with self.reader() as reader:
            await reader.subscribe(topic, qos=1)
            await reader.subscribe(
                "110/nothing/here", qos=1
            )  # acknowledged after the retained message was sent
            with suppress(TimeoutError):
                message = await asyncio.wait_for(anext(reader.messages), 0.3)
                return bytes(message.payload)
        return None


House = FakeHouse | RealHouse


@pytest.fixture(params=["fake", pytest.param("mosquitto", marks=pytest.mark.system)])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    house: House = FakeHouse() if request.param == "fake" else RealHouse(tmp_path)
    await house.start()
    await connected(house)
    yield house
    await house.stop()


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[RealHouse]:
    house = RealHouse(tmp_path)
    await house.start()
    await connected(house)
    yield house
    await house.stop()


async def connected(house: House) -> None:
    await asyncio.wait_for(house.connections.acquire(), PATIENCE_S)
    assert house.broker.connected


async def outcome_of(sending: Awaitable[None]) -> BaseException | None:
    [outcome] = await asyncio.gather(sending, return_exceptions=True)
    return outcome


async def test_what_is_acknowledged_reaches_subscribers_in_order(house):
    sending = [asyncio.ensure_future(house.broker.publish(event(number))) for number in range(300)]
    await asyncio.gather(*sending)
    assert [int(message.payload) for message in await house.seen(300)] == list(range(300))


async def test_without_a_connection_a_message_is_refused_at_once(house):
    await house.break_link()
    outcomes = [await outcome_of(house.broker.publish(event(number))) for number in range(3)]
    assert all(isinstance(outcome, BrokerUnavailable) for outcome in outcomes)
    assert not house.broker.connected


async def test_a_lost_link_comes_back_by_itself_and_is_announced(house):
    await house.break_link()
    with suppress(BrokerUnavailable):
        await house.broker.publish(event(1))
    await house.mend_link()
    await connected(house)
    await house.broker.publish(event(2))


async def test_a_frozen_broker_is_noticed_and_nothing_waits_for_ever(house):
    house.freeze()
    sending = [asyncio.ensure_future(house.broker.publish(event(number))) for number in range(200)]
    outcomes = await asyncio.wait_for(asyncio.gather(*sending, return_exceptions=True), PATIENCE_S)
    assert all(isinstance(outcome, BrokerUnavailable) for outcome in outcomes)
    assert not house.broker.connected


async def test_a_message_that_the_broker_forbids_is_told_as_refused(house):
    with pytest.raises(BrokerRefused, match="Not authorized"):
        await house.broker.publish(Message(topic="110/a/forbidden/x", payload=b"x"))
    await house.broker.publish(event(1))
    assert house.broker.connected


async def test_a_refused_message_among_others_does_not_touch_them(house):
    messages = [replace(event(n), topic="110/a/forbidden/x") if n % 7 == 3 else event(n) for n in range(50)]
    outcomes = await asyncio.gather(*map(house.broker.publish, messages), return_exceptions=True)
    assert [n for n, outcome in enumerate(outcomes) if outcome is not None] == [3, 10, 17, 24, 31, 38, 45]


async def test_a_retained_state_is_kept_until_it_is_emptied(house):
    await house.broker.publish(Message(topic="110/a/calls/c1/card", payload=b"1", retain=True))
    assert await house.retained("110/a/calls/c1/card") is not None
    await house.broker.publish(Message(topic="110/a/calls/c1/card", payload=b"", retain=True))
    assert await house.retained("110/a/calls/c1/card") is None


async def test_what_is_sent_towards_us_reaches_its_handler(house):
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    await house.broker.subscribe("110/a/in/+", inbox.put)
    order = Message(topic="110/a/in/incident", payload=b"{}")
    if isinstance(house, RealHouse):
        dispatch = house.link(
            replace(
                house.settings, client_id="core", username="dispatch", password=house.lab.users["dispatch"]
            )
        )
        house._tasks.append(asyncio.create_task(dispatch.run()))
        await asyncio.wait_for(house.connections.acquire(), PATIENCE_S)
        await dispatch.publish(order)
    else:
        await house.broker.publish(order)
    message = await asyncio.wait_for(inbox.get(), PATIENCE_S)
    assert (message.topic, message.payload) == (order.topic, order.payload)


async def test_unfinished_text_needs_no_acknowledgement(house):
    await house.broker.publish(replace(event(5), qos=0))
    assert [message.payload for message in await house.seen(1)] == [b"5"]


# ---- of a real broker alone


@pytest.mark.system
async def test_a_message_carries_its_mqtt5_properties(real):
    async with real.reader() as reader:
        await reader.subscribe("110/#", qos=1)
        await real.broker.publish(replace(event(1), expiry_s=30, user_properties={"noun": "呼叫"}))
        message = await asyncio.wait_for(anext(reader.messages), PATIENCE_S)
    properties = message.properties
    assert properties.ContentType == "application/cloudevents+json"
    assert properties.PayloadFormatIndicator == 1
    assert 0 < properties.MessageExpiryInterval <= 30
    assert properties.UserProperty == [("noun", "呼叫")]


@pytest.mark.system
async def test_a_gateway_that_dies_is_declared_offline_by_its_will(real):
    await real.broker.publish(replace(WILL, payload=b'{"state":"online"}'))
    real.broker._connection.abort()
    assert [message.payload for message in await real.seen(2)] == [b'{"state":"online"}', WILL.payload]


@pytest.mark.system
async def test_a_gateway_that_is_stopped_says_so_itself(real):
    await real.broker.publish(replace(WILL, payload=b'{"state":"online"}'))
    real.gateway.cancel()
    await asyncio.gather(real.gateway, return_exceptions=True)
    assert [message.payload for message in await real.seen(2)][1] == WILL.payload
    assert await real.retained(STATUS) == WILL.payload


@pytest.mark.system
async def test_stopping_while_the_broker_is_frozen_takes_no_five_seconds(real):
    real.freeze()
    sending = asyncio.ensure_future(real.broker.publish(event(1)))
    await asyncio.sleep(0)
    real.gateway.cancel()
    async with asyncio.timeout(4):
        await asyncio.gather(real.gateway, return_exceptions=True)
    assert isinstance(await outcome_of(sending), BrokerUnavailable)


@pytest.mark.system
async def test_a_wrong_password_is_told_with_its_cure(real):
    told: asyncio.Queue[LinkState] = asyncio.Queue()
    link = MqttBroker(
        replace(real.settings, client_id="other", password="wrong"), SystemClock(), on_state=told.put_nowait
    )
    task = asyncio.create_task(link.run())
    state = await asyncio.wait_for(told.get(), PATIENCE_S)
    task.cancel()
    assert not state.connected
    assert "mqtt.username" in state.cure


@pytest.mark.system
async def test_a_message_larger_than_the_broker_takes_is_refused_even_if_the_link_breaks(real):
    with pytest.raises(BrokerRefused):
        await real.broker.publish(replace(event(1), payload=b"x" * 300_000))
    if not real.broker.connected:
        await connected(real)
    await real.broker.publish(event(2))


@pytest.mark.system
async def test_nobody_there_is_told_and_tried_again(tmp_path):
    house = RealHouse(tmp_path)
    told: asyncio.Queue[LinkState] = asyncio.Queue()
    house.broker.on_state = told.put_nowait
    task = asyncio.create_task(house.broker.run())
    state = await asyncio.wait_for(told.get(), PATIENCE_S)
    assert (state.connected, state.cure) == (False, None)
    await house.lab.start()
    await connected(house)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await house.lab.stop()
