"""The thread among the kinds of aggregates that the loop knows. It publishes nothing itself: its call
does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.calls.effects import Effect
from gateway.desk.threads import effects, reducer
from gateway.desk.threads.model import KIND, Thread
from gateway.desk.threads.signals import ThreadDue, ThreadSignal
from gateway.ports import Commit
from gateway.runtime.book import Change, Live, Moved


class ThreadMachine:
    """The messages of one number over one provider."""

    kind = KIND
    state_type: type = Thread
    signals: type = ThreadSignal

    def key(self, signal: ThreadSignal) -> str:
        return signal.thread

    def begins(self, signal: ThreadSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: ThreadSignal) -> Moved:
        before = live.state if live else None
        outcome = reducer.reduce(before, signal)
        if outcome.state is None or outcome.state is before:
            return Moved(after=None, tells=outcome.tells)
        return Moved(after=Live(state=outcome.state), tells=outcome.tells)

    def owed(self, state: Thread) -> frozenset[Effect]:
        return frozenset(effects.owed(state))

    def closed(self, state: Thread) -> bool:
        return reducer.closed(state)

    def rev(self, state: Thread) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        return Commit()


def wake(key: str, name: str, at: datetime) -> ThreadDue:
    """The signal of a thread's timer."""
    return ThreadDue(thread=key, at=at, name=name)
