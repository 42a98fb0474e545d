"""Until when a department must accept and answer, and how a span such as "3 working days" is reckoned.

A due time is computed once, when an order is sent, and stands in the order: another calendar moves nothing
that is under way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.desk.calendar import Calendar, Hours, add_working_days, add_working_hours

MAX_HOURS = 24 * 365
MAX_WORKING_DAYS = 250
"""A longer deadline is a mistake and is refused."""


class Unit(StrEnum):
    """hours: of the clock, nights and holidays too; working hours: of the department's own opening hours;
    working days: of the calendar, the day of sending not counted."""

    HOURS = "hours"
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    amount: float
    unit: Unit = Unit.HOURS

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit.value}"


def hours(amount: float) -> Within:
    """Of the clock."""
    return Within(amount=amount)


_SAID = re.compile(r"(\d{1,5}(?:\.\d{1,4})?) (working )?(hour|day)s?")


def within_of(text: str) -> Within:
    """ "2 hours", "5 days", "4 working hours", "3 working days". Raises ValueError."""
    found = _SAID.fullmatch(text.strip())
    cure = 'write as "2 hours", "5 days", "4 working hours" or "3 working days"'
    if found is None:
        raise ValueError(f"{text!r} is no span; {cure}")
    amount, working, days = float(found[1]), found[2] is not None, found[3] == "day"
    if working and days and amount != int(amount):
        raise ValueError(f"{text!r}: working days are whole days; {cure}")
    if not working and days:
        amount, days = amount * 24, False
    if not 0 < amount <= (MAX_WORKING_DAYS if days else MAX_HOURS):
        raise ValueError(f"{text!r}: a deadline is at least something and at most a year; {cure}")
    unit = (Unit.WORKING_DAYS if days else Unit.WORKING_HOURS) if working else Unit.HOURS
    return Within(amount=amount, unit=unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """From the moment an order is sent.

    In the directory: `[department.deadlines]` with `accept_within` and `answer_within`.
    """

    accept: Within = Within(amount=2.0)
    answer: Within = Within(amount=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The deadlines of a site's departments. `others`: of those that are not listed; `hours`: when each
    department is there."""

    of: Mapping[str, Deadlines] = field(default_factory=dict)
    others: Deadlines = Deadlines()
    hours: Mapping[str, Hours] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def __call__(self, department: str) -> Deadlines:
        return self.of.get(department, self.others)

    def due(self, department: str, within: Within, at: datetime) -> datetime:
        """When a span that begins at `at` is over for that department."""
        there = self.hours.get(department, Hours())
        match within.unit:
            case Unit.WORKING_DAYS:
                return add_working_days(there, self.calendar, at, int(within.amount), self.zone)
            case Unit.WORKING_HOURS:
                return add_working_hours(there, self.calendar, at, within.amount, self.zone)
        return at + timedelta(hours=within.amount)
