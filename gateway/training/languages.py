"""The languages a model can be made for: what the recipe asks of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gateway.training.patterns import Patterns, read_patterns
from gateway.training.phones import PhoneSet
from gateway.training.speaker import Script

HELD_OUT = "heldout.txt"
"""The file of free text that tests a model."""

Readings = dict[str, list[tuple[tuple[str, ...], float]]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where texts lie (asr_models/text) and a dictionary of words (English: SCOWL's folder)."""

    texts: Path
    dictionary: Path | None = None

    def lines(self, language: str) -> list[str]:
        """Free text: an utterance a line, files in the order of their names, without what only tests."""
        files = sorted((self.texts / language).glob("*.txt"))
        return [line for file in files if file.name != HELD_OUT for line in _lines(file)]

    def held_out(self, language: str) -> list[str]:
        """Free text that nothing is made from: it tests."""
        file = self.texts / language / HELD_OUT
        return _lines(file) if file.exists() else []


def _lines(file: Path) -> list[str]:
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


class Language(ABC):
    """One language."""

    code: str
    phones: PhoneSet

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    @abstractmethod
    def patterns(self) -> Patterns:
        """Sentence patterns of `asr_models/text/CODE-patterns.toml`."""

    @abstractmethod
    def script(self, rng: np.random.Generator) -> Script:
        """Who says what in training."""

    @abstractmethod
    def words_of(self, text: str) -> list[str]:
        """A text as the model's words."""

    @abstractmethod
    def utterances(self, lines: Iterable[str], seed: int) -> list[list[str]]:
        """Free text as what is said between two silences."""

    @abstractmethod
    def dictionary(self) -> Mapping[str, float]:
        """Words that everybody knows with how common they are."""

    @abstractmethod
    def readings(self, words: Sequence[str], lines: Sequence[str]) -> Readings:
        """How words are spoken, alone and in lines."""


class Mandarin(Language):
    """Pinyin finals with tones; jieba's words."""

    code = "zh"

    def __init__(self, sources: Sources) -> None:
        from gateway.training import mandarin, text_zh

        super().__init__(sources)
        self.phones = mandarin.PHONES
        self._text = text_zh

    def patterns(self) -> Patterns:
        from gateway.training.numbers_zh import NUMBERS

        return read_patterns(self.sources.texts / "zh-patterns.toml", NUMBERS)

    def script(self, rng: np.random.Generator) -> Script:
        from gateway.training.say_zh import MandarinScript

        return MandarinScript(rng)

    def words_of(self, text: str) -> list[str]:
        return self._text.words_of(text)

    def utterances(self, lines: Iterable[str], seed: int) -> list[list[str]]:
        return self._text.utterances(lines, seed)

    def dictionary(self) -> Mapping[str, float]:
        return self._text.dictionary()

    def readings(self, words: Sequence[str], lines: Sequence[str]) -> Readings:
        return self._text.readings(lines, words)


class English(Language):
    """espeak-ng's phonemes; SCOWL's words."""

    code = "en"

    def __init__(self, sources: Sources) -> None:
        from gateway.training import english, text_en

        super().__init__(sources)
        self.phones = english.PHONES
        self._english, self._text = english, text_en

    def patterns(self) -> Patterns:
        from gateway.training.numbers_en import NUMBERS

        return read_patterns(self.sources.texts / "en-patterns.toml", NUMBERS)

    def script(self, rng: np.random.Generator) -> Script:
        from gateway.training.say_en import EnglishScript

        sentences = self.sources.lines("en") + self.patterns().sentences(4000, 11)
        words = [word for word, weight in self.dictionary().items() for _ in range(2 if weight > 3 else 1)]
        return EnglishScript(rng, sentences, words)

    def words_of(self, text: str) -> list[str]:
        return self._english.words_of(text)

    def utterances(self, lines: Iterable[str], seed: int) -> list[list[str]]:
        return self._text.utterances(lines, seed)

    def dictionary(self) -> Mapping[str, float]:
        if self.sources.dictionary is None:
            raise ValueError("English needs SCOWL's folder of word lists: --dictionary")
        return self._text.dictionary(self.sources.dictionary)

    def readings(self, words: Sequence[str], lines: Sequence[str]) -> Readings:
        from gateway.training.voice import Espeak

        return self._english.readings(Espeak(), words, lines)


LANGUAGES: Mapping[str, type[Language]] = {"zh": Mandarin, "en": English}
