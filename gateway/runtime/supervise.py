"""Keeps long-lived parts running: one that fails is logged and started again, its siblings never notice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from gateway.clock import Clock

log = structlog.get_logger(__name__)

T = TypeVar("T")

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
CALM_S = 60.0
"""A part that ran this long starts again with the first pause."""


async def supervise(name: str, run: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Run `run` for ever. It may return (done) or fail (again after a pause that doubles up to
    LONGEST_PAUSE_S)."""
    pause = FIRST_PAUSE_S
    while True:
        began = clock.monotonic()
        try:
            await run()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if clock.monotonic() - began > CALM_S:
                pause = FIRST_PAUSE_S
            log.error(
                "part failed and starts again",
                part=name,
                error=repr(error),
                pause_s=round(pause, 2),
                exc_info=True,
            )
            await clock.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE_S, pause * 2)
        else:
            return


async def attempt(work: Awaitable[T]) -> T | Exception:
    """The result, or the exception as a value: for work whose failure is an answer."""
    try:
        return await work
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.error("work failed", error=repr(error), exc_info=True)
        return error


class Tasks:
    """Short-lived work in the background, kept referenced; `limit` at once, more wait their turn."""

    def __init__(self, limit: int = 256) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(limit)

    def start(self, name: str, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._guarded(name, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, name: str, work: Awaitable[None]) -> None:
        async with self._room:
            if isinstance(await attempt(work), Exception):
                log.error("background work failed", work=name)

    async def idle(self) -> None:
        """Until nothing is under way."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
