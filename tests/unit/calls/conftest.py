"""A call told in signals, one second apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.events import CallEvent
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.reducer import Step, reduce
from gateway.calls.signals import CallQueued, CallSeized, CallSignal, DeskRang, PartyJoined
from gateway.ids import CallId

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALL = CallId("city-main-pbx1-1700000000.0")
CALLER_LINE = "PJSIP/trunk-00000000"


@dataclass
class Telling:
    """Applies signals to one call; remembers what was published."""

    session: CallSession | None = None
    events: list[CallEvent] = field(default_factory=list)
    seconds: float = 0.0

    def signal(self, kind: type[CallSignal], /, **facts: Any) -> CallSignal:
        at = facts.pop("at", T0 + timedelta(seconds=self.seconds))
        return kind(call_id=facts.pop("call_id", CALL), at=at, **facts)

    def step(self, kind: type[CallSignal], /, **facts: Any) -> Step:
        step = reduce(self.session, self.signal(kind, **facts))
        self.session = step.state
        self.events += step.events
        self.seconds += 1
        return step

    def tell(self, kind: type[CallSignal], /, **facts: Any) -> CallSession:
        state = self.step(kind, **facts).state
        assert state is not None
        return state

    def seized(self) -> Telling:
        self.tell(
            CallSeized,
            site="city",
            pbx="main",
            uniqueid="pbx1-1700000000.0",
            linkedid="pbx1-1700000000.0",
            line=CALLER_LINE,
            dialed="110",
        )
        return self

    def queued(self) -> Telling:
        self.seized().tell(CallQueued, queue="q110", position=1)
        return self

    def answered(self) -> Telling:
        self.queued().tell(DeskRang, agent="1101")
        self.join("1101")
        return self

    def join(self, number: str, role: PartyRole = PartyRole.CALL_TAKER) -> CallSession:
        return self.tell(PartyJoined, role=role, number=number, line=f"PJSIP/{number}-00000001")

    def published(self, kind: type[CallEvent]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]


@pytest.fixture
def call() -> Telling:
    return Telling()


@pytest.fixture
def another_call() -> Callable[[], Telling]:
    return Telling
