"""Open call-backs of the whole site: who waits for one, and that a caller who called again needs none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.calls.events import CallStateChange
from gateway.calls.model import TEST_MARK, CallSession, CallState, Medium
from gateway.calls.tasked import CallerAnswered
from gateway.clock import Clock
from gateway.runtime.book import Change
from gateway.runtime.intake import Intake
from gateway.runtime.supervise import Tasks

AT_ONCE = 64
"""Closed together; more wait their turn."""


class CallBacks:
    """Reads memory; keeps nothing itself."""

    def __init__(self, *, intake: Intake, clock: Clock) -> None:
        self._intake, self._clock = intake, clock
        self._tasks = Tasks(limit=AT_ONCE)

    def waiting(self) -> list[CallSession]:
        """Calls with an open task, the oldest first."""
        open_ = [call for call in self._calls() if call.task is not None and call.task.open]
        return sorted(open_, key=_age)

    def committed(self, changes: Sequence[Change]) -> None:
        """After each commit: a caller who is spoken with now leaves no older task open. Where the gateway
        dies before this is committed, `recover` finds it while the call lasts; else the task stays open."""
        for change in changes:
            if any(isinstance(e, CallStateChange) and e.state is CallState.ANSWERED for e in change.events):
                self._merge(change.after.state)

    async def close(self) -> None:
        await self._tasks.close()

    def recover(self) -> None:
        """After a start."""
        for call in self._calls():
            self._merge(call)

    def _merge(self, call: CallSession) -> None:
        spoken = call.medium is not Medium.TEXT and not call.outgoing
        if call.ani is None or call.answered_at is None or not spoken or TEST_MARK in call.marks:
            return
        for older in self.waiting():
            came_before = older.seized_at < call.answered_at and older.call_id != call.call_id
            if older.ani == call.ani and came_before:
                signal = CallerAnswered(call_id=older.call_id, at=self._clock.now(), call=call.call_id)
                self._tasks.start("a caller who was answered", self._intake.offer(signal))

    def _calls(self) -> list[CallSession]:
        return [live.state for live in self._intake.book.of_kind("call").values()]


def _age(call: CallSession) -> tuple[datetime, str]:
    return (call.task.since if call.task else call.seized_at), call.call_id
