"""How a text is read to a voice in a test, and what counts as heard rightly."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from gateway.training import numbers_en
from gateway.training.numbers_zh import say_digits, say_number

HAN = re.compile("[\u4e00-\u9fff]+")


class Reader(ABC):
    """Reads texts of one language."""

    voices: Sequence[str]

    @abstractmethod
    def aloud(self, text: str) -> str:
        """What espeak-ng is told; empty: nothing can be said."""

    @abstractmethod
    def reference(self, text: str) -> str:
        """Units parted by spaces: characters of Mandarin, words of English."""


def digits_to_han(text: str) -> str:
    """Digits as they are said: up to four as a number, longer ones one by one; 110 and 12345 are names."""

    def said(match: re.Match[str]) -> str:
        digits = match[0]
        alone = len(digits) > 4 or digits[0] == "0" or digits in ("110", "119", "120", "122")
        return say_digits(digits) if alone else say_number(int(digits))

    return re.sub("[0-9]+", said, text)


class MandarinReader(Reader):
    """Phrase by phrase in pinyin, as the laboratory's voices are fed."""

    voices = ("cmn-latn-pinyin",)

    def aloud(self, text: str) -> str:
        from gateway.training.mandarin import syllables

        return ", ".join(" ".join(syllables(phrase)) for phrase in HAN.findall(digits_to_han(text)))

    def reference(self, text: str) -> str:
        return " ".join("".join(HAN.findall(digits_to_han(text))))


class EnglishReader(Reader):
    """Texts as they are, digits written out."""

    voices = ("en-us", "en")

    def aloud(self, text: str) -> str:
        return numbers_en.written_out(text).strip()

    def reference(self, text: str) -> str:
        from gateway.training.english import words_of

        return " ".join(words_of(numbers_en.written_out(text)))


def reader_for(language: str) -> Reader:
    """Who reads test texts."""
    return MandarinReader() if language == "zh" else EnglishReader()
