# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Finding a rule's words in what was said: compiled once, bounded in reach, at a cost of the new words
alone.

A word in a pack is read as it stands, with a few signs: `…` is a gap of a few characters inside one
sentence, `(拿|持)` is either of these, `^` and `$` are where what was said begins and ends. So `(拿|持)…刀`
finds 他手里拿着一把菜刀. English words match whole words only. A gap that ends in a denial (孩子没有受伤
for 孩子…受伤) denies the whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import re2

from gateway.text.fold import fold, is_han
from gateway.text.sounds import sounds
from gateway.triage.problem import Said, shown
from gateway.triage.scope import Scope, scope_of

GAP_ZH = 8
GAP_EN = 40
MAX_REACH = 200
"""A match is never longer than this, so that text which grows costs only its new words."""
MAX_HITS = 50
"""Places of one rule's words looked at in one utterance."""
HITS_OF_A_RULE = 3
"""Places of one rule in one utterance that count as evidence; more of the same says nothing new."""
MASK = "\ue000"
"""Stands in place of a harmless word (a private character that no text holds)."""
_MAX_MEMORY = 512 << 20
"""Bytes that one compiled set may take: enough for some tens of thousands of rules."""
_INNERMOST = re.compile(r"\(([^()]*)\)")
_DENYING_GAP = re.compile(
    r"(?:没有?|不是|并未|未|不会|不用|不要)(?:人|被|有|再|什么|任何|把|造成|出现)?$|(?:\bnot|n't|\bno|\bnobody|\bnever|\bwithout)(?: \w+){0,3} ?$"
)
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")


class TermError(ValueError):
    """A word or pattern of a rule cannot be read. `said` tells why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.said = Said(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where words were found (characters of the utterance's text) and how they were meant."""

    start: int
    end: int
    scope: Scope


def options() -> re2.Options:
    """re2's settings for every pattern here: errors are raised, never printed."""
    made = re2.Options()
    made.log_errors = False
    made.max_mem = _MAX_MEMORY
    return made


class Expression(NamedTuple):
    """A word or pattern as re2 reads it, and a plain part of it without gaps that must be there for it to
    match.

    One pass for thousands of gaps at once would make re2's automaton explode (70 us a character); plain
    parts keep it small.
    """

    regex: str
    hint: str


def term_expression(term: str) -> Expression:
    """One word of a pack; raises TermError for unbalanced signs."""
    folded = fold(term.strip()).replace("’", "'")
    if not folded.strip("…()|^$ "):
        raise TermError(
            "空的词会匹配一切；请写上词或删去这一行",
            "an empty word would match everything; write the word or remove the line",
        )
    if folded.count("(") != folded.count(")"):
        raise TermError(
            f"“{shown(term)}”的左右括号不一样多",
            f"“{shown(term)}” opens and closes different numbers of brackets",
        )
    latin = any("a" <= char <= "z" for char in folded)
    gap = rf"([^.!?\n]{{0,{GAP_EN}}}?)" if latin else rf"([^。！？!?\n]{{0,{GAP_ZH}}}?)"
    pieces = [_piece(piece) for piece in folded.split("…")]
    body = gap.join(pieces)
    if any(piece.count("(") != piece.count(")") for piece in folded.split("…")):
        hint = body  # a gap within brackets: no part of it must be there, so the whole is its own hint
    else:
        hint = _piece(max(folded.split("…"), key=_least).strip("^$"))
    words = rf"\b(?:{body})\b" if latin and not any(is_han(char) for char in folded) else body
    _understood(term, words)
    return Expression(words, hint)


def _piece(text: str) -> str:
    """A part of a word without gaps: letters as they stand, brackets and ends as signs."""
    return "".join(
        "(?:" if char == "(" else char if char in ")|^$" else str(re2.escape(char)) for char in text
    )


def _least(piece: str) -> int:
    """How many characters a part has at least: its brackets count with their shortest choice."""
    plain = piece
    while "(" in plain:
        shorter = _INNERMOST.sub(lambda group: min(group[1].split("|"), key=len), plain)
        if shorter == plain:
            break
        plain = shorter
    return min(len(choice.strip("^$ ")) for choice in plain.split("|"))


