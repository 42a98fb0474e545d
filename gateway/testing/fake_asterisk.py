"""A PBX's manager interface without the PBX: for the link's contract suite and for whoever needs scripted
events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gateway.clock import Clock, SystemClock

Header = tuple[str, str]
Message = Sequence[Header]
Answerer = Callable[[Mapping[str, str]], Iterable[Message]]
"""Gets an action's headers, gives the messages to answer with; the ActionID is added to each."""

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
MAX_INBOUND_LINE_BYTES = 1_024
"""As in Asterisk: a longer line ends the session."""

FAKE_SECRET = "secret"

LISTS = {
    "CoreShowChannels": "CoreShowChannelsComplete",
    "BridgeList": "BridgeListComplete",
    "BridgeInfo": "BridgeInfoComplete",
    "QueueStatus": "QueueStatusComplete",
    "Status": "StatusComplete",
}


def wire(message: Message) -> bytes:
    """A message as Asterisk sends it."""
    return "".join(f"{name}: {value}\r\n" for name, value in message).encode() + b"\r\n"


class FakeAsterisk:
    """Listens on a port of 127.0.0.1 that the kernel gives; `async with FakeAsterisk() as pbx: …`.

    `denied`: actions answered with "Permission denied". `silent`: read everything, say nothing (a
    half-open link). `answer_after_s`: a slow PBX, by the given clock. `lists`: the items of list answers,
    by action.
    """

    def __init__(
        self, *, username: str = "intake110", secret: str = FAKE_SECRET, clock: Clock | None = None
    ) -> None:
        self.username = username
        self.secret = secret
        self.denied: set[str] = set()
        self.silent = False
        self.answer_after_s = 0.0
        self.lists: dict[str, list[Message]] = {}
        self.received: list[Mapping[str, str]] = []
        """Every action in the order of arrival, logins and pings too."""
        self.sessions = 0
        """Connections ever taken."""
        self._clock = clock or SystemClock()
        self._answers: dict[str, Answerer] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self.host, self.port = "127.0.0.1", 0

    async def start(self) -> None:
        """Listen; after a `stop` on the same port again."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=1 << 16)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """The process is gone: no port, no connections."""
        if self._server:
            self._server.close()
        await self.drop()

    async def __aenter__(self) -> FakeAsterisk:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def script(self, action: str, answer: Answerer) -> None:
        """How `action` is answered from now on."""
        self._answers[action] = answer

    def count(self, action: str) -> int:
        return sum(one.get("Action") == action for one in self.received)

    async def wait_for(self, action: str, times: int = 1) -> Mapping[str, str]:
        """The `times`-th action of that name, now or when it comes."""
        async with self._news:
            await self._news.wait_for(lambda: self.count(action) >= times)
        return [one for one in self.received if one.get("Action") == action][times - 1]

    async def send_event(self, event: Mapping[str, str] | Message) -> None:
        """To every connection. Headers as given: nothing is added."""
        await self.send_raw(wire(tuple(event.items()) if isinstance(event, Mapping) else event))

    async def send_raw(self, data: bytes, *, piece: int | None = None) -> None:
        """Bytes as they are; with `piece` written in pieces of that size, cutting wherever it falls."""
        step = piece or max(1, len(data))
        for start in range(0, len(data), step):
            for writer in list(self._writers):
                with suppress(ConnectionError):
                    writer.write(data[start : start + step])
                    await writer.drain()
            await asyncio.sleep(0)

    async def play(self, trace: Path, *, piece: int | None = None) -> None:
        """Send a recorded trace's events."""
        data = await asyncio.to_thread(trace.read_bytes)
        await self.send_raw(data.removeprefix(BANNER), piece=piece)

    async def drop(self, *, after_sending: bool = False) -> None:
        """Close every connection without a word, at once or after what is written has gone out."""
        for writer in list(self._writers):
            writer.close() if after_sending else writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.sessions += 1
        if not self.silent:
            writer.write(BANNER)
        await self._tell()
        try:
            while action := await self._read_action(reader):
                self.received.append(action)
                await self._tell()
                if not await self._answer(action, writer):
                    break
        except (ConnectionError, ValueError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _read_action(self, reader: asyncio.StreamReader) -> Mapping[str, str] | None:
        """Headers of the next action, repeated ones joined by a newline; None at the end."""
        action: dict[str, str] = {}
        while line := await reader.readline():
            if len(line) > MAX_INBOUND_LINE_BYTES:
                raise ValueError("a line Asterisk would refuse")
            text = line.decode().rstrip("\r\n")
            if not text:
                if action:
                    return action
                continue
            name, _, value = text.partition(": ")
            action[name] = f"{action[name]}\n{value}" if name in action else value
        return None

    async def _answer(self, action: Mapping[str, str], writer: asyncio.StreamWriter) -> bool:
        """False ends the session, as after a refused login."""
        if self.silent:
            return True
        if self.answer_after_s:
            await self._clock.sleep(self.answer_after_s)
        mark = ("ActionID", action.get("ActionID", ""))
        for message in self._replies(action):
            place = 2 if message[1:2] and message[1][0] == "Privilege" else 1
            writer.write(wire((*message[:place], mark, *message[place:])))
        await writer.drain()
        return action.get("Action") != "Login" or self._knows(action)

    def _knows(self, login: Mapping[str, str]) -> bool:
        return login.get("Username") == self.username and login.get("Secret") == self.secret

    def _replies(self, action: Mapping[str, str]) -> Iterable[Message]:
        name = action.get("Action", "")
        if name == "Login":
            known = self._knows(action)
            return [_success("Authentication accepted") if known else error("Authentication failed")]
        if name in self.denied:
            return [error("Permission denied")]
        if name in self._answers:
            return self._answers[name](action)
        if name == "Ping":
            return [(("Response", "Success"), ("Ping", "Pong"))]
        if name in LISTS:
            return listing(name, self.lists.get(name, []))
        return [_success("Originate successfully queued" if name == "Originate" else "Done")]


def _success(message: str) -> Message:
    return (("Response", "Success"), ("Message", message))


def error(message: str) -> Message:
    """The answer to an action that was not carried out."""
    return (("Response", "Error"), ("Message", message))


def listing(action: str, items: Iterable[Message], *extra: Header) -> list[Message]:
    """A whole list answer; `extra` headers go into the completing event."""
    kept = list(items)
    begin: Message = (("Response", "Success"), ("EventList", "start"), ("Message", "will follow"))
    end: Message = (
        ("Event", LISTS[action]), ("EventList", "Complete"), ("ListItems", str(len(kept))), *extra,
    )  # fmt: skip
    return [begin, *kept, end]
