"""What a line carries besides speech: ring-back, busy, keys, music, clicks, bursts, nothing. Never a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from gateway.training.channel import RATE, Rng, Wave, coloured, companded, on_the_band, to_pcm

KEYS_LOW, KEYS_HIGH = (697, 770, 852, 941), (1209, 1336, 1477)
NOTES = (196, 220, 247, 262, 294, 330, 349, 392, 440, 494, 523)


def no_speech(rng: Rng) -> NDArray[np.int16]:
    """1.5 to 6 seconds of something on the line that nobody says."""
    kind = list(KINDS)[rng.integers(len(KINDS))]
    times = np.arange(int(rng.uniform(1.5, 6) * RATE)) / RATE
    sound = KINDS[kind](times, rng)
    if kind == "nothing":
        return to_pcm(sound)
    sound = sound / (np.abs(sound).max() + 1e-9) * rng.uniform(200, 20000)
    sound = sound + rng.normal(0, rng.uniform(0, 60), len(sound))
    if rng.random() < 0.5:
        sound = on_the_band(sound)
    return to_pcm(companded(sound) if rng.random() < 0.5 else sound)


def _tone(times: Wave, hertz: float, rng: Rng) -> Wave:
    wave: Wave = np.sin(2 * np.pi * hertz * times + rng.uniform(0, 6))
    return wave


def _ring(times: Wave, rng: Rng) -> Wave:
    period, share = ((5.0, 0.2), (2.0, 0.5), (0.7, 0.5), (100.0, 1.0))[rng.integers(4)]
    phase = rng.uniform(0, period * share)
    return _tone(times, 450, rng) * ((times + phase) % period < period * share)


def _keys(times: Wave, rng: Rng) -> Wave:
    sound = np.zeros(len(times))
    step, length = rng.uniform(0.12, 0.4), rng.uniform(0.06, 0.2)
    for n in range(rng.integers(2, 12)):
        here = (times >= n * step) & (times < n * step + min(length, step))
        low, high = KEYS_LOW[rng.integers(4)], KEYS_HIGH[rng.integers(3)]
        sound += here * (_tone(times, low, rng) + _tone(times, high, rng))
    return sound


def _music(times: Wave, rng: Rng) -> Wave:
    sound = np.zeros(len(times))
    beat = rng.uniform(0.12, 0.6)
    for n in range(int(times[-1] / beat) + 1):
        since = times - n * beat
        here = (since >= 0) * np.exp(-np.maximum(since, 0) * rng.uniform(1, 8)) * (since < 4 * beat)
        note = NOTES[rng.integers(len(NOTES))] * (1, 2, 0.5)[rng.integers(3)]
        parts = (1, 1.25, 1.5, 2)[: rng.integers(1, 5)]
        for part in parts:
            for harmonic in range(1, 6):
                if note * part * harmonic < 3800:
                    sound += here * _tone(times, note * part * harmonic, rng) / harmonic**1.5
    return sound


def _clicks(times: Wave, rng: Rng) -> Wave:
    sound = np.zeros(len(times))
    for _ in range(rng.integers(2, 14)):
        at = rng.integers(0, len(times) - 200)
        sound[at : at + 80] += rng.standard_normal(80) * np.exp(-np.arange(80) / 12) * rng.uniform(0.3, 3)
    return sound


def _bursts(times: Wave, rng: Rng) -> Wave:
    sound = np.zeros(len(times))
    for _ in range(rng.integers(1, 5)):
        length = int(rng.integers(400, 4000))
        at = rng.integers(0, len(times) - length)
        kind = ("white", "pink", "brown")[rng.integers(3)]
        sound[at : at + length] += coloured(length, rng, kind) * np.hanning(length)
    return sound


def _noise(times: Wave, rng: Rng) -> Wave:
    return coloured(len(times), rng, ("white", "pink", "brown", "hum")[rng.integers(4)])


def _nothing(times: Wave, rng: Rng) -> Wave:
    return rng.integers(-2, 3, len(times)).astype(np.float64) * (rng.random() < 0.5)


KINDS: Mapping[str, Callable[[Wave, Rng], Wave]] = {
    "ring": _ring,
    "keys": _keys,
    "music": _music,
    "clicks": _clicks,
    "bursts": _bursts,
    "noise": _noise,
    "more noise": _noise,
    "nothing": _nothing,
}
