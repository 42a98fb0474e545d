"""The form of every benchmark's result: one JSON object a measure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`ours` beside `peer`, both in `unit`. `limit` is what `ours` is held against, in `unit`; `ratio` is
    what the goal
    speaks of. Without a goal the line only tells.
    """

    name: str
    unit: str
    ours: float | None
    peer: float | None
    limit: float | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool = True

    def json(self) -> dict[str, Any]:
        return {
            key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()
        }


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds; of fewer than a hundred, the largest."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
