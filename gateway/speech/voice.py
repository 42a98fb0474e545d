"""Invented voices: text becomes 8 kHz telephone sound by way of espeak-ng.

Debian 12's espeak-ng spells Han characters out in English letters; pinyin with tone numbers, given to the
voice `cmn-latn-pinyin`, is spoken rightly.
"""

from __future__ import annotations

import io
import re
import subprocess
import wave
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from gateway.programs import Program

RATE = 8000
SPEAK_SECONDS = 30
"""espeak-ng has failed when one sentence takes longer."""
MANDARIN = "cmn-latn-pinyin"

Samples = NDArray[np.int16]


class VoiceError(Exception):
    """espeak-ng cannot say it. The message has its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How somebody sounds: espeak-ng's variant (f1..f5, m1..m7), speed in words a minute, pitch 0..99.

    `base`: espeak-ng's voice; all but Mandarin read plain text.
    """

    variant: str = ""
    speed: int = 165
    pitch: int = 50
    gain: float = 1.0
    base: str = MANDARIN


def pinyin(text: str) -> str:
    """`有人打架` -> `you3 ren2 da3 jia4`; a light tone is 5; what is no Han character only parts phrases."""
    phrases = re.findall(r"[\u4e00-\u9fff]+", text)
    return ", ".join(
        " ".join(lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False))
        for phrase in phrases
    )


def speak(text: str, voice: Voice, espeak: Program) -> Samples:
    """One sentence as 8 kHz samples. Raises VoiceError."""
    command = [
        *espeak.argv, "-v", voice.base + (f"+{voice.variant}" if voice.variant else ""),
        "-s", str(voice.speed), "-p", str(voice.pitch), "--stdout",
        pinyin(text) if voice.base == MANDARIN else text,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, env=espeak.environment(), capture_output=True, timeout=SPEAK_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VoiceError(f"espeak-ng cannot say {text!r}: {error}") from error
    if done.returncode or len(done.stdout) < 100:
        raise VoiceError(f"espeak-ng cannot say {text!r}: {done.stderr.decode('utf-8', 'replace').strip()}")
    samples, rate = _samples(done.stdout)
    spoken: NDArray[np.float32] = soxr.resample(samples.astype(np.float32), rate, RATE) * voice.gain
    loud: Samples = np.clip(spoken, -32768, 32767).astype(np.int16)
    return loud


def _samples(wav: bytes) -> tuple[Samples, int]:
    """espeak-ng writes a header without lengths to a pipe: whatever follows the 44 bytes is sound."""
    with wave.open(io.BytesIO(wav)) as header:
        rate = header.getframerate()
    body = wav[44:]
    return np.frombuffer(body[: len(body) // 2 * 2], np.int16), rate
