"""What the English voices are told to say: half sentences, half words of the dictionary in any order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gateway.training.english import PHONES, VOICES, phone_of
from gateway.training.numbers_en import LETTERS, ONES
from gateway.training.speaker import Script, Spoken
from gateway.training.voice import Espeak, Manner

SENTENCES = 0.45
"""Share of utterances that are sentences; the rest are words in any order, digits and letters."""
SHORT = [
    "yes",
    "no",
    "okay",
    "yeah",
    "hello",
    "please",
    "help",
    "thanks",
    "right",
    "sure",
    "sorry",
    "what",
    "here",
    "quick",
    "nobody",
    "police",
]


class EnglishScript(Script):
    """Sayings for the English voices: espeak-ng tells itself which phones it says."""

    phones = PHONES

    def __init__(self, rng: np.random.Generator, sentences: Sequence[str], words: Sequence[str]) -> None:
        self._rng = rng
        self._sentences = sentences
        self._words = words

    def voices(self) -> Sequence[str]:
        return VOICES

    def say(self, espeak: Espeak, voice: str, variant: str, manner: Manner) -> Spoken | None:
        """One utterance; phonemes without a phone of ours only lengthen the one before."""
        text = self._line()
        samples, sounds = espeak.say(text, voice + variant, manner)
        segments: list[tuple[str, float, float]] = []
        for sound in sounds:
            phone = phone_of(sound)
            if phone:
                segments.append((phone, sound.begin, sound.end))
            elif segments:
                segments[-1] = (segments[-1][0], segments[-1][1], sound.end)
        return Spoken(samples, espeak.rate, segments, text)

    def _line(self) -> str:
        rng = self._rng
        kind = rng.random()
        if kind < SENTENCES:
            return self._sentences[int(rng.integers(len(self._sentences)))]
        if kind < SENTENCES + 0.05:
            return str(rng.choice(SHORT))
        count = int(rng.integers(1, 9))
        if kind < SENTENCES + 0.12:
            return " ".join(str(rng.choice(ONES)) for _ in range(count))
        if kind < SENTENCES + 0.15:
            return " ".join(str(rng.choice(list(LETTERS))) for _ in range(count))
        words = [self._words[n] for n in rng.integers(0, len(self._words), count)]
        if count > 3 and rng.random() < 0.4:
            words[int(rng.integers(0, count - 1))] += ","
        return " ".join(words)
