"""What Asterisk sends of a tap: AudioSocket bytes, for tests and benchmarks."""

from __future__ import annotations

from uuid import UUID

FRAME_BYTES = 320
"""20 ms of telephone sound."""


def named(tap_id: UUID) -> bytes:
    """The stream's first frame."""
    return b"\x01\x00\x10" + tap_id.bytes


def frames(pcm: bytes) -> bytes:
    """8 kHz sound in frames of 20 ms."""
    return b"".join(
        b"\x10" + len(pcm[at : at + FRAME_BYTES]).to_bytes(2, "big") + pcm[at : at + FRAME_BYTES]
        for at in range(0, len(pcm), FRAME_BYTES)
    )
