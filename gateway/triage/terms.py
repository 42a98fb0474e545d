"""The words of a rule as they are written, read into what the search needs.

A word is read as it stands, with a few signs: `…` is a gap of a few characters inside one sentence,
`(拿|持)` is either of these, `^` and `$` are where what was said begins and ends. So `(拿|持)…刀` finds
他手里拿着一把菜刀. English words match whole words only.

Of every word three things are known before any text is: the expression that finds it (re2), how long a match
can be, and plain strings of which some must be there for it to match at all (`clauses`). The strings of
thousands of rules are looked for in one pass; only what they point to is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

import re2

from gateway.text.fold import fold, is_han
from gateway.triage.problem import Said, shown

GAP_ZH = 8
GAP_EN = 40
MAX_REACH = 200
"""A match is never longer than this, so that text which grows costs only its new words."""
MAX_BRACKETS = 20
"""Brackets within one another in a word or pattern."""
LONGEST_ATOM = 8
"""Characters of a plain string that are looked for; of a longer one its beginning is."""
_MAX_READINGS = 256
"""Ways to say a run of neighbouring choices that are written out as plain strings."""
_FEW = 16
"""Plain strings that are looked for one by one sooner than by an expression."""
_SIGNS = frozenset("^$")
_PLAIN = re.compile(r"[^…()|^$]+")
_CHOICES = re.compile(r"\(([^…()^$]*)\)")
"""A bracket that holds plain words alone, as most do."""
_REMEMBERED = 30_000
"""Characters of which something is kept; more are not text of any language."""
TERMS_KEPT = 20_000
"""Words that were read and are kept; beyond, those not used for the longest time are read again."""
_MAX_MEMORY = 64 << 20
"""Bytes that one compiled expression may take."""

Clause = frozenset[str]
"""Plain strings; at least one of them stands in every match."""


class TermError(ValueError):
    """A word or pattern of a rule cannot be read. `said` tells why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.said = Said(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Expression:
    """A word or pattern as re2 reads it; `longest` is how many characters a match has at most, `clauses`
    what must stand in each, one after the other (none when nothing is sure). Its groups are its gaps, and it
    has `gaps` or not. `plain`: all that it can match, where that is a few plain strings. `effort`: about how
    many ways there are to try it at one place; None when nobody counted."""

    regex: str
    longest: int
    clauses: tuple[Clause, ...]
    gaps: bool
    plain: tuple[str, ...] | None = None
    effort: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word: every text it can be when those are few (`exact`), else what must be in it."""

    exact: frozenset[str] | None
    clauses: tuple[Clause, ...]
    longest: int


NOTHING = Part(frozenset({""}), (), 0)


def literal(text: str) -> Part:
    return Part(frozenset({text}), (), len(text))


def in_turn(parts: Iterable[Part]) -> Part:
    """One piece after the other."""
    run: frozenset[str] = frozenset({""})
    clauses: list[Clause] = []
    longest, whole = 0, True
    for part in parts:
        longest += part.longest
        if part.exact is not None and len(run) * len(part.exact) <= _MAX_READINGS:
            run = frozenset(left + right for left in run for right in part.exact)
            continue
        whole = whole and run == NOTHING.exact and part.exact is not None
        clauses += [run, *part.clauses]
        run = part.exact if part.exact is not None else frozenset({""})
    if whole:
        return Part(run, (), longest)
    return Part(None, tuple(one for one in (*clauses, run) if "" not in one), longest)


def either(parts: list[Part]) -> Part:
    """One of the pieces."""
    if len(parts) == 1:
        return parts[0]
    longest = max(part.longest for part in parts)
    if all(part.exact is not None for part in parts):
        return Part(frozenset(text for part in parts for text in part.exact or ()), (), longest)
    best = [rarest(sure(part)) for part in parts]
    if any(clause is None for clause in best):
        return Part(None, (), longest)
    return Part(None, (frozenset(text for clause in best for text in clause or ()),), longest)


def sure(part: Part) -> tuple[Clause, ...]:
    """What must stand in a match of this piece."""
    if part.exact is None:
        return part.clauses
    return () if "" in part.exact else (part.exact,)


def rarest(clauses: Iterable[Clause]) -> Clause | None:
    """The clause that speech fulfils least often."""
    return min(clauses, key=commonness, default=None)


@lru_cache(maxsize=TERMS_KEPT)
def commonness(clause: Clause) -> float:
    """About how often one of these strings stands at a place of speech."""
    return sum(_chance(text) for text in clause)


def _chance(text: str) -> float:
    """About how often a plain string stands at a place of speech: less with every character."""
    return prod(map(_CHANCES.__getitem__, text[:LONGEST_ATOM]))


_COMMON = frozenset("的了是我不在有人他她这那个们一说到着来去就都要没也你好上下里过把被给让和还很大小出会")


class _Chances(dict[str, float]):
    """About how often a character stands at a place of speech, filled as characters are met."""

    def __missing__(self, char: str) -> float:
        chance = 0.03 if char in _COMMON else 0.003 if is_han(char) else 0.08
        if len(self) < _REMEMBERED:
            self[char] = chance
        return chance


_CHANCES = _Chances()


class _Spelling(dict[int, str]):
    """Character of a word to its place in an expression, filled as characters are met. `gap` is the one of
    `…`."""

    def __init__(self, gap: str) -> None:
        super().__init__({ord("…"): gap, ord("("): "(?:"} | {ord(sign): sign for sign in ")|^$"})

    def __missing__(self, code: int) -> str:
        spelt = str(re2.escape(chr(code)))
        if len(self) < _REMEMBERED:
            self[code] = spelt
        return spelt


_SPELLING = _Spelling(rf"([^。！？!?\n]{{0,{GAP_ZH}}}?)")
_SPELLING_EN = _Spelling(rf"([^.!?\n]{{0,{GAP_EN}}}?)")


@lru_cache(maxsize=TERMS_KEPT)
def term_expression(term: str) -> Expression:
    """One word of a pack; raises TermError when it cannot be read. Known words are not read again: a pack
    that somebody writes is compiled anew at every pause of the writer."""
    folded = fold(term.strip()).replace("’", "'")
    if not folded.strip("…()|^$ "):
        raise TermError(
            "空的词会匹配一切；请写上词或删去这一行",
            "an empty word would match everything; write the word or remove the line",
        )
    latin = any("a" <= char <= "z" for char in folded)
    gap_length = GAP_EN if latin else GAP_ZH
    part = _Reader(term, folded, gap_length).read()
    body = folded.translate(_SPELLING_EN if latin else _SPELLING)
    whole_words = latin and not any(is_han(char) for char in folded)
    if whole_words:
        body = rf"\b(?:{body})\b"
    effort = (gap_length + 1) ** folded.count("…") * (folded.count("|") + 1)
    read = replace(finished(term, body, part, gaps="…" in folded), effort=effort)
    if whole_words or part.exact is None or len(part.exact) > _FEW or not _SIGNS.isdisjoint(folded):
        return read
    return replace(read, plain=tuple(sorted(part.exact)))


def finished(written: str, regex: str, part: Part, *, gaps: bool) -> Expression:
    """The expression of a word or pattern that was read; TermError when a match could be too long."""
    if part.longest > MAX_REACH:
        raise TermError(
            f"“{shown(written)}”最多可以匹配{part.longest}个字；上限是{MAX_REACH}",
            f"“{shown(written)}” may match {part.longest} characters; at most {MAX_REACH} may be matched",
        )
    clauses = tuple(frozenset(text[:LONGEST_ATOM] for text in clause) for clause in sure(part))
    return Expression(regex, part.longest, clauses, gaps)


def understood(written: str, regex: str) -> None:
    """Raise TermError with re2's reason when it does not take this expression."""
    try:
        re2.compile(regex, options())
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise TermError(
            f"“{shown(written)}”看不懂：{reason}", f"“{shown(written)}” is not understood: {reason}"
        ) from error


def options(*, groups: bool = True) -> re2.Options:
    """re2's settings for every pattern here: errors are raised, never printed. Without groups it finds
    where a match is, and many times faster."""
    made = re2.Options()
    made.log_errors = False
    made.max_mem = _MAX_MEMORY
    made.never_capture = not groups
    return made


class _Reader:
    """Reads a word's brackets and gaps."""

    def __init__(self, written: str, text: str, gap: int) -> None:
        self._written, self._text, self._gap, self._at, self._depth = written, text, gap, 0, 0

    def read(self) -> Part:
        part = self._choice()
        if self._at < len(self._text):
            raise self._unbalanced()
        return part

    def _choice(self) -> Part:
        """Pieces between `|` up to the end or the closing bracket."""
        choices = [self._run()]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            choices.append(self._run())
        return either(choices)

    def _run(self) -> Part:
        parts: list[Part] = []
        while (char := self._text[self._at : self._at + 1]) not in ("", "|", ")"):
            choices = _CHOICES.match(self._text, self._at) if self._depth < MAX_BRACKETS else None
            if choices is not None:
                self._at = choices.end()
                exact = frozenset(choices[1].split("|"))
                parts.append(Part(exact, (), max(map(len, exact))))
            elif char == "(":
                self._at += 1
                parts.append(self._bracket())
            elif char == "…" or char in _SIGNS:
                self._at += 1
                parts.append(NOTHING if char in _SIGNS else Part(None, (), self._gap))
            else:
                plain = _PLAIN.match(self._text, self._at)
                said = plain[0] if plain is not None else char
                self._at += len(said)
                parts.append(literal(said))
        return in_turn(parts)

    def _bracket(self) -> Part:
        self._depth += 1
        if self._depth > MAX_BRACKETS:
            raise TermError(
                f"“{shown(self._written)}”的括号嵌套超过{MAX_BRACKETS}层",
                f"“{shown(self._written)}” has more than {MAX_BRACKETS} brackets within one another",
            )
        part = self._choice()
        if self._text[self._at : self._at + 1] != ")":
            raise self._unbalanced()
        self._at += 1
        self._depth -= 1
        return part

    def _unbalanced(self) -> TermError:
        return TermError(
            f"“{shown(self._written)}”的左右括号不一样多或不成对",
            f"“{shown(self._written)}” opens and closes different numbers of brackets",
        )
