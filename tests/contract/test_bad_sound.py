"""Sound that is no speech, or broken, through real recognizers: text goes on, nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.assemble import RATE_HZ
from gateway.speech.model import Leg
from gateway.speech.offline import Hear, ears

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "asr_models/demo-cn"
SPEECH = wav.read(ROOT / "tests/data/speech/wage.wav")[0]
TEXT = "老板拖欠工资"
QUIET = bytes(RATE_HZ * 2)
"""A second."""


@pytest.fixture
async def hear() -> AsyncIterator[Hear]:
    async with ears(DEMO, clock=SystemClock()) as found:
        yield found


def _pcm(samples: NDArray[np.float64]) -> bytes:
    return np.clip(samples, -32768, 32767).astype(np.int16).tobytes()


def _seconds(span: float) -> NDArray[np.float64]:
    return np.arange(round(RATE_HZ * span)) / RATE_HZ


def dtmf(digits: str = "110119") -> bytes:
    """ITU-T Q.23: two tones a digit, 100 ms on, 100 ms off."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    pieces = []
    for digit in digits:
        at = "123456789*0#".index(digit)
        t = _seconds(0.1)
        tone = np.sin(2 * np.pi * rows[at // 3] * t) + np.sin(2 * np.pi * columns[at % 3] * t)
        pieces.append(_pcm(tone * 7000) + bytes(RATE_HZ // 5))
    return b"".join(pieces)


def music() -> bytes:
    """Chords, as an on-hold melody has them."""
    t = _seconds(0.5)
    chords = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)] * 3
    return b"".join(_pcm(sum(np.sin(2 * np.pi * f * t) for f in chord) * 4000) for chord in chords)


def noise(seconds: float) -> bytes:
    return _pcm(np.random.default_rng(7).normal(0, 900, round(RATE_HZ * seconds)))


def square() -> bytes:
    """The loudest a line can be, clipped."""
    return _pcm(np.sign(np.sin(2 * np.pi * 100 * _seconds(3))) * 32767)


@pytest.mark.parametrize(
    ("name", "before"),
    [("dtmf", dtmf()), ("music", music()), ("noise", noise(10)), ("clipped", square()), ("nothing", b"")],
)
async def test_speech_after_what_is_no_speech_is_still_heard(hear: Hear, name: str, before: bytes) -> None:
    segments = await hear([(Leg.CALLER, before + QUIET + SPEECH + QUIET)])
    assert TEXT in "".join(segment.text for segment in segments)


async def test_half_a_sample_at_the_end_and_an_empty_leg_cost_nothing(hear: Hear) -> None:
    segments = await hear([(Leg.CALLER, SPEECH + QUIET + b"\x01"), (Leg.CALL_TAKER, b"")])
    assert [(segment.speaker, segment.text) for segment in segments] == [(Leg.CALLER, TEXT)]


@pytest.mark.system
async def test_half_an_hour_of_noise_is_survived_and_the_speech_behind_it_is_heard_in_its_place(
    hear: Hear,
) -> None:
    before = noise(1800)
    segments = await hear([(Leg.CALLER, before + QUIET + SPEECH + QUIET)])
    last = segments[-1]
    assert last.text == TEXT
    assert last.started_ms > 1800_000
