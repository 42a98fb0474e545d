"""The house put together on fakes: what waits for a link is asked for when it is up, what was kept is
shown again."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from gateway.ports import Message
from gateway.runtime.house import House
from gateway.testing.clock import ManualClock
from gateway.testing.memory_store import MemoryStore

from .test_hearing import Ears, Line
from .test_intake import ID, IDENTIFIED, QUEUED, SEIZED
from .test_keeping import Shelf
from .test_news import Outlet
from .test_packs import rule_sources
from .test_status import Ears as EarsState
from .test_status import News as Link


@dataclass
class Relay(Outlet):
    waiting: int = 0
    told: list[Message] = field(default_factory=list)

    def tell(self, message: Message) -> None:
        self.told.append(message)


@dataclass
class Site:
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    relay: Relay = field(default_factory=Relay)
    ears: Ears = field(default_factory=Ears)
    line: Line = field(default_factory=lambda: Line(up=False))

    def house(self) -> House:
        """A fresh one on the same store: what a restart finds."""
        made = House(
            store=self.store, relay=self.relay, listener=self.ears,
            rules=rule_sources(),
            clock=self.clock, site="demo", zone=ZoneInfo("Asia/Shanghai"), version="1.0",
        )  # fmt: skip
        made.add_pbx("pbx1", self.line, Shelf())
        return made


@pytest.fixture
async def site() -> Site:
    site = Site()
    house = site.house()
    for signal in (SEIZED, IDENTIFIED, QUEUED):
        await house.intake.offer(signal)
    await house.intake.drain()
    await house.performer.close()
    return site


async def test_after_a_restart_every_open_call_is_shown_again(site: Site) -> None:
    site.relay.shown.clear()
    await site.house().load()
    assert [message.topic for message, _ in site.relay.shown] == [f"110/demo/calls/{ID}/card"]


async def test_a_tap_that_waited_for_the_link_is_asked_for_when_the_link_is_up(site: Site) -> None:
    house = site.house()
    await house.load()
    house.owe()
    await site.clock.settle()
    assert site.line.asked == []
    site.line.up = True
    house.pbx_changed("pbx1", "up", Link())
    await site.clock.settle()
    assert site.line.asked == ["PJSIP/trunk-1 -> 127.0.0.1:9092"]
    await house.performer.close()


async def test_the_state_of_the_ears_is_told_and_their_taps_are_compared(site: Site) -> None:
    house = site.house()
    await house.load()
    house.heard(EarsState(up=False, reason="the model is missing"))
    told = {service["name"]: service for service in house.status.body()["services"]}
    assert told["speech"]["fault_en"] == "the model is missing"
