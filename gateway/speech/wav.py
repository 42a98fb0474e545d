"""Recordings as they lie on disk, also those whose recorder was killed: telephone sound for a recognizer.

Asterisk writes the sizes in a WAV header at the end; after kill -9 they are 0, and the sound is what follows.
Source: RIFF/WAVE, Microsoft Multimedia Programming Interface 1.0; format tags 1 (PCM), 6 (A-law), 7 (mu-law).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from gateway.speech.assemble import RATE_HZ

MAX_BYTES = 2 * 1024**3
"""Larger files are refused: half a day of telephone sound fits."""

_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_RATES = range(4000, 192_001)


class WavError(Exception):
    """This file is no recording that can be read. The message says what was found."""


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int


def read(path: Path) -> list[bytes]:
    """Each channel as 8 kHz, 16 bit sound. Raises WavError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise WavError(f"{path}: more than {MAX_BYTES >> 20} MB; cut it first")
        data = path.read_bytes()
    except OSError as error:
        raise WavError(f"{path}: cannot be read ({error.strerror})") from error
    form, body = _parts(path, data)
    samples = _samples(path, form, body)
    return [_telephone(samples[:, channel], form.rate_hz) for channel in range(form.channels)]


def _parts(path: Path, data: bytes) -> tuple[_Format, bytes]:
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavError(f"{path}: not a WAV file (begins with {data[:12]!r})")
    form: _Format | None = None
    for name, body in _chunks(data):
        if name == b"fmt " and len(body) >= 16:
            tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if tag == _EXTENSIBLE and len(body) >= 26:
                (tag,) = struct.unpack_from("<H", body, 24)
            form = _Format(tag, channels, rate, bits)
        elif name == b"data":
            if form is None:
                raise WavError(f"{path}: sound before its format; the file is damaged")
            return form, body
    raise WavError(f"{path}: no sound in it")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk; `data` without a size (killed recorder, or a pipe) reaches to the end."""
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"data" and (size == 0 or at + 8 + size > len(data)):
            size = len(data) - at - 8
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _samples(path: Path, form: _Format, body: bytes) -> NDArray[np.int16]:
    subtype = {
        (_PCM, 16): "PCM_16",
        (_PCM, 8): "PCM_U8",
        (_PCM, 24): "PCM_24",
        (_PCM, 32): "PCM_32",
        (_ALAW, 8): "ALAW",
        (_ULAW, 8): "ULAW",
    }.get((form.tag, form.bits))
    if subtype is None or not 1 <= form.channels <= 8 or form.rate_hz not in _RATES:
        raise WavError(
            f"{path}: format {form.tag}, {form.bits} bit, {form.channels} channels, {form.rate_hz} Hz "
            "is not read; convert it to 16 bit PCM"
        )
    whole = len(body) // (form.bits // 8 * form.channels) * (form.bits // 8 * form.channels)
    if not whole:
        return np.zeros((0, form.channels), np.int16)
    samples, _ = soundfile.read(
        io.BytesIO(body[:whole]),
        dtype="int16",
        always_2d=True,
        format="RAW",
        subtype=subtype,
        samplerate=form.rate_hz,
        channels=form.channels,
        endian="LITTLE",
    )
    found: NDArray[np.int16] = samples
    return found


def _telephone(samples: NDArray[np.int16], rate_hz: int) -> bytes:
    if rate_hz == RATE_HZ or not len(samples):
        return np.ascontiguousarray(samples).tobytes()
    resampled = soxr.resample(samples.astype(np.float32), rate_hz, RATE_HZ)
    sound: bytes = np.clip(np.rint(resampled), -32768, 32767).astype(np.int16).tobytes()
    return sound
