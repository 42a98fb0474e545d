# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""Numbers as people say them: 三百二十八, 幺三八, 两万六, forty-one, one five two, double four."""

from __future__ import annotations

import re

DIGITS = {
    "零": "0", "〇": "0", "洞": "0", "幺": "1", "么": "1", "一": "1", "壹": "1", "二": "2", "两": "2", "俩": "2",
    "三": "3", "仨": "3", "四": "4", "五": "5", "六": "6", "七": "7", "拐": "7", "八": "8", "九": "9",
}  # fmt: skip
"""Spoken digit to digit. 幺 (and 洞, 拐) are how numbers are read out over the phone."""
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_CHINESE = "零〇一二两三四五六七八九十百千万亿壹"
NUMBER_ZH = rf"(?:[{_CHINESE}]+|\d+(?:\.\d+)?[万千百亿]?)"
"""A regular expression for a number in Chinese text, spoken or written."""

ONES_EN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
"""English numbers by their value, 0 to 19."""
DECADES_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL_EN = {word: value for value, word in enumerate(ONES_EN)} | {"oh": 0, "o": 0, "nought": 0}
_TENS_EN = {word: 10 * tens for tens, word in enumerate(DECADES_EN, start=2)}
_SCALES_EN = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000}
_REPEATS_EN = {"double": 2, "triple": 3}
_WORD_EN = "|".join(sorted([*_SMALL_EN, *_TENS_EN, *_SCALES_EN], key=len, reverse=True))
NUMBER_EN = rf"(?:\d+(?:,\d{{3}})*|\b(?:{_WORD_EN})(?:[ -](?:and )?(?:{_WORD_EN})){{0,15}}\b)"
"""A regular expression for a number in English text, spoken or written; of at most 16 words."""
FIGURES_EN = rf"(?:\d+|\b(?:{_WORD_EN})\b)(?:[ -](?:and )?(?:\d+|(?:{_WORD_EN})\b)){{0,15}}"
"""Numbers read out one after the other (two oh five, 12 30). One repetition and no number within it: two
together are tried in every way there is, and the time doubles with every word."""


def chinese_number(text: str) -> int | None:
    """The value of a Chinese number, read as a quantity when it has units (三百二十八), digit by digit when
    not (三二八).

    `两万六` is 26,000: after a unit a lone digit counts the next smaller one. None when it is no number, or
    only about one (十七八, 二三十).
    """
    plain = re.fullmatch(r"(\d+(?:\.\d+)?)([万千百亿]?)", text)
    if plain:
        scale = ({"": 1} | _UNITS | _MYRIADS)[plain[2]]
        return round(float(plain[1]) * scale)
    if not text or any(char not in DIGITS and char not in _UNITS and char not in _MYRIADS for char in text):
        return None
    if not any(char in _UNITS or char in _MYRIADS for char in text):
        return int("".join(DIGITS[char] for char in text))
    return _with_units(text)


def is_estimate(text: str) -> bool:
    """Two digits side by side and nothing else are an estimate where things are counted: 三四个人, 七八点."""
    return re.fullmatch("[一二两三四五六七八九]{2}", text) is not None


_ABOUT = re.compile("[一二两三四五六七八九幺][一二两三四五六七八九幺]")
"""Two digits side by side among units: 十七八, 二三十, an estimate."""


def digits_or_number(text: str) -> str | None:
    """How a number is written that names something (a house, a room): 二百一十 is 210, 幺零三 103, 零二 02."""
    if text.isdigit():
        return text
    if text and all(char in DIGITS or char.isdigit() for char in text):
        return "".join(DIGITS.get(char, char) for char in text)
    value = chinese_number(text)
    return None if value is None else str(value)


def _with_units(text: str) -> int | None:
    if _ABOUT.search(text):
        return None
    total = section = digit = 0
    last_unit = 1
    for char in text:
        if char in _UNITS:
            last_unit = _UNITS[char]
            section += (digit or 1) * last_unit
            digit = 0
        elif char in _MYRIADS:
            last_unit = _MYRIADS[char]
            total = (total + section + digit) * last_unit
            section = digit = 0
        elif DIGITS[char] == "0":
            last_unit = 10
        else:
            digit = digit * 10 + int(DIGITS[char])
    next_smaller = 0 < digit < 10 and last_unit > 10 and text[-2] not in "零〇"
    return total + section + (digit * (last_unit // 10) if next_smaller else digit)


def english_number(text: str) -> int | None:
    """The value of an English number: `nine thousand`, `twelve-oh-one` (1201), `four-oh-one` (401), `41`."""
    cleaned = text.lower().replace(",", "")
    if cleaned.isdigit():
        return int(cleaned)
    words = [word for word in re.split(r"[ -]+", cleaned) if word and word != "and"]
    if not words or any(
        word not in _SMALL_EN and word not in _TENS_EN and word not in _SCALES_EN for word in words
    ):
        return None
    if any(word in _SCALES_EN for word in words):
        return _scaled(words)
    return int(english_digits(" ".join(words)) or "0")


def _scaled(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word in _SCALES_EN:
            scale = _SCALES_EN[word]
            if scale == 100:
                part = (part or 1) * 100
            else:
                total, part = total + (part or 1) * scale, 0
        else:
            part += _SMALL_EN.get(word, 0) or _TENS_EN.get(word, 0)
    return total + part


def english_digits(text: str) -> str:
    """The digits of an English number as read out: `one five double four` is 1544, `forty-one` 41,
    `nineteen` 19."""
    digits: list[str] = []
    repeat = 1
    tens_open = False
    for word in re.split(r"[\s,.-]+", text.lower()):
        if word in _REPEATS_EN:
            repeat = _REPEATS_EN[word]
            continue
        if word in _TENS_EN:
            digits.append(str(_TENS_EN[word]))
        elif word in _SMALL_EN and tens_open and 0 < _SMALL_EN[word] < 10:
            digits[-1] = digits[-1][0] + str(_SMALL_EN[word])
        elif word in _SMALL_EN:
            digits.append(str(_SMALL_EN[word]) * repeat)
        elif word.isdigit():
            digits.append(word * repeat)
        repeat = 1
        tens_open = word in _TENS_EN
    return "".join(digits)
