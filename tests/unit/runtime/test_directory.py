"""The directory is read again when its file changes, and a faulty file changes nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.runtime.directory import MAX_BYTES, SERVICE, DirectoryWatch
from gateway.runtime.health import Health, ServiceState
from gateway.testing.clock import ManualClock

ONE = """\
[[department]]
code = "public_hotline_12345"
name_zh = "热线"
name_en = "Hotline"
numbers = ["12345"]
"""


class Place:
    def __init__(self, folder: Path) -> None:
        self.file, clock = folder / "departments.toml", ManualClock(datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
        self.health = Health(clock)
        self.watch = DirectoryWatch(
            self.file, zone=ZoneInfo("Asia/Shanghai"), clock=clock, health=self.health
        )
        self.ticks = 0

    async def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")
        self.ticks += 1
        os.utime(self.file, ns=(self.ticks * 10**9, self.ticks * 10**9))
        await self.watch.look()

    @property
    def state(self) -> ServiceState:
        return self.health.get(SERVICE).state

    @property
    def codes(self) -> list[str]:
        return [entry.code for entry in self.watch.current.entries]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_changed_file_is_taken_and_the_same_one_is_not_read_again(place: Place) -> None:
    await place.write(ONE)
    assert (place.codes, place.state) == (["public_hotline_12345"], ServiceState.UP)
    before = place.watch.current
    await place.watch.look()
    assert place.watch.current is before
    await place.write(ONE.replace("public_hotline_12345", "labour_bureau"))
    assert place.codes == ["labour_bureau"]


async def test_a_faulty_file_is_told_and_the_one_before_stays_in_use(place: Place) -> None:
    await place.write(ONE)
    await place.write(ONE.replace("numbers", "number"))
    assert (place.codes, place.state) == (["public_hotline_12345"], ServiceState.DEGRADED)
    assert place.watch.fault is not None
    assert "line" in place.watch.fault
    fault = place.health.get(SERVICE).fault
    assert fault is not None
    assert "仍使用旧目录" in fault.fault_zh
    assert "stays in use" in fault.fault_en
    await place.watch.look()
    await place.write(ONE)
    assert (place.watch.fault, place.state) == (None, ServiceState.UP)


async def test_a_missing_file_is_told_and_found_when_it_comes(place: Place) -> None:
    await place.watch.look()
    await place.watch.look()
    assert (place.codes, place.state) == ([], ServiceState.DEGRADED)
    fault = place.health.get(SERVICE).fault
    assert fault is not None
    assert "phones still transfer" in fault.fault_en
    await place.write(ONE)
    assert place.state is ServiceState.UP


async def test_a_file_that_is_far_too_long_is_not_read(place: Place) -> None:
    await place.write("#" * (MAX_BYTES + 1))
    assert place.watch.fault is not None
    assert "longer than" in place.watch.fault


async def test_who_takes_it_goes_by_the_gateways_clock(place: Place) -> None:
    await place.write(ONE + 'hours = ["mon 09:00-10:00"]\n')
    (entry,) = place.watch.current.entries
    assert not place.watch.takes_now(entry).presence.open  # 16:00 in Shanghai
