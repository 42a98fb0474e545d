"""The second opinion beside the rules: seeded once, exchanged without a restart, left out when it cannot be
used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from gateway.ports import Commit
from gateway.rulebook.signals import InstallOpinion
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.runtime.book import Change
from gateway.runtime.health import Health
from gateway.runtime.opinions import LOOK_EVERY_S, Opinions, OpinionSources
from gateway.testing.judged_calls import examples
from gateway.testing.memory_opinions import MemoryOpinions
from gateway.triage.classifier import CARD, WEIGHTS, Files, ModelFileError
from gateway.triage.learn import train
from gateway.triage.packfile import content_hash
from gateway.triage.second import Seconded

from .conftest import SITE, Bench
from .test_judging import Rules


@cache
def taught(name: str) -> Files:
    made = train(examples(), name=name)
    return {CARD: made.card_text.encode(), WEIGHTS: made.weights}


def broken() -> Files:
    return {**taught("first"), WEIGHTS: b"spoilt"}


@dataclass
class Desk:
    bench: Bench
    library: MemoryOpinions = field(default_factory=MemoryOpinions)
    folder: Callable[[], Files] = field(default_factory=lambda: lambda: taught("first"))
    exchanged: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self, *, wanted: bool = True) -> None:
        """A gateway on this store."""
        self.loop = asyncio.ensure_future(self.bench.intake.run())
        self.health = Health(self.bench.clock)
        sources = OpinionSources(library=self.library, folder=lambda: self.folder())
        self.opinions = Opinions(
            sources if wanted else None, intake=self.bench.intake, health=self.health, clock=self.bench.clock,
            site=SITE,
        )  # fmt: skip
        self.opinions.on_exchange = self.exchange

        def committed(changes: Sequence[Change], commit: Commit) -> None:
            self.opinions.committed(changes)

        self.bench.intake.on_committed = committed

    def exchange(self) -> None:
        self.exchanged += 1

    async def restart(self, *, wanted: bool = True) -> None:
        self.loop.cancel()
        self.bench.intake = self.bench.fresh()
        await self.bench.intake.load()
        self.begin(wanted=wanted)
        await self.opinions.start()

    async def install(self, files: Files, actor: str = "li") -> Answer:
        self.asked += 1
        model = await self.opinions.check(files)
        return await self.opinions.install(model, request_id=f"r{self.asked}", actor=actor, reason="新的一年")

    @property
    def name(self) -> str:
        return self.opinions.running.classifier.name if self.opinions.running else ""

    def state(self) -> tuple[str, str]:
        service = self.health.get("second_opinion")
        assert service is not None
        return service.state.value, service.fault.fault_en if service.fault else ""


@pytest.fixture
async def desk(bench: Bench) -> AsyncIterator[Desk]:
    made = Desk(bench)
    yield made
    made.loop.cancel()
    with suppress(asyncio.CancelledError):
        await made.loop


def named(files: Files, name: str) -> str:
    return f"{name}:{content_hash(files)[:12]}"


async def test_an_empty_store_is_seeded_from_the_folder_once(desk: Desk) -> None:
    await desk.opinions.start()
    assert desk.name == named(taught("first"), "first")
    assert desk.state() == ("up", "")
    used = desk.opinions.book.opinion
    assert used is not None
    assert (used.name, used.by, used.examples) == ("first", "", 360)
    assert isinstance(desk.opinions.beside(Rules()), Seconded)
    desk.folder = lambda: taught("second")
    await desk.restart()
    assert desk.name == named(taught("first"), "first")
    assert (desk.state()[0], "another model" in desk.state()[1]) == ("degraded", True)


async def test_another_model_is_in_use_before_who_asked_is_answered_and_after_a_restart(desk: Desk) -> None:
    await desk.opinions.start()
    assert isinstance(await desk.install(taught("second")), Accepted)
    assert (desk.name, desk.exchanged) == (named(taught("second"), "second"), 1)
    assert [row.type for row in desk.bench.journal] == ["OpinionSeeded", "InstallOpinion"]
    assert desk.state() == ("up", "")
    await desk.restart()
    assert desk.name == named(taught("second"), "second")
    back = await desk.opinions.check(None, content_hash(taught("first")))
    done = await desk.opinions.install(back, request_id="back", actor="li")
    assert isinstance(done, Accepted)
    assert desk.name == named(taught("first"), "first")


async def test_one_that_fails_its_check_is_refused_and_the_old_one_stays(desk: Desk) -> None:
    await desk.opinions.start()
    with pytest.raises(ModelFileError, match="SHA-256"):
        await desk.install(broken())
    with pytest.raises(ModelFileError, match="missing"):
        await desk.opinions.check(None, "0" * 64)
    assert isinstance(await desk.install(taught("first")), Refused)
    assert (desk.name, desk.exchanged) == (named(taught("first"), "first"), 0)


async def test_a_folder_that_changes_is_told_not_taken_and_told_no_more_once_somebody_decided(
    desk: Desk,
) -> None:
    await desk.opinions.start()
    told = asyncio.Event()
    desk.health.on_change = lambda service: told.set()
    watching = asyncio.ensure_future(desk.opinions.watch())
    await desk.bench.clock.settle()
    desk.folder = lambda: taught("second")
    await desk.bench.clock.advance(LOOK_EVERY_S)
    await told.wait()  # the folder is read in a thread
    watching.cancel()
    assert (desk.state()[0], desk.name) == ("degraded", named(taught("first"), "first"))
    assert isinstance(await desk.install(taught("first")), Accepted)  # the one in use is to stay
    assert desk.state() == ("up", "")


async def test_a_broken_folder_leaves_the_rules_alone_until_one_is_installed(desk: Desk) -> None:
    desk.folder = broken
    await desk.opinions.start()
    rules = Rules()
    assert desk.opinions.beside(rules) is rules
    assert (desk.state()[0], "SHA-256" in desk.state()[1]) == ("degraded", True)
    assert isinstance(await desk.install(taught("second")), Accepted)
    assert (desk.state()[0], desk.name) == ("up", named(taught("second"), "second"))


async def test_a_folder_that_is_away_is_no_matter_while_a_model_is_in_use(desk: Desk) -> None:
    await desk.opinions.start()

    def away() -> Files:
        raise ModelFileError(Path("model"), "No such file or directory")

    desk.folder = away
    await desk.restart()
    assert (desk.state(), desk.opinions.fault) == (("up", ""), "")


async def test_a_stored_model_that_cannot_be_read_any_more_leaves_the_rules_alone(desk: Desk) -> None:
    await desk.opinions.start()
    digest = content_hash(taught("first"))
    desk.library.models[digest] = dict(broken())
    await desk.restart()
    assert (desk.name, desk.state()[0]) == ("", "degraded")
    del desk.library.models[digest]
    await desk.restart()
    assert "the store has no model" in desk.state()[1]


async def test_a_model_that_the_store_does_not_have_leaves_the_rules_alone(desk: Desk) -> None:
    await desk.opinions.start()
    request = InstallOpinion(
        site=SITE, at=desk.bench.clock.now(), request_id="late", actor="li", hash="unknown", name="x",
        examples=1,
    )  # fmt: skip
    assert isinstance(await desk.bench.intake.submit(request), Accepted)
    await desk.opinions._tasks.idle()
    assert (desk.name, "no model unknown" in desk.state()[1]) == ("", True)


async def test_a_site_that_wants_none_hears_of_none(desk: Desk) -> None:
    await desk.restart(wanted=False)
    rules = Rules()
    assert desk.opinions.beside(rules) is rules
    assert (desk.health.get("second_opinion"), desk.opinions.wanted) == (None, False)
    answer = await desk.opinions.install(
        await desk.opinions.check(taught("first")), request_id="r", actor="li"
    )
    assert isinstance(answer, Refused)
    assert answer.code == "no_opinion"
