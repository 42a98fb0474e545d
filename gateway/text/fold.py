"""One spelling for matching: half width, lower case, simplified characters. Never changes the number of
characters, and reads each character by itself.

Because every character stays in its place, a span found in the folded text is a span of the text as it was
said; because none depends on its neighbours, text that grows is folded at the cost of its new characters.
Conversion by phrases would do neither, and reads 打坏 (broken) as 打坯.
"""

from __future__ import annotations

from functools import lru_cache

import opencc

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_KEEP = {ord(mark): None for mark in "，。！？：；（）"}
"""Chinese punctuation ends a clause; it keeps its own shape."""
_WIDTH = {code: half for code, half in _FULL_WIDTH.items() if code not in _KEEP}
_BY_PHRASES_ONLY = {"著": "着", "瞭": "了", "藉": "借", "’": "'", "‘": "'", "ʼ": "'"}
"""What the conversion tables leave to phrases and speech has in one meaning: 拿著刀, 瞭解, 藉口; and the one
apostrophe (don’t)."""
_NOT_TEXT = range(0xD800, 0xE000)
"""Halves of a character (surrogates): they come of broken input and no library takes them."""
_REMEMBERED = 30_000
"""Characters whose folding is kept; more are not text of any language."""


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class _Table(dict[int, str]):
    """Code point to folded character, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = _one(code)
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """`text` in half width, lower case and simplified characters, of the same length."""
    return text.translate(_TABLE)


def _one(code: int) -> str:
    if code in _NOT_TEXT:
        return "\ufffd"
    char = chr(_WIDTH.get(code, code))
    lowered = char.lower()
    char = lowered if len(lowered) == 1 else char  # lower case would take two characters (İ)
    simplified: str = _converter().convert(char)
    return _BY_PHRASES_ONLY.get(char, simplified if len(simplified) == 1 else char)


def is_han(char: str) -> bool:
    """Whether `char` is a Chinese character (the unified block and its first extension)."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


def script(text: str) -> str | None:
    """`zh` when Chinese characters stand in `text`, `en` when only Latin letters do, None when neither."""
    if any(is_han(char) for char in text):
        return "zh"
    return "en" if any("a" <= char <= "z" or "A" <= char <= "Z" for char in text) else None
