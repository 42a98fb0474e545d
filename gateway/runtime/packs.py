"""Which rule pack judges now, and which beside it: compiled beside the loop, exchanged between two signals.

The rulebook's aggregate says which pack is active; this makes it so. A pack is compiled before a request
that needs it is even offered to the loop: whoever activates it hears of a fault, and the old one stays. When
the store holds a pack that cannot be compiled any more, the last good one judges, which is told loudly.
"""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from gateway.calls.model import CallSession
from gateway.calls.signals import PackReplaced
from gateway.clock import Clock
from gateway.ports import Library, StoreUnavailable
from gateway.rulebook.content import Sources, content_of
from gateway.rulebook.model import Pack, Rulebook
from gateway.rulebook.signals import (
    ActivateDraft,
    PackFailed,
    PackSeeded,
    RollBack,
    RulebookRequest,
    StartShadow,
    SubmitDraft,
)
from gateway.runtime.answers import Answer, Refused
from gateway.runtime.book import Change
from gateway.runtime.collector import uncollected, without_collector
from gateway.runtime.health import Health, ServiceState
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Engine
from gateway.runtime.pack_faults import FOLDER_DIFFERS, another_judges, none_usable
from gateway.runtime.supervise import Tasks
from gateway.triage.model import Assessment, Utterance, Veto
from gateway.triage.problem import RulePackError

log = structlog.get_logger(__name__)

KEPT = 4
"""Compiled packs in memory: active, shadow, the one before, one being tried; the longest unused goes."""
LOOK_EVERY_S = 60.0
"""How soon a changed folder is told."""
MAX_REASON_CHARS = 2_000
"""Of what is wrong with a pack; `rules validate` lists the rest."""
SERVICE = "rules"


class Rules(Engine, Protocol):
    """`gateway.triage.engine.Triage`, as far as the house needs it."""

    @property
    def spoken_words(self) -> tuple[str, ...]: ...

    @property
    def rule_ids(self) -> tuple[str, ...]: ...

    @property
    def duties(self) -> dict[str, tuple[str, str]]: ...


class UnusablePack(Exception):
    """A rule pack cannot be compiled; the message says why."""


class NoUsablePack(Exception):
    """No rule pack can be compiled: every verdict is unsure until one is mended."""


