"""The card does not flap: what it shows changes rarely while a call grows; an alarm is not talked away."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.triage.engine import Triage
from gateway.triage.model import AlarmClass, Assessment, Context, Nature, Utterance

CORPUS = Path(__file__).parents[3] / "conf" / "rules" / "corpus"
CLASS_CHANGES = 3
"""At most so often may the class on one call's card change: unsure, a wish, doubt about it, an alarm."""
NATURE_CHANGES = 2
STEP = 8
"""Characters by which the text grows."""


def calls(name: str) -> list[list[str]]:
    lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
    return [
        [turn["t"] for turn in json.loads(line)["turns"] if turn["s"] == "caller" and turn["t"].strip()]
        for line in lines
    ]


def changes(shown: Sequence[object]) -> int:
    return sum(before != after for before, after in pairwise(shown))


def by_turns(
    triage: Triage, spoken: Callable[..., list[Utterance]], turns: Sequence[str]
) -> list[Assessment]:
    scans = [triage.scan(one) for one in spoken(*turns)]
    shown: list[Assessment] = []
    for count in range(1, len(scans) + 1):
        shown.append(triage.judge(scans[:count], Context(), shown[-1] if shown else None))
    return shown


def by_characters(triage: Triage, spoken: Callable[..., list[Utterance]], text: str) -> list[Assessment]:
    shown: list[Assessment] = []
    for end in range(STEP, len(text) + STEP, STEP):
        shown.append(triage.assess(spoken(text[:end]), Context(), shown[-1] if shown else None))
    return shown


def holds(shown: Sequence[Assessment]) -> None:
    classes = [one.alarm_class for one in shown]
    natures = [one.nature for one in shown if one.nature is not Nature.NONE]
    assert changes(classes) <= CLASS_CHANGES
    assert changes(natures) <= NATURE_CHANGES
    assert (AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE) not in set(pairwise(classes))


@pytest.mark.parametrize("name", ["calls-zh.jsonl", "calls-en.jsonl"])
def test_a_call_that_grows_by_turns_seldom_changes_its_class_or_nature(
    triage: Triage, spoken: Callable[..., list[Utterance]], name: str
) -> None:
    grown = [by_turns(triage, spoken, turns) for turns in calls(name) if turns]
    for shown in grown:
        holds(shown)
    steady = [shown for shown in grown if changes([one.alarm_class for one in shown]) == 0]
    assert len(steady) >= 0.75 * len(grown)


def test_text_that_grows_by_a_few_characters_changes_the_card_a_bounded_number_of_times(
    triage: Triage, spoken: Callable[..., list[Utterance]]
) -> None:
    for turns in calls("calls-zh.jsonl")[::5]:
        holds(by_characters(triage, spoken, "。".join(turns)))
