"""Silence between utterances is left out; nothing that could be a word ever is."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.hush import LEAD_MS, QUIET_PEAK, STRIDE_MS, Hush

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
    hush = Hush()
    for _ in range(10):
        assert hush.give(silence(STEP_MS, QUIET_PEAK)) == b""
    assert hush.give(sound(20)).endswith(sound(20))


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
        level = levels.randrange(QUIET_PEAK + 1, 30_000) if loud else 0
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
