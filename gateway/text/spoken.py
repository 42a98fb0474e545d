"""Numbers read out loud, digit by digit, with pauses and slips: 幺三八，零零二……不对，零零三.

A run of digits (and letters, for plates) is cut into the groups in which it was spoken. A slip (不对, 啊不,
no wait) makes the next group replace what it corrects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.text.numerals import DIGITS

_DIGITS_EN = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_REPEAT = {"double": 2, "triple": 3}
_TOKEN = re.compile(
    r"(?P<slip>不对+|不对不对|啊不是?|哦不|不是|说错了?|错了|等等|\bno,? wait\b|\bsorry\b|\bi mean\b|\bno\b)"
    r"|(?P<repeat>\b(?:double|triple)\b)"
    r"|(?P<word>\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b)"
    r"|(?P<digit>[0-9零〇洞幺么一二两三四五六七拐八九])"
    r"|(?P<letter>(?<![a-z])[a-z](?![a-z]))"
    r"|(?P<glued>[a-z])"
    r"|(?P<pause>[\s，,、。.…—\-·]+|呃|嗯|那个|然后)"
)
_COUNTS = re.compile(
    "[0-9零〇一二两三四五六七八九十百千]{1,4}(?:号楼|号院|号(?!码)|单元|[楼栋幢层室点块个岁米年月元]|公里)"
)
"""After a pause this begins another thing (…零零零二，三号楼), it is not read out any more."""
MAX_RUN = 40
"""Digits and letters in one run; longer ones are no phone and no plate."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits and letters spoken in a row: the groups as they stand after slips were mended, and where."""

    groups: tuple[str, ...]
    start: int
    end: int

    @property
    def value(self) -> str:
        return "".join(self.groups)


def runs(text: str, *, letters: bool = False, glued: bool = False) -> list[Run]:
    """All runs in folded text; with `letters` single Latin letters belong to them (plates), with `glued`
    any letter (Chinese text, where a recognizer writes letters without blanks)."""
    found: list[Run] = []
    groups: list[str] = []
    begin = end = position = 0
    fresh, slipped, repeat = True, False, 1
    while position <= len(text):
        token = None if fresh and _COUNTS.match(text, position) else _TOKEN.match(text, position)
        kind = token.lastgroup if token else None
        unwanted = (kind == "letter" and not letters) or (kind == "glued" and not glued)
        if token is None or unwanted or (kind == "slip" and not groups):
            if groups:
                found.append(Run(tuple(groups), begin, end))
            groups, fresh, slipped, repeat = [], True, False, 1
            position += 1
            continue
        if kind in ("digit", "word", "letter", "glued"):
            char = DIGITS.get(token[0], _DIGITS_EN.get(token[0], token[0].upper())) * repeat
            if not groups:
                begin = position
            if fresh or slipped or not groups:
                groups = _mended(groups, char, slipped)
            else:
                groups[-1] += char
            fresh, slipped, repeat, end = False, False, 1, token.end()
        elif kind == "repeat":
            repeat = _REPEAT[token[0]]
        elif kind == "slip":
            slipped = True
        else:
            fresh = True
        position = token.end()
    return [Run(_settled(run.groups), run.start, run.end) for run in found if len(run.value) <= MAX_RUN]


_MARK = "\0"


def _mended(groups: list[str], char: str, slipped: bool) -> list[str]:
    """Open a new group; one that mends a slip is marked until its length is known."""
    return [*groups, (_MARK if slipped else "") + char]


def _settled(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Apply slips, and drop a group that the next one begins with (七三，七三F六零: said again, then gone
    on)."""
    kept: list[str] = []
    for group in groups:
        plain = group.lstrip(_MARK)
        if group.startswith(_MARK) and kept:
            _replace(kept, plain)
        elif kept and len(kept[-1]) > 1 and len(plain) > len(kept[-1]) and plain.startswith(kept[-1]):
            kept[-1] = plain
        else:
            kept.append(plain)
    return tuple(kept)


def _replace(kept: list[str], plain: str) -> None:
    """Put `plain` in place of what it corrects: as many characters from the end, or all when it is longer."""
    spoken = "".join(kept)
    kept[:] = [spoken[: max(0, len(spoken) - len(plain))], plain] if len(spoken) > len(plain) else [plain]
