"""Who is there now, and who takes it otherwise; what is wrong in the file, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.handing import TargetKind
from gateway.desk.calendar_file import read_calendar, week_of
from gateway.desk.directory import Directory, Entry, Opening, takes_now
from gateway.desk.directory_file import DirectoryError, read_directory
from gateway.desk.orders.terms import hours
from gateway.triage.model import Department, EmergencyPartner

SHIPPED = Path(__file__).parents[3] / "conf/departments.toml"
ZONE = ZoneInfo("Asia/Shanghai")

FILE = """\
fall_back = "public_hotline_12345"
[[department]]
code = "labour_bureau"
name_zh = "人社局"
name_en = "Labour"
numbers = ["12333", "0571123456"]
hours = ["mon-thu 08:30-12:00 13:30-17:30", "fri 08:30-12:00"]
holidays = "closed"
[department.deadlines]
accept_within_h = 1
[[department]]
code = "public_hotline_12345"
name_zh = "热线"
name_en = "Hotline"
numbers = ["12345"]
hours = ["daily 20:00-06:00", "daily 06:00-20:00"]
[[partner]]
code = "other_110"
neighbour = "east"
name_zh = "东邻"
name_en = "East"
numbers = ["02100110"]
"""


CALENDAR = """\
[[year]]
year = 2026
source = "invented"
valid_until = 2026-12-31
holidays = [
  { days = "2026-01-01..2026-01-03", zh = "元旦", en = "New Year" },
  { days = "2026-05-01", zh = "劳动节", en = "Labour Day" },
]
[year.working_days]
2026-01-04 = "fri"
"""


def at(day: str, time: str) -> datetime:
    """In the site's zone."""
    return datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def directory() -> Directory:
    return replace(read_directory(FILE), calendar=read_calendar(CALENDAR))


def labour(directory: Directory) -> Entry:
    found = directory.find("labour_bureau")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("day", "time", "opening", "until"),
    [
        ("2026-01-05", "08:29", Opening.CLOSED, "2026-01-05T08:30"),
        ("2026-01-05", "08:30", Opening.OPEN, "2026-01-05T12:00"),
        ("2026-01-05", "12:00", Opening.CLOSED, "2026-01-05T13:30"),
        ("2026-01-05", "17:30", Opening.CLOSED, "2026-01-06T08:30"),
        ("2026-01-09", "13:30", Opening.CLOSED, "2026-01-12T08:30"),
        ("2026-01-02", "10:00", Opening.HOLIDAY, "2026-01-04T08:30"),
        ("2026-01-04", "10:00", Opening.OPEN, "2026-01-04T12:00"),
        ("2026-01-04", "14:00", Opening.CLOSED, "2026-01-05T08:30"),
        ("2026-05-01", "09:00", Opening.HOLIDAY, "2026-05-04T08:30"),
    ],
)
def test_hours_go_by_the_week_the_holidays_and_the_days_worked_instead(
    directory: Directory, day: str, time: str, opening: Opening, until: str
) -> None:
    there = takes_now(directory, labour(directory), at(day, time), ZONE).presence
    assert (there.opening, there.open) == (opening, opening is Opening.OPEN)
    assert there.until is not None
    assert there.until.strftime("%Y-%m-%dT%H:%M") == until


def test_closed_the_fall_back_takes_it_and_open_it_does_itself(directory: Directory) -> None:
    night, day = at("2026-01-05", "23:00"), at("2026-01-05", "10:00")
    taken = takes_now(directory, labour(directory), night, ZONE)
    assert taken.instead is not None
    assert taken.instead.code == "public_hotline_12345"
    assert takes_now(directory, labour(directory), day, ZONE).instead is None


def test_who_is_there_round_the_clock_never_closes(directory: Directory) -> None:
    hotline = directory.find("12345")
    assert hotline is not None
    for moment in (at("2026-01-01", "00:00"), at("2026-01-05", "06:00"), at("2026-01-05", "23:59")):
        there = takes_now(directory, hotline, moment, ZONE).presence
        assert (there.opening, there.until) == (Opening.OPEN, None)


def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    told = FILE.replace('"daily 20:00-06:00", "daily 06:00-20:00"', '"sat 22:00-02:00"')
    directory = read_directory(told)
    hotline = directory.find("12345")
    assert hotline is not None
    assert takes_now(directory, hotline, at("2026-01-11", "01:59"), ZONE).presence.open
    assert not takes_now(directory, hotline, at("2026-01-11", "02:00"), ZONE).presence.open
    assert not takes_now(directory, hotline, at("2026-01-10", "01:00"), ZONE).presence.open


def test_fall_backs_that_are_closed_too_or_go_in_a_circle_take_nothing() -> None:
    circle = FILE.replace('numbers = ["12345"]', 'numbers = ["12345"]\nfall_back = "labour_bureau"').replace(
        '"daily 20:00-06:00", "daily 06:00-20:00"', '"mon 09:00-10:00"'
    )
    directory = read_directory(circle)
    taken = takes_now(directory, labour(directory), at("2026-01-06", "23:00"), ZONE)
    assert taken.instead is None
    alone = Directory(entries=(labour(directory),), calendar=directory.calendar)
    assert takes_now(alone, labour(directory), at("2026-01-06", "23:00"), ZONE).instead is None


