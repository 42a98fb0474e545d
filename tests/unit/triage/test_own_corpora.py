"""Our own invented calls and danger sentences (conf/rules/corpus): what no change of a pack may lose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import AlarmClass, Assessment, Utterance, VetoCode

CORPUS = Path(__file__).parents[3] / "conf" / "rules" / "corpus"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=["calls-zh.jsonl", "calls-en.jsonl"])
def outcomes(
    request: pytest.FixtureRequest, judged: Callable[..., Assessment]
) -> list[tuple[dict[str, Any], Assessment]]:
    return [
        (call, judged(*((Leg.CALLER, turn["t"]) for turn in call["turns"] if turn["s"] == "caller")))
        for call in rows(request.param)
    ]


def test_no_call_with_a_danger_word_is_judged_non_police(
    outcomes: list[tuple[dict[str, Any], Assessment]],
) -> None:
    wrong = [
        call["id"]
        for call, one in outcomes
        if call["gold"]["vetoes"] and one.alarm_class is AlarmClass.NON_POLICE
    ]
    assert wrong == []


def test_no_alarm_is_missed(outcomes: list[tuple[dict[str, Any], Assessment]]) -> None:
    wrong = [
        call["id"]
        for call, one in outcomes
        if call["gold"]["class"] == "valid_alarm" and one.alarm_class is AlarmClass.NON_POLICE
    ]
    assert wrong == []


@pytest.mark.parametrize("row", rows("vetoes.jsonl"), ids=lambda row: row["id"])
def test_a_danger_sentence_fires_its_vetoes_and_a_harmless_one_none(
    triage: Triage, row: dict[str, Any]
) -> None:
    said = Utterance(segment_index=0, speaker=Leg.CALLER, text=row["text"], started_ms=0, ended_ms=3_000)
    fired = {veto.code for veto in triage.vetoes(said)}
    wanted = {VetoCode(code) for code in row["vetoes"]}
    assert wanted <= fired
    assert bool(wanted) == bool(fired)
