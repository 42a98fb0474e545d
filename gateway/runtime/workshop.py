"""All that has to do with rule packs, put together: which one judges, which runs beside it, drafts tried on
what was said before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.calls.effects import Effect
from gateway.clock import Clock
from gateway.rulebook.effects import RunBackTest
from gateway.runtime.backtests import BackTests, Material
from gateway.runtime.book import Change
from gateway.runtime.health import Health
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.opinions import Opinions, OpinionSources
from gateway.runtime.packs import Packs, PackSources
from gateway.runtime.perform import Handler
from gateway.runtime.shadow import Notes, Shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopSources:
    """What a site has rules from, what drafts are tried on, where the shadow's words are kept. `opinions`:
    where its second opinion comes from; None: it wants none."""

    packs: PackSources
    material: Material
    notes: Notes
    opinions: OpinionSources | None = None


class Workshop:
    """One of each."""

    def __init__(
        self, sources: WorkshopSources, *, intake: Intake, health: Health, hub: Hub, clock: Clock, site: str
    ) -> None:
        self.opinions = Opinions(sources.opinions, intake=intake, health=health, clock=clock, site=site)
        self.packs = Packs(
            sources.packs, intake=intake, health=health, clock=clock, site=site, beside=self.opinions.beside
        )
        self.opinions.on_exchange = self.packs.redress
        self.back_tests = BackTests(
            packs=self.packs, material=sources.material, hub=hub, clock=clock, opinion=self.opinions.files
        )
        self.shadow = Shadow(packs=self.packs, notes=sources.notes, clock=clock)

    @property
    def handlers(self) -> Mapping[type[Effect], Handler]:
        return {RunBackTest: self.back_tests.perform}

    @property
    def failures(self) -> Mapping[type[Effect], Callable[[Any, Exception], Iterable[Any]]]:
        return {RunBackTest: self.back_tests.failed}

    @property
    def parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What must run for ever, by name."""
        return {
            "rule packs": self.packs.watch, "shadow pack": self.shadow.run,
            "second opinion": self.opinions.watch,
        }  # fmt: skip

    async def start(self) -> None:
        """Who judges, and who stands beside; once, when the loop runs."""
        await self.opinions.start()
        await self.packs.start()

    def committed(self, changes: Sequence[Change]) -> None:
        self.opinions.committed(changes)
        self.packs.committed(changes)
        self.shadow.committed(changes)

    async def close(self) -> None:
        await self.opinions.close()
        await self.packs.close()
