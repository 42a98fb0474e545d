"""A leg's seconds: what kind of sound each is, told by ear and rule."""

from __future__ import annotations

import wave
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gateway.speech.level import Kind, Meter, Second

VOICES = Path(__file__).parents[2] / "data" / "speech"
RNG = np.random.default_rng(11)
RATE = 8000


def noise(seconds: float, level: float) -> np.ndarray:
    return level * RNG.normal(size=round(seconds * RATE))


def room(seconds: float) -> np.ndarray:
    return noise(seconds, 0.0007)


def heard(*parts: np.ndarray, base_ms: int = 0, piece: int = 320) -> list[Second]:
    sound = np.clip(np.concatenate(parts) * 32767, -32768, 32767).astype(np.int16).tobytes()
    meter, found = Meter(base_ms), []
    for at in range(0, len(sound), piece):
        meter.sound(sound[at : at + piece])
        found += meter.take()
    return found


def kinds(seconds: list[Second]) -> list[str]:
    return [second.kind.value for second in seconds]


def knock(loud: float = 0.3) -> np.ndarray:
    """A fingernail on the phone: a burst that has died away after 40 ms."""
    return loud * np.exp(-np.arange(600) / 60) * RNG.normal(size=600)


def breath(seconds: float) -> np.ndarray:
    """In and out, four seconds each round: hissing that swells and fades."""
    time = np.arange(round(seconds * RATE)) / RATE
    swell = np.clip(np.sin(2 * np.pi * time / 4), 0, 1) ** 2
    return 0.012 * swell * RNG.normal(size=len(time)) + room(seconds)


def spoken(name: str) -> np.ndarray:
    with wave.open(str(VOICES / f"{name}.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768


def test_an_empty_room_is_quiet_and_so_is_a_line_that_hisses_all_the_time() -> None:
    assert set(kinds(heard(room(10)))) == {"quiet"}
    assert set(kinds(heard(noise(10, 0.02)))) == {"quiet"}
    assert set(kinds(heard(np.zeros(5 * RATE)))) == {"quiet"}


@pytest.mark.parametrize(("name", "seconds"), [("fight", 4), ("wage", 2), ("yes", 1)])
def test_a_voice_is_a_voice(name: str, seconds: int) -> None:
    """`seconds`: of how many at least these people fill some."""
    found = kinds(heard(room(3), spoken(name), room(3)))
    assert found[:2] == ["quiet", "quiet"]
    assert found.count("voice") >= seconds
    assert "taps" not in found


def test_two_knocks_on_the_phone_are_taps_and_are_counted_once_each() -> None:
    quiet = room(6)
    for at in (2.3, 2.7, 3.99):
        first = round(at * RATE)
        quiet[first : first + 600] += knock()
    found = heard(quiet)
    assert sum(second.taps for second in found) == 3
    assert {second.kind for second in found} == {Kind.QUIET, Kind.TAPS}


def test_breathing_near_the_phone_is_seen_and_is_no_voice() -> None:
    found = Counter(kinds(heard(room(2), breath(16))))
    assert found["breath"] >= 4
    assert found["voice"] == found["taps"] == 0


def test_a_key_is_a_tone_and_no_sign_of_a_voice() -> None:
    time = np.arange(RATE // 5) / RATE
    key = 0.1 * (np.sin(2 * np.pi * 697 * time) + np.sin(2 * np.pi * 1209 * time))
    found = kinds(heard(room(2), key, room(2.8)))
    assert "voice" not in found


def test_seconds_are_placed_in_the_call_and_their_loudness_is_told() -> None:
    quiet = heard(room(3), base_ms=4_500)
    assert [second.at_ms for second in quiet] == [4_500, 5_500, 6_500]
    assert all(-66 <= second.db <= -58 for second in quiet)
    assert max(second.db for second in heard(spoken("fight"))) > -20


def test_whatever_the_size_of_the_pieces_the_same_is_heard() -> None:
    sound = np.concatenate([room(2), spoken("yes"), room(2)])
    assert heard(sound, piece=320) == heard(sound, piece=7_777)


def test_seconds_that_nobody_takes_do_not_grow() -> None:
    meter = Meter(0)
    for _ in range(300):
        meter.sound(bytes(16_000))
    assert len(meter.take()) <= 60
