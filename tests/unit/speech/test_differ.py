"""Two texts of the same sound: which words differ, and how much."""

from __future__ import annotations

import time

import pytest

from gateway.speech.differ import CHUNK_CHARS, MAX_CHANGES, difference
from gateway.speech.model import Leg, TranscriptSegment, Word


def said(*words: str, at_ms: int = 0, each_ms: int = 300) -> TranscriptSegment:
    timed = tuple(
        Word(text=text, started_ms=at_ms + n * each_ms, ended_ms=at_ms + (n + 1) * each_ms, confidence=1.0)
        for n, text in enumerate(words)
    )
    return TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=at_ms, ended_ms=at_ms + len(words) * each_ms,
        text="".join(words), words=timed, model_id="m",
    )  # fmt: skip


def test_the_same_text_differs_in_nothing_however_it_was_cut() -> None:
    same = difference([said("有人", "打架")], [said("有"), said("人打架", at_ms=300)])
    assert (same.share, same.changes, same.trusted) == (0.0, (), True)


def test_a_word_heard_otherwise_is_told_with_its_place() -> None:
    found = difference([said("我在", "中山", "路")], [said("我在", "钟山", "路")])
    (change,) = found.changes
    assert (change.live, change.review, change.started_ms) == ("中", "钟", 300)
    assert found.share == 0.2


def test_what_one_ear_missed_stands_alone() -> None:
    found = difference([said("救命")], [said("救命"), said("他有刀", at_ms=2_000)])
    assert [(c.live, c.review) for c in found.changes] == [("", "他有刀")]
    assert found.share == 0.6


def test_latin_words_are_compared_whole() -> None:
    found = difference([said("help", "me")], [said("help", "him")])
    assert [(c.live.strip(), c.review.strip()) for c in found.changes] == [("me", "him")]


@pytest.mark.parametrize(("review", "trusted"), [("", False), ("有", False), ("有人", True)])
def test_a_review_that_heard_less_than_half_is_not_trusted(review: str, trusted: bool) -> None:
    heard = [said(review)] if review else []
    assert difference([said("有人打架")], heard).trusted is trusted


def test_where_nobody_said_anything_nothing_differs_and_it_is_trusted() -> None:
    nothing = difference([], [])
    assert (nothing.share, nothing.changes, nothing.trusted) == (0.0, (), True)


def test_half_an_hour_is_compared_at_once_and_its_changes_are_bounded() -> None:
    live = [said(*"今天我在人民路二百号看见有人打架", at_ms=n * 5_000) for n in range(360)]
    review = [said(*"今天我在人民路三百号看见有人打架", at_ms=n * 5_000) for n in range(360)]
    began = time.process_time()
    found = difference(live, review)
    assert time.process_time() - began < 3
    assert len(found.changes) == MAX_CHANGES
    assert found.share == pytest.approx(1 / 16, abs=0.01)
    assert len(live) * 16 > 10 * CHUNK_CHARS
