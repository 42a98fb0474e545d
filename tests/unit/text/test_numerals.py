from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.numerals import chinese_number, english_digits, english_number


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        ("三百二十八", 328),
        ("三二八", 328),
        ("幺幺零", 110),
        ("两万六", 26_000),
        ("十六万", 160_000),
        ("一千零五", 1_005),
        ("一百二", 120),
        ("十", 10),
        ("百", 100),
        ("3.5万", 35_000),
        ("5000", 5_000),
        ("二十号", None),
        ("", None),
    ],
)
def test_a_chinese_number_is_read_as_people_say_it(spoken: str, value: int | None) -> None:
    assert chinese_number(spoken) == value


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        ("nine thousand", 9_000),
        ("two hundred and fifty", 250),
        ("twelve-oh-one", 1_201),
        ("forty-one", 41),
        ("88", 88),
        ("many", None),
        ("", None),
    ],
)
def test_an_english_number_is_read_as_people_say_it(spoken: str, value: int | None) -> None:
    assert english_number(spoken) == value


def test_digits_read_out_with_double_and_triple_are_expanded() -> None:
    assert english_digits("one five double four triple nine") == "1544999"


@given(st.text(alphabet="零一二三四五六七八九十百千万亿两幺", max_size=12))
def test_any_run_of_numeral_characters_is_read_without_failing(spoken: str) -> None:
    value = chinese_number(spoken)
    assert value is None or value >= 0
