"""Drift: a day's shares against the band of the days before."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from gateway.reports.drift import BASE_DAYS, Band, Watched, alarms, bands
from gateway.reports.judged import Judgement
from gateway.reports.quality import Counts, Key, counts

from .calls import UNSURE, a_call, alarm, civil

TODAY = date(2026, 2, 1)


def day(unsure: int, sure: int, person: Judgement | None = None) -> Counts:
    made: Counter[Key] = Counter()
    for said, number in ((UNSURE, unsure), (alarm(), sure)):
        one = counts(a_call(said, person))
        made.update({key: each * number for key, each in one.items()})
    return made


def month(today: Counts, usual: Counts | None = None) -> dict[str, Counts]:
    usual = day(10, 90) if usual is None else usual
    before = {(TODAY - timedelta(days=back)).isoformat(): usual for back in range(1, BASE_DAYS + 1)}
    return before | {TODAY.isoformat(): today}


def share(found: tuple[Band, ...], what: Watched) -> Band:
    (band,) = (band for band in found if band.watched is what)
    return band


def test_a_day_like_the_others_is_no_alarm() -> None:
    found = bands(month(day(14, 86)), TODAY)
    assert alarms(found) == ()
    band = share(found, Watched.UNSURE)
    assert (band.share, band.low, band.high, band.base_calls) == (0.14, 0.01, 0.19, 2800)


def test_a_share_above_or_below_its_band_is_an_alarm() -> None:
    found = alarms(bands(month(day(30, 70)), TODAY))
    assert [band.watched for band in found] == [Watched.VALID_ALARM, Watched.UNSURE]


def test_with_many_calls_a_small_difference_is_still_no_alarm() -> None:
    found = bands(month(day(1300, 8700), day(1000, 9000)), TODAY)
    assert alarms(found) == ()
    assert share(found, Watched.UNSURE).high == 0.15


def test_too_few_calls_today_leave_yesterday_to_be_looked_at() -> None:
    found = bands(month(day(10, 0)), TODAY)
    assert {band.day for band in found} == {(TODAY - timedelta(days=1)).isoformat()}


def test_without_days_before_there_is_a_share_and_no_band() -> None:
    (band,) = (b for b in bands({TODAY.isoformat(): day(40, 0)}, TODAY) if b.watched is Watched.UNSURE)
    assert (band.share, band.low, band.high, band.outside) == (1.0, None, None, False)
    assert bands({}, TODAY) == ()


def test_fewer_overturned_verdicts_than_usual_are_no_alarm() -> None:
    wrong, right = day(0, 100, civil()), day(0, 100, alarm())
    assert Watched.OVERTURNED in {band.watched for band in alarms(bands(month(wrong, right), TODAY))}
    assert alarms(bands(month(right, wrong), TODAY)) == ()
