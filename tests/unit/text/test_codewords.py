"""A site's own code words, as callers say them and recognizers write them."""

from __future__ import annotations

import pytest

from gateway.text.codewords import code_words, found_in

WORDS = code_words(("两份牛肉面不要香菜", "找王阿姨", "blue umbrella", "", " 。"))


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("你好，我要两份牛肉面，不要香菜", "两份牛肉面不要香菜"),
        ("兩份牛肉麵不要香菜", "两份牛肉面不要香菜"),
        ("良份牛肉面不要香才", "两份牛肉面不要香菜"),
        ("请 找 王 阿姨 接电话", "找王阿姨"),
        ("I left my Blue Umbrella there", "blue umbrella"),
    ],
)
def test_a_code_word_is_found_however_it_is_written(said: str, word: str) -> None:
    assert found_in(said, WORDS) == word


@pytest.mark.parametrize(
    "said", ["我要牛肉面", "两份牛肉面", "blue umbrellas", "bluer umbrella", "", "王阿姨"]
)
def test_what_only_resembles_one_is_none(said: str) -> None:
    assert found_in(said, WORDS) is None


def test_without_code_words_nothing_is_found() -> None:
    assert found_in("两份牛肉面不要香菜", code_words(())) is None
