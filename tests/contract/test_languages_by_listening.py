"""Which language is spoken is found by listening, with both demonstration models and real sound."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.pool import Pool
from gateway.speech.recognizer import Final, joined
from gateway.speech.spool import Sound
from gateway.speech.track import AFTERWARDS, Track
from gateway.speech.voice import Voice, speak
from gateway.testing.lab.cache import Cache

ROOT = Path(__file__).parents[2]
MODELS = {"": ROOT / "asr_models/demo-cn", "en": ROOT / "asr_models/demo-en"}
QUIET = bytes(1500 * BYTES_PER_MS)


def mandarin() -> bytes:
    return b"".join(wav.read(ROOT / f"tests/data/speech/{name}.wav")[0] + QUIET for name in ("fight", "wage"))


def english() -> bytes:
    espeak = Cache().program("espeak-ng")
    said = ("there is a fire in my house please send help", "two men are fighting in the street")
    return b"".join(speak(text, Voice(base="en-gb"), espeak).tobytes() + QUIET for text in said)


@pytest.mark.parametrize(("sound", "model"), [(mandarin, ""), (english, "en")])
async def test_language_of_real_sound_is_found_by_listening(sound: object, model: str) -> None:
    assert callable(sound)
    pool = Pool(models=MODELS, workers=1, clock=SystemClock())
    finals: list[Final] = []
    done = asyncio.Event()
    track = Track(
        name="t",
        sound=Sound.of(sound()),
        base_ms=0,
        urgency=AFTERWARDS,
        whole=True,
        on_final=lambda final, _: finals.append(final),
        on_partial=lambda _: None,
        on_done=done.set,
        on_behind=lambda _: None,
    )
    track.hear_with(("", "en"))
    try:
        await pool.start()
        pool.add(track)
        async with asyncio.timeout(120):
            await done.wait()
    finally:
        await pool.close()
    told = [joined(final.words) for final in finals if final.words]
    assert told
    assert {final.model for final in finals if final.words} == {model}, told
