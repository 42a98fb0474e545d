from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Context,
    Department,
    EmergencyPartner,
    Nature,
    Utterance,
    VetoCode,
)

Judge = Callable[..., Assessment]
Spoken = Callable[..., list[Utterance]]
SCENES = Path(__file__).parents[3] / "gateway" / "testing" / "lab" / "scenes.toml"


def test_no_text_is_unsure_and_says_so(judged: Judge) -> None:
    silent = judged(context=Context(silent_ms=9_000))
    assert (silent.alarm_class, silent.basis, silent.priority) == (AlarmClass.UNSURE, "no_text", 2)
    assert silent.nature is Nature.NONE
    assert any(finding.rule_id == "unsure.silent" for finding in silent.findings)


def test_a_dead_recognizer_is_unsure_whatever_was_heard(judged: Judge) -> None:
    assert judged("我要咨询工资拖欠的事", context=Context(speech_dead=True)).alarm_class is AlarmClass.UNSURE


def test_a_robbery_with_a_knife_is_a_valid_alarm_with_its_evidence(judged: Judge) -> None:
    call = judged("有人拿刀抢了我的包")
    assert (call.alarm_class, call.nature, call.priority) == (AlarmClass.VALID_ALARM, Nature.ROBBERY, 1)
    assert VetoCode.WEAPON in {veto.code for veto in call.vetoes}
    first = call.findings[0]
    assert "有人拿刀抢了我的包"[first.span.start : first.span.end] == first.quote
    assert call.next_question_zh == "您现在在什么位置？"


def test_a_wage_claim_goes_to_the_labour_bureau_and_cites_its_duty(judged: Judge) -> None:
    call = judged("老板拖欠我们三个月工资")
    assert (call.alarm_class, call.department, call.priority) == (
        AlarmClass.NON_POLICE,
        Department.LABOUR_BUREAU,
        4,
    )
    assert call.department_reason_zh is not None
    assert "12号" in call.department_reason_zh


def test_danger_beside_a_civil_wish_is_never_non_police(judged: Judge) -> None:
    call = judged("老板拖欠我们工资", "我现在坐在楼顶他不给钱我就跳")
    assert (call.alarm_class, call.nature, call.priority) == (AlarmClass.VALID_ALARM, Nature.SUICIDE_RISK, 1)


def test_denied_danger_does_not_make_an_alarm(judged: Judge) -> None:
    assert judged("健身卡不给退", "没有没有，没人打我").alarm_class is AlarmClass.NON_POLICE


def test_a_call_takers_words_do_not_make_an_alarm(judged: Judge) -> None:
    call = judged((Leg.CALL_TAKER, "有人拿刀抢劫吗，着火了吗"), "身份证丢了怎么补办")
    assert (call.alarm_class, call.department) == (AlarmClass.NON_POLICE, Department.PUBLIC_HOTLINE_12345)


def test_an_injury_calls_the_ambulance_in(judged: Judge) -> None:
    assert EmergencyPartner.AMBULANCE_120 in judged("撞人了他流血了躺在地上").partners


def test_a_veto_on_partial_text_stands_when_the_final_text_differs(triage: Triage, spoken: Spoken) -> None:
    partial = triage.vetoes(spoken("他手里拿着菜刀")[0])
    scans = [triage.scan(one) for one in spoken("健身卡不给退款")]
    assert triage.judge(scans, Context()).alarm_class is AlarmClass.NON_POLICE
    held = triage.judge(scans, Context(), standing=partial)
    assert held.alarm_class is AlarmClass.UNSURE
    assert held.priority == 2
    again = triage.judge(scans, Context(), held)
    assert VetoCode.WEAPON in {veto.code for veto in again.vetoes}


def test_scans_that_are_kept_give_the_same_verdict_as_all_at_once(triage: Triage, spoken: Spoken) -> None:
    turns = spoken("喂你好", "我的车被人撞了", "没有人受伤", "在建国路八十八号")
    step: Assessment | None = None
    scans = []
    for turn in turns:
        scans.append(triage.scan(turn))
        step = triage.judge(scans, Context(), step)
    assert step is not None
    assert step.alarm_class is triage.assess(turns, Context()).alarm_class
    assert step.nature is Nature.TRAFFIC_ACCIDENT


def test_the_verdict_does_not_fall_back_while_the_caller_goes_on(triage: Triage, spoken: Spoken) -> None:
    turns = spoken("着火了", "就是那个楼", "嗯", "对")
    seen = []
    previous: Assessment | None = None
    for count in range(1, len(turns) + 1):
        previous = triage.assess(turns[:count], Context(), previous)
        seen.append((previous.alarm_class, previous.nature))
    assert seen == [(AlarmClass.VALID_ALARM, Nature.FIRE)] * 4


def test_a_repeat_caller_is_flagged_and_not_lowered(judged: Judge) -> None:
    call = judged("我要投诉健身房不退卡", context=Context(repeat_calls_30d=9))
    assert any(finding.rule_id == "unsure.repeat_caller" for finding in call.findings)
    assert judged("他又打我", context=Context(repeat_calls_30d=9)).alarm_class is AlarmClass.VALID_ALARM


@settings(max_examples=60)
@given(
    civil=st.sampled_from(["工资不发", "健身卡不退", "路灯坏了", "话费乱扣", "身份证怎么补办", "借钱不还"]),
    danger=st.sampled_from(
        [
            "他拿着刀",
            "有人流血了",
            "着火了",
            "孩子不见了",
            "我不想活了",
            "他们不让我走",
            "救命啊",
            "我不方便说话",
        ]
    ),
    danger_first=st.booleans(),
)
def test_no_vetoed_call_is_ever_non_police(
    triage: Triage, spoken: Spoken, civil: str, danger: str, danger_first: bool
) -> None:
    turns = spoken(*((danger, civil) if danger_first else (civil, danger)))
    call = triage.assess(turns, Context())
    assert call.vetoes
    assert call.alarm_class is not AlarmClass.NON_POLICE
    assert call.priority <= 2


@settings(max_examples=60)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_judged_and_none_fails(triage: Triage, spoken: Spoken, texts: list[str]) -> None:
    call = triage.assess(spoken(*texts), Context())
    assert 1 <= call.priority <= 4


@pytest.mark.parametrize(
    "scene", tomllib.loads(SCENES.read_text(encoding="utf-8"))["scene"], ids=lambda scene: scene["id"]
)
def test_the_scenes_of_the_demonstration_come_out_as_written(judged: Judge, scene: dict[str, object]) -> None:
    turns = [(Leg(turn["who"]), turn["text"]) for turn in scene["turns"]]  # type: ignore[attr-defined]
    call = judged(*turns)
    expected = scene["expected"]
    assert isinstance(expected, dict)
    assert (call.alarm_class, call.nature) == (expected["alarm_class"], expected["nature"])
    if "department" in expected:
        assert call.department == expected["department"]
