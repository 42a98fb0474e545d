"""Puts the sound of one leg where it belongs on the call's time line, by when it arrived.

A tap sends 20 ms of sound every 20 ms, but nothing in AudioSocket says when a frame was spoken, and some
never come: an attended transfer leaves a hole of 0.4 s in the desk's tap. Counting bytes would shift every
later word. So a frame's end is when it arrived, as long as that is later than where the sound before it
ends by more than HOLE_MS, and stays so: one late frame is followed by others that catch up (the network
held them back, nothing is missing), after a hole all stay late. Small drift is left alone, for silence put
between two words' samples clicks.
"""

from __future__ import annotations

from dataclasses import dataclass

RATE_HZ = 8000
BYTES_PER_MS = RATE_HZ * 2 // 1000
"""Telephone sound: 8,000 samples a second, 16 bit, little endian, one channel."""

HOLE_MS = 120
"""Less than this is jitter (p99 of real taps: 23 ms) or the drift of two clocks."""

CONFIRM_MS = 200
"""A hole is believed when for this long all that came after it stayed late; so long the sound is held
back."""

MAX_HELD_MS = 10_000
"""So much sound at once, all of it late, is no stall of the network that will be caught up: it is placed
at once."""

MAX_HOLE_MS = 60_000
"""A longer hole is cut to this: the stream's own idle limit is shorter, so only a broken clock comes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Nothing came for this span of the leg (milliseconds since the call was seized); silence stands
    there."""

    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Sound that goes on where the last one ended. `hole` tells of silence at its beginning."""

    pcm: bytes
    hole: Hole | None = None


class Assembler:
    """One leg's sound, without holes. `add` takes what arrived, `close` gives what was still held back."""

    def __init__(self, *, hole_ms: int = HOLE_MS, confirm_ms: int = CONFIRM_MS) -> None:
        self._hole_ms, self._confirm_ms = hole_ms, confirm_ms
        self._ends_at: float | None = None
        self._held = bytearray()
        self._late = float("inf")
        self._late_since = 0.0

    @property
    def ends_ms(self) -> int | None:
        """Where the sound given out so far ends, None before the first."""
        return None if self._ends_at is None else round(self._ends_at)

    def add(self, arrived_ms: float, pcm: bytes) -> Placed | None:
        """`pcm` (whole samples) whose last sample came at `arrived_ms`. None: held back until a hole is
        certain."""
        if len(pcm) % 2:
            raise ValueError(f"{len(pcm)} bytes are not whole 16 bit samples")
        if not pcm:
            return None
        span = len(pcm) / BYTES_PER_MS
        if self._ends_at is None:
            self._ends_at = max(0.0, arrived_ms - span)
        late = arrived_ms - span - (self._ends_at + len(self._held) / BYTES_PER_MS)
        if not self._held:
            self._late_since = arrived_ms
        self._held += pcm
        if late <= self._hole_ms:
            return self._release(0.0)
        self._late = min(self._late, late)
        believed = arrived_ms - self._late_since >= self._confirm_ms
        return self._release(self._late) if believed or len(self._held) > MAX_HELD_MS * BYTES_PER_MS else None

    def close(self) -> Placed | None:
        """The end of the stream: what was held back stays late, as far as anybody can tell."""
        return self._release(self._late) if self._held else None

    def _release(self, late_ms: float) -> Placed:
        assert self._ends_at is not None
        silence_ms = min(round(late_ms), MAX_HOLE_MS)
        hole = None
        if silence_ms > 0:
            began = round(self._ends_at)
            hole = Hole(started_ms=began, ended_ms=began + silence_ms)
        pcm = bytes(silence_ms * BYTES_PER_MS) + bytes(self._held)
        self._ends_at += len(pcm) / BYTES_PER_MS
        self._held.clear()
        self._late = float("inf")
        return Placed(pcm=pcm, hole=hole)
