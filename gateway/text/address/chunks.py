"""What the lattice is made of: every reading of every piece of a text, by the character it begins at."""

from __future__ import annotations

from gateway.text.address.model import Kind
from gateway.text.address.speech import FUNCTION

_SEPARATORS = frozenset("…‘’-_—–-－·.,，、;；:：/\\|*#~ \t\n\r\"'“”。()（）[]【】<>《》+?？!！")
_IN_NAMES = frozenset("·()（）")
_FIRST_FREE = 1
"""A name that begins with a known one must be longer than it by so much to count as reading over it."""

Name = tuple[int, Kind, float, float, float]
"""Where a piece ends, what it may be, its cost, and what it costs more where a division may stand
(萧山向阳花园 begins with one), and after a township, where a village may (李家庄幸福东路)."""


class Chunks:
    """The readings that begin at each character of one folded text.

    `names`: divisions, roads, places, small words. `numbers`: where each ends and its form in the grammar.
    `words`: that are no element. `cues`: after which a place is named. `separators`: characters that no name
    holds. `edges`: where a place without a known suffix may end. `inside`: positions within a small word.
    `fresh`: where speech may begin a place: after a cue, a pause, a word that is in no name.
    `slipped`: directly after words that take something back. `larger`: full names of provinces and
    prefectures in the text, `cities`: names of prefectures, short ones too. `known`, `village`: the strongest
    listed name that begins here, what it costs to read over it, its end.
    """

    __slots__ = (
        "breaks", "cities", "cues", "edges", "figures", "fresh", "inside", "joined", "known", "larger",
        "names", "numbers", "separators", "slipped", "spoken", "text", "village", "words",
    )  # fmt: skip

    def __init__(self, text: str, *, spoken: bool) -> None:
        size = len(text)
        self.text = text
        self.spoken = spoken
        self.names: list[list[Name]] = [[] for _ in text]
        self.numbers: list[list[tuple[int, str]]] = [[] for _ in text]
        self.words: list[list[tuple[int, float]]] = [[] for _ in text]
        self.cues: list[list[int]] = [[] for _ in text]
        apart = _SEPARATORS | FUNCTION if spoken else _SEPARATORS
        self.separators = [char in apart for char in text]
        for at in range(1, size - 1):
            if text[at] == "一" and text[at - 1].isdigit() and text[at + 1].isdigit():
                self.separators[at] = True  # 8一1203: a dash
        self.edges = bytearray(size + 1)
        self.slipped = bytearray(size + 1)
        self.fresh = bytearray(size + 1)
        self.inside = bytearray(size + 1)
        self.known: list[tuple[float, int]] = [(0.0, 0)] * size
        self.village: list[tuple[float, int]] = [(0.0, 0)] * size
        self.larger: set[str] = set()
        self.cities: set[str] = set()
        self.figures = [0] * (size + 1)
        self.breaks = [size] * (size + 1)
        self._count()
        self.joined = [at > 0 and _alike(text[at - 1], text[at]) for at in range(size)]

    def _count(self) -> None:
        """`figures`: digits before each position; `breaks`: the next separator that ends a name."""
        for at, char in enumerate(self.text):
            self.figures[at + 1] = self.figures[at] + char.isdigit()
        for at in range(len(self.text) - 1, -1, -1):
            ends = self.separators[at] and self.text[at] not in _IN_NAMES
            self.breaks[at] = at if ends else self.breaks[at + 1]

    def read_over(self, at: int, end: int) -> tuple[float, float]:
        """What it costs a name from `at` to `end` that it begins with a listed one."""
        known, known_end = self.known[at]
        village, village_end = self.village[at]
        return (
            known if known_end + _FIRST_FREE <= end else 0.0,
            village if village_end + _FIRST_FREE <= end else 0.0,
        )

    def bar(self, spans: list[tuple[int, int]]) -> None:
        """No piece reads the characters of `spans`: a phone, a time, money."""
        if not spans:
            return
        barred = bytearray(len(self.text) + 1)
        for start, end in spans:
            barred[start:end] = b"\1" * (end - start)
        for at in range(len(self.text)):
            self.names[at] = [name for name in self.names[at] if not any(barred[at : name[0]])]
            self.numbers[at] = [one for one in self.numbers[at] if not any(barred[at : one[0]])]


def _alike(before: str, char: str) -> bool:
    """Letters side by side are one word, and so are figures: no name begins inside it."""
    return (
        before.isascii()
        and char.isascii()
        and ((before.isalpha() and char.isalpha()) or (before.isdigit() and char.isdigit()))
    )
