"""What a language gives to synthesis: a script that says something and knows which phones were said when."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.training.phones import PhoneSet
from gateway.training.voice import Espeak, Manner


@dataclass(frozen=True, slots=True)
class Spoken:
    """Samples at `rate`, the phones with begin and end in seconds, the text for people."""

    samples: NDArray[np.int16]
    rate: int
    segments: list[tuple[str, float, float]]
    text: str


class Script(ABC):
    """Sayings of one language, drawn from a generator."""

    phones: PhoneSet

    @abstractmethod
    def voices(self) -> Sequence[str]:
        """espeak-ng's voices of this language, without variants."""

    @abstractmethod
    def say(self, espeak: Espeak, voice: str, variant: str, manner: Manner) -> Spoken | None:
        """The next utterance, None when it could not be aligned."""
