"""The one interpreter of effects: performs what is owed and brings the outcome back as signals.

Effects that move people (`once`) are written down before they are sent and never sent a second time, also
after a
restart: then their outcome is read from the PBX by the handler of `unknown`, else it is "unknown, press
again".

An effect is performed when it becomes owed, and again by the sweep while it stays owed (restorable effects
may be
performed at will). The same effect never runs twice at once. An effect without a handler is a fault of the
program.
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
"""How often everything owed is looked through: what failed without an answer is tried again this late at
most."""
AT_ONCE = 256
"""Effects under way together; more wait their turn."""


class UnknownEffect(Exception):
    """An effect is owed that nobody knows how to perform: a handler is missing in app.py."""


class Performer:
    """`failures` says, by effect, what signal a handler's exception becomes; without one the sweep tries
    again.

    `first_time` commits that a once-effect is about to be sent, False: it was before. `unknown` then takes
    its place.
    """

    def __init__(
        self,
        handlers: Mapping[type[Effect], Handler],
        offer: Callable[[Any], Awaitable[None]],
        clock: Clock,
        failures: Mapping[type[Effect], Callable[[Any, Exception], Iterable[Any]]] | None = None,
        first_time: Callable[[Effect], Awaitable[bool]] | None = None,
        unknown: Mapping[type[Effect], Handler] | None = None,
    ) -> None:
        self._handlers = handlers
        self._failures = failures or {}
        self._first_time, self._unknown = first_time, unknown or {}
        self._offer = offer
        self._clock = clock
        self._running: set[Effect] = set()
        self._tasks = Tasks(limit=AT_ONCE)

    def perform(self, effects: Iterable[Effect]) -> None:
        """Start what is not already running; returns at once."""
        for effect in effects:
            known = type(effect) in self._handlers and (not effect.once or type(effect) in self._unknown)
            if not known:
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
            outcome = await attempt(self._performed(effect))
            if isinstance(outcome, Exception):
                on_failure = self._failures.get(type(effect))
                outcome = on_failure(effect, outcome) if on_failure else ()
            for signal in outcome:
                await self._offer(signal)
        finally:
            self._running.discard(effect)

    async def _performed(self, effect: Effect) -> Iterable[Any]:
        if effect.once and (self._first_time is None or not await self._first_time(effect)):
            return await self._unknown[type(effect)](effect)
        return await self._handlers[type(effect)](effect)

    @property
    def running(self) -> int:
        return len(self._running)

    async def close(self) -> None:
        await self._tasks.close()
