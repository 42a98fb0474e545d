"""One pass over the text tells which of thousands of words can match, and where.

Every word needs plain strings (`terms.Clause`). The rarest of them point to it; it is tried when the others
have been seen too. The cost of a text is that of finding plain strings, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Sequence

import ahocorasick
import re2

from gateway.triage.match import Words
from gateway.triage.terms import LONGEST_ATOM, Clause, options, rarest

Numbers = frozenset[int]


class Index:
    """Which of `words` can match. `beside[i]` are groups of which each must stand near by for words `i` to
    count: they are asked for too."""

    def __init__(self, words: Sequence[Words], beside: Sequence[Sequence[Words]] = ()) -> None:
        self._atoms: dict[str, int] = {}
        self._clauses: dict[Clause, Numbers] = {}
        self.owner: list[int] = []
        """Of every trigger, the words it belongs to."""
        self.needs: list[tuple[Numbers, ...]] = []
        """Of every trigger, what else must have been seen."""
        self.sure: list[int] = []
        """Words that need no plain string: they can match anywhere."""
        pointing: dict[int, list[int]] = {}
        for number, one in enumerate(words):
            groups = [self._group(group) for group in beside[number]] if beside else []
            around = tuple(group for group in groups if group is not None)
            if not all(one.needs):
                self.sure.append(number)
                continue
            for clauses in dict.fromkeys(one.needs):
                trigger = len(self.owner)
                self.owner.append(number)
                self.needs.append((*map(self._numbers, clauses[1:]), *around))
                for atom in self._numbers(clauses[0]):
                    pointing.setdefault(atom, []).append(trigger)
        self._automaton = ahocorasick.Automaton()
        for text, atom in self._atoms.items():
            self._automaton.add_word(text, (atom, tuple(pointing.get(atom, ()))))
        self._automaton.make_automaton()
        self._anywhere = _set([words[number] for number in self.sure])

    def _numbers(self, clause: Clause) -> Numbers:
        if clause not in self._clauses:
            self._clauses[clause] = frozenset(
                self._atoms.setdefault(text, len(self._atoms)) for text in clause
            )
        return self._clauses[clause]

    def _group(self, group: Words) -> Numbers | None:
        """What must be seen for one word of a group to be there; None when nothing is sure."""
        if not all(group.needs):
            return None
        chosen = [clause for clauses in group.needs if (clause := rarest(clauses)) is not None]
        return self._numbers(frozenset(text for clause in chosen for text in clause))

    def read(self, text: str, known: int, seen: dict[int, int], found: dict[int, list[int]]) -> None:
        """Look at the characters of folded text after the first `known`: what was seen and where last goes
        to `seen`, triggers and the places of their last characters to `found`."""
        if not self._atoms:
            return
        for last, (atom, triggers) in self._automaton.iter(text, max(0, known - LONGEST_ATOM + 1)):
            if last < known:
                continue
            seen[atom] = last
            for trigger in triggers:
                places = found.get(trigger)
                if places is None:
                    found[trigger] = [last]
                else:
                    places.append(last)

    def able(self, trigger: int, seen: dict[int, int], since: int) -> bool:
        """Whether all that the trigger's words need beside it was seen after `since`."""
        return all(any(seen.get(atom, -1) >= since for atom in clause) for clause in self.needs[trigger])

    def anywhere(self, text: str) -> list[int]:
        """Those of `sure` that match somewhere in this piece of text."""
        if self._anywhere is None or not text:
            return []
        return [self.sure[number] for number in sorted(self._anywhere.Match(text) or ())]

    def candidates(self, text: str) -> frozenset[int]:
        """The words that can match in folded text."""
        seen: dict[int, int] = {}
        found: dict[int, list[int]] = {}
        self.read(text, 0, seen, found)
        able = {self.owner[trigger] for trigger in found if self.able(trigger, seen, 0)}
        return frozenset(able.union(self.anywhere(text)))


def _set(words: Sequence[Words]) -> re2.Set | None:
    """re2's set of expressions, for the few that hold no plain string."""
    if not words:
        return None
    made = re2.Set.SearchSet(options())
    for one in words:
        made.Add(one.regex)
    made.Compile()
    return made
