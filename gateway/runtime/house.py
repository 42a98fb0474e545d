"""The loop and everything around it that knows ports only, put together: adapters are handed in by
`app.py`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.archive.model import Archive
from gateway.calls.effects import (
    AssessTriage,
    Effect,
    FetchRecording,
    FillGap,
    MovePeople,
    PauseMember,
    ReviewRecording,
    SpeakLanguage,
    StartTap,
)
from gateway.calls.signals import KeyPressed, TimerFired
from gateway.clock import Clock
from gateway.desk.hall import HallState
from gateway.desk.orders.owed import KIND
from gateway.desk.threads.effects import PublishAnswer, SendText
from gateway.desk.threads.model import KIND as THREAD
from gateway.dispatch.encode import outbox_rows
from gateway.ids import CallId
from gateway.journal.chain import SALT_BYTES
from gateway.ports import Commit, Message, Store
from gateway.runtime import order_machine, thread_machine
from gateway.runtime.announcing import Announcing
from gateway.runtime.book import Change
from gateway.runtime.callbacks import CallBacks
from gateway.runtime.canary import Canary, CanaryPlan, Prober
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.dispatch_desk import DispatchDesk, DispatchSources
from gateway.runtime.health import Health
from gateway.runtime.hearing import Hearing, Listener, Pbx, Plan
from gateway.runtime.hub import Hub
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Judging
from gateway.runtime.keeping import Keeping
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine, journal_codec
from gateway.runtime.moving import Mover, Moving
from gateway.runtime.news import News, Outlet
from gateway.runtime.order_desk import OrderDesk, OrderSources, terms_of
from gateway.runtime.order_machine import OrderMachine
from gateway.runtime.pausing import Pausing, Queues
from gateway.runtime.perform import Handler, Performer
from gateway.runtime.plan_desk import PlanDesk
from gateway.runtime.plan_machine import PlanMachine
from gateway.runtime.quiet_desk import QuietDesk
from gateway.runtime.sharing import ShareDesk, ShareSources
from gateway.runtime.shielding import Past, Queue, TogetherSettings
from gateway.runtime.silence import Silence
from gateway.runtime.status import Backlog, LinkNews, ListenerNews, SpeechNews, Status
from gateway.runtime.text_sending import TextSending
from gateway.runtime.texting import Texting, TextSources
from gateway.runtime.thread_desk import ThreadDesk, ThreadSources
from gateway.runtime.thread_machine import ThreadMachine
from gateway.runtime.timers import Timers, Wake
from gateway.runtime.together import Together
from gateway.runtime.transcripts import Heard, Reader, Transcripts
from gateway.runtime.whereabouts import PlaceSources, Whereabouts
from gateway.runtime.workshop import Workshop, WorkshopSources


class Trunk(Pbx, Prober, Mover, Queues, Queue, Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as the house needs it."""


class Relay(Outlet, Backlog, Protocol):
    """`gateway.dispatch.relay.Relay`, as far as the house needs it."""

    def tell(self, message: Message) -> None:
        """Unfinished text: now or never."""
        ...


class Ears(Listener, Reader, Protocol):
    """`gateway.speech.client.SpeechClient`, as far as the house needs it."""


class EarsNews(SpeechNews, Heard, Protocol):
    """`gateway.speech.client.SpeechState`."""


def _wake_call(key: str, name: str, at: datetime) -> TimerFired:
    return TimerFired(call_id=CallId(key), at=at, name=name)


WAKES: Mapping[str, Wake] = {"call": _wake_call, KIND: order_machine.wake, THREAD: thread_machine.wake}
"""The signal that a timer brings, by the kind of aggregate that set it."""


