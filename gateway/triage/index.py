"""One pass over the text tells which of thousands of words can match, and where.

Every word needs plain strings, one after the other (`terms.Clause`). One of them is its trigger, the last one
unless another is much rarer; where it stands, those before it must have been seen just before, else nothing
comes of it. What must come after it, or stand beside it, is asked for when the rule is looked at. So the cost
of a text is that of finding plain strings, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ahocorasick
import re2

from gateway.triage.match import Words
from gateway.triage.terms import LONGEST_ATOM, Clause, Expression, commonness, options, rarest

WORTH_WAITING = 2_000.0
"""How many times rarer than the last string another one must be to be the trigger: what comes after a trigger
is waited for."""

Numbers = tuple[int, ...]
"""Clauses, by their number."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What is to be done where a string stands: `words` can match there when each clause of `before` was
    fulfilled less than `longest` characters before, each of `after` is after it, and each of `around`
    anywhere near."""

    words: int
    longest: int
    before: Numbers
    after: Numbers
    around: Numbers


Pointed = tuple[tuple[int, Trigger], ...]
"""Triggers, each with its number."""


@dataclass(slots=True)
class Seen:
    """What was seen in one text so far: of every clause where one of its strings ended last; of every
    trigger that came to something, where it ended."""

    last: dict[int, int]
    places: dict[int, list[int]]


class Index:
    """Which of `words` can match. `beside[i]` are groups of which each must stand near by for words `i` to
    count: they are asked for too."""

    def __init__(self, words: Sequence[Words], beside: Sequence[Sequence[Words]] = ()) -> None:
        self._clauses: dict[Clause, int] = {}
        self.triggers: list[Trigger] = []
        self.sure: list[int] = []
        """Words that need no plain string: they can match anywhere."""
        pointing: dict[Clause, list[tuple[int, Trigger]]] = {}
        for number, one in enumerate(words):
            if not all(expression.clauses for expression in one.expressions):
                self.sure.append(number)
                continue
            groups = [self._group(group) for group in beside[number]] if beside else []
            around = tuple(group for group in groups if group is not None)
            for expression in dict.fromkeys(one.expressions):
                key, trigger = self._trigger(number, expression, around)
                pointing.setdefault(key, []).append((len(self.triggers), trigger))
                self.triggers.append(trigger)
        self._automaton, self._any = self._made(pointing), bool(pointing)
        self._anywhere = _set([words[number] for number in self.sure])

    def _made(self, pointing: Mapping[Clause, Sequence[tuple[int, Trigger]]]) -> ahocorasick.Automaton:
        """The plain strings, each with the triggers it points to and the clauses it fulfils."""
        pointed: dict[str, Pointed] = {}
        for clause, triggers in pointing.items():
            here = tuple(triggers)
            for text in clause:
                pointed[text] = (
                    tuple(sorted((*pointed[text], *here), key=_number)) if text in pointed else here
                )
        fulfils: dict[str, Numbers] = {}
        for clause, number in self._clauses.items():
            here_too = (number,)
            for text in clause:
                fulfils[text] = (*fulfils[text], number) if text in fulfils else here_too
        automaton = ahocorasick.Automaton()
        for text in pointed.keys() | fulfils.keys():
            automaton.add_word(text, (pointed.get(text, ()), fulfils.get(text, ())))
        automaton.make_automaton()
        return automaton

    def _trigger(self, number: int, expression: Expression, around: Numbers) -> tuple[Clause, Trigger]:
        clauses = expression.clauses
        chosen = len(clauses) - 1
        for place, clause in enumerate(clauses):
            if commonness(clause) * WORTH_WAITING < commonness(clauses[chosen]):
                chosen = place
        before = tuple(map(self._number, sorted(clauses[:chosen], key=commonness)))
        after = tuple(map(self._number, clauses[chosen + 1 :]))
        return clauses[chosen], Trigger(number, expression.longest, before, after, around)

    def _number(self, clause: Clause) -> int:
        return self._clauses.setdefault(clause, len(self._clauses))

    def _group(self, group: Words) -> int | None:
        """What must be seen for one word of a group to be there; None when nothing is sure."""
        if not all(expression.clauses for expression in group.expressions):
            return None
        chosen = [rarest(expression.clauses) or frozenset() for expression in group.expressions]
        return self._number(frozenset().union(*chosen))

    def read(self, text: str, known: int, seen: Seen) -> None:
        """Look at the characters of folded text after the first `known`."""
        if not self._any:
            return
        last, places = seen.last, seen.places
        for end, (pointed, clauses) in self._automaton.iter(text, max(0, known - LONGEST_ATOM + 1)):
            if end < known:
                continue
            for which, trigger in pointed:
                since = end - trigger.longest
                for clause in trigger.before:
                    if last.get(clause, since) <= since:
                        break
                else:
                    if which in places:
                        places[which].append(end)
                    else:
                        places[which] = [end]
            for clause in clauses:
                last[clause] = end

    def able(self, trigger: Trigger, seen: Seen, first: int, reach: int) -> bool:
        """Whether all that the trigger waits for was seen: after its `first` place, or less than `reach`
        characters before it."""
        last, since = seen.last, first - reach
        return all(last.get(clause, first) > first for clause in trigger.after) and all(
            last.get(clause, since) > since for clause in trigger.around
        )

    def anywhere(self, text: str) -> list[int]:
        """Those of `sure` that match somewhere in this piece of text."""
        if self._anywhere is None or not text:
            return []
        return [self.sure[number] for number in sorted(self._anywhere.Match(text) or ())]

    def candidates(self, text: str) -> frozenset[int]:
        """The words that can match in folded text."""
        seen = Seen({}, {})
        self.read(text, 0, seen)
        found = set(self.anywhere(text))
        for which, places in seen.places.items():
            trigger = self.triggers[which]
            if self.able(trigger, seen, places[0], len(text)):
                found.add(trigger.words)
        return frozenset(found)


def _number(pointed: tuple[int, Trigger]) -> int:
    return pointed[0]


def _set(words: Sequence[Words]) -> re2.Set | None:
    """re2's set of expressions, for the few that hold no plain string."""
    if not words:
        return None
    made = re2.Set.SearchSet(options())
    for one in words:
        made.Add(one.regex)
    made.Compile()
    return made
