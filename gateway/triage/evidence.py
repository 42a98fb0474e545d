"""How several findings that speak for the same thing add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from gateway.triage.model import Finding

KeyT = TypeVar("KeyT")

REPEATS = 3
"""Further words of the same rule that still count."""


def combined(evidence: Iterable[tuple[KeyT, Finding]]) -> dict[KeyT, float]:
    """1 - product of what each piece leaves open. A rule's further words count half, at most REPEATS of
    them."""
    pieces: dict[KeyT, dict[str, dict[str, float]]] = {}
    for key, found in evidence:
        quotes = pieces.setdefault(key, {}).setdefault(found.rule_id, {})
        quotes[found.quote] = max(quotes.get(found.quote, 0.0), found.weight)
    scores: dict[KeyT, float] = {}
    for key, rules in pieces.items():
        left = 1.0
        for quotes in rules.values():
            first, *further = sorted(quotes.values(), reverse=True)[: 1 + REPEATS]
            left *= 1.0 - first
            for weight in further:
                left *= 1.0 - weight / 2
        scores[key] = round(1.0 - left, 3)
    return scores
