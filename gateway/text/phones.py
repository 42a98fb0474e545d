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
