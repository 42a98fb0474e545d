"""Figures of verdicts against what people decided."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.reports.judged import Judgement
from gateway.reports.quality import (
    Calls,
    Counts,
    Every,
    Measure,
    PackFigures,
    RuleCount,
    calls,
    counts,
    figures,
    in_turn,
    rule_figures,
    sums,
    total,
)
from gateway.rulebook.model import Content, Pack
from gateway.testing.judged_calls import NOON
from gateway.triage.model import AlarmClass, Department, Nature

from .calls import UNSURE, a_call, alarm, civil, spoke

LABOUR = Department.LABOUR_BUREAU


def day(*judged: tuple[Judgement, Judgement | None]) -> Counts:
    made: Counter[tuple[Measure, str, str]] = Counter()
    for said, person in judged:
        made.update(counts(a_call(said, person)))
    return made


def test_precision_is_of_what_was_said_and_recall_of_what_was() -> None:
    told = day((alarm(), alarm()), (alarm(), civil()), (civil(), civil()), (UNSURE, alarm()), (civil(), None))
    found = figures({"2026-01-05": told})
    by_code = {one.code: one for one in found.classes.codes}
    assert (by_code["valid_alarm"].precision, by_code["valid_alarm"].recall) == (0.5, 0.5)
    assert (by_code["non_police"].precision, by_code["non_police"].recall) == (1.0, 0.5)
    assert "unsure" not in by_code
    assert (found.sums.judged, found.sums.decided, found.sums.coverage) == (5, 4, 0.75)


def test_only_the_opposite_of_a_verdict_overturns_it() -> None:
    told = day((UNSURE, alarm()), (alarm(), civil()), (alarm(), UNSURE), (alarm(), alarm()))
    assert calls(told, Calls.OVERTURNED) == 1


def test_an_alarm_that_was_judged_non_police_is_counted_as_missed() -> None:
    found = figures({"d": day((civil(), alarm()), (civil(), civil()), (UNSURE, alarm()))}).sums
    assert (found.alarms, found.missed) == (2, 1)


def test_a_label_counts_before_the_disposition() -> None:
    made = counts(a_call(civil(), civil(), label=alarm()))
    assert calls(made, Calls.MISSED) == 1


def test_natures_and_departments_that_are_none_on_both_sides_are_left_out() -> None:
    found = figures({"d": day((civil(LABOUR), civil(LABOUR)), (alarm(Nature.FRAUD), alarm(Nature.THEFT)))})
    assert [(cell.said, cell.true) for cell in found.natures.matrix] == [("fraud", "theft")]
    assert [(one.code, one.right) for one in found.departments.codes] == [(LABOUR.value, 1)]
    assert (found.natures.right, found.departments.right) == (0.0, 1.0)


def test_without_decided_calls_there_are_no_shares() -> None:
    found = figures({"d": day((alarm(), None))})
    assert (found.sums.coverage, found.sums.precision_alarm, found.classes.right) == (None, None, None)


def test_weeks_begin_on_monday() -> None:
    one = day((alarm(), alarm()))
    found = figures({"2026-01-04": one, "2026-01-05": one, "2026-01-11": one}, Every.WEEK)
    assert [(week.since, week.until, week.sums.judged) for week in found.periods] == [
        ("2025-12-29", "2026-01-04", 1),
        ("2026-01-05", "2026-01-11", 2),
    ]


@pytest.mark.parametrize(
    ("said", "person", "expected"),
    [
        (alarm(), None, {RuleCount.FIRED}),
        (alarm(), alarm(), {RuleCount.FIRED, RuleCount.DECIDED, RuleCount.CLASS_RIGHT, RuleCount.RIGHT}),
        (alarm(), alarm(Nature.FRAUD), {RuleCount.FIRED, RuleCount.DECIDED, RuleCount.CLASS_RIGHT}),
        (alarm(), civil(), {RuleCount.FIRED, RuleCount.DECIDED}),
        (civil(LABOUR), civil(), {RuleCount.FIRED, RuleCount.DECIDED, RuleCount.CLASS_RIGHT}),
        (civil(None), civil(), {RuleCount.FIRED, RuleCount.DECIDED, RuleCount.CLASS_RIGHT, RuleCount.RIGHT}),
        (UNSURE, alarm(), {RuleCount.FIRED}),
        (alarm(), UNSURE, {RuleCount.FIRED}),
    ],
)
def test_a_rule_is_right_when_all_it_says_is_so(
    said: Judgement, person: Judgement | None, expected: set[RuleCount]
) -> None:
    made = counts(a_call(UNSURE, person, rules=(spoke("r", said),)))
    assert {what for (of, _, what) in made if of is Measure.RULE} == expected


def test_rules_that_were_wrong_stand_first_and_active_ones_that_never_fired_last() -> None:
    days = {
        "2026-01-05": counts(
            a_call(alarm(), civil(), rules=(spoke("wrong", alarm()), spoke("right", civil(None))))
        ),
        "2026-01-06": counts(a_call(alarm(), None, rules=(spoke("right", civil(None)),))),
    }
    found = rule_figures(
        total(days), {"right": "2026-01-06", "silent": "2025-11-01"}, ["right", "silent", "never"]
    )
    assert [(one.rule_id, one.fired, one.right, one.precision, one.active) for one in found] == [
        ("wrong", 1, 0, 0.0, False),
        ("right", 2, 1, 1.0, True),
        ("never", 0, 0, None, True),
        ("silent", 0, 0, None, True),
    ]
    assert found[-1].last_fired == "2025-11-01"


def test_what_a_call_adds_is_taken_away_when_it_counts_otherwise() -> None:
    before, after = counts(a_call(civil(), None)), counts(a_call(civil(), alarm()))
    changed = Counter(before)
    changed.subtract(before)
    changed.update(after)
    assert +changed == after
    assert all(number > 0 for number in after.values())
    assert after[Measure.SAID, AlarmClass.NON_POLICE.value, ""] == 1


def test_packs_are_told_with_their_versions_the_active_one_first() -> None:
    nothing = sums({})
    found = [
        PackFigures(pack_hash=name, since="2026-01-01", until="2026-01-02", sums=nothing)
        for name in ("gone", "one-rules", "three-rules", "two-rules")
    ]
    stack = [
        Pack(
            version=at + 1,
            content=Content(hash=name, pack_hash=f"{name}-rules", veto_hash="v"),
            at=NOON,
            by="",
        )
        for at, name in enumerate(("one", "two", "three", "two"))
    ]
    told = [(one.pack_hash, one.version, one.active) for one in in_turn(found, stack)]
    assert told == [
        ("two-rules", 4, True), ("three-rules", 3, False), ("one-rules", 1, False), ("gone", None, False),
    ]  # fmt: skip
