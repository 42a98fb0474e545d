"""Lines and noises: the same seed, the same sound; nothing leaves 16 bits."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.training.channel import RATE, coloured, companded, telephone
from gateway.training.tones import KINDS, no_speech
from gateway.training.variants import TESTING, TRAINED


def voice() -> np.ndarray:
    at = np.arange(RATE) / RATE
    return 8000 * np.sin(2 * np.pi * 200 * at) * (at % 0.5 < 0.3)


@pytest.mark.parametrize("seed", range(6))
def test_the_same_seed_makes_the_same_line(seed: int) -> None:
    once, again = (telephone(voice(), np.random.default_rng(seed), [voice()]) for _ in range(2))
    assert once.dtype == np.int16
    assert len(once) == RATE
    np.testing.assert_array_equal(once, again)
    assert 0.002 < np.sqrt(np.mean((once / 32768.0) ** 2)) < 0.4


def test_another_seed_makes_another_line() -> None:
    first, second = (telephone(voice(), np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_no_speech_is_a_sound_of_the_wanted_length(kind: str) -> None:
    times = np.arange(2 * RATE) / RATE
    sound = KINDS[kind](times, np.random.default_rng(3))
    assert len(sound) == len(times)
    assert np.isfinite(sound).all()


def test_no_speech_is_drawn_from_the_generator_alone() -> None:
    clips = [no_speech(np.random.default_rng(9)) for _ in range(2)]
    np.testing.assert_array_equal(*clips)


@pytest.mark.parametrize("kind", ["white", "pink", "brown", "hum"])
def test_noise_has_its_length(kind: str) -> None:
    assert len(coloured(4001, np.random.default_rng(1), kind)) == 4001


def test_companding_loses_little() -> None:
    sound = voice()
    assert np.abs(companded(sound) - sound).max() < 0.05 * np.abs(sound).max()


def test_no_voice_both_teaches_and_tests() -> None:
    assert not set(TESTING) & set(TRAINED)
    assert "" in TESTING
    assert len(TESTING) >= 6
