"""One call as the quality watch keeps it, and where rules, model and person differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.model import TEST_MARK, CallSession, Disposition, Label, TriageSummary
from gateway.ids import CallId
from gateway.reports.judged import About, Disagreement, Judgement, Party, disagreement, judged
from gateway.speech.model import Leg
from gateway.triage.model import (
    SECOND_OPINION,
    AlarmClass,
    Assessment,
    Department,
    Finding,
    Nature,
    Opinion,
    Span,
)

from .calls import UNSURE, a_call, alarm, civil

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
CALL = CallSession(
    call_id=CallId("s-p-1.1"), site="s", pbx="p", uniqueid="1.1", linkedid="1.1", line="l", seized_at=LATE,
    ended_at=LATE,
    triage=TriageSummary(
        alarm_class=AlarmClass.UNSURE, nature=Nature.THEFT, priority=3,
        department=Department.LABOUR_BUREAU, pack_hash="p", segments=1,
    ),
)  # fmt: skip


def finding(rule_id: str) -> Finding:
    return Finding(
        rule_id=rule_id, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.THEFT, department=None, priority=2,
        partners=(), segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="偷", started_ms=0,
        ended_ms=1, explanation_zh="", explanation_en="", weight=0.5,
    )  # fmt: skip


def assessment(*findings: Finding, opinion: Opinion | None = None) -> Assessment:
    return Assessment(
        alarm_class=AlarmClass.UNSURE, nature=Nature.NONE, nature_alternatives=(), priority=3,
        department=None, department_reason_zh=None, department_reason_en=None, partners=(),
        findings=findings, vetoes=(), extracted=(), next_question_zh=None, next_question_en=None,
        pack_hash="p", veto_hash="v", basis="text", opinion=opinion,
    )  # fmt: skip


def test_the_day_is_the_sites_own_and_each_rule_is_named_once() -> None:
    found = judged(CALL, assessment(finding("b"), finding("a"), finding("a")), SHANGHAI)
    assert found is not None
    assert found.day == "2026-01-06"
    assert [rule.rule_id for rule in found.rules] == ["a", "b"]
    assert found.verdict == UNSURE


def test_calls_that_test_the_line_that_live_or_that_nobody_judged_are_not_counted() -> None:
    for call in (
        replace(CALL, marks=(TEST_MARK,)),
        replace(CALL, ended_at=None),
        replace(CALL, triage=None),
    ):
        assert judged(call, None, SHANGHAI) is None


def test_a_label_stands_beside_the_disposition() -> None:
    said = {"nature": Nature.NONE, "department": Department.PUBLIC_HOTLINE_12345, "note": "", "at": LATE}
    decided = Disposition(alarm_class=AlarmClass.NON_POLICE, by="t1", **said)
    label = Label(alarm_class=AlarmClass.VALID_ALARM, by="r1", **{**said, "nature": Nature.FRAUD})
    found = judged(replace(CALL, disposition=decided, label=label), None, SHANGHAI)
    assert found is not None
    assert (found.disposition, found.label) == (civil(), alarm(Nature.FRAUD))
    assert found.truth == alarm(Nature.FRAUD)


def test_the_model_is_asked_only_where_it_is_sure_and_its_finding_is_no_rule() -> None:
    opinion = Opinion(
        model="m", classes=((AlarmClass.VALID_ALARM, 0.95), (AlarmClass.NON_POLICE, 0.05)),
        natures=((Nature.FRAUD, 0.7),), raised=True,
    )  # fmt: skip
    found = judged(CALL, assessment(finding(SECOND_OPINION), opinion=opinion), SHANGHAI)
    assert found is not None
    assert (found.rules, found.raised, found.opinion_score) == ((), True, 0.95)
    assert found.opinion == alarm(Nature.NONE)
    doubtful = replace(opinion, classes=((AlarmClass.VALID_ALARM, 0.6), (AlarmClass.NON_POLICE, 0.4)))
    again = judged(CALL, assessment(opinion=doubtful), SHANGHAI)
    assert again is not None
    assert again.opinion is None


RP, RM, MP = (Party.RULES, Party.PERSON), (Party.RULES, Party.MODEL), (Party.MODEL, Party.PERSON)
OTHER = civil(Department.LABOUR_BUREAU)


@pytest.mark.parametrize(
    ("rules", "model", "person", "about", "pairs"),
    [
        (civil(), alarm(), None, About.MISSED, {RM}),
        (civil(), None, alarm(), About.MISSED, {RP}),
        (civil(), civil(), alarm(), About.MISSED, {RP, MP}),
        (alarm(), civil(), alarm(), About.CLASS, {RM, MP}),
        (UNSURE, civil(), alarm(), About.CLASS, {MP}),
        (alarm(Nature.THEFT), None, alarm(Nature.FRAUD), About.NATURE, {RP}),
        (civil(), OTHER, OTHER, About.DEPARTMENT, {RM, RP}),
    ],
)
def test_disagreements_name_the_gravest_matter_and_who_differs(
    rules: Judgement,
    model: Judgement | None,
    person: Judgement | None,
    about: About,
    pairs: set[tuple[Party, Party]],
) -> None:
    found = disagreement(a_call(rules, person, opinion=model))
    assert isinstance(found, Disagreement)
    assert (found.about, set(found.pairs)) == (about, pairs)


def test_a_verdict_that_the_model_raised_is_a_disagreement_of_rules_and_model() -> None:
    call = a_call(UNSURE, None, opinion=alarm(Nature.NONE), raised=True, alone=civil())
    found = disagreement(call)
    assert found is not None
    assert (found.about, found.pairs) == (About.MISSED, (RM,))
    assert call.by_rules == civil()


@pytest.mark.parametrize(
    ("rules", "person"),
    [(UNSURE, alarm()), (alarm(), UNSURE), (civil(), None), (alarm(), alarm(Nature.NONE))],
)
def test_who_is_unsure_or_says_nothing_contradicts_nobody(rules: Judgement, person: Judgement | None) -> None:
    assert disagreement(a_call(rules, person)) is None
