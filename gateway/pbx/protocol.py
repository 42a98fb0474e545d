"""One AMI connection on panoramisk's public hooks: our framing, our matching of answers, nothing sent twice.

panoramisk serialises actions, numbers them and holds what is pending; reading is ours, because it decodes
per TCP chunk, resends after a loss, swallows OriginateResponse and lets one bad message end the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from gateway.pbx.account import UnsafeValue
from gateway.pbx.framing import AmiFramer, Frame, event_name
from gateway.pbx.message import AmiMessage, parse

MAX_VALUE_BYTES = 1_000
"""Asterisk refuses an inbound line over about 1,024 bytes, name included."""
MAX_LIST_ITEMS = 20_000
"""A list answer that is longer ends the action with an error; no PBX this gateway is made for has as many
channels."""
MAX_PENDING = 1_000
"""Unanswered actions on one connection; more are not sent."""

Value = str | Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAnswer:
    """What came of an action. A refusal, a lost link and an expired limit are answers, not exceptions."""

    ok: bool
    message: str
    """The PBX's own words, or why there are none."""
    fields: Mapping[str, str] = field(default_factory=dict)
    events: tuple[AmiMessage, ...] = ()
    """The items of a list answer, its completing event last."""
    sent: bool = True
    """False: it never left, so it surely was not carried out. True and not ok without fields: nobody
    knows."""


class Ask(Action):  # type: ignore[misc]  # panoramisk has no types
    """An action under way: collects its answer, and the items of a list until `list_end`."""

    def __init__(self, fields: Mapping[str, Value], list_end: str | None) -> None:
        super().__init__(fields)
        self.list_end = list_end
        self.rows: list[AmiMessage] = []
        self.answer: AmiMessage | None = None

    def add_message(self, message: AmiMessage) -> bool:
        """Take one piece; True when that was the last."""
        if message.response is not None:
            self.answer = message
            if self.list_end is None or message.response != "Success":
                self.finish(message.response == "Success", message.get("Message") or message.response)
                return True
            return False
        self.rows.append(message)
        if message.event == self.list_end:
            self.finish(True, "")
        elif len(self.rows) >= MAX_LIST_ITEMS:
            self.finish(False, f"a list of more than {MAX_LIST_ITEMS} items")
        return bool(self.future.done())

    def finish(self, ok: bool, message: str) -> None:
        fields = dict(self.answer.headers) if self.answer else {}
        if not self.future.done():
            self.future.set_result(
                ActionAnswer(ok=ok, message=message, fields=fields, events=tuple(self.rows))
            )


class LinkProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Reads one connection: answers go to their action, every other message to `on_frame`, in order."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        on_frame: Callable[[Frame], None],
        on_lost: Callable[[], None],
        drop: frozenset[bytes],
    ) -> None:
        self._now = now
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._drop = drop
        self._framer = AmiFramer()
        self.responses: dict[str, Ask] = {}

    def data_received(self, data: bytes) -> None:
        for frame in self._framer.feed(data):
            if event_name(frame.raw) not in self._drop and not self._answered(frame):
                self._on_frame(frame)

    def _answered(self, frame: Frame) -> bool:
        """Whether this belongs to an action of ours: our ActionIDs hold a random UUID, nobody guesses one."""
        if b"\nActionID: " not in frame.raw or frame.fault:
            return False
        message = parse(frame.raw, self._now())
        ask = self.responses.get(message.action_id or "")
        if ask is None:
            return message.response is not None  # too late: its limit has passed
        if message.response is None and ask.list_end is None:
            return False  # OriginateResponse and the like are news, not the answer
        if ask.add_message(message):
            del self.responses[ask.id]
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.close()
        self._on_lost()

    def close(self) -> None:
        """End it now. What is unanswered stays unanswered: it is never sent again."""
        self.closed = True
        self.transport.abort()
        for ask in list(self.responses.values()):
            ask.finish(False, "the link was lost before the answer; the PBX may have done it")
        self.responses.clear()


class Connection:
    """One connection and its manager, from the first byte to the last; a lost one is never used again."""

    def __init__(self, protocol: LinkProtocol) -> None:
        self._protocol = protocol
        self._manager: Manager | None = None

    async def open(self, host: str, port: int) -> None:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        opened = loop.create_future()
        opened.set_result(await loop.create_connection(lambda: self._protocol, host, port))
        # No username: panoramisk would log in again for ever. No log: it writes whole actions, the secret
        # too.
        manager = Manager(loop=loop, encoding="latin-1", log=_SILENT)
        manager.connection_made(opened)
        manager.pinger.cancel()  # its pings are never checked and leak
        self._manager = manager

    def send(self, name: str, fields: Mapping[str, Value], list_end: str | None) -> Ask | None:
        """Write one action; None when there is no connection or too much is unanswered. Raises
        UnsafeValue."""
        latin = {key: _latin(key, value) for key, value in fields.items()}
        if name == "Originate":
            latin["Async"] = "true"  # else the PBX blocks the connection until the phone is answered
        if self._manager is None or self._protocol.closed or len(self._protocol.responses) >= MAX_PENDING:
            return None
        ask = Ask({"Action": name, **latin}, list_end)
        self._manager.send_action(ask)
        return ask

    def forget(self, ask: Ask) -> None:
        """Its time limit has passed: a late answer is dropped."""
        self._protocol.responses.pop(ask.id, None)

    def close(self) -> None:
        if self._manager is not None:
            self._manager.close()


_SILENT = logging.getLogger("panoramisk.silent")
_SILENT.disabled = True


def check(name: str, value: str) -> bytes:
    """The value as it goes over the wire; raises UnsafeValue."""
    if any(sign in name + value for sign in "\r\n\0"):
        raise UnsafeValue(f"{name}: holds a line break or NUL")
    data = value.encode("utf-8", "surrogatepass")
    if len(data) > MAX_VALUE_BYTES:
        raise UnsafeValue(f"{name}: {len(data)} bytes, the PBX takes {MAX_VALUE_BYTES}")
    return data


def _latin(name: str, value: Value) -> str | list[str]:
    """panoramisk encodes latin-1; in this form that gives our UTF-8 bytes."""
    if isinstance(value, str):
        return check(name, value).decode("latin-1")
    return [check(name, item).decode("latin-1") for item in value]
