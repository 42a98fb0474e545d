"""How loud a caller's leg is, second by second, and what sound that is: quiet, breath, taps or voice.

For a caller who says nothing this is all that tells whether somebody is there. Pure. By rule, not by a model:
what is periodic as a voice is `voice`; short knocks out of quiet are `taps`; unsteady hissing is `breath`;
steady noise is the line's own and counts as `quiet`, as tones do. A hint for a person, no verdict.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.watch import SILENT_DB, loudness

FRAME_MS = 20
SECOND = 1000 // FRAME_MS
FLOOR_OVER = 8 * SECOND
"""The line's own noise is what is quietest (a tenth) of the last 8 s."""
MIN_DB = -58.0
"""Nothing quieter (dB below full scale) is somebody's sound on a telephone line."""
ABOVE_FLOOR_DB = 7.0
PLAIN_DB = -45.0
"""What is periodic and louder is a voice, however loud the line is."""
VOICED = 0.6
"""A frame that resembles itself so much one pitch period later (60 to 400 Hz) is voiced."""
VOICE_FRAMES = 6
"""So many voiced frames in a second (0.12 s) are a voice."""
BREATH_FRAMES = 12
RISE_DB, FALL_DB, FALL_WITHIN = 14.0, 10.0, 6
"""A knock comes out of nothing and is over within 0.12 s."""
TAP_DB = -42.0
AFTER_DB = 6.0
"""Above what counts as quiet, a knock may still ring so much 0.12 s later."""
APART = 4
"""Frames between two knocks; less is one knock and its echo."""
_LAGS = slice(20, 134)
_TRANSFORM = 512
"""Two frames and the longest lag fit: nothing wraps around."""
_FRAME_BYTES = FRAME_MS * BYTES_PER_MS
_BEFORE = FALL_WITHIN + 2


class Kind(StrEnum):
    QUIET = "quiet"
    BREATH = "breath"
    TAPS = "taps"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of a leg from `at_ms` of the call on; `db` its loudest frame, below full scale; `taps` that
    began in it."""

    at_ms: int
    db: int
    kind: Kind
    taps: int = 0


class Meter:
    """One live leg, whose first sample lies at `base_ms` of the call. `sound` takes placed sound in order,
    `take` gives the seconds that are whole since the last time."""

    def __init__(self, base_ms: int) -> None:
        self._at_ms, self._rest = base_ms, bytearray()
        self._floor: deque[float] = deque(maxlen=FLOOR_OVER)
        self._last = np.full(_BEFORE, -100.0)
        self._whole: list[Second] = []

    def sound(self, pcm: bytes) -> None:
        self._rest += pcm
        size = SECOND * _FRAME_BYTES
        while len(self._rest) >= size:
            samples = np.frombuffer(bytes(self._rest[:size]), np.int16).reshape(SECOND, _FRAME_BYTES // 2)
            del self._rest[:size]
            self._whole.append(self._heard(samples))
            self._at_ms += 1000
        if len(self._whole) > SECOND:  # nobody takes them: the newest minute is enough
            del self._whole[:-SECOND]

    def take(self) -> list[Second]:
        whole, self._whole = self._whole, []
        return whole

    def _heard(self, samples: NDArray[np.int16]) -> Second:
        """Most seconds of a silent line are below everything: they cost next to nothing."""
        power = np.mean((samples / 32768.0) ** 2, axis=1)
        plain = 10 * np.log10(np.maximum(power, 1e-10))
        somebody = bool(plain.max() > MIN_DB)
        levels = loudness(samples) if somebody else plain
        self._floor.extend(levels[levels > SILENT_DB].tolist())
        around, self._last = np.concatenate([self._last, levels]), levels[-_BEFORE:]
        db = round(max(float(plain.max()), -90.0))
        if not somebody and self._last_quiet(around):
            return Second(at_ms=self._at_ms, db=db, kind=Kind.QUIET)
        kind, taps = self._kind(samples, levels, around)
        return Second(at_ms=self._at_ms, db=db, kind=kind, taps=taps)

    def _last_quiet(self, around: NDArray[np.float64]) -> bool:
        """No knock began at the end of the second before, either."""
        return bool(around[:_BEFORE].max() <= TAP_DB)

    def _kind(
        self, samples: NDArray[np.int16], levels: NDArray[np.float64], around: NDArray[np.float64]
    ) -> tuple[Kind, int]:
        floor = float(np.percentile(self._floor, 10)) if self._floor else SILENT_DB
        active = levels > max(MIN_DB, floor + ABOVE_FLOOR_DB)
        loud = levels > max(MIN_DB, min(floor + ABOVE_FLOOR_DB, PLAIN_DB))
        if _voice(samples, np.flatnonzero(loud)):
            return Kind.VOICE, 0
        if taps := _taps(around.tolist(), floor):
            return Kind.TAPS, taps
        breath = int(np.count_nonzero(active)) >= BREATH_FRAMES
        return (Kind.BREATH if breath else Kind.QUIET), 0


def _voice(samples: NDArray[np.int16], loud: NDArray[np.intp]) -> bool:
    """Whether enough of these frames are voiced; of somebody speaking a third of them tells."""
    voiced = 0
    for part in (loud[::3], loud[1::3], loud[2::3]) if len(loud) >= VOICE_FRAMES else ():
        voiced += int(np.count_nonzero(_periodicity(samples, part) >= VOICED))
        if voiced >= VOICE_FRAMES:
            return True
    return False


def _periodicity(samples: NDArray[np.int16], frames: NDArray[np.intp]) -> NDArray[np.float64]:
    """Of each of these frames with the one after it, how much it resembles itself one pitch period later, 0
    to 1."""
    after = np.minimum(frames + 1, len(samples) - 1)
    pairs = np.concatenate([samples[frames], samples[after]], axis=1).astype(np.float64)
    pairs -= pairs.mean(axis=1, keepdims=True)
    size = pairs.shape[1]
    spectrum = np.fft.rfft(pairs, _TRANSFORM, axis=1)
    resembles = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, axis=1)[:, :size]
    overlap = np.arange(size, 0, -1) / size
    alike: NDArray[np.float64] = resembles / (np.maximum(resembles[:, :1], 1.0) * overlap)
    found: NDArray[np.float64] = alike[:, _LAGS].max(axis=1)
    return found


def _taps(levels: list[float], floor: float) -> int:
    """Knocks that begin in the second after the first `_BEFORE` frames, but for its last ones: those are
    looked at with what follows them."""
    found, last = 0, -APART
    line, quiet = max(TAP_DB, floor + RISE_DB), max(MIN_DB, floor + ABOVE_FLOOR_DB) + AFTER_DB
    for at in range(2, len(levels) - FALL_WITHIN):
        if levels[at] <= line or levels[at] - max(levels[at - 2 : at]) < RISE_DB or at - last < APART:
            continue
        falls = min(levels[at + 1 : at + 1 + FALL_WITHIN]) <= max(levels[at : at + 3]) - FALL_DB
        if falls and levels[at + FALL_WITHIN] <= quiet:
            found, last = found + 1, at
    return found
