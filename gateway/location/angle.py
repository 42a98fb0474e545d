"""Degrees out of the notations of databases: decimal, degrees and minutes, degrees minutes seconds, with a
sign or a hemisphere.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum

MAX_CHARS = 40
_PARTS = re.compile(r"[°º度'′’分\"″”秒:\s]+")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]*)?")


class Notation(StrEnum):
    """How digits without separators are meant: 31.230417, 3113.8250 or 311349.50."""

    DEGREES = "degrees"
    MINUTES = "degrees_minutes"
    SECONDS = "degrees_minutes_seconds"


def degrees(text: str, notation: Notation = Notation.DEGREES, decimals: int = 0) -> float:
    """Signed degrees; south and west are negative.

    `decimals`: digits after a decimal point that is not written (fixed-field records: `31230417` with six).
    Digits parted by signs or blanks (`31°13'49.5"N`, `N 31 13 49.5`) are read as such in any notation. Raises
    ValueError with the reason.
    """
    bare = text.strip()
    if len(bare) > MAX_CHARS:
        raise ValueError(f"{len(bare)} characters are no coordinate")
    signs = [letter for letter in bare.upper() if letter in "NSEW+-"]
    upper = re.sub(r"[NSEW+-]", " ", bare.upper()).strip()
    if len(signs) > 1:
        raise ValueError(f"more than one sign or hemisphere: {bare!r}")
    if re.fullmatch(r"[0-9]+,[0-9]+", upper):
        raise ValueError(f"{bare!r} has a comma for a decimal point; write {bare.replace(',', '.')}")
    parts = [part for part in _PARTS.split(upper) if part]
    if not parts or not all(_DIGITS.fullmatch(part) for part in parts) or len(parts) > 3:
        raise ValueError(f"no angle: {bare!r}")
    value = _joined(parts) if len(parts) > 1 else _bare(parts[0], notation, decimals)
    return -value if signs and signs[0] in "SW-" else value


def _bare(digits: str, notation: Notation, decimals: int) -> float:
    value = float(digits) if "." in digits else int(digits) / 10**decimals
    if notation is Notation.DEGREES:
        return value
    if notation is Notation.MINUTES:
        return _joined([str(int(value // 100)), f"{value % 100:.9f}"])
    return _joined([str(int(value // 10_000)), str(int(value // 100) % 100), f"{value % 100:.9f}"])


def _joined(parts: list[str]) -> float:
    values = [float(part) for part in parts]
    if any(value >= 60 for value in values[1:]):
        raise ValueError(f"minutes and seconds end at 60: {' '.join(parts)}")
    return math.fsum(value / 60**place for place, value in enumerate(values))