def pattern_expression(pattern: str) -> Expression:
    """A pack's own regular expression, checked: bounded in reach and understood by re2; else TermError."""
    bare = re.sub(r"\[(?:\\.|[^\]\\])*\]", "x", pattern)
    if _UNBOUNDED.search(bare):
        raise TermError(
            f"“{shown(pattern)}”没有长度上限；请把*和+写成{{0,30}}这样的范围",
            f"“{shown(pattern)}” may run on for ever; write a bound such as {{0,30}} in place of * and +",
        )
    _understood(pattern, pattern)
    return Expression(pattern, pattern)


def _understood(written: str, regex: str) -> None:
    try:
        re2.compile(regex, options())
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise TermError(
            f"“{shown(written)}”看不懂：{reason}", f"“{shown(written)}” is not understood: {reason}"
        ) from error


class Place(NamedTuple):
    """Where words stand in folded text; `denied` when a gap inside them says so."""

    start: int
    end: int
    denied: bool


class Words:
    """Some words as one compiled expression. Immutable."""

    __slots__ = ("_compiled", "hint")

    def __init__(self, expressions: Sequence[Expression]) -> None:
        try:
            self._compiled = re2.compile("|".join(f"(?:{one.regex})" for one in expressions), options())
        except re2.error as error:  # each is understood by itself: together they are too large
            raise TermError("这些词合起来太大", "these words are too large together") from error
        self.hint = "|".join(f"(?:{hint})" for hint in dict.fromkeys(one.hint for one in expressions))

    def places(self, text: str, limit: int = MAX_HITS) -> list[Place]:
        """The first `limit` places of these words in folded text, none longer than MAX_REACH."""
        found: list[Place] = []
        for match in self._compiled.finditer(text):
            start, end = match.span()
            if 0 < end - start <= MAX_REACH:
                denied = any(gap and _DENYING_GAP.search(gap) for gap in match.groups())
                found.append(Place(start, end, denied))
            if len(found) == limit:
                break
        return found

    def near(self, text: str, start: int, end: int, reach: int) -> bool:
        """Whether one of these words stands within `reach` characters around `start`..`end`."""
        return self._compiled.search(text[max(0, start - reach) : end + reach]) is not None


class Prefilter:
    """One pass over the text tells which of thousands of words can match at all."""

    __slots__ = ("_set",)

    def __init__(self, words: Sequence[Words]) -> None:
        self._set = re2.Set.SearchSet(options()) if words else None
        if self._set is not None:
            for one in words:
                self._set.Add(one.hint)
            self._set.Compile()

    def candidates(self, text: str) -> list[int]:
        """Indices of the expressions that occur in `text`."""
        return [] if self._set is None or not text else sorted(self._set.Match(text) or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """When a rule's words are there: `words`, with each group of `every` near by, and none of `none` near
    by."""

    words: Words
    every: tuple[Words, ...] = ()
    none: Words | None = None
    reach: int = 30
    scopes: frozenset[Scope] = frozenset({Scope.SAID, Scope.PAST})

    def find(self, text: str, raw: str) -> list[Hit]:
        """The first places in folded text where the rule holds and the words were meant, each with other
        words.

        `text` may have harmless words covered, `raw` has not: what forbids the rule (`none`) is looked for
        there.
        """
        said: dict[str, Hit] = {}
        for start, end, denied in self.words.places(text):
            if not all(group.near(text, start, end, self.reach) for group in self.every):
                continue
            if self.none is not None and self.none.near(raw, start, end, self.reach):
                continue
            scope = Scope.DENIED if denied else scope_of(text, start, end)
            if scope is Scope.SAID or scope in self.scopes:
                said.setdefault(text[start:end], Hit(start, end, scope))
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


def sound_text(text: str) -> tuple[str, list[int]]:
    """The syllables of `text` between blanks, and for each position in them the character it came from."""
    parts: list[str] = [" "]
    origin: list[int] = [0]
    for index, sound in enumerate(sounds(text)):
        parts.append(sound + " ")
        origin += [index] * (len(sound) + 1)
    return "".join(parts), origin


def sound_expression(word: str) -> Expression:
    """What finds `word` by its sound in what `sound_text` gives."""
    regex = str(re2.escape(" " + " ".join(sounds(fold(word))) + " "))
    return Expression(regex, regex)
