"""Time and chance: the only file that touches the system's clock, sleeping and randomness."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from gateway.ids import uuid7

T = TypeVar("T")


class Clock(Protocol):
    """What the runtime knows of time. Tests use `gateway.testing.clock.ManualClock` and never wait."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for limits and spans."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; returns at once for nothing or less."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def new_uuid(clock: Clock) -> str:
    """A fresh UUIDv7 for things made at the edge: requests, work orders, taps."""
    return uuid7(int(clock.now().timestamp() * 1000), secrets.token_bytes(10))


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """The result of `work`; cancels it and raises TimeoutError when `clock` passes `seconds` first."""
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        alarm.cancel()
        task.cancel()
