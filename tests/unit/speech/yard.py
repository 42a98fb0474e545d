"""A fleet of fake listeners: each a line that a test speaks for."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from gateway.clock import Clock
from gateway.speech import fleet as fleets
from gateway.speech.client import SpeechClient
from gateway.speech.control import (
    PROTOCOL,
    Announce,
    Announced,
    Hello,
    Status,
    TapLive,
    line,
)
from gateway.speech.fleet import LOCAL, Fleet
from gateway.speech.handshake import HandshakeError
from gateway.speech.model import INDEXES_EACH, Leg, TranscriptSegment
from gateway.speech.remote import Found
from gateway.speech.state import SpeechState
from gateway.testing.clock import ManualClock


class FakeLine:
    """A listener at the other end of a line, as a test wants it."""

    def __init__(
        self, name: str, *, own: bool = False, legs: int = 10, origin: int = 0, **hello: Any
    ) -> None:
        self.name, self.own, self.legs, self.origin, self.hello = name, own, legs, origin, hello
        self.tap_host = "" if own else f"host-{name}"
        self.address = ("", 0)
        self.said: list[Any] = []
        self.spoken_to = asyncio.Event()
        self.there = True
        self.takes = True
        self.refusal: HandshakeError | None = None
        self.connects = 0
        self.stopped = False
        self.admit: Any = lambda hello: None
        self._reader: asyncio.StreamReader | None = None

    def unfit(self, hello: Hello) -> str | None:
        told: str | None = self.admit(hello)
        return told

    async def connect(self) -> asyncio.StreamReader:
        self.connects += 1
        if self.refusal is not None:
            raise self.refusal
        if not self.there:
            raise ConnectionRefusedError("nobody there")
        self._reader = asyncio.StreamReader()
        self.tell(self.greeting())
        return self._reader

    def greeting(self, **more: Any) -> Hello:
        given = {"model_id": f"model-{self.name}", "workers": 1, **self.hello, **more}
        return Hello(
            protocol=PROTOCOL, fingerprint="f", pid=1, port=9092, legs=self.legs, origin=self.origin, **given
        )

    def tell(self, message: BaseModel) -> None:
        assert self._reader is not None
        self._reader.feed_data(line(message))

    def send(self, message: BaseModel) -> None:
        self.said.append(message)
        self.spoken_to.set()
        if isinstance(message, Announce) and self.takes:
            self.tell(Announced(tap_id=message.tap_id))
        if isinstance(message, Status) and self.there:
            self.tell(self.greeting())

    def hang_up(self) -> None:
        if self._reader is not None and not self._reader.at_eof():
            self._reader.feed_eof()

    def die(self) -> None:
        self.there = False
        self.hang_up()

    def kill(self) -> None:
        self.die()

    async def stop(self) -> None:
        self.stopped = True
        self.hang_up()

    def heard(self, kind: type) -> list[Any]:
        return [message for message in self.said if isinstance(message, kind)]


@dataclass
class Heard:
    """A Hearer that keeps what it is told."""

    news: list[tuple[str, Any]] = field(default_factory=list)
    segments: list[tuple[int, TranscriptSegment, str | None]] = field(default_factory=list)

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None:
        self.news.append(("live", tap_id))

    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None:
        self.news.append(("ended", (tap_id, reason, failed)))

    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None:
        self.news.append(("partial", text))

    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None:
        self.segments.append((seq, segment, source))

    def leg_state(self, *told: Any) -> None:
        pass

    def sounded(self, *told: Any) -> None:
        self.news.append(("sounded", told))

    def hole(self, *told: Any) -> None:
        pass

    def first_index(self, call_id: str, leg: Leg, origin: int) -> int:
        return origin * INDEXES_EACH


class Yard:
    """A fleet, its fakes by name, and what it told."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, local: FakeLine | None, secret: str | None
    ) -> None:
        self.clock, self.heard = ManualClock(), Heard()
        self.lines: dict[str, FakeLine] = {} if local is None else {LOCAL: local}
        self.states: list[SpeechState] = []
        self.health: dict[str, SpeechState | None] = {}

        def remote(found: Found, *, admit: Any, clock: Clock, **_: Any) -> FakeLine:
            fake = self.lines[found.listener]
            fake.admit, fake.address = admit, (found.host, found.control_port or 0)
            return fake

        monkeypatch.setattr(fleets, "RemoteLine", remote)
        own = SpeechClient(local, clock=self.clock, jitter=lambda: 1.0) if local else None
        self.fleet = Fleet(
            clock=self.clock, site="demo", gateway="gw1", local=own, secret=secret,
            on_state=self.states.append, on_listener=self.health.__setitem__,
        )  # fmt: skip

    async def start(self) -> None:
        await self.fleet.start(self.heard)
        await self.clock.settle()

    async def found(self, *lines: FakeLine, port: int = 9093) -> None:
        for fake in lines:
            self.lines[fake.name] = fake
            self.fleet.announced(fake.name, online(fake.name, port))
        await self.clock.settle()

    async def tap(
        self, call_id: str = "c1", leg: Leg = Leg.CALLER, language: str = ""
    ) -> tuple[str, str | None]:
        tap_id = str(uuid4())
        asking = asyncio.ensure_future(
            self.fleet.announce(
                tap_id=tap_id, call_id=call_id, leg=leg, offset_ms=0, within_s=5.0, language=language
            )
        )
        await self.clock.settle()
        for _ in range(12):
            if not asking.done():
                await self.clock.advance(0.5)
        return tap_id, await asking

    async def live(self, fake: FakeLine, tap_id: str) -> None:
        fake.tell(TapLive(tap_id=UUID(tap_id), call_id="c1", leg=Leg.CALLER))
        await self.clock.settle()


def online(name: str, port: int = 9093) -> bytes:
    return json.dumps(
        {"listener": name, "state": "online", "host": f"host-{name}", "control_port": port, "legs": 3}
    ).encode()


def offline(name: str) -> bytes:
    return json.dumps({"listener": name, "state": "offline", "at": None, "version": "0"}).encode()


def said(index: int, text: str = "救命") -> TranscriptSegment:
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=0, ended_ms=900, text=text, model_id="m"
    )
