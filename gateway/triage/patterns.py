"""A pack's own regular expressions: bounded in reach, understood by re2, and read far enough to know how long
a match can be and which plain strings it needs.

What is said is folded before it is searched (half width, lower case, simplified characters), so patterns are
written in that spelling.
"""

from __future__ import annotations

import re

from gateway.triage.problem import shown
from gateway.triage.terms import (
    MAX_REACH,
    NOTHING,
    Expression,
    Part,
    Reading,
    TermError,
    finished,
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
    reader = _Pattern(pattern)
    part = reader.read()
    return finished(pattern, reader.without_groups(), part, gaps=False)


class _Pattern(Reading):
    """Reads the usual part of re2's syntax; anything else is refused with its place."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._opened: list[tuple[int, int]] = []

    def without_groups(self) -> str:
        """The pattern with brackets that only hold together."""
        made, last = "", 0
        for start, end in sorted(self._opened):
            made, last = made + self.text[last:start] + "(?:", end
        return made + self.text[last:]

    def one(self) -> Part:
        return self._repeated(self._alone())

    def _alone(self) -> Part:
        """One character, class or bracket."""
        if (found := self._taken(_OPENING)) is not None:
            self._opened.append(found.span())
            return self.bracket()
        if self._taken(_NO_WIDTH):
            return NOTHING
        if (found := self._taken(_PLAIN_CLASS)) is not None:
            return Part(frozenset(found[1]), (), 1)
        if self._taken(_CLASS) or self._taken(_ANY_CHARACTER):
            return _ANYTHING
        if (found := self._taken(_ESCAPED)) is not None:
            return literal(found[1])
        char = self.ahead
        if char in "\\()[]{}?*+":
            raise self.unbalanced()
        self.at += 1
        return literal(char)

    def _repeated(self, part: Part) -> Part:
        if (found := self._taken(_REPEAT)) is None:
            return part
        least = int(found[1] or 0)
        most = int(found[3]) if found[3] else least if found[1] else 1
        if (least, most) == (0, 1) and part.exact is not None:
            return Part(part.exact | {""}, (), part.longest)
        return Part(None, sure(part) if least else (), min(part.longest * most, MAX_REACH + 1))

    def _taken(self, sign: re.Pattern[str]) -> re.Match[str] | None:
        if (found := sign.match(self.text, self.at)) is not None:
            self.at = found.end()
        return found

    def too_deep(self) -> TermError:
        return self.unbalanced()

    def unbalanced(self) -> TermError:
        rest = shown(self.text[self.at :])
        return TermError(
            f"“{shown(self.text)}”从“{rest}”起的写法不支持",
            f"“{shown(self.text)}” is not supported from “{rest}” on",
        )
