"""All names of a city in one automaton (Aho-Corasick), by their sound: one pass over the words finds what
was said exactly and what a recognizer put other characters for.

Each character stands for its folded syllable (`gateway.text.sounds`), written as one letter, so that a place
in the sounds is a place in the text. Whether the characters are the same too is looked at afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick

from gateway.location.places.model import Kind, Place
from gateway.text.fold import fold, is_han
from gateway.text.sounds import SEVERAL, readings, syllable, toned, wide

SHORTEST_ALIKE = 3
"""Syllables that a name must have to be found by sound alone; shorter ones sound like too much."""
MAX_NEARLY = 50_000
"""Names up to which one wrong syllable is forgiven; among more, too much would be nearly some name."""
SHORTEST_NEARLY, LONGEST_NEARLY = 4, 10
NEARLY = 0.5
"""Likeness of a name with one syllable wrong."""
NEARLY_NAMED = 0.5
"""Worth of a place whose name is nearly what was said (中山东路 for 中山路): too little to be believed,
enough to be shown.
"""
MAX_READINGS = 4
"""Ways to read one name that has characters of several sounds."""
COMPASS = frozenset("东南西北中")
_LETTERS = 0xF0000
"""Where the letters for syllables begin: a private plane that no text holds."""
_NUMERALS = dict(zip("0123456789", "零一二三四五六七八九", strict=True)) | {
    "幺": "一",
    "〇": "零",
    "两": "二",
}


_NEAR = {
    "f": {"fu": "hu", "fa": "hua", "fei": "hui", "fan": "huan"},
    "r": {"ren": "len", "ran": "lan", "rou": "lou", "ru": "lu", "rui": "lui", "rao": "lao"},
}
"""Beyond `gateway.text.sounds`: what speakers of the south and their recognizers do not tell apart."""


_FIGURES = frozenset("零一二三四五六七八九十百千")
_GOES_ON = {
    "中": frozenset("年午间心等国毒奖途型央层弹枪刀招介药餐秋文式产旬"),
    "小": frozenset("时姐孩伙子车声偷区店贩朋男女路巷吃卖超型狗猫"),
    "院": frozenset("子落士墙"),
    "站": frozenset("着起在住岗牌台长了"),
}
"""A short name that ends so is none before these: 一中年男子, 二小时, 一院子."""
_EDGES = _FIGURES | frozenset("abcdefghijklmnopqrstuvwxyz")
"""Names with these at an end are looked at twice, and short ones that go on."""
_COUNTED = re.compile("[零一二三四五六七八九十百千]{1,6}(?:[点.][零一二三四五六七八九]+)?(?:公里|千米|号|米)")


class Name(NamedTuple):
    """One name of one place, as it is compared; `worth` is 1 for the official name, less for others; `exact`:
    it is not found by its sound.
    """

    text: str
    place: Place
    worth: float
    exact: bool = False


def without_compass(road: str) -> str:
    """中山路 for 中山东路, 人民大街 for 人民北大街; another road as it is."""
    ending = 2 if road[-2:] in ("大道", "大街") else 1
    at = len(road) - ending - 1
    return road[:at] + road[at + 1 :] if at > 1 and road[at] in COMPASS else road


class _Plain(dict[int, str]):
    """Character to the form in which names are compared: simplified, lower case, figures as characters."""

    def __missing__(self, code: int) -> str:
        char = chr(code) if 0xD800 <= code < 0xE000 else fold(chr(code))
        char = " " if char.isspace() else char
        self[code] = found = _NUMERALS.get(char, char)
        return found


class _Sound(dict[int, str]):
    """Character to the letter of its syllable; what is not Chinese stands for itself."""

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, str] = {}
        self.said: dict[str, str] = {}
        """Letter to syllable."""

    def __missing__(self, code: int) -> str:
        char = PLAIN[code]
        found = self.letter(syllable(char)) if is_han(char) else char
        self[code] = found
        return found

    def letter(self, said: str) -> str:
        if said[:1] in _NEAR:
            said = _NEAR[said[0]].get(said, said)
        found = self._letters.setdefault(said, chr(_LETTERS + len(self._letters)))
        self.said[found] = said
        return found


PLAIN = _Plain()
SOUND = _Sound()
_SAME: set[str] = set()
"""Characters that are in that form already: most texts are, and need not be rewritten."""


def plain(text: str) -> str:
    """The text in the form in which names are compared, character by character."""
    if _SAME.issuperset(text):
        return text
    made = text.translate(PLAIN)
    _SAME.update(one for one, other in zip(text, made, strict=True) if one == other)
    return made


class Hit(NamedTuple):
    """A name heard at `start` to `end`: `likeness` 1 for the very characters, less for sounds alike."""

    start: int
    end: int
    name: Name
    likeness: float


class Names:
    """The names of all places, ready to be looked for."""

    def __init__(self, names: Iterable[Name]) -> None:
        by_sound: dict[str, list[Name]] = {}
        roads: dict[str, set[str]] = {}
        for name in names:
            if name.place.kind is Kind.ROAD and name.worth == 1:
                roads.setdefault(without_compass(name.text), set()).add(name.text)
            for sound in _sounds(name.text):
                by_sound.setdefault(sound, []).append(name)
        self._automaton = ahocorasick.Automaton()
        for sound, found in by_sound.items():
            self._automaton.add_word(sound, found[0] if len(found) == 1 else tuple(found))
        self._automaton.make_automaton()
        self._any = bool(by_sound)
        self.related = frozenset(road for alike in roads.values() if len(alike) > 1 for road in alike)
        """Roads that there are several of, by the compass: 中山东路 where there is 中山路 or 中山西路."""
        self._halves: dict[tuple[int, bool, str], list[tuple[str, Name]]] = {}
        if len(by_sound) <= MAX_NEARLY:
            self._learn_halves(by_sound)

    def _learn_halves(self, by_sound: dict[str, list[Name]]) -> None:
        """Who has one syllable wrong has one half right."""
        for sound, names in by_sound.items():
            if SHORTEST_NEARLY <= len(sound) <= LONGEST_NEARLY and all(map(is_han, names[0].text)):
                half = len(sound) // 2
                for name in names:
                    for last, part in ((False, sound[:half]), (True, sound[half:])):
                        self._halves.setdefault((len(sound), last, part), []).append((sound, name))

    def nearly_heard(self, text: str) -> list[Hit]:
        """Names of which all syllables but one were heard, for texts in which none is whole. The last one
        must be right: 双桥小区 is no 双桥小学.
        """
        hits: list[Hit] = []
        said = text.translate(SOUND) if self._halves else ""
        for length in range(SHORTEST_NEARLY, min(LONGEST_NEARLY, len(said)) + 1):
            half = length // 2
            for start in range(len(said) - length + 1):
                piece, end = said[start : start + length], start + length
                for last, part in ((False, piece[:half]), (True, piece[half:])):
                    alike = self._halves.get((length, last, part), ())
                    hits += [Hit(start, end, name, NEARLY) for way, name in alike if _nearly(piece, way)]
        return apart(hits)

    def __len__(self) -> int:
        return len(self._automaton)

    def heard(self, text: str) -> list[Hit]:
        """Every name in plain text, the longest and surest only where they overlap. A name of several places
        gives a hit for each.
        """
        hits: list[Hit] = []
        if not self._any:
            return hits
        for last, found in self._automaton.iter(text.translate(SOUND)):
            names = (found,) if type(found) is Name else found
            end = last + 1
            start = end - len(names[0].text)
            words = text[start:end]
            edged = words[0] in _EDGES or words[-1] in _EDGES or (end - start < 4 and words[-1] in _GOES_ON)
            if edged and not _stands(text, start, end):
                continue
            for name in names:
                if name.text == words:
                    hits.append(Hit(start, end, name, 1.0))
                elif name.exact or end - start < SHORTEST_ALIKE:
                    continue
                elif likeness := _likeness(words, name.text):
                    hits.append(Hit(start, end, name, likeness))
        return hits if len(hits) < 2 else apart(hits)

    def called(self, sound: str) -> tuple[Name, ...]:
        """The names that sound exactly so, letter by letter of `SOUND`."""
        found = self._automaton.get(sound, ()) if self._any else ()
        return (found,) if type(found) is Name else found


def _stands(text: str, start: int, end: int) -> bool:
    """Whether a name that begins or ends with a figure, a letter or a common syllable is a word of its own
    there: no 三中 in 十三中, in 三中间 or in 三中年人.
    """
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if first in _FIGURES and before and before in _FIGURES:
        return False
    if (first.isascii() and before.isascii() and before.isalpha()) or (
        last.isascii() and after.isascii() and after.isalpha()
    ):
        return False
    if last in _FIGURES and after and after in _FIGURES:
        return _COUNTED.match(text, end) is not None
    return end - start > 3 or last not in _GOES_ON or not after or after not in _GOES_ON[last]


def _nearly(heard: str, name: str) -> bool:
    """One syllable is another one, but begins or ends as it should; the last one is right."""
    wrong = [(one, other) for one, other in zip(heard, name, strict=True) if one != other]
    if len(wrong) != 1 or heard[-1] != name[-1]:
        return False
    one, other = (SOUND.said.get(letter, "") for letter in wrong[0])
    return bool(one and other) and (one[0] == other[0] or one[1:] == other[1:])


def _sounds(text: str) -> list[str]:
    """How the name may be read; the commonest first."""
    common = text.translate(SOUND)
    if SEVERAL.isdisjoint(text):
        return [common]
    found = [""]
    for char, letter in zip(text, common, strict=True):
        letters = {letter: None}
        if char in SEVERAL:
            letters |= dict.fromkeys(SOUND.letter(wide(said)) for said in readings(char))
        found = [one + other for other in letters for one in found][:MAX_READINGS]
    return found


def _likeness(heard: str, name: str) -> float:
    """For the same sounds in other characters the more the more characters or tones are the same; 0 where
    other than Chinese characters differ.
    """
    same = 0.0
    for one, other in zip(heard, name, strict=True):
        if one == other:
            same += 1.0
        elif not is_han(one):
            return 0.0
        elif toned(one) == toned(other):
            same += 0.5
    return 0.5 + 0.4 * same / len(name)


def apart(hits: list[Hit]) -> list[Hit]:
    """Where hits overlap, the better stays: more characters, more alike. In the order of the text."""
    hits.sort(key=_better)
    kept: list[Hit] = []
    for hit in hits:
        start, end = hit.start, hit.end
        for one in kept:
            if end > one.start and start < one.end and (start != one.start or end != one.end):
                break
        else:
            kept.append(hit)
    kept.sort(key=_in_order)
    return kept


def _better(hit: Hit) -> tuple[float, int]:
    return (hit.start - hit.end) * hit.likeness * hit.likeness, hit.start


def _in_order(hit: Hit) -> tuple[int, float, float]:
    return hit.start, -hit.likeness, -hit.name.worth
