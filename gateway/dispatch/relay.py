"""Carries committed events from the outbox to the broker: in site order, each until it is acknowledged.

Usually a row never touches the database again before it is sent: the loop hands over fresh rows after the
commit. After a start, a lost link or an overflow the relay is `behind` and reads the outbox instead, until it
has caught up. At least once: what was sent but not acknowledged is sent again under the same event id.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.clock import Clock
from gateway.dispatch.encode import ENDED_CARD_EXPIRY_S
from gateway.dispatch.retained import Retained
from gateway.ports import (
    Broker,
    BrokerRefused,
    BrokerUnavailable,
    Message,
    OutboxRow,
    Store,
    StoreUnavailable,
)

log = structlog.get_logger(__name__)

WINDOW = 100
"""Messages under way at once. Full: the next waits for the oldest acknowledgement."""
IN_HAND = 10_000
"""Fresh rows kept in memory. More: they are dropped here and read from the outbox in their turn."""
MARK_EVERY_S = 0.05
"""Acknowledged rows are marked in the store together, this often; a crash in between sends them twice."""
MARK_AT_ONCE = 500
REFUSALS = 3
"""A message refused this often is parked and reported; the rest goes on."""
AGAIN_S = 0.5
"""Pause before a refused message, or one of a link that failed and is up again, is tried once more."""
STORE_AGAIN_S = 1.0
SWEEP_S = 10.0
PARTIALS = 100
"""Unfinished texts under way at once. More: dropped, the next one says more anyway."""


@dataclass(slots=True)
class _Sent:
    """A message under way. `row` None: a retained state."""

    message: Message
    row: OutboxRow | None
    arrival: asyncio.Future[None]


class Relay:
    """Give it every commit's rows (`offer`), every changed state (`show`), every unfinished text (`tell`)."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        clock: Clock,
        *,
        window: int = WINDOW,
        in_hand: int = IN_HAND,
        on_parked: Callable[[OutboxRow, str], None] = lambda row, reason: None,
    ) -> None:
        self._store, self._broker, self._clock = store, broker, clock
        self._window, self._in_hand, self._on_parked = window, in_hand, on_parked
        self._fresh: deque[OutboxRow] = deque()
        self._flight: deque[_Sent] = deque()
        self._acknowledged: list[int] = []
        self._retained = Retained()
        self._reached = 0  # highest site_seq handed to the link
        self._newest = 0  # highest site_seq known to be committed
        self._behind = True
        self._linked = False
        self._partials = 0
        self._refusals: Counter[tuple[str, OutboxRow | None]] = Counter()
        self._wake, self._to_mark, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()

    # ---- what the loop and the link call; never waits

    def offer(self, rows: Sequence[OutboxRow]) -> None:
        """Rows just committed, in order."""
        if not rows:
            return
        self._newest = rows[-1].site_seq
        if not self._linked or len(self._fresh) + len(rows) > self._in_hand:
            self._fall_behind()
        if not self._behind:
            self._fresh.extend(rows)
        self._go_on()

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None:
        """The latest state of a retained topic. It is cleared ENDED_CARD_EXPIRY_S after its call's end."""
        clear_at = None
        if ended_at is not None:
            left = ENDED_CARD_EXPIRY_S - (self._clock.now() - ended_at).total_seconds()
            if left <= 0:
                return
            clear_at = self._clock.monotonic() + left
        self._retained.show(message, clear_at)
        self._go_on()

    def tell(self, message: Message) -> None:
        """Unfinished text: now or never."""
        if not self._linked or self._partials >= PARTIALS:
            return
        self._partials += 1
        asyncio.ensure_future(self._broker.publish(message)).add_done_callback(self._told)

    def link_up(self) -> None:
        """A new connection to the broker stands: the backlog first, then every retained state."""
        self._linked = True
        self._retained.all_again()
        self._wake.set()

    @property
    def waiting(self) -> int:
        """Events committed and not yet acknowledged, as far as known without asking the store."""
        first = next((sent.row.site_seq - 1 for sent in self._flight if sent.row), self._reached)
        return max(0, self._newest - first)

    async def idle(self) -> None:
        """Wait until everything handed over has arrived and is marked."""
        await self._idle.wait()

    # ---- the work

    async def run(self) -> None:
        """For ever. May be cancelled and run again: what had not arrived is sent again."""
        self._linked = self._broker.connected
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._forward())
                parts.create_task(self._mark())
                parts.create_task(self._sweep())
        finally:
            self._linked = False
            self._give_up_flight()

    async def _forward(self) -> None:
        await self._learn_newest()
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._settle()
            if self._behind and self._linked and not self._fresh:
                await self._read_on()
            self._pump()
            self._note_idle()

    async def _learn_newest(self) -> None:
        while True:
            try:
                head = await self._store.head()
            except StoreUnavailable:
                await self._clock.sleep(STORE_AGAIN_S)
            else:
                self._newest = max(self._newest, head.site_seq)
                return

    def _go_on(self) -> None:
        """Send at once what there is room for; `_forward` does the rest."""
        self._idle.clear()
        self._pump()
        self._wake.set()

    def _pump(self) -> None:
        while self._linked and len(self._flight) < self._window:
            if self._fresh:
                row = self._fresh.popleft()
                self._reached = row.site_seq
                self._send(_message(row), row)
            elif not self._behind and (state := self._retained.take()) is not None:
                self._send(state, None)
            else:
                return

    def _send(self, message: Message, row: OutboxRow | None) -> None:
        self._flight.append(_Sent(message, row, self._publish(message)))

    def _publish(self, message: Message) -> asyncio.Future[None]:
        arrival = asyncio.ensure_future(self._broker.publish(message))
        arrival.add_done_callback(lambda _: self._wake.set())
        return arrival

    async def _read_on(self) -> None:
        """The next rows of the outbox. Fewer than asked for: caught up, unless something was committed
        meanwhile.
        """
        goal = self._newest
        try:
            rows = await self._store.outbox_pending(self._reached, self._window)
        except StoreUnavailable:
            await self._clock.sleep(STORE_AGAIN_S)
            self._wake.set()
            return
        self._fresh.extend(rows)
        if not rows:
            self._reached = max(self._reached, goal)
        if len(rows) < self._window:
            self._behind = self._newest > goal
            self._wake.set()

    async def _settle(self) -> None:
        """Take the outcome of what was sent, oldest first: nothing overtakes an unacknowledged message."""
        while self._flight and self._flight[0].arrival.done():
            sent = self._flight[0]
            error = sent.arrival.exception()
            if error is None:
                self._arrived(self._flight.popleft())
            elif isinstance(error, BrokerRefused):
                await self._refused(sent, str(error))
            elif isinstance(error, BrokerUnavailable):
                await self._lost()
            else:
                raise error

    def _arrived(self, sent: _Sent) -> None:
        if self._refusals:
            self._refusals.pop((sent.message.topic, sent.row), None)
        if sent.row is not None:
            self._acknowledged.append(sent.row.site_seq)
            self._to_mark.set()

    async def _refused(self, sent: _Sent, reason: str) -> None:
        self._refusals[sent.message.topic, sent.row] += 1
        if self._refusals[sent.message.topic, sent.row] < REFUSALS:
            await self._clock.sleep(AGAIN_S)
            sent.arrival = self._publish(sent.message)
            return
        log.error("the broker refuses a message; set aside", topic=sent.message.topic, reason=reason)
        if sent.row is not None:
            try:
                await self._store.outbox_park(sent.row.site_seq, reason)
            except StoreUnavailable:
                await self._clock.sleep(STORE_AGAIN_S)
                return
            self._on_parked(sent.row, reason)
        del self._refusals[sent.message.topic, sent.row]
        self._flight.popleft()

    async def _lost(self) -> None:
        """The link failed with messages under way: all of them go again, in order, when it is back."""
        self._give_up_flight()
        self._linked = self._broker.connected
        if self._linked:
            await self._clock.sleep(AGAIN_S)
            self._wake.set()

    def _give_up_flight(self) -> None:
        first = next((sent.row.site_seq for sent in self._flight if sent.row), None)
        for sent in self._flight:
            _forget(sent.arrival)
            if sent.row is None:
                self._retained.again(sent.message)
        self._flight.clear()
        if first is not None:
            self._reached = first - 1
        self._fall_behind()

    def _fall_behind(self) -> None:
        self._fresh.clear()
        self._behind = True

    async def _mark(self) -> None:
        while True:
            await self._to_mark.wait()
            await self._clock.sleep(MARK_EVERY_S)
            self._to_mark.clear()
            while batch := self._acknowledged[:MARK_AT_ONCE]:
                try:
                    await self._store.outbox_sent(batch)
                except StoreUnavailable:
                    await self._clock.sleep(STORE_AGAIN_S)
                else:
                    del self._acknowledged[: len(batch)]
            self._wake.set()

    async def _sweep(self) -> None:
        while True:
            await self._clock.sleep(SWEEP_S)
            if self._retained.clear_due(self._clock.monotonic()):
                self._wake.set()

    def _note_idle(self) -> None:
        if not (self._behind or self._fresh or self._flight or self._acknowledged or self._retained.waiting):
            self._idle.set()

    def _told(self, arrival: asyncio.Future[None]) -> None:
        self._partials -= 1
        _forget(arrival)


def _message(row: OutboxRow) -> Message:
    return Message(topic=row.topic, payload=row.payload, expiry_s=row.expiry_s)


def _forget(arrival: asyncio.Future[None]) -> None:
    """Its outcome no longer matters, and must not be reported as an exception that nobody looked at."""
    if not arrival.done():
        arrival.cancel()
    elif not arrival.cancelled():
        arrival.exception()
