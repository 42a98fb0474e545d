"""Invented voices: Chinese text becomes an 8 kHz WAV by way of pinyin and espeak-ng.

Debian 12's espeak-ng spells Han characters out in English letters; pinyin with tone numbers, given to the
voice `cmn-latn-pinyin`, is spoken rightly.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from gateway.testing.lab.cache import Cache

RATE = 8000
SPEAK_SECONDS = 30
"""espeak-ng has failed when one sentence takes longer."""

ROOM_NOISE = 24.0
"""Standard deviation of the quiet room in every file (-63 dBFS): no line carries digital nothing."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How somebody sounds: espeak-ng's variant (f1..f5, m1..m7), speed in words a minute, pitch 0..99."""

    variant: str = ""
    speed: int = 165
    pitch: int = 50
    gain: float = 1.0


def pinyin(text: str) -> str:
    """`有人打架` -> `you3 ren2 da3 jia4`; a light tone is 5; what is no Han character only parts phrases."""
    phrases = re.findall(r"[\u4e00-\u9fff]+", text)
    return ", ".join(
        " ".join(lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False))
        for phrase in phrases
    )


def speak(text: str, voice: Voice, cache: Cache) -> Samples:
    """One sentence as 8 kHz samples. Raises RuntimeError with what espeak-ng said."""
    program = cache.program("espeak-ng")
    name = "cmn-latn-pinyin" + (f"+{voice.variant}" if voice.variant else "")
    command = [
        *program.argv,
        "-v",
        name,
        "-s",
        str(voice.speed),
        "-p",
        str(voice.pitch),
        "--stdout",
        pinyin(text),
    ]
    done = subprocess.run(command, env=program.environment(), capture_output=True, timeout=SPEAK_SECONDS)
    if done.returncode or len(done.stdout) < 100:
        raise RuntimeError(f"espeak-ng cannot say {text!r}: {done.stderr.decode('utf-8', 'replace').strip()}")
    samples, rate = _samples(done.stdout)
    spoken: NDArray[np.float32] = soxr.resample(samples.astype(np.float32), rate, RATE) * voice.gain
    loud: Samples = np.clip(spoken, -32768, 32767).astype(np.int16)
    return loud


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
        spoken = speak(text, voice, cache)
        pieces += [np.zeros(begin - at, np.int16), spoken]
        at = begin + len(spoken)
    pieces.append(np.zeros(max(0, round(seconds * RATE) - at), np.int16))
    _write(path, _in_a_room(np.concatenate(pieces), seed=int(key[:8], 16)))
    return path


def _in_a_room(samples: Samples, *, seed: int) -> Samples:
    noise = np.random.default_rng(seed).normal(0.0, ROOM_NOISE, len(samples))
    return np.clip(samples + noise, -32768, 32767).astype(np.int16)


def _samples(wav: bytes) -> tuple[Samples, int]:
    """espeak-ng writes a header without lengths to a pipe: whatever follows the 44 bytes is sound."""
    with wave.open(io.BytesIO(wav)) as header:
        rate = header.getframerate()
    body = wav[44:]
    return np.frombuffer(body[: len(body) // 2 * 2], np.int16), rate


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
