"""Every reading of every piece of a text: names by the table of divisions, names by how they end, numbers by
their form, small words. The lattice picks the path.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.location.address.divisions import divisions
from gateway.location.address.model import Kind
from gateway.location.address.numbers import BEGINNINGS, numbered
from gateway.location.address.speech import CUES, FILLERS, FUNCTION, WEAK_FUNCTION, other_numbers
from gateway.location.address.words import (
    ASSIST,
    FIRM_ASSIST,
    JUNK,
    LAST_CHARACTERS,
    LONGEST_SUFFIX,
    NO_BEGINNING,
    PERSONS,
    STRONG,
    SUFFIXES,
    WEAK_ASSIST,
    WEAK_BEGINNING,
    WEAK_JUNK,
)
from gateway.text.doors import find_posts

MAX_NAME = 16
"""Characters of one name with its suffix; a longer one is cut."""
_LONGEST_WORD, _LONGEST_SAID = 7, 4
_OPEN_SAID = 3.0
"""More for a place without a known suffix in speech, where most words are no place."""
_BODY = (9.0, 2.2, 0.6, 1.0, 2.4, 3.6, 4.8, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0)
"""What a body of so many characters before its suffix costs: 文三 + 路 is usual, eight characters are not."""
_BODY_POI = (5.0, 1.6, 0.5, 0.7, 0.9, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0)
_OPEN, _OPEN_EACH = 3.0, 0.45
"""A place whose name ends in no known suffix: to begin it, and each of its characters."""
_ROADS = frozenset("路街巷弄道线桥")
_JOINING = frozenset("和跟与同")
_FIRM = frozenset(("building", "cell", "floor", "room", "hao3"))
_OVER_NUMBER = 4.0
"""To read a number with its unit as part of a name."""
_SEPARATORS = frozenset("-_—–-－·.,，、;；:：/\\|*#~ \t\n\r\"'“”。()（）[]【】<>《》+?？!！")
_IN_NAMES = frozenset("·()（）")

Name = tuple[int, Kind, float, float, float]
"""Where a piece ends, what it may be, its cost, and what it costs more where a division may stand
(萧山向阳花园 begins with one), and after a township, where a village may (李家庄幸福东路)."""


class Chunks:
    """The readings that begin at each character of one folded text."""

    __slots__ = (
        "context",
        "cues",
        "edges",
        "known",
        "names",
        "numbers",
        "over",
        "separators",
        "spoken",
        "text",
        "village",
        "words",
    )

    def __init__(self, text: str, *, spoken: bool = False) -> None:
        size = len(text)
        self.text = text
        self.spoken = spoken
        self.names: list[list[Name]] = [[] for _ in range(size)]
        self.numbers: list[list[tuple[int, str]]] = [[] for _ in range(size)]
        self.words: list[list[tuple[int, float]]] = [[] for _ in range(size)]
        breaks = _SEPARATORS | FUNCTION if spoken else _SEPARATORS
        self.separators = [char in breaks for char in text]
        self.edges = bytearray(size + 1)
        self.known: list[tuple[float, int]] = [(0.0, 0)] * size
        self.village: list[tuple[float, int]] = [(0.0, 0)] * size
        self.cues: list[list[int]] = [[] for _ in range(size)]
        self.context: set[str] = set()
        for at in range(1, size - 1):
            if text[at] == "一" and text[at - 1].isdigit() and text[at + 1].isdigit():
                self.separators[at] = True  # 8一1203: a dash
        self._divided()
        if spoken:
            self._said()
        self._small()
        self.over = self._ends_inside()
        self._stems()
        self._suffixed()
        self._open()
        if "k" in text or "公里" in text or "千米" in text:
            for fact in find_posts(text):
                self.numbers[fact.start].append((fact.end, "post"))
        if spoken:
            self._bar(other_numbers(text))

    def _divided(self) -> None:
        """Provinces, prefectures and counties; those that lie in one another are the likelier."""
        text, table = self.text, divisions()
        found = []
        for at in range(len(text) - 1):
            for end in range(at + 2, min(at + table.longest, len(text)) + 1):
                for kind, full, codes in table.names.get(text[at:end], ()):
                    found.append((at, end, kind, full, codes))
                    if full or kind is not Kind.DISTRICT:
                        self.context.update(_context(codes))
        for at, end, kind, full, codes in found:
            cost = 0.2 if full else self._fit(codes, kind)
            self.names[at].append((end, kind, cost, 0.0, 0.0))
            self.known[at] = max(self.known[at], (3.0 - cost, end))
        if "中国" in text:
            for at in range(len(text)):
                if text.startswith("中国", at):
                    self.names[at].append((at + 2, Kind.COUNTRY, 0.2, 0.0, 0.0))

    def _fit(self, codes: Iterable[str], kind: Kind) -> float:
        """How dear a short name is by the divisions named beside it."""
        context = self.context
        if kind is Kind.TOWN:
            if any(code in context for code in codes):
                return 0.5
            if any(code[:4] in context for code in codes):
                return 1.0
            return 1.4 if not context else 2.0 if any(code[:2] in context for code in codes) else 3.0
        if kind is Kind.DISTRICT:
            if any(code[:4] in context or code[:2] + "*" in context for code in codes):
                return 0.7
            if any(len(code) == 6 for code in context):
                return 4.0  # a county is named in full; another one by its short name is no county
            return 1.6 if not context or any(code[:2] in context for code in codes) else 3.0
        return 0.8 if kind is Kind.PROV else 1.0

    def _small(self) -> None:
        text, size = self.text, len(self.text)
        self.edges[size] = 1
        for at in range(size):
            if self.separators[at]:
                self.edges[at] = self.edges[at + 1] = 1
                continue
            if text[at] in BEGINNINGS and (found := numbered(text, at)):
                self.numbers[at] = found
                if not (at and text[at - 1].isdigit() and text[at].isdigit()):
                    self.edges[at] = 1
            for end in range(at + 1, min(at + _LONGEST_WORD, size) + 1):
                self._word(at, end, text[at:end])

    def _said(self) -> None:
        """Small words of speech; a name may end before one and begin after it."""
        text, size = self.text, len(self.text)
        for at in range(size):
            for end in range(at + 1, min(at + _LONGEST_SAID, size) + 1):
                word = text[at:end]
                if word in FILLERS:
                    self.words[at].append((end, 0.25))
                if word in CUES:
                    self.cues[at].append(end)
                    self.edges[end] = 1

    def _bar(self, spans: list[tuple[int, int]]) -> None:
        """No piece reads characters that are a phone, a time, money."""
        barred = bytearray(len(self.text) + 1)
        for start, end in spans:
            barred[start:end] = b"\1" * (end - start)
        if not spans:
            return
        for at in range(len(self.text)):
            self.names[at] = [name for name in self.names[at] if not any(barred[at : name[0]])]
            self.numbers[at] = [one for one in self.numbers[at] if not any(barred[at : one[0]])]

    def _word(self, at: int, end: int, word: str) -> None:
        if word in ASSIST:
            cost = WEAK_ASSIST.get(word, 0.0)
            if at and self.text[at - 1] in _ROADS:
                cost = min(cost, 0.3)
            if self.spoken and end - at > 1:
                cost -= 0.7
            self.names[at].append((end, Kind.ASSIST, cost, 0.0, 0.0))
            after_road = word == "口" and at and self.text[at - 1] in _ROADS
            if end - at > 1 or word in "旁内与" or after_road:
                self.edges[at] = 1
        if word in PERSONS:
            self.names[at].append((end, Kind.PERSON, 0.0, 0.0, 0.0))
            self.edges[at] = 1
        if word in JUNK:
            self.words[at].append((end, WEAK_JUNK.get(word, 0.2)))
            self.edges[at] = 1

    def _ends_inside(self) -> list[float]:
        """By position: what it costs to read over the ends of names and the numbers up to here."""
        text = self.text
        sums = [0.0] * (len(text) + 1)
        total = 0.0
        for end in range(1, len(text) + 1):
            if self.spoken and text[end - 1] in WEAK_FUNCTION:
                total += 0.8
            total += max(STRONG.get(text[end - 2 : end], 0.0), STRONG.get(text[end - 1], 0.0))
            if text[end - 1] == "旁" or text[end - 2 : end] in FIRM_ASSIST:
                total += _OVER_NUMBER
            at = end - 1
            inside = at > 0 and text[at - 1].isdigit() and text[at].isdigit()
            if not inside and any(form in _FIRM for _, form in self.numbers[at]):
                total += _OVER_NUMBER
            sums[end] = total
        return sums

    def _stems(self) -> None:
        text, table = self.text, divisions()
        size = len(text)
        for at in range(size - 1):
            for length in (4, 3, 2):
                if at + length > size:
                    continue
                stem = text[at : at + length]
                counties = table.town_stems.get(stem)
                if counties:
                    cost = self._fit(counties, Kind.TOWN) + (0.6 if length == 2 else 0.0)
                    cost += 1.2 if text.find(stem, 0, at) >= 0 else 0.0
                    self.names[at].append((at + length, Kind.TOWN, cost, 0.0, 0.0))
                    self.known[at] = max(self.known[at], (3.0 - cost, at + length))
                if stem in table.villages:
                    cost = 2.4 if length == 2 else 1.6
                    self.names[at].append((at + length, Kind.COMMUNITY, cost, 0.0, 0.0))
                    self.village[at] = max(self.village[at], (3.0 - cost, at + length))

    def _suffixed(self) -> None:
        text = self.text
        for last, char in enumerate(text):
            if char not in LAST_CHARACTERS:
                continue
            end = last + 1
            if text[end - 2 : end] in FIRM_ASSIST:
                continue
            for size in range(min(LONGEST_SUFFIX, end), 0, -1):
                kinds = SUFFIXES.get(text[end - size : end])
                if kinds:
                    self._bodies(end, size, kinds)
                    break

    def _bodies(self, end: int, size: int, kinds: tuple[tuple[Kind, float], ...]) -> None:
        text, over, table = self.text, self.over, divisions()
        body_end = end - size
        digits = 0
        if size > 1 and body_end >= 0 and not self._within_word(body_end):
            for kind, base in kinds:
                if kind is Kind.POI:
                    bare = base + (1.6 if size == 2 else 1.0) - (0.6 if self.spoken else 0.0)
                    self.names[body_end].append((end, kind, bare, 0.0, 0.0))
                elif kind is Kind.DEV_ZONE and size > 2:
                    self.names[body_end].append((end, kind, base + 0.3, 0.0, 0.0))
        for at in range(body_end - 1, max(-1, end - MAX_NAME - 1), -1):
            char = text[at]
            if self.separators[at] and char not in _IN_NAMES:
                break
            digits += char.isdigit()
            if char in "gs" and text[at + 1].isdigit() and text[end - 1] in "速道路":
                digits = 0  # G2京沪高速
            if char in NO_BEGINNING or self._within_word(at):
                continue
            length = body_end - at
            known = self.known[at][0] if self.known[at][1] + 2 <= body_end else 0.0
            village = self.village[at][0] if self.village[at][1] + 2 <= body_end else 0.0
            own = WEAK_BEGINNING.get(char, 0.0)
            if self.spoken and char in WEAK_FUNCTION:
                own += 1.0
            if char in _JOINING and at and text[at - 1] in _ROADS:
                own += 3.0
            if text[body_end - 1] == text[body_end]:
                own += 2.0  # 解放桥桥下: the second is no suffix
            if length > 1:
                own += over[body_end] - over[at + 1]
            body = text[at:body_end]
            for kind, base in kinds:
                if kind is Kind.POI:
                    cost = base + own + _BODY_POI[length] + 0.8 * digits
                else:
                    cost = base + own + _BODY[length] + 2.0 * digits
                    if kind is Kind.TOWN and body in table.town_stems:
                        cost = min(cost, 0.1 + 0.2 * self._fit(table.town_stems[body], Kind.TOWN))
                    elif kind is Kind.COMMUNITY and body in table.villages:
                        cost = min(cost, base + 0.5)
                if cost < 12:
                    self.names[at].append((end, kind, cost, known, village))

    def _open(self) -> None:
        """Places without a suffix: from any character to where something else begins."""
        text, size, over = self.text, len(self.text), self.over
        ends = [at for at in range(1, size + 1) if self.edges[at]]
        for at in range(size):
            if self.separators[at] or text[at] in NO_BEGINNING or self._within_word(at):
                continue
            own = self._opening(at) + WEAK_BEGINNING.get(text[at], 0.0) - over[at + 1]
            for end in ends:
                length = end - at
                if length < 2:
                    continue
                if length > MAX_NAME or any(self.separators[at:end]):
                    break
                digits = sum(char.isdigit() for char in text[at:end])
                cost = own + _OPEN_EACH * length + over[end] + 1.2 * digits
                cost += 1.5 if text[end - 1] in "内旁口" else 0.0
                known = self.known[at][0] if self.known[at][1] + 2 <= end else 0.0
                village = self.village[at][0] if self.village[at][1] + 2 <= end else 0.0
                self.names[at].append((end, Kind.POI, cost, known, village))

    def _opening(self, at: int) -> float:
        if not self.spoken:
            return _OPEN
        return _OPEN + _OPEN_SAID + (1.0 if self.text[at] in WEAK_FUNCTION else 0.0)

    def _within_word(self, at: int) -> bool:
        """Whether a run of Latin letters and figures goes on here: no name begins in it."""
        if not at:
            return False
        before, char = self.text[at - 1], self.text[at]
        return before.isascii() and char.isascii() and before.isalnum() and char.isalnum()


def _context(codes: tuple[str, ...]) -> set[str]:
    """The prefixes of codes that say where the rest of an address lies. `33*`: the province alone is told."""
    made: set[str] = set()
    if len({code[:4] for code in codes}) > 2:
        return made
    for code in codes:
        made.add(code[:2])
        if code.endswith("0000"):
            made.add(code[:2] + "*")
        else:
            made.add(code[:4])
            if not code.endswith("00"):
                made.add(code)
    return made
