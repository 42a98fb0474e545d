"""A site's day in figures: which spans are compared, what of them is usual. Days are the site's own: from
midnight to midnight by its calendar, and "yesterday at this time" is yesterday at the same time of day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ANSWERED_S = (10, 15, 20)
"""NFPA 1225: 90 % within 10 s. NENA-STA-020.1: 90 % within 15 s, 95 % within 20 s."""
SIGNED_S = (30, 60, 120, 180)
"""Sign-off of an instruction within these; the last bucket is what took longer."""
CHART_MINUTES = 60
"""Whole minutes of the chart, the newest last; the one that runs is not among them."""
CHART_LENGTH = timedelta(minutes=CHART_MINUTES)
BAND_DAYS = 7
"""Days before, of which the same minutes are compared."""
BAND_LEAST_DAYS = 3
"""With fewer days known there is no band: it would say nothing."""
BAND_AROUND_MIN = 7
"""A minute is compared with those of the other days within so many minutes of it."""
BAND_LOW, BAND_MIDDLE, BAND_HIGH = 0.1, 0.5, 0.9
"""Quantiles: four of five minutes of the days before lie within the band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `since` on, before `until`; UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Calls of one class and nature in a span. `rang`: those that came over the PBX or as text, and of them
    the `answered`, with how many within each of ANSWERED_S. `decided`: those of which a person said it."""

    alarm_class: str | None
    nature: str | None
    calls: int
    rang: int = 0
    answered: int = 0
    within: tuple[int, ...] = (0,) * len(ANSWERED_S)
    abandoned: int = 0
    decided: int = 0
    handed: int = 0
    came_back: int = 0
    unrecorded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff:
    """Instructions of a span: how many were signed within each of SIGNED_S, `later`, and `not_yet`."""

    within: tuple[int, ...] = (0,) * len(SIGNED_S)
    later: int = 0
    not_yet: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Open work orders at this moment."""

    open: int = 0
    overdue: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the store has of a day so far, and of the day before until the same time."""

    today: Sequence[Counted] = ()
    before: Sequence[Counted] = ()
    signed: SignedOff = field(default_factory=SignedOff)
    orders: Returned = field(default_factory=Returned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Calls of each minute, the oldest first. `low`, `middle`, `high`: what is usual, None where fewer than
    BAND_LEAST_DAYS are known; `days`: how many are."""

    until: datetime
    calls: tuple[int, ...]
    days: int = 0
    low: tuple[float, ...] | None = None
    middle: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the site's day began."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def days_before(moment: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The same time of day, so many days earlier by the site's calendar."""
    return (moment.astimezone(zone) - timedelta(days=days)).astimezone(UTC)


def today(now: datetime, zone: ZoneInfo) -> Span:
    return Span(since=midnight(now, zone), until=now)


def yesterday(now: datetime, zone: ZoneInfo) -> Span:
    """The day before, until the same time of day."""
    until = days_before(now, zone, 1)
    return Span(since=midnight(until, zone), until=until)


def last_minute(now: datetime) -> datetime:
    """When the newest whole minute ended."""
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def minutes_before(until: datetime, zone: ZoneInfo, days: int) -> Span:
    """The minutes of the chart and those around them, so many days earlier."""
    then = days_before(until, zone, days)
    around = timedelta(minutes=BAND_AROUND_MIN)
    return Span(since=then - CHART_LENGTH - around, until=then + around)


def by_minute(span: Span, counts: Mapping[datetime, int]) -> tuple[int, ...]:
    """One number a minute; minutes that nobody called in are 0."""
    minutes = round((span.until - span.since).total_seconds() / 60)
    return tuple(counts.get(span.since + timedelta(minutes=n), 0) for n in range(minutes))


def chart(until: datetime, calls: Sequence[int], before: Sequence[Sequence[int]]) -> Chart:
    """`before`: the same minutes of each earlier day, BAND_AROUND_MIN more on both sides."""
    if len(before) < BAND_LEAST_DAYS:
        return Chart(until=until, calls=tuple(calls), days=len(before))
    pools = [
        sorted(n for day in before for n in day[at : at + 2 * BAND_AROUND_MIN + 1])
        for at in range(len(calls))
    ]
    low, middle, high = (
        tuple(quantile(pool, share) for pool in pools) for share in (BAND_LOW, BAND_MIDDLE, BAND_HIGH)
    )
    return Chart(until=until, calls=tuple(calls), days=len(before), low=low, middle=middle, high=high)


def quantile(ordered: Sequence[int], share: float) -> float:
    """Between the two nearest, to one digit."""
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 1)


def summed(lines: Iterable[Counted]) -> Counted:
    """All of them together."""
    lines = tuple(lines)

    def total(name: str) -> int:
        return sum(getattr(line, name) for line in lines)

    return Counted(
        alarm_class=None, nature=None, calls=total("calls"), rang=total("rang"), answered=total("answered"),
        within=tuple(sum(line.within[at] for line in lines) for at in range(len(ANSWERED_S))),
        abandoned=total("abandoned"), decided=total("decided"), handed=total("handed"),
        came_back=total("came_back"), unrecorded=total("unrecorded"),
    )  # fmt: skip


def by(lines: Iterable[Counted], name: str) -> dict[str | None, int]:
    """Calls by `alarm_class` or `nature`; None: not judged (yet)."""
    made: dict[str | None, int] = {}
    for line in lines:
        key = getattr(line, name)
        made[key] = made.get(key, 0) + line.calls
    return made
