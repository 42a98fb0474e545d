"""Recordings as they lie on disk, also those whose recorder was killed: telephone sound for a recognizer.

Asterisk writes the sizes in a WAV header at the end; after kill -9 they are 0, and the sound is what follows.
Source: RIFF/WAVE, Microsoft Multimedia Programming Interface 1.0; format tags 1 (PCM), 3 (float), 6 (A-law),
7 (mu-law). Anything else that libsndfile reads (FLAC, Ogg, GSM in WAV, AU) is read by it.
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

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_FLOATS = {32: "FLOAT", 64: "DOUBLE"}
MAX_CHANNELS = 8
_RATES = range(4000, 192_001)


class WavError(Exception):
    """This file is no recording that can be read. The message says what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`sides`: each channel as 8 kHz, 16 bit sound. `faults`: what was wrong with the file, and yet read."""

    sides: list[bytes]
    faults: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return max((len(side) for side in self.sides), default=0) / 2 / RATE_HZ


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int


def read(path: Path) -> list[bytes]:
    """Each channel as 8 kHz, 16 bit sound. Raises WavError."""
    return examine(path).sides


def examine(path: Path) -> Recording:
    """The sound of a file, and what was wrong with it. Raises WavError when there is none to be had."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise WavError(f"{path}: more than {MAX_BYTES >> 20} MB; cut it first")
        data = path.read_bytes()
    except OSError as error:
        raise WavError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return _by_libsndfile(path, data, f"not a WAV file (begins with {data[:12]!r})")
    form, body, faults = _parts(path, data)
    coding = _coding(form)
    if coding is None:
        return _by_libsndfile(path, data, f"format {form.tag}, {form.bits} bit")
    if not 1 <= form.channels <= MAX_CHANNELS or form.rate_hz not in _RATES:
        raise WavError(f"{path}: {form.channels} channels, {form.rate_hz} Hz is not read; it is no recording")
    samples = _samples(form, coding, body)
    return Recording(sides=_sides(samples, form.rate_hz), faults=faults)


def _by_libsndfile(path: Path, data: bytes, found: str) -> Recording:
    try:
        samples, rate_hz = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, TypeError) as error:
        raise WavError(f"{path}: {found}, and nothing else that is read; convert it to 16 bit PCM") from error
    if samples.shape[1] > MAX_CHANNELS or rate_hz not in _RATES:
        raise WavError(f"{path}: {samples.shape[1]} channels, {rate_hz} Hz is not read; it is no recording")
    return Recording(sides=_sides(_whole(samples), rate_hz))


def _parts(path: Path, data: bytes) -> tuple[_Format, bytes, tuple[str, ...]]:
    form: _Format | None = None
    for name, told, body in _chunks(data):
        if name == b"fmt " and len(body) >= 16:
            tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if tag == _EXTENSIBLE and len(body) >= 26:
                (tag,) = struct.unpack_from("<H", body, 24)
            form = _Format(tag, channels, rate, bits)
        elif name == b"data":
            if form is None:
                raise WavError(f"{path}: sound before its format; the file is damaged")
            stale = told != len(body)
            faults = (f"its header was never finished: {told:,} bytes of sound told, {len(body):,} there",)
            return form, body, faults if stale else ()
    raise WavError(f"{path}: no sound in it")


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Name, told size and body of each chunk; `data` whose size is none (killed recorder, or a pipe), or too
    small (killed between two headers), reaches to the end."""
    at = 12
    while at + 8 <= len(data):
        name, told = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        size = told
        if name == b"data" and (size == 0 or at + 8 + size > len(data) or _more_behind(data, at + 8 + size)):
            size = len(data) - at - 8
        yield name, told, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _more_behind(data: bytes, end: int) -> bool:
    """Whether sound goes on behind its told end: more than a byte of padding, and no chunk begins there."""
    end += end % 2
    if len(data) - end < 2:
        return False
    name, size = data[end : end + 4], int.from_bytes(data[end + 4 : end + 8], "little")
    return not (name.isascii() and name.decode("latin-1").isprintable() and end + 8 + size <= len(data) + 1)


def _coding(form: _Format) -> str | None:
    """libsndfile's name for it; None for what we do not unpack ourselves."""
    if form.tag == _FLOAT:
        return _FLOATS.get(form.bits)
    return {
        (_PCM, 16): "PCM_16", (_PCM, 8): "PCM_U8", (_PCM, 24): "PCM_24", (_PCM, 32): "PCM_32",
        (_ALAW, 8): "ALAW", (_ULAW, 8): "ULAW",
    }.get((form.tag, form.bits))  # fmt: skip


def _samples(form: _Format, coding: str, body: bytes) -> NDArray[np.int16]:
    frame = form.bits // 8 * form.channels
    whole = len(body) // frame * frame
    if not whole:
        return np.zeros((0, form.channels), np.int16)
    floats = form.tag == _FLOAT
    samples, _ = soundfile.read(
        io.BytesIO(body[:whole]),
        dtype="float32" if floats else "int16",
        always_2d=True,
        format="RAW",
        subtype=coding,
        samplerate=form.rate_hz,
        channels=form.channels,
        endian="LITTLE",
    )
    found: NDArray[np.int16] = _whole(samples) if floats else samples
    return found


def _whole(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Between -1 and 1; what is louder is clipped, what is no number is silence."""
    loud = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0) * 32768.0
    whole: NDArray[np.int16] = np.clip(np.rint(loud), -32768, 32767).astype(np.int16)
    return whole


def _sides(samples: NDArray[np.int16], rate_hz: int) -> list[bytes]:
    return [_telephone(samples[:, channel], rate_hz) for channel in range(samples.shape[1])]


def _telephone(samples: NDArray[np.int16], rate_hz: int) -> bytes:
    if rate_hz == RATE_HZ or not len(samples):
        return np.ascontiguousarray(samples).tobytes()
    resampled = soxr.resample(samples.astype(np.float32), rate_hz, RATE_HZ)
    sound: bytes = np.clip(np.rint(resampled), -32768, 32767).astype(np.int16).tobytes()
    return sound
