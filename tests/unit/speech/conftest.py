"""A listener in this process, led and fed by hand; its recognizers are real processes with the fake
language."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.clock import Clock, SystemClock
from gateway.speech.control import (
    MAX_LINE_BYTES,
    TO_GATEWAY,
    Ack,
    Announce,
    Hello,
    ListenerConfig,
    Segment,
    line,
    socket_path,
)
from gateway.speech.led import Door
from gateway.speech.listener import Listener
from gateway.speech.model import Leg
from gateway.testing.fake_recognizer import MODULE


class Line:
    """The gateway's end of the control line; `until` waits for a message, those before it are kept in
    `seen`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.seen: list[Any] = []

    def say(self, message: Any) -> None:
        self.writer.write(line(message))

    async def next(self) -> Any:
        told = await self.reader.readline()
        if not told:
            raise EOFError("the listener closed the line")
        self.seen.append(TO_GATEWAY.validate_json(told))
        return self.seen[-1]

    async def until(self, kind: type, match: Callable[[Any], bool] = lambda _: True) -> Any:
        async with asyncio.timeout(20):
            while True:
                message = await self.next()
                if isinstance(message, kind) and match(message):
                    return message

    async def texts(self, count: int) -> list[str]:
        """The next `count` segments, acknowledged."""
        found: list[str] = []
        while len(found) < count:
            message = await self.until(Segment)
            found.append(message.segment.text)
            self.say(Ack(seq=message.seq))
        return found

    def close(self) -> None:
        self.writer.transport.abort()


class House:
    """One listener and what a test does to it."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        missing_model: bool = False,
        door: Door | None = None,
        **settings: Any,
    ) -> None:
        if not missing_model:
            (folder / "model").mkdir(exist_ok=True)
        self.config = ListenerConfig(
            state_dir=folder / "state",
            model=folder / "model",
            host="127.0.0.1",
            workers=1,
            engine=MODULE,
            **settings,
        )
        self.listener = Listener(self.config, clock, door=door)
        self.task = asyncio.create_task(self.listener.run())
        self.port = 0

    async def line(self) -> Line:
        """Leads the listener; returns when it hears."""
        async with asyncio.timeout(20):
            while True:
                with (
                    contextlib.suppress(FileNotFoundError, ConnectionRefusedError),
                    socket_path(self.config.state_dir) as path,
                ):
                    found = Line(*await asyncio.open_unix_connection(path, limit=MAX_LINE_BYTES))
                    break
                await asyncio.sleep(0)
        hello = await found.until(Hello, lambda h: h.port is not None or h.fault is not None)
        self.port = hello.port or 0
        return found

    async def announce(
        self, led: Line, *, leg: Leg = Leg.CALLER, call_id: str = "c1", first_index: int = 0
    ) -> UUID:
        tap_id = uuid4()
        led.say(Announce(tap_id=tap_id, call_id=call_id, leg=leg, offset_ms=0, first_index=first_index))
        return tap_id

    async def stream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def end(self) -> None:
        self.listener.stop()
        await self.task


@pytest.fixture
async def make_house(tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    houses: list[House] = []

    def make(clock: Clock | None = None, folder: Path = tmp_path, **settings: Any) -> House:
        houses.append(House(folder, clock or SystemClock(), **settings))
        return houses[-1]

    yield make
    for house in houses:
        if not house.task.done():
            await house.end()
