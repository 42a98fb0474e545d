"""The one interpreter of effects: performs what is owed and brings the outcome back as signals.

An effect is performed when it becomes owed, and again by the sweep while it stays owed (restorable effects may be
performed at will). The same effect never runs twice at once. An effect without a handler is a fault of the program.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog

from gateway.calls.effects import Effect
from gateway.clock import Clock
from gateway.runtime.supervise import Tasks, attempt

log = structlog.get_logger(__name__)

Handler = Callable[[Any], Awaitable[Iterable[Any]]]
"""Takes the effect, returns the signals that tell how it went; failure is a signal, not an exception."""

SWEEP_S = 10.0
"""How often everything owed is looked through: what failed without an answer is tried again this late at most."""
AT_ONCE = 256
"""Effects under way together; more wait their turn."""


class UnknownEffect(Exception):
    """An effect is owed that nobody knows how to perform: a handler is missing in app.py."""


class Performer:
    """`failures` says, by effect, what signal a handler's exception becomes; without one the sweep tries again."""

    def __init__(
        self, handlers: Mapping[type[Effect], Handler], offer: Callable[[Any], Awaitable[None]], clock: Clock,
        failures: Mapping[type[Effect], Callable[[Any, Exception], Iterable[Any]]] | None = None,
    ) -> None:  # fmt: skip
        self._handlers = handlers
        self._failures = failures or {}
        self._offer = offer
        self._clock = clock
        self._running: set[Effect] = set()
        self._tasks = Tasks(limit=AT_ONCE)

    def perform(self, effects: Iterable[Effect]) -> None:
        """Start what is not already running; returns at once."""
        for effect in effects:
            if type(effect) not in self._handlers:
                raise UnknownEffect(f"nobody performs {type(effect).__name__}: add its handler in app.py")
            if effect not in self._running:
                self._running.add(effect)
                self._tasks.start(type(effect).__name__, self._one(effect))

    async def sweep(self, owed: Callable[[], Iterable[Effect]]) -> None:
        """For ever: perform again what is still owed."""
        while True:
            await self._clock.sleep(SWEEP_S)
            self.perform(owed())

    async def _one(self, effect: Effect) -> None:
        try:
            outcome = await attempt(self._handlers[type(effect)](effect))
            if isinstance(outcome, Exception):
                on_failure = self._failures.get(type(effect))
                outcome = on_failure(effect, outcome) if on_failure else ()
            for signal in outcome:
                await self._offer(signal)
        finally:
            self._running.discard(effect)

    @property
    def running(self) -> int:
        return len(self._running)

    async def close(self) -> None:
        await self._tasks.close()
