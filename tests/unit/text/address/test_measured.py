"""How well addresses are cut that people have cut by hand: data without a licence, for measuring only."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gateway.text.address import parse

ADDRESSES = Path(__file__).parents[5] / "shared" / "addresses" / "parsing-dev.csv"
EVERY = 8
"""So many rows lie between two that are read: 900 of 7,384."""
FLOOR = 0.87


@pytest.mark.skipif(not ADDRESSES.exists(), reason="../shared/addresses is not here")
def test_real_delivery_addresses_are_cut_as_people_cut_them() -> None:
    with ADDRESSES.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))[::EVERY]
    right = wrong = missed = 0
    for row in rows:
        expected, at = set(), 0
        for kind, piece in json.loads(row["label"]):
            expected.add((kind, at, at + len(piece)))
            at += len(piece)
        found = {(one.kind.value, one.start, one.end) for one in parse(row["text"]).elements}
        right += len(found & expected)
        wrong += len(found - expected)
        missed += len(expected - found)
    assert 2 * right / (2 * right + wrong + missed) >= FLOOR
