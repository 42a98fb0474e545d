"""A whole gateway on fakes, and callers who ring it as a script says: for scenarios with a manual clock.

Real in it: the loop, the store (SQLite), rules and safety veto of conf/rules, incidents, floods, news for
pages. The PBX, the ears and the broker are the script: it tells what they would tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from gateway.archive.model import NotStored
from gateway.calls.effects import MovePeople, StartTap
from gateway.calls.handing import Why
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    CallSignal,
    LocationAnswered,
    PartyJoined,
    SegmentTranscribed,
    TapLive,
    TimerFired,
)
from gateway.desk.incidents.flood import Floods
from gateway.desk.incidents.model import Incident
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.ports import Message, OutboxRow
from gateway.runtime.answers import Answer, Request
from gateway.runtime.canary import CanaryPlan
from gateway.runtime.house import House
from gateway.runtime.moving import Outcome
from gateway.runtime.packs import PackSources
from gateway.runtime.shielding import TogetherSettings
from gateway.runtime.workshop import WorkshopSources
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store.packs import StoredPacks
from gateway.store.store import SqlStore, open_store
from gateway.store.together import StoredPast
from gateway.testing.clock import ManualClock
from gateway.testing.memory_workshop import MemoryMaterial, MemoryShadow
from gateway.testing.store_file import store_url
from gateway.triage.engine import Triage, read_sources

SITE, PBX = "demo", "pbx1"
RULES = Path(__file__).parents[2] / "conf" / "rules"
TURNS_AT_MOST = 200_000
"""Turns of the event loop given to work that was set off; more means that something goes in circles."""
STILL = 3
"""So often in turn nothing may be found under way."""
S = TypeVar("S", bound=CallSignal)


class NeverQuiet(AssertionError):
    """The gateway goes on working by itself without end."""


@lru_cache(maxsize=1)
def _rules() -> Triage:
    """Compiled once for all scenarios."""
    return Triage.build(read_sources(RULES))


@dataclass
class Outlet:
    """A broker that takes everything at once."""

    rows: list[OutboxRow] = field(default_factory=list)

    def offer(self, rows: Sequence[OutboxRow]) -> None:
        self.rows.extend(rows)

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None:
        return None

    def tell(self, message: Message) -> None:
        return None

    @property
    def waiting(self) -> int:
        return 0

    @property
    def parked(self) -> int:
        return 0


class ScriptedPbx:
    """Accepts every tap; whoever wants more of it makes a subclass. `taps`: accepted, not live yet;
    `named`: numbers that stand behind the others."""

    up = True

    def __init__(self) -> None:
        self.taps: list[StartTap] = []
        self.named: dict[str, datetime] = {}

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        self.taps.append(effect)
        return None

    async def name_number(self, number: str, until: datetime | None) -> str | None:
        if until is None:
            self.named.pop(number, None)
        else:
            self.named[number] = until
        return None

    async def place_canary(self, plan: CanaryPlan) -> str | None:
        return "this PBX is a script"

    async def move(self, effect: MovePeople) -> Outcome:
        return Outcome(why=Why.PBX_DOWN)

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        return None


class ScriptedEars:
    """A listener that is always there; what it hears stands in the script."""

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, within_s: float, language: str
    ) -> str | None:
        return "127.0.0.1:9092"

    async def speak(self, tap_id: str, language: str) -> None:
        return None

    async def ack(self, seq: int) -> None:
        return None


class NoRecordings:
    """The archive of a PBX that records nothing."""

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> NotStored:
        return NotStored(text="this PBX is a script", final=True)


class WholeGateway:
    """`async with WholeGateway(tmp_path) as site`: calls are made by `site.caller(...)`."""

    def __init__(self, folder: Path, settings: TogetherSettings | None = None) -> None:
        self._folder, self._settings = folder, settings
        self.clock = ManualClock()
        self.outlet = Outlet()
        self._calls = 0
        self._tasks: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> WholeGateway:
        self.url = store_url(self._folder)
        self.store: SqlStore = await open_store(self.url)
        await self._start()
        return self

    async def _start(self) -> None:
        packs = PackSources(
            library=StoredPacks(self.store.database), folder=partial(read_sources, RULES),
            build=lambda sources: _rules(),
        )  # fmt: skip
        self.house = House(
            store=self.store, relay=self.outlet, listener=cast(Any, ScriptedEars()),
            rules=WorkshopSources(packs=packs, material=MemoryMaterial(), notes=MemoryShadow()),
            clock=self.clock, site=SITE, zone=ZoneInfo("Asia/Shanghai"), version="1.0",
            together=self._settings, past=StoredPast(self.store.database),
        )  # fmt: skip
        self.pbx = ScriptedPbx()
        self.house.add_pbx(PBX, self.pbx, NoRecordings())
        await self.house.load()
        parts = {"loop": self.house.intake.run, **self.house.together.parts}
        self._tasks = [asyncio.ensure_future(part()) for part in parts.values()]
        await self.house.workshop.packs.start()
        self.house.owe()
        await self.quiet()

    async def __aexit__(self, *_: object) -> None:
        await self._stop()
        await self.store.close()

    async def _stop(self) -> None:
        await self.house.performer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def restart(self) -> None:
        """Killed and started again on the same store."""
        await self._stop()
        await self._start()

    async def quiet(self) -> None:
        """Until nothing is under way: what was set off has come to its end."""
        house, still = self.house, 0
        nobody = TimerFired(call_id=CallId("nobody"), at=self.clock.now(), name="quiet")
        for _ in range(TURNS_AT_MOST):
            if still >= STILL:
                return
            if house.performer.running or house.together.shielding.waiting or house.intake.lanes.waiting:
                still = 0
                await asyncio.sleep(0)
                continue
            while self.pbx.taps:
                tap = self.pbx.taps.pop(0)
                live = TapLive(call_id=tap.call_id, at=self.clock.now(), leg=tap.leg, tap_id=tap.tap_id)
                await house.intake.offer(live)
            await house.intake.settled(nobody)  # comes last: the lanes before it are done with
            still += 1
        raise NeverQuiet

    async def advance(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.quiet()

    def caller(self, number: str | None, *, source: str = "10.0.0.1") -> Caller:
        self._calls += 1
        return Caller(self, self._calls, number, source)

    async def ask(self, request: Request) -> Answer:
        """A person's request and its answer."""
        answer = await self.house.intake.submit(request)
        await self.quiet()
        return answer

    async def call(self, call_id: str) -> CallSession:
        found = await self.house.intake.call(call_id)
        assert found is not None
        return found

    @property
    def incidents(self) -> list[Incident]:
        """Those that are open."""
        return [live.state for live in self.house.intake.book.of_kind("incident").values()]

    @property
    def floods(self) -> Floods:
        return self.house.together.shielding.floods

    def events(self, noun: str) -> list[OutboxRow]:
        """What was published under that name."""
        return [row for row in self.outlet.rows if f"/{noun}.v" in row.topic]


