"""The pack in shadow: asked of every call that the active pack judges, off its way, and never believed.

What it says of a call last is kept beside what the active pack says last, one row a call. It waits for nobody
and nobody waits for it: at WAITING calls the oldest is left out and counted as `left_out`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from gateway.calls.events import TriageAssessedEvent
from gateway.clock import Clock
from gateway.ports import StoreUnavailable
from gateway.runtime.book import Change
from gateway.runtime.packs import Packs, Running
from gateway.runtime.supervise import attempt
from gateway.triage.backtest import Case, Said, said

log = structlog.get_logger(__name__)

WAITING = 500
"""Calls whose verdict waits to be compared; a call is in it once, however often it is judged meanwhile."""


class Notes(Protocol):
    """Where comparisons are kept, and what was said in a call. Both may raise StoreUnavailable."""

    async def case(self, call_id: str) -> Case | None: ...

    async def keep(
        self, *, pack: str, base: str, call_id: str, at: datetime, active: Said, shadow: Said, flipped: bool
    ) -> None:
        """What active pack (`base`) and shadow (`pack`) say of one call; takes the place of an older word."""
        ...


class Shadow:
    def __init__(self, *, packs: Packs, notes: Notes, clock: Clock) -> None:
        self._packs, self._notes, self._clock = packs, notes, clock
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._something = asyncio.Event()
        self._busy = False
        self.left_out, self.failed = 0, 0
        """Calls that were not compared since the start: too many at a time, or a fault."""

    @property
    def waiting(self) -> int:
        """Calls that are still to be compared."""
        return len(self._waiting) + self._busy

    def committed(self, changes: Sequence[Change]) -> None:
        """Called after each commit; never waits."""
        if not self._packs.shadow.pack:
            return
        for change in changes:
            if any(isinstance(event, TriageAssessedEvent) for event in change.events):
                self._add(change.address[1])

    def _add(self, call_id: str) -> None:
        self._waiting[call_id] = None
        self._waiting.move_to_end(call_id)
        if len(self._waiting) > WAITING:
            self._waiting.popitem(last=False)
            self.left_out += 1
        self._something.set()

    async def run(self) -> None:
        """For ever: one call after another."""
        while True:
            await self._something.wait()
            while self._waiting:
                call_id, _ = self._waiting.popitem(last=False)
                self._busy = True
                if isinstance(await attempt(self._compare(call_id)), Exception):
                    self.failed += 1
                self._busy = False
            self._something.clear()

    async def _compare(self, call_id: str) -> None:
        shadow, active = self._packs.shadow, self._packs.running
        if not shadow.pack or not active.pack:
            return
        try:
            case = await self._notes.case(call_id)
            if case is None:
                return
            ours, theirs = await asyncio.to_thread(_both, active, shadow, case)
            await self._notes.keep(
                pack=shadow.pack, base=active.pack, call_id=call_id, at=self._clock.now(), active=ours,
                shadow=theirs, flipped=_verdict(ours) != _verdict(theirs),
            )  # fmt: skip
        except StoreUnavailable as error:
            self.left_out += 1
            log.warning("a call was not compared with the pack in shadow", reason=str(error))


def _both(active: Running, shadow: Running, case: Case) -> tuple[Said, Said]:
    """Both on the same text, the same way: a stored verdict may rest on other text."""
    return _judged(active, case), _judged(shadow, case)


def _verdict(one: Said) -> tuple[str, ...]:
    return one.alarm_class, one.nature, one.department or ""


def _judged(running: Running, case: Case) -> Said:
    rules: Any = running.rules
    return said(rules.judge([rules.scan(one) for one in case.utterances], case.context))
