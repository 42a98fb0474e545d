"""Which calls are suggested as one incident: each reason by itself, and the laws that hold for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.calls.together import MAX_SUGGESTIONS, STRONG, Why
from gateway.desk.incidents.natures import Fit, fit
from gateway.desk.incidents.suggest import LEAST_SCORE, compare, contradicts, may_match, nearness, suggest
from gateway.desk.incidents.told import Told
from gateway.ids import CallId
from gateway.location.geometry import moved
from gateway.triage.model import Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HERE = (30.25, 120.15)


def a_call(which: int = 1, seconds: float = 0.0, **more: Any) -> Told:
    return Told(call_id=CallId(f"c{which}"), seized_at=NOON + timedelta(seconds=seconds), **more)


def crash(which: int = 1, seconds: float = 0.0, metres: float = 0.0, **more: Any) -> Told:
    usual: dict[str, Any] = {
        "point": moved(HERE, metres, 90.0), "radius_m": 30.0, "nature": Nature.TRAFFIC_ACCIDENT,
    }  # fmt: skip
    return a_call(which, seconds, **(usual | more))


def codes(made: Any) -> list[Why]:
    return [reason.code for reason in made.reasons]


def test_two_calls_of_one_crash_are_very_likely_the_same_and_say_why() -> None:
    made = compare(crash(1), crash(2, 90, 60))
    assert made is not None
    assert made.call_id == "c2"
    assert made.score >= STRONG
    assert codes(made) == [Why.NEAR, Why.SAME_NATURE, Why.SOON]
    assert made.reasons[0].value == "60"


def test_vague_fixes_say_little_however_near_they_lie() -> None:
    cell = compare(crash(1, radius_m=1500.0), crash(2, 90, 60, radius_m=1500.0))
    assert cell is None or cell.score < STRONG
    assert nearness(0, 2000, 2000) < nearness(0, 500, 500) < nearness(0, 20, 20)


def test_places_that_cannot_both_be_right_are_another_incident() -> None:
    one, other = crash(1), crash(2, 60, 3000)
    assert contradicts(one, other)
    assert compare(one, other) is None


def test_a_plate_seen_at_two_places_is_a_car_that_moves() -> None:
    plate = frozenset({"某A12345"})
    made = compare(crash(1, plates=plate), crash(2, 120, 5000, plates=plate))
    assert made is not None
    assert codes(made)[0] is Why.PLATE


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"address": "建国路88号"}, Why.SAME_ADDRESS),
        ({"junctions": frozenset({"建国路与人民路路口"})}, Why.SAME_JUNCTION),
        ({"roads": frozenset({"建国路"})}, Why.SAME_ROAD),
        ({"plates": frozenset({"某A12345"})}, Why.PLATE),
        ({"phones": frozenset({"13800130000"})}, Why.PHONE),
        ({"number": "13800130001"}, Why.SAME_NUMBER),
        ({"words": frozenset({"油罐车", "侧翻"})}, Why.WORDS),
    ],
)
def test_each_thing_that_both_tell_is_a_reason_by_itself(more: dict[str, Any], why: Why) -> None:
    nature = {"nature": Nature.TRAFFIC_ACCIDENT}
    made = compare(a_call(1, **nature, **more), a_call(2, 60, **nature, **more))
    assert made is not None
    assert codes(made)[0] is why


def test_one_nature_alone_suggests_nothing() -> None:
    assert compare(a_call(1, nature=Nature.FIRE), a_call(2, nature=Nature.FIRE)) is None


def test_a_theft_beside_a_crash_is_not_suggested() -> None:
    assert fit(Nature.THEFT, Nature.TRAFFIC_ACCIDENT) is Fit.OTHER
    assert compare(crash(1), crash(2, 300, 120, nature=Nature.THEFT)) is None


def test_what_one_takes_for_a_fire_another_calls_a_crash() -> None:
    made = compare(crash(1), crash(2, 60, 50, nature=Nature.FIRE))
    assert made is not None
    assert Why.LIKE_NATURE in codes(made)


def test_calls_more_than_an_hour_apart_are_not_compared() -> None:
    assert compare(crash(1), crash(2, 3601)) is None


def test_an_incident_is_suggested_once_by_the_call_that_speaks_most_for_it() -> None:
    made = suggest(
        crash(1), [crash(2, 60, 400, incident="X"), crash(3, 60, 20, incident="X"), crash(4, 60, 30)]
    )
    assert [each.call_id for each in made] == ["c3", "c4"]


def test_calls_of_the_own_incident_need_no_suggestion() -> None:
    assert suggest(crash(1, incident="X"), [crash(2, incident="X")]) == ()


# ---- laws

words = st.frozensets(st.sampled_from(["油罐车", "侧翻", "大巴", "砍刀"]), max_size=3)
told = st.builds(
    lambda which, seconds, metres, bearing, radius, nature, placed, more: replace(
        a_call(which, seconds, nature=nature, **more),
        point=moved(HERE, metres, bearing) if placed else None, radius_m=radius,
    ),
    which=st.integers(1, 40), seconds=st.floats(0, 4000), metres=st.floats(0, 6000),
    bearing=st.floats(0, 360), radius=st.floats(0, 3000), nature=st.sampled_from(Nature),
    placed=st.booleans(),
    more=st.fixed_dictionaries(
        {},
        optional={
            "words": words, "plates": st.just(frozenset({"某A12345"})),
            "incident": st.sampled_from(["X", "Y"]),
            "roads": st.just(frozenset({"建国路", "人民路"})), "number": st.sampled_from(["1", "2"]),
            "address": st.sampled_from(["一号", "二号"]),
        },
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(told, told)
def test_comparing_is_the_same_both_ways(one: Told, other: Told) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.score, there.reasons) == (back.score, back.reasons)
        assert (there.call_id, back.call_id) == (other.call_id, one.call_id)


@settings(max_examples=300)
@given(told, told)
def test_what_is_passed_over_quickly_would_have_come_to_nothing(one: Told, other: Told) -> None:
    assert may_match(one, other) or compare(one, other) is None
    assert may_match(one, other) == may_match(other, one)


@settings(max_examples=200)
@given(st.data(), told, st.lists(told, max_size=12, unique_by=lambda each: each.call_id))
def test_the_order_of_the_others_changes_nothing(data: st.DataObject, one: Told, others: list[Told]) -> None:
    made = suggest(one, others)
    assert made == suggest(one, data.draw(st.permutations(others)))
    assert len(made) <= MAX_SUGGESTIONS
    assert [each.score for each in made] == sorted((each.score for each in made), reverse=True)
    assert all(each.reasons and LEAST_SCORE <= each.score <= 100 for each in made)


@settings(max_examples=200)
@given(told, told, st.lists(told, max_size=6))
def test_what_speaks_for_a_pair_does_not_depend_on_third_calls(
    one: Told, other: Told, more: list[Told]
) -> None:
    alone = suggest(one, [other])
    rest = [each for each in more if (each.incident or each.call_id) != (other.incident or other.call_id)]
    among = {each.call_id: each for each in suggest(one, [other, *rest])}
    if alone and len(among) < MAX_SUGGESTIONS:
        assert among[other.call_id] == alone[0]
