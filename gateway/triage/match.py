"""Finding a rule's words in what was said, in any part of it, and judging each place: near what must stand
beside it, far from what forbids it, and how it was meant.

Two machines find the same places. re2 takes any expression in time that grows with the text alone, but must
learn each one anew on every new text. Few words with short gaps are found sooner by Python's `re`, which
tries every way there is: it is used where those are counted and few.

A gap that ends in a denial (孩子没有受伤 for 孩子…受伤) denies the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import re2

from gateway.triage.scope import LOOKED_AT_AFTER, Scope, scope_of
from gateway.triage.terms import Expression, TermError, options

MAX_HITS = 50
"""Places of one rule's words looked at in one utterance."""
HITS_OF_A_RULE = 3
"""Places of one rule in one utterance that count as evidence; more of the same says nothing new."""
MEANT = frozenset({Scope.SAID, Scope.PAST, Scope.HEARSAY})
"""How words must be meant to count, unless the rule says otherwise."""
MASK = "\ue000"
"""Stands in place of a harmless word (a private character that no text holds)."""
MAX_EFFORT = 4_000
"""Ways to try the words of a rule at one place up to which Python's `re` tries them."""
_DENIAL = re.compile(r"[没不未]|n't|\bno|\bnever\b|\bwithout\b")
"""Without any of these no gap denies."""
_DENYING_GAP = re.compile(
    r"(?:没有?|不是|并未|未|不会|不用|不要)(?:人|被|有|再|什么|任何|把|造成|出现|(?:压|伤|砸|碰|撞|烧|困|夹|卡|电|淹)(?:着|到|住))?$|"
    r"(?:\bnot|n't|\bno|\bnobody|\bnever|\bwithout)(?: \w+){0,3} ?$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where words were found (characters of the utterance's text) and how they were meant."""

    start: int
    end: int
    scope: Scope


class Place(NamedTuple):
    """Where words stand in folded text; `denied` when a gap inside them says so."""

    start: int
    end: int
    denied: bool


class Words:
    """Some words as one compiled expression. Immutable. `longest` is how long a match can be."""

    __slots__ = ("_compiled", "_gapped", "_gaps", "_plain", "_small", "expressions", "longest", "regex")

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self.regex = "|".join(f"(?:{one.regex})" for one in expressions)
        self.expressions = tuple(expressions)
        self.longest = max(one.longest for one in expressions)
        self._gaps = any(one.gaps for one in expressions)
        efforts = [one.effort or MAX_EFFORT + 1 for one in expressions]
        self._small = sum(efforts) <= MAX_EFFORT
        self._compiled: Any = None
        """Compiled when it is first asked for, as many are never: `understood` does so at once."""
        self._gapped: Any = None
        """With its gaps as groups; compiled when it is asked for, as few are."""
        strings = [one.plain for one in expressions]
        self._plain = None if None in strings else [text for plain in strings for text in plain or ()]

    def understood(self) -> None:
        """Raise TermError when these words are too large together."""
        if self._compiled is None and not self._small:
            self._compiled = _compiled(self.regex, groups=False)

    @property
    def made(self) -> bool:
        """Whether what finds these words is compiled."""
        return self._compiled is not None or (self._small and self._gapped is not None)

    def ready(self) -> None:
        """Compile what finds these words now."""
        self.understood()
        if self._small and self._gapped is None:
            self._gapped = _tried(self.regex)

    def places(self, text: str, limit: int = MAX_HITS, *, since: int = 0) -> list[Place]:
        """The first `limit` places of these words in folded text, from character `since` on."""
        found: list[Place] = []
        for place in self.between(text, since, len(text)):
            found.append(place)
            if len(found) == limit:
                break
        return found

    def between(self, text: str, start: int, stop: int) -> Iterator[Place]:
        """The places wholly between two characters of folded text, one after the other. Looks at no more
        than one character beyond either (a word's end, the end of what was said)."""
        if self._small:
            yield from self._tried(text, start, stop)
            return
        self.understood()
        left = max(0, start - 1)
        part = text if not left and stop + 1 >= len(text) else text[left : stop + 1]
        for match in self._compiled.finditer(part, start - left):
            first, end = match.span()
            if left + end > stop:
                return
            if end > first:
                yield Place(left + first, left + end, self._gaps and self._denied(part, first, end))

    def _tried(self, text: str, start: int, stop: int) -> Iterator[Place]:
        self.ready()
        for match in self._gapped.finditer(text, start, stop + 1):
            first, end = match.span()
            if end > stop:
                return
            if end > first:
                yield Place(first, end, self._gaps and _denying(match.groups()))

    def _denied(self, text: str, start: int, end: int) -> bool:
        """Whether a gap inside the place says that it is not so. Asked of few places: finding what stands
        in the gaps costs many times what finding the place does."""
        if _DENIAL.search(text, start, end) is None:
            return False
        if self._gapped is None:
            self._gapped = _compiled(self.regex, groups=True)
        match = self._gapped.match(text, start, min(len(text), end + 1))
        return match is not None and _denying(match.groups())

    def near(self, text: str, start: int, end: int, reach: int) -> bool:
        """Whether one of these words stands within `distance` characters around `start`..`end`."""
        around = self.between(text, max(0, start - reach), min(len(text), end + reach))
        return next(around, None) is not None


def _tried(regex: str) -> re.Pattern[str]:
    return re.compile(regex.replace("$", r"\Z"), re.ASCII)


def _compiled(regex: str, *, groups: bool) -> Any:
    try:
        return re2.compile(regex, options(groups=groups))
    except re2.error as error:  # each is understood by itself: together they are too large
        raise TermError("这些词合起来太大", "these words are too large together") from error


def _denying(gaps: Sequence[str | None]) -> bool:
    return any(gap and _DENYING_GAP.search(gap) is not None for gap in gaps)


NEVER = Expression(r"[^\x{0}-\x{10FFFF}]", 1, (frozenset({"\ue001"}),), gaps=False)
"""Matches nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """When a rule's words are there: `words`, with each group of `every` near by, and none of `none` near
    by."""

    words: Words
    every: tuple[Words, ...] = ()
    none: Words | None = None
    distance: int = 30
    scopes: frozenset[Scope] = MEANT

    @property
    def all_words(self) -> tuple[Words, ...]:
        return (self.words, *self.every, *((self.none,) if self.none else ()))

    @property
    def looks_ahead(self) -> int:
        """How many characters after the beginning of a place can change what is found there."""
        return self.words.longest + max(self.distance, LOOKED_AT_AFTER) + 1

    def meant(self, place: Place, text: str, raw: str) -> Hit | None:
        """The place as evidence, None when it is none. `text` may have harmless words covered, `raw` has
        not: what forbids the rule (`none`) is looked for there."""
        start, end, denied = place
        if not all(group.near(text, start, end, self.distance) for group in self.every):
            return None
        if self.none is not None and self.none.near(raw, start, end, self.distance):
            return None
        scope = Scope.DENIED if denied else scope_of(text, start, end)
        return Hit(start, end, scope) if scope in self.scopes else None

    def find(self, text: str, raw: str) -> list[Hit]:
        """The first places in folded text where the rule holds and the words were meant, each with other
        words."""
        said: dict[str, Hit] = {}
        for place in self.words.places(text):
            if (hit := self.meant(place, text, raw)) is not None:
                said.setdefault(text[hit.start : hit.end], hit)
            if len(said) == HITS_OF_A_RULE:
                break
        return list(said.values())


def mask(text: str, harmless: Words | None) -> str:
    """Folded text in which harmless words (火锅, 打车, 杀价) are covered, so that no danger is read into
    them."""
    if harmless is None:
        return text
    chars = list(text)
    for start, end, _ in harmless.places(text, limit=len(text)):
        chars[start:end] = MASK * (end - start)
    return "".join(chars)
