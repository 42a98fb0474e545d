"""The port to a recognizer: what turns sound into words. It runs in a worker process, for it may abort.

An Engine is made once a worker and gives an Ear a leg. Every Ear is used by one thread, in the order of
the sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import Word

VOSK = "gateway.speech.vosk_worker"
"""The engine of real use, by its module: a worker process imports it."""
UNKNOWN = "[unk]"
"""A sound that is no word of the model. It stands in no text, but as an empty word with confidence 0."""


class RecognizerError(Exception):
    """The recognizer cannot be used: the message says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What seems to have been said since the last Final; may change. Times: milliseconds on the call's
    line."""

    text: str
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """What was said between two pauses, for good; no words when it was silence or noise.

    `model`: key of the model that heard it. `late`: told some time after it was heard, while more was said.
    """

    words: tuple[Word, ...]
    model: str = ""
    late: bool = False


class Ear(Protocol):
    """Hears one leg: 8 kHz, 16 bit, mono."""

    def hear(self, pcm: bytes) -> Sequence[Partial | Final]:
        """Whole samples, in order. Partials come only when the text changed, at most five a second of
        sound."""
        ...

    def finish(self) -> Sequence[Partial | Final]:
        """The leg ended; the Ear is not used afterwards."""
        ...

    def weight(self) -> tuple[float, int]:
        """Of the words since the last Final: confidence times milliseconds, and the milliseconds."""
        ...


class Engine(Protocol):
    """`make(model)` of an engine's module loads the model. Raises RecognizerError."""

    def open(self, started_ms: int) -> Ear:
        """An Ear for a leg whose first sample lies at `started_ms` of the call."""
        ...


class EngineModule(Protocol):
    """A module that a worker can be started with."""

    def make(self, model: Path) -> Engine: ...


def whole_samples(pcm: object) -> bytes:
    """`pcm` if it is sound that any recognizer takes; half a sample would turn all that follows into
    noise."""
    if not isinstance(pcm, bytes):
        raise TypeError(f"sound must be bytes, not {type(pcm).__name__}")
    if len(pcm) % 2:
        raise ValueError(f"{len(pcm)} bytes are not whole 16 bit samples")
    return pcm


def joined(words: Sequence[Word]) -> str:
    """The words as people write them: Chinese without spaces, a space between two Latin words or numbers."""
    text = ""
    for word in words:
        spaced = text and word.text and text[-1].isascii() and word.text[0].isascii()
        text += f" {word.text}" if spaced else word.text
    return text


def span_ms(size_bytes: int) -> int:
    """How long that much telephone sound lasts."""
    return size_bytes // BYTES_PER_MS
