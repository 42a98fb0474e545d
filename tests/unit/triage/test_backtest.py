"""Back-tests added up: whose word is the truth, what is a missed alarm, what flips, what vetoes must hear."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from gateway.speech.model import Leg
from gateway.triage import backtest
from gateway.triage.backtest import (
    MAX_FLIPS,
    MAX_QUIET,
    Case,
    Cell,
    Coverage,
    Said,
    Source,
    Tally,
    VetoCase,
    is_missed,
    judgement,
    quiet_on,
    said_by,
)
from gateway.triage.corpus import Text, utterances
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Context,
    Department,
    Nature,
    Span,
    Utterance,
    Veto,
    VetoCode,
)
from gateway.triage.tried_on import Corpora, case_of, read_corpora

ALARM, CIVIL, UNSURE = AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE, AlarmClass.UNSURE
FIGHT = Said(alarm_class=ALARM, nature=Nature.FIGHT)
THEFT = Said(alarm_class=ALARM, nature=Nature.THEFT)
HOTLINE = Said(alarm_class=CIVIL, department=Department.PUBLIC_HOTLINE_12345)
DOUBT = Said(alarm_class=UNSURE)
VETOED = Said(alarm_class=UNSURE, vetoed=True)


def case(text: str = "楼下有人打架", truth: Said | None = None, call_id: str | None = None) -> Case:
    return Case(
        name="n1", utterances=tuple(utterances([(Leg.CALLER, text)])), truth=truth, call_id=call_id,
        source=Source.PERSON if truth else Source.ACTIVE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("truth", "active", "draft", "missed"),
    [
        (FIGHT, FIGHT, HOTLINE, True),
        (FIGHT, HOTLINE, HOTLINE, True),  # the active pack misses it too: still missed
        (FIGHT, FIGHT, DOUBT, False),
        (None, FIGHT, HOTLINE, True),
        (None, VETOED, HOTLINE, True),
        (None, DOUBT, HOTLINE, False),
        (HOTLINE, FIGHT, HOTLINE, False),  # a person decided
    ],
)
def test_an_alarm_in_truth_or_undecided_and_alarming_before_is_missed_when_called_non_police(
    truth: Said | None, active: Said, draft: Said, missed: bool
) -> None:
    assert is_missed(case(truth=truth), active, draft) is missed


def test_matrices_hold_what_was_decided_and_agreement_holds_all() -> None:
    tally = Tally()
    tally.add(case(truth=FIGHT), FIGHT, THEFT)
    tally.add(case(truth=HOTLINE), DOUBT, HOTLINE)
    tally.add(case(), FIGHT, DOUBT)
    result = tally.result(6.0, 3.0)
    assert (result.texts, result.decided, result.calls) == (3, 2, 0)
    assert result.classes == (
        Cell(truth="non_police", said="non_police", active=0, draft=1),
        Cell(truth="non_police", said="unsure", active=1, draft=0),
        Cell(truth="valid_alarm", said="valid_alarm", active=1, draft=1),
    )
    assert [(cell.said, cell.active, cell.draft) for cell in result.natures] == [
        ("fight", 1, 0), ("theft", 0, 1),
    ]  # fmt: skip
    assert [(cell.said, cell.active, cell.draft) for cell in result.departments] == [
        ("", 1, 0), ("public_hotline_12345", 0, 1),
    ]  # fmt: skip
    assert (result.agreement, result.agreement_active) == (0.6667, 0.6667)
    assert (result.speed.ms_a_text, result.speed.texts_a_s) == (2.0, 500.0)


def test_flips_are_kept_missed_alarms_first_and_no_callers_words_are_copied() -> None:
    tally = Tally()
    tally.add(case(call_id="c1"), FIGHT, THEFT)
    tally.add(case(text="我的包被抢了"), FIGHT, HOTLINE)
    tally.add(case(), FIGHT, FIGHT)
    result = tally.result(1.0, 1.0)
    assert [(flip.missed, flip.call_id, flip.text) for flip in result.flips] == [
        (True, None, "我的包被抢了"), (False, "c1", ""),
    ]  # fmt: skip
    assert (result.flipped, result.missed) == (2, 1)


def test_a_miss_that_both_packs_make_is_listed_too() -> None:
    tally = Tally()
    tally.add(case(truth=FIGHT), HOTLINE, HOTLINE)
    result = tally.result(0.0, 0.0)
    assert (result.missed, len(result.flips), result.speed.texts_a_s) == (1, 1, 0.0)


def test_each_veto_code_is_counted_by_itself_for_both_packs() -> None:
    tally = Tally()
    both = VetoCase(name="v", text="x", vetoes=(VetoCode.FIRE, VetoCode.CHILD))
    tally.heard(both, [VetoCode.FIRE], [VetoCode.CHILD])
    tally.heard(both, [], [])
    codes = {one.code: one for one in tally.result(0.0, 0.0).veto_codes}
    assert set(codes) == set(VetoCode)
    assert codes[VetoCode.FIRE] == Coverage(code=VetoCode.FIRE, sentences=2, fired=2, missed=0, active=1)
    assert codes[VetoCode.CHILD] == Coverage(code=VetoCode.CHILD, sentences=2, fired=1, missed=1, active=2)
    assert codes[VetoCode.WEAPON].sentences == 0


def test_an_alarm_that_the_second_opinion_alone_keeps_from_being_missed_is_counted() -> None:
    tally = Tally()
    raised = Said(alarm_class=AlarmClass.UNSURE, raised=True)
    for truth in (FIGHT, HOTLINE, None):
        tally.add(case(truth=truth), FIGHT, raised)
    result = tally.result(0.0, 0.0)
    assert (result.caught, result.missed) == (2, 0)


def test_lists_are_bounded_and_counts_are_not() -> None:
    tally = Tally()
    for _ in range(MAX_FLIPS + 5):
        tally.add(case(), FIGHT, THEFT)
    for _ in range(MAX_QUIET + 5):
        tally.heard(VetoCase(name="v", text="x", vetoes=(VetoCode.FIRE,)), [], [VetoCode.FIRE])
    result = tally.result(1.0, 1.0, truncated=True, faults=["a"] * 50)
    assert (len(result.flips), result.flipped) == (MAX_FLIPS, MAX_FLIPS + 5)
    assert (len(result.quiet), result.vetoes_missed, result.vetoes) == (
        MAX_QUIET,
        MAX_QUIET + 5,
        MAX_QUIET + 5,
    )
    assert (result.truncated, len(result.faults)) == (True, backtest.MAX_FAULTS)


class Judge:
    """Says a fight of everything, and hears a weapon."""

    def assess(
        self, utterances: Sequence[Utterance], context: Context, previous: Assessment | None = None
    ) -> Assessment:
        veto = Veto(
            code=VetoCode.WEAPON, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="刀",
            started_ms=0, ended_ms=1, list_hash="h",
        )  # fmt: skip
        return Assessment(
            alarm_class=ALARM, nature=Nature.FIGHT, nature_alternatives=(), priority=2,
            department=Department.LABOUR_BUREAU, department_reason_zh=None, department_reason_en=None,
            partners=(), findings=(), vetoes=(veto,), extracted=(), next_question_zh=None,
            next_question_en=None, pack_hash="p", veto_hash="v", basis="text",
        )  # fmt: skip


def test_a_verdict_is_compared_without_what_belongs_to_another_class() -> None:
    assert said_by(Judge(), case()) == Said(alarm_class=ALARM, nature=Nature.FIGHT, vetoed=True)
    assert judgement(UNSURE, Nature.FIGHT, Department.LABOUR_BUREAU) == DOUBT


def test_the_vetoes_that_stay_quiet_on_a_sentence_are_named() -> None:
    sentence = VetoCase(name="v1", text="他拿刀", vetoes=(VetoCode.WEAPON, VetoCode.INJURY))
    assert quiet_on(Judge(), sentence) == (VetoCode.INJURY,)


def test_gold_fields_are_the_truth_where_there_is_a_class_we_know() -> None:
    gold = {"class": "non_police", "nature": "fight", "department": "labour_bureau"}
    text = Text(name="a", turns=((Leg.CALLER, "工资"),), gold=gold)
    made = case_of(text)
    assert made.truth == Said(alarm_class=CIVIL, department=Department.LABOUR_BUREAU)
    assert made.source is Source.CORPUS
    for odd in ({}, {"class": "police"}, {"class": None}):
        assert case_of(Text(name="a", turns=(), gold=odd)).truth is None


def test_a_folder_of_corpora_is_read_and_what_cannot_be_is_told() -> None:
    call = {"id": "c1", "turns": [{"s": "caller", "t": "打架"}], "gold": {"class": "valid_alarm"}}
    files = {
        "calls-a.jsonl": json.dumps(call).encode() + b"\nnot json\n",
        "texts.csv": b"id,text,gold_class\nt1,\xe5\xb7\xa5\xe8\xb5\x84,non_police\n",
        "odd.csv": b"a,b\n1,2\n",
        "vetoes.jsonl": b'{"id": "v1", "lang": "zh", "text": "fire", "vetoes": ["fire"]}\n\n{"id": "v2"}\n'
        b'{"id": "v3", "text": "x", "vetoes": ["nuclear"]}\n',
    }
    read = read_corpora(files)
    assert [one.name for one in read.cases] == ["c1", "t1"]
    assert read.vetoes == (VetoCase(name="v1", text="fire", vetoes=(VetoCode.FIRE,)),)
    assert [fault.split(":")[0] for fault in read.faults] == [
        "calls-a.jsonl, line 2", "odd.csv", "vetoes.jsonl, line 3", "vetoes.jsonl, line 4",
    ]  # fmt: skip
    assert read_corpora({}) == Corpora()
