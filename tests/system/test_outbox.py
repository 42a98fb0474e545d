"""Events from a real database over a real broker to a subscriber, while the broker comes and goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.dispatch import encode, tail
from gateway.dispatch.examples import BY_NOUN, CALL_ID, SITE
from gateway.dispatch.gaps import GapDetector, Kind
from gateway.dispatch.publisher import MqttBroker, MqttSettings
from gateway.dispatch.relay import Relay
from gateway.ports import Commit, OutboxRow
from gateway.store.store import SqlStore, open_store
from gateway.testing.lab import Cache, LabBroker

pytestmark = pytest.mark.system

PATIENCE_S = 20.0


class Gateway:
    """The sending half of a gateway: store, relay and link."""

    def __init__(self, store: SqlStore, lab: LabBroker) -> None:
        settings = MqttSettings(
            host=lab.host, port=lab.port, client_id="gw1", username="gateway", password=lab.users["gateway"]
        )
        self.store, self.sequence = store, 0
        self.link = MqttBroker(settings, SystemClock(), jitter=lambda: 0.0)
        self.relay = Relay(store, self.link, SystemClock())
        self.link.on_connected = self.relay.link_up

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        tasks = [asyncio.create_task(part) for part in (self.link.run(), self.relay.run())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def commit(self, count: int) -> tuple[OutboxRow, ...]:
        events = [BY_NOUN["CardUpdate"]] * count
        rows = encode.outbox_rows(
            events, ("call", CALL_ID), self.sequence, self.sequence, datetime.now(UTC), site=SITE
        )
        self.sequence += count
        await self.store.commit(Commit(outbox=rows))
        self.relay.offer(rows)
        return rows


class Subscriber:
    """A dispatch core: keeps its session, and notes the sequence numbers as they come."""

    def __init__(self, lab: LabBroker) -> None:
        self.numbers: list[int] = []
        self.gaps = GapDetector()
        self.news = asyncio.Condition()
        self._address = tail.BrokerAddress.parse(f"mqtt://reader:{lab.users['reader']}@{lab.host}:{lab.port}")

    async def subscribe(self) -> None:
        async with tail.connection(self._address, "core") as client:
            await client.subscribe(f"110/{SITE}/calls/+/events/#", qos=1)

    async def run(self) -> None:
        async for payload in tail.follow(self._address, SITE, call_id=None, client_id="core"):
            event = json.loads(payload)
            async with self.news:
                self.numbers.append(event["siteseq"])
                self.gaps.feed(event)
                self.news.notify_all()

    async def seen(self, number: int) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: number in self.numbers), PATIENCE_S)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = await open_store(f"sqlite:///{tmp_path}/intake110.db")
    yield store
    await store.close()


@pytest.fixture
async def lab(tmp_path: Path, cache: Cache) -> AsyncIterator[LabBroker]:
    async with LabBroker(tmp_path / "broker", cache=cache) as running:
        yield running


@pytest.fixture
async def subscriber(lab: LabBroker) -> AsyncIterator[Subscriber]:
    subscriber = Subscriber(lab)
    await subscriber.subscribe()
    task = asyncio.create_task(subscriber.run())
    yield subscriber
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_events_wait_while_the_broker_is_away_and_arrive_complete_and_in_order(
    store: SqlStore, lab: LabBroker, subscriber: Subscriber
) -> None:
    async with Gateway(store, lab).running() as gateway:
        for _ in range(20):
            await gateway.commit(5)
        await subscriber.seen(100)
        await lab.stop()
        for _ in range(40):
            await gateway.commit(5)
        assert gateway.relay.waiting >= 200
        await lab.start()
        for _ in range(20):
            await gateway.commit(5)
        await subscriber.seen(400)
        assert list(dict.fromkeys(subscriber.numbers)) == list(range(1, 401))
        assert (subscriber.gaps.missing, subscriber.gaps.counts[Kind.LATE]) == (0, 0)
        await asyncio.wait_for(gateway.relay.idle(), PATIENCE_S)
    assert list(await store.outbox_pending(0, 1000)) == []


async def test_a_gateway_that_dies_between_commit_and_sending_sends_at_its_next_start(
    store: SqlStore, lab: LabBroker, subscriber: Subscriber
) -> None:
    dead = Gateway(store, lab)
    await dead.commit(250)
    async with Gateway(store, lab).running() as next_life:
        next_life.sequence = dead.sequence
        await next_life.commit(3)
        await subscriber.seen(253)
    assert subscriber.numbers == list(range(1, 254))


async def test_a_frozen_broker_loses_nothing(store: SqlStore, lab: LabBroker, subscriber: Subscriber) -> None:
    async with Gateway(store, lab).running() as gateway:
        await gateway.commit(10)
        await subscriber.seen(10)
        lab.freeze()
        await gateway.commit(150)
        lab.thaw()
        await gateway.commit(10)
        await subscriber.seen(170)
    assert list(dict.fromkeys(subscriber.numbers)) == list(range(1, 171))
