"""Timers lie in the store: set and taken out with the commit that owes them, found again after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from gateway.calls.effects import Effect, SetTimer
from gateway.dispatch.encode import outbox_rows
from gateway.journal.codec import Codec
from gateway.ports import Commit
from gateway.runtime.book import Change, Live, Moved
from gateway.runtime.intake import Intake
from gateway.runtime.timers import LOOK_EVERY_S, Timers
from gateway.testing.clock import ManualClock
from gateway.testing.memory_store import MemoryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Egg:
    due_at: datetime | None = None
    boiled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EggSignal:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Put(EggSignal):
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(EggSignal):
    pass


class Kitchen:
    """Eggs that owe one timer each, and nothing else."""

    kind, state_type, signals = "egg", Egg, EggSignal

    def key(self, signal: EggSignal) -> str:
        return signal.name

    def begins(self, signal: EggSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: EggSignal) -> Moved:
        egg = live.state if live else Egg()
        if isinstance(signal, Put):
            return Moved(after=Live(state=replace(egg, due_at=signal.due_at)))
        if egg.due_at is None:
            return Moved(after=None)
        return Moved(after=Live(state=replace(egg, due_at=None, boiled=egg.boiled + 1)))

    def owed(self, state: Egg) -> frozenset[Effect]:
        if state.due_at is None:
            return frozenset()
        return frozenset([SetTimer(kind="egg", key="a", name="boil", due_at=state.due_at)])

    def closed(self, state: Egg) -> bool:
        return False

    def rev(self, state: Egg) -> int:
        return state.boiled

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        return Commit()


@dataclass
class Stove:
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    owed: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.intake = Intake(
            store=self.store, clock=self.clock, machines=(Kitchen(),), codec=Codec((Put, Rang)),
            encode=partial(outbox_rows, site="demo"), salt=lambda: b"s" * 32,
        )  # fmt: skip
        self.intake.on_owed = self.owed.extend
        self.timers = Timers(
            store=self.store, loop=self.intake, clock=self.clock,
            wakes={"egg": lambda key, name, at: Rang(name=key, at=at)},
        )  # fmt: skip

    async def put(self, seconds: float | None) -> None:
        due_at = None if seconds is None else self.clock.now() + timedelta(seconds=seconds)
        await self.intake.offer(Put(name="a", at=self.clock.now(), due_at=due_at))
        await self.intake.drain()

    async def look(self) -> None:
        looking = asyncio.ensure_future(self.timers.look())
        await self.clock.settle()
        await self.intake.drain()
        await looking

    @property
    def boiled(self) -> int:
        live = self.intake.book.get(("egg", "a"))
        return live.state.boiled if live else -1


@pytest.fixture
def stove() -> Stove:
    return Stove()


async def test_a_timer_wakes_its_aggregate_once_when_its_time_has_come(stove: Stove) -> None:
    await stove.put(60)
    await stove.look()
    assert stove.boiled == 0
    await stove.clock.advance(60)
    await stove.look()
    await stove.look()
    assert stove.boiled == 1
    assert stove.store.timers == {}


async def test_a_timer_that_is_owed_no_more_wakes_nobody(stove: Stove) -> None:
    await stove.put(60)
    await stove.put(None)
    await stove.clock.advance(60)
    await stove.look()
    assert (stove.boiled, stove.store.timers) == (0, {})


async def test_a_timer_that_is_owed_later_moves(stove: Stove) -> None:
    await stove.put(60)
    await stove.put(90)
    await stove.clock.advance(60)
    await stove.look()
    assert stove.boiled == 0
    await stove.clock.advance(30)
    await stove.look()
    assert stove.boiled == 1


async def test_a_restart_forgets_no_timer(stove: Stove) -> None:
    await stove.put(60)
    stove.restart()
    await stove.intake.load()
    await stove.clock.advance(60)
    await stove.look()
    assert stove.boiled == 1


async def test_nobody_is_asked_to_perform_a_timer(stove: Stove) -> None:
    await stove.put(60)
    assert stove.owed == []
    assert stove.intake.owed() == frozenset()


async def test_timers_are_looked_at_every_second(stove: Stove) -> None:
    loop, watch = asyncio.ensure_future(stove.intake.run()), asyncio.ensure_future(stove.timers.watch())
    await stove.intake.offer(
        Put(name="a", at=stove.clock.now(), due_at=stove.clock.now() + timedelta(seconds=5))
    )
    await stove.clock.advance(4)
    before = stove.boiled
    await stove.clock.advance(1 + LOOK_EVERY_S)
    assert (before, stove.boiled) == (0, 1)
    for task in (watch, loop):
        task.cancel()
    outcome: list[Any] = await asyncio.gather(watch, loop, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in outcome)
