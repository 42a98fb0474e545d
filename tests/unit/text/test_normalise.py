from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.fold import fold
from gateway.text.normalise import normalise

DAY = date(2026, 11, 26)


def facts(text: str) -> list[tuple[str, str]]:
    return [(fact.kind.value, fact.value) for fact in normalise(text, today=DAY).facts]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("我在建国路八十八号，电话幺三八零零幺三八零零零", "我在建国路88号，电话13800138000"),
        ("三号楼二单元五零二", "3号楼2单元502"),
        ("二十三幢幺零零二", "23幢1002"),
        ("负一楼停车场，五楼着火", "负1楼停车场，5楼着火"),
        ("昨天晚上十点半，三千二百块钱", "昨天晚上10点半，3200元"),
        ("骗了我十六万", "骗了我160000元"),
        ("绕城高速一百二十八公里加五百米", "绕城高速K128+500"),
        ("block four flat twelve-oh-one", "block 4 flat 1201"),
        ("打车二十的路收了我四十六", "打车20的路收了我46"),
    ],
)
def test_numbers_of_an_utterance_are_written_as_figures(said: str, written: str) -> None:
    assert normalise(said, today=DAY).text == written


@pytest.mark.parametrize(
    "said",
    [
        "等一下，万一出事，一点都不好，给我一点时间",
        "千万别来，十分着急",
        "十字路口，三轮车，三里屯，五一路",
        "十七八岁的小伙子，三四个人，二三十个人",
        "五六百块，七八点的时候",
        "一座桥塌了，第三次了，三年级",
        "六月的工资，开发区二期",
        "",
    ],
)
def test_words_that_are_no_number_or_only_about_one_stay_words(said: str) -> None:
    assert normalise(said).text == said


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("电话幺三九，幺二七零，四八六八", [("phone", "13912704868")]),
        ("座机零五幺二，六五四三二一零零", [("phone", "051265432100")]),
        ("打四零零八二零幺二三四", [("phone", "4008201234")]),
        ("车牌苏E，K幺三八七", [("plate", "苏EK1387")]),
        ("京A，D三三九八幺，绿牌", [("plate", "京AD33981")]),
        ("挂的黄牌，尾号三七二", [("digits", "372")]),
        ("看见尾号三七二", [("plate", "*372")]),
        ("下午三点一刻", [("time", "15:15")]),
        ("差五分十二点", [("time", "11:55")]),
        ("晚上十二点", [("time", "00:00")]),
        ("夜里两点", [("time", "02:00")]),
        ("中午一点", [("time", "13:00")]),
        ("昨晚上十一点二十", [("date", "2026-11-25"), ("time", "23:20")]),
        ("二零二四年三月五号", [("date", "2024-03-05")]),
        ("三月五号", [("date", "--03-05")]),
        ("他是零三年的", [("date", "2003")]),
        ("上周三", [("date", "2026-11-18")]),
        ("半个小时前", [("duration", "PT30M")]),
        ("两个半小时", [("duration", "PT150M")]),
        ("干了十一年", [("duration", "P11Y")]),
        ("六个月", [("duration", "P6M")]),
        ("三块五", [("money", "3.5")]),
        ("三块五毛", [("money", "3.5")]),
        ("五毛钱", [("money", "0.5")]),
        ("两万六千块", [("money", "26000")]),
        ("一点五万块", [("money", "15000")]),
        ("nine thousand yuan", [("money", "9000")]),
        ("二百一十号之五", [("house_number", "210-5")]),
        ("幺八六号", [("house_number", "186")]),
        ("A座二十三层二三零一", [("building", "A"), ("floor", "23"), ("room", "2301")]),
        ("地下二层", [("floor", "-2")]),
        ("K128+500", [("kilometre_post", "K128+500")]),
        ("离这儿三公里", [("quantity", "3")]),
        ("一米七", [("quantity", "1.7")]),
        ("俩人打架，一个人受伤", [("quantity", "2"), ("quantity", "1")]),
        ("three people", [("quantity", "3")]),
        ("百分之二十", [("number", "20")]),
        ("卡尾号零零三八", [("digits", "0038")]),
        ("half past nine in the evening", [("time", "21:30")]),
        ("a quarter to eight in the morning", [("time", "07:45")]),
        ("yesterday around ten thirty pm", [("date", "2026-11-25"), ("time", "22:30")]),
        ("fifteen minutes ago", [("duration", "PT15M")]),
        ("room three oh eight", [("room", "308")]),
    ],
)
def test_each_number_is_known_for_what_it_is(said: str, found: list[tuple[str, str]]) -> None:
    assert facts(said) == found


def test_an_identity_card_is_known_by_its_check_character() -> None:
    assert facts("身份证幺幺零幺零五幺九四九幺二三幺零零二X") == [("id_card", "11010519491231002X")]
    assert facts("幺幺零幺零五幺九四九幺二三幺零零二五")[0][0] == "digits"


@pytest.mark.parametrize(
    ("said", "kind", "value", "corrected"),
    [
        ("长宁街八号，不对不对，十八号，不是八号", "house_number", "18", ("8",)),
        ("八号，不是，十八号", "house_number", "18", ("8",)),
        ("三单元，啊不，四单元", "unit", "4", ("3",)),
        ("十点，不对，十一点半", "time", "11:30", ("10:00",)),
        ("block two, no wait, block three", "building", "3", ("2",)),
    ],
)
def test_what_a_speaker_takes_back_is_mended_and_told(
    said: str, kind: str, value: str, corrected: tuple[str, ...]
) -> None:
    found = normalise(said).facts
    assert [(fact.kind.value, fact.value, fact.corrected) for fact in found] == [(kind, value, corrected)]


def test_a_number_that_is_denied_is_no_fact() -> None:
    assert facts("不是八号，是十八号") == [("house_number", "18")]


def test_traditional_words_are_read_and_kept_as_they_were_said() -> None:
    found = normalise("電話幺三八，零零幺三，零零零二，三號樓")
    assert found.text == "電話13800130002，3號樓"
    assert [found.source[fact.start : fact.end] for fact in found.facts][1] == "三號樓"


@given(
    st.text(
        alphabet="一二两三十百千万零幺点号楼单元层室块钱年月日天个人分半电话苏E不对是，。ab 1", max_size=40
    )
)
def test_facts_never_overlap_and_lie_within_the_words(said: str) -> None:
    found = normalise(said, today=DAY)
    end = 0
    for fact in found.facts:
        assert end <= fact.start < fact.end <= len(said)
        end = fact.end


@given(st.text(max_size=60))
def test_any_text_is_answered_and_without_facts_unchanged(said: str) -> None:
    found = normalise(said)
    assert found.source == said
    assert found.facts or found.text == said
    assert len(fold(said)) == len(said)
