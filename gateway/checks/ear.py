"""A listener of our own for the test of a live tap: it speaks a tone into one channel and hears what comes
back.
"""

from __future__ import annotations

import asyncio
import math
import struct
import uuid
from contextlib import suppress
from types import TracebackType
from typing import Self

from gateway.clock import Clock
from gateway.speech.audiosocket import SOUND_8K, SOUND_HZ, Frames, ProtocolFault, name_of

FRAME_MS = 20
RATE_HZ = 8000
LOUD = 1_000
"""A sample beyond this (about -30 dBFS) is our tone, not noise of the line."""
READ_BYTES = 4096


class Leg:
    """One announced stream. `speaks`: we send the tone into it."""

    def __init__(self, *, speaks: bool) -> None:
        self.speaks = speaks
        self.connected = asyncio.Event()
        self.heard = asyncio.Event()
        """So much loud sound as was asked for has come."""
        self.loud_ms = 0.0

    def take(self, payload: bytes, rate_hz: int, wanted_ms: float) -> None:
        samples = struct.unpack(f"<{len(payload) // 2}h", payload)
        if samples and max(samples) > LOUD:
            self.loud_ms += 1000 * len(samples) / rate_hz
        if self.loud_ms >= wanted_ms:
            self.heard.set()


class Ear:
    """`async with Ear(host, port, clock) as ear:` listens on the listener's own port, or beside it when
    that is taken.
    """

    def __init__(self, host: str, port: int, clock: Clock, *, wanted_ms: float = 1_000.0) -> None:
        self._host, self._wanted_port, self._clock, self._wanted_ms = host, port, clock, wanted_ms
        self._legs: dict[str, Leg] = {}
        self._server: asyncio.Server | None = None
        self._streams: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.port = 0
        self.taken = False
        """The configured port belongs to somebody else: most likely to the running gateway."""

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._wanted_port)
        except OSError:
            self.taken = True
            with suppress(OSError):  # a host that is not ours: no test then, and `taken` says why
                self._server = await asyncio.start_server(self._serve, self._host, 0)
        if self._server is not None:
            self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._streams.values():
            writer.transport.abort()
        await asyncio.gather(*self._streams, return_exceptions=True)

    def expect(self, *, speaks: bool = False) -> tuple[str, Leg]:
        """Announce a stream; unknown ones are closed at once."""
        name, leg = str(uuid.uuid4()), Leg(speaks=speaks)
        self._legs[name] = leg
        return name, leg

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._streams[task] = writer
        try:
            await self._listen(reader, writer)
        except (OSError, ProtocolFault):
            pass  # what was not heard is what the check reports
        finally:
            del self._streams[task]
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames, leg, tone = Frames(), None, None
        try:
            while data := await reader.read(READ_BYTES):
                for frame in frames.feed(data):
                    if leg is not None and frame.kind in SOUND_HZ:
                        leg.take(frame.payload, SOUND_HZ[frame.kind], self._wanted_ms)
                    elif leg is None:
                        leg = self._legs.pop(name_of(frame), None)
                        if leg is None:
                            return
                        leg.connected.set()
                        tone = asyncio.create_task(self._speak(writer)) if leg.speaks else None
        finally:
            if tone is not None:
                tone.cancel()

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        size = FRAME_MS * RATE_HZ // 1000
        pcm = struct.pack(
            f"<{size}h", *(int(8000 * math.sin(2 * math.pi * 1000 * i / RATE_HZ)) for i in range(size))
        )
        frame = bytes([SOUND_8K]) + len(pcm).to_bytes(2, "big") + pcm
        with suppress(OSError):
            while True:
                writer.write(frame)
                await writer.drain()
                await self._clock.sleep(FRAME_MS / 1000)
