"""MFCC exactly as Kaldi computes them (and so vosk), with dither off, in numpy; frame labels beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gateway.training.channel import RATE

SHIFT = 80
"""Samples from one frame to the next: 10 ms."""
PREEMPHASIS = 0.97
LIFTER = 22.0
LOW, HIGH = 20.0, 3700.0

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Mfcc:
    """As many coefficients as mel bins: nothing is thrown away, harmonics (and so tones) stay visible."""

    bins: int = 64
    window_ms: int = 40

    @property
    def window(self) -> int:
        """Samples of one frame."""
        return self.window_ms * RATE // 1000

    def config(self) -> str:
        """The same as Kaldi's options: conf/mfcc.conf of the model."""
        return (
            f"--sample-frequency={RATE}\n--frame-length={self.window_ms}\n--use-energy=false\n"
            f"--num-mel-bins={self.bins}\n--num-ceps={self.bins}\n--low-freq={LOW:.0f}\n--high-freq={HIGH:.0f}\n"
            "--dither=0\n--allow-upsample=true\n--allow-downsample=true\n"
        )

    def frames(self, samples: NDArray[np.int16]) -> Frames:
        """One row of `bins` coefficients for every 10 ms that hold a whole window."""
        if len(samples) < self.window:
            return np.zeros((0, self.bins), np.float32)
        cut = np.lib.stride_tricks.sliding_window_view(samples, self.window)[::SHIFT].astype(np.float32)
        cut -= cut.mean(axis=1, keepdims=True)
        cut[:, 1:] -= PREEMPHASIS * cut[:, :-1]
        cut[:, 0] *= 1 - PREEMPHASIS
        cut *= self._povey
        spectrum = np.fft.rfft(cut, self._fft)
        power = spectrum.real**2 + spectrum.imag**2
        mel = np.log(np.maximum(power[:, :-1] @ self._mel, np.finfo(np.float32).eps))
        made: Frames = mel @ self._cosines
        return made

    @property
    def _fft(self) -> int:
        return 1 << (self.window - 1).bit_length()

    @cached_property
    def _povey(self) -> Frames:
        phase = 2 * np.pi * np.arange(self.window) / (self.window - 1)
        return ((0.5 - 0.5 * np.cos(phase)) ** 0.85).astype(np.float32)

    @cached_property
    def _mel(self) -> Frames:
        """Triangles on the mel scale over the bins of the transform."""

        def mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0))

        low, high = float(mel(LOW)), float(mel(HIGH))
        step = (high - low) / (self.bins + 1)
        places = mel(np.arange(self._fft // 2) * RATE / self._fft)
        left = low + step * np.arange(self.bins)[:, None]
        weights = np.minimum((places - left) / step, (left + 2 * step - places) / step)
        return np.maximum(weights, 0).T.astype(np.float32)

    @cached_property
    def _cosines(self) -> Frames:
        """The cosine transform with Kaldi's lifter."""
        order = np.arange(self.bins)[:, None]
        basis = np.cos(np.pi / self.bins * (np.arange(self.bins) + 0.5) * order) * np.sqrt(2 / self.bins)
        basis[0] = np.sqrt(1 / self.bins)
        lifter = 1 + 0.5 * LIFTER * np.sin(np.pi * np.arange(self.bins) / LIFTER)
        scaled: Frames = (basis * lifter[:, None]).T.astype(np.float32)
        return scaled


@dataclass(frozen=True, slots=True)
class Segment:
    """A phone's network outputs and when it is spoken, in seconds."""

    pdfs: tuple[int, ...]
    begin: float
    end: float


def labels(segments: Sequence[Segment], frames: int, window_ms: int, silence: int = 0) -> NDArray[np.int16]:
    """The network output that each frame should have: that of the state spoken in the window's middle."""
    found = np.full(frames, silence, np.int16)
    middle = window_ms / 2000.0
    for segment in segments:
        count = len(segment.pdfs)
        step = (segment.end - segment.begin) / count
        for state, pdf in enumerate(segment.pdfs):
            edges = [segment.begin + step * n for n in (state, state + 1)]
            first, last = (int(np.ceil((edge - middle) / 0.01)) for edge in edges)
            found[max(first, 0) : max(last, 0)] = pdf
    return found
