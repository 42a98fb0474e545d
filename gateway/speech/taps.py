"""The listener's streams: a tap is announced, comes in by AudioSocket, is placed by time, spooled and heard.

A stream that names no announced tap, names one twice, or does not speak AudioSocket is closed and logged;
the PBX loses a tap channel by that, never a call. Deadlines are looked at once a second by `tend`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import soxr
import structlog

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS, RATE_HZ, Assembler, Placed
from gateway.speech.audiosocket import ERROR, HANGUP, NAME, SOUND_HZ, Frame, Frames, ProtocolFault, name_of
from gateway.speech.control import Announce
from gateway.speech.model import Leg

if TYPE_CHECKING:
    from gateway.speech.scribe import Scribe, Script

log = structlog.get_logger(__name__)

MAX_STREAMS = 512
"""Open sockets, named or not; more are closed at once."""
MAX_ANNOUNCED = 1024
"""Taps that may be expected; more are refused, and the gateway counts the try as failed."""
NAMED_WITHIN_S = 3.0
COMES_WITHIN_S = 30.0
IDLE_S = 20.0
"""A live tap sends every 20 ms, silence too: without a frame for so long it is dead, and closed."""
WRITE_BYTES = 100 * BYTES_PER_MS
"""Sound is spooled and heard in pieces of this size."""
LAST_WORDS_S = 2.0
"""How long the end of a stream waits to be told until its last words are there."""
READ_BYTES = 65536


@dataclass(slots=True, eq=False, kw_only=True)
class Tap:
    """One announced ear on one leg."""

    tap_id: str
    call_id: str
    leg: Leg
    offset_ms: int
    announced_at: float
    language: str = ""
    used: bool = False
    writer: asyncio.StreamWriter | None = None
    heard_at: float = 0.0
    assembler: Assembler = field(default_factory=Assembler)
    resampler: soxr.ResampleStream | None = None
    unwritten: bytearray = field(default_factory=bytearray)
    script: Script | None = None
    over: tuple[str, bool] | None = None
    """Why the stream ended and whether that was a failure."""
    over_at: float = 0.0


class Taps:
    """All taps of this listener. `on_live` and `on_ended` are told once a tap each."""

    def __init__(
        self,
        *,
        scribe: Scribe,
        clock: Clock,
        on_live: Callable[[Tap], None],
        on_ended: Callable[[Tap, str, bool], None],
    ) -> None:
        self._scribe, self._clock = scribe, clock
        self._on_live, self._on_ended = on_live, on_ended
        self._taps: dict[str, Tap] = {}
        self._unnamed: dict[asyncio.StreamWriter, float] = {}
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.Task[None]] = set()

    @property
    def live(self) -> list[str]:
        return [tap.tap_id for tap in self._taps.values() if tap.writer is not None]

    @property
    def announced(self) -> list[str]:
        return [tap.tap_id for tap in self._taps.values() if not tap.used]

    def find(self, tap_id: str) -> Tap | None:
        return self._taps.get(tap_id)

    async def start(self, host: str, port: int) -> int:
        """Listens; the port. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, host, port)
        taken: int = self._server.sockets[0].getsockname()[1]
        return taken

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in (
            *self._unnamed,
            *(tap.writer for tap in self._taps.values() if tap.writer is not None),
        ):
            writer.transport.abort()
        await asyncio.gather(*self._streams)

    def announce(self, told: Announce) -> str | None:
        """Expect a tap. Why not, or None; announcing it again changes nothing once it is there."""
        tap_id = str(told.tap_id)
        known = self._taps.get(tap_id)
        if known is not None and known.used:
            return None if known.writer is not None else "this tap is over; announce another one"
        if known is None and len(self._taps) >= MAX_ANNOUNCED:
            return f"{MAX_ANNOUNCED} taps are expected already"
        self._scribe.remember(told.call_id, told.leg, told.first_index)
        self._taps[tap_id] = Tap(
            tap_id=tap_id,
            call_id=told.call_id,
            leg=told.leg,
            offset_ms=told.offset_ms,
            announced_at=self._clock.monotonic(),
            language=told.language,
        )
        return None

    def speak(self, tap_id: str, language: str) -> None:
        """From now on hear it with that language. A tap that is over keeps what was heard."""
        tap = self._taps.get(tap_id)
        if tap is not None:
            tap.language = language
            if tap.script is not None:
                self._scribe.speak(tap.script, language)

    def revoke(self, tap_id: str) -> None:
        tap = self._taps.get(tap_id)
        if tap is not None and tap.writer is not None:
            tap.over = ("revoked", False)
            tap.writer.transport.abort()
        elif tap is not None and not tap.used:
            del self._taps[tap_id]

    def tend(self) -> None:
        """Deadlines: streams without a name, without sound, taps that never came, ends that wait for last
        words."""
        now = self._clock.monotonic()
        for writer, since in tuple(self._unnamed.items()):
            if now - since > NAMED_WITHIN_S:
                log.warning("stream without a name is closed", within_s=NAMED_WITHIN_S)
                writer.transport.abort()
        for tap in tuple(self._taps.values()):
            if tap.writer is not None and tap.over is None and now - tap.heard_at > IDLE_S:
                tap.over = (f"no sound for {IDLE_S:.0f} s", True)
                tap.writer.transport.abort()
            elif not tap.used and now - tap.announced_at > COMES_WITHIN_S:
                self._told(tap, f"no sound came within {COMES_WITHIN_S:.0f} s", failed=True)
            elif tap.over is not None and tap.writer is None and now - tap.over_at > LAST_WORDS_S:
                self._told(tap, *tap.over)

    # ---- one stream

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._streams) >= MAX_STREAMS:
            log.error("too many streams, this one is closed", limit=MAX_STREAMS)
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._streams.add(task)
        tap: Tap | None = None
        try:
            frames = Frames()
            tap, first = await self._named(reader, writer, frames)
            await self._listen(tap, reader, frames, first)
        except ProtocolFault as fault:
            log.warning("stream is closed", reason=str(fault), tap_id=tap.tap_id if tap else None)
            if tap is not None:
                tap.over = (str(fault), True)
        except (ConnectionError, TimeoutError) as error:
            if tap is not None and tap.over is None:
                tap.over = (f"connection lost: {error}", False)
        finally:
            self._unnamed.pop(writer, None)
            self._streams.discard(task)
            writer.transport.abort()
            if tap is not None:
                self._end(tap)

    async def _named(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frames: Frames
    ) -> tuple[Tap, list[Frame]]:
        """The tap that the first frame names, and what came with it. Raises ProtocolFault."""
        self._unnamed[writer] = self._clock.monotonic()
        came: list[Frame] = []
        while not came:
            data = await reader.read(READ_BYTES)
            if not data:
                raise ProtocolFault("closed before it named itself")
            came = frames.feed(data)
            if frames.fault is not None and not came:
                raise frames.fault
        del self._unnamed[writer]
        name = name_of(came[0])
        tap = self._taps.get(name)
        if tap is None:
            raise ProtocolFault(f"tap {name} was not announced")
        if tap.used:
            raise ProtocolFault(f"tap {name} has come already")
        tap.used, tap.writer, tap.heard_at = True, writer, self._clock.monotonic()
        return tap, came[1:]

    async def _listen(
        self, tap: Tap, reader: asyncio.StreamReader, frames: Frames, came: list[Frame]
    ) -> None:
        while True:
            now = self._clock.monotonic()
            sound = b"".join(self._sound(tap, frame) for frame in came)
            if sound:
                if tap.script is None:
                    self._on_live(tap)
                tap.heard_at = now
                self._place(tap, tap.assembler.add(tap.offset_ms + (now - tap.announced_at) * 1000, sound))
            if tap.over is not None:
                return
            if frames.fault is not None:
                raise frames.fault
            data = await reader.read(READ_BYTES)
            if not data:
                tap.over = tap.over or ("stream closed", False)
                return
            came = frames.feed(data)

    def _sound(self, tap: Tap, frame: Frame) -> bytes:
        """A frame's sound at 8 kHz; other kinds end the stream or mean nothing here (DTMF comes over AMI)."""
        if frame.kind == HANGUP:
            tap.over = ("hung up", False)
        elif frame.kind == NAME:
            tap.over = ("the stream names itself a second time", True)
        elif frame.kind == ERROR:
            tap.over = (f"the PBX reports error {frame.payload.hex() or '?'}", True)
        rate = SOUND_HZ.get(frame.kind)
        if rate is None or tap.over is not None:
            return b""
        if rate == RATE_HZ:
            return frame.payload
        if tap.resampler is None:
            tap.resampler = soxr.ResampleStream(rate, RATE_HZ, 1, dtype="int16")
        resampled: bytes = tap.resampler.resample_chunk(np.frombuffer(frame.payload, np.int16)).tobytes()
        return resampled

    def _place(self, tap: Tap, placed: Placed | None) -> None:
        if placed is None:
            return
        if placed.hole is not None and tap.script is not None:
            log.info(
                "hole in a leg's sound",
                tap_id=tap.tap_id,
                from_ms=placed.hole.started_ms,
                to_ms=placed.hole.ended_ms,
            )
        if tap.script is None:
            ends = tap.assembler.ends_ms or 0
            tap.script = self._scribe.begin(tap, max(0, ends - len(placed.pcm) // BYTES_PER_MS))
        tap.unwritten += placed.pcm
        if len(tap.unwritten) >= WRITE_BYTES:
            self._write(tap)

    def _write(self, tap: Tap) -> None:
        if tap.script is not None and tap.unwritten:
            tap.script.append(bytes(tap.unwritten))
            tap.unwritten.clear()

    def _end(self, tap: Tap) -> None:
        tap.writer = None
        tap.over = tap.over or ("listener stops", False)
        tap.over_at = self._clock.monotonic()
        self._place(tap, tap.assembler.close())
        if tap.resampler is not None:  # it holds the last 60 ms back
            tap.unwritten += tap.resampler.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
        self._write(tap)
        if tap.script is None:
            self._told(tap, tap.over[0], failed=True)
            return
        if tap.over[1]:
            self._told(tap, *tap.over)
        tap.script.finish(on_done=lambda: self._told(tap, *(tap.over or ("", False))))

    def _told(self, tap: Tap, reason: str, failed: bool) -> None:
        if self._taps.pop(tap.tap_id, None) is not None:
            with contextlib.suppress(ConnectionError):
                self._on_ended(tap, reason, failed)
