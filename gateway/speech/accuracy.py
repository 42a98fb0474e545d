"""How well a recognizer hears, measured on what call-takers vouched for: a field that was heard and then
confirmed, or corrected.

No test set stands behind it, only real calls: fields nobody touched say nothing and are not counted. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.text.fold import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCheck:
    """One field of one card that a person vouched for. `heard`: what the machine had written from speech;
    `said`: what the person let stand. `engine`/`model` and `trunk` tell by what and over which line it was
    heard."""

    engine: str
    model: str
    pbx: str
    trunk: str
    speaker: str
    field: str
    heard: str
    said: str

    @property
    def right(self) -> bool:
        return _plain(self.heard) == _plain(self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """One line: `key` names what was grouped by. Shares are 0 to 1 over the fields that were vouched for."""

    key: tuple[str, ...]
    confirmed: int
    corrected: int
    characters: int
    errors: int

    @property
    def fields(self) -> float:
        return self.confirmed / (self.confirmed + self.corrected)

    @property
    def letters(self) -> float:
        """Share of characters that stood; insertions count as errors, so it never goes below 0."""
        return max(0.0, 1 - self.errors / self.characters) if self.characters else 1.0


def measured(checks: Iterable[FieldCheck], by: Callable[[FieldCheck], tuple[str, ...]]) -> list[Accuracy]:
    """One line a group, the groups with most fields first."""
    sums: dict[tuple[str, ...], list[int]] = {}
    for check in checks:
        heard, said = _plain(check.heard), _plain(check.said)
        line = sums.setdefault(by(check), [0, 0, 0, 0])
        line[0 if heard == said else 1] += 1
        line[2] += len(said)
        line[3] += 0 if heard == said else min(distance(heard, said), len(said))
    lines = [
        Accuracy(key=key, confirmed=one[0], corrected=one[1], characters=one[2], errors=one[3])
        for key, one in sums.items()
    ]
    return sorted(lines, key=lambda line: (-(line.confirmed + line.corrected), line.key))


def model_of(model_id: str) -> tuple[str, str]:
    """Engine and model of `vosk:demo-cn:abcdef012345`; the digest stays with the segment."""
    engine, _, rest = model_id.partition(":")
    return engine, rest.partition(":")[0]


def distance(one: str, other: str) -> int:
    """Characters to change, add or drop (Levenshtein)."""
    line = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        above, line[0] = line[0], row
        for column, right in enumerate(other, 1):
            above, line[column] = (
                line[column],
                min(line[column] + 1, line[column - 1] + 1, above + (left != right)),
            )
    return line[-1]


def _plain(text: str) -> str:
    return "".join(fold(text).split())
