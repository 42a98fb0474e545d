"""Silence between utterances is left out; nothing that could be a word ever is."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.hush import LEAD_MS, QUIET_PEAK, STEADY_RMS, STEPS_KNOWN, STRIDE_MS, Hush

STEP_MS = 100


def silence(ms: int, level: int = 0) -> bytes:
    return (level.to_bytes(2, "little", signed=True) * (ms * BYTES_PER_MS // 2)) if level else bytes(ms * 16)


def sound(ms: int = STEP_MS, level: int = QUIET_PEAK + 1) -> bytes:
    return silence(ms, level)


def test_silence_before_the_first_word_is_left_out_but_for_its_end():
    hush = Hush()
    given = b"".join(hush.give(silence(STEP_MS)) for _ in range(50)) + hush.give(sound())
    assert LEAD_MS <= (len(given) - len(sound())) / BYTES_PER_MS < LEAD_MS + STRIDE_MS
    left_ms = 5000 - (len(given) - len(sound())) // BYTES_PER_MS
    assert left_ms % STRIDE_MS == 0
    assert hush.placed_ms(len(given) / BYTES_PER_MS) == 5000 + STEP_MS


def test_a_word_hardly_louder_than_the_line_is_given_at_once():
    hush, word = Hush(), sound(20, QUIET_PEAK * 4 // 3)
    for _ in range(10):
        assert hush.give(silence(STEP_MS, QUIET_PEAK)) == b""
    assert hush.give(word).endswith(word)


def line_noise(seconds: float, rms: float, seed: int = 5) -> np.ndarray:
    return rms * np.random.default_rng(seed).normal(size=round(seconds * 8000))


def heard(hush: Hush, sound: np.ndarray, step_ms: int = STEP_MS) -> list[float]:
    """Of each step how much was given, in milliseconds."""
    pcm = np.rint(sound).astype(np.int16).tobytes()
    step = step_ms * BYTES_PER_MS
    return [len(hush.give(pcm[at : at + step])) / BYTES_PER_MS for at in range(0, len(pcm), step)]


def at_rest(hush: Hush, rms: float) -> None:
    """The recognizer has just found the end of an utterance in that noise."""
    heard(hush, line_noise(0.6, rms, seed=1))
    hush.closed()


@pytest.mark.parametrize("rms", [20, 50, 70])
def test_steady_noise_of_the_line_is_left_out_for_minutes(rms: int):
    hush = Hush()
    at_rest(hush, rms)
    assert sum(heard(hush, line_noise(300, rms))) == 0


def test_the_noise_of_a_line_is_listened_to_before_it_is_known():
    given = heard(Hush(), line_noise(3, 50))
    assert all(given[: STEPS_KNOWN - 1])


@pytest.mark.parametrize("rms", [100, 500])
def test_noise_as_loud_as_a_far_voice_is_always_given(rms: int):
    hush = Hush()
    at_rest(hush, rms)
    assert all(heard(hush, line_noise(5, rms)))


@pytest.mark.parametrize("rms", [20, 50, 70])
def test_a_hum_as_loud_as_the_noise_is_given_within_one_step_and_its_beginning_too(rms: int):
    """嗯, no louder than the line: 0 dB."""
    hush, noise = Hush(), line_noise(10, rms)
    at_rest(hush, rms)
    noise[40_300:42_300] += rms * np.sqrt(2) * np.sin(2 * np.pi * 130 * np.arange(2000) / 8000)
    given = heard(hush, noise)
    first = next(number for number, ms in enumerate(given) if ms)
    assert first in (50, 51)
    assert given[first] >= LEAD_MS + STEP_MS


def test_a_click_that_is_gone_before_it_weighs_anything_is_given():
    hush, noise = Hush(), line_noise(3, 30)
    at_rest(hush, 30)
    noise[16_100:16_104] = 300
    assert heard(hush, noise)[20] > 0


def test_when_the_noise_falls_a_whisper_below_the_old_noise_is_given():
    hush = Hush()
    at_rest(hush, 70)
    heard(hush, line_noise(5, 70))
    heard(hush, line_noise(0.1, 15))
    assert sum(heard(hush, line_noise(0.3, 30))) > 0


def test_noise_that_rises_is_heard_until_the_recognizer_finds_nothing_in_it_and_then_left_out():
    hush = Hush()
    at_rest(hush, 20)
    assert all(heard(hush, line_noise(5, 60)))
    hush.closed()
    assert sum(heard(hush, line_noise(60, 60, seed=9))) == 0


def test_all_silence_is_given_until_the_recognizer_has_closed_the_utterance():
    hush = Hush()
    hush.give(sound())
    assert all(hush.give(silence(STEP_MS)) == silence(STEP_MS) for _ in range(20))
    hush.closed()
    assert hush.give(silence(STEP_MS)) == b""


def test_an_hour_of_silence_keeps_a_fifth_of_a_second():
    hush = Hush()
    for _ in range(36_000):
        assert hush.give(silence(STEP_MS)) == b""
    assert len(hush.give(sound())) <= (LEAD_MS + STRIDE_MS + STEP_MS) * BYTES_PER_MS
    assert hush.placed_ms(1_000) > 3_600_000


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400), st.booleans()), max_size=60), st.integers(0, 9))
def test_every_sample_that_is_no_silence_is_given_in_order_and_stands_where_it_was(steps, seed):
    """Each sound is marked by its own level; where it was given maps back to where it stood."""
    hush, levels = Hush(), random.Random(seed)
    at_ms, given_ms, heard = 0.0, 0.0, []
    for loud, ms, closes in steps:
        level = levels.randrange(STEADY_RMS + 1, 30_000) if loud else 0
        given = hush.give(sound(ms, level) if loud else silence(ms))
        if loud:
            began_ms = given_ms + len(given) / BYTES_PER_MS - ms
            assert given.endswith(sound(ms, level))
            heard.append((began_ms, at_ms))
        at_ms, given_ms = at_ms + ms, given_ms + len(given) / BYTES_PER_MS
        if closes:
            hush.closed()
    for began_ms, stood_ms in heard:
        assert abs(hush.placed_ms(began_ms) - stood_ms) < 1e-6
