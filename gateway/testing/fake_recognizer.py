"""A recognizer whose language tests can speak: every sample is the code of a letter, so text is sound and
back.

`say("报警")` gives 100 ms a letter; silence (zeros) of half a second ends an utterance. Sounds with a
meaning of their own: ABORT ends the process as a Kaldi assertion does, HANG never returns, each at every
hearing, or only once when the file `once` lies in the model folder (it is removed first). Started by a
worker as `--engine gateway.testing.fake_recognizer`; the model is any folder. A model with a file `letters`
knows those letters alone: others are heard with a confidence of 0.3, as `?`. A model with a file `deaf`
makes ears that hear nothing, as many as the number in it says. One with a file `deadly` ends the process that
loads it.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import Word
from gateway.speech.recognizer import Final, Partial, RecognizerError, joined, span_ms, whole_samples

LETTER_MS = 100
PAUSE_MS = 500
ABORT, HANG = 7, 8
"""Sample values: control characters that no text has."""
MODULE = "gateway.testing.fake_recognizer"


def say(text: str) -> bytes:
    """Sound of `text`, LETTER_MS a letter; letters up to U+FFFF fit in a sample. A space is a letter's
    silence."""
    return b"".join(
        struct.pack("<H", 0 if c == " " else ord(c)) * (LETTER_MS * BYTES_PER_MS // 2) for c in text
    )


def pause(ms: int = PAUSE_MS + 100) -> bytes:
    return bytes(ms * BYTES_PER_MS)


class FakeEngine:
    """Any folder is a model; one that does not exist cannot be loaded."""

    def __init__(self, model: Path) -> None:
        if not model.is_dir():
            raise RecognizerError(f"{model}: no such model")
        if (model / "deadly").exists():
            os.abort()
        self._model = model

    def open(self, started_ms: int) -> FakeEar:
        return FakeEar(self._model, started_ms)


class FakeEar:
    def __init__(self, model: Path, started_ms: int) -> None:
        self._model, self._started_ms = model, started_ms
        self._heard = 0
        self._letters: list[tuple[str, int, int]] = []
        self._quiet_ms = 0
        self._told = ""
        letters = model / "letters"
        self._deaf = _deaf(model / "deaf")
        self._known = set(letters.read_text().strip()) if letters.exists() else None

    def hear(self, pcm: bytes) -> Sequence[Partial | Final]:
        found: list[Partial | Final] = []
        if self._deaf:
            return found
        for value, samples in _runs(whole_samples(pcm)):
            self._mischief(value)
            at = self._started_ms + span_ms(self._heard)
            self._heard += samples * 2
            if value > 0:
                self._letter(chr(value), at, self._started_ms + span_ms(self._heard))
                self._quiet_ms = 0
            else:
                self._quiet_ms += samples * 2 // BYTES_PER_MS
            if self._letters and self._quiet_ms >= PAUSE_MS:
                found.append(self._final())
        if self._letters and (partial := self._partial()).text != self._told:
            self._told = partial.text
            found.append(partial)
        return found

    def finish(self) -> Sequence[Partial | Final]:
        return [self._final()]

    def _letter(self, letter: str, started_ms: int, ended_ms: int) -> None:
        last = self._letters[-1] if self._letters else None
        if last and last[0] == letter and last[2] == started_ms and ended_ms - last[1] <= LETTER_MS:
            self._letters[-1] = (letter, last[1], ended_ms)
        else:
            self._letters.append((letter, started_ms, ended_ms))

    def _words(self) -> tuple[Word, ...]:
        return tuple(self._word(*letter) for letter in self._letters)

    def _word(self, letter: str, started_ms: int, ended_ms: int) -> Word:
        known = self._known is None or letter in self._known
        return Word(
            text=letter if known else "?",
            started_ms=started_ms,
            ended_ms=ended_ms,
            confidence=1.0 if known else 0.3,
        )

    def weight(self) -> tuple[float, int]:
        words = self._words()
        spans = [word.ended_ms - word.started_ms for word in words]
        return sum(word.confidence * span for word, span in zip(words, spans, strict=True)), sum(spans)

    def _partial(self) -> Partial:
        words = self._words()
        return Partial(text=joined(words), started_ms=words[0].started_ms, ended_ms=words[-1].ended_ms)

    def _final(self) -> Final:
        final = Final(words=self._words())
        self._letters.clear()
        self._quiet_ms, self._told = 0, ""
        return final

    def _mischief(self, value: int) -> None:
        if value not in (ABORT, HANG):
            return
        once = self._model / "once"
        if (self._model / "spent").exists():
            return
        if once.exists():
            once.rename(self._model / "spent")
        if value == ABORT:
            os.abort()
        threading.Event().wait()


def _deaf(file: Path) -> bool:
    """Whether the next ear is deaf; one less is afterwards."""
    left = int(file.read_text()) if file.exists() else 0
    if left:
        file.write_text(str(left - 1))
    return left > 0


def _runs(pcm: bytes) -> Iterator[tuple[int, int]]:
    """Value and number of equal samples in a row."""
    values = struct.unpack(f"<{len(pcm) // 2}H", pcm)
    began = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[began]:
            yield values[began], at - began
            began = at


def make(model: Path) -> FakeEngine:
    return FakeEngine(model)
