"""The link to the broker against a broker of a few bytes, which says what a real one seldom does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.dispatch.publisher import WINDOW, LinkState, MqttBroker, MqttSettings
from gateway.ports import BrokerRefused, BrokerUnavailable, Message
from gateway.testing.clock import ManualClock

CONNACK = bytes.fromhex("20 03 00 00 00")
PATIENCE_S = 5.0
WATCH_EVERY_S = 1.25
"""A quarter of the default publish_within_s."""


class Bytes:
    """Answers CONNECT with `connack`; what it reads is in `packets`, what it says is up to the test."""

    def __init__(self, connack: bytes = CONNACK) -> None:
        self.connack = connack
        self.packets: asyncio.Queue[bytes] = asyncio.Queue()
        self.connections = 0
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        try:
            while True:
                kind = (await reader.readexactly(1))[0] >> 4
                packet = bytes([kind]) + await reader.readexactly(await _length(reader))
                if kind == 1:
                    writer.write(self.connack)
                elif kind != 12:
                    self.packets.put_nowait(packet)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def say(self, packet: str) -> None:
        self.writer.write(bytes.fromhex(packet))

    async def published(self) -> tuple[int, bytes]:
        """(packet identifier, topic) of the next PUBLISH with QoS 1."""
        packet = await asyncio.wait_for(self.packets.get(), PATIENCE_S)
        assert packet[0] == 3
        topic_length = int.from_bytes(packet[1:3], "big")
        end = 3 + topic_length
        return int.from_bytes(packet[end : end + 2], "big"), packet[3:end]


async def _length(reader: asyncio.StreamReader) -> int:
    length, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length


class House:
    def __init__(self, broker: Bytes, port: int, clock: ManualClock) -> None:
        self.broker, self.clock = broker, clock
        self.states: asyncio.Queue[LinkState] = asyncio.Queue()
        self.link = MqttBroker(
            MqttSettings(host="127.0.0.1", port=port, client_id="gw1"),
            self.clock,
            on_state=self.states.put_nowait,
            jitter=lambda: 0.0,
        )

    async def next_state(self) -> LinkState:
        return await asyncio.wait_for(self.states.get(), PATIENCE_S)


@asynccontextmanager
async def house_with(connack: bytes = CONNACK, clock: ManualClock | None = None) -> AsyncIterator[House]:
    broker = Bytes(connack)
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    house = House(broker, server.sockets[0].getsockname()[1], clock or ManualClock())
    task = asyncio.create_task(house.link.run())
    try:
        yield house
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        server.close()


def event(size: int = 1) -> Message:
    return Message(topic="110/a/events/x", payload=b"x" * size)


async def sent(house: House, message: Message) -> asyncio.Future[None]:
    future = asyncio.ensure_future(house.link.publish(message))
    await asyncio.sleep(0)
    return future


@pytest.mark.parametrize(
    ("connack", "cure"),
    [
        ("20 03 00 86 00", "mqtt.username"),
        ("20 03 00 87 00", "right to connect"),
        ("20 03 00 85 00", "gateway.id"),
        ("20 03 00 8A 00", "administrator"),
    ],
)
async def test_a_refused_connection_names_its_cure_and_waits_long(connack, cure):
    async with house_with(bytes.fromhex(connack)) as house:
        state = await house.next_state()
        assert not state.connected
        assert cure in state.cure
        await house.clock.advance(14)
        assert house.broker.connections == 1


async def test_a_second_gateway_with_the_same_id_is_named_as_the_cause():
    async with house_with() as house:
        assert (await house.next_state()).connected
        house.broker.say("E0 02 8E 00")
        state = await house.next_state()
        assert "gateway.id" in state.cure
        assert "taken over" in state.reason.lower()


@pytest.mark.parametrize("code", ["80", "87", "90", "99"])
async def test_an_acknowledgement_that_refuses_is_no_success(code):
    async with house_with() as house:
        await house.next_state()
        publishing = await sent(house, event())
        identifier, _ = await house.broker.published()
        house.broker.say(f"40 04 {identifier:04x} {code} 00")
        with pytest.raises(BrokerRefused):
            await asyncio.wait_for(publishing, PATIENCE_S)
        assert house.link.connected


async def test_a_full_broker_is_no_refusal():
    async with house_with() as house:
        await house.next_state()
        publishing = await sent(house, event())
        identifier, _ = await house.broker.published()
        house.broker.say(f"40 04 {identifier:04x} 97 00")
        with pytest.raises(BrokerUnavailable):
            await asyncio.wait_for(publishing, PATIENCE_S)


async def test_a_message_without_a_subscriber_has_arrived_all_the_same():
    async with house_with() as house:
        await house.next_state()
        publishing = await sent(house, event())
        identifier, _ = await house.broker.published()
        house.broker.say(f"40 04 {identifier:04x} 10 00")
        await asyncio.wait_for(publishing, PATIENCE_S)


async def test_when_the_broker_ends_the_link_over_a_message_the_oldest_is_blamed():
    async with house_with() as house:
        await house.next_state()
        first, second = await sent(house, event()), await sent(house, event())
        await house.broker.published()
        house.broker.say("E0 02 95 00")
        outcomes = await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), PATIENCE_S)
        assert [type(outcome) for outcome in outcomes] == [BrokerRefused, BrokerUnavailable]


async def test_a_link_that_breaks_fails_what_was_under_way_at_once():
    async with house_with() as house:
        await house.next_state()
        publishing = await sent(house, event())
        await house.broker.published()
        house.broker.writer.transport.abort()
        with pytest.raises(BrokerUnavailable):
            await asyncio.wait_for(publishing, PATIENCE_S)


async def test_the_brokers_own_window_is_kept():
    """CONNACK with Receive Maximum 2 (MQTT 5, 3.2.2.3.3)."""
    async with house_with(bytes.fromhex("20 06 00 00 03 21 00 02")) as house:
        await house.next_state()
        sending = [await sent(house, event()) for _ in range(5)]
        identifiers = [(await house.broker.published())[0] for _ in range(2)]
        await asyncio.sleep(0)
        assert house.broker.packets.empty()
        house.broker.say(f"40 02 {identifiers[0]:04x}")
        await house.broker.published()
        await asyncio.wait_for(sending[0], PATIENCE_S)
        assert not sending[1].done()
        assert WINDOW > 2


async def test_a_message_above_the_announced_size_is_refused_without_sending():
    """CONNACK with Maximum Packet Size 1,024 (MQTT 5, 3.2.2.3.6)."""
    async with house_with(bytes.fromhex("20 08 00 00 05 27 00 00 04 00")) as house:
        await house.next_state()
        with pytest.raises(BrokerRefused, match="1024"):
            await house.link.publish(event(2_000))
        assert house.broker.packets.empty()


async def test_a_topic_that_no_broker_takes_is_refused():
    async with house_with() as house:
        await house.next_state()
        with pytest.raises(BrokerRefused):
            await house.link.publish(Message(topic="110/+/x", payload=b""))


async def test_silence_for_too_long_cuts_the_link():
    async with house_with() as house:
        await house.next_state()
        publishing = await sent(house, event())
        await house.broker.published()
        await house.clock.advance(4.9)
        assert not publishing.done()
        await house.clock.advance(2)
        with pytest.raises(BrokerUnavailable, match="no acknowledgement for 5 s"):
            await asyncio.wait_for(publishing, PATIENCE_S)


class Impatient(ManualClock):
    """Waits for no pause between attempts, but remembers how long each should have been."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds == WATCH_EVERY_S:
            await super().sleep(seconds)
        else:
            self.pauses.append(seconds)
            await super().sleep(0)


async def test_attempts_become_rarer_while_connections_do_not_last():
    async with house_with(clock=Impatient()) as house:
        for attempt in range(1, 9):
            assert (await house.next_state()).connected
            assert house.broker.connections == attempt
            house.broker.writer.transport.abort()
            assert not (await house.next_state()).connected
        await house.next_state()
        assert house.clock.pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])


async def test_before_the_first_connection_nothing_is_taken():
    link = MqttBroker(MqttSettings(host="127.0.0.1", port=1, client_id="gw1"), ManualClock())
    with pytest.raises(BrokerUnavailable, match="not started"):
        await link.publish(event())
