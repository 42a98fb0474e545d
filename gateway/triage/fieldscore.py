"""How well the extracted fields agree with a gold file: one figure a field, to be read by a rule operator.

Gold and prediction are objects with the names of a gold file (`gateway.triage.written`). A field that the
gold leaves out is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from gateway.text.fold import fold
from gateway.triage.model import VetoCode

MAX_COMPARED = 400
"""Characters of one value that are compared."""
NEAR = 0.8
"""Overlap from which two spellings of an address name the same place."""
VERDICT = ("class", "nature", "priority", "department")
SINGLE = ("people_injured", "weapon")
LISTS = ("plates", "phones", "vetoes")
_SIGNS = re.compile(r"[\s，,、。.；;：:（）()“”\"'!！?？…\-—]+")


@dataclass(slots=True)
class Score:
    """One field over a corpus. `right` counts values that agree; a row where neither side has one is `rows`
    alone. `overlap` adds up the likeness of texts (addresses)."""

    rows: int = 0
    agree: int = 0
    gold: int = 0
    told: int = 0
    right: int = 0
    overlap: float = 0.0

    def figures(self) -> dict[str, float | int | None]:
        """Accuracy over all rows, and recall and precision over the values."""
        return {
            "rows": self.rows,
            "accuracy": _share(self.agree, self.rows),
            "gold": self.gold,
            "recall": _share(self.right, self.gold),
            "precision": _share(self.right, self.told),
            **({"overlap": _share(self.overlap, self.gold)} if self.overlap else {}),
        }


def compare(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> dict[str, Score]:
    """The scores of (gold, prediction) pairs by field: verdict, address, address_normalised, single values
    and lists, and every veto code by itself (`vetoes.fire`)."""
    scores: dict[str, Score] = {}
    for gold, said in pairs:
        for field in (*VERDICT, *SINGLE):
            if field in gold:
                _add(scores.setdefault(field, Score()), _one(gold[field]), _one(said.get(field)))
        for field in LISTS:
            if field in gold:
                _add(scores.setdefault(field, Score()), set(gold[field] or ()), set(said.get(field) or ()))
        if "vetoes" in gold:
            for code in VetoCode:
                one, other = ({code} & set(side.get("vetoes") or ()) for side in (gold, said))
                _add(scores.setdefault(f"vetoes.{code}", Score()), one, other)
        if isinstance(gold.get("address"), Mapping):
            told = said.get("address") or {}
            _add_text(scores.setdefault("address", Score()), gold["address"].get("text"), told.get("text"))
            normal = scores.setdefault("address_normalised", Score())
            _add_text(normal, gold["address"].get("normalised"), told.get("normalised"))
    return scores


def overlap(one: str, other: str) -> float:
    """Likeness 0 to 1 of two spellings: characters in the same order, signs and width aside."""
    first, second = (_SIGNS.sub("", fold(text[:MAX_COMPARED])) for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() if first and second else 0.0


def _one(value: Any) -> set[Any]:
    return set() if value in (None, "") else {value}


def _add(score: Score, gold: set[Any], said: set[Any]) -> None:
    score.rows += 1
    score.agree += gold == said
    score.gold += len(gold)
    score.told += len(said)
    score.right += len(gold & said)


def _add_text(score: Score, gold: str | None, said: str | None) -> None:
    score.rows += 1
    score.gold += bool(gold)
    score.told += bool(said)
    likeness = overlap(gold, said) if gold and said else 0.0
    score.overlap += likeness
    near = likeness >= NEAR
    score.right += near
    score.agree += near if gold or said else 1


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
