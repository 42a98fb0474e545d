"""Which of many words can be in a short text at all.

Every word needs plain strings (`terms.Clause`): one of each clause. One pass finds the strings, and a word
whose clauses they do not fulfil is not tried. Other than an `Index` it keeps no places: it is asked anew for
every hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence

import ahocorasick

from gateway.triage.match import Words
from gateway.triage.terms import Clause, rarest


class Sieve:
    """`words`, and what each needs. Immutable."""

    __slots__ = ("_always", "_automaton", "_by_rarest", "_fulfils", "_strings")

    def __init__(self, words: Sequence[Words]) -> None:
        numbers: dict[Clause, int] = {}
        self._always: list[Words] = []
        """Words that need no plain string."""
        self._by_rarest: dict[int, list[tuple[Words, frozenset[int]]]] = {}
        for one in words:
            if not all(expression.clauses for expression in one.expressions):
                self._always.append(one)
                continue
            for expression in one.expressions:
                needs = {clause: numbers.setdefault(clause, len(numbers)) for clause in expression.clauses}
                first = needs[rarest(expression.clauses) or expression.clauses[0]]
                self._by_rarest.setdefault(first, []).append((one, frozenset(needs.values())))
        fulfils: dict[str, frozenset[int]] = {}
        for clause, number in numbers.items():
            alone = frozenset({number})
            for text in clause:
                fulfils[text] = fulfils[text] | alone if text in fulfils else alone
        self._strings = list(fulfils)
        self._fulfils = list(fulfils.values())
        self._automaton = ahocorasick.Automaton()
        for which, text in enumerate(self._strings):
            self._automaton.add_word(text, which)
        self._automaton.make_automaton()

    def through(self, text: str) -> set[Words]:
        """The words that can be in folded text."""
        if not self._strings:
            return set(self._always)
        seen = {which for _, which in self._automaton.iter(text)}
        fulfilled = frozenset().union(*(self._fulfils[which] for which in seen))
        able = set(self._always)
        for clause in fulfilled & self._by_rarest.keys():
            able.update(one for one, needs in self._by_rarest[clause] if needs <= fulfilled)
        return able
