# ruff: noqa: E501 (an expression is read more easily in one line)
"""Times, dates and spans of time in speech: 昨天晚上十点半, 三月五号, half past nine, 二十分钟前."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from gateway.text.facts import Fact, FactKind
from gateway.text.numerals import NUMBER_EN, chinese_number, digits_or_number, english_number, is_estimate

_N = r"[零〇一二两三四五六七八九十幺\d]{1,3}"
_PERIOD = "凌晨|清晨|清早|大清早|早上|早晨|一早|上午|中午|午后|下午|傍晚|晚上|夜里|半夜|深夜|后半夜|早|夜|晚"
_CLOCK = re.compile(
    rf"(?P<period>(?:{_PERIOD})(?:的|大概|差不多|约)?)?(?:差(?P<to>{_N})分(?:钟)?(?:到|不到)?)?"
    rf"(?P<hour>{_N})(?:点钟?|时(?!候|间))(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<past>过|零|〇)?(?P<minute>{_N})(?P<minutes>分钟?)?(?!个|多|来|块|人|米|岁|号|名|位|天|次|辆)|(?P<sharp>整))?(?P<about>多|左右|来钟|前后|出头)?"
)
_DIGITAL = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])")
_NOT_A_TIME = re.compile(r"^(?:一点|两点|几点|点)$")
_AFTERNOON = ("午后", "下午", "傍晚", "晚", "夜")
_YEAR = r"(?:(?P<year>[零〇一二三四五六七八九\d]{4}|[零〇一二三四五六七八九\d]{2})年)"
_DATE = re.compile(
    rf"{_YEAR}?(?:(?P<month>[一二三四五六七八九十\d]{{1,3}})月(?:份)?)(?:(?P<day>[一二三四五六七八九十\d]{{1,3}})(?:号|日)(?![楼院线门]))?|(?P<weekprefix>上上|上个?|这个?|本|下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])|(?P<relative>大前天|前天|昨天|昨儿|昨(?=晚|夜)|今天|今儿|今(?=早|晚|夜)|明天|后天)|(?P<only>[零〇一二三四五六七八九]{{4}}|[12]\d{{3}}|[零〇九一二][零〇一二三四五六七八九])年(?!级|龄|多|前|以前)"
)
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨": -1, "昨儿": -1, "今天": 0, "今": 0, "今儿": 0, "明天": 1, "后天": 2}  # fmt: skip
_WEEKS = {"上上": -2, "上": -1, "上个": -1, "这": 0, "这个": 0, "本": 0, "下": 1, "下个": 1}
_UNITS = {"秒": "S", "分": "M", "刻": "M", "小": "H", "钟": "H", "天": "D", "周": "W", "星": "W", "礼": "W", "月": "MO", "年": "Y"}  # fmt: skip
_SPAN = re.compile(
    r"(?<![第零〇一二两三四五六七八九十百千\d])(?P<number>半|(?![零〇])[零〇一二两三四五六七八九十百千\d]{1,8})(?P<about>来|多|几)?(?P<counted>个)?(?P<half>半)?(?P<unit>小时|钟头|分钟|秒钟?|星期|礼拜|周(?!围|边|末)|天|月(?!份|饼|亮|底|初|[零一二三四五六七八九十]|\d)|年(?!级|轻|纪|龄|代))(?P<about2>多)?"
)
_HOUR_EN = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})"
_CLOCK_EN = re.compile(
    rf"\b(?:(?P<past>half past|(?:a )?quarter past|(?:a )?quarter to|(?:{NUMBER_EN}) (?:minutes? )?(?:past|to)) )?(?P<hour>{_HOUR_EN})(?:[ :](?P<minute>(?:oh |o )?(?:{NUMBER_EN})))?\s?(?P<mark>o'?clock|[ap]\.?m\.?(?!\w)|in the (?:morning|afternoon|evening)|at night|tonight)?"
)
_RELATIVE_EN = {"the day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "tonight": 0, "this morning": 0, "tomorrow": 1}  # fmt: skip
_DATE_EN = re.compile(rf"\b(?:{'|'.join(_RELATIVE_EN)})\b")
_SPAN_EN = re.compile(
    rf"\b(?P<number>{NUMBER_EN}|half an?|an?)\s(?P<unit>second|minute|hour|day|week|month|year)s?\b"
)
_ISO_EN = {"second": "S", "minute": "M", "hour": "H", "day": "D", "week": "W", "month": "MO", "year": "Y"}


def find_times(text: str) -> Iterator[Fact]:
    """Times of day: `value` is HH:MM, of 24 hours when the part of the day was said."""
    for match in _CLOCK.finditer(text):
        hour = chinese_number(match["hour"])
        minute = _minute(match)
        if hour is None or minute is None or hour > 24 or is_estimate(match["hour"]) or _vague(match):
            continue
        yield _time(text, match, hour, minute, approximate=bool(match["about"]))
    for match in _DIGITAL.finditer(text):
        yield Fact(
            kind=FactKind.TIME, start=match.start(), end=match.end(),
            value=f"{int(match['hour']):02}:{match['minute']}", written=match[0],
        )  # fmt: skip
    yield from _english_times(text)


def _vague(match: re.Match[str]) -> bool:
    """一点 alone is a little of something, not one o'clock: a part of the day, minutes or 钟 make it a time."""
    bare = not (match["period"] or match["half"] or match["quarter"] or match["minute"] or match["sharp"])
    return bare and match["hour"] in ("一", "两", "几") and "钟" not in match[0] and not match["to"]


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    if match["minute"]:
        minute = chinese_number(match["minute"])
        told = match["past"] or match["minutes"] or (minute or 0) >= 10  # 三点五 is a decimal
        return minute if minute is not None and minute < 60 and told else None
    return 0


