"""Invented callers: what an invented voice says, as a WAV with a quiet room around it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gateway.speech.voice import RATE, Samples, Voice, speak
from gateway.testing.lab.cache import Cache

ROOM_NOISE = 24.0
"""Standard deviation of the quiet room in every file (-63 dBFS): no line carries digital nothing."""


def speak_wav(
    turns: Sequence[tuple[float, str]], voice: Voice, cache: Cache, *, seconds: float = 0.0
) -> Path:
    """A WAV with each text spoken from its second on, silence between; made once and kept beside the cache.

    A turn that would begin before the one before has ended begins 0.3 s after it. At least `seconds` long.
    """
    key = hashlib.sha256(repr((turns, voice, seconds, ROOM_NOISE)).encode()).hexdigest()[:24]
    path = cache.root / "voices" / f"{key}.wav"
    if path.exists():
        return path
    pieces: list[Samples] = []
    at = 0
    for start, text in turns:
        begin = max(round(start * RATE), at + round(0.3 * RATE) if pieces else 0)
        spoken = speak(text, voice, cache.program("espeak-ng"))
        pieces += [np.zeros(begin - at, np.int16), spoken]
        at = begin + len(spoken)
    pieces.append(np.zeros(max(0, round(seconds * RATE) - at), np.int16))
    _write(path, _in_a_room(np.concatenate(pieces), seed=int(key[:8], 16)))
    return path


def _in_a_room(samples: Samples, *, seed: int) -> Samples:
    noise = np.random.default_rng(seed).normal(0.0, ROOM_NOISE, len(samples))
    return np.clip(samples + noise, -32768, 32767).astype(np.int16)


def _write(path: Path, samples: Samples) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    Path(temporary).chmod(0o644)
    os.replace(temporary, path)
