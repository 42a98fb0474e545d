"""Which pack judges: seeded once, exchanged without a restart, replaced by the last good when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.calls.signals import PackReplaced, TriageAssessed
from gateway.ports import Commit, StoreUnavailable
from gateway.rulebook.content import changed_files, content_of
from gateway.rulebook.model import BackTest
from gateway.rulebook.signals import (
    ActivateDraft,
    ApproveDraft,
    BackTested,
    OpenDraft,
    RollBack,
    RulebookRequest,
    StartBackTest,
    StartShadow,
    SubmitDraft,
)
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.runtime.book import Change
from gateway.runtime.health import Health
from gateway.runtime.packs import KEPT, LOOK_EVERY_S, NOTHING, Packs, PackSources, UnusablePack
from gateway.runtime.workshop import WorkshopSources
from gateway.testing.memory_packs import MemoryPacks
from gateway.testing.memory_workshop import MemoryMaterial, MemoryShadow
from gateway.testing.veto_sentences import covered

from .conftest import SITE, Bench
from .test_intake import ID, QUEUED, SEIZED, said
from .test_judging import UNSURE, Rules

FIRST = {"zh-crime.yaml": b"one", "veto/fire.yaml": b"fire"}
SECOND = {**FIRST, "zh-crime.yaml": b"two"}
BROKEN = {**FIRST, "zh-crime.yaml": b"broken"}


def build(sources: Mapping[str, bytes]) -> Rules:
    if b"broken" in sources.values():
        raise ValueError("zh-crime.yaml, line 3: no such key")
    return Rules(rule_ids=tuple(sources))


@dataclass
class House:
    bench: Bench
    library: MemoryPacks = field(default_factory=MemoryPacks)
    folder: Mapping[str, bytes] = field(default_factory=lambda: FIRST)
    built: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.loop = asyncio.ensure_future(self.bench.intake.run())
        self.health = Health(self.bench.clock)
        self.packs = self.fresh()

    def fresh(self) -> Packs:
        sources = PackSources(library=self.library, folder=lambda: self.folder, build=self.build)
        made = Packs(sources, intake=self.bench.intake, health=self.health, clock=self.bench.clock, site=SITE)

        def committed(changes: Sequence[Change], commit: Commit) -> None:
            self.bench.changes.extend(changes)
            made.committed(changes)

        self.bench.intake.on_committed = committed
        return made

    def build(self, sources: Mapping[str, bytes]) -> Rules:
        self.built += 1
        return build(sources)

    async def restart(self) -> None:
        """A new gateway on the same store."""
        self.loop.cancel()
        self.bench.intake = self.bench.fresh()
        await self.bench.intake.load()
        self.loop = asyncio.ensure_future(self.bench.intake.run())
        self.health = Health(self.bench.clock)
        self.packs = self.fresh()
        await self.packs.start()

    async def ask(self, kind: type[RulebookRequest], actor: str = "wang", **more: Any) -> Answer:
        self.asked += 1
        request = kind(site=SITE, at=self.bench.clock.now(), request_id=f"r{self.asked}", actor=actor, **more)
        return await self.packs.submit(request)

    async def open(self, sources: Mapping[str, bytes]) -> None:
        base = self.packs.book.active
        assert base is not None
        await self.packs.keep(sources, "wang")
        opened = await self.ask(
            OpenDraft, draft_id="d", base=base.content.hash, content=content_of(sources), note="",
            changed=changed_files(FIRST, sources),
        )  # fmt: skip
        assert isinstance(opened, Accepted)

    async def approved(self, sources: Mapping[str, bytes]) -> None:
        """A draft of these files, up to the step before it is active."""
        await self.open(sources)
        assert isinstance(await self.ask(StartBackTest, draft_id="d"), Accepted)
        draft = self.packs.book.draft("d")
        assert draft is not None
        assert draft.testing is not None
        summary = BackTest(
            run_id=draft.testing, hash=draft.content.hash, base=draft.base, at=self.bench.clock.now(),
            by="wang", calls=1, texts=1, missed=0, vetoes=1, vetoes_missed=0, flipped=0, agreement=1.0,
            veto_codes=covered(),
        )  # fmt: skip
        await self.bench.intake.settled(
            BackTested(site=SITE, at=self.bench.clock.now(), draft_id="d", summary=summary)
        )
        assert isinstance(await self.ask(SubmitDraft, draft_id="d"), Accepted)
        approved = await self.ask(ApproveDraft, "li", draft_id="d", hash=content_of(sources).hash)
        assert isinstance(approved, Accepted)

    async def settle(self) -> None:
        await self.packs._tasks.idle()
        await self.bench.clock.settle()

    def state(self) -> tuple[str, str]:
        service = self.health.get("rules")
        assert service is not None
        return service.state.value, service.fault.fault_en if service.fault else ""

    def replaced(self) -> list[str]:
        return [
            change.signal.pack for change in self.bench.changes if isinstance(change.signal, PackReplaced)
        ]


@pytest.fixture
async def house(bench: Bench) -> AsyncIterator[House]:
    made = House(bench)
    yield made
    made.loop.cancel()
    with suppress(asyncio.CancelledError):
        await made.loop


async def test_an_empty_store_is_seeded_from_the_folder_once(house: House) -> None:
    await house.packs.start()
    assert house.packs.running.pack == content_of(FIRST).hash
    assert (house.packs.book.versions, house.state()) == (1, ("up", ""))
    house.folder = SECOND
    await house.restart()
    assert house.packs.running.pack == content_of(FIRST).hash
    assert (house.packs.book.versions, house.state()[0]) == (1, "degraded")
    assert "differs" in house.state()[1]


async def test_a_folder_that_changes_while_the_gateway_runs_is_told_and_not_taken(house: House) -> None:
    await house.packs.start()
    told = asyncio.Event()
    house.health.on_change = lambda service: told.set()
    watching = asyncio.ensure_future(house.packs.watch())
    await house.bench.clock.settle()
    house.folder = SECOND
    await house.bench.clock.advance(LOOK_EVERY_S)
    await told.wait()  # the folder is read in a thread
    watching.cancel()
    assert house.packs.folder_differs
    assert house.packs.running.pack == content_of(FIRST).hash


async def test_activating_exchanges_the_pack_and_open_calls_are_owed_its_verdict(house: House) -> None:
    await house.packs.start()
    first, second = content_of(FIRST).hash, content_of(SECOND).hash
    await house.bench.intake.offer(SEIZED)
    await house.bench.intake.offer(QUEUED)
    await house.bench.intake.offer(said(0, "有人打架", 4))
    await house.bench.intake.settled(
        TriageAssessed(call_id=ID, at=house.bench.clock.now(), assessment=UNSURE, segments=1, pack=first)
    )
    await house.approved(SECOND)
    assert house.packs.running.pack == first
    assert isinstance(await house.ask(ActivateDraft, "li", draft_id="d", reason="now"), Accepted)
    assert house.packs.running.pack == second  # before anybody was answered
    await house.settle()
    assert house.replaced() == [second]
    (effect,) = [one for one in house.bench.owed if getattr(one, "pack", "") == second]
    assert effect.segments == 1  # type: ignore[attr-defined]
    assert isinstance(await house.ask(RollBack, "li"), Accepted)
    await house.settle()
    assert (house.packs.running.pack, house.replaced()) == (first, [second, first])


async def test_a_gateway_killed_between_activation_and_judging_judges_open_calls_again(house: House) -> None:
    await house.packs.start()
    first, second = content_of(FIRST).hash, content_of(SECOND).hash
    await house.bench.intake.offer(SEIZED)
    await house.bench.intake.offer(said(0, "有人打架", 4))
    await house.bench.intake.settled(
        TriageAssessed(call_id=ID, at=house.bench.clock.now(), assessment=UNSURE, segments=1, pack=first)
    )
    await house.approved(SECOND)
    house.bench.intake.on_committed = lambda changes, commit: None  # it dies right after the commit
    assert isinstance(await house.ask(ActivateDraft, "li", draft_id="d", reason="now"), Accepted)
    await house.restart()
    await house.settle()
    assert (house.packs.running.pack, house.replaced()) == (second, [second])


async def test_a_pack_with_a_fault_goes_no_step_further_and_the_old_one_judges(house: House) -> None:
    await house.packs.start()
    await house.open(BROKEN)
    answer = await house.ask(SubmitDraft, draft_id="d")
    assert isinstance(answer, Refused)
    assert (answer.code, "line 3" in answer.text) == ("unusable_pack", True)
    assert house.packs.running.pack == content_of(FIRST).hash


async def test_a_stored_pack_that_fails_after_an_upgrade_leaves_the_last_good_one(
    house: House,
) -> None:
    await house.packs.start()
    await house.approved(SECOND)
    assert isinstance(await house.ask(ActivateDraft, "li", draft_id="d", reason="now"), Accepted)
    second = content_of(SECOND).hash
    house.library.packs[second] = BROKEN
    await house.restart()
    assert house.packs.running.pack == content_of(FIRST).hash
    state, fault = house.state()
    assert (state, "line 3" in fault) == ("degraded", True)
    await house.settle()
    assert [row.type for row in house.bench.journal].count("PackFailed") == 1


async def test_when_no_pack_of_the_store_can_be_used_that_of_the_folder_judges(house: House) -> None:
    await house.packs.start()
    house.library.packs[content_of(FIRST).hash] = BROKEN
    house.folder = SECOND
    await house.restart()
    assert house.packs.running.pack == content_of(SECOND).hash
    assert house.state()[0] == "degraded"


async def test_when_nothing_can_be_compiled_the_gateway_starts_and_says_so(house: House) -> None:
    house.folder = BROKEN
    await house.packs.start()
    assert (house.packs.running, house.packs.book.active) == (NOTHING, None)
    assert house.state()[0] == "down"
    with pytest.raises(Exception, match="unsure"):
        house.packs.running.rules.judge([], None)  # type: ignore[arg-type]
    assert house.packs.running.rules.vetoes(None) == ()  # type: ignore[arg-type]


async def test_a_folder_that_cannot_be_read_is_told(house: House) -> None:
    def unreadable() -> Mapping[str, bytes]:
        raise OSError("no such folder")

    house.packs._sources = PackSources(library=house.library, folder=unreadable, build=build)
    await house.packs.start()
    assert "no such folder" in house.state()[1]
    with pytest.raises(UnusablePack, match="no such folder"):
        await house.packs.folder()


async def test_the_pack_in_shadow_is_compiled_and_let_go(house: House) -> None:
    await house.packs.start()
    await house.approved(SECOND)
    assert isinstance(await house.ask(StartShadow, "li", draft_id="d"), Accepted)
    await house.settle()
    assert house.packs.shadow.pack == content_of(SECOND).hash
    assert isinstance(await house.ask(ActivateDraft, "li", draft_id="d"), Accepted)
    await house.settle()
    assert (house.packs.shadow, house.packs.running.pack) == (NOTHING, content_of(SECOND).hash)


async def test_a_pack_is_compiled_once_and_memory_is_bounded(house: House) -> None:
    await house.packs.start()
    for number in range(KEPT + 1):
        sources = {**FIRST, "zh-order.yaml": str(number).encode()}
        for _ in range(2):
            await house.packs.compiled(sources)
    assert (house.built, len(house.packs._compiled)) == (KEPT + 2, KEPT)
    again = await house.packs.prepared(content_of(FIRST).hash)  # out of the store
    assert (again.rule_ids, house.built) == (tuple(FIRST), KEPT + 3)
    with pytest.raises(UnusablePack, match="no rule pack"):
        await house.packs.prepared("unknown")


async def test_a_store_that_does_not_answer_is_the_askers_fault_to_hear(house: House) -> None:
    await house.packs.start()
    house.library.failing = True
    with pytest.raises(StoreUnavailable):
        await house.packs.keep(SECOND, "wang")


def rule_sources() -> WorkshopSources:
    """For houses whose rules are beside the point."""
    packs = PackSources(library=MemoryPacks(), folder=dict, build=lambda sources: Rules())
    return WorkshopSources(packs=packs, material=MemoryMaterial(), notes=MemoryShadow())
