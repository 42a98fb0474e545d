"""How numbers are said on the phone in Mandarin: counts, digits one by one, phone numbers, plates."""

from __future__ import annotations

import random
from collections.abc import Mapping

from gateway.training.patterns import Draw

DIGITS = "零一二三四五六七八九"
ON_THE_PHONE = "零幺二三四五六七八九"
UNITS = ((1000, "千"), (100, "百"), (10, "十"))
PROVINCES = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云陕甘青蒙藏宁新"


def say_number(number: int) -> str:
    """205 -> `二百零五`; up to 99,999,999."""
    if number >= 10_000:
        rest = number % 10_000
        joint = "零" if 0 < rest < 1000 else ""
        return say_number(number // 10_000) + "万" + (joint + say_number(rest) if rest else "")
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return "十" + (DIGITS[number % 10] if number % 10 else "")
    said = ""
    gap = False
    for unit, name in UNITS:
        digit, number = divmod(number, unit)
        if digit:
            said += ("零" if gap else "") + DIGITS[digit] + name
            gap = False
        elif said:
            gap = True
    return said + (("零" if gap else "") + DIGITS[number] if number else "")


def say_digits(digits: str, one: str = "幺") -> str:
    """`105` -> `幺零五`."""
    return "".join(one if digit == "1" else DIGITS[int(digit)] for digit in digits)


def _random_digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _mobile(rng: random.Random) -> str:
    return say_digits("1" + rng.choice("3456789") + _random_digits(rng, 9), rng.choice("幺幺幺一"))


def _any(rng: random.Random) -> str:
    return say_number(rng.choice([rng.randint(1, 12), rng.randint(1, 99), rng.randint(1, 999)]))


def _big(rng: random.Random) -> str:
    number = rng.choice([rng.randint(1, 99) * 100, rng.randint(1, 999) * 1000, rng.randint(100, 99999)])
    said = say_number(number)
    return said.replace("二千", "两千").replace("二万", "两万") if rng.random() < 0.8 else said


def _room(rng: random.Random) -> str:
    room = f"{rng.randint(1, 33)}{rng.randint(0, 1)}{rng.randint(0, 9)}"
    return say_digits(room, rng.choice("幺一"))


def _plate_digits(rng: random.Random) -> str:
    return say_digits(_random_digits(rng, rng.choice([3, 4, 5])), rng.choice("幺一"))


def _small(rng: random.Random) -> str:
    return say_number(rng.randint(1, 33))


def _year(rng: random.Random) -> str:
    return say_digits(str(rng.randint(1950, 2026)), "一")


def _clock(rng: random.Random) -> str:
    hour = rng.choice([*map(say_number, range(1, 13)), "两"])
    return (
        hour
        + "点"
        + rng.choice(["", "半", "多", "左右", "钟", "一刻", say_number(rng.randint(10, 59)) + "分"])
    )


NUMBERS: Mapping[str, Draw] = {
    "number": _any,
    "small": _small,
    "big": _big,
    "digit": lambda rng: rng.choice("一二三四五六七八九两"),
    "digits": lambda rng: say_digits(_random_digits(rng, rng.randint(2, 8)), rng.choice("幺一")),
    "room": _room,
    "mobile": _mobile,
    "landline": lambda rng: say_digits(rng.choice("2345678") + _random_digits(rng, rng.choice([6, 7]))),
    "plate": _plate_digits,
    "province": lambda rng: rng.choice(PROVINCES),
    "year": _year,
    "clock": _clock,
    "month": lambda rng: say_number(rng.randint(1, 12)) + "月" + say_number(rng.randint(1, 31)) + "号",
}
