"""What comes towards us over MQTT, `110/<site>/in/<kind>`: taken in order, beside the broker's link, which a
slow or bad message must never hold up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from gateway.dispatch import topics
from gateway.ports import Broker, Message

log = structlog.get_logger(__name__)

Take = Callable[[bytes], Awaitable[None]]

WAITING_LIMIT = 1_000
"""Messages of one kind that wait to be taken; at the limit the newest is dropped, counted and logged."""


class Inbox:
    """`kinds`: who takes the messages of each. A part that fails on one message goes on with the next."""

    def __init__(self, broker: Broker, site: str, kinds: Mapping[str, Take]) -> None:
        self._broker, self._site, self._kinds = broker, site, kinds
        self._waiting: dict[str, asyncio.Queue[bytes]] = {
            kind: asyncio.Queue(WAITING_LIMIT) for kind in kinds
        }
        self.dropped = 0

    async def open(self) -> None:
        """Ask the broker for every kind; asked again by itself after each reconnect."""
        for kind in self._kinds:
            await self._broker.subscribe(topics.inbound(self._site, kind), self._heard)

    async def _heard(self, message: Message) -> None:
        kind = message.topic.rpartition("/")[2]
        queue = self._waiting.get(kind)
        if queue is None:
            return
        try:
            queue.put_nowait(message.payload)
        except asyncio.QueueFull:
            self.dropped += 1
            log.error("inbound message dropped: too many wait", kind=kind, dropped=self.dropped)

    async def run(self, kind: str) -> None:
        """For ever: take the messages of one kind, one after the other. Raises what taking one raises: the
        supervisor starts it again, and that message is gone."""
        queue, take = self._waiting[kind], self._kinds[kind]
        while True:
            await take(await queue.get())