class House:
    """One gateway without its adapters. PBXs are added before `load`."""

    def __init__(
        self,
        *,
        store: Store,
        relay: Relay,
        listener: Ears | None,
        rules: WorkshopSources,
        clock: Clock,
        site: str,
        zone: ZoneInfo,
        version: str,
        kept: Path = Path(),
        second_pass: bool = False,
        reader: Reader | None = None,
        places: PlaceSources | None = None,
        orders: OrderSources | None = None,
        dispatch: DispatchSources | None = None,
        together: TogetherSettings | None = None,
        past: Past | None = None,
        directory: Path = Path("conf/departments.toml"),
        calendar: Path | None = None,
        plans: Path | None = None,
        call_back_within: timedelta | None = None,
        texts: TextSources | None = None,
        share: ShareSources | None = None,
        threads: ThreadSources | None = None,
        code_words: Sequence[str] = (),
    ) -> None:
        """`rules`: by what calls are judged; `places`: by what callers are found; `orders`: departments,
        their deadlines and keys; `dispatch`: the dispatch core's; `past`: what the store knows of earlier
        calls; `directory`: the file of those to whom callers are handed over, `calendar`: its
        holidays; `plans`: the folder of response plans; `call_back_within`: how soon an abandoned call is
        rung back; `texts`: by whom texts (SMS) are sent; `share`: the page that callers are sent a link to;
        `threads`: how text calls are taken in;
        `code_words`: what callers say who cannot say more.

        `reader`: who hears recordings, when it is not the listener. `kept`: where the archive has its
        recordings; `second_pass`: each is heard again afterwards."""
        # Over 70 lines: a list of parts, each made of those before it; cut up it is harder to follow.
        self.hub, self._store, self._clock, self._site = Hub(), store, clock, site
        orders, together = orders or OrderSources(), together or TogetherSettings()
        dispatch, threads = dispatch or DispatchSources(), threads or ThreadSources()
        self.health = Health(clock)
        self.directory = DirectoryWatch(
            directory, zone=zone, clock=clock, health=self.health, calendar=calendar
        )  # fmt: skip
        self.intake = Intake(
            store=store,
            clock=clock,
            machines=(
                CallMachine(dispatch.ack_within, call_back_within, threads.within),
                OrderMachine(lambda: terms_of(self.directory.current, orders.usual, zone)),
                IncidentMachine(together.surge),
                PlanMachine(),
                ThreadMachine(),
                *(machine(site) for machine in (HallMachine, RulebookMachine, FloodMachine)),
            ),
            codec=journal_codec(),
            encode=partial(outbox_rows, site=site),
            salt=partial(secrets.token_bytes, SALT_BYTES),
        )
        book = self.intake.book
        self.status = Status(self.health, self.hub, self.intake, relay, clock, version)
        self._pbxs: dict[str, Trunk] = {}
        self._archives: dict[str, Archive] = {}
        self._plans: dict[str, Plan] = {}
        self.workshop = Workshop(
            rules, intake=self.intake, health=self.health, hub=self.hub, clock=clock, site=site
        )
        packs = self.workshop.packs
        judging = Judging(
            engine=lambda: packs.running.rules, pack=lambda: packs.running.pack, store=store,
            book=book, clock=clock, zone=zone,
        )  # fmt: skip
        self.silence = Silence(loop=self.intake, clock=clock, silent_ms=judging.silent_ms)
        self.announcing = Announcing(store=store, outlet=relay)
        self._news = News(hub=self.hub, judging=judging, outlet=relay, clock=clock)
        self.hearing = Hearing(
            listener=listener, pbxs=self._pbxs, intake=self.intake, judging=judging, hub=self.hub,
            clock=clock, tell=relay.tell, plans=self._plans,
        )  # fmt: skip
        self._transcripts = Transcripts(
            reader=reader or listener, kept=kept, store=store, book=book, clock=clock
        )
        self.whereabouts = Whereabouts(
            places or PlaceSources(), intake=self.intake, store=store, hub=self.hub, health=self.health,
            clock=clock, owe=self.owe,
        )  # fmt: skip
        self.orders = OrderDesk(
            orders, intake=self.intake, hub=self.hub, health=self.health, clock=clock, site=site,
            tell=relay.tell,
        )  # fmt: skip
        self.dispatch = DispatchDesk(
            dispatch, intake=self.intake, hub=self.hub, health=self.health, clock=clock, site=site,
            tell=relay.tell,
        )  # fmt: skip
        self.plans = PlanDesk(plans, intake=self.intake, hub=self.hub, health=self.health, clock=clock)
        texts = texts or TextSources()
        self.texting = Texting(texts, clock)
        self.sharing = ShareDesk(share, texting=self.texting, intake=self.intake, clock=clock)
        self.call_backs = CallBacks(intake=self.intake, clock=clock)
        self.threads = ThreadDesk(
            threads, intake=self.intake, store=store, hub=self.hub, health=self.health, clock=clock,
            site=site, tell=relay.tell, danger=judging.danger_in,
        )  # fmt: skip
        self.quiet = QuietDesk(intake=self.intake, hub=self.hub, clock=clock, words=code_words)
        self.hearing.on_sounded = self.quiet.sounded
        self.status.on_look = self._look
        self.together = Together(
            together, intake=self.intake, store=store, hub=self.hub, clock=clock, site=site, past=past
        )
        self.together.shielding.queues = self._pbxs
        self.timers = Timers(store=store, loop=self.intake, clock=clock, wakes=WAKES)
        self._moving = Moving(pbxs=self._pbxs, clock=clock)
        keeping = Keeping(archives=self._archives, book=book, clock=clock, review=second_pass)
        self._pausing = Pausing(pbxs=self._pbxs, clock=clock)
        self._answers = TextSending(
            self.texting,
            loop=self.intake,
            clock=clock,
            site=site,
            broker=texts.broker,
            may_report=self.threads.may_report,
        )
        self.performer = self._performing(judging, keeping)
        self.intake.on_committed, self.intake.on_owed = self._committed, self.performer.perform
        self.intake.on_saving = self.status.saving

    def _performing(self, judging: Judging, keeping: Keeping) -> Performer:
        return Performer(
            self._handlers(judging, keeping), self.intake.offer, self._clock,
            {
                **self.workshop.failures, **self.sharing.failures, MovePeople: self._moving.failed,
                AssessTriage: judging.failed, PauseMember: self._pausing.failed,
                SendText: self._answers.failed, PublishAnswer: self._answers.failed,
                FillGap: self._transcripts.fill_failed,
                ReviewRecording: self._transcripts.review_failed,
            },
            self.intake.first_time,
            {
                **self.sharing.unknown, MovePeople: self._moving.unknown,
                PauseMember: self._pausing.unknown,
                SendText: self._answers.unknown, PublishAnswer: self._answers.unknown,
            },
        )  # fmt: skip

    def _handlers(self, judging: Judging, keeping: Keeping) -> dict[type[Effect], Handler]:
        return {
            StartTap: self.hearing.start_tap,
            SpeakLanguage: self.hearing.speak,
            MovePeople: self._moving.move,
            AssessTriage: judging.assess,
            FetchRecording: keeping.fetch,
            FillGap: self._transcripts.fill,
            ReviewRecording: self._transcripts.review,
            PauseMember: self._pausing.pause,
            SendText: self._answers.send,
            PublishAnswer: self._answers.publish,
            **self.workshop.handlers,
            **self.whereabouts.handlers,
            **self.together.handlers,
            **self.sharing.handlers,
        }

    def add_pbx(self, name: str, pbx: Trunk, archive: Archive, plan: Plan | None = None) -> None:
        """`plan`: in which language its calls are heard."""
        self._pbxs[name], self._archives[name] = pbx, archive
        if plan is not None:
            self._plans[name] = plan

    def _committed(self, changes: Sequence[Change], commit: Commit) -> None:
        self._news.committed(changes, commit)
        self.announcing.committed(changes)
        self.whereabouts.committed(changes)
        self.workshop.committed(changes)
        self.orders.committed(changes)
        self.dispatch.committed(changes)
        self.call_backs.committed(changes)
        self.quiet.committed(changes)
        self.plans.committed(changes)
        self.threads.committed(changes)
        self.together.committed(changes)
        for change in changes:
            if isinstance(change.signal, KeyPressed):
                self.hearing.key_pressed(change.after.state, change.signal.key)

    def _look(self) -> None:
        """Figures of the health page that are read afresh every few seconds."""
        self.whereabouts.look()
        self.orders.look()
        self.dispatch.look()
        self.threads.look()

    def canary(self, plan: CanaryPlan) -> Canary:
        """The scheduled test call, rung by the PBX it names."""
        return Canary(
            plan, pbx=self._pbxs[plan.pbx], intake=self.intake, store=self._store, health=self.health,
            clock=self._clock,
        )  # fmt: skip

    @property
    def hall(self) -> HallState:
        """Desks, queues and who sits where, as committed last."""
        live = self.intake.book.get(("hall", self._site))
        return live.state if live else HallState(site=self._site)

    async def load(self) -> None:
        """Memory as it was committed last, and the retained cards shown again."""
        await self.intake.load()
        if (last := (await self.intake.head()).at) is not None:
            self.hearing.away_since(last)
        for live in self.intake.book.of_kind("call").values():
            self._news.retain(live)
        self.announcing.recover(self.intake.book.of_kind("call").values())
        await self.together.load()
        await self.dispatch.load()
        self.call_backs.recover()
        self.whereabouts.recover(live.state for live in self.intake.book.of_kind("call").values())

    def pbx_changed(self, name: str, state: str, news: LinkNews) -> None:
        """A link is up, degraded or down; what waited for it is asked for now."""
        self.status.pbx(name, state, news)
        if state == "up":
            self.owe()

    def heard(self, state: EarsNews) -> None:
        """How the ears are; which taps they have now."""
        came = state.up and not self._transcripts.state.up
        self.status.speech(state)
        self._transcripts.state, self.hearing.several_languages = state, bool(state.languages)
        if state.up and state.complete:
            self.hearing.present(state.live)
        if came:
            self.owe()

    def listener_changed(self, name: str, state: ListenerNews | None) -> None:
        """How one of several listeners is; None: it has left."""
        self.status.listener(name, state)

    async def close(self) -> None:
        """Work in the background ends where it is: what it did not do is owed next time."""
        parts = (
            self.hearing,
            self.whereabouts,
            self.announcing,
            self.workshop,
            self.dispatch,
            self.call_backs,
            self.quiet,
            self.texting,
            self.threads,
        )
        await asyncio.gather(*(part.close() for part in parts))
        await self.performer.close()

    def owe(self) -> None:
        """Perform all that the world owes: after a restart the same path as in normal work."""
        self.performer.perform(self.intake.owed())

    async def sweep(self) -> None:
        """For ever: perform again what is still owed."""
        await self.performer.sweep(self.intake.owed)