def _time(text: str, match: re.Match[str], hour: int, minute: int, *, approximate: bool) -> Fact:
    if match["to"] and (early := chinese_number(match["to"])) and early < 60:
        hour, minute = (hour - 1) % 24, 60 - early
    period = match["period"] or ""
    late = any(mark in period for mark in _AFTERNOON) or (period == "中午" and hour < 3)
    night = any(mark in period for mark in ("半夜", "夜里", "深夜")) and hour < 6
    if late and not night and hour < 12:
        hour += 12
    elif (hour == 12 and any(mark in period for mark in ("晚", "夜", "凌晨"))) or hour == 24:
        hour = 0
    said = match[0].removeprefix(period)
    written = period + re.sub(_N, lambda spoken: digits_or_number(spoken[0]) or spoken[0], said)
    return Fact(
        kind=FactKind.TIME, start=match.start(), end=match.end(), value=f"{hour:02}:{minute:02}",
        written=written, approximate=approximate,
    )  # fmt: skip


def _english_times(text: str) -> Iterator[Fact]:
    for match in _CLOCK_EN.finditer(text):
        if not (match["past"] or match["mark"]):
            continue
        hour, minute = english_number(match["hour"]), 0
        if match["minute"]:
            minute = english_number(match["minute"].removeprefix("oh ").removeprefix("o ")) or 0
        if hour is None or hour > 24 or minute > 59:
            continue
        if past := match["past"]:
            hour, minute = _past(past, hour)
        mark = match["mark"] or ""
        if hour < 12 and (mark.startswith("p") or mark.endswith(("afternoon", "evening", "night"))):
            hour += 12
        elif hour == 12 and (mark.startswith("a") or mark == "at night"):
            hour = 0
        value = f"{hour % 24:02}:{minute:02}"
        yield Fact(kind=FactKind.TIME, start=match.start(), end=match.end(), value=value, written=value)


def _past(said: str, hour: int) -> tuple[int, int]:
    name = said.removeprefix("a ").split()[0]
    minutes = {"half": 30, "quarter": 15}.get(name) or english_number(re.sub(r" (?:minutes? )?(?:past|to)$", "", said)) or 0  # fmt: skip
    return ((hour - 1) % 24, 60 - minutes) if said.endswith("to") else (hour, minutes)


