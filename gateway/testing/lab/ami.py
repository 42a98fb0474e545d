"""A tiny AMI client, not the product's link: it drives the city and looks into the PBX."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import count

ACTION_SECONDS = 10.0
"""An action that is not answered by then raises TimeoutError."""
KEPT_EVENTS = 20_000
"""Events remembered for `wait`; older ones are forgotten."""

Event = Mapping[str, str]


class LabAmi:
    """Connected and logged in; remembers events so that a waiter cannot miss what came before it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Condition()
        self._answers: dict[str, asyncio.Future[Event]] = {}
        self._ids = count(1)
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, port: int, username: str, secret: str) -> None:
        """Log in; raises PermissionError when refused."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        await reader.readline()
        self._reading = asyncio.create_task(self._read(reader))
        answer = await self.action("Login", Username=username, Secret=secret)
        if answer.get("Response") != "Success":
            raise PermissionError(f"AMI refused {username}: {answer.get('Message')}")

    async def close(self) -> None:
        """Hang up; final."""
        if self._writer:
            self._writer.close()
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def action(self, name: str, *, variables: Sequence[str] = (), **fields: str) -> Event:
        """Send an action and give its first answer; RuntimeError when it is refused."""
        if self._writer is None:
            raise ConnectionError("not connected")
        action_id = f"lab-{next(self._ids)}"
        lines = [f"Action: {name}", f"ActionID: {action_id}"]
        lines += [f"{key}: {value}" for key, value in fields.items()]
        lines += [f"Variable: {variable}" for variable in variables]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a line break in an AMI value")
        future = self._answers[action_id] = asyncio.get_running_loop().create_future()
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            async with asyncio.timeout(ACTION_SECONDS):
                answer: Event = await future
        finally:
            del self._answers[action_id]
        if answer.get("Response") == "Error" and name != "Login":
            raise RuntimeError(f"AMI refused {name}: {answer.get('Message')}")
        return answer

    async def wait(self, wanted: Callable[[Event], bool], *, seconds: float = 30.0) -> Event:
        """The first event, past or to come, that is wanted; TimeoutError when none comes."""
        async with asyncio.timeout(seconds), self._changed:
            seen = 0
            while True:
                for event in self.events[seen:]:
                    if wanted(event):
                        return event
                seen = len(self.events)
                await self._changed.wait()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        message: dict[str, str] = {}
        while line := await reader.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                name, _, value = text.partition(":")
                message.setdefault(name.strip(), value.strip())
                continue
            if message:
                await self._take(message)
            message = {}
        for future in self._answers.values():
            if not future.done():
                future.set_exception(ConnectionError("the AMI connection ended"))

    async def _take(self, message: Event) -> None:
        future = self._answers.get(message.get("ActionID", ""))
        if "Response" in message and future and not future.done():
            future.set_result(message)
            return
        async with self._changed:
            self.events.append(message)
            del self.events[:-KEPT_EVENTS]
            self._changed.notify_all()
