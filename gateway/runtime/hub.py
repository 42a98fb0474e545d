"""Live news for pages: each client has a bounded queue, and a client slower than its queue is let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One piece of news: `kind` as in the page's stream (call, card, segment, partial, assessment, veto
    …)."""

    kind: str
    call_id: str | None
    data: Mapping[str, Any]


class Subscription:
    """What one page sees. `dropped` tells that it was too slow; it then fetches everything anew."""

    def __init__(self, hub: Hub, limit: int) -> None:
        self._hub = hub
        self._queue: asyncio.Queue[Push | None] = asyncio.Queue(limit + 1)
        self._limit = limit
        self.dropped = False

    def offer(self, push: Push) -> None:
        """Take the news; at the limit the subscription ends instead of growing or waiting."""
        if self.dropped:
            return
        if self._queue.qsize() >= self._limit:
            self.dropped = True
            self.close()
            return
        self._queue.put_nowait(push)

    async def next(self, timeout_s: float | None = None) -> Push | None:
        """The next news; None when nothing came in time or the subscription has ended."""
        try:
            return await asyncio.wait_for(self._queue.get(), timeout_s)
        except TimeoutError:
            return None

    def close(self) -> None:
        self._hub.leave(self)
        if not self._queue.full():
            self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Push]:
        while (push := await self._queue.get()) is not None:
            yield push


class Hub:
    """Hands news to every subscription; never waits for one."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def subscribe(self, limit: int = 1000) -> Subscription:
        subscription = Subscription(self, limit)
        self._subscriptions.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    def publish(self, kind: str, call_id: str | None, data: Mapping[str, Any]) -> None:
        push = Push(kind=kind, call_id=call_id, data=data)
        for subscription in tuple(self._subscriptions):
            subscription.offer(push)

    @property
    def watchers(self) -> int:
        return len(self._subscriptions)
