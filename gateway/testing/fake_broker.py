"""A broker in memory that keeps the `Broker` contract and can misbehave on request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway.ports import BrokerRefused, BrokerUnavailable, Message

Handler = Callable[[Message], Awaitable[None]]


class FakeBroker:
    """Records what arrives in `messages` (in order) and what is retained in `retained`."""

    def __init__(self, *, connected: bool = True, on_connected: Callable[[], None] = lambda: None) -> None:
        self.messages: list[Message] = []
        self.retained: dict[str, Message] = {}
        self.on_connected = on_connected
        self._connected = connected
        self._refusing: dict[str, tuple[str, int]] = {}
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._changed = asyncio.Condition()
        self._waiting: list[asyncio.Future[None]] = []
        self._handlers: list[tuple[str, Handler]] = []

    @property
    def connected(self) -> bool:
        return self._connected

    async def publish(self, message: Message) -> None:
        if not self._connected:
            raise BrokerUnavailable("the broker is not connected")
        await self._unless_dropped()
        self._refuse(message.topic)
        self.messages.append(message)
        if message.retain:
            self._retain(message)
        for topic_filter, handler in self._handlers:
            if matches(topic_filter, message.topic):
                await handler(message)
        async with self._changed:
            self._changed.notify_all()

    async def subscribe(self, topic_filter: str, handler: Handler) -> None:
        self._handlers.append((topic_filter, handler))
        for message in [kept for topic, kept in self.retained.items() if matches(topic_filter, topic)]:
            await handler(message)

    # ---- what a test does to it

    def connect(self) -> None:
        self._connected = True
        self.on_connected()

    def drop(self) -> None:
        """The link breaks: whatever waits for its acknowledgement fails."""
        self._connected = False
        self._thawed.set()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(BrokerUnavailable("the link was lost"))
        self._waiting.clear()

    def freeze(self) -> None:
        """No acknowledgement comes any more, and no error either."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    def refuse(self, topic_part: str, *, times: int = 1_000_000, reason: str = "Not authorized") -> None:
        """Refuse messages whose topic contains `topic_part`, `times` times."""
        self._refusing[topic_part] = (reason, times)

    async def received(self, count: int) -> list[Message]:
        """Wait until at least `count` messages have arrived."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.messages) >= count)
        return list(self.messages)

    # ---- inside

    async def _unless_dropped(self) -> None:
        """Wait as long as the broker is frozen; fails when the link is dropped meanwhile."""
        if self._thawed.is_set():
            await asyncio.sleep(0)
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _refuse(self, topic: str) -> None:
        for part, (reason, times) in self._refusing.items():
            if part in topic and times > 0:
                self._refusing[part] = (reason, times - 1)
                raise BrokerRefused(reason)

    def _retain(self, message: Message) -> None:
        if message.payload:
            self.retained[message.topic] = message
        else:
            self.retained.pop(message.topic, None)


def matches(topic_filter: str, topic: str) -> bool:
    """MQTT 5, 4.7: `+` stands for one level, `#` at the end for any number."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(given) or level not in ("+", given[index]):
            return False
    return len(wanted) == len(given)
