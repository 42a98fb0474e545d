"""The flood shield at work: arrivals and ends of calls go through the detectors, findings into the loop.

It never waits for a call and no call waits for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.calls.linked import CallSuspected
from gateway.calls.model import TEST_MARK, CallSession, CallState, Medium
from gateway.calls.together import FloodKind
from gateway.clock import Clock
from gateway.desk.card import Card
from gateway.desk.incidents.flood import Floods, FloodSeen
from gateway.desk.incidents.model import SurgeLimits
from gateway.desk.incidents.shield import Arrival, FloodLimits, Shield
from gateway.ids import CallId
from gateway.ports import StoreUnavailable
from gateway.runtime.intake import Intake

log = structlog.get_logger(__name__)

MAX_NEWS = 20_000
"""Arrivals and ends that wait for the detectors; more are not looked at (and counted in `missed`): calls
never wait for them."""
MAX_KNOWN = 6_000
"""Calls of which is remembered what the detectors have heard; of older ones nothing new comes."""
NUMBERS = (FloodKind.ONE_RING, FloodKind.SAME_NUMBER)
MAX_NAMED = 50
"""Numbers that the PBXs know as floods at once; calls of further ones are marked on the board alone."""
NAMED_FOR = timedelta(seconds=120)
"""A PBX forgets a number so long after it was named last."""
HISTORY = timedelta(days=365)
"""How far back a number's history protects it."""


class Past(Protocol):
    """What the store knows of earlier calls. Both may raise StoreUnavailable."""

    async def recent(
        self, since: datetime, limit: int, until: datetime | None = None
    ) -> Sequence[tuple[CallSession, Card]]:
        """Calls seized since then (and until then), the oldest first; of more than `limit` the newest."""
        ...

    async def protected(self, number: str, since: datetime) -> bool:
        """Whether an earlier call of the number forbids that it is ever suspected."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherSettings:
    """Thresholds, from [together] of gateway.toml. `reserved_seats`: desks that stay free for calls that are
    not suspected, while a flood lasts: advice to the hall. `rank_in_queue`: the PBX is told, too."""

    surge: SurgeLimits = field(default_factory=SurgeLimits)
    flood: FloodLimits = field(default_factory=FloodLimits)
    reserved_seats: int = 2
    rank_in_queue: bool = False


class Queue(Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as floods need it."""

    @property
    def up(self) -> bool: ...

    async def name_number(self, number: str, until: datetime | None) -> str | None:
        """Its calls stand behind the others until then; None when accepted, else why not."""
        ...


