"""`departments.toml` as a directory; what is wrong in it is told with its line, its key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from gateway.calls.handing import TargetKind
from gateway.desk.calendar import Week, Words
from gateway.desk.calendar_file import week_of
from gateway.desk.directory import Directory, Entry
from gateway.desk.orders.terms import Within, hours, within_of
from gateway.triage.model import Department, EmergencyPartner

MAX_ENTRIES = 200
"""A longer file is refused."""

Number = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{3,20}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]


class DirectoryError(Exception):
    """The directory cannot be used: each line says where, what is wrong and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    """`…_within_h`: hours of the clock; `…_within`: "3 working days" and the like. One of the two."""

    accept_within_h: Annotated[float, Field(gt=0, le=24 * 365)] | None = None
    answer_within_h: Annotated[float, Field(gt=0, le=24 * 365)] | None = None
    accept_within: str | None = None
    answer_within: str | None = None

    @field_validator("accept_within", "answer_within")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        if text is not None:
            within_of(text)
        return text

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        for name in ("accept", "answer"):
            if getattr(self, f"{name}_within") and getattr(self, f"{name}_within_h"):
                raise ValueError(f"{name}_within and {name}_within_h: write one of the two")
        return self

    def within(self, name: str) -> Within | None:
        text, h = getattr(self, f"{name}_within"), getattr(self, f"{name}_within_h")
        return within_of(text) if text else hours(h) if h else None


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
        supervisors=told.supervisors.numbers,
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
            accept_within=one.deadlines.within("accept"), answer_within=one.deadlines.within("answer"),
        )  # fmt: skip


def _partners(told: _File, faults: list[_Fault]) -> Iterator[Entry]:
    for index, one in enumerate(told.partner):
        code = f"{one.code.value}.{one.neighbour}" if one.neighbour else one.code.value
        yield _entry(one, code, TargetKind.PARTNER, ("partner", index), faults)


def _entry(
    one: _Entry, code: str, kind: TargetKind, where: tuple[str | int, ...], faults: list[_Fault]
) -> Entry:
    week: Week = ((),) * 7
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


# ---- faults


def _said(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        if error["loc"] == ("calendar",):
            return "holidays stand in calendar.toml beside this file; move them there"
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
