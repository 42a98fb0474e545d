import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from gateway.calls.effects import AssessTriage, CallEffect, Effect
from gateway.ids import CallId
from gateway.runtime.perform import SWEEP_S, Performer, UnknownEffect
from gateway.testing.clock import ManualClock

from .conftest import Bench

ID = CallId("demo-pbx1-1.0")
ASSESS = AssessTriage(call_id=ID, segments=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCaller(CallEffect):
    """A stand-in for what moves people."""

    once: ClassVar[bool] = True
    target: str


class World:
    """Performs by writing down, and fails when told to."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.done: list[Effect] = []
        self.offered: list[Any] = []
        self.failing = False

    async def perform(self, effect: Effect) -> Iterable[str]:
        self.done.append(effect)
        if self.failing:
            raise OSError("no answer")
        return ("done",)

    async def unknown(self, effect: Effect) -> Iterable[str]:
        return ("unknown, press again",)

    async def offer(self, signal: Any) -> None:
        self.offered.append(signal)

    def performer(self, **options: Any) -> Performer:
        return Performer(
            {AssessTriage: self.perform, MoveCaller: self.perform}, self.offer, self.clock, **options
        )


async def test_the_outcome_comes_back_as_a_signal() -> None:
    world = World()
    world.performer().perform([ASSESS])
    await world.clock.settle()
    assert world.offered == ["done"]


async def test_the_same_effect_never_runs_twice_at_once() -> None:
    world = World()
    performer = world.performer()
    performer.perform([ASSESS])
    performer.perform([ASSESS])
    await world.clock.settle()
    assert world.done == [ASSESS]
    performer.perform([ASSESS])
    await world.clock.settle()
    assert world.done == [ASSESS, ASSESS]


async def test_a_failure_is_an_answer_where_one_is_given_and_else_left_to_the_sweep() -> None:
    world = World()
    world.failing = True
    performer = world.performer(failures={AssessTriage: lambda effect, error: [f"failed: {error}"]})
    performer.perform([ASSESS])
    await world.clock.settle()
    assert world.offered == ["failed: no answer"]
    assert performer.running == 0


async def test_the_sweep_performs_again_what_stays_owed() -> None:
    world = World()
    world.failing = True
    performer = world.performer()
    performer.perform([ASSESS])
    sweeping = asyncio.ensure_future(performer.sweep(lambda: [ASSESS]))
    await world.clock.settle()
    world.failing = False
    await world.clock.advance(SWEEP_S)
    assert world.done == [ASSESS, ASSESS]
    assert world.offered == ["done"]
    sweeping.cancel()


async def test_an_effect_nobody_performs_is_a_fault_of_the_program() -> None:
    world = World()
    with pytest.raises(UnknownEffect, match="MoveCaller"):
        world.performer().perform([MoveCaller(call_id=ID, target="120")])


async def test_who_moves_people_is_sent_once_also_after_a_restart(bench: Bench) -> None:
    world, move = World(), MoveCaller(call_id=ID, target="120")
    before = world.performer(first_time=bench.intake.first_time, unknown={MoveCaller: world.unknown})
    before.perform([move])
    await world.clock.settle()
    again = world.performer(first_time=bench.fresh().first_time, unknown={MoveCaller: world.unknown})
    again.perform([move])
    await world.clock.settle()
    assert world.done == [move]
    assert world.offered == ["done", "unknown, press again"]


async def test_nothing_moves_while_it_cannot_be_written_down(bench: Bench) -> None:
    world, move = World(), MoveCaller(call_id=ID, target="120")
    performer = world.performer(first_time=bench.intake.first_time, unknown={MoveCaller: world.unknown})
    bench.store.fail_next()
    performer.perform([move])
    await world.clock.settle()
    assert world.done == []
    performer.perform([move])
    await world.clock.settle()
    assert world.done == [move]
