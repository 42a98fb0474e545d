"""Multinomial logistic regression on sparse rows, fitted with L-BFGS (Nocedal and Wright, algorithm 7.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_STEPS = 100
"""Steps of descent; by then the weights hardly move."""
MEMORY = 8
"""Steps whose curvature is remembered."""
STILL = 1e-4
"""Largest slope at which the bottom counts as reached."""
MAX_HALVINGS = 30

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix: row i has `columns[starts[i]:starts[i + 1]]`, all of them worth `value[i]`."""

    columns: NDArray[np.int64]
    starts: NDArray[np.int64]
    of_row: NDArray[np.int64]
    """The row of each entry."""
    value: Floats
    width: int

    @classmethod
    def of(cls, columns: Sequence[NDArray[np.int64]], width: int) -> Rows:
        """Every entry of a row is worth 1 / sqrt(how many it has); one that stands twice counts twice."""
        sizes = np.array([len(one) for one in columns], dtype=np.int64)
        return cls(
            np.concatenate([*columns, np.zeros(0, np.int64)]).astype(np.int64),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.repeat(np.arange(len(sizes)), sizes),
            1.0 / np.sqrt(np.maximum(sizes, 1)),
            width,
        )

    def __len__(self) -> int:
        return len(self.value)

    def only(self, kept: Sequence[int]) -> Rows:
        return Rows.of([self.columns[self.starts[at] : self.starts[at + 1]] for at in kept], self.width)

    def times(self, weights: Floats) -> Floats:
        """rows x codes."""
        out = np.zeros((len(self), weights.shape[1]))
        for code in range(weights.shape[1]):
            out[:, code] = np.bincount(self.of_row, weights[self.columns, code], minlength=len(self))
        return out * self.value[:, None]

    def back(self, residual: Floats) -> Floats:
        """columns x codes: the transposed product."""
        out = np.zeros((self.width, residual.shape[1]))
        scaled = residual * self.value[:, None]
        for code in range(residual.shape[1]):
            out[:, code] = np.bincount(self.columns, scaled[self.of_row, code], minlength=self.width)
        return out


Fitted = tuple[Floats, Floats]
"""Weights, columns x codes, and bias."""


def fit(x: Rows, truth: NDArray[np.int64], codes: int, penalty: float, start: Fitted | None = None) -> Fitted:
    """What makes `truth` likeliest, less `penalty` / 2 times the weights' squares; from `start` on."""
    size = x.width * codes
    target = np.eye(codes)[truth]

    def slope(at: Floats) -> tuple[float, Floats]:
        weights, bias = at[:size].reshape(x.width, codes), at[size:]
        scores = x.times(weights) + bias
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        residual = (np.exp(scores - total) - target) / len(x)
        loss = float((total[:, 0] - scores[np.arange(len(x)), truth]).mean())
        loss += penalty / 2 * float((weights**2).sum())
        return loss, np.concatenate([(x.back(residual) + penalty * weights).ravel(), residual.sum(axis=0)])

    first = np.zeros(size + codes) if start is None else np.concatenate([start[0].ravel(), start[1]])
    found = _descend(slope, first)
    return found[:size].reshape(x.width, codes), found[size:]


def _descend(slope: Callable[[Floats], tuple[float, Floats]], at: Floats) -> Floats:
    loss, gradient = slope(at)
    past: deque[tuple[Floats, Floats]] = deque(maxlen=MEMORY)
    for _ in range(MAX_STEPS):
        if np.abs(gradient).max() < STILL:
            break
        way = _direction(gradient, past)
        step, down = 1.0, float(gradient @ way)
        for _ in range(MAX_HALVINGS):
            next_loss, next_gradient = slope(at + step * way)
            if next_loss <= loss + 1e-4 * step * down:
                break
            step /= 2
        else:
            break  # no step goes down any more: as low as numbers allow
        moved, turned = step * way, next_gradient - gradient
        if float(moved @ turned) > 1e-12:
            past.append((moved, turned))
        at, loss, gradient = at + moved, next_loss, next_gradient
    return at


def _direction(gradient: Floats, past: deque[tuple[Floats, Floats]]) -> Floats:
    """Downhill, by the curvature of the last steps."""
    way, factors = -gradient, []
    for moved, turned in reversed(past):
        factor = float(moved @ way) / float(moved @ turned)
        factors.append(factor)
        way = way - factor * turned
    if past:
        moved, turned = past[-1]
        way = way * (float(moved @ turned) / float(turned @ turned))
    for (moved, turned), factor in zip(past, reversed(factors), strict=True):
        way = way + (factor - float(turned @ way) / float(moved @ turned)) * moved
    return way
