"""Asks every source where a caller is: all at once, each within its own time, each answer told as it comes.

A source that hangs, raises or answers nonsense costs its own question and nothing else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.calls.effects import QueryLocation
from gateway.calls.located import (
    LocationQueryEnded,
    LocationQuerySent,
    LocationRefreshDue,
    LocationRoundEnded,
)
from gateway.calls.locating import LocationReference, QueryState
from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import CallSignal, LocationRefused
from gateway.clock import Clock, within
from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.location.model import BodyReading, LocationSource
from gateway.runtime.book import Book
from gateway.runtime.readings import signals_of
from gateway.runtime.supervise import Tasks, attempt

log = structlog.get_logger(__name__)

QUERIES_AT_ONCE = 16
"""Of one source; more wait their turn within ANSWER_WITHIN_S, then fail and say so."""
ANSWER_WITHIN_S = 20.0
"""From the wish to the answer, waiting for one's turn included. Sources end within their own, shorter limits;
this one holds those that do not."""
ROUNDS_AT_ONCE = 512
"""Calls whose sources are being asked; the rounds of further ones wait their turn."""
LOOK_EVERY_S = 1.0
"""How often calls are looked through for one whose place is to be asked for again."""

NOT_OURS = "its host is not among location.reference_hosts of gateway.toml: not fetched"
_CELL = re.compile(r"\d{3}-\d{2,3}-\d{1,8}-\d{1,12}", re.ASCII)
_STANDING = frozenset({LocationSource.ALI})
"""Sources whose knowledge does not change during a call: one that has answered is not asked by the timer."""


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as asking needs it."""

    @property
    def book(self) -> Book: ...

    async def offer(self, signal: object) -> None: ...


