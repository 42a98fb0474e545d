"""Sound files as the PBX writes them (RIFF WAVE, PCM 16 bit), also those whose recorder was killed.

A recorder that dies leaves sizes of 0, or too small ones, in the header and the sound behind it: the file's
own length is then the truth. The original is never touched.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
"""RIFF, size, WAVE, fmt, 16, format, channels, rate, bytes a second, frame bytes, bits, data, size."""
PCM = 1
MAX_CHUNKS = 64
"""Chunks looked through for the sound; a file with more before it is none of ours."""
RATES = range(8_000, 48_001)
_BLOCK_BYTES = 1 << 20
_FORMATS = {6: "A-law", 7: "mu-law", 0x31: "GSM (wav49)"}


class NotSound(Exception):
    """A file is no WAV of 16-bit PCM with sound in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wav:
    """Where the sound lies in a file. `intact`: the header says the same as the file's length."""

    rate: int
    channels: int
    data_offset: int
    data_bytes: int
    intact: bool

    @property
    def frame_bytes(self) -> int:
        return 2 * self.channels

    @property
    def seconds(self) -> float:
        return self.data_bytes / (self.frame_bytes * self.rate)


def inspect(path: Path) -> Wav:
    """What the file holds. Raises NotSound with the reason, OSError."""
    with path.open("rb") as file:
        size = path.stat().st_size
        head = file.read(12)
        if not head:
            raise NotSound("the file is empty")
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise NotSound("no WAV file")
        return _find_sound(file, size, riff_bytes=int.from_bytes(head[4:8], "little") + 8)


def _find_sound(file: BinaryIO, size: int, riff_bytes: int) -> Wav:
    form: tuple[int, int] | None = None
    for _ in range(MAX_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            raise NotSound("there is no sound in it")
        name, length = header[:4], int.from_bytes(header[4:], "little")
        if name == b"data":
            if form is None:
                raise NotSound("the format is not told before the sound")
            return _measured(form, file.tell(), length, size, riff_bytes)
        if name == b"fmt ":
            form = _form(file.read(16))
            length -= 16
        file.seek(length + length % 2, 1)
    raise NotSound("there is no sound in it")


def _form(fmt: bytes) -> tuple[int, int]:
    """(channels, rate) of a fmt chunk. Raises NotSound for anything but PCM of 16 bits."""
    if len(fmt) < 16:
        raise NotSound("the format is cut off")
    code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fmt)
    if code != PCM or bits != 16:
        raise NotSound(
            f"recorded as {_FORMATS.get(code, f'format {code}, {bits} bits')}; let the PBX record .wav"
        )
    if channels not in (1, 2) or rate not in RATES:
        raise NotSound(f"{channels} channels at {rate} Hz are no recording of a call")
    return channels, rate


def _measured(form: tuple[int, int], offset: int, told: int, size: int, riff_bytes: int) -> Wav:
    channels, rate = form
    there = size - offset
    intact = 0 < told <= there and riff_bytes == size
    data_bytes = told if intact else there
    data_bytes -= data_bytes % (2 * channels)
    if data_bytes <= 0:
        raise NotSound("there is no sound in it")
    return Wav(rate=rate, channels=channels, data_offset=offset, data_bytes=data_bytes, intact=intact)


def whole_file(path: Path, wav: Wav) -> Iterator[bytes]:
    """The file in blocks, as it is when it is intact, else with a header that is true."""
    with path.open("rb") as file:
        if wav.intact:
            left = path.stat().st_size
        else:
            yield header(wav.rate, wav.channels, wav.data_bytes)
            file.seek(wav.data_offset)
            left = wav.data_bytes
        while left > 0 and (block := file.read(min(_BLOCK_BYTES, left))):
            yield block
            left -= len(block)


def header(rate: int, channels: int, data_bytes: int) -> bytes:
    """The 44 bytes before PCM 16-bit sound."""
    frame = 2 * channels
    fmt = (16, PCM, channels, rate, rate * frame, frame, 16)
    return HEADER.pack(b"RIFF", data_bytes + 36, b"WAVE", b"fmt ", *fmt, b"data", data_bytes)


def span(path: Path, started_ms: int, ended_ms: int) -> bytes:
    """The PCM of a span of time, cut to what there is. Raises NotSound, OSError."""
    wav = inspect(path)
    first, last = (max(0, ms) * wav.rate // 1000 * wav.frame_bytes for ms in (started_ms, ended_ms))
    with path.open("rb") as file:
        file.seek(wav.data_offset + min(first, wav.data_bytes))
        return file.read(max(0, min(last, wav.data_bytes) - first))
