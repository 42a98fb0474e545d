"""Bodies that are handed in when something does not go well: limits, a database that is away, a restart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.signals import LocationAnswered, LocationRefused
from gateway.location.model import BodyReading, Datum, Shape, Stated
from gateway.ports import CallRow, StoreUnavailable
from gateway.runtime import receiving as module
from gateway.runtime.receiving import CLEAN_EVERY_S, KEPT_DAYS, NUMBER, SIP_CALL_ID, Receiving, TooManyBodies
from gateway.testing.clock import ManualClock
from gateway.testing.memory_bodies import MemoryBodies

from .conftest import Bench
from .test_intake import ID, IDENTIFIED, QUEUED, SEIZED

SIP = "a84b4c76e66710@pc33.example"
GEO = b"geo:31.2304,121.4737;u=35"
AML = b'A"ML=1;lt=+31.23040;lg=+121.47370;rd=18;top=20260105075950;lc=90;pm=G;ml=76'


@dataclass
class Loop:
    """Takes every signal, or waits until a test lets it."""

    told: list[Any] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def settled(self, signal: object) -> None:
        await self.open.wait()
        self.told.append(signal)


@dataclass
class House:
    clock: ManualClock = field(default_factory=ManualClock)
    bodies: MemoryBodies = field(default_factory=MemoryBodies)
    loop: Loop = field(default_factory=Loop)
    datum: Datum | None = None

    def __post_init__(self) -> None:
        self.receiving = Receiving(bodies=self.bodies, loop=self.loop, clock=self.clock, datum=self.datum)

    def call(self, **change: Any) -> None:
        row = CallRow(
            call_id=ID, pbx="p", state="ANSWERED", seized_at=self.clock.now(), ended_at=None,
            ani="13800138000", dialed="110", end_reason=None, alarm_class=None, nature=None, priority=None,
            department=None, agents="", duration_ms=None, sip_call_id=SIP,
        )  # fmt: skip
        self.bodies.calls[ID] = replace(row, **change)

    async def take(self, body: bytes = GEO, key: str = SIP, kind: str = SIP_CALL_ID) -> Any:
        taken = await self.receiving.take(body, content_type="", key_kind=kind, key=key, route="http")
        await self.receiving.idle()
        return taken


@pytest.fixture
def house() -> House:
    return House()


async def test_a_body_counts_as_matched_only_when_its_signals_are_committed(house: House) -> None:
    house.call()
    house.loop.open.clear()
    await house.receiving.take(GEO, content_type="", key_kind=SIP_CALL_ID, key=SIP, route="http")
    await house.clock.settle()
    assert (await house.bodies.waiting(house.clock.now() - timedelta(hours=1))).count == 1
    house.loop.open.set()
    await house.receiving.idle()
    assert [row.call_id for row in house.bodies.rows.values()] == [ID]


async def test_after_a_restart_what_waits_is_given_to_the_calls_that_are_open(bench: Bench) -> None:
    await bench.give(SEIZED, replace(IDENTIFIED, sip_call_id=SIP), QUEUED)
    house = House(clock=bench.clock)
    await house.take()
    house.receiving.recover([bench.intake.book.get(("call", ID)).state])  # type: ignore[union-attr]
    await house.receiving.idle()
    assert any(isinstance(signal, LocationAnswered) for signal in house.loop.told)


async def test_too_large_a_heap_of_waiting_bodies_is_refused_and_one_of_a_call_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_LIMIT_BYTES", 30)
    await house.take(GEO + b"0" * 10, key="a")
    with pytest.raises(TooManyBodies):
        await house.take(key="b")
    assert len(house.bodies.rows) == 1
    monkeypatch.setattr(module, "WAITING_LIMIT_BYTES", 10_000)
    monkeypatch.setattr(module, "PER_CALL_LIMIT", 1)
    house.call()
    await house.take(GEO + b"1")
    with pytest.raises(TooManyBodies):
        await house.take(GEO + b"2")


async def test_what_waited_too_long_is_not_given_and_does_not_fill_the_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_LIMIT", 1)
    await house.take(AML, key="13800138000", kind=NUMBER)
    await house.clock.advance(6 * 3600 + 1)
    await house.take(AML + b" ", key="13800138000", kind=NUMBER)
    assert len(house.bodies.rows) == 2


async def test_a_fault_in_a_body_goes_to_its_call_with_its_place(house: House) -> None:
    house.call()
    await house.take(b"\x00\x01 nonsense")
    assert all(isinstance(signal, LocationRefused) for signal in house.loop.told)
    assert house.loop.told


async def test_a_message_over_mqtt_is_tried_until_it_is_kept(house: House) -> None:
    house.bodies.failing = True
    hearing = asyncio.create_task(
        house.receiving.heard(b'{"from": "+8613800138000", "text": "%s"}' % AML.replace(b'"', b'\\"'))
    )
    while not house.clock.sleepers:
        await house.clock.settle()  # it is read in a thread
    house.bodies.failing = False
    await house.clock.advance(1.0)
    await hearing
    assert [row.key for row in house.bodies.rows.values()] == ["13800138000"]


async def test_one_over_mqtt_beyond_the_limit_is_dropped_and_logged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_LIMIT", 0)
    await house.receiving.heard(AML)
    assert house.bodies.rows == {}


async def test_a_database_that_is_away_is_told_to_who_hands_in(house: House) -> None:
    house.bodies.failing = True
    with pytest.raises(StoreUnavailable):
        await house.take()


async def test_a_lookup_that_fails_costs_nothing_but_itself(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED)
    house = House(clock=bench.clock)
    house.bodies.failing = True
    house.receiving.caller_known(bench.intake.book.get(("call", ID)).state)  # type: ignore[union-attr]
    await house.receiving.idle()
    assert house.loop.told == []


async def test_past_their_keeping_bodies_are_deleted(house: House) -> None:
    await house.take()
    watching = asyncio.create_task(house.receiving.watch())
    await house.clock.advance(CLEAN_EVERY_S)
    assert house.receiving.unmatched == 1
    await house.clock.advance(KEPT_DAYS * 86_400.0)
    watching.cancel()
    assert house.bodies.rows == {}


async def test_a_coordinate_without_datum_takes_the_one_that_is_configured() -> None:
    house = House(datum=Datum.GCJ_02)
    house.call()
    bare = BodyReading(kind="ali", locations=(Stated(shape=Shape.POINT, latitude=31.2, longitude=121.4),))
    await house.receiving.take(
        b"a record", content_type="", key_kind=SIP_CALL_ID, key=SIP, route="http", reading=bare
    )
    await house.receiving.idle()
    found = [signal.location for signal in house.loop.told if isinstance(signal, LocationAnswered)]
    assert [(fix.datum, fix.datum_assumed) for fix in found] == [(Datum.GCJ_02, True)]
