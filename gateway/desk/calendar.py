"""Working days and holidays of the site, and what is reckoned by them: opening hours, deadlines, duty phones.

Holidays and the working days that make up for them (调休) are published each year by the State Council; the
file says from which notice it has them and until when it knows any. Pure: the file's form is in
`calendar_file`. Spans are made of the site's own wall clock and compared in UTC, so that a zone with summer
time has neither a lost nor a doubled hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MIN = 24 * 60
LOOK_AHEAD_DAYS = 60
"""So far ahead the next opening is looked for; nothing by then counts as never."""
DEADLINE_LOOK_AHEAD_DAYS = 800
"""So far ahead working time is looked for; what is not full by then is counted by the clock."""

Span = tuple[int, int]
"""Minutes after midnight, from (included) to (excluded); beyond 1,440 it reaches into the next day."""
Week = tuple[tuple[Span, ...], ...]
"""The spans of each day, from Monday on."""
ALWAYS: Week = (((0, DAY_MIN),),) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody is there. `holidays`: on holidays too, by the hours of the weekday."""

    week: Week = ALWAYS
    holidays: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One published year. `example`: shipped with the product; nobody of the site has compared it."""

    year: int
    source: str
    valid_until: date
    example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """Who is rung for a department outside its hours. `days`: weekdays, 0 Monday; `holidays`: days of the
    calendar that are holidays, whatever their weekday."""

    department: str
    number: str
    days: frozenset[int] = frozenset()
    holidays: bool = False
    spans: tuple[Span, ...] = ((0, DAY_MIN),)
    who: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """`working_days`: days on which offices work though the week says otherwise, each by the hours of that
    weekday (0 Monday). Without years it knows weekends only."""

    years: tuple[Year, ...] = ()
    holidays: Mapping[date, Words] = field(default_factory=dict)
    working_days: Mapping[date, int] = field(default_factory=dict)
    duty: tuple[DutyLine, ...] = ()

    @property
    def valid_until(self) -> date | None:
        """The last day of which it knows whether it is a holiday."""
        return max((each.valid_until for each in self.years), default=None)


# ---- days


def is_working_day(calendar: Calendar, day: date) -> bool:
    if day in calendar.holidays:
        return False
    return day in calendar.working_days or day.weekday() < 5


def weekday(calendar: Calendar, day: date) -> int:
    """By whose hours offices work that day."""
    return calendar.working_days.get(day, day.weekday())


# ---- opening hours


def spans(
    hours: Hours, calendar: Calendar, first: date, zone: ZoneInfo, days: int = LOOK_AHEAD_DAYS
) -> Iterator[tuple[datetime, datetime]]:
    """Spans of presence in UTC from the day before `first` on, in order, those that touch joined."""
    waiting: tuple[datetime, datetime] | None = None
    for low, high in _laid_out(hours, calendar, first, zone, days):
        if waiting is not None and low <= waiting[1]:
            waiting = min(waiting[0], low), max(waiting[1], high)
            continue
        if waiting is not None:
            yield waiting
        waiting = low, high
    if waiting is not None:
        yield waiting


def _laid_out(
    hours: Hours, calendar: Calendar, first: date, zone: ZoneInfo, days: int
) -> list[tuple[datetime, datetime]]:
    """Sorted: in the night in which clocks are put forward, later on the wall is not always later."""
    found = []
    for offset in range(-1, days + 1):
        day = first + timedelta(days=offset)
        for low, high in _of_day(hours, calendar, day):
            begin, end = _moment(day, low, zone), _moment(day, high, zone)
            if begin < end:
                found.append((begin, end))
    return sorted(found)


def _of_day(hours: Hours, calendar: Calendar, day: date) -> Sequence[Span]:
    """Who is there on holidays keeps the week as it is; others follow the calendar."""
    if hours.holidays:
        return hours.week[day.weekday()]
    return () if day in calendar.holidays else hours.week[weekday(calendar, day)]


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The wall clock's time as UTC; one that the clock leaves out is as far after midnight as it would be."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def next_open(hours: Hours, calendar: Calendar, at: datetime, zone: ZoneInfo) -> datetime | None:
    """`at` itself while somebody is there, else when they come; None: not within `LOOK_AHEAD_DAYS`."""
    for low, high in spans(hours, calendar, at.astimezone(zone).date(), zone):
        if high > at:
            return max(low, at)
    return None


# ---- deadlines


def add_working_days(hours: Hours, calendar: Calendar, at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the last of `days` working days. The day of `at` does not count; the last one ends when the
    department closes, else at midnight (民法典 articles 201 and 203). What lies beyond the calendar is
    reckoned by weekends alone."""
    day, left = at.astimezone(zone).date(), days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(calendar, day)
    closing = max((high for _, high in _of_day(hours, calendar, day)), default=DAY_MIN)
    return max(_moment(day, min(closing, DAY_MIN), zone), at.astimezone(UTC))


def add_working_hours(hours: Hours, calendar: Calendar, at: datetime, h: float, zone: ZoneInfo) -> datetime:
    """When somebody has been there for `h` hours, from `at` on."""
    left, first = timedelta(hours=h), at.astimezone(zone).date()
    for low, high in spans(hours, calendar, first, zone, DEADLINE_LOOK_AHEAD_DAYS):
        begin = max(low, at)
        if high - begin >= left:
            return begin.astimezone(UTC) + left
        left -= max(high - begin, timedelta())
    return at.astimezone(UTC) + timedelta(hours=h)


# ---- duty phones


def duty_line(calendar: Calendar, department: str, at: datetime, zone: ZoneInfo) -> DutyLine | None:
    """Who answers for it now: the first line of the roster that is about it and this moment."""
    here = at.astimezone(zone)
    minute = here.hour * 60 + here.minute
    today, yesterday = here.date(), here.date() - timedelta(days=1)
    for line in calendar.duty:
        if line.department == department and (
            _on_duty(line, calendar, today, minute) or _on_duty(line, calendar, yesterday, minute + DAY_MIN)
        ):
            return line
    return None


def duty_number(calendar: Calendar, department: str, at: datetime, zone: ZoneInfo) -> str | None:
    line = duty_line(calendar, department, at, zone)
    return line.number if line else None


def _on_duty(line: DutyLine, calendar: Calendar, day: date, minute: int) -> bool:
    meant = line.holidays if day in calendar.holidays else weekday(calendar, day) in line.days
    return meant and any(low <= minute < high for low, high in line.spans)
