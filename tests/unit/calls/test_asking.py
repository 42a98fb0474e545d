"""Sources are asked in rounds: at once, again when time has passed or a person wants it, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.asking import MAX_QUERIES, MAX_REFERENCES, MAX_ROUNDS, MAX_URI_CHARS
from gateway.calls.effects import LocateSpoken, QueryLocation
from gateway.calls.events import AliLocationQuery, AliLocationResponse, LocationFault, LocationQuery
from gateway.calls.heard import RecordingReviewed
from gateway.calls.located import (
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRefreshDue,
    LocationRoundEnded,
    RefreshLocation,
    SpokenPlacesRead,
)
from gateway.calls.locating import QueryState
from gateway.calls.reducer import Accepted, owed
from gateway.calls.signals import CallAbandoned, CallEnded, CallerIdentified, CallHeld, SegmentTranscribed
from gateway.location.model import LocationSource
from gateway.speech.model import Leg, TranscriptSegment

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ALI, HELD = LocationSource.ALI, LocationSource.HELD
NUMBER = {"ani": "13800130001", "ani_source": "PAI"}
WHO = {"request_id": "r1", "actor": "zhang"}


def rounds(call: Any) -> list[QueryLocation]:
    return [effect for effect in owed(call.session) if isinstance(effect, QueryLocation)]


def sent(call: Any, query_id: str, name: str = "carrier", source: LocationSource = HELD, **more: Any) -> None:
    call.tell(LocationQuerySent, query_id=query_id, name=name, source=source, round=1, **more)


def said(index: int, speaker: Leg = Leg.CALLER) -> TranscriptSegment:
    return TranscriptSegment(
        index=index, speaker=speaker, started_ms=index, ended_ms=index + 1, text="人民大道", model_id="m"
    )


# ---- rounds


def test_as_soon_as_the_number_is_known_the_first_round_is_owed_until_it_has_ended(call: Any) -> None:
    call.queued()
    assert rounds(call) == []
    call.tell(CallerIdentified, **NUMBER, sip_call_id="abc@border")
    (asked,) = rounds(call)
    assert (asked.round, asked.ani, asked.sip_call_id) == (1, NUMBER["ani"], "abc@border")
    call.tell(CallHeld)
    assert rounds(call) == [asked]
    call.tell(LocationRoundEnded, round=1)
    assert rounds(call) == []
    assert call.session.locating.answered == 1


def test_the_number_told_again_starts_no_round(call: Any) -> None:
    call.queued().tell(CallerIdentified, **NUMBER)
    call.tell(LocationRoundEnded, round=1)
    call.tell(CallerIdentified, **NUMBER)
    assert rounds(call) == []


def test_a_caller_who_withholds_the_number_is_asked_for_by_the_call_id(call: Any) -> None:
    call.queued().tell(CallerIdentified, ani=None, ani_source=None, anonymous=True)
    assert rounds(call) == []
    call.tell(CallerIdentified, ani=None, ani_source=None, anonymous=True, sip_call_id="abc@border")
    assert rounds(call)[0].sip_call_id == "abc@border"


def test_abandoned_call_still_gets_a_location(call: Any) -> None:
    call.queued().tell(CallerIdentified, **NUMBER)
    call.tell(CallAbandoned)
    call.tell(CallEnded)
    (asked,) = rounds(call)
    assert asked.round == 1
    assert not call.session.closed
    call.tell(LocationRoundEnded, round=1)
    assert rounds(call) == []


def test_a_number_that_is_learnt_after_the_caller_hung_up_unanswered_is_asked_by_once(call: Any) -> None:
    call.queued().tell(CallEnded)
    call.tell(CallerIdentified, **NUMBER)
    assert [asked.round for asked in rounds(call)] == [1]
    call.tell(LocationReferenced, uri="https://lis.example/1", source=HELD)
    assert [asked.round for asked in rounds(call)] == [1]
    call.tell(LocationRoundEnded, round=1)
    call.tell(LocationReferenced, uri="https://lis.example/2", source=HELD)
    assert rounds(call) == []


def test_an_answered_call_is_asked_about_no_more_once_it_has_ended(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    call.tell(CallEnded)
    assert rounds(call) == []


def test_time_brings_a_new_round_and_only_for_the_round_that_ended_last(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    before = call.session
    assert call.step(LocationRefreshDue, round=0).state is before, "the first round is still under way"
    call.tell(LocationRoundEnded, round=1)
    call.tell(LocationRefreshDue, round=1)
    call.tell(LocationRefreshDue, round=1)
    assert [asked.round for asked in rounds(call)] == [2]
    call.tell(LocationRoundEnded, round=2)
    assert call.step(LocationRefreshDue, round=1).state.locating.asked == 2
    call.tell(CallEnded)
    assert call.step(LocationRefreshDue, round=2).state.locating.asked == 2


def test_a_round_that_nobody_wanted_or_that_ended_before_ends_nothing(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    before = call.session
    assert call.step(LocationRoundEnded, round=7).state is before
    call.tell(LocationRoundEnded, round=1)
    before = call.session
    assert call.step(LocationRoundEnded, round=1).state is before


def test_rounds_are_limited_and_a_person_is_told(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    for number in range(1, MAX_ROUNDS + 5):
        call.tell(LocationRoundEnded, round=number)
        call.tell(LocationRefreshDue, round=number)
    assert call.session.locating.asked == MAX_ROUNDS
    assert rounds(call) == []
    assert call.step(RefreshLocation, **WHO).answer.code == "limit"


# ---- the button


def test_refresh_asks_again_and_makes_no_entry_stale(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    call.tell(LocationRoundEnded, round=1)
    person_rev = call.session.person_rev
    step = call.step(RefreshLocation, **WHO)
    assert step.answer == Accepted(rev=step.state.rev)
    assert [asked.round for asked in rounds(call)] == [2]
    assert (call.session.locating.asked_by, call.session.person_rev) == ("zhang", person_rev)


def test_refresh_while_a_round_is_under_way_is_that_round(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    before = call.session
    step = call.step(RefreshLocation, **WHO)
    assert isinstance(step.answer, Accepted)
    assert step.state is before


def test_refresh_during_a_round_of_the_timer_is_a_round_of_its_own_for_that_one_asks_not_everybody(
    call: Any,
) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    call.tell(LocationRoundEnded, round=1)
    call.tell(LocationRefreshDue, round=1)
    call.step(RefreshLocation, **WHO)
    assert [asked.round for asked in rounds(call)] == [3]
    assert call.session.locating.asked_by == "zhang"
    again = call.session
    assert call.step(RefreshLocation, **{**WHO, "request_id": "again"}).state is again


def test_refresh_without_anything_to_ask_by_or_after_the_end_is_refused(call: Any) -> None:
    call.answered()
    assert call.step(RefreshLocation, **WHO).answer.code == "nothing_to_ask"
    call.tell(CallEnded)
    assert call.step(RefreshLocation, **WHO).answer.code == "ended"


# ---- references


def test_a_reference_is_fetched_in_a_round_of_its_own_while_it_is_valid(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    until = T0 + timedelta(seconds=60)
    call.tell(LocationReferenced, uri="https://lis.example/1", source=HELD, expires_at=until)
    (asked,) = rounds(call)
    assert (asked.round, asked.references) == (2, ("https://lis.example/1",))
    call.tell(LocationRoundEnded, round=2)
    call.tell(LocationRefreshDue, round=2, at=until)
    assert rounds(call)[0].references == ()
    later = until + timedelta(hours=1)
    call.tell(LocationReferenced, uri="https://lis.example/1", source=HELD, expires_at=later)
    assert rounds(call)[0].references == ("https://lis.example/1",)
    assert call.session.locating.asked == 3


def test_the_same_reference_twice_is_one_and_references_are_bounded(call: Any) -> None:
    call.answered()
    for number in (1, 1, 2, 3, 4, 5, 6, 7):
        call.tell(LocationReferenced, uri=f"https://lis.example/{number}", source=HELD)
    assert [each.uri[-1] for each in call.session.locating.references] == ["2", "3", "4", "5", "6", "7"]
    assert len(call.session.locating.references) == MAX_REFERENCES
    long = "https://lis.example/".ljust(MAX_URI_CHARS, "x")
    for uri in (long, long[:-1]):
        call.tell(LocationReferenced, uri=uri, source=HELD)
    assert [each.uri for each in call.session.locating.references] == [long[:-1]]


def test_a_reference_that_is_too_long_is_told_and_not_fetched(call: Any) -> None:
    before = call.answered().session
    assert call.step(LocationReferenced, uri="x" * (MAX_URI_CHARS + 1), source=HELD).state is before
    assert f"{MAX_URI_CHARS + 1} characters" in call.published(LocationFault)[0].reason


# ---- questions to single sources


def test_asking_a_register_is_told_with_question_and_outcome(call: Any) -> None:
    call.answered()
    sent(call, "q1", "subscribers", ALI, by="zhang")
    assert call.session.locating.queries[0].state is QueryState.ASKING
    call.tell(LocationQueryEnded, query_id="q1", state=QueryState.NOTHING)
    (asked,), (ended,) = call.published(AliLocationQuery), call.published(AliLocationResponse)
    assert (asked.query_id, asked.name, asked.by) == ("q1", "subscribers", "zhang")
    assert (ended.query_id, ended.outcome, ended.took_ms) == ("q1", QueryState.NOTHING, 1000)


def test_a_location_server_that_fails_is_told_and_its_reference_marked(call: Any) -> None:
    call.answered().tell(LocationReferenced, uri="https://lis.example/1", source=HELD)
    sent(call, "q1", uri="https://lis.example/1")
    call.tell(LocationQueryEnded, query_id="q1", state=QueryState.FAILED, fault="no answer within 5 s")
    assert len(call.published(LocationQuery)) == 1
    (told,) = call.published(LocationFault)
    assert (told.reason, told.name, told.query_id) == ("no answer within 5 s", "carrier", "q1")
    assert call.session.locating.references[0].state is QueryState.FAILED


def test_a_location_server_that_answered_is_told_by_its_places_alone(call: Any) -> None:
    call.answered()
    sent(call, "q1")
    call.tell(LocationQueryEnded, query_id="q1", state=QueryState.ANSWERED)
    assert call.published(LocationFault) == []
    assert call.session.locating.queries[0].state is QueryState.ANSWERED


@pytest.mark.parametrize("late", ["q0", "q1"])
def test_an_outcome_that_comes_twice_or_of_an_unknown_question_changes_nothing(call: Any, late: str) -> None:
    call.answered()
    sent(call, "q1")
    call.tell(LocationQueryEnded, query_id="q1", state=QueryState.FAILED)
    before = call.session
    step = call.step(LocationQueryEnded, query_id=late, state=QueryState.ANSWERED)
    assert step.state is before
    assert not step.events


def test_a_question_told_twice_is_one(call: Any) -> None:
    call.answered()
    sent(call, "q1")
    before = call.session
    sent(call, "q1")
    assert call.session is before


def test_the_newest_question_to_each_source_is_kept_within_a_limit(call: Any) -> None:
    call.answered()
    for number in range(3):
        sent(call, f"a{number}")
    assert [(query.name, query.round) for query in call.session.locating.queries] == [("carrier", 1)]
    sent(call, "answered", "another")
    call.tell(LocationQueryEnded, query_id="answered", state=QueryState.ANSWERED)
    for number in range(MAX_QUERIES - 1):
        sent(call, f"b{number}", f"source{number}")
    names = [query.name for query in call.session.locating.queries]
    assert names == ["carrier", *(f"source{number}" for number in range(MAX_QUERIES - 1))]
    for number in range(2 * MAX_QUERIES):
        sent(call, f"c{number}", f"other{number}")
    assert len(call.session.locating.queries) == MAX_QUERIES
    assert len(call.published(LocationQuery)) == 3 + 1 + MAX_QUERIES - 1 + 2 * MAX_QUERIES


def test_what_was_still_asked_when_its_round_ended_has_failed(call: Any) -> None:
    call.answered().tell(CallerIdentified, **NUMBER)
    sent(call, "q1")
    call.tell(LocationRoundEnded, round=1)
    (query,) = call.session.locating.queries
    assert (query.state, query.fault) == (QueryState.FAILED, "no answer within the round")


# ---- words


def test_the_callers_new_words_are_owed_a_search_for_places(call: Any) -> None:
    call.answered().tell(SegmentTranscribed, segment=said(0))
    call.tell(SegmentTranscribed, segment=said(0, Leg.CALL_TAKER))
    call.tell(SegmentTranscribed, segment=said(1))
    assert spoken(call) == [2]
    call.tell(SpokenPlacesRead, segments=1)
    assert spoken(call) == [2]
    call.tell(SpokenPlacesRead, segments=2)
    assert spoken(call) == []
    before = call.session
    assert call.step(SpokenPlacesRead, segments=99).state is before


def spoken(call: Any) -> list[int]:
    return [effect.segments for effect in owed(call.session) if isinstance(effect, LocateSpoken)]


def test_words_of_the_second_pass_are_searched_too(call: Any) -> None:
    call.answered()
    call.tell(
        RecordingReviewed, leg=Leg.CALLER, recording_id="r", model_id="m", segments=(said(0),), difference=0.1
    )
    assert spoken(call) == [1]
