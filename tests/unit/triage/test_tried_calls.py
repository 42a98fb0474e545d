"""The invented calls of the reference material: goals that may never be missed. Skipped where they are not
at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Assessment

CALLS = Path(__file__).parents[4] / "shared" / "triage" / "calls-dev.jsonl"
pytestmark = pytest.mark.skipif(not CALLS.exists(), reason="../shared/triage is not here")


@pytest.fixture(scope="module")
def outcomes(judged: Callable[..., Assessment]) -> list[tuple[dict[str, Any], Assessment]]:
    calls = [json.loads(line) for line in CALLS.read_text(encoding="utf-8").splitlines()]
    return [
        (call, judged(*((Leg.CALLER, turn["t"]) for turn in call["turns"] if turn["s"] == "caller")))
        for call in calls
    ]


def test_no_call_with_a_gold_veto_is_judged_non_police(
    outcomes: list[tuple[dict[str, Any], Assessment]],
) -> None:
    wrong = [
        call["id"]
        for call, one in outcomes
        if call["gold"]["vetoes"] and one.alarm_class is AlarmClass.NON_POLICE
    ]
    assert wrong == []


def test_no_alarm_is_judged_non_police(outcomes: list[tuple[dict[str, Any], Assessment]]) -> None:
    wrong = [
        call["id"]
        for call, one in outcomes
        if call["gold"]["class"] == "valid_alarm" and one.alarm_class is AlarmClass.NON_POLICE
    ]
    assert wrong == []


def test_most_calls_are_decided_and_decided_rightly(
    outcomes: list[tuple[dict[str, Any], Assessment]],
) -> None:
    decided = [(call, one) for call, one in outcomes if one.alarm_class is not AlarmClass.UNSURE]
    right = sum(call["gold"]["class"] == one.alarm_class for call, one in decided)
    assert len(decided) >= 0.75 * len(outcomes)
    assert right >= 0.93 * len(decided)
