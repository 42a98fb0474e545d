"""The loop: takes signals from the lanes, reduces them, commits once, then performs, publishes and
answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import structlog

from gateway.calls.effects import Effect, SetTimer
from gateway.calls.model import CallSession, CallState
from gateway.clock import Clock
from gateway.desk.card import CardValue
from gateway.journal.codec import Codec, decode, from_text
from gateway.ports import AttemptRow, Commit, FencedOut, Head, Store, StoreUnavailable
from gateway.runtime.answers import Accepted, Answer, Busy, Refused, Request
from gateway.runtime.book import Address, Book, Change, Live, Machine
from gateway.runtime.draft import Draft, Encode, NotLoaded
from gateway.runtime.lanes import Lanes
from gateway.speech.model import Reading, TranscriptSegment

log = structlog.get_logger(__name__)

T = TypeVar("T")

GROUP_LIMIT = 512
"""Signals in one commit at most; the rest waits for the next one."""
ANSWER_WITHIN_S = 10.0
"""A person waits no longer for a commit that does not come: told "not saved yet", and the request stays in
the batch."""
ANSWERS_REMEMBERED = 1_000
"""Answers kept in memory beside the store; a question that began before so many others were answered would be
asked anew, which takes longer than any store may."""
RETRY_FIRST_S, RETRY_LONGEST_S = 0.1, 5.0
"""Pauses between tries of a commit that failed; the batch is kept and tried until it is saved."""


class UnknownSignal(TypeError):
    """A signal is offered that belongs to no aggregate of this loop: give the loop its machine."""


class Intake:
    """Owns the book and the head. Everything that happens goes through here, one group after another."""

    def __init__(
        self, *, store: Store, clock: Clock, machines: Sequence[Machine], encode: Encode, codec: Codec,
        salt: Callable[[], bytes], lanes: Lanes[Any] | None = None,
    ) -> None:  # fmt: skip
        self.book = Book()
        self.lanes: Lanes[Any] = lanes or Lanes()
        self.saving = True
        """False while commits fail: pages say "not saved"."""
        self.on_committed: Callable[[Sequence[Change], Commit], None] = lambda changes, commit: None
        self.on_owed: Callable[[Iterable[Effect]], None] = lambda effects: None
        self.on_saving: Callable[[bool], None] = lambda ok: None
        self._store, self._clock, self._encode, self._codec, self._salt = store, clock, encode, codec, salt
        self._machines = {machine.kind: machine for machine in machines}
        self._head: Head | None = None
        self._waiting: dict[str, list[asyncio.Future[Answer]]] = {}
        self._answered: dict[str, Answer] = {}
        self._settled: dict[int, asyncio.Future[None]] = {}

    # ---- in

    async def offer_pbx(self, signal: Any) -> None:
        """From a PBX feed; waits while its lane is full, which the link behind it notices."""
        await self.lanes.put_pbx(signal)

    async def offer(self, signal: Any) -> None:
        """From our own adapters; waits while their lane is full."""
        await self.lanes.put_adapter(signal)

    async def settled(self, signal: Any) -> None:
        """Like `offer`, and returns when the signal's group is committed: its sender may then forget it."""
        future = self._settled.setdefault(id(signal), asyncio.get_running_loop().create_future())
        await self.lanes.put_adapter(signal)
        await future

    async def submit(self, request: Request) -> Answer:
        """A person's request. The same request_id gets the same answer, however often it is sent."""
        known = await self._answered_before(request.request_id) or self._answered.get(request.request_id)
        if known is not None:
            return known
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(request.request_id, [])
        if not waiting and not self.lanes.offer_people(request):
            del self._waiting[request.request_id]
            return Busy()
        waiting.append(future)
        try:
            return await asyncio.wait_for(future, ANSWER_WITHIN_S)
        except TimeoutError:
            return Refused(
                code="not_saved", text="not saved yet: it is tried again; look before you press again"
            )

    def _remember(self, request_id: str, answer: Answer) -> None:
        """For who asked the store a moment before this answer was committed there."""
        self._answered[request_id] = answer
        while len(self._answered) > ANSWERS_REMEMBERED:
            del self._answered[next(iter(self._answered))]

    async def _answered_before(self, request_id: str) -> Answer | None:
        try:
            row = await self._store.answer(request_id)
        except StoreUnavailable:
            return None
        if row is None:
            return None
        if row.outcome == "accepted":
            return Accepted(rev=row.rev or 0)
        return Refused(code=row.code or "refused", text=row.text or "")

    # ---- the loop

    async def load(self) -> None:
        """Put the open aggregates into memory, as they were committed last."""
        self._head = await self._store.head()
        for row in await self._store.open_aggregates():
            live = await self._restored(row.kind, row.key, row.state)
            self.book.put((row.kind, row.key), live)

    async def head(self) -> Head:
        """Where journal and outbox end; after a start, where the gateway before this one left them."""
        if self._head is None:
            self._head = await self._store.head()
        return self._head

    def owed(self) -> frozenset[Effect]:
        """All that the world owes the open aggregates: performed after a restart, and looked through by the
        sweep. Timers are not: they lie in the store."""
        return frozenset(
            effect
            for (kind, _), live in self.book.items()
            for effect in self._machines[kind].owed(live.state)
            if not isinstance(effect, SetTimer)
        )

    async def run(self) -> None:
        """One group after another, until the lanes are closed and empty. What arrives during a commit makes
        the next
        group: nobody waits for a timer.
        """
        while group := await self.lanes.take(GROUP_LIMIT):
            await self._process(group)

    async def drain(self) -> None:
        """Everything that waits now, for a clean stop and for tests."""
        while self.lanes.waiting:
            await self._process(await self.lanes.take(GROUP_LIMIT))

    async def _process(self, group: Sequence[Any]) -> None:
        """The commit is made once and tried until it is saved: one whose answer was lost is known by its
        rows."""
        draft = await self._until_saved(lambda: self._draft(group))
        commit = draft.commit()
        if commit.journal or commit.answers:
            await self._until_saved(lambda: self._store.commit(commit))
        self._tell_saving(True)
        self._settle(draft, commit)
        for signal in group:
            if (future := self._settled.pop(id(signal), None)) is not None and not future.done():
                future.set_result(None)
        await self._clock.sleep(0)  # what is committed leaves before the next group is worked on

    async def _until_saved(self, work: Callable[[], Awaitable[T]]) -> T:
        pause = RETRY_FIRST_S
        while True:
            try:
                return await work()
            except FencedOut:
                raise
            except StoreUnavailable as error:
                self._tell_saving(False)
                log.error(
                    "the store does not answer; the batch is kept and tried again",
                    error=str(error),
                    pause_s=pause,
                )
                await self._clock.sleep(pause)
                pause = min(RETRY_LONGEST_S, pause * 2)

    async def _draft(self, group: Sequence[Any]) -> Draft:
        """Drafted anew whenever one of the group tells something to an aggregate that is not in memory."""
        loaded, absent = dict(await self._closed_ones(group)), frozenset[Address]()
        while True:
            draft = Draft(
                book=self.book, head=await self.head(), machine_of=self.machine_of, machines=self._machines,
                encode=self._encode, codec=self._codec, salt=self._salt, now=self._clock.now(),
                loaded=loaded, absent=absent,
            )  # fmt: skip
            try:
                for signal in group:
                    draft.take(signal)
                return draft
            except NotLoaded as missing:
                if (row := await self._store.aggregate(*missing.address)) is None:
                    absent |= {missing.address}
                else:
                    loaded[missing.address] = await self._restored(row.kind, row.key, row.state)

    def _settle(self, draft: Draft, commit: Commit) -> None:
        """The commit stands: memory, effects, pages, relay and people follow it."""
        owed = draft.owed_newly()
        for address, live in draft.overlay.items():
            self.book.put(address, live, closed=self._machines[address[0]].closed(live.state))
        head = draft.head
        if commit.journal:
            head = replace(head, journal_seq=commit.journal[-1].seq, journal_hash=commit.journal[-1].hash)
        if commit.outbox:
            head = replace(head, site_seq=commit.outbox[-1].site_seq)
        self._head = head
        if draft.changes:
            self.on_committed(draft.changes, commit)
        if owed:
            self.on_owed(owed)
        for request, answer in draft.answers.values():
            self._remember(request.request_id, answer)
            for future in self._waiting.pop(request.request_id, ()):
                if not future.done():
                    future.set_result(answer)

    async def first_time(self, effect: Effect) -> bool:
        """Writes down that an effect that moves people is about to be sent; False when it was before,
        perhaps by a
        gateway that died of it.
        """
        key = f"{type(effect).__name__}/{sha256(repr(effect).encode()).hexdigest()}"
        if await self._store.attempts(key):
            return False
        attempt = AttemptRow(key=key, effect=repr(effect), at=self._clock.now())
        await self._store.commit(Commit(attempts=(attempt,)))
        return True

    # ---- what a PBX feed asks after a gap

    def open(self, pbx: str) -> Sequence[CallSession]:
        """Calls of one PBX that have not ended."""
        states = (live.state for live in self.book.of_kind("call").values())
        return [state for state in states if state.pbx == pbx and state.state is not CallState.ENDED]

    async def known(self, pbx: str, since: datetime) -> frozenset[str]:
        return await self._store.call_ids(pbx, since) | frozenset(self.book.of_kind("call"))

    async def last_seen(self, pbx: str) -> datetime | None:
        for hall in self.book.of_kind("hall").values():
            if (since := hall.state.blind_since(pbx)) is not None:
                return since  # type: ignore[no-any-return]
        return (await self._store.head()).at

    @property
    def journal_seq(self) -> int:
        """Rows of the journal so far."""
        return self._head.journal_seq if self._head else 0

    def machine_of(self, signal: Any) -> Machine:
        for machine in self._machines.values():
            if isinstance(signal, machine.signals):
                return machine
        raise UnknownSignal(f"no kind of aggregate takes {type(signal).__name__}")

    def _tell_saving(self, ok: bool) -> None:
        if ok != self.saving:
            self.saving = ok
            self.on_saving(ok)

    # ---- out of the store

    async def call(self, call_id: str) -> CallSession | None:
        """A call as it is now, open or closed; None: nobody knows it."""
        if (live := self.book.get(("call", call_id))) is not None:
            state: CallSession = live.state
            return state
        row = await self._store.aggregate("call", call_id)
        return None if row is None else decode(CallSession, from_text(row.state))

    async def _closed_ones(self, group: Sequence[Any]) -> Mapping[Address, Live]:
        """Aggregates that the group names and memory does not hold: closed calls with late news, or new
        ones."""
        loaded: dict[Address, Live] = {}
        first: dict[Address, Any] = {}
        for signal in group:
            machine = self.machine_of(signal)
            first.setdefault((machine.kind, machine.key(signal)), signal)
        for address, signal in first.items():
            fresh = self._machines[address[0]].begins(signal) and not self.book.let_go(address)
            if fresh or self.book.get(address) is not None:
                continue
            if (row := await self._store.aggregate(*address)) is not None:
                loaded[address] = await self._restored(row.kind, row.key, row.state)
        return loaded

    async def _restored(self, kind: str, key: str, state: str) -> Live:
        machine = self._machines[kind]
        live = Live(state=decode(machine.state_type, from_text(state)))
        if kind != "call":
            return live
        fields = await self._store.card_fields(key)
        said = [row for row in await self._store.segments(key) if row.reading == Reading.LIVE]
        return replace(
            live, card={row.name: decode(tuple[CardValue, ...], from_text(row.payload)) for row in fields},
            last=decode(TranscriptSegment, from_text(said[-1].payload)) if said else None,
        )  # fmt: skip