class Shielding:
    """The detectors of one site, fed from what is committed. `past` None: no number has a history."""

    def __init__(
        self, settings: TogetherSettings, *, intake: Intake, clock: Clock, site: str, past: Past | None
    ) -> None:
        self.settings = settings
        self._intake, self._clock, self._site, self._past = intake, clock, site, past
        self.shield = Shield(site, settings.flood)
        self.missed = 0
        self.queues: Mapping[str, Queue] = {}
        """The PBXs that are told which numbers stand behind the others; set by the house."""
        self._named: dict[str, datetime] = {}
        self._news: deque[tuple[str, CallSession]] = deque()
        self._something = asyncio.Event()
        self._in_hand = 0
        self._known: OrderedDict[str, set[str]] = OrderedDict()
        """Of each call, what the detectors have heard: arrived, danger, ended."""

    def remember(self, session: CallSession) -> None:
        """A call of before the start: it fills the windows, and sets nothing off by itself."""
        for what, at in self._happened(session):
            self._feed(what, session, at)

    def committed(self, session: CallSession) -> None:
        """Never waits: what the detectors must hear is set aside for `run`."""
        for what, _ in self._happened(session):
            self._put(what, session)

    def _put(self, what: str, session: CallSession) -> None:
        if len(self._news) >= MAX_NEWS:
            self.missed += 1
            return
        self._news.append((what, session))
        self._something.set()

    def _happened(self, session: CallSession) -> Iterator[tuple[str, datetime]]:
        """What of the call the detectors have not heard yet."""
        if TEST_MARK in session.marks or session.medium is Medium.MANUAL:
            return
        known = self._known.setdefault(session.call_id, set())
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        ended = session.state is CallState.ENDED
        identified = session.ani is not None or session.anonymous or session.together.source is not None
        cleared = bool(session.vetoes) or session.together.cleared is not None
        happened = (("arrived", identified or ended), ("danger", cleared), ("ended", ended))
        for what, now in happened:
            if now and what not in known:
                known.add(what)
                yield what, self._when(what, session)

    @property
    def waiting(self) -> int:
        """Arrivals and ends that the detectors have not heard yet, the one in hand too."""
        return len(self._news) + self._in_hand

    async def run(self) -> None:
        """For ever: arrivals and ends go through the detectors."""
        while True:
            await self._something.wait()
            await self.work()

    async def work(self) -> None:
        """All that waits."""
        self._something.clear()
        while self._news:
            self._in_hand = 1
            what, session = self._news.popleft()
            if session.ani and (what == "arrived") and self.shield.unasked(session.ani):
                await self._ask(session.ani)
            seen = self._feed(what, session, self._when(what, session))
            await self._tell(seen)
            if what == "arrived":
                await self._suspect([_arrival(session)])
            self._in_hand = 0

    def _when(self, what: str, session: CallSession) -> datetime:
        return session.seized_at if what == "arrived" else session.ended_at or self._clock.now()

    def _feed(self, what: str, session: CallSession, at: datetime) -> tuple[FloodSeen, ...]:
        if what == "arrived":
            return self.shield.arrived(_arrival(session))
        if what == "danger":
            return self.shield.spoke_of_danger(session.call_id, at)
        return self.shield.ended(session.call_id, at, answered=session.answered_at is not None)

    async def _ask(self, number: str) -> None:
        """Whether the number is protected. While the store does not answer it is: doubt goes to a person."""
        if self._past is None:
            self.shield.protect(number, False)
            return
        try:
            self.shield.protect(number, await self._past.protected(number, self._clock.now() - HISTORY))
        except StoreUnavailable:
            self.shield.protect(number)

    async def _tell(self, seen: Iterable[FloodSeen]) -> None:
        for flood in seen:
            log.warning(
                "calls look like a flood",
                kind=flood.kind,
                pii_key=flood.key,
                calls=flood.calls,
                over=flood.over,
            )
            await self._intake.offer(replace(flood, at=self._clock.now()))
            if not flood.over:
                await self._suspect(self.shield.waiting_calls((flood.kind, flood.key)))
        if seen:
            await self._rank()

    async def _suspect(self, arrivals: Iterable[Arrival]) -> None:
        for arrival in arrivals:
            if self.shield.suspicion(arrival) is None:
                continue
            if arrival.number and self.shield.is_protected(arrival.number) is None:
                await self._ask(arrival.number)
            if (suspicion := self.shield.suspicion(arrival)) is not None:
                now = self._clock.now()
                await self._intake.offer(
                    CallSuspected(
                        call_id=CallId(arrival.call_id), at=now, suspicion=replace(suspicion, at=now)
                    )
                )

    async def _rank(self) -> None:
        """Numbers of floods under way are named to the PBXs anew before they run out; others no more. Ranges
        are not: a protected number may be among them."""
        if not self.settings.rank_in_queue:
            return
        now = self._clock.now()
        wanted = [key for kind, key in self.shield.floods() if kind in NUMBERS][:MAX_NAMED]
        wanted = [number for number in wanted if not self.shield.is_protected(number)]
        due = [number for number in wanted if self._named.get(number, now) <= now + NAMED_FOR / 2]
        for number, until in ((n, now + NAMED_FOR) for n in due):
            await self._name(number, until)
        for number in [each for each in self._named if each not in wanted]:
            await self._name(number, None)

    async def _name(self, number: str, until: datetime | None) -> None:
        """A PBX that is down hears of it with the next look; what it was told before runs out by itself."""
        for name, queue in self.queues.items():
            refused = await queue.name_number(number, until) if queue.up else None
            if refused:
                log.warning("a PBX does not rank a number", pbx=name, pii_number=number, reason=refused)
        if until is None:
            self._named.pop(number, None)
        else:
            self._named[number] = until

    @property
    def floods(self) -> Floods:
        live = self._intake.book.get(("flood", self._site))
        return live.state if live else Floods(site=self._site)

    async def look(self) -> None:
        """Once in a while: floods that may be over, and how those that go on are."""
        await self._tell(self.shield.time_passed(self._clock.now()))
        await self._rank()


def _arrival(session: CallSession) -> Arrival:
    endpoint = session.line.partition("/")[2].rpartition("-")[0]
    return Arrival(
        call_id=session.call_id, at=session.seized_at, number=None if session.anonymous else session.ani,
        source=session.together.source, trunk=f"{session.pbx}/{endpoint}" if endpoint else None,
    )  # fmt: skip
