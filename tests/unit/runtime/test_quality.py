"""The quality watch: counts while there is something to count, then looks at the day."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.hall import PbxState, ServiceChanged
from gateway.ports import StoreUnavailable
from gateway.reports.drift import BASE_DAYS
from gateway.reports.quality import Calls, Counts, Followed, Measure
from gateway.runtime.health import Health, ServiceState
from gateway.runtime.quality import LOOK_EVERY_S, SERVICE, QualityWatch
from gateway.testing.clock import ManualClock

ZONE = ZoneInfo("Asia/Shanghai")


def a_day(unsure: int, sure: int) -> Counts:
    return {
        (Measure.CALLS, Calls.JUDGED, ""): unsure + sure,
        (Measure.SAID, "unsure", ""): unsure,
        (Measure.SAID, "valid_alarm", ""): sure,
    }


@dataclass
class Tables:
    steps: list[Followed | Exception] = field(default_factory=list)
    days: dict[str, Counts] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def follow(self) -> Followed:
        step = self.steps.pop(0) if self.steps else Followed()
        if isinstance(step, Exception):
            raise step
        return step

    async def counted(self, since: str, until: str, of: Collection[Measure]) -> Mapping[str, Counts]:
        self.asked.append((since, until))
        assert Measure.RULE not in of
        return self.days


@dataclass
class Post:
    """A watch and what it told."""

    tables: Tables = field(default_factory=Tables)
    clock: ManualClock = field(default_factory=ManualClock)
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.health = Health(self.clock)
        self.watch = QualityWatch(
            self.tables, health=self.health, offer=self._offer, clock=self.clock, zone=ZONE
        )

    async def _offer(self, signal: Any) -> None:
        self.told.append(signal)

    def usual(self, unsure: int, sure: int) -> None:
        today = self.clock.now().astimezone(ZONE).date()
        for back in range(BASE_DAYS + 1):
            self.tables.days[(today - timedelta(days=back)).isoformat()] = a_day(unsure, sure)
        self.today = today.isoformat()


@pytest.fixture
def post() -> Post:
    return Post()


async def test_the_day_is_looked_at_only_when_all_is_counted(post: Post) -> None:
    post.tables.steps = [Followed(rows=9, calls=1), Followed()]
    assert await post.watch.look() is True
    assert post.tables.asked == []
    assert await post.watch.look() is False
    assert len(post.tables.asked) == 1


async def test_a_drift_is_a_fault_and_one_event_however_often_it_is_looked_at(post: Post) -> None:
    post.usual(10, 90)
    await post.watch.look()
    assert post.health.get(SERVICE) is not None
    post.tables.days[post.today] = a_day(50, 50)
    await post.watch.look()
    post.tables.days[post.today] = a_day(60, 60)
    await post.watch.look()
    service = post.health.get(SERVICE)
    assert service is not None
    assert service.state is ServiceState.DEGRADED
    assert (service.figures["alarms"], service.figures["unsure_share"]) == (2, 0.5)
    assert service.fault is not None
    assert "不确定占比" in service.fault.fault_zh
    assert [(type(one), one.state) for one in post.told] == [
        (ServiceChanged, PbxState.UP),
        (ServiceChanged, PbxState.DEGRADED),
    ]
    post.tables.days[post.today] = a_day(12, 100)
    await post.watch.look()
    assert post.told[-1].state is PbxState.UP
    assert post.health.state is ServiceState.UP


async def test_calls_that_cannot_be_read_are_told_by_number(post: Post) -> None:
    post.tables.steps = [Followed(rows=2, calls=2, unreadable=1), Followed()]
    await post.watch.look()
    await post.watch.look()
    service = post.health.get(SERVICE)
    assert service is not None
    assert service.figures["unreadable"] == 1


async def test_a_database_that_is_away_ends_nothing(post: Post) -> None:
    post.tables.steps = [StoreUnavailable("away"), Followed(rows=1, calls=1), Followed()]
    running = asyncio.create_task(post.watch.run())
    await post.clock.advance(LOOK_EVERY_S)
    await post.clock.advance(LOOK_EVERY_S)
    assert len(post.tables.asked) >= 1
    running.cancel()
