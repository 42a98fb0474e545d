"""Calls that were written for the packs: what a workshop may never let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.triage.corpus import read_corpus
from gateway.triage.engine import Triage
from gateway.triage.model import AlarmClass, Context

CORPORA = sorted((Path(__file__).parents[3] / "conf" / "rules" / "corpus").glob("*calls*.jsonl"))


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.stem)
@pytest.mark.parametrize("both_sides", [False, True])
def test_no_alarm_and_no_danger_is_taken_for_a_request(triage: Triage, path: Path, both_sides: bool) -> None:
    read = read_corpus(path.read_bytes(), jsonl=True)
    assert not read.faults
    for call in read.texts:
        judged = triage.assess(call.utterances(both_sides=both_sides), Context())
        if call.gold["class"] == AlarmClass.VALID_ALARM or call.gold["vetoes"]:
            assert judged.alarm_class is not AlarmClass.NON_POLICE, call.name
