"""One incident by itself: what people ask, what is bounded, what comes late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.calls.linked import IncidentJoined, IncidentLeft
from gateway.calls.requests import Accepted, Refused
from gateway.desk.incidents import reducer
from gateway.desk.incidents.effects import FindMatches
from gateway.desk.incidents.model import (
    MAX_CALLS,
    MAX_FACTS,
    MAX_HISTORY,
    MAX_TITLE_CHARS,
    Incident,
    Matched,
    SurgeLimits,
)
from gateway.desk.incidents.reducer import Outcome
from gateway.desk.incidents.signals import (
    CallJoined,
    CallLeft,
    CallsMatched,
    FactLearnt,
    IncidentLooked,
    IncidentSignal,
    MergeIncidents,
    SeeFacts,
    SetIncidentTitle,
)
from gateway.dispatch.site_events import FactKind, IncidentStep
from gateway.ids import CallId

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LIMITS = SurgeLimits(calls=4, within_s=300)


def cid(number: int) -> CallId:
    return CallId(f"c{number}")


def joined(number: int, other: int | None = None, seconds: float = 0) -> CallJoined:
    return CallJoined(
        incident_id="X", at=NOON + timedelta(seconds=seconds), site="hz", call_id=cid(number),
        seized_at=NOON + timedelta(seconds=seconds), by="zhang", other=None if other is None else cid(other),
        other_seized_at=NOON,
    )  # fmt: skip


def fact(number: int, kind: FactKind = FactKind.PLATE, value: str = "某A12345") -> FactLearnt:
    return FactLearnt(incident_id="X", at=NOON, call_id=cid(number), kind=kind, value=value)


def told(signals: Sequence[IncidentSignal], state: Incident | None = None) -> Outcome:
    done = Outcome(state=state)
    for signal in signals:
        done = reducer.reduce(done.state, signal, LIMITS)
    return done


def incident(*signals: IncidentSignal) -> Incident:
    state = told([joined(1, other=2), *signals]).state
    assert state is not None
    return state


def asked(kind: type[Any], state: Incident, **more: Any) -> Outcome:
    return reducer.reduce(state, kind(incident_id="X", at=NOON, request_id="r", actor="li", **more), LIMITS)


def test_beyond_the_limit_a_call_is_told_that_the_incident_is_full() -> None:
    state = incident(*(joined(number) for number in range(3, MAX_CALLS + 1)))
    assert len(state.members) == MAX_CALLS
    done = reducer.reduce(state, joined(MAX_CALLS + 1), LIMITS)
    assert done.state is state
    (left,) = done.tells
    assert isinstance(left, IncidentLeft)
    assert (left.call_id, left.why) == (cid(MAX_CALLS + 1), "full")


def test_the_same_join_twice_is_one() -> None:
    state = incident()
    assert reducer.reduce(state, joined(1, other=2), LIMITS).state is state


def test_facts_are_kept_once_a_call_and_the_commonest_kind_gives_way() -> None:
    state = incident(fact(1), fact(1), fact(2))
    assert [(each.call_id, each.value) for each in state.facts] == [(cid(1), "某A12345")]
    danger = fact(1, FactKind.INJURY, "")
    many = [fact(1, FactKind.SUSPECT, f"第{number}个") for number in range(MAX_FACTS + 5)]
    state = incident(danger, fact(2, FactKind.INJURY, ""), *many)
    assert len(state.facts) == MAX_FACTS
    assert [each.kind for each in state.facts[:2]] == [FactKind.INJURY, FactKind.INJURY]
    assert state.facts_told == MAX_FACTS + 7


def test_what_was_seen_is_new_no_more_and_never_becomes_new_again() -> None:
    state = incident(fact(1), fact(1, FactKind.WEAPON, "刀"))
    assert [each.number for each in state.new_for(cid(2))] == [1, 2]
    seen = asked(SeeFacts, state, call_id=cid(2), upto=1).state
    assert seen is not None
    assert [each.number for each in seen.new_for(cid(2))] == [2]
    again = asked(SeeFacts, seen, call_id=cid(2), upto=0).state
    assert again is not None
    assert [each.number for each in again.new_for(cid(2))] == [2]
    assert again.new_for("nobody") == ()


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (SetIncidentTitle, {"title": "长" * (MAX_TITLE_CHARS + 1)}, "invalid"),
        (SetIncidentTitle, {"title": "某路口", "expected_rev": 99}, "stale_rev"),
        (MergeIncidents, {"into": "X"}, "invalid"),
        (SeeFacts, {"call_id": cid(9), "upto": 1}, "not_linked"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    kind: type[Any], more: dict[str, Any], code: str
) -> None:
    state = incident()
    done = asked(kind, state, **more)
    assert done.state is state
    assert isinstance(done.answer, Refused)
    assert done.answer.code == code


def test_a_title_is_written_with_who_gave_it() -> None:
    done = asked(SetIncidentTitle, incident(), title=" 某路口货车侧翻 ")
    assert isinstance(done.answer, Accepted)
    assert done.state is not None
    assert (done.state.title, done.state.titled_by) == ("某路口货车侧翻", "li")
    assert [event.step for event in done.events] == [IncidentStep.TITLED]


def test_nobody_asks_of_an_incident_that_is_not_there_or_over() -> None:
    request = SetIncidentTitle(incident_id="Y", at=NOON, request_id="r", actor="li", title="x")
    none = reducer.reduce(None, request, LIMITS)
    assert isinstance(none.answer, Refused)
    assert none.answer.code == "unknown_incident"
    over = told([CallLeft(incident_id="X", at=NOON, call_id=cid(1), by="li")], incident())
    assert over.state is not None
    assert isinstance(asked(SetIncidentTitle, over.state, title="x").answer, Refused)


def test_what_comes_late_to_a_merged_incident_goes_on_to_the_other_one() -> None:
    merged = asked(MergeIncidents, incident(), into="Y").state
    assert merged is not None
    assert reducer.closed(merged)
    onward = reducer.reduce(merged, fact(1), LIMITS).tells
    assert [signal.incident_id for signal in onward] == ["Y"]
    moved, joins = reducer.reduce(merged, joined(7), LIMITS).tells
    assert isinstance(moved, IncidentJoined)
    assert (moved.incident_id, moved.moved_from, joins.incident_id) == ("Y", "X", "Y")


def test_calls_that_are_merged_into_what_has_just_dissolved_are_free_and_not_lost() -> None:
    merge = asked(MergeIncidents, incident(), into="Y")
    (absorbed,) = merge.tells
    over = told([CallLeft(incident_id="X", at=NOON, call_id=cid(1), by="li")], incident()).state
    for gone in (None, over):
        freed = reducer.reduce(gone, absorbed, LIMITS).tells
        assert [(left.call_id, left.incident_id) for left in freed] == [(cid(1), "X"), (cid(2), "X")]


def test_a_call_that_joins_a_dissolved_incident_is_free_again() -> None:
    over = told([CallLeft(incident_id="X", at=NOON, call_id=cid(1), by="li")], incident()).state
    assert over is not None
    (left,) = reducer.reduce(over, joined(7), LIMITS).tells
    assert (left.call_id, left.why) == (cid(7), "dissolved")


def test_each_link_owes_one_look_at_the_open_calls() -> None:
    state = incident()
    assert reducer.owed(state) == {FindMatches(incident_id="X", links=2)}
    looked = told([CallsMatched(incident_id="X", at=NOON, compared=2)], state).state
    assert looked is not None
    assert reducer.owed(looked) == frozenset()


def test_a_surge_counts_linked_and_very_likely_calls_once_each_and_is_told_twice() -> None:
    def matched(*numbers: int) -> CallsMatched:
        return CallsMatched(
            incident_id="X", at=NOON + timedelta(seconds=10),
            matched=tuple(Matched(call_id=cid(n), seized_at=NOON + timedelta(seconds=n)) for n in numbers),
        )  # fmt: skip

    steady = told([matched(1, 2, 3), matched(3)], incident())
    assert steady.state is not None
    assert steady.state.surge_since is None
    surge = told([matched(4)], steady.state)
    assert [event.step for event in surge.events] == [IncidentStep.SURGE_BEGAN]
    quiet = IncidentLooked(incident_id="X", at=NOON + timedelta(seconds=400))
    over = told([quiet], surge.state)
    assert [event.step for event in over.events] == [IncidentStep.SURGE_ENDED]
    assert told([quiet], over.state).events == ()


signals = st.one_of(
    st.builds(joined, st.integers(1, 6), st.none() | st.integers(1, 6), st.integers(0, 600)),
    st.builds(lambda n: CallLeft(incident_id="X", at=NOON, call_id=cid(n), by="li"), st.integers(1, 6)),
    st.builds(fact, st.integers(1, 6), st.sampled_from(FactKind), st.sampled_from(["", "甲", "乙"])),
    st.builds(
        lambda s, rest: IncidentLooked(incident_id="X", at=NOON + timedelta(seconds=s), rest=rest),
        st.integers(0, 2000), st.booleans(),
    ),
    st.builds(
        lambda into: MergeIncidents(incident_id="X", at=NOON, request_id="r", actor="li", into=into),
        st.sampled_from(["X", "Y"]),
    ),
    st.builds(
        lambda n: CallsMatched(
            incident_id="X", at=NOON, matched=(Matched(call_id=cid(n), seized_at=NOON),), compared=n
        ),
        st.integers(1, 9),
    ),
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(signals, max_size=40))
def test_whatever_comes_in_whatever_order_it_stays_whole_and_bounded(many: list[IncidentSignal]) -> None:
    state = None
    for signal in many:
        done = reducer.reduce(state, signal, LIMITS)
        if done.state is not None and state is not None:
            assert done.state is state or done.state.rev == state.rev + 1
        state = done.state
    if state is None:
        return
    ids = [member.call_id for member in state.members]
    assert len(ids) == len(set(ids)) <= MAX_CALLS
    assert not (state.over and ids)
    assert len(state.history) <= MAX_HISTORY
    assert len(state.facts) <= MAX_FACTS
    assert len({each.number for each in state.facts}) == len(state.facts)
    assert state.over or len(ids) >= 1
