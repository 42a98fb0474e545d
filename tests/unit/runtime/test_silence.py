"""A call that stays silent is judged again at sensible times, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.calls.effects import AssessTriage
from gateway.calls.signals import TimerFired
from gateway.runtime.book import Book
from gateway.runtime.silence import JUDGED_AFTER_MS, Silence

from .conftest import Bench
from .test_intake import ANSWERED, ENDED, ID, QUEUED, SEIZED


@dataclass
class Loop:
    """Takes what it is offered, and counts it."""

    bench: Bench
    offered: list[Any] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return self.bench.intake.book

    async def offer(self, signal: object) -> None:
        self.offered.append(signal)
        await self.bench.give(signal)


def watching(bench: Bench, *silent_ms: int | None) -> tuple[Silence, Loop]:
    """Of one call; at each look its caller has said nothing for as long as is told."""
    lengths, loop = iter(silent_ms), Loop(bench)
    return Silence(loop=loop, clock=bench.clock, silent_ms=lambda session: next(lengths)), loop


async def looked(bench: Bench, *silent_ms: int | None) -> list[int]:
    """How many signals each look gave."""
    silence, loop = watching(bench, *silent_ms)
    counts = []
    for _ in silent_ms:
        before = len(loop.offered)
        await silence.look()
        counts.append(len(loop.offered) - before)
    return counts


async def test_each_length_of_silence_is_told_once(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, ANSWERED)
    lengths = range(0, 200_000, 1_000)
    told = await looked(bench, *lengths)
    assert [length for length, count in zip(lengths, told, strict=True) if count] == [*JUDGED_AFTER_MS]


async def test_a_new_silence_is_told_anew(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, ANSWERED)
    assert await looked(bench, 8_000, 9_000, 500, 8_500) == [1, 0, 0, 1]


async def test_what_it_tells_owes_a_verdict_though_nothing_was_said(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, ANSWERED)
    bench.owed.clear()
    assert await looked(bench, JUDGED_AFTER_MS[0]) == [1]
    assert [effect.segments for effect in bench.owed if isinstance(effect, AssessTriage)] == [0]


async def test_nobody_is_silent_whom_nobody_hears_or_who_has_hung_up(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, ANSWERED)
    assert await looked(bench, None) == [0]
    await bench.give(ENDED)
    assert await looked(bench, 60_000) == [0]
    await bench.give(TimerFired(call_id=ID, at=bench.clock.now(), name="silence"))
    live = bench.intake.book.get(("call", ID))
    assert live is not None
    assert not live.state.silence_due
