"""Our own danger sentences, and harmless ones that sound like them (conf/rules/corpus/vetoes.jsonl)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import Utterance, VetoCode

SENTENCES = Path(__file__).parents[3] / "conf" / "rules" / "corpus" / "vetoes.jsonl"
ROWS = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_danger_sentence_fires_its_vetoes_and_a_harmless_one_none(
    triage: Triage, row: dict[str, Any]
) -> None:
    said = Utterance(segment_index=0, speaker=Leg.CALLER, text=row["text"], started_ms=0, ended_ms=3_000)
    fired = {veto.code for veto in triage.vetoes(said)}
    wanted = {VetoCode(code) for code in row["vetoes"]}
    assert wanted <= fired
    assert bool(wanted) == bool(fired)
