"""Working days, opening hours, deadlines and duty phones, in zones with and without summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.desk.calendar import (
    Calendar,
    DutyLine,
    Hours,
    Words,
    add_working_days,
    add_working_hours,
    duty_number,
    is_working_day,
    next_open,
    spans,
)
from gateway.desk.calendar_file import CalendarError, read_calendar, week_of
from gateway.desk.orders.terms import Deadlines, Terms, Unit, hours, within_of

SHIPPED = Path(__file__).parents[3] / "conf/calendar.toml"
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = (SHANGHAI, BERLIN)
OFFICE = Hours(week=week_of(["mon-fri 08:30-12:00 13:30-17:30"]), holidays=False)
SPRING = Words(zh="春节", en="Spring Festival")


@pytest.fixture(scope="module")
def year() -> Calendar:
    return read_calendar(SHIPPED.read_text(encoding="utf-8"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def here(moment: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


# ---- days


def test_a_holiday_is_no_working_day_and_a_make_up_saturday_is_one(year: Calendar) -> None:
    assert not is_working_day(year, date(2026, 2, 17))
    assert is_working_day(year, date(2026, 2, 28))
    assert not is_working_day(year, date(2026, 3, 7))
    assert is_working_day(year, date(2026, 3, 9))


def test_beyond_its_end_a_calendar_counts_weekends_alone(year: Calendar) -> None:
    assert year.valid_until == date(2026, 12, 31)
    assert is_working_day(year, date(2027, 10, 1))
    assert not is_working_day(year, date(2027, 10, 2))


def test_the_shipped_year_says_where_it_is_from_and_that_it_is_an_example(year: Calendar) -> None:
    assert year.years[0].example
    assert "国务院" in year.years[0].source


# ---- deadlines


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        ("2026-02-13 10:00", 3, "2026-02-25 17:30"),  # over the Spring Festival: 14th (make-up), 24th, 25th
        ("2026-03-06 23:00", 1, "2026-03-09 17:30"),
        ("2026-03-09 09:00", 1, "2026-03-10 17:30"),
    ],
)
def test_working_days_end_when_the_department_closes_and_the_first_day_does_not_count(
    year: Calendar, sent: str, days: int, due: str
) -> None:
    assert here(add_working_days(OFFICE, year, at(sent), days, SHANGHAI)) == due


def test_a_department_that_is_always_there_has_until_midnight(year: Calendar) -> None:
    assert here(add_working_days(Hours(), year, at("2026-03-06 10:00"), 1, SHANGHAI)) == "2026-03-10 00:00"


def test_working_hours_are_those_in_which_somebody_is_there(year: Calendar) -> None:
    assert here(add_working_hours(OFFICE, year, at("2026-03-06 16:30"), 2, SHANGHAI)) == "2026-03-09 09:30"
    assert here(add_working_hours(OFFICE, year, at("2026-03-06 11:00"), 2, SHANGHAI)) == "2026-03-06 14:30"
    nobody = Hours(week=((),) * 7)
    assert here(add_working_hours(nobody, year, at("2026-03-06 11:00"), 2, SHANGHAI)) == "2026-03-06 13:00"


def test_a_span_is_read_as_people_write_it() -> None:
    assert str(within_of("3 working days")) == "3 working days"
    assert within_of("1 working hour").unit is Unit.WORKING_HOURS
    assert within_of("5 days") == hours(120)
    for wrong in ("soon", "3", "0 hours", "-1 days", "251 working days", "1.5 working days", "99999 hours"):
        with pytest.raises(ValueError, match="working days"):
            within_of(wrong)


def test_terms_reckon_by_the_hours_of_the_department(year: Calendar) -> None:
    terms = Terms(hours={"labour_bureau": OFFICE}, calendar=year, others=Deadlines())
    sent, within = at("2026-02-13 10:00"), within_of("3 working days")
    assert here(terms.due("labour_bureau", within, sent)) == "2026-02-25 17:30"
    assert here(terms.due("unknown", within, sent)) == "2026-02-26 00:00"
    assert here(terms.due("labour_bureau", hours(2), sent)) == "2026-02-13 12:00"


# ---- properties

MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS_OFF = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40)
SPAN = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: (pair[0], pair[1] if pair[1] > pair[0] else pair[1] + 1440)
)
WEEKS = st.lists(st.lists(SPAN, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)


def _calendar(off: frozenset[date]) -> Calendar:
    make_up = date(2026, 6, 6)
    working = {} if make_up in off else {make_up: 0}
    return Calendar(holidays=dict.fromkeys(off, SPRING), working_days=working)


def _open(there: Hours, known: Calendar, moment: datetime, zone: ZoneInfo) -> bool:
    """Said anew: the wall clock shows a minute that lies in a span of today or yesterday."""
    wall = moment.astimezone(zone)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        if not there.holidays and day in known.holidays:
            continue
        index = day.weekday() if there.holidays else known.working_days.get(day, day.weekday())
        minute = wall.hour * 60 + wall.minute + back * 1440
        if any(low <= minute < high for low, high in there.week[index]):
            return True
    return False


@settings(max_examples=150)
@given(WEEKS, DAYS_OFF, MOMENTS, st.booleans(), st.randoms(use_true_random=False))
def test_the_next_opening_is_open_and_nothing_before_it_is(week, off, moment, holidays, chance) -> None:  # type: ignore[no-untyped-def]
    there, known = Hours(week=week, holidays=holidays), _calendar(off)
    found = next_open(there, known, moment, SHANGHAI)
    if found is None:
        assert not any(_open(there, known, moment + timedelta(hours=h), SHANGHAI) for h in range(24 * 7))
        return
    assert found >= moment
    assert _open(there, known, found, SHANGHAI)
    if found > moment:
        minutes = int((found - moment).total_seconds() // 60)
        for _ in range(20):
            earlier = moment + timedelta(minutes=chance.randint(0, minutes))
            assert earlier >= found or not _open(there, known, earlier, SHANGHAI)


@settings(max_examples=150)
@given(WEEKS, DAYS_OFF, MOMENTS)
def test_with_summer_time_spans_stay_in_order_and_the_next_opening_lies_in_one(week, off, moment) -> None:  # type: ignore[no-untyped-def]
    there, known = Hours(week=week, holidays=False), _calendar(off)
    laid = list(spans(there, known, moment.astimezone(BERLIN).date(), BERLIN))
    assert all(low < high for low, high in laid)
    assert all(one[1] < two[0] for one, two in pairwise(laid))
    found = next_open(there, known, moment, BERLIN)
    assert (found is None) == all(high <= moment for _, high in laid)
    if found is not None:
        assert any(low <= found < high for low, high in laid)
        assert not any(low < found and high > moment for low, high in laid if not low <= found < high)


@settings(max_examples=150)
@given(
    WEEKS,
    DAYS_OFF,
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.integers(1, 20),
    st.sampled_from(ZONES),
)
def test_working_days_grow_with_the_days_and_never_shrink_with_the_moment(
    week, off, moment, later, n, zone
) -> None:  # type: ignore[no-untyped-def]
    there, known = Hours(week=week, holidays=False), _calendar(off)
    due = add_working_days(there, known, moment, n, zone)
    assert due > moment
    assert add_working_days(there, known, moment, n + 1, zone) > due
    assert add_working_days(there, known, moment + later, n, zone) >= due


@settings(max_examples=150)
@given(WEEKS, DAYS_OFF, MOMENTS, st.floats(0.1, 40), st.floats(0.1, 40), st.sampled_from(ZONES))
def test_working_hours_are_never_sooner_than_hours_of_the_clock_and_grow(
    week, off, moment, less, more, zone
) -> None:  # type: ignore[no-untyped-def]
    there, known = Hours(week=week, holidays=False), _calendar(off)
    less, more = sorted((less, more))
    due = add_working_hours(there, known, moment, less, zone)
    assert due >= moment + timedelta(hours=less) - timedelta(milliseconds=1)
    assert add_working_hours(there, known, moment, more, zone) >= due


def test_in_the_night_of_summer_time_an_hour_is_neither_lost_nor_doubled() -> None:
    night = Hours(week=week_of(["daily 22:00-06:00"]))
    spring = next(iter(spans(night, Calendar(), date(2026, 3, 29), BERLIN)))
    autumn = next(iter(spans(night, Calendar(), date(2026, 10, 25), BERLIN)))
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=7), timedelta(hours=9))


# ---- duty


def test_the_roster_follows_weekday_night_and_holiday(year: Calendar) -> None:
    told = SHIPPED.read_text(encoding="utf-8") + (
        '\n[[duty]]\ndepartment = "labour_bureau"\nwhen = ["holidays"]\nnumber = "111"\n'
        '[[duty]]\ndepartment = "labour_bureau"\nwhen = ["mon-fri 17:30-08:30", "sat-sun"]\nnumber = "222"\n'
    )
    known = read_calendar(told)

    def rings(moment: str) -> str | None:
        return duty_number(known, "labour_bureau", at(moment), SHANGHAI)

    assert rings("2026-02-17 10:00") == "111"  # a Tuesday of the Spring Festival
    assert rings("2026-03-10 23:00") == "222"
    assert rings("2026-03-11 08:29") == "222"  # Tuesday's night
    assert rings("2026-03-11 10:00") is None
    assert rings("2026-03-14 10:00") == "222"
    assert rings("2026-02-28 10:00") is None  # a Saturday that works
    assert duty_number(known, "market_supervision", at("2026-03-14 10:00"), SHANGHAI) is None


def test_daily_is_on_holidays_too() -> None:
    line = read_calendar('[[duty]]\ndepartment = "a"\nwhen = ["daily"]\nnumber = "123"\n').duty[0]
    assert line == DutyLine(department="a", number="123", days=frozenset(range(7)), holidays=True)


# ---- the file

FILE = """\
[[year]]
year = 2026
source = "invented"
valid_until = 2026-12-31
holidays = [
  { days = "2026-05-01..2026-05-05", zh = "劳动节", en = "Labour Day" },
]
[year.working_days]
2026-05-09 = "mon"
[[duty]]
department = "labour_bureau"
when = ["sat-sun"]
number = "123"
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[[year]]", "[year", "not TOML"),
        ('source = "invented"', "", "line 1: year.source"),
        ("valid_until = 2026-12-31", "valid_until = 2027-12-31", "line 4: 2027-12-31 is not in 2026"),
        ("2026-05-01..2026-05-05", "2026-05-05..2026-05-01", "line 6: '2026-05-05..2026-05-01': the end"),
        ("2026-05-01..2026-05-05", "1 May", "line 6: '1 May'"),
        ("2026-05-01..2026-05-05", "2027-05-01", "line 6: 2027-05-01 is not a day of 2026"),
        ("2026-05-09", "2026-05-04", "line 9: 2026-05-04 is a holiday and a working day"),
        ('"mon"', '"moon"', "line 9: year.working_days.2026-05-09"),
        ("en = ", "fr = ", "line 6: year.holidays.fr: unknown key"),
        ('number = "123"', 'number = "12a"', "line 13: duty.number"),
        ("sat-sun", "satday", "line 12: duty.when: 'satday': no such days"),
        ("[[duty]]", '[[duty]]\nwho_zh = "x"', "write both or neither"),
        (
            "[[duty]]",
            '[[year]]\nyear = 2028\nsource = "x"\nvalid_until = 2028-12-31\n[[duty]]',
            "none left out",
        ),
    ],
)
def test_a_fault_names_its_line_and_the_cure(old: str, new: str, told: str) -> None:
    assert old in FILE
    with pytest.raises(CalendarError) as fault:
        read_calendar(FILE.replace(old, new, 1))
    assert told in str(fault.value)
    assert str(fault.value).startswith("calendar.toml")
