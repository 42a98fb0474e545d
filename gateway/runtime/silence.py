"""A call that stays silent brings no new text, so nothing would judge it again: this says when it is time.

Rules with a condition on `silent_ms` speak then, at the latest of these times that they ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gateway.calls.findings import SILENCE
from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import TimerFired
from gateway.clock import Clock
from gateway.runtime.book import Book

LOOK_EVERY_S = 1.0
"""How often calls are looked through."""
JUDGED_AFTER_MS = (8_000, 15_000, 30_000, 60_000, 120_000)
"""Lengths of silence after which a call is judged again; a silence that lasts longer says nothing new."""


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as silence needs it."""

    @property
    def book(self) -> Book: ...

    async def offer(self, signal: object) -> None: ...


class Silence:
    """`silent_ms`: how long the caller of a call has said nothing, None when nobody knows."""

    def __init__(self, *, loop: Loop, clock: Clock, silent_ms: Callable[[CallSession], int | None]) -> None:
        self._loop, self._clock, self._silent_ms = loop, clock, silent_ms
        self._told: dict[str, int] = {}
        """Of each call, how many of JUDGED_AFTER_MS its present silence has passed."""

    async def watch(self) -> None:
        """For ever: say of each call that it is to be judged again."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Once. After a restart a silence may be told again: it is judged once more, and nothing changes."""
        sessions: list[CallSession] = [live.state for live in self._loop.book.of_kind("call").values()]
        told: dict[str, int] = {}
        for session in sessions:
            if session.state is CallState.ENDED or (silent := self._silent_ms(session)) is None:
                continue
            told[session.call_id] = passed = sum(silent >= length for length in JUDGED_AFTER_MS)
            if passed > self._told.get(session.call_id, 0):
                await self._loop.offer(
                    TimerFired(call_id=session.call_id, at=self._clock.now(), name=SILENCE)
                )
        self._told = told
