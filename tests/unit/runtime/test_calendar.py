"""The calendar is read again when its file changes, and its end is told before it comes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.desk.calendar import is_working_day
from gateway.runtime.calendar import ENDS_WITHIN_DAYS, MAX_BYTES, SERVICE, CalendarWatch
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.health import Health, ServiceState
from gateway.testing.clock import ManualClock

ZONE = ZoneInfo("Asia/Shanghai")
YEAR = """\
[[year]]
year = 2026
source = "invented"
valid_until = 2026-12-31
holidays = [{ days = "2026-05-01", zh = "劳动节", en = "Labour Day" }]
"""


class Place:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "calendar.toml"
        self.clock = ManualClock(datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
        self.health = Health(self.clock)
        self.watch = CalendarWatch(self.file, zone=ZONE, clock=self.clock, health=self.health)
        self.ticks = 0

    async def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")
        self.ticks += 1
        os.utime(self.file, ns=(self.ticks * 10**9, self.ticks * 10**9))
        await self.watch.look()

    def works(self, day: date) -> bool:
        return is_working_day(self.watch.current, day)

    @property
    def told(self) -> str:
        service = self.health.get(SERVICE)
        assert service is not None
        return service.fault.fault_en if service.fault else service.state.value


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_changed_file_is_taken(place: Place) -> None:
    await place.write(YEAR)
    assert (place.works(date(2026, 5, 1)), place.told) == (False, "up")
    before = place.watch.current
    await place.watch.look()
    assert place.watch.current is before
    await place.write(YEAR.replace("05-01", "05-04"))
    assert (place.works(date(2026, 5, 1)), place.works(date(2026, 5, 4))) == (True, False)


async def test_a_faulty_file_is_told_and_the_one_before_stays_in_use(place: Place) -> None:
    await place.write(YEAR)
    await place.write(YEAR.replace('days = "', 'day = "'))
    assert not place.works(date(2026, 5, 1))
    assert "line 5: year.holidays.days: Field required" in place.told
    await place.write("#" * (MAX_BYTES + 1))
    assert "longer than" in place.told
    await place.write(YEAR)
    assert place.told == "up"


async def test_without_a_file_weekends_count_and_nobody_is_told_until_there_was_one(place: Place) -> None:
    await place.watch.look()
    assert place.health.get(SERVICE) is None
    assert not place.works(date(2026, 5, 2))
    await place.write(YEAR)
    place.file.unlink()
    await place.watch.look()
    assert "stays in use" in place.told
    assert not place.works(date(2026, 5, 1))


async def test_the_end_of_the_calendar_is_told_before_it_comes_and_when_it_has(place: Place) -> None:
    await place.write(YEAR)
    days = (date(2026, 12, 31) - date(2026, 1, 5)).days - ENDS_WITHIN_DAYS
    await place.clock.advance(timedelta(days=days).total_seconds())
    await place.watch.look()
    assert place.told == "up"
    await place.clock.advance(86_400)
    await place.watch.look()
    assert "ends on 2026-12-31" in place.told
    await place.clock.advance(86_400 * 30)
    await place.watch.look()
    assert "ended on 2026-12-31" in place.told
    assert place.health.get(SERVICE).state is ServiceState.DEGRADED  # type: ignore[union-attr]


async def test_the_directory_follows_its_calendar(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    directory, calendar = tmp_path / "departments.toml", tmp_path / "calendar.toml"
    directory.write_text(
        '[[department]]\ncode = "labour_bureau"\nname_zh = "人社局"\nname_en = "Labour"\n'
        'numbers = ["12333"]\nhours = ["mon-fri 09:00-17:00"]\nholidays = "closed"\n',
        encoding="utf-8",
    )
    watch = DirectoryWatch(directory, zone=ZONE, clock=clock, health=Health(clock), calendar=calendar)
    await watch.look()
    assert watch.takes_now(watch.current.entries[0]).presence.open
    duty = '[[duty]]\ndepartment = "labour_bureau"\nwhen = ["holidays"]\nnumber = "123"\n'
    calendar.write_text(YEAR + duty, encoding="utf-8")
    await watch.look()
    taken = watch.takes_now(watch.current.entries[0])
    assert taken.presence.holiday is not None
    assert taken.duty is not None
    assert taken.duty.number == "123"
