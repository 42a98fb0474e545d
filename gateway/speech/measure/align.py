"""What was said beside what was heard, with as few errors as possible (Levenshtein, over alternatives)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.speech.measure.spelling import Slot


class Op(StrEnum):
    RIGHT = "right"
    SUBSTITUTED = "substituted"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Step:
    """`said` is empty for an insertion, `heard` for a deletion."""

    op: Op
    said: str
    heard: str


@dataclass(frozen=True, slots=True)
class _Path:
    """The cheapest way to one cell, its last step first. Steps are made of it in the end alone."""

    cost: int
    said: str = ""
    heard: str = ""
    before: _Path | None = None


def align(said: Sequence[Slot], heard: Sequence[str]) -> list[Step]:
    """The steps from the reference to what was heard; of several readings the nearest.

    Ties: a substitution before a deletion before an insertion, the first reading before the others.
    """
    row = [_Path(0)]
    for token in heard:
        row.append(_Path(row[-1].cost + 1, "", token, row[-1]))
    for slot in said:
        rows = []
        for reading in slot:
            after = row
            for token in reading:
                after = _next(after, token, heard)
            rows.append(after)
        row = [min(cells, key=lambda path: path.cost) for cells in zip(*rows, strict=True)]
        for column in range(1, len(row)):  # an insertion may be cheaper after another reading
            left = row[column - 1]
            if left.cost + 1 < row[column].cost:
                row[column] = _Path(left.cost + 1, "", heard[column - 1], left)
    return _steps(row[-1])


def _next(row: list[_Path], token: str, heard: Sequence[str]) -> list[_Path]:
    left = _Path(row[0].cost + 1, token, "", row[0])
    after = [left]
    for column, word in enumerate(heard, 1):
        across, above = row[column - 1], row[column]
        same, cost = across.cost + (word != token), above.cost + 1
        if same <= cost and same <= left.cost + 1:
            left = _Path(same, token, word, across)
        elif cost <= left.cost + 1:
            left = _Path(cost, token, "", above)
        else:
            left = _Path(left.cost + 1, "", word, left)
        after.append(left)
    return after


def _steps(path: _Path) -> list[Step]:
    steps = []
    while path.before is not None:
        steps.append(Step(_op(path.said, path.heard), path.said, path.heard))
        path = path.before
    return steps[::-1]


def _op(said: str, heard: str) -> Op:
    if said == heard:
        return Op.RIGHT
    if said and heard:
        return Op.SUBSTITUTED
    return Op.DELETED if said else Op.INSERTED
