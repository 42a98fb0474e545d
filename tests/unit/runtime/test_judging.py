"""Verdicts on what has been said: each segment scanned once, again after a restart, doubt when rules fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.effects import AssessTriage
from gateway.calls.heard import HearingChanged
from gateway.calls.model import CallSession
from gateway.calls.signals import SegmentTranscribed, TapAnnounced, TapLive, TriageAssessed, TriageFailed
from gateway.ids import CallId
from gateway.runtime import judging
from gateway.runtime.judging import Judging
from gateway.speech.model import HearingState, Leg
from gateway.triage.model import AlarmClass, Assessment, Context, Nature, Span, Utterance, Veto, VetoCode

from .conftest import Bench
from .test_intake import ANSWERED, ID, IDENTIFIED, QUEUED, SEIZED, START, said

UNSURE = Assessment(
    alarm_class=AlarmClass.UNSURE, nature=Nature.NONE, nature_alternatives=(), priority=3, department=None,
    department_reason_zh=None, department_reason_en=None, partners=(), findings=(), vetoes=(), extracted=(),
    next_question_zh=None, next_question_en=None, pack_hash="p", veto_hash="v", basis="text",
)  # fmt: skip


def veto(code: VetoCode, utterance: Utterance) -> Veto:
    return Veto(
        code=code,
        segment_index=None,
        speaker=utterance.speaker,
        span=Span(start=0, end=1),
        quote=utterance.text,
        started_ms=utterance.started_ms,
        ended_ms=utterance.ended_ms,
        list_hash="h",
        partial=True,
    )


@dataclass
class Rules:
    """An engine that notes what it reads."""

    scanned: list[str] = field(default_factory=list)
    in_loop: list[int] = field(default_factory=list)
    """Characters of each text that was read on the loop's own thread: what the loop pays."""
    before_them: list[str] = field(default_factory=list)
    """With each hypothesis, what was looked through before it."""
    judged: list[tuple[list[str], Context]] = field(default_factory=list)
    before: list[Assessment | None] = field(default_factory=list)
    standing: list[Sequence[Veto]] = field(default_factory=list)
    danger: tuple[VetoCode, ...] = ()
    spoken_words: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()

    def scan(self, utterance: Utterance) -> str:
        self.scanned.append(utterance.text)
        self._pay(len(utterance.text))
        return utterance.text

    def _pay(self, characters: int) -> None:
        if threading.current_thread() is threading.main_thread():
            self.in_loop.append(characters)

    def judge(
        self,
        scans: Sequence[Any],
        context: Context,
        previous: Assessment | None = None,
        standing: Sequence[Veto] = (),
    ) -> Assessment:
        self.judged.append((list(scans), context))
        self.before.append(previous)
        self.standing.append(standing)
        return UNSURE

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[Veto, ...]:
        self.before_them.append(before)
        return tuple(veto(code, utterance) for code in self.danger)


@dataclass
class Court:
    """A call with two segments in the store, spoken in another order than they came."""

    bench: Bench
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        self.judging = self.fresh()

    def fresh(self) -> Judging:
        bench = self.bench
        return Judging(
            engine=lambda: self.rules, store=bench.store, book=bench.intake.book, clock=bench.clock,
            zone=ZoneInfo("Asia/Shanghai"),
        )  # fmt: skip

    @property
    def session(self) -> CallSession:
        live = self.bench.intake.book.get(("call", ID))
        assert live is not None
        state: CallSession = live.state
        return state

    async def say(self, signal: SegmentTranscribed) -> None:
        await self.bench.give(signal)
        self.judging.heard(ID, signal.segment)

    async def assess(self, segments: int, **more: bool) -> TriageAssessed:
        (told,) = await self.judging.assess(AssessTriage(call_id=ID, segments=segments, **more))
        assert isinstance(told, TriageAssessed)
        return told


@pytest.fixture
async def court(bench: Bench) -> Court:
    await bench.give(SEIZED, QUEUED)
    return Court(bench)


async def test_each_segment_is_scanned_once_and_judged_in_the_order_of_speaking(court: Court) -> None:
    await court.say(said(1, "第二句", 8))
    await court.assess(1)
    await court.say(said(0, "第一句", 4))
    told = await court.assess(2)
    assert court.rules.scanned == ["第二句", "第一句"]
    assert court.rules.judged[-1][0] == ["第一句", "第二句"]
    assert (told.segments, court.rules.before) == (2, [None, UNSURE])