def find_dates(text: str, today: date | None) -> Iterator[Fact]:
    """Dates: ISO 8601; without `today` a relative one keeps its words, a day without a year is --MM-DD."""
    for match in _DATE.finditer(text):
        if match["relative"]:
            said = match["relative"]
            value = _moved(today, _DAYS[said]) or (said + "天" if len(said) == 1 else said)
        elif match["only"]:
            value = _year(digits_or_number(match["only"]) or "")
        elif match["weekday"]:
            value = _weekday(match, today) or match[0]
        else:
            value = _calendar(match) or ""
        if value:
            written = re.sub(
                "[零〇一二三四五六七八九十\\d]+(?=[年月号日])",
                lambda n: digits_or_number(n[0]) or n[0],
                match[0],
            )
            yield Fact(kind=FactKind.DATE, start=match.start(), end=match.end(), value=value, written=written)
    for match in _DATE_EN.finditer(text):
        value = _moved(today, _RELATIVE_EN[match[0]]) or match[0]
        yield Fact(kind=FactKind.DATE, start=match.start(), end=match.end(), value=value, written=match[0])


def _moved(today: date | None, days: int) -> str | None:
    return None if today is None else (today + timedelta(days=days)).isoformat()


def _weekday(match: re.Match[str], today: date | None) -> str | None:
    if today is None:
        return None
    weekday = 6 if match["weekday"] in "日天" else "一二三四五六".index(match["weekday"])
    weeks = _WEEKS.get(match["weekprefix"] or "这", 0)
    return (today + timedelta(days=weekday - today.weekday() + 7 * weeks)).isoformat()


def _calendar(match: re.Match[str]) -> str | None:
    month = chinese_number(match["month"])
    day = chinese_number(match["day"]) if match["day"] else None
    if month is None or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    year = digits_or_number(match["year"]) if match["year"] else None
    if year is None and day is None:
        return None
    head = "-" if year is None else _year(year)
    return f"{head}-{month:02}" + ("" if day is None else f"-{day:02}")


def _year(digits: str) -> str:
    """九八 is 1998, 零三 2003; four digits stand for themselves."""
    return digits if len(digits) == 4 else ("20" if int(digits) < 50 else "19") + digits


def find_durations(text: str) -> Iterator[Fact]:
    """Spans of time: `value` is ISO 8601 (PT30M, P2D)."""
    for match in _SPAN.finditer(text):
        number = 0.5 if match["number"] == "半" else chinese_number(match["number"])
        month = match["unit"] == "月" and not match["counted"]  # 六月 is a month of the year, 六个月 are six
        if number is None or month or is_estimate(match["number"]):
            continue
        letter = _UNITS[match["unit"][0]]
        number += 0.5 if match["half"] else 0
        written = re.sub(
            r"^[零〇一二两三四五六七八九十百]+", lambda n: str(chinese_number(n[0]) or n[0]), match[0]
        )
        yield Fact(
            kind=FactKind.DURATION, start=match.start(), end=match.end(), value=_iso(number, letter),
            written=written, approximate=bool(match["about"] or match["about2"]),
        )  # fmt: skip
    for match in _SPAN_EN.finditer(text):
        said = match["number"]
        number = 0.5 if said.startswith("half") else 1 if said in ("a", "an") else english_number(said)
        if number is not None:
            written = match[0] if said.startswith(("half", "a")) else f"{number:g} {match[0].split()[-1]}"
            yield Fact(
                kind=FactKind.DURATION, start=match.start(), end=match.end(),
                value=_iso(number, _ISO_EN[match["unit"]]), written=written,
            )  # fmt: skip


def _iso(number: float, letter: str) -> str:
    if letter == "MO":
        return f"P{number:g}M"
    if letter in "DWY":
        return f"P{number:g}{letter}"
    if letter == "H" and number != int(number):
        return f"PT{round(number * 60)}M"
    return f"PT{number:g}{letter}"
