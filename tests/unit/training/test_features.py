"""Features are Kaldi's; labels fall on the middle of a window."""

from __future__ import annotations

import numpy as np

from gateway.training.features import Mfcc, Segment, labels

GOLD = [
    [95.051, 40.434, -105.362, -11.176, 0.443],
    [65.818, -58.761, 54.729, -16.029, 0.300],
    [61.278, -70.223, 53.595, -9.528, 1.347],
]


def sweep() -> np.ndarray:
    at = np.arange(1200)
    return np.round(3000 * np.sin(at**1.3 / 9) + 500 * np.cos(at * 1.7)).astype(np.int16)


def test_mfcc_are_those_of_kaldi() -> None:
    """The figures are kaldi-native-fbank's (1.23) for the same sound and options."""
    frames = Mfcc(bins=64, window_ms=40).frames(sweep())
    assert frames.shape == (12, 64)
    np.testing.assert_allclose(frames[[0, 5, 11]][:, [0, 1, 7, 31, 63]], GOLD, atol=0.02)


def test_a_sound_shorter_than_a_window_has_no_frames() -> None:
    assert Mfcc().frames(np.zeros(319, np.int16)).shape == (0, 64)


def test_the_models_options_say_what_was_computed() -> None:
    config = Mfcc(bins=40, window_ms=25).config()
    assert "--num-mel-bins=40\n--num-ceps=40" in config
    assert "--frame-length=25" in config
    assert "--dither=0\n--allow-upsample=true" in config


def test_a_frame_is_labelled_with_what_is_spoken_in_its_middle() -> None:
    found = labels([Segment((7,), 0.095, 0.195), Segment((8, 9), 0.195, 0.395)], 60, 40)
    assert list(np.flatnonzero(found == 7)) == list(range(8, 18))
    assert list(np.flatnonzero(found == 8)) == list(range(18, 28))
    assert list(np.flatnonzero(found == 9)) == list(range(28, 38))
    assert set(found[:8]) | set(found[38:]) == {0}
