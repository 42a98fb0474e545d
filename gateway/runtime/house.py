"""The loop and everything around it that knows ports only, put together: adapters are handed in by
`app.py`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.archive.model import Archive
from gateway.calls.effects import AssessTriage, FetchRecording, StartTap
from gateway.clock import Clock
from gateway.dispatch.encode import outbox_rows
from gateway.journal.chain import SALT_BYTES
from gateway.ports import Message, Store
from gateway.runtime.canary import Canary, CanaryPlan, Prober
from gateway.runtime.health import Health
from gateway.runtime.hearing import Hearing, Listener, Pbx
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Engine, Judging
from gateway.runtime.keeping import Keeping
from gateway.runtime.machines import CallMachine, HallMachine, journal_codec
from gateway.runtime.news import News, Outlet
from gateway.runtime.perform import Performer
from gateway.runtime.status import Backlog, LinkNews, ListenerNews, SpeechNews, Status


class Trunk(Pbx, Prober, Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as the house needs it."""


class Relay(Outlet, Backlog, Protocol):
    """`gateway.dispatch.relay.Relay`, as far as the house needs it."""

    def tell(self, message: Message) -> None:
        """Unfinished text: now or never."""
        ...


class House:
    """One gateway without its adapters. PBXs are added before `load`."""

    def __init__(
        self,
        *,
        store: Store,
        relay: Relay,
        listener: Listener | None,
        engine: Callable[[], Engine],
        clock: Clock,
        site: str,
        zone: ZoneInfo,
        version: str,
    ) -> None:
        self.hub, self._store, self._clock = Hub(), store, clock
        self.intake = Intake(
            store=store,
            clock=clock,
            machines=(CallMachine(), HallMachine(site)),
            codec=journal_codec(),
            encode=partial(outbox_rows, site=site),
            salt=partial(secrets.token_bytes, SALT_BYTES),
        )
        book = self.intake.book
        self.health = Health(clock)
        self.status = Status(self.health, self.hub, self.intake, relay, clock, version)
        self._pbxs: dict[str, Trunk] = {}
        self._archives: dict[str, Archive] = {}
        judging = Judging(engine=engine, store=store, book=book, clock=clock, zone=zone)
        self._news = News(hub=self.hub, judging=judging, outlet=relay, clock=clock)
        self.hearing = Hearing(
            listener=listener, pbxs=self._pbxs, intake=self.intake, judging=judging, hub=self.hub,
            clock=clock, tell=relay.tell,
        )  # fmt: skip
        keeping = Keeping(archives=self._archives, book=book, clock=clock)
        self.performer = Performer(
            {StartTap: self.hearing.start_tap, AssessTriage: judging.assess, FetchRecording: keeping.fetch},
            self.intake.offer, clock, {AssessTriage: judging.failed}, self.intake.first_time,
        )  # fmt: skip
        self.intake.on_committed, self.intake.on_owed = self._news.committed, self.performer.perform
        self.intake.on_saving = self.status.saving

    def add_pbx(self, name: str, pbx: Trunk, archive: Archive) -> None:
        self._pbxs[name], self._archives[name] = pbx, archive

    def canary(self, plan: CanaryPlan) -> Canary:
        """The scheduled test call, rung by the PBX it names."""
        return Canary(
            plan, pbx=self._pbxs[plan.pbx], intake=self.intake, store=self._store, health=self.health,
            clock=self._clock,
        )  # fmt: skip

    async def load(self) -> None:
        """Memory as it was committed last, and the retained cards shown again."""
        await self.intake.load()
        for live in self.intake.book.of_kind("call").values():
            self._news.retain(live)

    def pbx_changed(self, name: str, state: str, news: LinkNews) -> None:
        """A link is up, degraded or down; what waited for it is asked for now."""
        self.status.pbx(name, state, news)
        if state == "up":
            self.owe()

    def heard(self, state: SpeechNews) -> None:
        """How the ears are; which taps they have now."""
        self.status.speech(state)
        if state.up and state.complete:
            self.hearing.present(state.live)

    def listener_changed(self, name: str, state: ListenerNews | None) -> None:
        """How one of several listeners is; None: it has left."""
        self.status.listener(name, state)

    def owe(self) -> None:
        """Perform all that the world owes: after a restart the same path as in normal work."""
        self.performer.perform(self.intake.owed())

    async def sweep(self) -> None:
        """For ever: perform again what is still owed."""
        await self.performer.sweep(self.intake.owed)