def test_who_has_no_hours_is_never_there(directory: Directory) -> None:
    entry = Entry(
        code="x", kind=TargetKind.DEPARTMENT, name=labour(directory).name, numbers=("1",), week=((),) * 7
    )
    there = takes_now(directory, entry, at("2026-01-06", "10:00"), ZONE).presence
    assert (there.opening, there.open, there.until) == (Opening.NEVER, False, None)


def test_an_entry_is_found_by_code_and_by_each_of_its_numbers(directory: Directory) -> None:
    entry = labour(directory)
    assert directory.find("0571123456") is entry
    assert directory.target(entry, "0571123456").number == "0571123456"
    assert directory.target(entry, "labour_bureau") == entry.target
    assert entry.target.number == "12333"
    assert directory.find("other_110.east") is not None
    assert directory.find("999") is None
    assert (entry.accept_within, entry.answer_within) == (hours(1.0), None)


def test_the_shipped_directory_has_every_department_and_partner_with_names_in_both_languages() -> None:
    shipped = read_directory(SHIPPED.read_text(encoding="utf-8"))
    codes = {entry.code.partition(".")[0] for entry in shipped.entries}
    assert codes == {*(each.value for each in Department), *(each.value for each in EmergencyPartner)}
    assert all(entry.name.zh and entry.name.en for entry in shipped.entries)
    assert all(entry.duties for entry in shipped.entries if entry.kind is TargetKind.PARTNER)
    assert len([entry for entry in shipped.entries if entry.code.startswith("other_110.")]) > 1
    hotline = shipped.find("public_hotline_12345")
    assert hotline is not None
    assert hotline.fall_back is None
    assert shipped.supervisors


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[[department]]", "[department", "not TOML"),
        ('"12333", "0571123456"', '"12a"', "line 6: department.0.numbers.0"),
        ('name_en = "Labour"', 'name_en = "Labour"\nfoo = 1', "line 6: department.0.foo: unknown key"),
        ('code = "labour_bureau"', 'code = "labour"', "line 3: department.0.code"),
        ("fri 08:30-12:00", "fri 8:30-12", "line 7: department.0.hours: 'fri 8:30-12': no span '8:30-12'"),
        ("fri 08:30-12:00", "fry 08:30-12:00", "no such days 'fry'"),
        ("fri 08:30-12:00", "fri", "'fri' has no hours"),
        ("fri 08:30-12:00", "fri 08:30-24:30", "a day ends at 24:00"),
        ("accept_within_h = 1", 'accept_within = "soon"', "'soon' is no span; write as"),
        ("accept_within_h = 1", 'accept_within = "1.5 working days"', "working days are whole days"),
        ("accept_within_h = 1", 'accept_within_h = 1\naccept_within = "1 hour"', "write one of the two"),
        ("[[department]]", "[calendar]\nholidays = []\n[[department]]", "holidays stand in calendar.toml"),
        ('fall_back = "public_hotline_12345"', 'fall_back = "nobody"', "line 1: fall_back: no entry"),
        ('numbers = ["12345"]', 'numbers = ["12333"]', "12333 stands at labour_bureau"),
        ('code = "public_hotline_12345"', 'code = "labour_bureau"', "labour_bureau stands twice"),
        ('neighbour = "east"\n', "", "other_110 needs it"),
        ('code = "other_110"', 'code = "fire_119"', "no other partner has it"),
        ('name_en = "East"', 'name_en = "East"\nduties_zh = "x"', "write both or neither"),
        ('name_zh = "东邻"\n', "", "name_zh"),
    ],
)
def test_a_fault_names_its_line_its_key_and_the_cure(old: str, new: str, told: str) -> None:
    assert old in FILE
    with pytest.raises(DirectoryError) as fault:
        read_directory(FILE.replace(old, new, 1))
    assert told in str(fault.value)
    assert str(fault.value).startswith("departments.toml")


def test_days_and_spans() -> None:
    week = week_of(["fri-mon 22:00-02:00", "sat 09:00-10:00"])
    assert [len(day) for day in week] == [1, 0, 0, 0, 1, 2, 1]
    assert week[5] == ((540, 600), (1320, 1560))
    assert week_of(["always"])[3] == ((0, 1440),)


DUTY = """
[[duty]]
department = "labour_bureau"
when = ["holidays", "fri 12:00-08:30"]
number = "02112333"
who_zh = "值班室"
who_en = "Duty office"
"""


def test_a_department_that_is_closed_is_answered_for_by_its_duty_phone_and_else_by_its_fall_back() -> None:
    directory = replace(read_directory(FILE), calendar=read_calendar(CALENDAR + DUTY))
    holiday = takes_now(directory, labour(directory), at("2026-01-01", "10:00"), ZONE)
    assert holiday.duty is not None
    assert (holiday.duty.number, holiday.answers, holiday.instead) == ("02112333", True, None)
    assert holiday.presence.holiday is not None
    assert holiday.presence.holiday.zh == "元旦"
    night = takes_now(directory, labour(directory), at("2026-01-10", "03:00"), ZONE)
    assert night.duty is not None
    assert night.presence.holiday is None
    evening = takes_now(directory, labour(directory), at("2026-01-06", "23:00"), ZONE)
    assert evening.duty is None
    assert evening.instead is not None
    assert not evening.answers


def test_a_duty_phone_leads_to_its_department() -> None:
    directory = replace(read_directory(FILE), calendar=read_calendar(CALENDAR + DUTY))
    assert directory.find("02112333") is labour(directory)
    assert directory.target(labour(directory), "02112333").number == "02112333"
