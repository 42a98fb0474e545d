"""A pack's own regular expressions: bounded in reach, understood by re2, and read far enough to know how long
a match can be and which plain strings it needs.

What is said is folded before it is searched (half width, lower case, simplified characters), so patterns are
written in that spelling.
"""

from __future__ import annotations

import re

from gateway.triage.problem import shown
from gateway.triage.terms import (
    MAX_BRACKETS,
    MAX_REACH,
    NOTHING,
    Expression,
    Part,
    TermError,
    either,
    finished,
    in_turn,
    literal,
    sure,
    understood,
)

MAX_PATTERN_CHARACTERS = 1_000
"""Length of one pattern."""
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]")
_OPENING = re.compile(r"\((?:\?:|\?P?<\w+>|(?!\?))")
_REPEAT = re.compile(r"(?:\?|\{(\d+)(,(\d+))?\})\??")
_PLAIN_CLASS = re.compile(r"\[([^\]\\^-]{1,16})\]")
_ANY_CHARACTER = re.compile(r"\.|\\[dDwWsStnrfv]|\\[pP](?:\w|\{\^?\w+\})")
_NO_WIDTH = re.compile(r"[\^$]|\\[bBAz]")
_ESCAPED = re.compile(r"\\([^\w])")
_ANYTHING = Part(None, (), 1)


def pattern_expression(pattern: str) -> Expression:
    """A pack's own regular expression, checked; TermError when it is not bounded or re2 does not take it."""
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise TermError(
            f"表达式有{len(pattern)}个字符；最多{MAX_PATTERN_CHARACTERS}",
            f"the pattern has {len(pattern)} characters; at most {MAX_PATTERN_CHARACTERS} are read",
        )
    if _UNBOUNDED.search(_CLASS.sub("x", pattern)):
        raise TermError(
            f"“{shown(pattern)}”没有长度上限；请把*和+写成{{0,30}}这样的范围",
            f"“{shown(pattern)}” may run on for ever; write a bound such as {{0,30}} in place of * and +",
        )
    understood(pattern, pattern)
    reader = _Reader(pattern)
    part = reader.read()
    return finished(pattern, reader.without_groups(), part, gaps=False)


class _Reader:
    """Reads the usual part of re2's syntax; anything else is refused with its place."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self._opened: list[tuple[int, int]] = []

    def without_groups(self) -> str:
        """The pattern with brackets that only hold together."""
        made, last = "", 0
        for start, end in sorted(self._opened):
            made, last = made + self._text[last:start] + "(?:", end
        return made + self._text[last:]

    def read(self) -> Part:
        part = self._choice()
        if self._at < len(self._text):
            raise self._unknown()
        return part

    def _choice(self) -> Part:
        choices = [self._run()]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            choices.append(self._run())
        return either(choices)

    def _run(self) -> Part:
        parts: list[Part] = []
        while self._text[self._at : self._at + 1] not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return in_turn(parts)

    def _one(self) -> Part:
        """One character, class or bracket."""
        if (found := self._taken(_OPENING)) is not None:
            self._opened.append(found.span())
            return self._bracket()
        if self._taken(_NO_WIDTH):
            return NOTHING
        if (found := self._taken(_PLAIN_CLASS)) is not None:
            return Part(frozenset(found[1]), (), 1)
        if self._taken(_CLASS) or self._taken(_ANY_CHARACTER):
            return _ANYTHING
        if (found := self._taken(_ESCAPED)) is not None:
            return literal(found[1])
        char = self._text[self._at]
        if char in "\\()[]{}?*+":
            raise self._unknown()
        self._at += 1
        return literal(char)

    def _bracket(self) -> Part:
        self._depth += 1
        if self._depth > MAX_BRACKETS:
            raise self._unknown()
        part = self._choice()
        if self._text[self._at : self._at + 1] != ")":
            raise self._unknown()
        self._at += 1
        self._depth -= 1
        return part

    def _repeated(self, part: Part) -> Part:
        if (found := self._taken(_REPEAT)) is None:
            return part
        least = int(found[1] or 0)
        most = int(found[3]) if found[3] else least if found[1] else 1
        if (least, most) == (0, 1) and part.exact is not None:
            return Part(part.exact | {""}, (), part.longest)
        return Part(None, sure(part) if least else (), min(part.longest * most, MAX_REACH + 1))

    def _taken(self, sign: re.Pattern[str]) -> re.Match[str] | None:
        if (found := sign.match(self._text, self._at)) is not None:
            self._at = found.end()
        return found

    def _unknown(self) -> TermError:
        rest = shown(self._text[self._at :])
        return TermError(
            f"“{shown(self._text)}”从“{rest}”起的写法不支持",
            f"“{shown(self._text)}” is not supported from “{rest}” on",
        )
