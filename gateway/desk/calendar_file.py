"""`calendar.toml` as a calendar; what is wrong in it is told with its line, its key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gateway.desk.calendar import DAY_MIN, Calendar, DutyLine, Span, Week, Words, Year

MAX_YEARS = 20
MAX_DAYS = 200
"""Entries of a kind in one year."""
MAX_DUTY = 1_000
"""A longer file is refused."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{3,20}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,64}$")]


class CalendarError(Exception):
    """The calendar cannot be used: each line says where, what is wrong and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Holiday(_Part):
    days: str
    zh: Text
    en: Text


class _Year(_Part):
    year: Annotated[int, Field(ge=2000, le=2200)]
    source: Text
    valid_until: date
    example: bool = False
    holidays: Annotated[tuple[_Holiday, ...], Field(max_length=MAX_DAYS)] = ()
    working_days: Annotated[dict[date, Day], Field(max_length=MAX_DAYS)] = Field(default_factory=dict)


class _Duty(_Part):
    department: Code
    when: Annotated[tuple[str, ...], Field(min_length=1, max_length=14)]
    number: Number
    who_zh: Text | None = None
    who_en: Text | None = None


class _File(_Part):
    year: Annotated[tuple[_Year, ...], Field(max_length=MAX_YEARS)] = ()
    duty: Annotated[tuple[_Duty, ...], Field(max_length=MAX_DUTY)] = ()


@dataclass
class _Reading:
    """What was found so far. A fault: the block (kind and number in the file), what to look for in it, and
    the sentence."""

    holidays: dict[date, Words] = field(default_factory=dict)
    working_days: dict[date, int] = field(default_factory=dict)
    duty: list[DutyLine] = field(default_factory=list)
    faults: list[tuple[tuple[str, int], str, str]] = field(default_factory=list)


def read_calendar(text: str, name: str = "calendar.toml") -> Calendar:
    """The calendar in `text`. Raises CalendarError with every fault, one a line."""
    lines = text.splitlines()
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(f"{name}: not TOML: {error}; mend that place") from error
    except ValidationError as error:
        raise CalendarError("\n".join(_said(name, lines, dict(each)) for each in error.errors())) from error
    reading = _Reading()
    for index, year in enumerate(told.year):
        _year(year, index, told.year[:index], reading)
    for index, one in enumerate(told.duty):
        _duty(one, index, reading)
    if reading.faults:
        raise CalendarError(
            "\n".join(
                f"{name}, line {_place(lines, block, wanted)}: {what}"
                for block, wanted, what in reading.faults
            )
        )
    return Calendar(
        years=tuple(
            Year(year=each.year, source=each.source, valid_until=each.valid_until, example=each.example)
            for each in told.year
        ),
        holidays=reading.holidays, working_days=reading.working_days, duty=tuple(reading.duty),
    )  # fmt: skip


def _year(one: _Year, index: int, before: Sequence[_Year], reading: _Reading) -> None:
    block = ("year", index)

    def fault(key: str, what: str) -> None:
        reading.faults.append((block, key, what))

    if one.valid_until.year != one.year:
        fault("valid_until", f"{one.valid_until} is not in {one.year}; write its last known day")
    if before and one.year != before[-1].year + 1:
        fault("year", f"{one.year} comes after {before[-1].year}; write the years in order, none left out")
    for holiday in one.holidays:
        try:
            days = list(_dates(holiday.days))
        except ValueError as error:
            fault(holiday.days, f"{holiday.days!r}: {error}; write 2026-01-01 or 2026-02-15..2026-02-23")
            continue
        if outside := [day for day in days if not _within(one, day)]:
            fault(holiday.days, f"{outside[0]} is not a day of {one.year}; write it under its own year")
        reading.holidays.update((day, Words(zh=holiday.zh, en=holiday.en)) for day in days)
    for day, acts_as in one.working_days.items():
        if day in reading.holidays:
            fault(str(day), f"{day} is a holiday and a working day; it is one of the two")
        if not _within(one, day):
            fault(str(day), f"{day} is not a day of {one.year}; write it under its own year")
        reading.working_days[day] = DAYS.index(acts_as)


def _within(one: _Year, day: date) -> bool:
    """A notice may begin in the last days of the year before."""
    return date(one.year - 1, 12, 1) <= day <= one.valid_until


def _dates(line: str) -> Iterator[date]:
    first, _, last = line.partition("..")
    low = date.fromisoformat(first)
    high = date.fromisoformat(last) if last else low
    if not 0 <= (high - low).days < 60:
        raise ValueError("the end is before the begin, or two months after it")
    for offset in range((high - low).days + 1):
        yield low + timedelta(days=offset)


def _duty(one: _Duty, index: int, reading: _Reading) -> None:
    if (one.who_zh is None) != (one.who_en is None):
        reading.faults.append((("duty", index), "who_", "who_zh and who_en: write both or neither"))
        return
    who = Words(zh=one.who_zh, en=one.who_en) if one.who_zh and one.who_en else None
    for line in one.when:
        try:
            days, holidays, found = _when(line)
        except ValueError as error:
            reading.faults.append((("duty", index), line, f"duty.when: {error}"))
            continue
        reading.duty.append(
            DutyLine(
                department=one.department, number=one.number, days=days, holidays=holidays, spans=found,
                who=who,
            )
        )  # fmt: skip


# ---- days and hours, as this file and the directory write them

_RANGE = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOURS = 'write "always", or days and spans as "mon-fri 08:30-12:00 13:30-17:30"'


def _when(line: str) -> tuple[frozenset[int], bool, tuple[Span, ...]]:
    named, *ranges = line.split() or [""]
    found = tuple(_span(each, line) for each in ranges) or ((0, DAY_MIN),)
    if named == "holidays":
        return frozenset(), True, found
    return frozenset(_days(named, line)), named == "daily", found


def week_of(lines: Sequence[str]) -> Week:
    """The spans of each day from Monday on. A span whose end is not after its begin reaches into the next
    day. Raises ValueError."""
    days: list[list[Span]] = [[] for _ in DAYS]
    for line in lines:
        if line == "always":
            for spans in days:
                spans.append((0, DAY_MIN))
            continue
        named, *ranges = line.split()
        if not ranges:
            raise ValueError(f"{line!r} has no hours; {_HOURS}")
        for day in _days(named, line):
            days[day] += [_span(each, line) for each in ranges]
    return tuple(tuple(sorted(spans)) for spans in days)


def _days(named: str, line: str) -> list[int]:
    if named == "daily":
        return list(range(7))
    first, _, last = named.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"{line!r}: no such days {named!r}; {_HOURS}")
    low, high = DAYS.index(first), DAYS.index(last or first)
    return [(low + step) % 7 for step in range((high - low) % 7 + 1)]


def _span(text: str, line: str) -> Span:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"{line!r}: no span {text!r}; {_HOURS}")
    from_h, from_min, to_h, to_min = map(int, found.groups())
    low, high = from_h * 60 + from_min, to_h * 60 + to_min
    if low >= DAY_MIN or high > DAY_MIN:
        raise ValueError(f"{line!r}: a day ends at 24:00; {_HOURS}")
    return low, high if high > low else high + DAY_MIN


# ---- faults


def _said(name: str, lines: Sequence[str], error: dict[str, Any]) -> str:
    loc = error["loc"]
    block = (str(loc[0]), loc[1]) if len(loc) > 1 and isinstance(loc[1], int) else ("", 0)
    keys = [str(part) for part in loc if isinstance(part, str)]
    given = "" if error["type"] == "missing" else f" (found {error['input']!r})"
    told = error["msg"].removeprefix("Value error, ") + given
    if error["type"] == "extra_forbidden":
        told = "unknown key; leave it out or see the comments of the shipped file"
    return f"{name}, line {_place(lines, block, keys[-1])}: {'.'.join(keys)}: {told}"


def _place(lines: Sequence[str], block: tuple[str, int], wanted: str) -> int:
    """The line on which `wanted` stands in that block, else the block's first."""
    heads = [n for n, line in enumerate(lines) if line.strip() == f"[[{block[0]}]]"]
    low = heads[block[1]] if block[1] < len(heads) else 0
    high = next((n for n in range(low + 1, len(lines)) if lines[n].lstrip().startswith("[[")), len(lines))
    return next((n for n in range(low, high) if wanted in lines[n].partition("#")[0]), low) + 1