async def test_after_a_restart_what_was_said_before_is_read_from_the_store(court: Court) -> None:
    await court.bench.give(said(0, "第一句", 4))
    court.judging = court.fresh()
    await court.assess(1)
    assert court.rules.judged[-1][0] == ["第一句"]


async def test_other_rules_read_everything_again(court: Court) -> None:
    await court.say(said(0, "第一句", 4))
    await court.assess(1)
    court.rules = Rules()
    await court.assess(1)
    assert court.rules.scanned == ["第一句"]


async def test_the_rules_know_the_hour_at_the_site_and_whether_the_call_can_be_heard(court: Court) -> None:
    await court.assess(0, ended=True, speech_dead=True)
    context = court.rules.judged[0][1]
    assert (context.local_hour, context.ended, context.speech_dead) == (16, True, True)


async def test_a_failure_of_the_rules_is_a_signal_with_its_reason(court: Court) -> None:
    (told,) = court.judging.failed(AssessTriage(call_id=ID, segments=3), ValueError("broken pack"))
    assert isinstance(told, TriageFailed)
    assert (told.segments, "broken pack" in told.reason) == (3, True)


async def test_danger_in_partial_text_is_told_once_a_kind(court: Court) -> None:
    court.rules.danger = (VetoCode.WEAPON, VetoCode.CHILD)
    first = court.judging.danger_in(ID, Leg.CALLER, "他有刀", 100, 900)
    assert [fired.veto.code for fired in first] == [VetoCode.WEAPON, VetoCode.CHILD]
    assert court.judging.danger_in(ID, Leg.CALLER, "他有刀孩子在", 100, 1200) == ()


async def test_danger_the_call_has_already_is_not_told_again_after_a_restart(court: Court) -> None:
    court.rules.danger = (VetoCode.WEAPON,)
    await court.bench.give(*court.judging.danger_in(ID, Leg.CALLER, "他有刀", 100, 900))
    assert court.fresh().danger_in(ID, Leg.CALLER, "他有刀", 100, 900) == ()


async def test_danger_heard_in_passing_stands_in_every_later_verdict(court: Court) -> None:
    court.rules.danger = (VetoCode.WEAPON,)
    (fired,) = court.judging.danger_in(ID, Leg.CALLER, "他有刀", 100, 900)
    court.judging.stands(ID, fired.veto)
    await court.assess(0)
    assert list(court.rules.standing[-1]) == [fired.veto]


async def test_a_call_nobody_has_is_not_judged(court: Court) -> None:
    other = AssessTriage(call_id=type(ID)("demo-pbx1-other"), segments=1)
    assert await court.judging.assess(other) == ()
    assert court.judging.danger_in(other.call_id, Leg.CALLER, "刀", 0, 1) == ()


async def test_rules_are_told_of_earlier_calls_silence_and_place(court: Court) -> None:
    earlier = IDENTIFIED.ani
    court.bench.store.calls["old"] = replace(
        court.bench.store.calls[ID], call_id=CallId("old"), ani=earlier, seized_at=START - timedelta(days=3)
    )
    await court.assess(0)
    assert court.rules.judged[-1][1].repeat_calls_30d is None
    assert court.rules.judged[-1][1].silent_ms is None
    assert court.rules.judged[-1][1].location_kind == "none"
    await court.bench.give(IDENTIFIED)
    await court.assess(0)
    assert court.rules.judged[-1][1].repeat_calls_30d == 1


async def test_words_end_a_silence_partial_ones_too(court: Court) -> None:
    await court.bench.give(ANSWERED)
    (tap,) = (tap for tap in court.session.taps if tap.leg is Leg.CALLER)
    live = {"call_id": ID, "at": START, "leg": Leg.CALLER, "tap_id": tap.tap_id}
    await court.bench.give(
        TapAnnounced(**live), TapLive(**live), HearingChanged(**live, state=HearingState.LIVE, since_ms=0)
    )
    await court.bench.clock.advance(20)
    await court.assess(0)
    assert court.rules.judged[-1][1].silent_ms == 18_000
    court.judging.danger_in(ID, Leg.CALL_TAKER, "您好", 4_000, 5_000)
    court.judging.danger_in(ID, Leg.CALLER, "", 4_000, 5_000)
    court.judging.danger_in(ID, Leg.CALLER, "有人", 6_000, 7_000)
    await court.assess(0)
    assert court.rules.judged[-1][1].silent_ms == 13_000
    await court.say(said(0, "有人打架", 10))
    await court.assess(1)
    assert court.rules.judged[-1][1].silent_ms == 9_100


