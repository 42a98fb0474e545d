"""Alarms when verdicts drift: a day's shares outside what the days before make one expect.

The band of a share is the mean of the last `BASE_DAYS` days before, plus and minus `SIGMAS` binomial standard
deviations for as many calls as the looked-at day has, and at least `LEAST` wide on either side: with very
many calls a harmless difference would else be told every day. Too few calls, now or before, and nothing is
said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

from gateway.reports.quality import Calls, Counts, Key, Measure, calls
from gateway.triage.model import AlarmClass

BASE_DAYS = 28
SIGMAS = 3.0
LEAST = 0.05
"""Half the band's least width, as a share."""
MIN_BASE = 200
"""Calls of the base below which there is no band."""
MIN_DAY = 30
"""Calls of a day below which its share says nothing."""
LOOKED_AT_DAYS = 2
"""Today once it has `MIN_DAY` calls, else yesterday."""


class Watched(StrEnum):
    """Shares that are watched: of each class among all verdicts; of verdicts overturned by people, and of
    those raised by the second opinion; of alarms that were judged non-police."""

    VALID_ALARM = "valid_alarm"
    NON_POLICE = "non_police"
    UNSURE = "unsure"
    OVERTURNED = "overturned"
    RAISED = "raised"
    MISSED = "missed"


def _said(code: AlarmClass) -> Callable[[Counts], tuple[int, int]]:
    return lambda made: (made.get((Measure.SAID, code.value, ""), 0), calls(made, Calls.JUDGED))


def _of(part: Calls, whole: Calls) -> Callable[[Counts], tuple[int, int]]:
    return lambda made: (calls(made, part), calls(made, whole))


_SHARES: Mapping[Watched, Callable[[Counts], tuple[int, int]]] = {
    Watched.VALID_ALARM: _said(AlarmClass.VALID_ALARM),
    Watched.NON_POLICE: _said(AlarmClass.NON_POLICE),
    Watched.UNSURE: _said(AlarmClass.UNSURE),
    Watched.OVERTURNED: _of(Calls.OVERTURNED, Calls.DECIDED),
    Watched.RAISED: _of(Calls.RAISED, Calls.JUDGED),
    Watched.MISSED: _of(Calls.MISSED, Calls.ALARMS),
}
_GOOD_WHEN_LOW = frozenset({Watched.OVERTURNED, Watched.RAISED, Watched.MISSED})
"""Of these only more than usual is an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One share of one day against its usual band. `low` and `high` None: too few calls to know one."""

    watched: Watched
    day: str
    share: float
    calls: int
    """Calls of the day that the share is of."""
    low: float | None
    high: float | None
    base_calls: int
    outside: bool


def bands(days: Mapping[str, Counts], today: date) -> tuple[Band, ...]:
    """Every watched share of the newest day that has calls enough for it."""
    return tuple(found for what in Watched if (found := _band(what, days, today)) is not None)


def alarms(found: tuple[Band, ...]) -> tuple[Band, ...]:
    return tuple(band for band in found if band.outside)


def _band(what: Watched, days: Mapping[str, Counts], today: date) -> Band | None:
    for back in range(LOOKED_AT_DAYS):
        day = today - timedelta(days=back)
        part, whole = _SHARES[what](days.get(day.isoformat(), {}))
        if whole >= MIN_DAY:
            return _against(what, day, part, whole, days)
    return None


def _against(what: Watched, day: date, part: int, whole: int, days: Mapping[str, Counts]) -> Band:
    base: Counter[Key] = Counter()
    for back in range(1, BASE_DAYS + 1):
        base.update(days.get((day - timedelta(days=back)).isoformat(), {}))
    usual, of = _SHARES[what](base)
    share = part / whole
    low = high = None
    if of >= MIN_BASE:
        mean = usual / of
        wide = max(LEAST, SIGMAS * sqrt(mean * (1 - mean) / whole))
        low, high = max(0.0, mean - wide), min(1.0, mean + wide)
    outside = (
        high is not None
        and low is not None
        and (share > high or (share < low and what not in _GOOD_WHEN_LOW))
    )
    return Band(
        watched=what, day=day.isoformat(), share=round(share, 4), calls=whole,
        low=None if low is None else round(low, 4), high=None if high is None else round(high, 4),
        base_calls=of, outside=outside,
    )  # fmt: skip
