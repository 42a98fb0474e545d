"""All names of a city in one automaton (Aho-Corasick), by their sound: one pass over the words finds what
was said exactly and what a recognizer put other characters for.

Each character stands for its folded syllable (`gateway.text.sounds`), written as one letter, so that a place
in the sounds is a place in the text. Whether the characters are the same too is looked at afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick

from gateway.location.places.model import Place
from gateway.text.fold import fold, is_han
from gateway.text.sounds import readings, syllable, toned, wide

SHORTEST_ALIKE = 3
"""Syllables that a name must have to be found by sound alone; shorter ones sound like too much."""
MAX_READINGS = 4
"""Ways to read one name that has characters of several sounds."""
_LETTERS = 0xF0000
"""Where the letters for syllables begin: a private plane that no text holds."""
_NUMERALS = dict(zip("0123456789", "零一二三四五六七八九", strict=True)) | {
    "幺": "一",
    "〇": "零",
    "两": "二",
}


class Name(NamedTuple):
    """One name of one place, as it is compared; `worth` is 1 for the official name, less for others."""

    text: str
    place: Place
    worth: float


class _Plain(dict[int, str]):
    """Character to the form in which names are compared: simplified, lower case, figures as characters."""

    def __missing__(self, code: int) -> str:
        char = chr(code) if 0xD800 <= code < 0xE000 else fold(chr(code))
        self[code] = found = _NUMERALS.get(char, char)
        return found


class _Sound(dict[int, str]):
    """Character to the letter of its syllable; what is not Chinese stands for itself."""

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        char = PLAIN[code]
        found = self.letter(syllable(char)) if is_han(char) else char
        self[code] = found
        return found

    def letter(self, said: str) -> str:
        return self._letters.setdefault(said, chr(_LETTERS + len(self._letters)))


PLAIN = _Plain()
SOUND = _Sound()


def plain(text: str) -> str:
    """The text in the form in which names are compared, character by character."""
    return text.translate(PLAIN)


class Hit(NamedTuple):
    """A name heard at `start` to `end`: `likeness` 1 for the very characters, less for sounds alike."""

    start: int
    end: int
    name: Name
    likeness: float


class Names:
    """The names of all places, ready to be looked for."""

    def __init__(self, names: Iterable[Name]) -> None:
        by_sound: dict[str, tuple[Name, ...]] = {}
        for name in names:
            for sound in _sounds(name.text):
                by_sound[sound] = (*by_sound.get(sound, ()), name)
        self._automaton = ahocorasick.Automaton()
        for sound, found in by_sound.items():
            self._automaton.add_word(sound, found)
        self._automaton.make_automaton()
        self._any = bool(by_sound)

    def __len__(self) -> int:
        return len(self._automaton)

    def heard(self, text: str) -> list[Hit]:
        """Every name in the text, the longest and surest only where they overlap. Names of several places
        give a hit for each.
        """
        if not self._any:
            return []
        hits: list[Hit] = []
        for last, names in self._automaton.iter(text.translate(SOUND)):
            end = last + 1
            for name in names:
                start = end - len(name.text)
                likeness = _likeness(text[start:end], name.text)
                if likeness:
                    hits.append(Hit(start, end, name, likeness))
        return hits if len(hits) < 2 else _apart(hits, text)


def _sounds(text: str) -> list[str]:
    """How the name may be read; the commonest first."""
    found = [""]
    for char in text:
        if is_han(char):
            letters = [SOUND[ord(char)]]
            letters += [
                letter for said in readings(char) if (letter := SOUND.letter(wide(said))) not in letters
            ]
        else:
            letters = [char]
        found = [one + letter for letter in letters for one in found][:MAX_READINGS]
    return found


def _likeness(heard: str, name: str) -> float:
    """1 for the same characters; for the same sounds the more the more characters or tones are the same."""
    if heard == name:
        return 1.0
    heard = heard.translate(PLAIN)
    if heard == name:
        return 1.0
    if len(name) < SHORTEST_ALIKE or not all(map(is_han, name)):
        return 0.0
    same = sum(
        1.0 if one == other else 0.5 if toned(one) == toned(other) else 0.0
        for one, other in zip(heard, name, strict=True)
    )
    return 0.5 + 0.4 * same / len(name)


def _apart(hits: list[Hit], text: str) -> list[Hit]:
    """Where hits overlap, the better stays: more characters, more alike. In the order of the text."""
    hits.sort(key=lambda hit: (-(hit.end - hit.start) * hit.likeness * hit.likeness, hit.start))
    kept: list[Hit] = []
    for hit in hits:
        if all(
            hit.end <= one.start or hit.start >= one.end or (hit.start, hit.end) == (one.start, one.end)
            for one in kept
        ):
            kept.append(hit)
    kept.sort(key=lambda hit: (hit.start, -hit.likeness, -hit.name.worth))
    return kept
