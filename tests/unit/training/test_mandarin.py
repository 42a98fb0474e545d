"""Syllables, tones and numbers of Mandarin."""

from __future__ import annotations

import pytest

from gateway.training.mandarin import PHONES, is_spoken, phones_of, pronunciation, syllables
from gateway.training.numbers_zh import say_digits, say_number
from gateway.training.reader import MandarinReader, digits_to_han


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("bao4", ("b", "ao4")),
        ("yue4", ("y", "ve4")),
        ("xue2", ("x", "ve2")),
        ("wang3", ("w", "uang3")),
        ("zhi1", ("zh", "iii1")),
        ("si4", ("s", "ii4")),
        ("er2", ("er2",)),
        ("lü4", ("l", "v4")),
    ],
)
def test_a_syllable_is_an_initial_and_a_final_with_its_tone(syllable: str, phones: tuple[str, ...]) -> None:
    assert phones_of(syllable) == phones
    assert all(phone in PHONES.states for phone in phones)


def test_words_are_read_with_light_tones() -> None:
    assert syllables("孩子") == ("hai2", "zi5")
    assert pronunciation("报警") == ("b", "ao4", "j", "ing3")


def test_what_is_not_han_is_no_word() -> None:
    assert is_spoken("嗯")
    assert not is_spoken("110")
    assert not is_spoken("")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (5, "五"),
        (10, "十"),
        (21, "二十一"),
        (105, "一百零五"),
        (110, "一百一十"),
        (2002, "二千零二"),
        (35000, "三万五千"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, said: str) -> None:
    assert say_number(number) == said


def test_digits_in_a_reference_are_words_and_emergency_numbers_are_spelled() -> None:
    assert say_digits("1024") == "幺零二四"
    assert digits_to_han("打110，12号楼，12345") == "打幺幺零，十二号楼，幺二三四五"
    assert MandarinReader().reference("我在5楼!") == "我 在 五 楼"
    assert MandarinReader().aloud("有人。打架") == "you3 ren2, da3 jia4"
