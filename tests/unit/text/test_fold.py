from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.fold import fold, is_han, script
from gateway.text.sounds import sounds


def test_traditional_full_width_and_capitals_become_one_spelling() -> None:
    assert fold("報警ＡＢ１２") == "报警ab12"
    assert fold("I don’t") == "i don't"


def test_chinese_punctuation_keeps_its_shape_because_it_ends_a_clause() -> None:
    assert fold("没有，打人！") == "没有，打人！"


@given(st.text(max_size=60))
def test_folding_never_moves_a_character(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=60), st.integers(0, 60))
def test_text_that_grows_is_folded_piece_by_piece(text: str, cut: int) -> None:
    assert fold(text[:cut]) + fold(text[cut:]) == fold(text)


def test_a_word_is_not_read_as_another_for_its_neighbours() -> None:
    assert fold("手机被打坏了") == "手机被打坏了"
    assert fold("他拿著刀") == "他拿着刀"
    assert fold("著火") == "着火"


def test_half_a_character_is_no_text() -> None:
    assert fold("火\ud800") == "火\ufffd"


@pytest.mark.parametrize(
    ("text", "told"), [("有人打架", "zh"), ("help me", "en"), ("110", None), ("ktv有人", "zh")]
)
def test_the_script_tells_the_language(text: str, told: str | None) -> None:
    assert script(text) == told


def test_a_misheard_word_has_the_sounds_of_what_was_said() -> None:
    assert sounds("吃刀抢节")[1:] == sounds("持刀抢劫")[1:]
    assert sounds("lan")[0] == "l"
    assert is_han("刀")
    assert not is_han("a")
