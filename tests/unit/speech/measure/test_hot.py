from __future__ import annotations

import pytest

from gateway.speech.hotwords import HotWords
from gateway.speech.measure.corpus import Utterance
from gateway.speech.measure.hot import HotScore
from gateway.speech.measure.score import judge
from gateway.speech.model import Leg, Word


def words(*texts: str) -> list[Word]:
    return [Word(text=text, started_ms=0, ended_ms=0, confidence=0.6) for text in texts]


def test_errors_are_split_into_named_words_and_all_others_with_and_without_them() -> None:
    score = HotScore(HotWords.of(["柳塘区"]))
    utterance = Utterance(name="u", text="我在柳塘区打架", language="zh", speaker=Leg.CALLER)
    heard = words("我", "在", "流淌", "去", "大", "家")
    before = judge(utterance, heard, "")
    score.add(before, score.judge(before, heard))
    told = score.facts()
    assert (told["named"]["without"]["rate"], told["named"]["with"]["rate"], told["named"]["fewer"]) == (
        1.0,
        0.0,
        1.0,
    )
    assert told["elsewhere"]["without"]["said"] == 4
    assert told["elsewhere"]["more"] == pytest.approx(0.0)


def test_an_insertion_in_the_middle_of_a_named_word_is_an_error_of_that_word() -> None:
    score = HotScore(HotWords.of(["柳塘区"]))
    utterance = Utterance(name="u", text="柳塘区", language="zh", speaker=Leg.CALLER)
    heard = words("柳", "的", "塘区")
    before = judge(utterance, heard, "")
    score.add(before, before)
    assert score.without.named.inserted == 1
    assert score.without.elsewhere.inserted == 0
