"""Vetoes that two utterances make together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import AlarmClass, Context, Utterance, Veto, VetoCode

Spoken = Callable[..., list[Utterance]]
Turn = str | tuple[Leg, str]


def fired(triage: Triage, spoken: Spoken, *turns: Turn) -> dict[VetoCode, Veto]:
    return {veto.code: veto for veto in triage.assess(spoken(*turns), Context()).vetoes}


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("他手里那个", "亮亮的东西一直对着我", VetoCode.WEAPON),
        ("我妈把那一瓶药", "全都喝下去了", VetoCode.SUICIDE),
        ("我们三个被困在", "电梯里头出不来", VetoCode.CONFINED),
        ("he came at me with a", "knife and he's still here", VetoCode.WEAPON),
    ],
)
def test_a_danger_told_in_two_breaths_fires(
    triage: Triage, spoken: Spoken, first: str, second: str, code: VetoCode
) -> None:
    assert code in fired(triage, spoken, first, second)


def test_it_stands_in_the_last_utterance_and_quotes_the_words_of_both(triage: Triage, spoken: Spoken) -> None:
    veto = fired(triage, spoken, "他手里那个", "亮亮的东西一直对着我")[VetoCode.WEAPON]
    assert veto.segment_index == 1
    assert veto.span.start == 0
    assert veto.quote.startswith("手里那个亮亮的")


def test_a_short_answer_takes_its_danger_from_the_question(triage: Triage, spoken: Spoken) -> None:
    said = fired(triage, spoken, "你好", (Leg.CALL_TAKER, "他手里拿刀了吗"), "拿了")
    assert VetoCode.WEAPON in said
    assert said[VetoCode.WEAPON].speaker is Leg.CALLER
    assert VetoCode.WEAPON not in fired(triage, spoken, "你好", (Leg.CALL_TAKER, "他手里拿刀了吗"), "没有")


@pytest.mark.parametrize(
    "turns",
    [
        ("他手里那个。", (Leg.CALL_TAKER, "您先说一下您在什么位置"), "亮亮的东西是个灯"),
        ("我要买点东西放在他手里", "没有，亮亮的灯"),
        ("孩子已经放学回家写作业了。", "掉了一个快递你们管不管"),
        ("我要投诉建筑工地拖欠工资三个月了", "找水"),
    ],
    ids=["a question between", "an answer", "a whole sentence", "owed wages, and a word misheard"],
)
def test_words_that_do_not_belong_together_make_none(
    triage: Triage, spoken: Spoken, turns: tuple[Turn, ...]
) -> None:
    alone = {code for turn in turns for code in fired(triage, spoken, turn)}
    assert set(fired(triage, spoken, *turns)) <= alone


def test_a_danger_of_two_breaths_keeps_a_call_from_non_police(triage: Triage, spoken: Spoken) -> None:
    judged = triage.assess(
        spoken("我要投诉物业乱收费物业费太高了他手里那个", "亮亮的东西一直对着我"), Context()
    )
    assert judged.vetoes
    assert judged.alarm_class is not AlarmClass.NON_POLICE