async def test_every_verdict_says_which_pack_made_it(court: Court) -> None:
    packs = ["a"]
    bench = court.bench
    court.judging = Judging(
        engine=lambda: court.rules, pack=lambda: packs[0], store=bench.store, book=bench.intake.book,
        clock=bench.clock, zone=ZoneInfo("Asia/Shanghai"),
    )  # fmt: skip
    await court.say(said(0, "第一句", 4))
    assert (await court.assess(1)).pack == "a"
    court.rules, packs[0] = Rules(), "b"
    assert (await court.assess(1)).pack == "b"
    (failed,) = court.judging.failed(AssessTriage(call_id=ID, segments=1), ValueError("broken"))
    assert isinstance(failed, TriageFailed)
    assert failed.pack == "b"


async def test_danger_that_the_pack_before_found_stands_for_the_next_one(court: Court) -> None:
    await court.say(said(0, "他拿刀", 4))
    await court.assess(1)
    heard = Utterance(segment_index=0, speaker=Leg.CALLER, text="他拿刀", started_ms=0, ended_ms=900)
    found = veto(VetoCode.WEAPON, heard)
    court.judging._last[ID] = replace(UNSURE, vetoes=(found,))
    court.rules = Rules()
    await court.assess(1)
    assert court.rules.standing == [[found]]
    assert court.rules.before == [None]


async def test_a_pack_that_comes_while_a_long_call_is_scanned_anew_owes_its_verdict_later(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "READ_AT_ONCE", 0)
    await court.bench.give(said(0, "第一句", 4))
    first = court.rules

    class Slow(Rules):
        def scan(self, utterance: Utterance) -> str:
            court.rules = first
            court.judging._follow()  # as another call's verdict does
            return super().scan(utterance)

    court.rules = Slow()
    assert await court.judging.assess(AssessTriage(call_id=ID, segments=1)) == ()
    assert (await court.assess(1)).segments == 1
    assert first.judged[-1][0] == ["第一句"]


def long_one(characters: int) -> SegmentTranscribed:
    signal = said(0, "第一句", 4)
    return replace(signal, segment=replace(signal.segment, text="啊" * characters, words=()))


async def test_an_utterance_without_end_is_never_read_by_the_loop(court: Court) -> None:
    await court.say(long_one(judging.JUDGED_CHARACTERS))
    await court.say(said(1, "第二句", 8))
    assert court.rules.scanned == ["第二句"]
    await court.assess(2)
    assert [len(text) for text in court.rules.judged[-1][0]] == [judging.JUDGED_CHARACTERS, 3]
    assert court.rules.in_loop == [3]
    await court.assess(2)
    assert len(court.rules.scanned) == 2


async def test_what_is_not_read_of_a_longer_one_leaves_the_verdict_in_doubt(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    await court.say(long_one(judging.JUDGED_CHARACTERS + 1))
    civil = replace(UNSURE, alarm_class=AlarmClass.NON_POLICE, priority=4)
    monkeypatch.setattr(court.rules, "judge", lambda *told: civil)
    told = await court.assess(1)
    assert len(court.rules.scanned[0]) == judging.JUDGED_CHARACTERS
    assert (told.assessment.alarm_class, told.assessment.priority) == (AlarmClass.UNSURE, 3)


async def test_every_hypothesis_is_looked_through_beside_the_one_before_it(court: Court) -> None:
    for text in ("他", "他手里", "他手里有刀"):
        court.judging.danger_in(ID, Leg.CALLER, text, 100, 900)
    court.judging.danger_in(ID, Leg.CALL_TAKER, "您好", 100, 900)
    assert court.rules.before_them == ["", "他", "他手里", ""]
    court.rules = Rules()
    court.judging.danger_in(ID, Leg.CALLER, "他手里有刀", 100, 900)
    assert court.rules.before_them == [""]


async def test_of_a_hypothesis_that_grows_by_thousands_the_last_characters_are_looked_through(
    court: Court,
) -> None:
    limit = judging.PARTIAL_AT_ONCE
    court.judging.danger_in(ID, Leg.CALLER, "啊" * limit, 0, 1)
    court.judging.danger_in(ID, Leg.CALLER, "啊" * 3 * limit, 0, 2)
    court.judging.danger_in(ID, Leg.CALLER, "哦" * 3 * limit, 0, 3)
    assert [len(before) for before in court.rules.before_them] == [0, 2 * limit, 2 * limit]
