"""The listener's streams: a tap is announced, comes in by AudioSocket, is placed by time, spooled and heard.

A stream that names no announced tap, names one twice, or does not speak AudioSocket is closed and logged;
the PBX loses a tap channel by that, never a call. Deadlines are looked at once a second by `tend`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import soxr
import structlog

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS, RATE_HZ, Assembler, Hole, Placed
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
COMES_WITHIN_S = 10.0
"""The PBX said yes to the tap: it comes within a second or two, else it is asked for again."""
IDLE_S = 12.0
"""A live tap sends every 20 ms, silence too: without a frame for so long it is dead, and closed."""
WRITE_BYTES = 100 * BYTES_PER_MS
"""Sound is spooled and heard in pieces of this size."""
WAKE_BYTES = 1600
"""A stream wakes the listener when so much has come, 100 ms of telephone sound, and not at every frame; what
stays below it for STALE_S is looked at by `tend`."""
SPEAKING_WAKE_BYTES = 3200
"""While somebody's words are under way: text is told five times a second, so half the wake-ups tell as much.
The first word of an utterance comes as early as ever."""
STALE_S = 0.5
LAST_WORDS_S = 2.0
"""How long the end of a stream waits to be told until its last words are there."""


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
    stream: asyncio.Transport | None = None
    heard_at: float = 0.0
    assembler: Assembler = field(default_factory=Assembler)
    resampler: soxr.ResampleStream | None = None
    unwritten: bytearray = field(default_factory=bytearray)
    script: Script | None = None
    over: tuple[str, bool] | None = None
    """Why the stream ended and whether that was a failure."""
    over_at: float = 0.0


class _Stream(asyncio.Protocol):
    """One connection. `tap`: once it has named itself."""

    transport: asyncio.Transport

    def __init__(self, since: float, taps: Taps) -> None:
        self.since, self._taps = since, taps
        self.frames = Frames()
        self.tap: Tap | None = None
        self._wake_bytes = 1
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._taps._opened(self)

    def wake_at(self, size: int) -> None:
        """So many bytes must be there before this stream is read (SO_RCVLOWAT, socket(7))."""
        if size != self._wake_bytes:
            self._wake_bytes = size
            sock = self.transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)

    def data_received(self, data: bytes) -> None:
        self._taps._came(self, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._taps._closed(self, error)
        self.closed.set()


class Taps:
    """All taps of this listener. `on_live` and `on_ended` are told once a tap each."""

    def __init__(
        self,
        *,
        scribe: Scribe,
        clock: Clock,
        on_live: Callable[[Tap], None],
        on_ended: Callable[[Tap, str, bool], None],
        on_hole: Callable[[Tap, Hole], None] = lambda *_: None,
    ) -> None:
        self._scribe, self._clock = scribe, clock
        self._on_live, self._on_ended, self._on_hole = on_live, on_ended, on_hole
        self._taps: dict[str, Tap] = {}
        self._server: asyncio.Server | None = None
        self._streams: set[_Stream] = set()
        self._closing = False

    @property
    def live(self) -> list[str]:
        return [tap.tap_id for tap in self._taps.values() if tap.stream is not None]

    @property
    def announced(self) -> list[str]:
        return [tap.tap_id for tap in self._taps.values() if not tap.used]

    @property
    def there(self) -> list[Tap]:
        """Taps that send sound now."""
        return [tap for tap in self._taps.values() if tap.stream is not None]

    def find(self, tap_id: str) -> Tap | None:
        return self._taps.get(tap_id)

    async def start(self, host: str, port: int) -> int:
        """Listens; the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Stream(self._clock.monotonic(), self), host, port)
        taken: int = self._server.sockets[0].getsockname()[1]
        return taken

    async def close(self) -> None:
        """Sound that was not heard yet stays in the spool: the next listener goes on with it."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        for stream in tuple(self._streams):
            stream.transport.abort()
            if stream.tap is not None:
                stream.tap.over = stream.tap.over or ("listener stops", False)
            await stream.closed.wait()

    def announce(self, told: Announce) -> str | None:
        """Expect a tap. Why not, or None; announcing it again changes nothing once it is there."""
        tap_id = str(told.tap_id)
        known = self._taps.get(tap_id)
        if known is not None and known.used:
            return None if known.stream is not None else "this tap is over; announce another one"
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
        if tap is not None and tap.stream is not None:
            tap.over = ("revoked", False)
            tap.stream.abort()
        elif tap is not None and not tap.used:
            del self._taps[tap_id]

    def tend(self) -> None:
        """Deadlines: streams without a name, without sound, taps that never came, ends that wait for last
        words."""
        now = self._clock.monotonic()
        for stream in self._streams:
            if stream.tap is None and now - stream.since > NAMED_WITHIN_S:
                log.warning("stream without a name is closed", within_s=NAMED_WITHIN_S)
                stream.transport.abort()
            elif stream.tap is not None and now - stream.tap.heard_at > STALE_S:
                stream.wake_at(1)
        for tap in tuple(self._taps.values()):
            if tap.stream is not None and tap.over is None and now - tap.heard_at > IDLE_S:
                tap.over = (f"no sound for {IDLE_S:.0f} s", True)
                tap.stream.abort()
            elif not tap.used and now - tap.announced_at > COMES_WITHIN_S:
                self._told(tap, f"no sound came within {COMES_WITHIN_S:.0f} s", failed=True)
            elif tap.over is not None and tap.stream is None and now - tap.over_at > LAST_WORDS_S:
                self._told(tap, *tap.over)

    # ---- one stream

    def _opened(self, stream: _Stream) -> None:
        if len(self._streams) >= MAX_STREAMS:
            log.error("too many streams, this one is closed", limit=MAX_STREAMS)
            stream.transport.abort()
            return
        self._streams.add(stream)

    def _came(self, stream: _Stream, data: bytes) -> None:
        """Bytes of a stream. What breaks the protocol closes it, after all that came before."""
        frames = stream.frames.feed(data)
        try:
            if stream.tap is None and (frames or stream.frames.fault is not None):
                if not frames:
                    raise stream.frames.fault or ProtocolFault("no frame")
                stream.tap = self._named(frames.pop(0), stream)
            if stream.tap is not None and stream.tap.over is None:
                self._heard(stream.tap, frames)
                stream.wake_at(_wake_bytes(stream.tap.script))
            if stream.frames.fault is not None:
                raise stream.frames.fault
        except ProtocolFault as fault:
            tap = stream.tap
            log.warning("stream is closed", reason=str(fault), tap_id=tap.tap_id if tap else None)
            if tap is not None:
                tap.over = tap.over or (str(fault), True)
            stream.transport.abort()
        else:
            if stream.tap is not None and stream.tap.over is not None:
                stream.transport.abort()

    def _closed(self, stream: _Stream, error: Exception | None) -> None:
        self._streams.discard(stream)
        tap = stream.tap
        if tap is None:
            return
        self._end(tap, "stream closed" if error is None else f"connection lost: {error}")

    def _named(self, first: Frame, stream: _Stream) -> Tap:
        """The tap that the first frame names. Raises ProtocolFault."""
        name = name_of(first)
        tap = self._taps.get(name)
        if tap is None:
            raise ProtocolFault(f"tap {name} was not announced")
        if tap.used:
            raise ProtocolFault(f"tap {name} has come already")
        tap.used, tap.stream, tap.heard_at = True, stream.transport, self._clock.monotonic()
        return tap

    def _heard(self, tap: Tap, frames: list[Frame]) -> None:
        sound = b"".join([self._sound(tap, frame) for frame in frames])
        if not sound:
            return
        now = self._clock.monotonic()
        if tap.script is None:
            self._on_live(tap)
        tap.heard_at = now
        self._place(tap, tap.assembler.add(tap.offset_ms + (now - tap.announced_at) * 1000, sound))

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
            self._on_hole(tap, placed.hole)
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

    def _end(self, tap: Tap, reason: str) -> None:
        """`reason`: why, when nothing else has been said about it."""
        tap.stream, tap.over_at = None, self._clock.monotonic()
        reason, failed = tap.over = tap.over or (reason, False)
        self._place(tap, tap.assembler.close())
        if tap.resampler is not None:  # it holds the last 60 ms back
            tap.unwritten += tap.resampler.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
        self._write(tap)
        if tap.script is None:
            self._told(tap, reason, failed=True)
            return
        if self._closing:
            return
        if failed:
            self._told(tap, reason, failed)
        tap.script.finish(on_done=lambda: self._told(tap, reason, failed))

    def _told(self, tap: Tap, reason: str, failed: bool) -> None:
        if self._taps.pop(tap.tap_id, None) is not None:
            with contextlib.suppress(ConnectionError):
                self._on_ended(tap, reason, failed)


def _wake_bytes(script: Script | None) -> int:
    if script is None:
        return 1
    return SPEAKING_WAKE_BYTES if script.speaking else WAKE_BYTES
