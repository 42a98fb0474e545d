"""Pieces of what was said."""

from __future__ import annotations

from itertools import pairwise

from gateway.triage.ngrams import BUCKETS, MAX_CHARS, pieces


def test_the_same_words_give_the_same_numbers_each_once_and_ascending() -> None:
    found = pieces("有人打架，有人打架")
    assert (found == pieces("有人打架；有人打架")).all()
    assert all(one < other for one, other in pairwise(found.tolist()))
    assert 0 <= found.min() <= found.max() < BUCKETS


def test_figures_teach_nothing() -> None:
    assert len(pieces("13800138000")) == 0
    assert (pieces("电话13800138000") == pieces("电话13911112222")).all()


def test_one_to_three_characters_and_one_or_two_words_are_pieces() -> None:
    assert len(pieces("打架了")) == 6
    assert len(pieces("Help me please")) == 5
    assert (pieces("HELP me") == pieces("help me")).all()


def test_a_long_text_is_looked_at_to_its_limit() -> None:
    assert (pieces("救" * MAX_CHARS + "命") == pieces("救" * MAX_CHARS)).all()
    assert len(pieces("")) == 0


def test_half_a_surrogate_pair_is_no_fault() -> None:
    assert len(pieces("\ud83d 救")) == 1
