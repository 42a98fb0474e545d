"""Asterisk's AudioSocket, its bytes taken apart: one byte kind, two bytes length (network order), the
payload.

The first message of a stream names it (kind 0x01, a UUID of 16 bytes); sound follows (0x10: 8 kHz, 0x12:
16 kHz, signed 16 bit little endian). Source: Asterisk, res/res_audiosocket.c and the AudioSocket protocol
page. Nothing here reads a socket; what breaks the protocol is kept as `fault`, and the stream is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

HEADER_BYTES = 3
MAX_PAYLOAD_BYTES = 8192
"""Real sound frames have 320 or 640 bytes; what announces more is not AudioSocket."""

HANGUP, NAME, DTMF, SOUND_8K, SOUND_16K, ERROR = 0x00, 0x01, 0x03, 0x10, 0x12, 0xFF
SOUND_HZ = {SOUND_8K: 8000, SOUND_16K: 16000}
_OTHER_SOUND = {0x11: 12000, 0x13: 24000, 0x14: 32000, 0x15: 44100, 0x16: 48000, 0x17: 96000, 0x18: 192000}


class ProtocolFault(Exception):
    """What arrived is not AudioSocket as a tap speaks it; the stream is closed, the call itself is not
    touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    kind: int
    payload: bytes


class Frames:
    """Bytes as they come in, frames as they are whole. Keeps at most one unfinished frame."""

    def __init__(self, *, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self._max = max_payload_bytes
        self._rest = b""
        self.fault: ProtocolFault | None = None
        """What was found that cannot be a frame; nothing after it is taken."""

    def feed(self, data: bytes) -> list[Frame]:
        """Every whole frame before the first that cannot be one; equal sound frames in a row come as one."""
        found: list[Frame] = []
        if self.fault is not None:
            return found
        data, at = self._rest + data if self._rest else data, 0
        while len(data) - at >= HEADER_BYTES:
            kind, size = data[at], data[at + 1] << 8 | data[at + 2]
            try:
                _check(kind, size, self._max)
            except ProtocolFault as fault:
                self.fault = fault
                break
            step = HEADER_BYTES + size
            if len(data) - at < step:
                break
            count = _equal(data, at, step) if kind in SOUND_HZ else 1
            starts = range(at + HEADER_BYTES, at + count * step, step)
            found.append(Frame(kind=kind, payload=b"".join([data[s : s + size] for s in starts])))
            at += count * step
        self._rest = data[at:]
        return found


def _equal(data: bytes, at: int, step: int) -> int:
    """How many whole frames from `at` on have the same header: the first bytes of all, then the second …"""
    most = (len(data) - at) // step
    end = at + most * step
    for offset in range(HEADER_BYTES):
        column = data[at + offset : end : step][:most]
        most = min(most, len(column) - len(column.lstrip(column[:1])))
        end = at + most * step
    return most


def name_of(frame: Frame) -> str:
    """The UUID that the first frame of a stream must carry, as text."""
    if frame.kind != NAME:
        raise ProtocolFault(f"the first frame is of kind 0x{frame.kind:02x}, not the stream's UUID")
    return str(UUID(bytes=frame.payload))


def _check(kind: int, size: int, most: int) -> None:
    if kind in _OTHER_SOUND:
        raise ProtocolFault(
            f"sound at {_OTHER_SOUND[kind]} Hz; ask the PBX for c(slin) (8 kHz) or c(slin16) (16 kHz)"
        )
    if kind not in (HANGUP, NAME, DTMF, ERROR, *SOUND_HZ):
        raise ProtocolFault(f"kind 0x{kind:02x} is unknown")
    if size > most:
        raise ProtocolFault(f"a frame of {size} bytes, at most {most} are taken")
    if kind == NAME and size != 16:
        raise ProtocolFault(f"a UUID of {size} bytes, it has 16")
    if kind in SOUND_HZ and size % 2:
        raise ProtocolFault(f"sound of {size} bytes: half a sample")
