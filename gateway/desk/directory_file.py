"""`departments.toml` as a directory; what is wrong in it is told with its line, its key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gateway.calls.handing import TargetKind
from gateway.desk.directory import DAY_MIN, Calendar, Directory, Entry, Span, Words
from gateway.triage.model import Department, EmergencyPartner

MAX_ENTRIES = 200
MAX_HOLIDAYS = 1_000
"""A longer file is refused."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{3,20}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]


class DirectoryError(Exception):
    """The directory cannot be used: each line says where, what is wrong and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Calendar(_Part):
    holidays: Annotated[tuple[str, ...], Field(max_length=MAX_HOLIDAYS)] = ()
    duty_days: Annotated[dict[date, Day], Field(max_length=MAX_HOLIDAYS)] = Field(default_factory=dict)


class _Entry(_Part):
    name_zh: Text
    name_en: Text
    numbers: Annotated[tuple[Number, ...], Field(min_length=1, max_length=8)]
    hours: Annotated[tuple[str, ...], Field(min_length=1, max_length=14)] = ("always",)
    holidays: Literal["open", "closed"] = "open"
    duties_zh: Text | None = None
    duties_en: Text | None = None

    @model_validator(mode="after")
    def _both_languages(self) -> Self:
        if (self.duties_zh is None) != (self.duties_en is None):
            raise ValueError("duties_zh and duties_en: write both or neither")
        return self


class _Deadlines(_Part):
    accept_within_h: Annotated[float, Field(gt=0, le=24 * 365)] | None = None
    answer_within_h: Annotated[float, Field(gt=0, le=24 * 365)] | None = None


class _Department(_Entry):
    code: Department
    fall_back: str | None = None
    deadlines: _Deadlines = _Deadlines()


class _Partner(_Entry):
    code: EmergencyPartner
    neighbour: Key | None = None

    @model_validator(mode="after")
    def _named_neighbour(self) -> Self:
        if (self.code is EmergencyPartner.OTHER_110) != (self.neighbour is not None):
            raise ValueError('neighbour: other_110 needs it (as "jiaxing"), no other partner has it')
        return self


class _Supervisors(_Part):
    numbers: Annotated[tuple[Number, ...], Field(max_length=20)] = ()


class _File(_Part):
    fall_back: str | None = None
    calendar: _Calendar = _Calendar()
    supervisors: _Supervisors = _Supervisors()
    department: Annotated[tuple[_Department, ...], Field(max_length=MAX_ENTRIES)] = ()
    partner: Annotated[tuple[_Partner, ...], Field(max_length=MAX_ENTRIES)] = ()


@dataclass(frozen=True, slots=True)
class _Fault:
    where: tuple[str | int, ...]
    text: str


def read_directory(text: str, name: str = "departments.toml") -> Directory:
    """The directory in `text`. Raises DirectoryError with every fault, one a line."""
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DirectoryError(f"{name}: not TOML: {error}; mend that place") from error
    except ValidationError as error:
        raise DirectoryError(
            "\n".join(_line(name, text, _Fault(each["loc"], _said(dict(each)))) for each in error.errors())
        ) from error
    faults: list[_Fault] = []
    found = Directory(
        entries=(*_departments(told, faults), *_partners(told, faults)),
        calendar=_calendar(told.calendar, faults), supervisors=told.supervisors.numbers,
    )  # fmt: skip
    faults += _crossed(found)
    if faults:
        raise DirectoryError("\n".join(_line(name, text, fault) for fault in faults))
    return found


def _departments(told: _File, faults: list[_Fault]) -> Iterator[Entry]:
    for index, one in enumerate(told.department):
        back = one.fall_back or told.fall_back
        made = _entry(one, one.code.value, TargetKind.DEPARTMENT, ("department", index), faults)
        yield replace(
            made, fall_back=back if back != one.code.value else None,
            accept_within_h=one.deadlines.accept_within_h, answer_within_h=one.deadlines.answer_within_h,
        )  # fmt: skip


def _partners(told: _File, faults: list[_Fault]) -> Iterator[Entry]:
    for index, one in enumerate(told.partner):
        code = f"{one.code.value}.{one.neighbour}" if one.neighbour else one.code.value
        yield _entry(one, code, TargetKind.PARTNER, ("partner", index), faults)


def _entry(
    one: _Entry, code: str, kind: TargetKind, where: tuple[str | int, ...], faults: list[_Fault]
) -> Entry:
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    try:
        week = week_of(one.hours)
    except ValueError as error:
        faults.append(_Fault((*where, "hours"), str(error)))
    duties = Words(zh=one.duties_zh, en=one.duties_en) if one.duties_zh and one.duties_en else None
    return Entry(
        code=code, kind=kind, name=Words(zh=one.name_zh, en=one.name_en), numbers=one.numbers, duties=duties,
        week=week, hours=one.hours, holidays=one.holidays == "open",
    )  # fmt: skip


def _crossed(found: Directory) -> Iterator[_Fault]:
    """What only the whole file shows: names twice, numbers twice, fall-backs to nowhere."""
    codes, numbers = [entry.code for entry in found.entries], dict[str, str]()
    for entry in found.entries:
        if codes.count(entry.code) > 1:
            yield _Fault((entry.code,), f"{entry.code} stands twice; write it once")
            return
        if entry.fall_back is not None and entry.fall_back not in codes:
            yield _Fault(
                ("fall_back",), f"no entry is called {entry.fall_back!r}; there are {', '.join(codes)}"
            )
            return
        for number in entry.numbers:
            if number in numbers:
                yield _Fault(
                    ("numbers",), f"{number} stands at {numbers[number]} and {entry.code}; one may have it"
                )
            numbers[number] = entry.code


# ---- hours and days

_RANGE = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOURS = 'write "always", or days and spans as "mon-fri 08:30-12:00 13:30-17:30"'


def week_of(lines: Sequence[str]) -> tuple[tuple[Span, ...], ...]:
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


def _calendar(told: _Calendar, faults: list[_Fault]) -> Calendar:
    holidays: set[date] = set()
    for line in told.holidays:
        try:
            holidays.update(_dates(line))
        except ValueError as error:
            faults.append(_Fault(("calendar", "holidays"), f"{line!r}: {error}; write 2026-01-01 or "
                                 "2026-02-15..2026-02-23"))  # fmt: skip
    both = sorted(holidays & told.duty_days.keys())
    if both:
        faults.append(_Fault(("calendar", "duty_days"), f"{both[0]} is a holiday too; it is one of the two"))
    return Calendar(
        holidays=frozenset(holidays),
        duty_days=tuple(sorted((day, DAYS.index(acts_as)) for day, acts_as in told.duty_days.items())),
    )


def _dates(line: str) -> Iterator[date]:
    first, _, last = line.partition("..")
    low = date.fromisoformat(first)
    high = date.fromisoformat(last) if last else low
    if not 0 <= (high - low).days < 366:
        raise ValueError("the end is before the begin, or more than a year after it")
    for offset in range((high - low).days + 1):
        yield low + timedelta(days=offset)


# ---- faults


def _said(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key; leave it out or see the comments of the shipped file"
    given = "" if error["type"] == "missing" else f" (found {error['input']!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{given}"


def _line(name: str, text: str, fault: _Fault) -> str:
    """With the number of the line, as near as the keys lead."""
    place = _place(text.splitlines(), fault.where)
    keys = ".".join(str(part) for part in fault.where)
    return f"{name}, line {place}: {keys}: {fault.text}" if place else f"{name}: {keys}: {fault.text}"


def _place(lines: Sequence[str], where: tuple[str | int, ...]) -> int | None:
    low, high = 0, len(lines)
    names = [part for part in where if isinstance(part, str)]
    if len(where) > 1 and isinstance(where[1], int):
        heads = [n for n, line in enumerate(lines) if line.strip() == f"[[{where[0]}]]"]
        if where[1] < len(heads):
            low = heads[where[1]]
            high = next((n for n in range(low + 1, len(lines)) if lines[n].lstrip().startswith("[")), high)
    elif len(names) > 1:
        low = next((n for n, line in enumerate(lines) if line.strip() == f"[{names[0]}]"), low)
    wanted = re.compile(rf"\s*\"?{re.escape(names[-1])}\"?\s*=") if names else None
    found = (n for n in range(low, high) if wanted and wanted.match(lines[n]))
    return next(found, low if low else -1) + 1 or None
