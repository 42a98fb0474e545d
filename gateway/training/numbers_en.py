"""How numbers are said on the phone in English: counts, digits one by one, letters, phone numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from gateway.text.numerals import DECADES_EN, ONES_EN
from gateway.training.patterns import Draw

ONES = ONES_EN
TENS = ("", "", *DECADES_EN)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def say_number(number: int) -> str:
    """205 -> `two hundred and five`; up to 999,999."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = number % 100
        return f"{ONES[number // 100]} hundred" + (f" and {say_number(rest)}" if rest else "")
    rest = number % 1000
    joint = " and " if 0 < rest < 100 else " "
    return f"{say_number(number // 1000)} thousand" + (joint + say_number(rest) if rest else "")


def say_digits(digits: str, zero: str = "zero") -> str:
    """`105` -> `one zero five`."""
    return " ".join(zero if digit == "0" else ONES[int(digit)] for digit in digits)


def written_out(text: str) -> str:
    """Digits of a text as words: up to four as a number, longer ones and 110 or 12345 one by one."""

    def said(match: re.Match[str]) -> str:
        digits = match[0]
        alone = len(digits) > 4 or digits[0] == "0" or digits in ("110", "119", "120", "122")
        return f" {say_digits(digits) if alone else say_number(int(digits))} "

    return re.sub("[0-9]+", said, text)


def _digits(rng: random.Random, count: int) -> str:
    return say_digits(
        "".join(rng.choice("0123456789") for _ in range(count)), rng.choice(["zero", "oh", "o"])
    )


def _number(rng: random.Random) -> str:
    return say_number(rng.choice([rng.randint(1, 20), rng.randint(1, 100), rng.randint(1, 999)]))


def _big(rng: random.Random) -> str:
    return say_number(
        rng.choice([rng.randint(1, 99) * 100, rng.randint(1, 99) * 1000, rng.randint(100, 9999)])
    )


def _room(rng: random.Random) -> str:
    high, low = rng.randint(1, 33), rng.randint(1, 30)
    zero = rng.choice(["oh", "o", "zero"])
    return f"{say_number(high)} {zero} {ONES[low]}" if low < 10 else f"{say_number(high)} {say_number(low)}"


def _clock(rng: random.Random) -> str:
    hour = ONES[rng.randint(1, 12)]
    return hour + rng.choice(
        ["", " o'clock", " thirty", " fifteen", " forty five", " a m", " p m", " in the morning"]
    )


NUMBERS: Mapping[str, Draw] = {
    "number": _number,
    "small": lambda rng: say_number(rng.randint(1, 33)),
    "big": _big,
    "digit": lambda rng: ONES[rng.randint(1, 9)],
    "digits": lambda rng: _digits(rng, rng.randint(2, 6)),
    "room": _room,
    "mobile": lambda rng: f"one {_digits(rng, 10)}",
    "landline": lambda rng: _digits(rng, rng.choice([7, 8])),
    "letter": lambda rng: rng.choice(LETTERS),
    "spelled": lambda rng: " ".join(rng.choice(LETTERS) for _ in range(rng.randint(3, 8))),
    "year": lambda rng: f"{rng.choice(['nineteen', 'twenty'])} {say_number(rng.randint(10, 99))}",
    "clock": _clock,
}
