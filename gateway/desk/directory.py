"""The site's directory: to whom callers are handed over, when somebody is there, and who takes it otherwise.

Duties after 国办发〔2022〕12号: departments take what is not the police's; partners (119, 120, 122, another
city's 110) are called in at once and are always there unless the file says otherwise. Pure: the file is read
in `runtime.directory`, its form checked in `directory_file`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.calls.handing import Target, TargetKind

DAY_MIN = 24 * 60
LOOK_AHEAD_DAYS = 60
"""So far ahead the next opening is looked for; nothing by then counts as never."""

Span = tuple[int, int]
"""Minutes after midnight, from (included) to (excluded); beyond 1,440 it reaches into the next day."""


class Opening(StrEnum):
    """open; closed: outside its hours; holiday: closed because of the calendar; never: no hours at all."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """`duty_days`: days on which offices work though the week says otherwise, by the hours of that weekday
    (0 Monday)."""

    holidays: frozenset[date] = frozenset()
    duty_days: tuple[tuple[date, int], ...] = ()


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
    week: tuple[tuple[Span, ...], ...] = (((0, DAY_MIN),),) * 7
    hours: tuple[str, ...] = ("always",)
    """As written in the file, for people."""
    holidays: bool = True
    """Whether somebody is there on the calendar's holidays, by the hours of the weekday."""
    fall_back: str | None = None
    accept_within_h: float | None = None
    answer_within_h: float | None = None
    """Deadlines of its work orders; None: the site's."""

    @property
    def target(self) -> Target:
        return Target(code=self.code, number=self.numbers[0], kind=self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All entries, in the order of the file. `supervisors`: phones that the key for help rings, in turn."""

    entries: tuple[Entry, ...] = ()
    calendar: Calendar = Calendar()
    supervisors: tuple[str, ...] = ()

    def find(self, wanted: str) -> Entry | None:
        """By code, else by number."""
        by_code = (entry for entry in self.entries if entry.code == wanted)
        by_number = (entry for entry in self.entries if wanted in entry.numbers)
        return next(by_code, None) or next(by_number, None)

    def target(self, entry: Entry, wanted: str) -> Target:
        """What is dialled: the number that was asked for, else the entry's first."""
        number = wanted if wanted in entry.numbers else entry.numbers[0]
        return Target(code=entry.code, number=number, kind=entry.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether somebody is there; `until`: when that changes, None: not within `LOOK_AHEAD_DAYS`."""

    opening: Opening
    until: datetime | None = None

    @property
    def open(self) -> bool:
        return self.opening is Opening.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who takes a request for `entry` now. `instead` None: it does itself, or nobody does."""

    entry: Entry
    presence: Presence
    instead: Entry | None = None


def takes_now(directory: Directory, entry: Entry, at: datetime, zone: ZoneInfo) -> Taker:
    """The entry itself when it is open, else the first open one along its fall-backs."""
    there = presence(entry, directory.calendar, at, zone)
    if there.open:
        return Taker(entry=entry, presence=there)
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
    here = at.astimezone(zone)
    spans = merged(entry, calendar, here.date(), zone)
    first = next(spans, None)
    while first is not None and first[1] <= here:
        first = next(spans, None)
    if first is None:
        return Presence(opening=Opening.NEVER)
    if first[0] <= here:
        lasts = first[1] - here < timedelta(days=LOOK_AHEAD_DAYS - 1)
        return Presence(opening=Opening.OPEN, until=first[1] if lasts else None)
    shut = here.date() in calendar.holidays and not entry.holidays
    return Presence(opening=Opening.HOLIDAY if shut else Opening.CLOSED, until=first[0])


def merged(
    entry: Entry, calendar: Calendar, today: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Spans of presence from the day before `today` on, those that touch joined."""
    waiting: tuple[datetime, datetime] | None = None
    for offset in range(-1, LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=offset)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for low, high in entry.week[weekday(entry, calendar, day)] if works(entry, calendar, day) else ():
            span = midnight + timedelta(minutes=low), midnight + timedelta(minutes=high)
            if waiting is not None and span[0] <= waiting[1]:
                waiting = waiting[0], max(waiting[1], span[1])
                continue
            if waiting is not None:
                yield waiting
            waiting = span
    if waiting is not None:
        yield waiting


def works(entry: Entry, calendar: Calendar, day: date) -> bool:
    return entry.holidays or day not in calendar.holidays


def weekday(entry: Entry, calendar: Calendar, day: date) -> int:
    """By whose hours a day goes: a duty day by those of the weekday that the calendar names. Who is there on
    holidays keeps the week as it is."""
    if not entry.holidays:
        for duty, acts_as in calendar.duty_days:
            if duty == day:
                return acts_as
    return day.weekday()
