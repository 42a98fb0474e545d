from __future__ import annotations

import pytest

from gateway.speech.model import Leg
from gateway.triage.extract import extract, injured
from gateway.triage.model import Utterance


def said(text: str, speaker: Leg = Leg.CALLER, index: int = 0) -> Utterance:
    return Utterance(segment_index=index, speaker=speaker, text=text, started_ms=1_000, ended_ms=2_000)


def values(text: str, field: str) -> list[str]:
    return [one.value for one in extract(said(text)) if one.field == field]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("他手里拿着一把菜刀", "weapon", ["菜刀"]),
        ("he is holding a knife", "weapon", ["knife"]),
        ("他没拿刀", "weapon", []),
        ("那家刀削面馆", "weapon", []),
        ("有三个人受伤了", "people_injured", ["3"]),
        ("他流血了", "people_injured", ["1"]),
        ("没有人受伤", "people_injured", ["0"]),
        ("nobody's hurt", "people_injured", ["0"]),
        ("宽带断了两天", "people_injured", []),
        ("车牌沪A，幺二三四五", "plate", ["沪A12345"]),
        ("电话幺三八零零幺三零零零幺", "phone", ["13800130001"]),
        ("一辆白色轿车往南开了", "vehicle", ["白色轿车"]),
        ("被骗了三万块钱", "loss", ["30000"]),
        ("I lost nine thousand yuan", "loss", ["9000"]),
        ("我叫张小样，住在样例区", "name", ["张小样"]),
        ("昨天晚上八点半", "time", ["昨天晚上8点半"]),
        ("他穿黑衣服，往地铁站跑了", "direction", ["往地铁站跑了"]),
        ("阿拉屋里厢侬快来", "language", ["zh-wuu"]),
        ("help me", "language", ["en"]),
    ],
)
def test_a_value_is_read_from_the_callers_words(text: str, field: str, expected: list[str]) -> None:
    assert values(text, field) == expected


def test_a_value_points_to_its_words() -> None:
    text = "在建国路八十八号，他拿着菜刀"
    (weapon,) = [one for one in extract(said(text)) if one.field == "weapon"]
    assert text[weapon.span.start : weapon.span.end] == weapon.quote == "菜刀"
    assert 1_000 <= weapon.started_ms <= weapon.ended_ms <= 2_000


def test_a_call_takers_words_give_no_values() -> None:
    assert extract(said("您在建国路八十八号吗", Leg.CALL_TAKER)) == ()


def test_an_answer_to_the_question_after_injuries_is_nobody() -> None:
    turns = [said("有没有人受伤", Leg.CALL_TAKER), said("没有，你们快来")]
    (nobody,) = injured(turns, [])
    assert (nobody.field, nobody.value, nobody.speaker) == ("people_injured", "0", Leg.CALLER)
    assert injured([said("您在哪里", Leg.CALL_TAKER), said("没有看见路牌")], []) == []
    assert injured(turns, [nobody]) == []