class Caller:
    """One call, told as PBX and ears would tell it."""

    def __init__(self, site: WholeGateway, number: int, ani: str | None, source: str) -> None:
        self._site, self._ani, self._source = site, ani, source
        self.call_id = CallId(f"{SITE}-{PBX}-1767600000.{number}")
        self._unique, self._line = f"1767600000.{number}", f"PJSIP/trunk-{number:08x}"
        self._said = 0
        self._seized_at = site.clock.now()

    async def _tell(self, kind: type[S], **more: Any) -> None:
        await self._site.house.intake.offer_pbx(kind(call_id=self.call_id, at=self._site.clock.now(), **more))

    async def rings(self) -> Caller:
        """The line is taken, the number known, the caller waits in the queue. Returns at once."""
        self._seized_at = self._site.clock.now()
        await self._tell(
            CallSeized, site=SITE, pbx=PBX, uniqueid=self._unique, linkedid=self._unique, line=self._line,
            dialed="110",
        )  # fmt: skip
        await self._tell(
            CallerIdentified, ani=self._ani, ani_source="PAI", anonymous=self._ani is None,
            remote_address=self._source,
        )  # fmt: skip
        await self._tell(CallQueued, queue="q110")
        return self

    async def is_answered(self, desk: str = "1101") -> Caller:
        await self._tell(
            PartyJoined, role=PartyRole.CALL_TAKER, number=desk, line=f"PJSIP/{desk}-{self.call_id[-4:]}"
        )
        return self

    async def is_at(self, latitude: float, longitude: float, radius_m: float = 30.0) -> Caller:
        fix = Location(
            location_id=f"AML-{self.call_id}", source=LocationSource.AML, obtained_at=self._site.clock.now(),
            latitude=latitude, longitude=longitude, datum=Datum.WGS_84, uncertainty_m=radius_m, method="gps",
        )  # fmt: skip
        await self._tell(LocationAnswered, location=fix)
        return self

    async def says(self, *sentences: str) -> Caller:
        """Final text of the caller, and what follows from it."""
        for text in sentences:
            ms = round((self._site.clock.now() - self._seized_at) / timedelta(milliseconds=1)) + self._said
            segment = TranscriptSegment(
                index=self._said, speaker=Leg.CALLER, started_ms=ms, ended_ms=ms + 900, text=text,
                model_id="script",
            )  # fmt: skip
            self._said += 1
            await self._tell(SegmentTranscribed, segment=segment)
        await self._site.quiet()
        return self

    async def hangs_up(self) -> Caller:
        session = await self._site.house.intake.call(self.call_id)
        if session is not None and session.answered_at is None:
            await self._tell(CallAbandoned)
        await self._tell(CallEnded)
        return self

    async def session(self) -> CallSession:
        await self._site.quiet()
        return await self._site.call(self.call_id)
