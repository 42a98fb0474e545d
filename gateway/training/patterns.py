"""Sentence patterns with slots: `asr_models/text/*-patterns.toml`.

`{slot}` is filled from the file's lists or from a number of its own kind (NUMBERS); `[a|b|]` takes one of the
alternatives, an empty one too. Patterns under `[held_out]` are never used for a model: they test it.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SLOT = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
DEPTH = 12
"""Slots inside slots; deeper is a circle in the file."""

Draw = Callable[[random.Random], str]


class PatternError(Exception):
    """A patterns file cannot be used: {what}"""


@dataclass(frozen=True)
class Patterns:
    """Patterns, what their slots hold, how numbers are said in the language."""

    common: Sequence[str]
    held_out: Sequence[str]
    slots: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Draw]
    """Slots that are drawn, not listed."""

    def sentences(self, count: int, seed: int, *, held_out: bool = False) -> list[str]:
        """`count` sentences, each pattern in its turn."""
        rng = random.Random(seed)
        patterns = self.held_out if held_out else self.common
        return [self.fill(patterns[n % len(patterns)], rng) for n in range(count)]

    def fill(self, pattern: str, rng: random.Random, depth: int = 0) -> str:
        """One sentence. Raises PatternError for a slot that nobody fills."""
        if depth > DEPTH:
            raise PatternError(f"slots of {pattern!r} go in a circle")
        while choice := CHOICE.search(pattern):
            pattern = pattern[: choice.start()] + rng.choice(choice[1].split("|")) + pattern[choice.end() :]
        return SLOT.sub(lambda slot: self._slot(slot[1], rng, depth + 1), pattern)

    def _slot(self, name: str, rng: random.Random, depth: int) -> str:
        if name in self.numbers:
            return self.numbers[name](rng)
        if name not in self.slots:
            raise PatternError(f"no list and no number is called {name!r}")
        return self.fill(rng.choice(self.slots[name]), rng, depth)


def read_patterns(path: Path, numbers: Mapping[str, Draw]) -> Patterns:
    """The file's patterns. Raises PatternError with the file's name."""
    try:
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        slots = {name: _items(text) for name, text in file["slots"].items()}
        return Patterns(_lines(file["common"]["lines"]), _lines(file["held_out"]["lines"]), slots, numbers)
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise PatternError(f"{path}: {error}") from error


def _items(text: str) -> list[str]:
    """One a line; a list that is one line is parted by white space, `_` standing for a space."""
    lines = _lines(text)
    return lines if len(lines) > 1 else [word.replace("_", " ") for word in text.split()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip() and line.strip()[0] != "#"]
