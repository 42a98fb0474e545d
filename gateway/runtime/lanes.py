"""The one inbox and its three lanes: people first, then the PBX, then our own adapters."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """Bounded on every lane, and each limit has its own meaning.

    people (`people_limit`): full means the page is told Busy. AMI (`ami_limit`): full means the PBX link is marked
    unconfirmed and takes a snapshot later; the AMI reader never waits. adapters (`adapter_limit`): they wait, on
    their own spool.
    """

    def __init__(self, *, people_limit: int = 1_000, ami_limit: int = 10_000, adapter_limit: int = 2_000) -> None:
        self._people: deque[T] = deque()
        self._ami: deque[T] = deque()
        self._adapters: deque[T] = deque()
        self._people_limit, self._ami_limit, self._adapter_limit = people_limit, ami_limit, adapter_limit
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def offer_people(self, item: T) -> bool:
        return self._offer(self._people, item, self._people_limit)

    def offer_ami(self, item: T) -> bool:
        return self._offer(self._ami, item, self._ami_limit)

    async def put_adapter(self, item: T) -> None:
        """Waits while the lane is full."""
        while len(self._adapters) >= self._adapter_limit:
            self._room.clear()
            await self._room.wait()
        self._offer(self._adapters, item, self._adapter_limit)

    async def take(self, limit: int) -> list[T]:
        """At least one item, at most `limit`, in the order of the lanes."""
        await self._something.wait()
        taken: list[T] = []
        for lane in (self._people, self._ami, self._adapters):
            while lane and len(taken) < limit:
                taken.append(lane.popleft())
        if not (self._people or self._ami or self._adapters):
            self._something.clear()
        self._room.set()
        return taken

    @property
    def waiting(self) -> int:
        return len(self._people) + len(self._ami) + len(self._adapters)

    def _offer(self, lane: deque[T], item: T, limit: int) -> bool:
        if len(lane) >= limit:
            return False
        lane.append(item)
        self._something.set()
        return True
