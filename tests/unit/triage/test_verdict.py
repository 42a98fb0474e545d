# ruff: noqa: E501 (tables and expressions are read more easily in one line)
from __future__ import annotations

from typing import Any

from gateway.speech.model import Leg
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Department,
    EmergencyPartner,
    Extracted,
    Finding,
    Nature,
    Span,
    Veto,
    VetoCode,
)
from gateway.triage.ruleset import Texts
from gateway.triage.verdict import MAX_FINDINGS, judge


def finding(rule: str, alarm_class: AlarmClass, weight: float, **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule_id": rule, "alarm_class": alarm_class, "nature": None, "department": None, "priority": 3, "partners": (),
        "segment_index": 0, "speaker": Leg.CALLER, "span": Span(start=0, end=2), "quote": rule, "started_ms": 0,
        "ended_ms": 100, "explanation_zh": "说明", "explanation_en": "told", "weight": weight,
    }  # fmt: skip
    return Finding(**values | changes)


def alarm(nature: Nature, weight: float, rule: str = "a", **changes: Any) -> Finding:
    return finding(rule, AlarmClass.VALID_ALARM, weight, nature=nature, **changes)


def civil(
    weight: float, department: Department | None = Department.LABOUR_BUREAU, rule: str = "c", **changes: Any
) -> Finding:
    nature = None if department else Nature.NONE
    return finding(rule, AlarmClass.NON_POLICE, weight, department=department, nature=nature, **changes)


def veto(code: VetoCode, start: int | None = None) -> Veto:
    """By itself each stands on words of its own."""
    at = 10 * list(VetoCode).index(code) if start is None else start
    return Veto(
        code=code, segment_index=0, speaker=Leg.CALLER, span=Span(start=at, end=at + 1), quote="刀", started_ms=0,
        ended_ms=1, list_hash="h",
    )  # fmt: skip


def judged(*findings: Finding, **changes: Any) -> Assessment:
    values: dict[str, Any] = {
        "findings": findings, "vetoes": (), "extracted": (), "has_text": True, "speech_dead": False, "previous": None,
        "duties": {Department.LABOUR_BUREAU: Texts(zh="职责", en="duty")}, "pack_hash": "p", "veto_hash": "v",
    }  # fmt: skip
    return judge(**values | changes)


def test_one_strong_finding_is_an_alarm_and_a_weak_one_is_unsure() -> None:
    assert judged(alarm(Nature.FIRE, 0.6)).alarm_class is AlarmClass.VALID_ALARM
    weak = judged(alarm(Nature.FIRE, 0.4))
    assert (weak.alarm_class, weak.nature) == (AlarmClass.UNSURE, Nature.FIRE)


def test_two_weak_rules_add_up() -> None:
    assert (
        judged(alarm(Nature.FIRE, 0.4), alarm(Nature.FIRE, 0.4, rule="b")).alarm_class
        is AlarmClass.VALID_ALARM
    )


def test_the_same_words_of_a_rule_count_once() -> None:
    assert judged(alarm(Nature.FIRE, 0.4), alarm(Nature.FIRE, 0.4)).alarm_class is AlarmClass.UNSURE


def test_nothing_said_that_any_rule_knows_is_unsure() -> None:
    assert judged().alarm_class is AlarmClass.UNSURE


def test_a_civil_wish_alone_is_non_police_with_its_duty() -> None:
    one = judged(civil(0.8))
    assert (one.alarm_class, one.department, one.priority) == (
        AlarmClass.NON_POLICE,
        Department.LABOUR_BUREAU,
        4,
    )
    assert (one.department_reason_zh, one.department_reason_en) == ("职责", "duty")
    assert one.partners == ()


def test_any_trace_of_an_alarm_keeps_a_civil_wish_unsure_and_proposes_the_department() -> None:
    one = judged(civil(0.9), alarm(Nature.THEFT, 0.3))
    assert (one.alarm_class, one.department) == (AlarmClass.UNSURE, Department.LABOUR_BUREAU)


def test_a_veto_makes_non_police_impossible_and_raises_the_priority() -> None:
    one = judged(civil(1.0), vetoes=[veto(VetoCode.CHILD)])
    assert (one.alarm_class, one.priority) == (AlarmClass.UNSURE, 2)


def test_a_life_comes_first_when_a_rule_and_a_danger_word_or_two_dangers_say_so() -> None:
    threat = veto(VetoCode.THREAT_TO_LIFE)
    killing = alarm(Nature.HOMICIDE_THREAT, 0.8, priority=1)
    fight = alarm(Nature.FIGHT, 0.8, priority=2)
    assert judged(killing, vetoes=[threat]).priority == 1
    assert judged(fight, vetoes=[threat, veto(VetoCode.CONFINED)]).priority == 1
    assert judged(killing).priority == 2
    assert judged(fight, vetoes=[threat]).priority == 2


