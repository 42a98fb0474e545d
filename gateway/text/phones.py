"""Telephone numbers in speech: eleven digits of a mobile, a fixed line with its area code, 400 and 800."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.text.spoken import Run, runs

_MOBILE = re.compile(r"1[3-9]\d{9}")
_FIXED = re.compile(r"0\d{9,11}")
_SERVICE = re.compile(r"[48]00\d{7}")
"""Numbers of firms that are free or cheap to ring."""
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_CUE = re.compile(r"电话|座机|号码|打给|联系|phone|number|call me")
_CUE_BEFORE = 10


@dataclass(frozen=True, slots=True)
class FoundText:
    """A value read from text, and the characters it was read from."""

    value: str
    start: int
    end: int


def find_phones(text: str) -> list[FoundText]:
    """Every telephone number in folded text, slips mended, in the order spoken."""
    found = []
    for run in runs(text):
        value = _phone(run) or _local(text, run)
        if value:
            found.append(FoundText(value, run.start, run.end))
    return found


def _phone(run: Run) -> str | None:
    digits = run.value
    if _MOBILE.fullmatch(digits) or _FIXED.fullmatch(digits):
        return digits
    if _SERVICE.fullmatch(digits):
        return digits
    for first in range(len(run.groups)):
        rest = "".join(run.groups[first:])
        if (match := _MOBILE.match(rest)) and (len(rest) == 11 or first > 0 or len(digits) > 12):
            return match[0]
    return None


def _local(text: str, run: Run) -> str | None:
    """Seven or eight digits are a number only when it was called one."""
    cue = _CUE.search(text[max(0, run.start - _CUE_BEFORE) : run.start])
    return run.value if cue and _LOCAL.fullmatch(run.value) else None


_COUNTRY = "86"
_DOMESTIC = re.compile(r"1[3-9]\d{9}|0(?:10|[2-9]\d)\d{7,9}")


def line_of(number: str) -> str | None:
    """A number as it is dialled within the country, whatever form it came in: 13800138000, 02112345678.

    `+86…`, `0086…` and `86…` lose the country; a mobile loses a leading 0; a number of another country
    keeps `+` and its country. None: no number.
    """
    text = number.strip().removeprefix("tel:").partition(";")[0]
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    abroad = text.startswith("+")
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if not 3 <= len(digits) <= 20:
        return None
    if abroad and not digits.startswith(_COUNTRY):
        return f"+{digits}"
    bare = digits.removeprefix(_COUNTRY) if abroad or len(digits) > 11 else digits
    for form in (bare, bare.removeprefix("0"), f"0{bare}"):
        if _DOMESTIC.fullmatch(form):
            return form
    return bare or None


def forms_of(line: str) -> tuple[str, ...]:
    """How networks write the line that `line_of` gave: what a search by number must try."""
    if line.startswith("+"):
        return line, f"00{line[1:]}"
    bare = line.removeprefix("0")
    return line, f"+86{bare}", f"0086{bare}", f"86{bare}", f"0{bare}" if bare == line else bare
