"""A loop on a memory store, driven by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest

from gateway.calls.effects import Effect
from gateway.dispatch.encode import outbox_rows
from gateway.ports import JournalRow
from gateway.runtime.book import Change
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.lanes import Lanes
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine, journal_codec
from gateway.runtime.order_machine import OrderMachine
from gateway.testing.clock import ManualClock
from gateway.testing.memory_store import MemoryStore

SITE = "demo"


@dataclass
class Bench:
    """The loop and all it told."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    lanes: Lanes[Any] = field(default_factory=Lanes)
    owed: list[Effect] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    saving: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.intake = self.fresh()

    @property
    def journal(self) -> list[JournalRow]:
        return list(self.store.journal.values())

    def fresh(self) -> Intake:
        """A new loop on the same store: what a restart finds."""
        salts = count(1)
        intake = Intake(
            store=self.store,
            clock=self.clock,
            machines=(
                CallMachine(),
                HallMachine(SITE),
                RulebookMachine(SITE),
                OrderMachine(),
                IncidentMachine(),
                FloodMachine(SITE),
            ),
            codec=journal_codec(),
            encode=partial(outbox_rows, site=SITE),
            salt=lambda: next(salts).to_bytes(32, "big"),
            lanes=self.lanes,
        )
        intake.on_owed = self.owed.extend
        intake.on_committed = lambda changes, commit: self.changes.extend(changes)
        intake.on_saving = self.saving.append
        return intake

    async def give(self, *signals: Any) -> None:
        for signal in signals:
            await self.intake.offer(signal)
        await self.intake.drain()


@pytest.fixture
def bench() -> Bench:
    return Bench()