@dataclass(frozen=True, slots=True)
class NoRules:
    """Judges nothing: what is asked of it fails, and a verdict that failed is "unsure"."""

    spoken_words: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()

    @property
    def duties(self) -> dict[str, tuple[str, str]]:
        return {}

    def scan(self, utterance: Utterance) -> Any:
        return utterance

    def judge(self, *told: Any) -> Assessment:
        raise NoUsablePack(NoUsablePack.__doc__)

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[Veto, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSources:
    """What a site has rules from. `folder`: reads conf/rules (in a thread), may raise; `build` compiles, and
    raises for a pack that cannot be used."""

    library: Library
    folder: Callable[[], Sources]
    build: Callable[[Sources], Rules]


@dataclass(frozen=True, slots=True)
class Running:
    """A compiled pack and its hash; "" for none."""

    rules: Rules
    pack: str


NOTHING = Running(NoRules(), "")


class Packs:
    """`running` judges every call; `shadow` is asked beside it. `start` once, when the loop runs."""

    def __init__(
        self, sources: PackSources, *, intake: Intake, health: Health, clock: Clock, site: str,
        beside: Callable[[Rules], Rules] = lambda rules: rules,
    ) -> None:  # fmt: skip
        """`beside`: a pack with the second opinion that stands beside it now."""
        self._sources, self._intake, self._health = sources, intake, health
        self._clock, self._site = clock, site
        self._beside = beside
        self._judge, self.running = NOTHING, NOTHING
        self._trial, self.shadow = NOTHING, NOTHING
        self.folder_hash, self._folder_fault = "", ""
        self._fault: str | None = None
        self._wanted = ""
        """The pack that was active when we last looked; it is not tried again while it stays so."""
        self._compiled: OrderedDict[str, Rules] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._tasks = Tasks(limit=2)

    @property
    def book(self) -> Rulebook:
        """The rulebook as it is committed."""
        live = self._intake.book.get(("rulebook", self._site))
        return live.state if live else Rulebook(site=self._site)

    @property
    def fault(self) -> str | None:
        """Why another pack judges than the active one, or none."""
        return self._fault or (self._folder_fault if not self.running.pack else None)

    # ---- the start

    async def start(self) -> None:
        """Seed an empty store from the folder; take up the active pack, or the last one that can be used."""
        with without_collector():  # until all that stays is frozen: one look through it stops every thread
            folder = await self._look_into_folder()
            if self.book.active is None:
                await self._seed(folder)
            else:
                await self._take_up(folder)
            await self._take_shadow()
            await self._tell_calls()
            self._tell()
            gc.freeze()

    async def _seed(self, folder: Sources | None) -> None:
        if folder is None:
            self._fault = self._folder_fault
            return
        try:
            rules = await self._build(folder)
        except UnusablePack as error:
            self._fault = str(error)
            log.error("no rule pack can be used: every verdict is unsure", reason=str(error))
            return
        content_hash = await self._sources.library.keep(folder, self._clock.now(), "")
        seeded = PackSeeded(site=self._site, at=self._clock.now(), content=content_of(folder))
        self._remember(content_hash, rules)
        self._wanted, self._judge = content_hash, Running(rules, content_hash)
        self.redress()
        await self._intake.settled(seeded)
        log.info("the store had no rule pack: that of the folder is version 1", pack=content_hash)

    async def _take_up(self, folder: Sources | None) -> None:
        stack = self.book.stack
        self._wanted = stack[-1].content.hash
        faults: list[tuple[Pack, str]] = []
        for pack in reversed(stack):
            try:
                self._judge = Running(await self.prepared(pack.content.hash), pack.content.hash)
                break
            except UnusablePack as error:
                faults.append((pack, str(error)))
        if self._judge is NOTHING and folder is not None:
            try:
                self._judge = Running(await self._build(folder), content_of(folder).hash)
            except UnusablePack as error:
                log.error("the folder's rule pack cannot be used either", reason=str(error))
        self.redress()
        for pack, reason in faults:
            await self._failed(pack.content.hash, reason)

    async def _failed(self, content_hash: str, reason: str) -> None:
        instead = self.running.pack or None
        log.error("a rule pack cannot be used any more", pack=content_hash, reason=reason, instead=instead)
        self._fault = reason
        await self._intake.offer(
            PackFailed(
                site=self._site, at=self._clock.now(), hash=content_hash, reason=reason[:500], instead=instead
            )
        )

    # ---- what people ask

    async def submit(self, request: RulebookRequest) -> Answer:
        """Compile first what the request needs; a pack with a fault goes no step further."""
        if (needed := self._needed(request)) is not None:
            try:
                await self.prepared(needed)
            except UnusablePack as error:
                return Refused(code="unusable_pack", text=str(error))
        return await self._intake.submit(request)

    def _needed(self, request: RulebookRequest) -> str | None:
        match request:
            case SubmitDraft() | StartShadow() | ActivateDraft():
                draft = self.book.draft(request.draft_id)
                return draft.content.hash if draft else None
            case RollBack():
                previous = self.book.previous
                return previous.content.hash if previous else None
            case _:
                return None

    async def prepared(self, content_hash: str) -> Rules:
        """The compiled pack of that hash. Raises UnusablePack, also when there is none; StoreUnavailable."""
        if (known := self._compiled.get(content_hash)) is not None:
            self._compiled.move_to_end(content_hash)
            return known
        sources = await self._sources.library.sources(content_hash)
        if sources is None:
            raise UnusablePack(f"the store has no rule pack {content_hash[:12]}: import it again")
        rules = await self._build(sources)
        self._remember(content_hash, rules)
        return rules

    async def sources(self, content_hash: str) -> Sources:
        """Raises UnusablePack when there is no such pack; StoreUnavailable."""
        found = await self._sources.library.sources(content_hash)
        if found is None:
            raise UnusablePack(f"the store has no rule pack {content_hash[:12]}")
        return found

    async def keep(self, sources: Sources, by: str) -> str:
        return await self._sources.library.keep(sources, self._clock.now(), by)

    async def compiled(self, sources: Sources) -> Rules:
        """Of files that are not kept (yet), with the second opinion: of a draft while it is written. Raises
        UnusablePack."""
        content_hash = content_of(sources).hash
        if content_hash not in self._compiled:
            self._remember(content_hash, await self._build(sources))
        return self._beside(self._compiled[content_hash])

    async def _build(self, sources: Sources) -> Rules:
        """In a thread, one at a time: calls go on being judged meanwhile."""
        async with self._one_at_a_time:
            try:
                return await asyncio.to_thread(uncollected, self._sources.build, sources)
            except (RulePackError, ValueError, RecursionError) as error:
                raise UnusablePack(str(error)[:MAX_REASON_CHARS]) from error

    def _remember(self, content_hash: str, rules: Rules) -> None:
        self._compiled[content_hash] = rules
        self._compiled.move_to_end(content_hash)
        while len(self._compiled) > KEPT:
            self._compiled.popitem(last=False)

    # ---- after a commit

    def committed(self, changes: Sequence[Change]) -> None:
        """Another pack is active, or another draft runs beside it: exchanged now, between two signals."""
        if not any(change.address[0] == "rulebook" for change in changes):
            return
        active = self.book.active
        if active is not None and active.content.hash != self._wanted:
            self._wanted = active.content.hash
            if (rules := self._compiled.get(active.content.hash)) is not None:
                self._exchange(active, rules)
            else:
                self._tasks.start("pack", self._compile_and_exchange(active.content.hash))
        shadow = self.book.shadow
        if (shadow.content.hash if shadow else "") != self.shadow.pack:
            self._tasks.start("shadow pack", self._take_shadow())

    def _exchange(self, active: Pack, rules: Rules) -> None:
        self._judge, self._fault = Running(rules, active.content.hash), None
        self.redress()
        gc.freeze()  # it stays for weeks: the collector need not look through it again and again
        log.info("another rule pack judges", pack=active.content.hash, version=active.version)
        self._tell()
        self._tasks.start("open calls", self._tell_calls())

    def redress(self) -> None:
        """Whoever judges, and whoever is asked beside it, has the present second opinion. Open calls are
        judged by it from their next words on."""
        self.running, self.shadow = self._dressed(self._judge), self._dressed(self._trial)

    def _dressed(self, bare: Running) -> Running:
        return bare if bare is NOTHING else Running(self._beside(bare.rules), bare.pack)

    async def _compile_and_exchange(self, content_hash: str) -> None:
        """Rarely needed: memory has let the pack go meanwhile. The old one judges until it is compiled."""
        try:
            rules = await self.prepared(content_hash)
        except (UnusablePack, StoreUnavailable) as error:
            await self._failed(content_hash, str(error))
            self._tell()
            return
        active = self.book.active
        if active is not None and active.content.hash == content_hash:  # else another one came meanwhile
            self._exchange(active, rules)

    async def _take_shadow(self) -> None:
        draft, trial = self.book.shadow, NOTHING
        if draft is not None:
            try:
                trial = Running(await self.prepared(draft.content.hash), draft.content.hash)
            except (UnusablePack, StoreUnavailable) as error:
                log.error("the pack in shadow cannot be used", pack=draft.content.hash, reason=str(error))
        self._trial, self.shadow = trial, self._dressed(trial)

    async def _tell_calls(self) -> None:
        """Every open call is owed a verdict of the pack that judges now; what it judged already stays. One
        call after another: what callers say meanwhile does not wait for all of them at once."""
        if not self.running.pack:
            return
        pack = self.running.pack
        for live in tuple(self._intake.book.of_kind("call").values()):
            session: CallSession = live.state
            if session.pack != pack and (session.segments or session.triage):
                told = PackReplaced(call_id=session.call_id, at=self._clock.now(), pack=pack)
                await self._intake.settled(told)

    # ---- the folder

    async def watch(self) -> None:
        """For ever: tell when conf/rules is another one than was last taken from it."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            await self._look_into_folder()
            self._tell()

    async def _look_into_folder(self) -> Sources | None:
        try:
            folder = await asyncio.to_thread(self._sources.folder)
        except (OSError, ValueError) as error:
            self._folder_fault, self.folder_hash = f"the folder of rule packs cannot be read: {error}", ""
            return None
        self._folder_fault, self.folder_hash = "", content_of(folder).hash
        return folder

    async def folder(self) -> Sources:
        """What conf/rules holds now. Raises UnusablePack."""
        found = await self._look_into_folder()
        if found is None:
            raise UnusablePack(self._folder_fault)
        return found

    @property
    def folder_differs(self) -> bool:
        """Somebody changed conf/rules since it was last taken or imported."""
        known = {self.book.folder, *(pack.content.hash for pack in self.book.stack)}
        return bool(self.folder_hash) and self.folder_hash not in known

    def _tell(self) -> None:
        """The health page."""
        active = self.book.active
        state, fault = ServiceState.UP, None
        if not self.running.pack:
            state, fault = ServiceState.DOWN, none_usable(self._fault or self._folder_fault)
        elif active is None or self.running.pack != active.content.hash:
            state, fault = ServiceState.DEGRADED, another_judges(self._fault or "")
        elif self.folder_differs:
            state, fault = ServiceState.DEGRADED, FOLDER_DIFFERS
        self._health.set(
            SERVICE, state, fault, version=active.version if active else 0, pack=self.running.pack[:12],
            rules=len(self.running.rules.rule_ids), folder_differs=self.folder_differs,
        )  # fmt: skip

    async def close(self) -> None:
        await self._tasks.close()