class Locating:
    """`refresh_every_s`: how long after a round the sources are asked again while the call lasts; 0: only
    when a person wants it. `on_source` hears of each question how it went: None, or the fault.
    """

    def __init__(
        self, *, locators: Sequence[Locator], loop: Loop, clock: Clock, refresh_every_s: float = 0.0,
        on_source: Callable[[str, str | None], None] = lambda name, fault: None,
    ) -> None:  # fmt: skip
        self._locators, self._loop, self._clock = tuple(locators), loop, clock
        self._refresh_every_s, self._on_source = refresh_every_s, on_source
        self._turns = {locator.name: asyncio.Semaphore(QUERIES_AT_ONCE) for locator in self._locators}
        self._under_way: set[tuple[str, int]] = set()
        self._tasks = Tasks(limit=ROUNDS_AT_ONCE)
        self._refreshed: dict[str, int] = {}
        """Calls of which it was said that a round is due, and after which round."""

    # ---- one round

    async def query(self, effect: QueryLocation) -> Iterable[CallSignal]:
        """The handler of QueryLocation: starts the round and returns, so that no slow source keeps what else
        is owed from being performed. Answers and the round's end are offered as they come."""
        key = (effect.call_id, effect.round)
        if key not in self._under_way:
            self._under_way.add(key)
            self._tasks.start("location round", self._round(effect))
        return ()

    async def _round(self, effect: QueryLocation) -> None:
        try:
            session = self._session(effect.call_id)
            questions = await self._questions(effect, session)
            for locator, asked, query_id in questions:
                await self._loop.offer(
                    LocationQuerySent(
                        call_id=effect.call_id, at=self._clock.now(), query_id=query_id, name=locator.name,
                        source=locator.source, round=effect.round, uri=asked.uri,
                        by=session.locating.asked_by if session else None,
                    )
                )  # fmt: skip
            for uri in effect.references:
                if not any(asked.uri == uri for _, asked, _ in questions):
                    await self._loop.offer(self._unfetched(effect, uri, NOT_OURS))
            for one in _lapsed(session, self._clock.now()):
                told = f"it expired at {one.expires_at}: not fetched any more"
                await self._loop.offer(self._unfetched(effect, one.uri, told))
            await asyncio.gather(*(self._ask(effect, *question) for question in questions))
            await self._loop.offer(
                LocationRoundEnded(call_id=effect.call_id, at=self._clock.now(), round=effect.round)
            )
        finally:
            self._under_way.discard((effect.call_id, effect.round))

    async def _questions(
        self, effect: QueryLocation, session: CallSession | None
    ) -> list[tuple[Locator, Asked, str]]:
        """Each source by number and Call-ID, and each reference by those who fetch."""
        whole = Asked(
            call_id=effect.call_id, ani=effect.ani, sip_call_id=effect.sip_call_id, cell=_cell(session)
        )
        found: list[tuple[Locator, Asked, str]] = []
        for locator in self._locators:
            first = f"{effect.call_id}/{effect.round}/{locator.name}"
            known = _known_already(locator, effect, session)
            asked = [] if known else [(whole, first)]
            asked += [
                (Asked(call_id=effect.call_id, uri=uri), f"{first}/{number}")
                for number, uri in enumerate(effect.references, 1)
            ]
            for one, query_id in asked:
                if await self._concerned(locator, one):
                    found.append((locator, one, query_id))
        return found

    async def _concerned(self, locator: Locator, asked: Asked) -> bool:
        """A source that fails already here is not asked, and its failure is told."""

        async def concerned() -> bool:
            return locator.concerns(asked)

        outcome = await attempt(concerned())
        if isinstance(outcome, Exception):
            self._on_source(locator.name, _unforeseen(locator, outcome))
            return False
        return outcome

    def _unfetched(self, effect: QueryLocation, uri: str, reason: str) -> CallSignal:
        return LocationRefused(
            call_id=effect.call_id,
            at=self._clock.now(),
            source=LocationSource.HELD.value,
            reason=reason,
            raw=uri,
        )

    async def _ask(self, effect: QueryLocation, locator: Locator, asked: Asked, query_id: str) -> None:
        """One question from its turn to its end; whatever happens, its end is told."""
        outcome = await attempt(self._answer(effect, locator, asked, query_id))
        if isinstance(outcome, Exception):
            outcome = (), QueryState.FAILED, _unforeseen(locator, outcome)
        signals, state, fault = outcome
        for signal in signals:
            await self._loop.offer(signal)
        self._on_source(locator.name, fault)
        await self._loop.offer(
            LocationQueryEnded(
                call_id=effect.call_id, at=self._clock.now(), query_id=query_id, state=state, fault=fault
            )
        )

    async def _answer(
        self, effect: QueryLocation, locator: Locator, asked: Asked, query_id: str
    ) -> tuple[Sequence[CallSignal], QueryState, str | None]:
        """What the source's answer means for the call, how asking went, and why it failed."""
        reading = await self._in_turn(locator, asked)
        if isinstance(reading, str):
            return (), QueryState.FAILED, reading
        now = self._clock.now()
        signals = signals_of(
            effect.call_id, reading, source=locator.source, at=now, obtained_at=now, datum=locator.datum,
            query_id=query_id,
        )  # fmt: skip
        return signals, *_state(reading)

    async def _in_turn(self, locator: Locator, asked: Asked) -> BodyReading | str:
        turn, begun = self._turns[locator.name], False

        async def locate() -> BodyReading:
            nonlocal begun
            async with turn:
                begun = True
                return await locator.locate(asked)

        try:
            answer: object = await within(self._clock, ANSWER_WITHIN_S, locate())
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            return f"{locator.name} gave up in the middle of its answer"
        except LocatorFailed as error:
            return str(error) or "the source failed without a word"
        except TimeoutError:
            if begun:
                return f"no answer from {locator.name} within {ANSWER_WITHIN_S:g} s"
            return (
                f"{QUERIES_AT_ONCE} questions to {locator.name} were under way for {ANSWER_WITHIN_S:g} s: "
                "this one was not asked"
            )
        if not isinstance(answer, BodyReading):
            return f"{locator.name} gave something that is no reading"
        return answer

    # ---- again

    async def refresh(self) -> None:
        """For ever: say of each call that lasts when its place is to be asked for again."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            if self._refresh_every_s > 0:
                await self._look()

    async def _look(self) -> None:
        now, every = self._clock.now(), timedelta(seconds=self._refresh_every_s)
        sessions: list[CallSession] = [live.state for live in self._loop.book.of_kind("call").values()]
        self._refreshed = {
            one.call_id: self._refreshed[one.call_id] for one in sessions if one.call_id in self._refreshed
        }
        for session in sessions:
            state = session.locating
            done = state.answered_at is not None and state.asked == state.answered
            due = done and state.answered_at is not None and now - state.answered_at >= every
            if due and self._refreshed.get(session.call_id) != state.answered and await self._again(session):
                self._refreshed[session.call_id] = state.answered
                await self._loop.offer(
                    LocationRefreshDue(call_id=session.call_id, at=now, round=state.answered)
                )

    async def _again(self, session: CallSession) -> bool:
        """Whether anybody could know more than before."""
        if session.state is CallState.ENDED:
            return False
        state = session.locating
        effect = QueryLocation(
            call_id=session.call_id, round=state.answered + 1, ani=session.ani,
            sip_call_id=session.sip_call_id,
            references=tuple(
                one.uri
                for one in state.references
                if one.expires_at is None or one.expires_at > self._clock.now()
            ),
        )  # fmt: skip
        unasked = replace(session, locating=replace(state, asked_by=None))
        return bool(await self._questions(effect, unasked))

    def _session(self, call_id: str) -> CallSession | None:
        live = self._loop.book.get(("call", call_id))
        return live.state if live else None

    async def idle(self) -> None:
        """Until every round that is under way has ended."""
        await self._tasks.idle()

    async def close(self) -> None:
        await self._tasks.close()
        await asyncio.gather(*(locator.close() for locator in self._locators), return_exceptions=True)


def _lapsed(session: CallSession | None, now: datetime) -> list[LocationReference]:
    """References that held when sources were asked last and hold no more (RFC 5985, 6.5.1): told once."""
    if session is None:
        return []
    before = session.locating.answered_at
    return [
        one
        for one in session.locating.references
        if one.expires_at is not None
        and one.expires_at <= now
        and (before is None or one.expires_at > before)
    ]


def _unforeseen(locator: Locator, error: Exception) -> str:
    return f"unforeseen {type(error).__name__} in {locator.name}: see the log"


def _state(reading: BodyReading) -> tuple[QueryState, str | None]:
    if reading.locations or reading.additional:
        return QueryState.ANSWERED, None
    if reading.faults:
        return QueryState.FAILED, f"its answer cannot be read: {reading.faults[0].what}"
    return QueryState.NOTHING, None


def _cell(session: CallSession | None) -> str | None:
    """The cell that the carrier told, of the newest fix that names one."""
    for fix in reversed(session.locations if session else ()):
        if fix.provided_by and _CELL.fullmatch(fix.provided_by):
            return fix.provided_by
    return None


def _known_already(locator: Locator, effect: QueryLocation, session: CallSession | None) -> bool:
    """A table that has answered has said all it knows; a person's wish asks it all the same."""
    if session is None or locator.source not in _STANDING or session.locating.asked_by is not None:
        return False
    answered = (QueryState.ANSWERED, QueryState.NOTHING)
    return any(
        query.name == locator.name and query.round < effect.round and query.state in answered
        for query in session.locating.queries
    )