def test_a_weapon_or_an_injury_alone_is_priority_two() -> None:
    fight = alarm(Nature.FIGHT, 0.8, priority=2)
    assert judged(fight, vetoes=[veto(VetoCode.WEAPON)]).priority == 2
    assert judged(fight, vetoes=[veto(VetoCode.INJURY), veto(VetoCode.CHILD)]).priority == 2


def test_a_matter_that_can_wait_is_two_only_when_a_life_is_in_danger_beside_it() -> None:
    can_wait = alarm(Nature.NOISE, 0.8, priority=3)
    assert judged(can_wait, vetoes=[veto(VetoCode.THREAT_TO_LIFE)]).priority == 2
    assert judged(can_wait, vetoes=[veto(VetoCode.INJURY)]).priority == 3
    assert judged(can_wait).priority == 3


def test_danger_words_beside_a_theft_put_no_life_first() -> None:
    theft = alarm(Nature.THEFT, 0.8, priority=3)
    dangers = [veto(VetoCode.THREAT_TO_LIFE), veto(VetoCode.INJURY)]
    assert judged(theft, vetoes=dangers).priority == 2


def test_the_leading_natures_rules_say_how_urgent_it_is() -> None:
    one = judged(alarm(Nature.FRAUD, 0.9, priority=3), alarm(Nature.NOISE, 0.3, rule="b", priority=2))
    assert (one.nature, one.priority) == (Nature.FRAUD, 3)


def test_several_dangers_are_an_alarm_though_no_rule_knows_its_nature() -> None:
    both = [veto(VetoCode.WEAPON), veto(VetoCode.CONFINED)]
    one = judged(vetoes=both)
    assert (one.alarm_class, one.nature) == (AlarmClass.VALID_ALARM, Nature.HOMICIDE_THREAT)
    assert judged(vetoes=both[:1]).alarm_class is AlarmClass.UNSURE
    assert judged(civil(0.95), vetoes=both).alarm_class is AlarmClass.UNSURE


def test_dangers_that_rest_on_the_same_words_are_one_sign() -> None:
    same = [veto(VetoCode.FIRE, 0), veto(VetoCode.THREAT_TO_LIFE, 0)]
    assert judged(vetoes=same).alarm_class is AlarmClass.UNSURE


def test_a_heavier_civil_wish_leaves_a_light_sign_of_an_alarm_to_a_person() -> None:
    light = alarm(Nature.PUBLIC_DISTURBANCE, 0.75)
    assert judged(civil(0.9), light).alarm_class is AlarmClass.UNSURE
    assert judged(civil(0.9), light, previous=judged(light)).alarm_class is AlarmClass.VALID_ALARM


def test_in_a_letter_what_is_told_is_background() -> None:
    told = alarm(Nature.FRAUD, 0.75)
    assert judged(civil(0.8), told, letter=True).alarm_class is AlarmClass.NON_POLICE
    assert judged(civil(0.8), told, letter=True, vetoes=[veto(VetoCode.SUICIDE)]).alarm_class is (
        AlarmClass.VALID_ALARM
    )
    assert judged(civil(0.8), alarm(Nature.FRAUD, 0.98), letter=True).alarm_class is AlarmClass.UNSURE


def test_a_sign_of_doubt_holds_unless_the_civil_wish_clearly_outweighs_it() -> None:
    doubt = finding("d", AlarmClass.UNSURE, 0.6)
    assert judged(civil(0.7), doubt).alarm_class is AlarmClass.UNSURE
    assert judged(civil(0.8), doubt).alarm_class is AlarmClass.NON_POLICE


def test_play_beside_an_alarm_is_unsure_never_non_police() -> None:
    assert judged(civil(0.85, department=None), alarm(Nature.ROBBERY, 0.9)).alarm_class is AlarmClass.UNSURE


def test_of_natures_with_like_evidence_the_graver_leads() -> None:
    one = judged(alarm(Nature.NOISE, 0.8), alarm(Nature.SUICIDE_RISK, 0.8, rule="b"))
    assert one.nature is Nature.SUICIDE_RISK
    assert one.nature_alternatives == ((Nature.SUICIDE_RISK, 0.8), (Nature.NOISE, 0.8))


def test_what_stands_is_left_only_for_clearly_more() -> None:
    before = judged(alarm(Nature.NOISE, 0.8))
    assert judged(alarm(Nature.NOISE, 0.52), previous=before).alarm_class is AlarmClass.VALID_ALARM
    like = judged(alarm(Nature.NOISE, 0.8), alarm(Nature.FIGHT, 0.82, rule="b"), previous=before)
    assert like.nature is Nature.NOISE


