"""One spelling for what was said and what was heard, so that only what the ear got wrong is counted.

A token is a Chinese character, or a word of letters. Punctuation, case, width and traditional characters do
not count, 幺 is 一. Digits in a reference stand for the ways in which people read them: 110 is 一一零 or
一百一十, one one zero, one ten or one hundred (and) ten; the reading nearest to what was heard counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.text.fold import fold, is_han
from gateway.text.numerals import DECADES_EN, ONES_EN

Tokens = tuple[str, ...]
Slot = tuple[Tokens, ...]
"""One place of a reference: the ways in which it may be said, the likeliest first."""

MAX_QUANTITY_DIGITS = 9
"""Longer runs of digits are read out one by one: nobody says a telephone number as an amount."""

_PIECE = re.compile(r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?%?)|(?P<word>[a-z]+(?:'[a-z]+)*)|(?P<char>\S)")
_DIGITS_ZH = "零一二三四五六七八九"
_DIGITS_EN, _TEENS_EN, _TENS_EN = ONES_EN[:10], ONES_EN[10:], DECADES_EN
_SCALES_EN = ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))


def slots(text: str, *, chinese: bool) -> list[Slot]:
    """The places of a text, in order."""
    found: list[Slot] = []
    for piece in _PIECE.finditer(fold(text).replace("幺", "一")):
        token = piece[0]
        if piece.lastgroup == "digits":
            found.append(tuple(dict.fromkeys(_readings(token.replace(",", ""), chinese=chinese))))
        elif piece.lastgroup == "word":
            found.append(((token.replace("'", ""),),))
        elif is_han(token) or token == "〇":
            found.append((("零" if token == "〇" else token,),))
        elif token.isalpha():
            found.append(((token,),))
    return found


def heard_tokens(text: str, *, chinese: bool) -> list[Tokens]:
    """What a recognizer wrote, in at most two readings: digits one by one, and as amounts."""
    places = slots(text, chinese=chinese)
    one_by_one = tuple(token for slot in places for token in slot[0])
    amounts = tuple(token for slot in places for token in slot[min(1, len(slot) - 1)])
    return [one_by_one] if amounts == one_by_one else [one_by_one, amounts]


def spoken(text: str, *, chinese: bool) -> str:
    """The text for a voice: digits in words, the long runs one by one, the short ones as amounts."""

    def said(match: re.Match[str]) -> str:
        readings = list(_readings(match[0].replace(",", ""), chinese=chinese))
        digits = re.sub(r"\D", "", match[0])
        like_a_phone = len(digits) > 4 or digits.startswith("0") or digits in ("110", "119", "120", "122")
        chosen = readings[0] if like_a_phone or len(readings) == 1 else readings[1]
        return "".join(chosen) if chinese else f" {' '.join(chosen)} "

    return re.sub(r"\d+(?:,\d{3})*(?:\.\d+)?%?", said, fold(text))


def _readings(run: str, *, chinese: bool) -> Iterator[Tokens]:
    """Digits one by one first, then as an amount, then the rarer ways."""
    percent, run = run.endswith("%"), run.removesuffix("%")
    whole, _, part = run.partition(".")
    read = _chinese if chinese else _english
    for reading in read(whole):
        tokens = reading
        if part and chinese:
            tokens = (*tokens, "点", *(_DIGITS_ZH[int(d)] for d in part))
        elif part:
            tokens = (*tokens, "point", *(_DIGITS_EN[int(d)] for d in part))
        if percent:
            tokens = ("百", "分", "之", *tokens) if chinese else (*tokens, "percent")
        yield tokens


def _chinese(digits: str) -> Iterator[Tokens]:
    yield tuple(_DIGITS_ZH[int(digit)] for digit in digits)
    if len(digits) <= MAX_QUANTITY_DIGITS and (digits == "0" or not digits.startswith("0")):
        amount = chinese_amount(int(digits))
        yield tuple(amount)
        if "二" in amount:
            yield tuple(re.sub(r"二(?=[百千万]|$)", "两", amount))
            yield tuple(re.sub(r"二(?=[千万])|(?<![十百千零])二(?=百)|^二$", "两", amount))


def chinese_amount(value: int) -> str:
    """`260` is 二百六十, `10086` 一万零八十六; up to nine digits."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return chinese_amount(high) + "万" + (gap + _below_myriad(low) if low else "")
    text = _below_myriad(value) or "零"
    return text.removeprefix("一") if 10 <= value < 20 else text


def _below_myriad(value: int) -> str:
    text, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + _DIGITS_ZH[digit] + sign
            gap = False
        else:
            gap = True
    return text


def _english(digits: str) -> Iterator[Tokens]:
    yield tuple(_DIGITS_EN[int(digit)] for digit in digits)
    value = int(digits)
    if len(digits) <= MAX_QUANTITY_DIGITS and (digits == "0" or not digits.startswith("0")):
        yield english_amount(value)
        yield english_amount(value, joined_by="and")
    if "0" in digits:
        yield tuple("oh" if digit == "0" else _DIGITS_EN[int(digit)] for digit in digits)
    if len(digits) in (3, 4) and not digits.startswith("0"):
        head, tail = digits[:-2], digits[-2:]
        if tail[0] != "0":
            yield (*english_amount(int(head)), *english_amount(int(tail)))
        elif tail[1] != "0":
            yield (*english_amount(int(head)), "oh", _DIGITS_EN[int(tail[1])])


def english_amount(value: int, *, joined_by: str = "") -> Tokens:
    """`110` is one hundred ten, with `joined_by` one hundred and ten."""
    for scale, name in _SCALES_EN:
        if value >= scale:
            head, rest = divmod(value, scale)
            link = (joined_by,) if joined_by and rest and (scale == 100 or rest < 100) else ()
            tail = (*link, *english_amount(rest, joined_by=joined_by)) if rest else ()
            return (*english_amount(head, joined_by=joined_by), name, *tail)
    if value >= 20:
        tens, ones = divmod(value, 10)
        return (_TENS_EN[tens - 2], *((_DIGITS_EN[ones],) if ones else ()))
    return (_TEENS_EN[value - 10],) if value >= 10 else (_DIGITS_EN[value],)


def flat(tokens: Sequence[str], marked: Sequence[bool]) -> str:
    """Tokens as people read them, the marked ones in brackets."""
    text = ""
    for before, token, mark in zip(["", *tokens], tokens, marked, strict=False):
        spaced = before and not is_han(before[-1]) and not is_han(token[0])
        text += f"{' ' if spaced else ''}{f'[{token}]' if mark else token}"
    return text
