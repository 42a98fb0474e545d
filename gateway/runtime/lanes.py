"""The one inbox and its three lanes: people first, then the PBX, then our own adapters."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """Bounded on every lane, and each limit has its own meaning.

    people (`people_limit`): full means the page is told Busy. PBX (`pbx_limit`): its feed waits, and the
    link behind it
    keeps 10,000 messages more before it is marked unconfirmed; its reader never waits. adapters
    (`adapter_limit`): they
    wait, on their own spool.
    """

    def __init__(
        self, *, people_limit: int = 1_000, pbx_limit: int = 2_000, adapter_limit: int = 2_000
    ) -> None:
        self._people: deque[T] = deque()
        self._pbx: deque[T] = deque()
        self._adapters: deque[T] = deque()
        self._people_limit, self._pbx_limit, self._adapter_limit = people_limit, pbx_limit, adapter_limit
        self._closed = False
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def offer_people(self, item: T) -> bool:
        """False when the lane is full."""
        if len(self._people) >= self._people_limit:
            return False
        self._add(self._people, item)
        return True

    async def put_pbx(self, item: T) -> None:
        """Waits while the lane is full."""
        await self._put(self._pbx, item, self._pbx_limit)

    async def put_adapter(self, item: T) -> None:
        """Waits while the lane is full."""
        await self._put(self._adapters, item, self._adapter_limit)

    def close(self) -> None:
        """Nothing more is to come: `take` gives what waits, then nothing."""
        self._closed = True
        self._something.set()

    async def take(self, limit: int) -> list[T]:
        """At least one item, at most `limit`, in the order of the lanes; none when closed and empty."""
        await self._something.wait()
        taken: list[T] = []
        for lane in (self._people, self._pbx, self._adapters):
            while lane and len(taken) < limit:
                taken.append(lane.popleft())
        if not self.waiting and not self._closed:
            self._something.clear()
        self._room.set()
        return taken

    @property
    def waiting(self) -> int:
        return len(self._people) + len(self._pbx) + len(self._adapters)

    async def _put(self, lane: deque[T], item: T, limit: int) -> None:
        while len(lane) >= limit:
            self._room.clear()
            await self._room.wait()
        self._add(lane, item)

    def _add(self, lane: deque[T], item: T) -> None:
        lane.append(item)
        self._something.set()
