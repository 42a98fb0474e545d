"""Committed events arrive, in order, whatever the broker and the store do in between."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from gateway.dispatch import relay as relay_module
from gateway.dispatch.relay import Relay
from gateway.ports import Head, Message, OutboxRow, StoreUnavailable
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker

AT = datetime(2026, 1, 5, tzinfo=UTC)


class Outbox:
    """The four methods of the store that the relay uses, in memory."""

    def __init__(self) -> None:
        self.rows: dict[int, OutboxRow] = {}
        self.sent: set[int] = set()
        self.parked: dict[int, str] = {}
        self.reads = 0
        self.failing = 0

    def commit(self, *numbers: int) -> list[OutboxRow]:
        rows = [row(number) for number in numbers]
        self.rows.update({one.site_seq: one for one in rows})
        return rows

    async def head(self) -> Head:
        self._maybe_fail()
        return Head(journal_seq=0, journal_hash=b"", site_seq=max(self.rows, default=0))

    async def outbox_pending(self, after: int, limit: int = 100) -> list[OutboxRow]:
        self._maybe_fail()
        self.reads += 1
        await asyncio.sleep(0)
        waiting = sorted(n for n in self.rows if n > after and n not in self.sent and n not in self.parked)
        return [self.rows[n] for n in waiting[:limit]]

    async def outbox_sent(self, site_seqs) -> None:
        self._maybe_fail()
        self.sent.update(site_seqs)

    async def outbox_park(self, site_seq: int, reason: str) -> None:
        self._maybe_fail()
        self.parked[site_seq] = reason

    def _maybe_fail(self) -> None:
        if self.failing:
            self.failing -= 1
            raise StoreUnavailable("database is locked")


def row(number: int, expiry_s: int | None = None) -> OutboxRow:
    return OutboxRow(
        site_seq=number,
        call_id="c1",
        call_seq=number,
        event_id=f"c1:{number}",
        topic=f"110/a/calls/c1/events/e{number}",
        payload=str(number).encode(),
        expiry_s=expiry_s,
        at=AT,
    )


def state(rev: int, call: str = "c1") -> Message:
    return Message(topic=f"110/a/calls/{call}/card", payload=json.dumps({"rev": rev}).encode(), retain=True)


def numbers(broker: FakeBroker) -> list[int]:
    return [int(message.payload) for message in broker.messages if not message.retain and message.qos]


class House:
    """A relay between an outbox and a fake broker."""

    def __init__(self, *, connected: bool = True, **limits) -> None:
        self.clock, self.store = ManualClock(), Outbox()
        self.broker = FakeBroker(connected=connected)
        self.parked: list[tuple[int, str]] = []
        self.relay = Relay(
            self.store,
            self.broker,
            self.clock,
            on_parked=lambda r, why: self.parked.append((r.site_seq, why)),
            **limits,
        )
        self.broker.on_connected = self.relay.link_up

    def commit(self, *which: int) -> None:
        self.relay.offer(self.store.commit(*which))

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.relay.run())
        try:
            await self.clock.settle()
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def all_arrived(self) -> None:
        await self.clock.advance(0.1)
        await asyncio.wait_for(self.relay.idle(), 5)


async def test_fresh_rows_leave_without_reading_the_database():
    async with House().running() as house:
        reads = house.store.reads
        house.commit(1, 2)
        house.commit(3)
        await house.broker.received(3)
        assert numbers(house.broker) == [1, 2, 3]
        assert house.store.reads == reads


async def test_acknowledged_rows_are_marked_together():
    async with House().running() as house:
        house.commit(*range(1, 41))
        await house.clock.settle()
        assert house.store.sent == set()
        await house.clock.advance(relay_module.MARK_EVERY_S)
        assert house.store.sent == set(range(1, 41))
        assert house.relay.waiting == 0


async def test_what_waited_in_the_outbox_at_the_start_goes_first():
    house = House()
    house.store.commit(*range(1, 251))
    house.store.sent.update({1, 2, 3})
    async with house.running():
        house.commit(251, 252)
        await house.all_arrived()
        assert numbers(house.broker) == list(range(4, 253))


async def test_events_wait_while_the_broker_is_away_and_then_arrive_in_order():
    async with House(connected=False).running() as house:
        for number in range(1, 300):
            house.commit(number)
        await house.clock.settle()
        assert (numbers(house.broker), house.relay.waiting) == ([], 299)
        house.broker.connect()
        await house.all_arrived()
        assert numbers(house.broker) == list(range(1, 300))
        assert house.store.sent == set(range(1, 300))


async def test_what_was_not_acknowledged_is_sent_again_in_order():
    async with House().running() as house:
        house.commit(1, 2)
        await house.broker.received(2)
        house.broker.freeze()
        house.commit(3, 4, 5)
        await house.clock.settle()
        house.broker.drop()
        await house.clock.settle()
        house.commit(6)
        house.broker.connect()
        await house.all_arrived()
        assert numbers(house.broker) == [1, 2, 3, 4, 5, 6]


async def test_no_more_than_the_window_is_under_way():
    async with House(window=10).running() as house:
        house.broker.freeze()
        house.commit(*range(1, 31))
        await house.clock.settle()
        assert len(house.broker._waiting) == 10
        house.broker.thaw()
        await house.all_arrived()
        assert numbers(house.broker) == list(range(1, 31))


async def test_more_than_memory_holds_is_read_from_the_outbox():
    async with House(window=5, in_hand=20).running() as house:
        house.broker.freeze()
        for number in range(1, 101):
            house.commit(number)
        await house.clock.settle()
        assert len(house.relay._fresh) <= 20
        house.broker.thaw()
        await house.all_arrived()
        assert numbers(house.broker) == list(range(1, 101))
        house.commit(101)
        await house.all_arrived()
        assert numbers(house.broker)[-1] == 101


async def test_a_message_refused_three_times_is_parked_and_the_rest_goes_on():
    async with House().running() as house:
        house.broker.refuse("/e2")
        house.commit(1, 2, 3)
        await house.clock.advance(3)
        await house.all_arrived()
        assert numbers(house.broker) == [1, 3]
        assert house.parked == [(2, "Not authorized")]
        assert house.store.parked == {2: "Not authorized"}


async def test_a_message_refused_once_is_not_parked():
    async with House().running() as house:
        house.broker.refuse("/e2", times=2)
        house.commit(1, 2, 3)
        await house.clock.advance(3)
        await house.all_arrived()
        assert sorted(numbers(house.broker)) == [1, 2, 3]
        assert house.parked == []


async def test_a_refusal_that_breaks_the_link_still_counts():
    async with House().running() as house:
        house.broker.refuse("/e1")
        house.commit(1, 2)
        for _ in range(relay_module.REFUSALS):
            await house.clock.settle()
            house.broker.drop()
            await house.clock.advance(1)
            house.broker.connect()
        await house.clock.advance(3)
        assert house.parked == [(1, "Not authorized")]
        await house.all_arrived()
        assert numbers(house.broker)[-1] == 2


async def test_a_store_that_fails_for_a_while_loses_nothing():
    house = House()
    house.store.commit(1, 2, 3)
    house.store.failing = 2
    async with house.running():
        await house.clock.advance(5)
        house.store.failing = 2
        house.commit(4)
        await house.clock.advance(5)
        await house.all_arrived()
        assert numbers(house.broker) == [1, 2, 3, 4]
        assert house.store.sent == {1, 2, 3, 4}


async def test_a_state_follows_the_events_that_made_it():
    async with House().running() as house:
        house.commit(1, 2)
        house.relay.show(state(rev=2))
        await house.all_arrived()
        assert [message.retain for message in house.broker.messages] == [False, False, True]


async def test_states_come_after_the_backlog_and_only_the_latest_one():
    async with House(connected=False).running() as house:
        for number in range(1, 201):
            house.commit(number)
            house.relay.show(state(rev=number))
        house.broker.connect()
        await house.all_arrived()
        retained = [index for index, message in enumerate(house.broker.messages) if message.retain]
        assert retained == [200]
        assert json.loads(house.broker.messages[200].payload) == {"rev": 200}


async def test_every_state_is_shown_again_at_every_connect():
    async with House().running() as house:
        house.relay.show(state(rev=1, call="c1"))
        house.relay.show(state(rev=1, call="c2"))
        await house.all_arrived()
        house.broker.drop()
        house.broker.retained.clear()
        house.broker.connect()
        await house.all_arrived()
        assert set(house.broker.retained) == {"110/a/calls/c1/card", "110/a/calls/c2/card"}


async def test_the_card_of_an_ended_call_is_cleared_after_a_quarter_of_an_hour():
    async with House().running() as house:
        house.relay.show(state(rev=1))
        house.relay.show(state(rev=2), ended_at=house.clock.now())
        await house.clock.advance(14 * 60)
        assert "110/a/calls/c1/card" in house.broker.retained
        await house.clock.advance(70 + relay_module.SWEEP_S)
        assert house.broker.retained == {}
        house.broker.drop()
        house.broker.connect()
        await house.all_arrived()
        assert house.broker.retained == {}


async def test_what_is_changed_long_after_the_end_brings_no_card_back():
    async with House().running() as house:
        house.relay.show(state(rev=9), ended_at=house.clock.now() - timedelta(minutes=16))
        house.relay.show(state(rev=3, call="c2"), ended_at=house.clock.now() - timedelta(minutes=14))
        await house.all_arrived()
        assert set(house.broker.retained) == {"110/a/calls/c2/card"}
        await house.clock.advance(60 + relay_module.SWEEP_S)
        assert house.broker.retained == {}


async def test_a_clearing_that_was_lost_with_the_link_is_done_again():
    async with House().running() as house:
        house.relay.show(state(rev=1), ended_at=house.clock.now())
        await house.all_arrived()
        house.broker.freeze()
        await house.clock.advance(15 * 60 + relay_module.SWEEP_S)
        house.broker.drop()
        await house.clock.settle()
        house.broker.connect()
        await house.all_arrived()
        assert house.broker.retained == {}


async def test_a_refused_state_does_not_hold_up_events():
    async with House().running() as house:
        house.broker.refuse("/card")
        house.relay.show(state(rev=1))
        house.commit(1)
        await house.clock.advance(3)
        await house.all_arrived()
        assert numbers(house.broker) == [1]
        assert house.parked == []


async def test_unfinished_text_goes_now_or_never():
    async with House(connected=False).running() as house:
        text = Message(topic="110/a/calls/c1/partial/caller", payload=b"{}", qos=0)
        house.relay.tell(text)
        house.broker.connect()
        await house.clock.settle()
        assert house.broker.messages == []
        house.relay.tell(text)
        await house.clock.settle()
        assert len(house.broker.messages) == 1
        house.broker.freeze()
        for _ in range(3 * relay_module.PARTIALS):
            house.relay.tell(text)
        await house.clock.settle()
        assert len(house.broker._waiting) == relay_module.PARTIALS


async def test_a_relay_that_was_stopped_goes_on_where_it_was():
    house = House()
    async with house.running():
        house.commit(1, 2)
        await house.all_arrived()
        house.broker.freeze()
        house.commit(3)
        await house.clock.settle()
    house.broker.thaw()
    house.commit(4)
    async with house.running():
        await house.all_arrived()
        assert numbers(house.broker)[:2] == [1, 2]
        assert numbers(house.broker)[-2:] == [3, 4]


@pytest.mark.parametrize("seed", range(30))
async def test_nothing_is_lost_or_reordered_under_any_weather(seed):
    """Drops, freezes, refusals and store faults at random: the first arrivals are complete and in order."""
    chance = random.Random(seed)
    house = House(window=chance.choice((1, 3, 100)), in_hand=chance.choice((1, 7, 10_000)))
    house.store.commit(*range(1, chance.randrange(1, 40)))
    newest = max(house.store.rows)
    async with house.running():
        for _ in range(60):
            match chance.randrange(6):
                case 0:
                    house.broker.drop()
                case 1:
                    house.broker.thaw()
                    house.broker.connect()
                case 2:
                    house.broker.freeze()
                case 3:
                    house.store.failing = chance.randrange(3)
                case _:
                    count = chance.randrange(1, 9)
                    house.commit(*range(newest + 1, newest + 1 + count))
                    newest += count
            for _ in range(chance.randrange(8)):
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                await house.clock.advance(chance.random() * 2)
        house.store.failing = 0
        house.broker.thaw()
        house.broker.connect()
        await house.clock.advance(10)
        await house.all_arrived()
    first_seen = list(dict.fromkeys(numbers(house.broker)))
    assert first_seen == list(range(1, newest + 1))
    assert house.store.sent == set(range(1, newest + 1))
