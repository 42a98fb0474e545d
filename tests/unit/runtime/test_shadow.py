"""The pack in shadow: asked of every judged call, off its way, one row a call, and never believed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.calls.signals import TriageAssessed
from gateway.rulebook.content import content_of
from gateway.rulebook.signals import StartShadow
from gateway.runtime import shadow as module
from gateway.runtime.answers import Accepted
from gateway.runtime.shadow import Shadow
from gateway.speech.model import Leg
from gateway.testing.memory_workshop import MemoryShadow
from gateway.triage.backtest import Case
from gateway.triage.corpus import utterances

from .test_intake import ID, SEIZED, said
from .test_judging import UNSURE
from .test_packs import FIRST, SECOND, House, house

__all__ = ["house"]
CASE = Case(name=ID, call_id=ID, utterances=tuple(utterances([(Leg.CALLER, "打架")])))


@dataclass
class Dark:
    house: House
    notes: MemoryShadow = field(default_factory=lambda: MemoryShadow(cases={ID: CASE}))

    def __post_init__(self) -> None:
        self.shadow = Shadow(packs=self.house.packs, notes=self.notes, clock=self.house.bench.clock)
        before = self.house.bench.intake.on_committed

        def committed(changes: Any, commit: Any) -> None:
            before(changes, commit)
            self.shadow.committed(changes)

        self.house.bench.intake.on_committed = committed

    async def judged(self, segments: int = 1) -> None:
        """A call is judged by the active pack; the verdict is committed."""
        at = self.house.bench.clock.now()
        await self.house.bench.intake.offer(SEIZED)
        await self.house.bench.intake.offer(said(0, "打架", 4))
        await self.house.bench.intake.settled(
            TriageAssessed(call_id=ID, at=at, assessment=UNSURE, segments=segments)
        )

    async def compared(self) -> None:
        """Until nothing waits."""
        running = asyncio.ensure_future(self.shadow.run())
        async with asyncio.timeout(5):
            while self.shadow.waiting:  # noqa: ASYNC110 (a thread judges)
                await asyncio.sleep(0.001)
        running.cancel()


@pytest.fixture
async def dark(house: House) -> Dark:
    await house.packs.start()
    return Dark(house)


async def in_shadow(dark: Dark) -> None:
    await dark.house.approved(SECOND)
    assert isinstance(await dark.house.ask(StartShadow, "li", draft_id="d"), Accepted)
    await dark.house.settle()


async def test_without_a_pack_in_shadow_nothing_is_compared(dark: Dark) -> None:
    await dark.judged()
    assert dark.shadow.waiting == 0


async def test_every_judged_call_is_compared_once_with_its_newest_text(dark: Dark) -> None:
    await in_shadow(dark)
    for _ in range(3):
        await dark.judged()
    await dark.compared()
    (kept,) = dark.notes.kept
    assert (kept["pack"], kept["base"]) == (content_of(SECOND).hash, content_of(FIRST).hash)
    assert (kept["call_id"], kept["flipped"]) == (ID, False)


async def test_too_many_calls_at_a_time_are_left_out_and_counted(
    dark: Dark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 2)
    for number in range(5):
        dark.shadow._add(f"c{number}")
    assert (dark.shadow.waiting, dark.shadow.left_out) == (2, 3)


async def test_a_store_that_does_not_answer_and_a_pack_that_breaks_cost_no_call(dark: Dark) -> None:
    await in_shadow(dark)
    dark.notes.failing = True
    await dark.judged()
    await dark.compared()
    assert (dark.shadow.left_out, dark.shadow.failed, dark.notes.kept) == (1, 0, [])
    dark.notes.failing = False

    def broken(*told: Any) -> Any:
        raise RuntimeError("broken")

    dark.house.packs.shadow.rules.judge = broken  # type: ignore[method-assign]
    await dark.judged(2)
    await dark.compared()
    assert (dark.shadow.failed, dark.notes.kept) == (1, [])
