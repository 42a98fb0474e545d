"""The wall as it is made once a second, pushed when it changes, and honest when the store is away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from gateway.desk.hall import HallState
from gateway.ports import StoreUnavailable
from gateway.reports.wall import Chart, Counted, Day
from gateway.runtime import wall
from gateway.runtime.book import Book
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.wall import Wall, WallSources
from gateway.testing.clock import ManualClock
from gateway.web.wall_schema import WallShown


@dataclass
class Figures:
    """A store whose day has `calls`; `away`: it does not answer; `takes_s`: how long it reads."""

    clock: ManualClock
    calls: int = 3
    away: bool = False
    takes_s: float = 0.0
    read: list[str] = field(default_factory=list)

    async def day(self, now: datetime) -> Day:
        self.read.append("day")
        if self.away:
            raise StoreUnavailable("the disk is full")
        if self.takes_s:
            await self.clock.advance(self.takes_s)
        return Day(today=[Counted(alarm_class="valid_alarm", nature="theft", calls=self.calls)])

    async def chart(self, now: datetime) -> Chart:
        self.read.append("chart")
        return Chart(until=now.replace(second=0, microsecond=0), calls=(0,) * 60)


@dataclass
class Site:
    clock: ManualClock = field(default_factory=ManualClock)
    hub: Hub = field(default_factory=Hub)

    def __post_init__(self) -> None:
        self.figures, self.health = Figures(self.clock), Health(self.clock)
        self.wall = Wall(
            WallSources(figures=self.figures, demo_languages=lambda: ["zh-CN"]), book=Book(),
            hall=lambda: HallState(site="hz"), health=self.health, hub=self.hub, clock=self.clock, site="hz",
        )  # fmt: skip


@pytest.fixture
def site() -> Site:
    return Site()


async def test_the_answer_has_the_shape_that_the_api_promises(site: Site) -> None:
    site.health.set("speech", ServiceState.UP, unheard=0)
    site.health.set("canary", ServiceState.UP, good="2026-01-05T12:00:00.000Z")
    body = WallShown.model_validate(await site.wall.body())
    assert (body.day.calls, body.day.natures[0].calls, body.links[-1].good is not None) == (3, 3, True)
    assert body.speech is not None
    assert body.speech.demo_languages == ["zh-CN"]


async def test_one_answer_serves_everybody_for_a_second_and_the_store_is_read_less_often(site: Site) -> None:
    first = await site.wall.body()
    assert await site.wall.body() is first
    await site.clock.advance(wall.KEPT_S)
    assert await site.wall.body() is not first
    assert site.figures.read == ["chart", "day"]
    await site.clock.advance(wall.FIGURES_S)
    await site.wall.body()
    assert site.figures.read == ["chart", "day", "day"]


async def test_a_store_that_reads_long_is_left_alone_longer(site: Site) -> None:
    site.figures.takes_s = 2.0
    await site.wall.body()
    site.figures.takes_s = 0.0
    for _ in range(3):
        await site.clock.advance(wall.FIGURES_S)
        await site.wall.body()
    assert site.figures.read.count("day") == 1
    await site.clock.advance(wall.FIGURES_S)
    await site.wall.body()
    assert site.figures.read.count("day") == 2


async def test_the_chart_is_read_once_a_minute(site: Site) -> None:
    for _ in range(12):
        await site.wall.body()
        await site.clock.advance(5.0)
    assert site.figures.read.count("chart") == 1
    await site.wall.body()
    assert site.figures.read.count("chart") == 2


async def test_while_the_store_is_away_the_last_figures_stand_with_their_time(site: Site) -> None:
    before = (await site.wall.body())["day"]
    site.figures.away = True
    await site.clock.advance(wall.FIGURES_S)
    since = site.clock.now()
    for _ in range(2):
        day = (await site.wall.body())["day"]
        assert (day["calls"], day["at"]) == (3, before["at"])
        assert datetime.fromisoformat(day["fault_since"]) == since
        await site.clock.advance(wall.FIGURES_S)
    site.figures.away = False
    assert (await site.wall.body())["day"]["fault_since"] is None


async def test_a_broken_link_says_since_when_and_keeps_its_fault_for_the_health_page(site: Site) -> None:
    site.health.set("broker", ServiceState.UP)
    site.health.set("places", ServiceState.UP)
    since = site.clock.now()
    fault = Fault(fault_zh="/etc/secret", fault_en="/etc/secret")
    site.health.set("pbx:main", ServiceState.DOWN, fault)
    site.health.set("rules", ServiceState.DEGRADED, fault)
    body: dict[str, Any] = await site.wall.body()
    assert [(each["name"], each["state"]) for each in body["links"]] == [
        ("pbx:main", "down"), ("broker", "up"), ("rules", "degraded")
    ]  # fmt: skip
    assert datetime.fromisoformat(body["links"][0]["since"]) == since
    assert "/etc/secret" not in str(body)


async def test_listeners_that_are_lost_are_named(site: Site) -> None:
    assert (await site.wall.body())["speech"] is None
    site.health.set("speech", ServiceState.DEGRADED, unheard=2, behind=1)
    site.health.set("speech:east", ServiceState.DOWN)
    site.health.set("speech:west", ServiceState.UP)
    await site.clock.advance(wall.KEPT_S)
    speech = (await site.wall.body())["speech"]
    assert [each["name"] for each in speech["lost"]] == ["speech:east"]
    assert (speech["unheard"], speech["behind"], speech["set_aside"]) == (2, 1, 0)


async def test_it_is_pushed_when_something_changed_and_else_as_a_beat(site: Site) -> None:
    stream = site.hub.subscribe()
    await site.wall.push()
    await site.clock.advance(wall.KEPT_S)
    await site.wall.push()
    site.health.set("pbx:main", ServiceState.DOWN)
    await site.clock.advance(wall.KEPT_S)
    await site.wall.push()
    await site.clock.advance(wall.BEAT_S)
    await site.wall.push()
    told = []
    while (push := await stream.next(0.01)) is not None:
        told.append((push.kind, len(push.data["links"])))
    assert told == [("wall", 0), ("wall", 1), ("wall", 1)]
