from __future__ import annotations

import random

import pytest

from gateway.speech.assemble import BYTES_PER_MS, CONFIRM_MS, HOLE_MS, MAX_HELD_MS, Assembler

FRAME = b"\x01\x01" * 160


def play(arrivals_ms: list[float]) -> tuple[bytes, list[tuple[int, int]], Assembler]:
    assembler = Assembler()
    placed = [assembler.add(at, FRAME) for at in arrivals_ms] + [assembler.close()]
    whole = [p for p in placed if p]
    return (
        b"".join(p.pcm for p in whole),
        [(p.hole.started_ms, p.hole.ended_ms) for p in whole if p.hole],
        assembler,
    )


def test_steady_frames_are_put_end_to_end() -> None:
    pcm, holes, assembler = play([1020 + 20 * n for n in range(50)])
    assert pcm == FRAME * 50
    assert holes == []
    assert assembler.ends_ms == 2000


def test_jitter_puts_no_silence_between_words() -> None:
    chance = random.Random(1)
    pcm, holes, _ = play([20 * n + chance.uniform(0, HOLE_MS - 1) for n in range(500)])
    assert holes == []
    assert pcm == FRAME * 500


def test_hole_of_an_attended_transfer_becomes_silence_of_its_length() -> None:
    pcm, holes, assembler = play(
        [20.0 * n for n in range(1, 51)] + [1000 + 400 + 20.0 * n for n in range(1, 51)]
    )
    assert holes == [(1000, 1400)]
    assert pcm == FRAME * 50 + bytes(400 * BYTES_PER_MS) + FRAME * 50
    assert assembler.ends_ms == 2400


def test_network_stall_that_is_caught_up_is_no_hole() -> None:
    burst = [1000 + 500 + 0.1 * n for n in range(1, 26)]
    pcm, holes, assembler = play(
        [20.0 * n for n in range(1, 51)] + burst + [1500 + 20.0 * n for n in range(1, 51)]
    )
    assert holes == []
    assert assembler.ends_ms == 2500
    assert len(pcm) == 125 * len(FRAME)


def test_sound_after_a_hole_is_held_back_no_longer_than_it_takes_to_believe_it() -> None:
    assembler = Assembler()
    assembler.add(20, FRAME)
    held = [assembler.add(1000 + 20 * n, FRAME) for n in range(CONFIRM_MS // 20 + 1)]
    assert [p is None for p in held] == [True] * (CONFIRM_MS // 20) + [False]


def test_endless_sound_in_no_time_is_not_held_for_ever() -> None:
    assembler = Assembler()
    assembler.add(20, FRAME)
    given = [assembler.add(100_000, FRAME) for _ in range(MAX_HELD_MS // 20 + 1)]
    assert given[-1] is not None


def test_frames_that_come_together_end_when_the_last_one_came() -> None:
    assembler = Assembler()
    first = assembler.add(1000, FRAME * 10)
    assert first is not None
    assert first.hole is None
    assert assembler.ends_ms == 1000
    assert Assembler().close() is None


def test_a_sender_with_a_fast_clock_loses_nothing() -> None:
    pcm, holes, _ = play([19.0 * n for n in range(1, 2001)])
    assert holes == []
    assert len(pcm) == 2000 * len(FRAME)


def test_length_always_equals_sound_plus_holes() -> None:
    chance = random.Random(7)
    at = 0.0
    arrivals = []
    for _ in range(3000):
        at += 20 + (chance.uniform(0, 900) if chance.random() < 0.01 else 0)
        arrivals.append(at + chance.uniform(0, 30))
    pcm, holes, assembler = play(arrivals)
    assert len(pcm) == 3000 * len(FRAME) + sum(high - low for low, high in holes) * BYTES_PER_MS
    assert assembler.ends_ms is not None
    assert abs(assembler.ends_ms - arrivals[-1]) < 2 * HOLE_MS


def test_half_a_sample_is_refused_and_nothing_is_nothing() -> None:
    with pytest.raises(ValueError, match="3 bytes are not whole"):
        Assembler().add(0, b"abc")
    assert Assembler().add(0, b"") is None
