"""Drafts tried on what was said before: in a process of its own, one at a time, with progress, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.rulebook.content import Sources, content_of
from gateway.rulebook.effects import RunBackTest
from gateway.rulebook.reducer import owed
from gateway.rulebook.signals import BackTested, BackTestFailed, StartBackTest, WithdrawDraft
from gateway.runtime import backtests
from gateway.runtime.answers import Accepted
from gateway.runtime.backtests import BackTestError, BackTests, Bench, Judged, child
from gateway.runtime.hub import Hub
from gateway.speech.model import Leg
from gateway.testing.judged_calls import examples
from gateway.testing.memory_workshop import MemoryMaterial
from gateway.triage.backtest import Case, Said, VetoCase
from gateway.triage.classifier import CARD, WEIGHTS, Files
from gateway.triage.corpus import utterances
from gateway.triage.engine import read_sources
from gateway.triage.learn import train
from gateway.triage.model import AlarmClass, Department, Nature, VetoCode
from gateway.triage.packfile import content_hash
from gateway.triage.tried_on import Corpora

from .conftest import Bench as Loop
from .test_packs import SECOND, House, house

__all__ = ["house"]
CONF = Path(__file__).parents[3] / "conf"
RULES = CONF / "rules"
LAMPS = """\
duties:
  public_hotline_12345: {zh: 12345热线受理非紧急诉求, en: The 12345 hotline takes what is not urgent}
rules:
  - id: zh.test.lamp
    class: non_police
    department: public_hotline_12345
    priority: 4
    weight: 0.9
    any: [路灯坏了]
    explanation: {zh: 路灯, en: A street lamp}
    examples: {match: [小区路灯坏了], not: [楼下有人打架]}
