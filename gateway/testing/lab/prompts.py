"""The prompts of `dialplans/sounds`, spoken by espeak-ng: a machine's voice, to be replaced by a person's.

python -m gateway.testing.lab.prompts [FOLDER]
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

from gateway.speech.voice import RATE, Voice, speak
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.pbx import DIALPLANS

PROMPTS = {
    "intake110-silence-zh": (
        "如果您需要警察，但不方便说话，请按一。", Voice(variant="f2", speed=190, gain=0.6)
    ),
    "intake110-silence-en": (
        "If you need the police and cannot speak, press one.",
        Voice(base="en-gb", variant="f2", speed=150, gain=0.6),
    ),
}  # fmt: skip
"""Name of the file, what it says, by which voice. Quieter than a call-taker: it may be heard in the room."""


def write_prompts(folder: Path, cache: Cache) -> list[Path]:
    """8 kHz, 16 bit, mono, as Asterisk plays them."""
    return [_write(folder / f"{name}.wav", text, voice, cache) for name, (text, voice) in PROMPTS.items()]


def _write(path: Path, text: str, voice: Voice, cache: Cache) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = speak(text, voice, cache.program("espeak-ng"))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return path


if __name__ == "__main__":
    for made in write_prompts(Path(sys.argv[1]) if sys.argv[1:] else DIALPLANS / "sounds", Cache()):
        print(made)
