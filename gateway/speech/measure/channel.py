"""What a telephone line does to a voice: narrow band, level, noise, A-law."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.speech.voice import RATE, Samples

BAND_HZ = (300, 3400)
LEVEL = 3000.0
"""RMS of speech on the line (-21 dBFS)."""
ROOM = 24.0
"""Standard deviation of a quiet room: no line carries digital nothing."""
LEAD_MS, TAIL_MS = 300, 1000
"""Before and after the words, so that the first is whole and the last utterance ends."""
_A = 87.6


def on_the_line(spoken: Samples, *, noise_db: float | None, chance: np.random.Generator) -> bytes:
    """The words with a little silence around them: clean in a quiet room, or through a telephone with noise
    `noise_db` below the voice."""
    lead, tail = (np.zeros(ms * RATE // 1000, np.float64) for ms in (LEAD_MS, TAIL_MS))
    sound = np.concatenate([lead, spoken.astype(np.float64), tail])
    if noise_db is None:
        return _pcm(sound + chance.normal(0.0, ROOM, len(sound)))
    voice = _band(sound)
    loud = np.sqrt(np.mean(voice[np.abs(voice) > 1.0] ** 2)) if np.any(np.abs(voice) > 1.0) else 1.0
    voice *= LEVEL / loud
    noise = _band(_coloured(len(sound), chance))
    noise *= LEVEL * 10 ** (-noise_db / 20) / max(1e-9, float(np.sqrt(np.mean(noise**2))))
    return _pcm(_a_law(voice + noise))


def _band(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """As flat inside and as soft at the edges as a fourth-order Butterworth filter."""
    hertz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 1.0)
    low, high = BAND_HZ
    gain = 1 / np.sqrt((1 + (low / hertz) ** 8) * (1 + (hertz / high) ** 8))
    filtered: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
    return filtered


def _coloured(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """White, pink or brown by chance: a hiss, a street, an engine."""
    slope = chance.choice([0.0, 0.5, 1.0])
    spectrum = np.fft.rfft(chance.normal(0.0, 1.0, length))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    hertz[0] = 1.0
    noise: NDArray[np.float64] = np.fft.irfft(spectrum / hertz**slope, length)
    return noise


def _a_law(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Through eight bits and back (ITU-T G.711, as a formula)."""
    x = np.clip(sound / 32768, -1.0, 1.0)
    small = np.abs(x) < 1 / _A
    log = 1 + np.log(_A)
    pressed = np.where(small, _A * np.abs(x), 1 + np.log(np.maximum(_A * np.abs(x), 1e-12))) / log
    coded = np.round(pressed * 127) / 127
    back = np.where(coded < 1 / log, coded * log / _A, np.exp(coded * log - 1) / _A)
    return np.asarray(np.sign(x) * back * 32768)


def _pcm(sound: NDArray[np.float64]) -> bytes:
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16).tobytes()
