"""espeak-ng as a library: text becomes samples and the exact moment of every phoneme.

The library is loaded by its name, so the process must be started with `LD_LIBRARY_PATH` and
`ESPEAK_DATA_PATH` where it is not installed (`tools.voice_environment`). espeak-ng 1.51 dies on rare
combinations of voice and text: whoever speaks much does so in a process of its own (`synth.py`).
"""

from __future__ import annotations

import ctypes as c
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIBRARY = "libespeak-ng.so.1"
CURE = "Cure: apt-get install espeak-ng, or start through scripts/train_demo_model, which fetches it."
SYNCHRONOUS, PHONEME_EVENTS, UTF8 = 2, 1, 1
END_OF_LIST, WORD, PHONEME = 0, 1, 7
SPEED, VOLUME, PITCH, RANGE, GAP = 1, 2, 3, 4, 7
PAUSES = frozenset({"_|", "_", "_:", "_!", "||", ""})
"""Phoneme names that are no sound but a stop between sounds."""


class VoiceError(Exception):
    """espeak-ng cannot speak: {what}"""

    def __init__(self, what: str) -> None:
        super().__init__(f"espeak-ng cannot speak: {what}. {CURE}")


@dataclass(frozen=True, slots=True)
class Sound:
    """A phoneme as it was spoken: its name, begin and end in seconds, place of its word in the text."""

    name: str
    begin: float
    end: float
    word: int


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is said: words a minute, pitch and its range 0..99, extra gap between words (10 ms)."""

    speed: int = 175
    pitch: int = 50
    range: int = 50
    gap: int = 0


class _Id(c.Union):
    _fields_ = [("number", c.c_int), ("name", c.c_char_p), ("string", c.c_char * 8)]


class _Event(c.Structure):
    _fields_ = [
        ("type", c.c_int),
        ("unique_identifier", c.c_uint),
        ("text_position", c.c_int),
        ("length", c.c_int),
        ("audio_position", c.c_int),
        ("sample", c.c_int),
        ("user_data", c.c_void_p),
        ("id", _Id),
    ]


_CALLBACK = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))


class Espeak:
    """One speaker; not for threads."""

    def __init__(self) -> None:
        try:
            self._library = c.CDLL(LIBRARY)
        except OSError as error:
            raise VoiceError(f"{LIBRARY} does not load ({error})") from None
        self.rate: int = self._library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS)
        if self.rate <= 0:
            raise VoiceError("its data (espeak-ng-data) is not found")
        self._pieces: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _CALLBACK(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: str, manner: Manner) -> tuple[NDArray[np.int16], list[Sound]]:
        """Samples at `rate` and the sounds in order, pauses left out."""
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise VoiceError(f"it has no voice {voice!r}")
        settings = (SPEED, manner.speed), (PITCH, manner.pitch), (RANGE, manner.range), (GAP, manner.gap)
        for parameter, value in (*settings, (VOLUME, 100)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._events = [], []
        raw = text.encode() + b"\0"
        self._library.espeak_Synth(raw, c.c_size_t(len(raw)), 0, 0, 0, UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        return samples, list(self._sounds(len(samples)))

    def _collect(self, samples: Any, count: int, events: Any) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        at = 0
        while (event := events[at]).type != END_OF_LIST:
            if event.type in (WORD, PHONEME):
                name = bytes(event.id.string).split(b"\0")[0].decode("utf-8", "replace")
                self._events.append((event.type, event.sample, event.text_position, name))
            at += 1
        return 0

    def _sounds(self, total: int) -> Iterator[Sound]:
        word = 0
        phonemes: list[tuple[int, str, int]] = []
        for kind, sample, position, name in self._events:
            if kind == WORD:
                word = position or word
            else:
                phonemes.append((sample, name, word))
        ends = [sample for sample, _, _ in phonemes[1:]] + [total]
        for (begin, name, of_word), end in zip(phonemes, ends, strict=True):
            if name not in PAUSES:
                yield Sound(name, begin / self.rate, end / self.rate, of_word)
