"""Kaldi's binary objects: what is written can be read back as Kaldi reads it."""

from __future__ import annotations

import struct

import numpy as np

from gateway.training.kaldi import Writer


def read_compressed(data: bytes) -> np.ndarray:
    """As kaldi/matrix/compressed-matrix.cc reads format 2: token, extremes, size, steps."""
    token, rest = data.split(b" ", 1)
    assert token == b"CM2"
    low, span, rows, columns = struct.unpack("<ffii", rest[:16])
    steps = np.frombuffer(rest[16:], "<u2").reshape(rows, columns)
    return low + span * steps / 65535


def test_a_matrix_comes_back_to_within_half_a_step() -> None:
    weights = np.random.default_rng(1).normal(0, 0.2, (30, 7))
    read = read_compressed(bytes(Writer().matrix(weights).data))
    assert read.shape == (30, 7)
    half = (weights.max() - weights.min()) / 65535 / 2
    assert np.abs(read - weights).max() <= half * 1.01


def test_a_matrix_of_one_value_keeps_it() -> None:
    np.testing.assert_allclose(read_compressed(bytes(Writer().matrix(np.full((2, 3), -0.5)).data)), -0.5)
