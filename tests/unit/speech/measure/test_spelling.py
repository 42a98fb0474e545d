from __future__ import annotations

import pytest

from gateway.speech.measure.align import Op, align
from gateway.speech.measure.spelling import chinese_amount, english_amount, flat, heard_tokens, slots, spoken


def same(said: str, heard: str, *, chinese: bool = True) -> bool:
    readings = heard_tokens(heard, chinese=chinese)
    return any(all(s.op is Op.RIGHT for s in align(slots(said, chinese=chinese), r)) for r in readings)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("你好，我要报警！", "你好我要报警"),
        ("有人打架。", "有 人 打 架"),
        ("我在１１０室", "我在一一零室"),
        ("中山路110号", "中山路一百一十号"),
        ("中山路110号", "中山路幺幺零号"),
        ("我的電話是13800138000", "我的电话是一三八零零一三八零零零"),
        ("幺三八", "一三八"),
        ("二〇二六年", "二零二六年"),
        ("2个人", "两个人"),
        ("2个人", "二个人"),
        ("丢了2600块", "丢了两千六百块"),
        ("丢了2600块", "丢了二千六百块"),
        ("欠了12,000元", "欠了一万二千元"),
        ("欠了12,000元", "欠了一万两千元"),
        ("3.5公里", "三点五公里"),
        ("50%", "百分之五十"),
        ("车牌京A12345", "车牌京 a 一二三四五"),
        ("OK吗", "ok 吗"),
        ("110", "110"),
        ("三百", "三百"),
        ("二百六十号", "260号"),
    ],
)
def test_what_sounds_the_same_is_no_error(said: str, heard: str) -> None:
    assert same(said, heard)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("It's 110, isn't it?", "its one one zero isnt it"),
        ("Number 110", "number one ten"),
        ("Number 110", "number one hundred and ten"),
        ("Number 110", "number one hundred ten"),
        ("Room 204", "room two oh four"),
        ("Room 1204", "room twelve oh four"),
        ("House 1021", "house ten twenty one"),
        ("2,600 dollars", "two thousand six hundred dollars"),
        ("HELP me", "help me"),
        ("call 5550142", "call five five five oh one four two"),
        ("50% off", "fifty percent off"),
        ("3.5 miles", "three point five miles"),
    ],
)
def test_english_numbers_may_be_read_in_any_way(said: str, heard: str) -> None:
    assert same(said, heard, chinese=False)


def test_another_number_is_an_error() -> None:
    assert not same("110", "一百二十")
    assert not same("110", "one twenty", chinese=False)
    assert not same("13800138000", "一百三十八亿零十三万八千")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "零"), (7, "七"), (10, "十"), (15, "十五"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
        (260, "二百六十"), (1001, "一千零一"), (1010, "一千零一十"), (10_000, "一万"),
        (10_086, "一万零八十六"),
        (12_345, "一万二千三百四十五"), (100_000, "十万"), (3_000_500, "三百万零五百"),
    ],
)  # fmt: skip
def test_chinese_amounts_are_read_as_people_read_them(value: int, text: str) -> None:
    assert chinese_amount(value) == text


def test_english_amounts_are_read_as_people_read_them() -> None:
    assert " ".join(english_amount(2_600_011)) == "two million six hundred thousand eleven"
    assert " ".join(english_amount(1_001, joined_by="and")) == "one thousand and one"
    assert " ".join(english_amount(342, joined_by="and")) == "three hundred and forty two"
    assert english_amount(90) == ("ninety",)


def test_voice_is_given_words_for_digits() -> None:
    assert spoken("打110，在12号", chinese=True) == "打一一零，在十二号"
    assert spoken("电话13800138000", chinese=True) == "电话一三八零零一三八零零零"
    assert spoken("room 12", chinese=False).split() == ["room", "twelve"]
    assert spoken("Call 91100", chinese=False).split() == ["call", "nine", "one", "one", "zero", "zero"]


def test_tokens_are_shown_as_people_read_them() -> None:
    assert flat(["我", "ok", "no", "好"], [False, True, False, True]) == "我[ok] no[好]"
    assert flat(["help", "me"], [False, False]) == "help me"
