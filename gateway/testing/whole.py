"""The whole gateway on fakes: loop, effects, timers, relay, what comes in over MQTT; a test moves its time.

On a memory store and a ManualClock every run is the same. `crash` leaves everything as a killed process does;
another `Whole` on the same store and broker is what starts afterwards.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gateway.calls.effects import MovePeople, StartTap
from gateway.clock import Clock
from gateway.dispatch.inbox import Inbox
from gateway.dispatch.relay import Relay
from gateway.ports import Broker, Store
from gateway.runtime.answers import Answer, Request
from gateway.runtime.dispatch_desk import DispatchSources
from gateway.runtime.house import House
from gateway.runtime.moving import Outcome
from gateway.runtime.order_desk import OrderSources
from gateway.runtime.packs import NoRules, PackSources, Running
from gateway.runtime.sharing import ShareSources
from gateway.runtime.shielding import Past, TogetherSettings
from gateway.runtime.texting import TextSources
from gateway.runtime.thread_desk import ThreadSources
from gateway.runtime.workshop import WorkshopSources
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_sender import FakeTextSender, MemoryTexts
from gateway.testing.memory_asides import MemoryAsides
from gateway.testing.memory_packs import MemoryPacks
from gateway.testing.memory_reports import MemoryReportAsides
from gateway.testing.memory_store import MemoryStore
from gateway.testing.memory_workshop import MemoryMaterial, MemoryShadow

SITE, PBX = "hz", "pbx1"


@dataclass
class FakeTrunk:
    """A PBX that does what it is asked, and keeps what that was."""

    up: bool = True
    moved: list[MovePeople] = field(default_factory=list)
    answer: Outcome = field(default_factory=Outcome)
    paused: list[tuple[str, bool, str]] = field(default_factory=list)
    pause_answer: str | None = None

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        return None

    async def move(self, effect: MovePeople) -> Outcome:
        self.moved.append(effect)
        return self.answer

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        self.paused.append((agent, paused, reason))
        return self.pause_answer


@dataclass
class Whole:
    """One gateway. `asides` and `reports` outlive it, as store and broker do."""

    store: Store = field(default_factory=MemoryStore)
    broker: Broker = field(default_factory=FakeBroker)
    clock: Clock = field(default_factory=ManualClock)
    asides: MemoryAsides = field(default_factory=MemoryAsides)
    trunk: Any = field(default_factory=FakeTrunk)
    """What the PBX is asked through: a FakeTrunk, or the caller's script."""
    orders: OrderSources | None = None
    reports: MemoryReportAsides = field(default_factory=MemoryReportAsides)
    ack_within_s: float | None = None
    dispatch_key: str | None = None
    directory: Path = Path("no directory")
    calendar: Path | None = None
    plans: Path | None = None
    call_back_within: timedelta | None = None
    sender: FakeTextSender | None = None
    sent: MemoryTexts = field(default_factory=MemoryTexts)
    code_words: tuple[str, ...] = ()
    past: Past | None = None
    engine: Callable[[], Any] = NoRules
    """What judges calls; without rules every verdict is unsure."""
    share: ShareSources | None = None
    text_within_s: float = 180.0
    text_keys: dict[str, str] = field(default_factory=dict)
    listener: Any = None
    together: TogetherSettings | None = None
    house: House = field(init=False)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relay = Relay(self.store, self.broker, self.clock)
        packs = PackSources(library=MemoryPacks(), folder=dict, build=lambda sources: self.engine())
        self.house = House(
            store=self.store, relay=self.relay, listener=self.listener, clock=self.clock, site=SITE,
            rules=WorkshopSources(packs=packs, material=MemoryMaterial(), notes=MemoryShadow()),
            zone=ZoneInfo("Asia/Shanghai"), version="test", directory=self.directory,
            calendar=self.calendar, plans=self.plans,
            call_back_within=self.call_back_within, together=self.together, past=self.past,
            code_words=self.code_words,
            texts=TextSources(sender=self.sender, sent=self.sent, broker=self.broker), share=self.share,
            orders=self.orders or OrderSources(asides=self.asides),
            threads=ThreadSources(
                within_s=self.text_within_s, asides=self.asides, keys=self.text_keys
            ),
            dispatch=DispatchSources(
                asides=self.reports, ack_within_s=self.ack_within_s, key=self.dispatch_key
            ),
        )  # fmt: skip
        self.house.workshop.packs.running = Running(self.engine(), "")
        self.house.add_pbx(PBX, self.trunk, None)  # type: ignore[arg-type]

    async def start(self) -> None:
        """As `gateway.app` does: memory, then what is owed, then what runs for ever."""
        house = self.house
        await house.directory.look()
        await house.plans.look()
        await house.load()
        takers = {
            "orders": house.orders.heard, "dispatch": house.dispatch.heard, "texts": house.threads.heard,
            "text-reports": house.texting.heard,
        }  # fmt: skip
        inbox = Inbox(self.broker, SITE, takers)
        await inbox.open()
        parts: tuple[Callable[[], Awaitable[None]], ...] = (
            house.intake.run, self.relay.run, house.timers.watch, lambda: inbox.run("orders"),
            lambda: inbox.run("dispatch"), lambda: inbox.run("texts"),
            lambda: inbox.run("text-reports"), house.dispatch.watch,
            *house.together.parts.values(),
        )  # fmt: skip
        self.tasks = [asyncio.ensure_future(part()) for part in parts]
        house.owe()
        await self.settle()

    async def give(self, *signals: Any) -> None:
        """Signals as adapters bring them; returns when they are committed."""
        for signal in signals:
            await self.house.intake.settled(signal)

    async def ask(self, request: Request) -> Answer:
        return await self.house.intake.submit(request)

    async def pass_time(self, seconds: float) -> None:
        assert isinstance(self.clock, ManualClock)
        await self.clock.advance(seconds)

    async def settle(self) -> None:
        if isinstance(self.clock, ManualClock):
            await self.clock.settle()

    async def crash(self) -> None:
        """Everything stops where it is; nothing says goodbye."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.house.performer.close()

    def events(self, noun: str) -> list[dict[str, Any]]:
        """The data of every event of this kind that the broker (a fake one) has, in order; one that was sent
        twice counts once, as its receivers must take it."""
        assert isinstance(self.broker, FakeBroker)
        found = [json.loads(m.payload) for m in self.broker.messages if f"/events/{noun}." in m.topic]
        return [event["data"] for event in {event["id"]: event for event in found}.values()]
