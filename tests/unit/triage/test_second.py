"""What a second opinion may do to a verdict: raise non-police to unsure, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from gateway.speech.model import Leg
from gateway.testing.judged_calls import examples
from gateway.triage.classifier import CARD, WEIGHTS, Classifier, load
from gateway.triage.engine import Triage
from gateway.triage.learn import Example, train
from gateway.triage.model import (
    SECOND_OPINION,
    AlarmClass,
    Assessment,
    Context,
    Department,
    Nature,
    Opinion,
    Utterance,
)
from gateway.triage.second import RAISE_AT, STAYS_FROM, Seconded, seconded

RULES = Assessment(
    alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, nature_alternatives=(), priority=4,
    department=Department.LABOUR_BUREAU, department_reason_zh="责", department_reason_en="duty", partners=(),
    findings=(), vetoes=(), extracted=(), next_question_zh=None, next_question_en=None, pack_hash="p",
    veto_hash="v", basis="text",
)  # fmt: skip


def opinion(alarm: float, nature: Nature = Nature.FRAUD) -> Opinion:
    classes = ((AlarmClass.VALID_ALARM, alarm), (AlarmClass.NON_POLICE, round(1 - alarm, 3)))
    return Opinion(
        model="m", classes=tuple(sorted(classes, key=lambda one: -one[1])), natures=((nature, 0.7),)
    )


def test_a_strong_contradiction_makes_non_police_unsure_and_says_why() -> None:
    told = seconded(RULES, opinion(RAISE_AT))
    assert (told.alarm_class, told.priority) == (AlarmClass.UNSURE, 3)
    (finding,) = told.findings
    assert (finding.rule_id, finding.nature, finding.weight) == (SECOND_OPINION, Nature.FRAUD, RAISE_AT)
    assert "60%" in finding.explanation_zh
    assert "60%" in finding.explanation_en
    assert told.opinion is not None
    assert told.opinion.raised
    assert told.department is Department.LABOUR_BUREAU


def test_a_weak_one_is_only_shown() -> None:
    told = seconded(RULES, opinion(RAISE_AT - 0.01))
    assert replace(told, opinion=None) == RULES
    assert told.opinion is not None
    assert not told.opinion.raised


def test_once_raised_it_stays_until_the_model_clearly_thinks_otherwise() -> None:
    raised = seconded(RULES, opinion(RAISE_AT))
    assert seconded(RULES, opinion(STAYS_FROM), raised).alarm_class is AlarmClass.UNSURE
    assert seconded(RULES, opinion(STAYS_FROM - 0.01), raised).alarm_class is AlarmClass.NON_POLICE
    assert seconded(RULES, opinion(STAYS_FROM), RULES).alarm_class is AlarmClass.NON_POLICE


@pytest.mark.parametrize("alarm_class", [AlarmClass.VALID_ALARM, AlarmClass.UNSURE])
@pytest.mark.parametrize("alarm", [0.0, 0.5, 1.0])
def test_it_lowers_nothing_and_changes_no_other_verdict(alarm_class: AlarmClass, alarm: float) -> None:
    judged = replace(RULES, alarm_class=alarm_class, priority=2)
    told = seconded(judged, opinion(alarm))
    assert replace(told, opinion=None) == judged


def test_without_an_opinion_the_rules_stand() -> None:
    assert seconded(RULES, None) is RULES


@dataclass
class Model:
    """A model that notes what it hears."""

    heard: list[str] = field(default_factory=list)

    def hear(self, text: str) -> str:
        self.heard.append(text)
        return text

    def opine(self, heard: Any) -> Opinion | None:
        return opinion(0.95) if list(heard) else None


class Rules:
    def scan(self, utterance: Utterance) -> str:
        return utterance.text

    def judge(self, scans: Sequence[str], context: Context, previous: Any, standing: Any) -> Assessment:
        assert all(isinstance(scan, str) for scan in scans)
        return RULES

    def vetoes(self, utterance: Utterance) -> tuple[()]:
        return ()


def said(text: str, speaker: Leg) -> Utterance:
    return Utterance(segment_index=0, speaker=speaker, text=text, started_ms=0, ended_ms=1)


def test_the_model_hears_the_caller_alone() -> None:
    model = Model()
    engine = Seconded(cast(Triage, Rules()), cast(Classifier, model))
    taker = engine.assess([said("您好", Leg.CALL_TAKER)], Context())
    assert (taker.opinion, model.heard) == (None, [])
    both = engine.assess([said("您好", Leg.CALL_TAKER), said("有人", Leg.CALLER)], Context())
    assert (model.heard, both.alarm_class) == (["有人"], AlarmClass.UNSURE)
    assert engine.vetoes(said("刀", Leg.CALLER)) == ()


def _reversed(one: Example) -> Example:
    """As if people had always decided the other way."""
    alarm = one.alarm_class is AlarmClass.VALID_ALARM
    if alarm:
        return replace(one, alarm_class=AlarmClass.NON_POLICE, nature=None)
    return replace(one, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FRAUD, department=None)


def test_beside_the_shipped_rules_a_model_raises_a_civil_wish_and_lowers_no_alarm(
    triage: Triage, tmp_path: Path
) -> None:
    made = train((_reversed(one) for one in examples()), name="contrary")
    (tmp_path / WEIGHTS).write_bytes(made.weights)
    (tmp_path / CARD).write_text(made.card_text, encoding="utf-8")
    engine = Seconded(triage, load(tmp_path))
    wish = [said("你好，我们老板拖欠工资三个月不给，想投诉", Leg.CALLER)]
    alarm = [said("我同事刚才在公司门口被人抢走了背包，抢劫的往东跑了", Leg.CALLER)]
    assert triage.assess(wish, Context()).alarm_class is AlarmClass.NON_POLICE
    raised = engine.assess(wish, Context())
    assert (raised.alarm_class, raised.findings[0].rule_id) == (AlarmClass.UNSURE, SECOND_OPINION)
    assert raised.department is Department.LABOUR_BUREAU
    stands = engine.assess(alarm, Context())
    assert stands.alarm_class is AlarmClass.VALID_ALARM
    assert stands.opinion is not None
    assert stands.opinion.classes[0][0] is AlarmClass.NON_POLICE
