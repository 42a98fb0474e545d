"""A telephone line and a room, invented: echo, band, tilt, level, noise, codec. 8,000 samples a second.

Everything is drawn from the generator that is handed in: the same generator, the same sound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FULL = 32768.0
NOISES = ("white", "pink", "brown", "hum", "babble")
BABBLE_DB = 12.0
"""Other people's voices stay at least this much below the speaker: louder ones would be a second speaker."""

Wave = NDArray[np.float64]
Rng = np.random.Generator


def telephone(sound: Wave, rng: Rng, others: Sequence[Wave] = (), *, clean: float = 0.2) -> NDArray[np.int16]:
    """A line between speaker and us; a share `clean` of all sounds only gets a level and a quiet room."""
    plain = rng.random() < clean
    if not plain:
        sound = _shaped(sound, rng)
    sound = _level(sound, 10 ** (rng.uniform(-34, -12) / 20) * FULL)
    if plain:
        return to_pcm(sound + rng.normal(0, rng.uniform(0, 40), len(sound)))
    if rng.random() < 0.8:
        sound = _noisy(sound, rng, others)
    if rng.random() < 0.04:
        sound = np.clip(sound, -0.5 * np.abs(sound).max(), 0.5 * np.abs(sound).max())
    codec = rng.random()
    if codec < 0.5:
        sound = companded(sound)
    return to_pcm(sound)


def _shaped(sound: Wave, rng: Rng) -> Wave:
    """Echo of a small room, the line's band and the microphone's tilt: one multiplication of spectra."""
    tail = int(0.35 * RATE)
    size = 1 << (len(sound) + tail).bit_length()
    hertz: Wave = np.fft.rfftfreq(size, 1 / RATE).astype(np.float64)
    gain: NDArray[np.complex128] = np.ones(len(hertz), np.complex128)
    if rng.random() < 0.35:
        gain *= np.fft.rfft(_room(rng), size)
    kind = rng.random()
    if kind < 0.5:
        gain *= _band(hertz, 300, 3400, 4)
    elif kind < 0.8:
        gain *= _band(hertz, 150, 3600, 2)
    if rng.random() < 0.3:
        gain *= 1 + rng.uniform(-0.5, 0.5) * np.exp(-2j * np.pi * hertz / RATE)
    shaped: Wave = np.fft.irfft(np.fft.rfft(sound, size) * gain, size)[: len(sound)]
    return shaped


def _room(rng: Rng) -> Wave:
    seconds = rng.uniform(0.05, 0.35)
    count = int(seconds * RATE)
    answer = rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count) * rng.uniform(0.02, 0.12)
    answer[0] = 1.0
    return answer


def _band(hertz: Wave, low: float, high: float, order: int) -> Wave:
    """How much of each frequency a Butterworth band of this order lets through."""
    above = 1 / np.sqrt(1 + (low / np.maximum(hertz, 1e-3)) ** (2 * order))
    below = 1 / np.sqrt(1 + (hertz / high) ** (4 * order))
    band: Wave = above * below
    return band


def on_the_band(sound: Wave) -> Wave:
    """What a telephone lets through of a sound: 300 to 3,400 Hz."""
    spectrum = np.fft.rfft(sound) * _band(
        np.fft.rfftfreq(len(sound), 1 / RATE).astype(np.float64), 300, 3400, 4
    )
    heard: Wave = np.fft.irfft(spectrum, len(sound))
    return heard


def _level(sound: Wave, level: float) -> Wave:
    levelled: Wave = sound * (level / (np.sqrt(np.mean(sound**2)) + 1e-6))
    return levelled


def _noisy(sound: Wave, rng: Rng, others: Sequence[Wave]) -> Wave:
    kind = NOISES[rng.integers(len(NOISES))]
    below = rng.uniform(6, 35)
    if kind == "babble" and others:
        noise = np.zeros(len(sound))
        for _ in range(rng.integers(1, 5)):
            voice = others[int(rng.integers(len(others)))]
            rolled = np.roll(voice, rng.integers(len(voice)))
            noise += np.resize(rolled, len(sound)) * rng.uniform(0.3, 1)
        below = max(below, BABBLE_DB)
    else:
        noise = coloured(len(sound), rng, kind)
    level = np.sqrt(np.mean(sound**2)) * 10 ** (-below / 20)
    return sound + _level(noise, level)


def coloured(count: int, rng: Rng, kind: str) -> Wave:
    """Noise of one kind: white, pink, brown, or mains hum with its harmonics; anything else is pink."""
    white = rng.standard_normal(count)
    if kind == "white":
        return white
    if kind == "hum":
        times = np.arange(count) / RATE
        tones = [np.sin(2 * np.pi * 50 * n * times + rng.uniform(0, 6)) / n for n in (1, 2, 3, 5, 7)]
        hum: Wave = np.sum(tones, axis=0) + 0.1 * white
        return hum
    size = 1 << count.bit_length()
    steps = np.maximum(np.arange(size // 2 + 1), 1)
    spectrum = np.fft.rfft(white, size) / (steps if kind == "brown" else np.sqrt(steps))
    noise: Wave = np.fft.irfft(spectrum, size)[:count]
    noise /= noise.std() + 1e-9
    return noise


def companded(sound: Wave, a: float = 87.6) -> Wave:
    """Through A-law and back (ITU-T G.711, as a formula)."""
    size = np.abs(np.clip(sound / FULL, -1, 1))
    scale = 1 + np.log(a)
    code = np.where(size < 1 / a, a * size / scale, (1 + np.log(np.maximum(a * size, 1))) / scale)
    code = np.round(code * 127) / 127
    back = np.where(code < 1 / scale, code * scale / a, np.exp(code * scale - 1) / a)
    whole: Wave = np.sign(sound) * back * FULL
    return whole


def to_pcm(sound: Wave) -> NDArray[np.int16]:
    """Rounded and cut off at what 16 bits hold."""
    return np.round(np.clip(sound, -32768, 32767)).astype(np.int16)