"""
"""All that this pack knows of is lamps."""
FIGHT = Said(alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT)
HOTLINE = Said(alarm_class=AlarmClass.NON_POLICE, department=Department.PUBLIC_HOTLINE_12345)


def case(name: str, text: str = "有人打架") -> Case:
    return Case(name=name, call_id=name, utterances=tuple(utterances([(Leg.CALLER, text)])))


SENTENCE = VetoCase(name="v", text="着火了", vetoes=(VetoCode.FIRE,))


@dataclass
class FakeBench:
    """Says a fight of everything; the draft says 12345 of what is named so."""

    batches: list[int] = field(default_factory=list)
    fault: str | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    opinion: str | None = None

    @asynccontextmanager
    async def __call__(self, active: Sources, draft: Sources, model: Files | None) -> AsyncIterator[Bench]:
        if self.fault:
            raise BackTestError(self.fault)
        self.opinion = content_hash(model) if model else None
        yield self

    async def judge(self, cases: Sequence[Case], vetoes: Sequence[VetoCase]) -> Judged:
        await self.gate.wait()
        self.batches.append(len(cases) + len(vetoes))
        said = [(FIGHT, HOTLINE if one.name == "missed" else FIGHT) for one in cases]
        return said, (1.0, 2.0), [((), ()) for _ in vetoes]


@dataclass
class Trial:
    house: House
    bench: FakeBench = field(default_factory=FakeBench)
    material: MemoryMaterial = field(default_factory=MemoryMaterial)
    hub: Hub = field(default_factory=Hub)
    model: Files | None = None

    def __post_init__(self) -> None:
        self.bench.gate.set()
        self.tests = BackTests(
            packs=self.house.packs, material=self.material, hub=self.hub, clock=self.house.bench.clock,
            bench=self.bench, opinion=lambda: self.model,
        )  # fmt: skip

    async def owed(self) -> RunBackTest:
        assert isinstance(await self.house.ask(StartBackTest, draft_id="d"), Accepted)
        (effect,) = owed(self.house.packs.book)
        return effect


@pytest.fixture
async def trial(house: House) -> Trial:
    await house.packs.start()
    await house.open(SECOND)
    return Trial(house)


async def test_corpora_and_every_page_of_the_stored_calls_are_judged_and_the_draft_has_its_figures(
    trial: Trial,
) -> None:
    trial.material.tried_on = Corpora(cases=(case("corpus"),), vetoes=(SENTENCE,), faults=("line 3",))
    trial.material.pages = [[case("a"), case("missed")], [case("c")]]
    news = trial.hub.subscribe()
    effect = await trial.owed()
    (told,) = await trial.tests.perform(effect)
    assert isinstance(told, BackTested)
    assert (told.summary.texts, told.summary.missed, told.summary.vetoes) == (4, 1, 1)
    assert (told.summary.hash, told.summary.by) == (content_of(SECOND).hash, "wang")
    assert trial.bench.batches == [2, 2, 1]
    result = trial.material.results[effect.run_id]
    assert (result.faults, result.truncated, result.speed.ms_a_text) == (("line 3",), False, 1.5)
    push = await news.next(1.0)
    assert push is not None
    assert (push.kind, push.data["run_id"]) == ("rule_test", effect.run_id)
    await trial.house.bench.intake.settled(told)
    draft = trial.house.packs.book.draft("d")
    assert draft is not None
    assert draft.test == told.summary


async def test_progress_is_known_while_it_runs_and_nobody_waits_for_it(trial: Trial) -> None:
    trial.bench.gate.clear()
    trial.material.pages = [[case("a")]]
    effect = await trial.owed()
    running = asyncio.ensure_future(trial.tests.perform(effect))
    await trial.house.bench.clock.settle()
    assert trial.tests.progress(effect.run_id) == 0.0
    assert trial.tests.progress("another") is None
    trial.bench.gate.set()
    await running
    assert trial.tests.progress(effect.run_id) is None


async def test_a_draft_that_goes_meanwhile_ends_its_back_test(trial: Trial) -> None:
    trial.bench.gate.clear()
    trial.material.pages = [[case("a")], [case("b")], [case("c")]]
    effect = await trial.owed()
    running = asyncio.ensure_future(trial.tests.perform(effect))
    await trial.house.bench.clock.settle()
    await trial.house.ask(WithdrawDraft, draft_id="d")
    trial.bench.gate.set()
    assert await running == ()
    assert len(trial.bench.batches) == 1
    assert await trial.tests.perform(effect) == ()  # not even begun


async def test_what_is_above_the_limits_is_left_out_and_told(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "MAX_CALLS", 3)
    monkeypatch.setattr(backtests, "MAX_TEXTS", 1)
    trial.material.tried_on = Corpora(cases=(case("x"), case("y")))
    trial.material.pages = [[case("a"), case("b")], [case("c"), case("d")], [case("e")]]
    effect = await trial.owed()
    (told,) = await trial.tests.perform(effect)
    assert isinstance(told, BackTested)
    assert (told.summary.texts, trial.material.results[effect.run_id].truncated) == (4, True)


async def test_a_pack_that_cannot_be_judged_with_is_a_signal_with_its_reason(trial: Trial) -> None:
    trial.bench.fault = "zh-crime.yaml, line 3"
    effect = await trial.owed()
    (told,) = await trial.tests.perform(effect)
    assert isinstance(told, BackTestFailed)
    assert (told.run_id, told.reason) == (effect.run_id, "zh-crime.yaml, line 3")


async def test_the_child_judges_with_the_real_engine_and_ends_with_its_input(bench: Loop) -> None:
    sources = read_sources(RULES)
    async with child(sources, sources, None) as judges:
        said, spent, quiet = await judges.judge([case("a", "楼下有人拿刀砍人")], [SENTENCE])
        process = judges._process  # type: ignore[attr-defined]
    assert said[0][0] == said[0][1]
    assert (said[0][0].alarm_class, said[0][0].vetoed) == (AlarmClass.VALID_ALARM, True)
    assert (quiet, min(spent) > 0) == ([([], [])], True)
    assert (judges.opinion, process.returncode is not None) == (None, True)


async def test_the_child_judges_beside_the_model_that_it_is_given_and_says_which() -> None:
    """A model that contradicts: what the rules alone would send away goes to a person."""
    vetoes = {name: text for name, text in read_sources(RULES).items() if name.startswith("veto/")}
    taught = train(examples(), name="test")
    model = {WEIGHTS: taught.weights, CARD: taught.card_text.encode()}
    sources = {**vetoes, "zh-lamps.yaml": LAMPS.encode()}
    told = case("a", "路灯坏了，我同事刚才在公司门口两万块钱转账转过去的，你们快来")
    async with child(sources, sources, model) as judges:
        said, _, _ = await judges.judge([told], [])
    assert judges.opinion == content_hash(model)
    assert (said[0][1].alarm_class, said[0][1].raised) == (AlarmClass.UNSURE, True)
    async with child(sources, sources, None) as judges:
        said, _, _ = await judges.judge([told], [])
    assert said[0][1].alarm_class is AlarmClass.NON_POLICE
    with pytest.raises(BackTestError, match="SHA-256"):
        async with child(sources, sources, {**model, "weights.npz": b"spoilt"}):
            pass


async def test_the_child_says_which_pack_is_broken_and_a_child_that_dies_is_told() -> None:
    sources = read_sources(RULES)
    with pytest.raises(BackTestError, match=r"zh-crime\.yaml"):
        async with child(sources, {**sources, "zh-crime.yaml": b"rules: {"}, None):
            pass
    with suppress(ProcessLookupError):
        async with child(sources, sources, None) as judges:
            judges._process.kill()  # type: ignore[attr-defined]
            with pytest.raises(BackTestError):
                await judges.judge([case("a")], [])
