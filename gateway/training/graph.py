"""From words to states: the lexicon as a tree of phones' states (HCLr) and the language model (Gr).

Both are composed by vosk while it listens, so that a grammar can take the language model's place. The tree
tells at each state which words can still come (look-ahead): words are numbered along the tree, so that these
are few intervals. A word is put out where it is certain; words that sound the same, after their last phone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.training.fst import Fst, Interval
from gateway.training.kaldi import Transitions
from gateway.training.phones import SILENCE

PAUSE = 0.3
"""Probability of a pause after a word."""

Pronunciations = Mapping[str, Sequence[tuple[tuple[int, ...], float]]]
"""Of each word its pronunciations as placed phones, each with its cost (negative log probability)."""


@dataclass
class _Node:
    """A place in the tree of pronunciations."""

    below: dict[int, _Node] = field(default_factory=dict)
    words: list[tuple[str, float]] = field(default_factory=list)
    """Words that end here."""
    count: int = 0
    """Pronunciations that pass through here."""


@dataclass(frozen=True)
class Lexicon:
    """The tree as an FST from transition ids to words, what each state reaches, and the words' numbers."""

    fst: Fst
    reached: list[list[Interval]]
    words: dict[str, int]
    final_label: int


def lexicon(pronunciations: Pronunciations, transitions: Transitions) -> Lexicon:
    """All words in one tree with optional pauses between them."""
    return _Builder(pronunciations, transitions).build()


class _Builder:
    def __init__(self, pronunciations: Pronunciations, transitions: Transitions) -> None:
        self._transitions = transitions
        self._root = _tree(pronunciations)
        self._words: dict[str, int] = {}
        self._number(self._root)
        self._everything: list[Interval] = [(1, len(self._words) + 2)]
        self._fst = Fst()
        self._reached: list[list[Interval]] = []
        self._ends: dict[tuple[int, ...], int] = {}

    def build(self) -> Lexicon:
        """Start, the loop, the place between two words, the pause; then the tree."""
        start, self._loop, self._between, pause = (self._new(self._everything) for _ in range(4))
        silence = self._transitions.phones.ids[SILENCE]
        pausing, speaking = -math.log(PAUSE), -math.log(1 - PAUSE)
        stay, leave = self._transitions.stay[silence, 0], self._transitions.leave[silence, 0]
        costs = self._transitions.costs
        for place in (start, self._between):
            self._fst.arc(place, (0, 0, speaking, self._loop))
            self._fst.arc(place, (leave, 0, pausing + costs[leave], pause))
        self._fst.arc(pause, (stay, 0, costs[stay], pause))
        self._fst.arc(pause, (0, 0, 0.0, self._loop))
        self._fst.finals[self._loop] = 0.0
        self._grow(self._root, self._loop)
        return Lexicon(self._fst, self._reached, self._words, len(self._words) + 1)

    def _number(self, node: _Node) -> None:
        """Words get their numbers in the order in which the tree meets them."""
        for word, _ in node.words:
            self._words.setdefault(word, len(self._words) + 1)
        for phone in sorted(node.below):
            self._number(node.below[phone])

    def _new(self, reached: list[Interval]) -> int:
        self._reached.append(reached)
        return self._fst.state()

    def _grow(self, node: _Node, state: int) -> None:
        for phone in sorted(node.below):
            child = node.below[phone]
            if child.count == 1:
                word, rest, cost = _only(child)
                self._say(state, phone, self._words[word], cost, self._tail((phone, *rest)))
            elif child.words:
                self._say(state, phone, 0, 0.0, self._same_sound(phone, child))
            else:
                after = self._new(_union([self._numbers(child)]))
                self._stay(after, phone)
                self._say(state, phone, 0, 0.0, after)
                self._grow(child, after)

    def _say(self, state: int, phone: int, word: int, cost: float, after: int) -> None:
        """Arcs through all states of a phone; `after` is where the last of them stays."""
        count = self._transitions.count_of(phone)
        for number in range(count):
            last = number == count - 1
            leave = self._transitions.leave[phone, number]
            reached = self._reached[after] if not word else self._everything
            to = after if last else self._new(reached)
            self._fst.arc(state, (leave, word, cost + self._transitions.costs[leave], to))
            if not last:
                self._stay(to, phone, number)
            state, word, cost = to, 0, 0.0

    def _stay(self, state: int, phone: int, number: int | None = None) -> None:
        last = self._transitions.count_of(phone) - 1
        stay = self._transitions.stay[phone, last if number is None else number]
        self._fst.arc(state, (stay, 0, self._transitions.costs[stay], state))

    def _tail(self, phones: tuple[int, ...]) -> int:
        """Where one stays in the first of these phones, the others still to come; all words share it."""
        if phones not in self._ends:
            state = self._ends[phones] = self._new(self._everything)
            self._stay(state, phones[0])
            if len(phones) == 1:
                self._fst.arc(state, (0, 0, 0.0, self._between))
            else:
                self._say(state, phones[1], 0, 0.0, self._tail(phones[1:]))
        return self._ends[phones]

    def _same_sound(self, phone: int, node: _Node) -> int:
        """Words that sound the same part after their last phone."""
        state = self._new(_union([self._numbers(node)]))
        self._stay(state, phone)
        for word, cost in node.words:
            self._fst.arc(state, (0, self._words[word], cost, self._between))
        return state

    def _numbers(self, node: _Node) -> list[int]:
        found = [self._words[word] for word, _ in node.words]
        for child in node.below.values():
            found += self._numbers(child)
        return found


def _tree(pronunciations: Pronunciations) -> _Node:
    root = _Node()
    for word in sorted(pronunciations):
        for phones, cost in pronunciations[word]:
            node = root
            for phone in phones:
                node = node.below.setdefault(phone, _Node())
                node.count += 1
            node.words.append((word, cost))
    return root


def _only(node: _Node) -> tuple[str, tuple[int, ...], float]:
    """The one word below, the phones that lead to it from here, its cost."""
    rest: list[int] = []
    while not node.words:
        phone, node = next(iter(node.below.items()))
        rest.append(phone)
    word, cost = node.words[0]
    return word, tuple(rest), cost


def _union(groups: Sequence[Sequence[int]]) -> list[Interval]:
    """Numbers as few intervals, the end not included."""
    intervals: list[Interval] = []
    for number in sorted({number for group in groups for number in group}):
        if intervals and intervals[-1][1] == number:
            intervals[-1] = (intervals[-1][0], number + 1)
        else:
            intervals.append((number, number + 1))
    return intervals