def test_a_veto_that_fired_before_stands() -> None:
    before = judged(vetoes=[veto(VetoCode.WEAPON)])
    assert [one.code for one in judged(civil(0.9), previous=before).vetoes] == [VetoCode.WEAPON]


def test_of_two_departments_the_one_with_more_evidence_is_proposed() -> None:
    lighter = civil(0.7, Department.PUBLIC_HOTLINE_12345, rule="h")
    assert judged(lighter, civil(0.8)).department is Department.LABOUR_BUREAU


def test_partners_come_from_rules_and_vetoes() -> None:
    one = judged(
        alarm(Nature.FIRE, 0.9, partners=(EmergencyPartner.FIRE_119,)), vetoes=[veto(VetoCode.INJURY)]
    )
    assert one.partners == (EmergencyPartner.FIRE_119, EmergencyPartner.AMBULANCE_120)


PLACE = Extracted(
    field="address_text", value="建国路", segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=3),
    quote="建国路", started_ms=0, ended_ms=1, confidence=0.6,
)  # fmt: skip
WHERE = "您现在在什么位置？"


def asks(question: str) -> dict[str, str]:
    return {"next_question_zh": question, "next_question_en": question}


def test_the_place_is_asked_for_first_and_then_what_the_leading_rule_wants() -> None:
    asking = alarm(Nature.FIRE, 0.9, **asks("烧的是什么？"))
    assert judged(asking).next_question_zh == WHERE
    assert judged(asking, extracted=[PLACE]).next_question_zh == "烧的是什么？"
    assert judged(alarm(Nature.FIRE, 0.9), extracted=[PLACE]).next_question_zh == WHERE


def test_of_several_alarms_the_leading_one_asks_unless_a_life_is_in_danger_beside_it() -> None:
    crash = alarm(Nature.TRAFFIC_ACCIDENT, 0.8, "t", **asks("几辆车？"))
    blows = alarm(Nature.FIGHT, 0.7, "f", priority=2, **asks("几个人在打？"))
    faint = alarm(Nature.PERSON_IN_DANGER, 0.7, "d", priority=1, **asks("人清醒吗？"))
    assert judged(crash, blows, extracted=[PLACE]).next_question_zh == "几辆车？"
    assert judged(crash, blows, faint, extracted=[PLACE]).next_question_zh == "人清醒吗？"
    silent = alarm(Nature.TRAFFIC_ACCIDENT, 0.8, "t")
    assert judged(silent, blows, extracted=[PLACE]).next_question_zh == "几个人在打？"


def test_a_civil_wish_is_asked_what_belongs_to_it_and_nothing_of_a_doubt_beside_it() -> None:
    afraid = finding("u", AlarmClass.UNSURE, 0.4, **asks("您现在安全吗？"))
    other = civil(0.4, Department.MARKET_SUPERVISION, "m", **asks("哪家店？"))
    assert judged(civil(0.9), afraid, other).alarm_class is AlarmClass.NON_POLICE
    assert judged(civil(0.9), afraid, other).next_question_zh is None
    assert judged(civil(0.9, **asks("哪家公司？")), afraid, other).next_question_zh == "哪家公司？"


def test_a_doubt_asks_before_a_wish_and_danger_never_asks_about_a_wish() -> None:
    wish = civil(0.9, **asks("哪家公司？"))
    afraid = finding("u", AlarmClass.UNSURE, 0.9, **asks("您现在安全吗？"))
    assert judged(wish, afraid).next_question_zh == "您现在安全吗？"
    assert judged(wish, finding("u", AlarmClass.UNSURE, 0.9)).next_question_zh == "哪家公司？"
    assert judged(wish, vetoes=[veto(VetoCode.WEAPON)]).next_question_zh == WHERE


def test_findings_are_bounded_and_the_heaviest_are_kept() -> None:
    many = [alarm(Nature.FIRE, 0.01 + index / 1_000, rule=f"r{index}") for index in range(MAX_FINDINGS + 50)]
    kept = judged(*many).findings
    assert len(kept) == MAX_FINDINGS
    assert kept[0].weight == max(one.weight for one in many)


def test_a_department_nearly_as_fitting_is_named_beside_the_proposed_one() -> None:
    one = judged(civil(0.8), civil(0.75, Department.URBAN_CONSTRUCTION, rule="u"))
    assert one.department is Department.LABOUR_BUREAU
    assert [department for department, _ in one.department_alternatives] == [Department.URBAN_CONSTRUCTION]
    assert judged(civil(0.8)).department_alternatives == ()
