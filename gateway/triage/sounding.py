"""Words found by their sound: every syllable is one character, so a word's sound is plain text and stands
where the word stands.

Near sounds that speakers do not tell apart are one syllable (`gateway.text.sounds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import ahocorasick

from gateway.text.sounds import syllable

_PRIVATE = 0xF0000
"""First of the private characters that stand for syllables."""
_REMEMBERED = 30_000
"""Characters whose syllable is kept."""


class _Table(dict[int, str]):
    """Code point to the character of its syllable, filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}
        self._next = count(_PRIVATE)

    def __missing__(self, code: int) -> str:
        sound = syllable(chr(code))
        coded = sound if len(sound) == 1 else self._syllables.get(sound)
        if coded is None:
            coded = self._syllables[sound] = chr(next(self._next))
        if len(self) < _REMEMBERED:
            self[code] = coded
        return coded


_TABLE = _Table()


def sounded(text: str) -> str:
    """The syllables of folded text, one character each."""
    return text.translate(_TABLE)


class Sounds:
    """The sounds of many words, looked for in one pass. Every word belongs to the rule of its number."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        owners: dict[str, list[int]] = {}
        for word, owner in words:
            owners.setdefault(sounded(word), []).append(owner)
        self._automaton = ahocorasick.Automaton()
        for sound, numbers in owners.items():
            self._automaton.add_word(sound, (len(sound), tuple(dict.fromkeys(numbers))))
        self._automaton.make_automaton()
        self._any = bool(owners)
        self.longest = max(map(len, owners), default=0)

    def find(self, text: str, known: int = 0) -> list[tuple[int, int, int]]:
        """`(rule, start, end)` of every sound in folded text that ends after the first `known`
        characters."""
        if not self._any:
            return []
        first = max(0, known - self.longest + 1)
        return [
            (number, first + last - length + 1, first + last + 1)
            for last, (length, numbers) in self._automaton.iter(sounded(text[first:]))
            if first + last >= known
            for number in numbers
        ]
