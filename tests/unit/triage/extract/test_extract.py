from __future__ import annotations

import pytest

from gateway.speech.model import Leg
from gateway.triage.extract import LONGEST_NUMBER, MAX_CHARACTERS, MAX_VALUES, extract, people
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
        ("他抡起板凳就砸", "weapon", ["板凳"]),
        ("我坐在板凳上等", "weapon", []),
        ("有三个人受伤了", "people_injured", ["3"]),
        ("他流血了", "people_injured", ["1"]),
        ("没有人受伤", "people_injured", ["0"]),
        ("我跟我老婆都受伤了", "people_injured", ["2"]),
        ("他说再来就打断我的腿", "people_injured", []),
        ("喝多了叫不醒", "people_injured", []),
        ("撞车了，司机叫不醒", "people_injured", ["1"]),
        ("nobody's hurt", "people_injured", ["0"]),
        ("two people are injured", "people_injured", ["2"]),
        ("he threatened to hit me", "people_injured", []),
        ("宽带断了两天", "people_injured", []),
        ("三个男的在砸门", "people", ["3 男的"]),
        ("two drunk guys are outside", "people", ["2 drunk guys"]),
        ("车牌沪A，幺二三四五", "plate", ["沪A12345"]),
        ("plate is yue b, one two three four five", "plate", ["粤B12345"]),
        ("the number ended in seven four two, a green taxi", "plate", []),
        ("a green taxi, the number ended in seven four two", "plate", ["*742"]),
        ("电话幺三八零零幺三零零零幺", "phone", ["13800130001"]),
        ("一辆白色轿车往南开了", "vehicle", ["白色轿车"]),
        ("a black toyota suv", "vehicle", ["black toyota suv"]),
        ("我住解放路", "vehicle", []),
        ("被骗了三万块钱", "loss", ["30000"]),
        ("他要我赔五百块", "loss", []),
        ("I lost nine thousand yuan", "loss", ["9000"]),
        ("my wallet was stolen, eighty dollars in cash", "loss", ["80 USD"]),
        ("停楼下的电动车被人偷了", "goods", ["电动车"]),
        ("he took my phone and ran", "goods", ["phone"]),
        ("我的手机号是多少", "goods", []),
        ("我叫张小样，住在样例区", "name", ["张小样"]),
        ("my name is anna smith", "name", ["Anna Smith"]),
        ("他叫救命", "name", []),
        ("昨天晚上八点半", "time", ["昨天晚上8点半"]),
        ("about ten minutes ago", "time", ["about 10 minutes ago"]),
        ("他穿黑衣服，往地铁站跑了", "direction", ["往地铁站跑了"]),
        ("they ran towards the river", "direction", ["ran towards the river"]),
        ("他穿黑衣服", "suspect", ["穿黑衣服"]),
        ("a tall man with a red cap", "suspect", ["tall man", "with a red cap"]),
        ("我前男友在门口", "relationship", ["前男友"]),
        ("my husband is shouting", "relationship", ["husband"]),
        ("五岁的孩子一个人在家", "children", ["孩子"]),
        ("我儿子上大学了", "children", []),
        ("my daughter is six years old", "children", ["my daughter is six years old"]),
        ("阿拉屋里厢侬快来", "language", ["zh-wuu"]),
        ("唔该快啲嚟，佢拎住刀", "language", ["zh-yue"]),
        ("咋个整嘛，娃儿莫得了", "language", ["zh-x-xinan"]),
        ("hola, por favor, ayuda", "language", ["es"]),
        ("Помогите", "language", ["ru"]),
        ("help me", "language", ["en"]),
    ],
)
def test_a_value_is_read_from_the_callers_words(text: str, field: str, expected: list[str]) -> None:
    assert values(text, field) == expected


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("我在样例区，建国路八十八号，三楼，快来", "样例区，建国路八十八号，三楼"),
        ("建国路，建国路跟解放街那个口子。", "建国路跟解放街那个口子"),
        ("柳树屯，老祠堂背后，独一栋", "柳树屯，老祠堂背后，独一栋"),
        ("工业四路，鸿运五金，二号车间，有人打架", "工业四路，鸿运五金，二号车间"),
        ("Harbour Mall, second floor, the shoe shop Solo.", "Harbour Mall, second floor, the shoe shop Solo"),
        (
            "I'm outside the metro, Jiefang Road station, exit C",
            "outside the metro, Jiefang Road station, exit C",
        ),
    ],
)
def test_a_place_is_quoted_as_it_was_said(text: str, quote: str) -> None:
    found = [one for one in extract(said(text)) if one.field == "address_text"]
    assert max(found, key=lambda one: one.confidence).quote == quote


@pytest.mark.parametrize(
    "text",
    [
        "我心里不踏实",
        "群里都在说",
        "司机绕路",
        "我在睡觉",
        "今天早上，晚上，都有",
        "I want to make a complaint",
    ],
)
def test_words_that_name_no_place_give_none_that_is_sure(text: str) -> None:
    assert not [one for one in extract(said(text)) if one.field == "address_text" and one.confidence >= 0.5]


def test_a_value_points_to_its_words() -> None:
    text = "在建国路八十八号，他拿着菜刀"
    (weapon,) = [one for one in extract(said(text)) if one.field == "weapon"]
    assert text[weapon.span.start : weapon.span.end] == weapon.quote == "菜刀"
    assert 1_000 <= weapon.started_ms <= weapon.ended_ms <= 2_000


def test_a_call_takers_words_give_no_values() -> None:
    assert extract(said("您在建国路八十八号吗", Leg.CALL_TAKER)) == ()


def test_a_very_long_text_gives_a_bounded_number_of_values() -> None:
    assert len(extract(said("他拿菜刀，电话幺三八零零幺三零零零幺，" * 3_000))) <= MAX_VALUES


def test_a_number_longer_than_anyone_says_is_read_by_nobody_and_the_rest_is() -> None:
    endless = "138" * LONGEST_NUMBER
    assert values(f"打我电话{endless}，他偷了我的手机", "goods") == ["手机"]
    assert values(f"打我电话{endless}", "phone") == []
    spoken = "一三八零零一三八零零零"
    assert values(f"打我电话{spoken}", "phone") == ["13800138000"]


@pytest.mark.parametrize("said_again", ["one two three ", "five hundred ", "at 12:", "twenty twenty-one "])
def test_figures_read_out_in_english_without_end_are_read_to_the_end(said_again: str) -> None:
    """An expression with a repetition within a repetition tries 2 to the power of the words."""
    extract(said("I am at building " + said_again * 200))


def test_what_was_denied_is_looked_for_once_however_many_are_hurt(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    class Counted:
        def finditer(self, text: str) -> list[object]:
            looked.append(len(text))
            return []

    monkeypatch.setattr(people, "_UNHURT", Counted())
    extract(said("这里有血" * (MAX_CHARACTERS // 4)))
    assert len(looked) == 1
