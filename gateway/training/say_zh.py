"""What the Mandarin voice is told to say so that the ear learns sounds, not sentences.

Words are drawn from jieba's dictionary, numbers and names beside them: every syllable in every tone, in every
neighbourhood. No sentence pattern is in it, so whatever the language model knows stays out of the ear.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import jieba
import numpy as np

from gateway.training.mandarin import PHONES, is_spoken, phones_of, pronunciation, syllables
from gateway.training.speaker import Script, Spoken
from gateway.training.voice import PAUSES, Espeak, Manner

jieba.setLogLevel(60)
VOICE = "cmn-latn-pinyin"
DICTIONARY_WORDS = 30_000
FLATTENED = 0.35
"""Words are drawn by frequency to this power: rare ones come often enough, common ones more often."""
SHORT = [
    "嗯",
    "对",
    "是",
    "好",
    "喂",
    "有",
    "没有",
    "不是",
    "是的",
    "对对",
    "好的",
    "没",
    "在",
    "行",
    "哎",
    "啊",
    "哦",
    "不",
    "快",
    "来",
    "嗯嗯",
    "谢谢",
    "不知道",
    "你好",
    "救命",
]
DIGITS = "零一二三四五六七八九幺"


class Words:
    """Draws what to say next."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._words, self._odds = _dictionary()

    def line(self) -> list[str]:
        """One utterance as words; a comma is a pause."""
        kind = self._rng.random()
        if kind < 0.06:
            return [str(self._rng.choice(SHORT)) for _ in range(self._rng.integers(1, 3))]
        if kind < 0.16:
            return self._digits()
        words = self._some(int(self._rng.integers(1, 10)))
        if kind < 0.30:
            words[int(self._rng.integers(0, len(words))) :] = self._digits()
        if len(words) > 3 and self._rng.random() < 0.4:
            words.insert(int(self._rng.integers(1, len(words))), ",")
        return words

    def _some(self, count: int) -> list[str]:
        chosen = self._rng.choice(len(self._words), count, p=self._odds)
        return [self._words[n] for n in chosen]

    def _digits(self) -> list[str]:
        count = int(self._rng.integers(1, 12))
        if self._rng.random() < 0.5:
            return [DIGITS[n] for n in self._rng.integers(0, len(DIGITS), count)]
        number: list[str] = []
        for unit in ("万", "千", "百", "十", "号", "栋", "楼", "块")[int(self._rng.integers(0, 8)) :][:count]:
            number += [DIGITS[int(self._rng.integers(1, 10))], unit]
        return number


def _dictionary() -> tuple[list[str], np.ndarray]:
    """The commonest words of jieba's dictionary and how often each is drawn."""
    jieba.initialize()
    ranked = sorted((-count, word) for word, count in jieba.dt.FREQ.items() if count and len(word) <= 4)
    spoken = ((word, -count) for count, word in ranked if is_spoken(word))
    words = list(islice(spoken, DICTIONARY_WORDS))
    weights = np.array([count for _, count in words], float) ** FLATTENED
    return [word for word, _ in words], weights / weights.sum()


class MandarinScript(Script):
    """Sayings for the Mandarin voice, with the phones that were said."""

    phones = PHONES

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._words = Words(rng)
        self._sounds_of: dict[str, int] = {}

    def voices(self) -> Sequence[str]:
        return (VOICE,)

    def say(self, espeak: Espeak, voice: str, variant: str, manner: Manner) -> Spoken | None:
        """One utterance; None when the sounds cannot be matched to the syllables."""
        return self.read(espeak, self._words.line(), voice + variant, manner, self._rng.random() < 0.4)

    def read(
        self, espeak: Espeak, words: Sequence[str], voice: str, manner: Manner, joined: bool
    ) -> Spoken | None:
        """These words; `joined`: a word's syllables are told as one word."""
        between = "" if joined else " "
        text = " ".join("," if word == "," else between.join(syllables(word)) for word in words)
        samples, sounds = espeak.say(text.replace(" ,", ","), voice, manner)
        said = [syllable for word in words if word != "," for syllable in syllables(word)]
        counts = [self._count(espeak, syllable) for syllable in said]
        if sum(counts) != len(sounds):
            return None
        segments: list[tuple[str, float, float]] = []
        at = 0
        for syllable, count in zip(said, counts, strict=True):
            part = sounds[at : at + count]
            at += count
            segments += _split(phones_of(syllable), [(s.begin, s.end) for s in part])
        return Spoken(samples, espeak.rate, segments, "".join(words))

    def _count(self, espeak: Espeak, syllable: str) -> int:
        """How many sounds espeak-ng makes of a syllable."""
        if syllable not in self._sounds_of:
            _, sounds = espeak.say(syllable, VOICE, Manner())
            self._sounds_of[syllable] = len([s for s in sounds if s.name not in PAUSES])
        return self._sounds_of[syllable]


def _split(phones: Sequence[str], spans: Sequence[tuple[float, float]]) -> list[tuple[str, float, float]]:
    """An initial takes the first sound, a final the rest; one sound for both is parted 35 to 65."""
    begin, end = spans[0][0], spans[-1][1]
    if len(phones) == 1:
        return [(phones[0], begin, end)]
    parted = spans[0][1] if len(spans) > 1 else begin + 0.35 * (end - begin)
    return [(phones[0], begin, parted), (phones[1], parted, end)]


__all__ = ["MandarinScript", "Words", "pronunciation"]
