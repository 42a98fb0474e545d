"""The site's directory: to whom callers are handed over, when somebody is there, and who takes it otherwise.

Duties after 国办发〔2022〕12号: departments take what is not the police's; partners (119, 120, 122, another
city's 110) are called in at once and are always there unless the file says otherwise. Pure: the file is read
in `runtime.directory`, its form checked in `directory_file`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.calls.handing import Target, TargetKind
from gateway.desk.calendar import (
    ALWAYS,
    LOOK_AHEAD_DAYS,
    Calendar,
    DutyLine,
    Hours,
    Week,
    Words,
    duty_line,
    spans,
)
from gateway.desk.orders.terms import Within


class Opening(StrEnum):
    """open; closed: outside its hours; holiday: closed because of the calendar; never: no hours at all."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One department or partner. `code` names it in requests: the product's code, of a neighbouring city
    `other_110.<its name>`. The first of `numbers` is dialled."""

    code: str
    kind: TargetKind
    name: Words
    numbers: tuple[str, ...]
    duties: Words | None = None
    """None: those that the rule pack cites for the code."""
    week: Week = ALWAYS
    hours: tuple[str, ...] = ("always",)
    """As written in the file, for people."""
    holidays: bool = True
    """Whether somebody is there on the calendar's holidays, by the hours of the weekday."""
    fall_back: str | None = None
    accept_within: Within | None = None
    answer_within: Within | None = None
    """Deadlines of its work orders; None: the site's."""

    @property
    def presence_hours(self) -> Hours:
        return Hours(week=self.week, holidays=self.holidays)

    @property
    def target(self) -> Target:
        return Target(code=self.code, number=self.numbers[0], kind=self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All entries, in the order of the file. `supervisors`: phones that the key for help rings, in turn."""

    entries: tuple[Entry, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    supervisors: tuple[str, ...] = ()

    def find(self, wanted: str) -> Entry | None:
        """By code, else by number, a duty number too."""
        by_code = (entry for entry in self.entries if entry.code == wanted)
        by_number = (entry for entry in self.entries if wanted in entry.numbers)
        on_duty = {line.department for line in self.calendar.duty if line.number == wanted}
        by_duty = (entry for entry in self.entries if entry.code in on_duty)
        return next(by_code, None) or next(by_number, None) or next(by_duty, None)

    def target(self, entry: Entry, wanted: str) -> Target:
        """What is dialled in its hours: the number that was asked for, else the entry's first."""
        on_duty = {line.number for line in self.calendar.duty if line.department == entry.code}
        number = wanted if wanted in {*entry.numbers, *on_duty} else entry.numbers[0]
        return Target(code=entry.code, number=number, kind=entry.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether somebody is there; `until`: when that changes, None: not within `LOOK_AHEAD_DAYS`; `holiday`:
    the name of the holiday for which it is closed."""

    opening: Opening
    until: datetime | None = None
    holiday: Words | None = None

    @property
    def open(self) -> bool:
        return self.opening is Opening.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who takes a request for `entry` now. `duty`: its own duty phone, while it is closed; `instead`: another
    entry. Both None: it does itself, or nobody does."""

    entry: Entry
    presence: Presence
    duty: DutyLine | None = None
    instead: Entry | None = None

    @property
    def answers(self) -> bool:
        """Whether the entry answers, in its hours or by its duty phone."""
        return self.presence.open or self.duty is not None


def takes_now(directory: Directory, entry: Entry, at: datetime, zone: ZoneInfo) -> Taker:
    """The entry itself when it is open, else its duty phone, else the first along its fall-backs that
    answers."""
    there = presence(entry, directory.calendar, at, zone)
    if there.open:
        return Taker(entry=entry, presence=there)
    if (duty := duty_line(directory.calendar, entry.code, at, zone)) is not None:
        return Taker(entry=entry, presence=there, duty=duty)
    seen, following = {entry.code}, entry.fall_back
    while following is not None and following not in seen:
        seen.add(following)
        other = directory.find(following)
        if other is None:
            break
        if presence(other, directory.calendar, at, zone).open:
            return Taker(entry=entry, presence=there, instead=other)
        following = other.fall_back
    return Taker(entry=entry, presence=there)


def presence(entry: Entry, calendar: Calendar, at: datetime, zone: ZoneInfo) -> Presence:
    """Open now and until when, or closed until when and why."""
    today = at.astimezone(zone).date()
    there = spans(entry.presence_hours, calendar, today, zone)
    first = next((span for span in there if span[1] > at), None)
    if first is None:
        return Presence(opening=Opening.NEVER)
    if first[0] <= at:
        lasts = first[1] - at < timedelta(days=LOOK_AHEAD_DAYS - 1)
        return Presence(opening=Opening.OPEN, until=first[1].astimezone(zone) if lasts else None)
    holiday = None if entry.holidays else calendar.holidays.get(today)
    opening = Opening.HOLIDAY if holiday else Opening.CLOSED
    return Presence(opening=opening, until=first[0].astimezone(zone), holiday=holiday)
