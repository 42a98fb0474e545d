"""A whole gateway on fakes, and callers who ring it as a script says: for scenarios with a manual clock.

`Whole` on a real store (SQLite), with rules and safety veto of conf/rules. The PBX and the ears are the
script: it tells what they would tell.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.calls.model import CallSession
from gateway.calls.signals import TimerFired
from gateway.desk.incidents.flood import Floods
from gateway.desk.incidents.model import Incident
from gateway.ids import CallId
from gateway.runtime.answers import Answer, Request
from gateway.runtime.drill.simulator import ScriptedCaller, ScriptedEars, ScriptedPbx
from gateway.runtime.shielding import TogetherSettings
from gateway.speech.model import Leg
from gateway.store.store import SqlStore, open_store
from gateway.store.together import StoredPast
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.store_file import store_url
from gateway.testing.whole import PBX, SITE, Whole
from gateway.triage.engine import Triage, read_sources

RULES = Path(__file__).parents[2] / "conf" / "rules"
TURNS_AT_MOST = 200_000
"""Turns of the event loop given to work that was set off; more means that something goes in circles."""
STILL = 3
"""So often in turn nothing may be found under way."""


class NeverQuiet(AssertionError):
    """The gateway goes on working by itself without end."""


@lru_cache(maxsize=1)
def _rules() -> Triage:
    """Compiled once for all scenarios."""
    return Triage.build(read_sources(RULES))


class WholeGateway:
    """`async with WholeGateway(tmp_path) as site`: calls are made by `site.caller(...)`."""

    def __init__(self, folder: Path, settings: TogetherSettings | None = None) -> None:
        self._folder, self._settings = folder, settings
        self.clock = ManualClock()
        self.broker = FakeBroker()
        self._calls = 0

    async def __aenter__(self) -> WholeGateway:
        self.url = store_url(self._folder)
        self.store: SqlStore = await open_store(self.url)
        await self._start()
        return self

    async def _start(self) -> None:
        self.pbx = ScriptedPbx()
        self.whole = Whole(
            store=self.store, broker=self.broker, clock=self.clock, trunk=self.pbx, listener=ScriptedEars(),
            engine=_rules, together=self._settings, past=StoredPast(self.store.database),
        )  # fmt: skip
        self.house = self.whole.house
        await self.whole.start()
        await self.quiet()

    async def __aexit__(self, *_: object) -> None:
        await self.whole.crash()
        await self.store.close()

    async def restart(self) -> None:
        """Killed and started again on the same store."""
        await self.whole.crash()
        await self._start()

    async def quiet(self) -> None:
        """Until nothing is under way: what was set off has come to its end."""
        house, still = self.house, 0
        nobody = TimerFired(call_id=CallId("nobody"), at=self.clock.now(), name="quiet")
        for _ in range(TURNS_AT_MOST):
            if still >= STILL:
                return
            under_way = (
                house.performer.running or house.together.shielding.waiting or house.intake.lanes.waiting
            )
            if under_way or self.whole.relay.waiting:
                still = 0
                await asyncio.sleep(0)
                continue
            await self.pbx.live_taps(house.intake, self.clock)
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

    def events(self, noun: str) -> list[dict[str, Any]]:
        """The data of what was published under that name."""
        return self.whole.events(noun)


class Caller(ScriptedCaller):
    """One call; each step is told, and those that set much off return when all has come to its end."""

    def __init__(self, gateway: WholeGateway, number: int, ani: str | None, source: str) -> None:
        super().__init__(
            gateway.house.intake, gateway.clock, site=SITE, pbx=PBX, uniqueid=f"1767600000.{number}",
            line=f"PJSIP/trunk-{number:08x}", ani=ani, source=source,
        )  # fmt: skip
        self._gateway = gateway

    async def rings(self) -> Caller:
        """The line is taken, the number known, the caller waits in the queue. Returns at once."""
        await self.seizes()
        await self.is_identified()
        await self.is_queued()
        return self

    async def is_answered(self, desk: str = "1101") -> Caller:
        await self.speaks_with(desk)
        return self

    async def is_at(self, latitude: float, longitude: float, radius_m: float = 30.0) -> Caller:
        await self.is_located(latitude, longitude, radius_m, f"AML-{self.call_id}")
        return self

    async def says(self, *sentences: str) -> Caller:
        """Final text of the caller, and what follows from it."""
        for text in sentences:
            await self.is_heard(Leg.CALLER, text, duration_ms=900)
        await self._gateway.quiet()
        return self

    async def hangs_up(self) -> Caller:
        session = await self._gateway.house.intake.call(self.call_id)
        await self.leaves(answered=session is None or session.answered_at is not None)
        return self

    async def session(self) -> CallSession:
        await self._gateway.quiet()
        return await self._gateway.call(self.call_id)
