"""One spelling for matching: half width, lower case, simplified characters. Never changes the number of
characters.

Because every character stays in its place, a span found in the folded text is a span of the text as it was
said.
"""

from __future__ import annotations

from functools import lru_cache

import opencc

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_KEEP = {ord(mark): None for mark in "，。！？：；（）"}
"""Chinese punctuation ends a clause; it keeps its own shape."""
_WIDTH = {code: half for code, half in _FULL_WIDTH.items() if code not in _KEEP}


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """`text` in half width, lower case and simplified characters, of the same length."""
    lowered = text.translate(_WIDTH).lower()
    if len(lowered) != len(text):
        lowered = "".join(_lower(char) for char in text.translate(_WIDTH))
    simplified: str = _converter().convert(lowered)
    if len(simplified) != len(text):
        simplified = "".join(_one(char) for char in lowered)
    return simplified.replace("著火", "着火")


def _lower(char: str) -> str:
    """Lower case, unless that would take two characters (İ)."""
    lowered = char.lower()
    return lowered if len(lowered) == 1 else char


def _one(char: str) -> str:
    simplified: str = _converter().convert(char)
    return simplified if len(simplified) == 1 else char


def is_han(char: str) -> bool:
    """Whether `char` is a Chinese character (the unified block and its first extension)."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


def script(text: str) -> str | None:
    """`zh` when Chinese characters stand in `text`, `en` when only Latin letters do, None when neither."""
    if any(is_han(char) for char in text):
        return "zh"
    return "en" if any("a" <= char <= "z" or "A" <= char <= "Z" for char in text) else None
