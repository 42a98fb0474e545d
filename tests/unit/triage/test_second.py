"""What a second opinion may do to a verdict: raise it, agree with a proposal, weigh what leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    Finding,
    FindingKind,
    Nature,
    Opinion,
    Span,
    Utterance,
    Veto,
    VetoCode,
)
from gateway.triage.second import (
    AGREE_AT,
    ALONE_DOUBT_AT,
    AT_HOME,
    CERTAIN,
    CIVIL_DOUBT_AT,
    DANGER_DOUBT_AT,
    DOUBT_AT,
    FEW_DOUBT_AT,
    KNOWN,
    LIFT_AT,
    PLAY_LIFTS_AT,
    PROVEN,
    RAISE_AT,
    SLACK,
    STRANGE,
    SUICIDE_DOUBT_AT,
    Seconded,
    seconded,
)

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


def finding(alarm_class: AlarmClass, weight: float, kind: FindingKind = FindingKind.MATTER) -> Finding:
    return Finding(
        rule_id="r", alarm_class=alarm_class, nature=None, department=None, priority=3, partners=(),
        segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="q", started_ms=0, ended_ms=1,
        weight=weight, explanation_zh="释", explanation_en="why", kind=kind,
    )  # fmt: skip


VETO = Veto(
    code=VetoCode.INJURY, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="血",
    started_ms=0, ended_ms=1, list_hash="v", partial=False,
)  # fmt: skip


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
    assert seconded(RULES, opinion(RAISE_AT - SLACK), raised).alarm_class is AlarmClass.UNSURE
    assert seconded(RULES, opinion(RAISE_AT - SLACK - 0.01), raised).alarm_class is AlarmClass.NON_POLICE
    assert seconded(RULES, opinion(RAISE_AT - SLACK), RULES).alarm_class is AlarmClass.NON_POLICE


ALARM = replace(RULES, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FRAUD, priority=2, department=None)


@pytest.mark.parametrize("alarm", [0.0, 0.5, 1.0])
def test_it_never_lowers_an_alarm_that_stands_on_the_card(alarm: float) -> None:
    told = seconded(ALARM, opinion(alarm), ALARM)
    assert replace(told, opinion=None) == ALARM


def spoken_of(*rules: str) -> tuple[Finding, ...]:
    return tuple(replace(finding(AlarmClass.VALID_ALARM, 0.8), rule_id=rule) for rule in rules)


@pytest.mark.parametrize(
    ("judged", "doubts_at"),
    [
        (replace(ALARM, findings=spoken_of("a", "b"), vetoes=(VETO,)), DOUBT_AT),
        (replace(ALARM, findings=spoken_of("a"), vetoes=(VETO,)), DOUBT_AT),
        (replace(ALARM, findings=spoken_of("a"), vetoes=()), ALONE_DOUBT_AT),
        (replace(ALARM, findings=(), vetoes=(VETO,)), DANGER_DOUBT_AT),
    ],
    ids=["several rules", "a rule and a danger word", "one rule alone", "danger words alone"],
)
def test_the_less_the_rules_have_the_sooner_its_doubt_leaves_an_alarm_to_a_person(
    judged: Assessment, doubts_at: float
) -> None:
    told = seconded(judged, opinion(1 - doubts_at - 0.01))
    assert (told.alarm_class, told.priority, told.nature) == (AlarmClass.UNSURE, 2, Nature.FRAUD)
    assert told.vetoes == judged.vetoes
    assert told.findings[0].rule_id == SECOND_OPINION
    assert told.next_question_zh is not None
    assert seconded(judged, opinion(1 - doubts_at + 0.01)).alarm_class is AlarmClass.VALID_ALARM


def test_what_several_rules_are_certain_of_it_never_doubts_and_one_alone_it_may() -> None:
    certain = replace(ALARM, nature_alternatives=((Nature.FRAUD, CERTAIN),), vetoes=())
    several = replace(certain, findings=spoken_of("a", "b"))
    nobody_can_tell = replace(opinion(0.0), classes=((AlarmClass.UNSURE, 1.0), (AlarmClass.VALID_ALARM, 0.0)))
    assert seconded(several, nobody_can_tell).alarm_class is AlarmClass.VALID_ALARM
    alone = replace(certain, findings=spoken_of("a"))
    assert seconded(alone, opinion(0.0)).alarm_class is AlarmClass.UNSURE


def test_a_call_that_nobody_can_tell_is_left_to_a_person_though_a_rule_speaks() -> None:
    alone = replace(ALARM, findings=spoken_of("a"), vetoes=())
    nobody = replace(opinion(0.2), classes=((AlarmClass.UNSURE, 0.8), (AlarmClass.VALID_ALARM, 0.2)))
    assert seconded(alone, nobody).alarm_class is AlarmClass.UNSURE


def test_of_a_few_words_only_a_strong_doubt_counts_of_strange_ones_none_and_it_makes_no_verdict() -> None:
    alone = replace(ALARM, findings=spoken_of("a"), vetoes=())
    weak = replace(opinion(1 - FEW_DOUBT_AT + 0.01), familiar=False)
    assert seconded(alone, weak).alarm_class is AlarmClass.VALID_ALARM
    strong = replace(opinion(1 - FEW_DOUBT_AT - 0.01), familiar=False)
    assert seconded(alone, strong).alarm_class is AlarmClass.UNSURE
    assert seconded(alone, replace(strong, known=KNOWN - 0.01)).alarm_class is AlarmClass.VALID_ALARM
    assert seconded(alone, strong, written=True).alarm_class is AlarmClass.VALID_ALARM
    assert seconded(NOTHING_HEARD, replace(opinion(1.0), familiar=False)).alarm_class is AlarmClass.UNSURE
    assert seconded(RULES, replace(opinion(1.0), familiar=False)).alarm_class is AlarmClass.UNSURE


def test_what_sounds_civil_is_left_to_a_person_unless_several_rules_are_proven_of_an_alarm() -> None:
    several = replace(
        ALARM, nature_alternatives=((Nature.FRAUD, CERTAIN),), vetoes=(), findings=spoken_of("a", "b")
    )
    doubted = seconded(several, opinion(1 - CIVIL_DOUBT_AT))
    assert (doubted.alarm_class, doubted.priority) == (AlarmClass.UNSURE, several.priority)
    proven = replace(several, nature_alternatives=((Nature.FRAUD, PROVEN),))
    assert seconded(proven, opinion(0.0)).alarm_class is AlarmClass.VALID_ALARM


def test_a_danger_word_of_suicide_alone_is_doubted_later_than_others() -> None:
    spoken = Veto(
        code=VetoCode.SUICIDE, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="q",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip
    heard = replace(ALARM, nature=Nature.SUICIDE_RISK, vetoes=(spoken,))
    assert seconded(heard, opinion(1 - DANGER_DOUBT_AT - 0.1)).alarm_class is AlarmClass.VALID_ALARM
    assert seconded(heard, opinion(1 - SUICIDE_DOUBT_AT)).alarm_class is AlarmClass.UNSURE


def test_papers_letters_and_who_may_take_their_life_it_does_not_doubt() -> None:
    suicide = replace(ALARM, nature=Nature.SUICIDE_RISK, findings=spoken_of("a"))
    assert seconded(suicide, opinion(0.0)).alarm_class is AlarmClass.VALID_ALARM
    filed = replace(ALARM, findings=(finding(AlarmClass.VALID_ALARM, 0.8, FindingKind.CASE),))
    assert seconded(filed, opinion(0.0)).alarm_class is AlarmClass.VALID_ALARM
    assert seconded(ALARM, opinion(0.0), letter=True).alarm_class is AlarmClass.VALID_ALARM


UNSURE = replace(RULES, alarm_class=AlarmClass.UNSURE, priority=3)
NOTHING_HEARD = replace(UNSURE, department=None)


def test_what_the_rules_doubt_becomes_an_alarm_where_it_is_sure_of_one() -> None:
    told = seconded(NOTHING_HEARD, opinion(LIFT_AT))
    assert (told.alarm_class, told.nature, told.priority) == (AlarmClass.VALID_ALARM, Nature.FRAUD, 3)
    assert told.findings[0].rule_id == SECOND_OPINION
    assert told.findings[0].alarm_class is AlarmClass.VALID_ALARM
    assert told.opinion is not None
    assert told.opinion.rules is not None
    assert (told.opinion.raised, told.opinion.rules.alarm_class) == (False, AlarmClass.UNSURE)
    assert seconded(NOTHING_HEARD, opinion(LIFT_AT - 0.01)).alarm_class is AlarmClass.UNSURE
    stays = seconded(NOTHING_HEARD, opinion(LIFT_AT - SLACK), told)
    assert stays.alarm_class is AlarmClass.VALID_ALARM


def test_without_words_or_of_a_letter_it_makes_no_alarm() -> None:
    silent = replace(NOTHING_HEARD, basis="no_text")
    assert seconded(silent, opinion(1.0)).alarm_class is AlarmClass.UNSURE
    assert seconded(NOTHING_HEARD, opinion(1.0), letter=True).alarm_class is AlarmClass.UNSURE


def test_play_and_wrong_numbers_are_left_to_people_unless_danger_was_heard() -> None:
    said = finding(AlarmClass.UNSURE, 0.6, kind=FindingKind.CHILD)
    for alarm in (0.0, 1.0):
        told = seconded(replace(UNSURE, findings=(said,)), opinion(alarm))
        assert told.alarm_class is AlarmClass.UNSURE
    danger = replace(UNSURE, findings=(said,), vetoes=(VETO,))
    assert seconded(danger, opinion(PLAY_LIFTS_AT)).alarm_class is AlarmClass.VALID_ALARM
    assert seconded(danger, opinion(PLAY_LIFTS_AT - 0.01)).alarm_class is AlarmClass.UNSURE


def test_two_agree_on_non_police_where_the_rules_propose_a_department_and_nothing_speaks_against_it() -> None:
    wish = finding(AlarmClass.NON_POLICE, 0.5)
    told = seconded(replace(UNSURE, findings=(wish,)), opinion(1 - AGREE_AT))
    assert (told.alarm_class, told.priority, told.department) == (
        AlarmClass.NON_POLICE, 4, Department.LABOUR_BUREAU,
    )  # fmt: skip
    assert told.findings[0].rule_id == SECOND_OPINION
    assert seconded(UNSURE, opinion(1 - AGREE_AT + 0.02)).alarm_class is AlarmClass.UNSURE


@pytest.mark.parametrize(
    "judged",
    [
        NOTHING_HEARD,
        replace(UNSURE, vetoes=(VETO,)),
        replace(UNSURE, findings=(finding(AlarmClass.VALID_ALARM, 0.4),)),
        replace(UNSURE, findings=(finding(AlarmClass.UNSURE, 0.4, FindingKind.DRUNK),)),
        replace(UNSURE, basis="no_text"),
    ],
)
def test_alone_against_a_danger_or_without_a_wish_it_never_makes_non_police(judged: Assessment) -> None:
    assert seconded(judged, opinion(0.0)).alarm_class is AlarmClass.UNSURE


def test_a_caller_who_is_not_heard_is_never_non_police() -> None:
    assert seconded(UNSURE, opinion(0.0), speech_dead=True).alarm_class is AlarmClass.UNSURE


def test_which_nature_leads_is_weighed_by_both_and_does_not_flap() -> None:
    judged = replace(
        RULES, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, department=None, priority=2,
        nature_alternatives=((Nature.FIGHT, 0.5), (Nature.THEFT, 0.3)),
    )  # fmt: skip
    told = seconded(judged, opinion(0.9, Nature.THEFT))
    assert (told.nature, told.priority) == (Nature.THEFT, 2)
    assert told.nature_alternatives == ((Nature.THEFT, 0.7), (Nature.FIGHT, 0.5))
    weak = replace(opinion(0.9), natures=((Nature.THEFT, 0.45),))
    near = replace(judged, nature_alternatives=((Nature.FIGHT, 0.7),))
    assert seconded(near, weak).nature is Nature.THEFT
    assert seconded(near, weak, near).nature is Nature.FIGHT


def test_which_department_leads_is_weighed_by_both() -> None:
    judged = replace(RULES, department_alternatives=((Department.LEGAL_SERVICE_CENTRE, 0.8),))
    duties = {"legal_service_centre": ("法律", "law")}
    asked = replace(opinion(0.1), departments=((Department.LEGAL_SERVICE_CENTRE, 0.6),))
    told = seconded(judged, asked, duties=duties)
    assert (told.department, told.department_reason_en) == (Department.LEGAL_SERVICE_CENTRE, "law")
    assert told.department_alternatives == ((Department.LABOUR_BUREAU, 1.0),)
    written = seconded(judged, asked, duties=duties, written=True)
    assert written.department is Department.LABOUR_BUREAU
    weak = replace(asked, departments=((Department.LEGAL_SERVICE_CENTRE, 0.1),))
    assert seconded(judged, weak, duties=duties).department is Department.LABOUR_BUREAU


def test_the_fewer_of_the_words_it_was_taught_the_less_its_nature_and_department_count() -> None:
    fraud = replace(
        RULES, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FRAUD,
        nature_alternatives=((Nature.FRAUD, 0.8),), department=None,
    )  # fmt: skip
    theft = replace(opinion(0.9), natures=((Nature.THEFT, 0.9),))
    assert seconded(fraud, replace(theft, known=AT_HOME)).nature is Nature.THEFT
    assert seconded(fraud, replace(theft, known=(STRANGE + AT_HOME) / 2)).nature is Nature.FRAUD
    legal = replace(opinion(0.1), departments=((Department.LEGAL_SERVICE_CENTRE, 0.9),))
    assert seconded(RULES, replace(legal, known=AT_HOME)).department is Department.LEGAL_SERVICE_CENTRE
    assert seconded(RULES, replace(legal, known=STRANGE)).department is Department.LABOUR_BUREAU


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
    duties: Mapping[str, tuple[str, str]] = {}

    def told_in_a_letter(self, scans: Sequence[str]) -> bool:
        return False

    def scan(self, utterance: Utterance) -> str:
        return utterance.text

    def judge(self, scans: Sequence[str], context: Context, previous: Any, standing: Any) -> Assessment:
        assert all(isinstance(scan, str) for scan in scans)
        return RULES

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[()]:
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
