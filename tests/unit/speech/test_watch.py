"""A leg with speech and no words is seen within 8 s; noise, tones and music cry wolf at most once."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gateway.speech.model import HearingState
from gateway.speech.watch import CALM_MS, DEAF_AFTER_MS, MAX_MENDS, NO_FRAMES_S, Told, Watch

VOICES = Path(__file__).parents[2] / "data" / "speech"
T = np.arange(40 * 8000) / 8000
RNG = np.random.default_rng(7)
ROOM = 0.0007 * RNG.normal(size=len(T))


def pcm(sound: np.ndarray) -> bytes:
    return bytes(np.clip((sound + ROOM[: len(sound)]) * 32767, -32768, 32767).astype(np.int16).tobytes())


def voice(seconds: int, name: str = "fight") -> bytes:
    """Somebody speaks without a break."""
    with wave.open(str(VOICES / f"{name}.wav")) as file:
        said = file.readframes(file.getnframes())
    return (said * (1 + seconds * 16_000 // len(said)))[: seconds * 16_000]


def tone(*frequencies: float, every: float = 1.0, on: float = 1.0) -> bytes:
    return pcm(0.1 * sum(np.sin(2 * np.pi * f * T) for f in frequencies) * ((T % every) < on))


def melody() -> bytes:
    """Hold music: plucked notes with overtones."""
    sound = np.zeros_like(T)
    for beat in range(160):
        note, span = 262 * 2 ** (RNG.integers(0, 12) / 12), slice(beat * 2000, (beat + 1) * 2000)
        fading = 0.1 * np.exp(-np.arange(2000) / 800)
        sound[span] = fading * sum(np.sin(2 * np.pi * note * k * T[span]) / k for k in (1, 1.5, 2, 3))
    return pcm(sound)


def watched(
    watch: Watch, sound: bytes, *, from_s: int = 0, words: Callable[[int], bool] = lambda _: False
) -> list[Told]:
    """Second by second: what is told. `words(s)`: whether the recognizer finds words in this second."""
    told = []
    for second in range(len(sound) // 16_000):
        watch.sound(sound[second * 16_000 : (second + 1) * 16_000])
        heard_ms = (from_s + second + 1) * 1000
        if words(from_s + second):
            watch.text(heard_ms)
        found = watch.look(heard_ms=heard_ms)
        told += [found] if found else []
    return told


def test_speech_without_a_word_is_seen_after_eight_seconds_and_mended() -> None:
    first, *_ = watched(Watch(0), voice(20))
    assert (first.state, first.mend) == (HearingState.DEAF, True)
    assert first.since_ms <= 4_000


def test_while_words_come_nothing_is_told() -> None:
    assert watched(Watch(0), voice(40), words=lambda second: second % 5 == 0) == []


def test_when_words_come_from_the_second_recognizer_the_leg_is_heard_again() -> None:
    watch = Watch(0)
    told = watched(watch, voice(20), words=lambda second: second >= 10)
    assert [each.state for each in told] == [HearingState.DEAF, HearingState.LIVE]


def test_without_words_from_the_second_one_either_it_is_told_once_and_no_more() -> None:
    told = watched(Watch(0), voice(120))
    assert [(each.state, each.mend) for each in told] == [
        (HearingState.DEAF, True),
        (HearingState.NO_WORDS, False),
    ]


def test_sound_without_words_is_forgotten_when_words_come_or_it_is_calm() -> None:
    for after, words in ((voice(10), True), (pcm(np.zeros(len(T))), False)):
        watch = Watch(0)
        watched(watch, voice(20))
        (told,) = watched(watch, after, from_s=20, words=lambda _, words=words: words)
        assert told.state is HearingState.LIVE
    assert CALM_MS <= 40_000


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(tone(450, every=5), id="ring-back"),
        pytest.param(tone(450, every=0.7, on=0.35), id="busy"),
        pytest.param(tone(697, 1209, every=0.3, on=0.15), id="keys"),
        pytest.param(pcm(0.03 * RNG.normal(size=len(T))), id="noise"),
        pytest.param(pcm(0.03 * RNG.normal(size=len(T)) * (T > 7)), id="a noise that begins"),
        pytest.param(pcm(np.zeros(len(T))), id="a quiet room"),
        pytest.param(bytes(2 * len(T)), id="digital silence"),
    ],
)
def test_what_is_no_speech_cries_no_wolf(sound: bytes) -> None:
    assert watched(Watch(0), sound) == []


def test_music_cries_wolf_once_at_most() -> None:
    told = watched(Watch(0), melody() * 3)
    assert sum(each.mend for each in told) <= 1
    assert len(told) <= 2


def test_only_what_the_recognizer_has_heard_counts() -> None:
    watch = Watch(0)
    watch.sound(voice(30))
    assert watch.look(heard_ms=DEAF_AFTER_MS - 1) is None
    told = watch.look(heard_ms=12_000)
    assert told is not None
    assert told.state is HearingState.DEAF


def test_short_words_between_pauses_count_as_words() -> None:
    """嗯, 对, yes: half a second each, now and then."""
    assert watched(Watch(0), voice(40, "yes"), words=lambda second: second % 7 == 0) == []


def test_recognizers_are_replaced_a_few_times_and_not_for_ever() -> None:
    watch, mends = Watch(0), 0
    for round_ in range(4 * MAX_MENDS):
        told = watched(watch, voice(20), from_s=20 * round_, words=lambda second: second % 20 == 15)
        mends += sum(each.mend for each in told)
    assert mends == MAX_MENDS


def test_a_tap_without_frames_is_told_with_the_end_of_its_sound_and_so_is_its_return() -> None:
    watch = Watch(500)
    watch.sound(voice(2))
    assert watch.look(heard_ms=2_500, silent_s=1.0) is None
    gone = watch.look(heard_ms=2_500, silent_s=NO_FRAMES_S)
    assert gone is not None
    assert (gone.state, gone.since_ms) == (HearingState.NO_FRAMES, 2_500)
    assert watch.look(heard_ms=2_500, silent_s=NO_FRAMES_S + 1) is None
    watch.sound(voice(1))
    back = watch.look(heard_ms=3_500)
    assert back is not None
    assert (back.state, back.since_ms) == (HearingState.LIVE, 3_500)


def test_a_leg_that_is_late_is_told_and_told_again_when_it_has_caught_up() -> None:
    watch = Watch(0)
    watch.sound(voice(5))
    late = watch.look(heard_ms=1_000, late=HearingState.BEHIND)
    assert late is not None
    assert late.state is HearingState.BEHIND
    assert watch.look(heard_ms=1_500, late=HearingState.BEHIND) is None
    caught_up = watch.look(heard_ms=5_000)
    assert caught_up is not None
    assert caught_up.state is HearingState.LIVE
