"""From characters of an utterance to its place in the recording."""

from __future__ import annotations

from gateway.speech.model import Leg, Word
from gateway.triage.model import Utterance
from gateway.triage.words import times


class Counted(str):
    """A text that counts how often it is searched."""

    searched: int = 0

    def find(self, *about: object) -> int:
        self.searched += 1
        return super().find(*about)  # type: ignore[arg-type]


def spoken(text: str, *words: tuple[str, int, int]) -> Utterance:
    made = tuple(
        Word(text=word, started_ms=first, ended_ms=last, confidence=1.0) for word, first, last in words
    )
    return Utterance(segment_index=0, speaker=Leg.CALLER, text=text, started_ms=0, ended_ms=8_000, words=made)


def test_times_are_those_of_the_first_and_the_last_word_touched() -> None:
    said = spoken("他 拿着 菜刀", ("他", 0, 300), ("拿着", 400, 900), ("菜刀", 1_000, 1_800))
    assert times(said, 2, 7) == (400, 1_800)
    assert times(said, 0, 1) == (0, 300)
    assert times(said, 3, 4) == (400, 900)


def test_words_that_the_text_writes_otherwise_are_passed_over() -> None:
    said = spoken("拿着 3 把 刀", ("拿着", 0, 300), ("三", 400, 600), ("把", 700, 900), ("刀", 1_000, 1_800))
    assert times(said, 0, 8) == (0, 1_800)


def test_without_words_time_is_told_in_proportion() -> None:
    assert times(spoken("一二三四五六七八"), 2, 4) == (2_000, 4_000)
    assert times(spoken("一二三四", ("别的", 0, 100)), 2, 4) == (4_000, 8_000)


def test_every_word_is_looked_for_once_however_many_places_ask() -> None:
    text = Counted("打人" * 500)
    said = spoken(text, *(("打人", 100 * number, 100 * number + 90) for number in range(500)))
    for place in range(0, 1_000, 2):
        assert times(said, place, place + 2) == (50 * place, 50 * place + 90)
    assert text.searched == 500
