"""Which model goes on: by what each is sure of in the first seconds of speech."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.choose import LISTEN_MS, SURE_MS, Choice
from gateway.speech.model import Word
from gateway.speech.recognizer import Final, Partial, joined

STEP = bytes(500 * BYTES_PER_MS)


class Scripted:
    """An Ear that hears a word of half a second a step with a given confidence; None: silence."""

    def __init__(self, name: str, *script: float | None, final_every: int = 2) -> None:
        self._name, self._script, self._every = name, list(script), final_every
        self._words: list[Word] = []
        self._step = 0
        self.heard = 0

    def hear(self, pcm: bytes) -> Sequence[Partial | Final]:
        self.heard += 1
        sure = self._script.pop(0) if self._script else None
        at, self._step = self._step * 500, self._step + 1
        if sure is not None:
            self._words.append(
                Word(text=f"{self._name}{self._step}", started_ms=at, ended_ms=at + 500, confidence=sure)
            )
        if self._step % self._every == 0:
            return self.finish()
        if not self._words:
            return ()
        return [Partial(text=joined(self._words), started_ms=at, ended_ms=at + 500)]

    def finish(self) -> Sequence[Partial | Final]:
        words, self._words = tuple(self._words), []
        return [Final(words=words)]

    def weight(self) -> tuple[float, int]:
        return sum(w.confidence * 500 for w in self._words), 500 * len(self._words)


def run(choice: Choice, steps: int) -> tuple[list[str], list[str]]:
    """Texts of the finals and of the partials."""
    items = [item for _ in range(steps) for item in choice.hear(STEP)]
    return (
        [joined(item.words) for item in items if isinstance(item, Final) and item.words],
        [item.text for item in items if isinstance(item, Partial)],
    )


def test_surer_model_goes_on_with_all_it_heard_and_the_other_hears_no_more() -> None:
    zh, en = Scripted("z", *[0.4] * 12), Scripted("e", *[0.9] * 12)
    choice = Choice({"": zh, "en": en})
    finals, _ = run(choice, 12)
    assert choice.decided
    assert choice.model == "en"
    assert finals == ["e1 e2", "e3 e4", "e5 e6", "e7 e8", "e9 e10", "e11 e12"]
    assert zh.heard == SURE_MS // 500


def test_default_that_is_ahead_wins_as_early() -> None:
    en = Scripted("e", *[0.3] * 12)
    choice = Choice({"": Scripted("z", *[0.9] * 12), "en": en})
    assert run(choice, 12)[0][0] == "z1 z2"
    assert en.heard == SURE_MS // 500


def test_default_wins_when_neither_is_ahead_and_no_earlier_than_it_must() -> None:
    en = Scripted("e", *[0.9] * 40)
    choice = Choice({"": Scripted("z", *[0.85] * 40), "en": en})
    assert run(choice, LISTEN_MS // 500 - 1)[0] == []
    assert run(choice, 1)[0] == [f"z{n} z{n + 1}" for n in range(1, LISTEN_MS // 500, 2)]
    assert choice.model == ""


def test_model_that_finds_few_words_loses_though_it_is_sure_of_them() -> None:
    choice = Choice({"": Scripted("z", 0.95, None, None, None, None), "en": Scripted("e", *[0.8] * 8)})
    run(choice, 5)
    assert choice.model == "en"


def test_silence_decides_nothing_and_its_ends_are_told() -> None:
    choice = Choice({"": Scripted("z", *[None] * 100), "en": Scripted("e", *[None] * 100)})
    items = [item for _ in range(100) for item in choice.hear(STEP)]
    assert items == [Final(words=())] * 50
    assert not choice.decided


def test_leg_that_ends_early_is_decided_by_what_there_was() -> None:
    choice = Choice({"": Scripted("z", 0.3), "en": Scripted("e", 0.9)})
    choice.hear(STEP)
    (final,) = choice.finish()
    assert isinstance(final, Final)
    assert (joined(final.words), choice.model) == ("e1", "en")


def test_partial_text_is_the_leaders() -> None:
    choice = Choice({"": Scripted("z", *[0.3] * 9), "en": Scripted("e", *[0.9] * 9)})
    assert run(choice, 3)[1] == ["e1", "e3"]


def test_segments_told_late_say_so_that_what_follows_them_is_not_taken_for_heard() -> None:
    choice = Choice({"": Scripted("z", *[0.3] * 9), "en": Scripted("e", *[0.9] * 9)})
    items = [item for _ in range(4) for item in choice.hear(STEP) if isinstance(item, Final)]
    assert [item.late for item in items] == [True, False]


def test_one_model_alone_is_decided_from_the_beginning() -> None:
    choice = Choice({"en": Scripted("e", *[0.1] * 9)})
    assert choice.decided
    assert run(choice, 2) == (["e1 e2"], ["e1"])
    assert choice.weight() == (0, 0)
