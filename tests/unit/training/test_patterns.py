"""Patterns: filled by seed, with errors that say which file and slot."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gateway.training.numbers_en import NUMBERS as ENGLISH
from gateway.training.numbers_en import say_number, written_out
from gateway.training.numbers_zh import NUMBERS as MANDARIN
from gateway.training.patterns import PatternError, Patterns, read_patterns

TEXTS = Path(__file__).parents[3] / "asr_models/text"
FILES = [("zh-patterns.toml", MANDARIN), ("en-patterns.toml", ENGLISH)]


@pytest.mark.parametrize(("name", "numbers"), FILES)
def test_every_pattern_of_the_project_can_be_filled(name: str, numbers: dict) -> None:
    patterns = read_patterns(TEXTS / name, numbers)
    for held_out in (False, True):
        sentences = patterns.sentences(400, 5, held_out=held_out)
        assert len(sentences) == 400
        assert not any(mark in sentence for sentence in sentences for mark in "{}[]_")
    assert not set(patterns.common) & set(patterns.held_out)


@pytest.mark.parametrize(("name", "numbers"), FILES)
def test_the_same_seed_fills_the_same_sentences(name: str, numbers: dict) -> None:
    patterns = read_patterns(TEXTS / name, numbers)
    assert patterns.sentences(50, 3) == patterns.sentences(50, 3) != patterns.sentences(50, 4)


def test_a_slot_that_nobody_fills_is_named() -> None:
    patterns = Patterns(["在{rode}"], [], {"road": ["中山路"]}, {})
    with pytest.raises(PatternError, match="'rode'"):
        patterns.sentences(1, 1)


def test_slots_in_a_circle_are_an_error() -> None:
    patterns = Patterns([], [], {"a": ["{b}"], "b": ["{a}"]}, {})
    with pytest.raises(PatternError, match="circle"):
        patterns.fill("{a}", random.Random(1))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "zh-patterns.toml"
    broken.write_text("[slots\n")
    with pytest.raises(PatternError, match=r"zh-patterns\.toml"):
        read_patterns(broken, {})


def test_english_numbers_are_written_out() -> None:
    assert say_number(205) == "two hundred and five"
    assert say_number(1016) == "one thousand and sixteen"
    assert " ".join(written_out("room 12, call 110 or 12345").split()) == (
        "room twelve , call one one zero or one two three four five"
    )
