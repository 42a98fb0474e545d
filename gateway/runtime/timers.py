"""Timers lie in the store by due time: this wakes the aggregates whose time has come.

A timer goes with the commit of the signal that it brought (`SetTimer` is then owed no more). Until that
commit it is found again, also after a restart: an aggregate may be woken twice, and its reducer takes the
second waking for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from gateway.clock import Clock
from gateway.ports import Store, TimerRow

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
"""How late a timer may be."""
AT_ONCE = 200
"""Timers woken together; more wait for the next look, soonest first."""

Wake = Callable[[str, str, datetime], Any]
"""(key, name of the timer, now) to the signal that wakes an aggregate of one kind."""


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as timers need it."""

    async def settled(self, signal: object) -> None: ...


class Timers:
    """`wakes`: by kind of aggregate, the signal that its timers bring."""

    def __init__(self, *, store: Store, loop: Loop, clock: Clock, wakes: Mapping[str, Wake]) -> None:
        self._store, self._loop, self._clock, self._wakes = store, loop, clock, wakes

    async def watch(self) -> None:
        """For ever. A store that does not answer raises, and the supervisor starts this again."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: wake what is due, and return when that is committed."""
        now = self._clock.now()
        due = [row for row in await self._store.timers_due(now, AT_ONCE) if self._known(row)]
        await asyncio.gather(
            *(self._loop.settled(self._wakes[row.kind](row.key, row.name, now)) for row in due)
        )

    def _known(self, row: TimerRow) -> bool:
        if row.kind in self._wakes:
            return True
        log.error("a timer wakes nobody: no signal for its kind", kind=row.kind, key=row.key, name=row.name)
        return False
