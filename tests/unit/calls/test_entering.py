"""A record without a call: entered, added to, linked; what it owes and does not owe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.answers import Accepted, Refused
from gateway.calls.effects import AssessTriage, LocateSpoken
from gateway.calls.entered import (
    EnterRecord,
    LinkRecord,
    RecordEntered,
    RecordLinked,
    RecordUnlinked,
    TypeWords,
    UnlinkRecord,
)
from gateway.calls.entering import BACK, MAX_WORDS_CHARS
from gateway.calls.events import CallEnd, CallStart, TranscriptSegmentEvent
from gateway.calls.manual import Origin
from gateway.calls.model import CallSession, CallState, Medium
from gateway.calls.owed import owed
from gateway.calls.reducer import Step, reduce
from gateway.calls.seats import WrapUpBegun
from gateway.calls.wrapped import FinishCall
from gateway.ids import CallId, call_of, manual_id
from gateway.triage.model import AlarmClass, Nature
from tests.unit.calls.conftest import CALL, T0, Telling

RECORD = manual_id("city", "019b8e5c-4a00-7000-8000-0123456789ab")


def asked(kind: Any, session: CallSession | None = None, /, **facts: Any) -> Step:
    known = {"call_id": RECORD, "at": T0, "request_id": "r1", "actor": "zhang.san"}
    return reduce(session, kind(**(known | facts)))


def entered(**facts: Any) -> Step:
    usual = {"site": "city", "origin": Origin.WALK_IN, "happened_at": T0, "position": "1101"}
    return asked(EnterRecord, **(usual | facts))


def record(**facts: Any) -> CallSession:
    state = entered(**facts).state
    assert state is not None
    return state


def test_a_record_is_a_call_that_is_over_with_an_open_card_at_the_desk_that_wrote_it() -> None:
    step = entered(number="13800138000", place="人民路12号", words="有人打架\n有刀")
    session = step.state
    assert session is not None
    assert step.answer == Accepted(rev=session.rev)
    assert (session.medium, session.state, session.pbx) == (Medium.MANUAL, CallState.ENDED, "man")
    assert (session.ani, session.callback_number, session.seized_at) == ("13800138000", "13800138000", T0)
    assert session.locations[0].address == "人民路12号"
    assert session.leading_location
    assert session.wrap.finished is None
    assert session.manual is not None
    assert [type(tell) for tell in step.tells] == [WrapUpBegun]
    said = [e.segment.text for e in step.events if isinstance(e, TranscriptSegmentEvent)]
    assert said == ["有人打架", "有刀"]
    assert isinstance(step.events[0], CallStart)
    assert step.events[0].medium is Medium.MANUAL
    assert isinstance(step.events[-1], CallEnd)


def test_typed_words_are_judged_and_searched_for_places_but_nothing_is_owed_to_a_pbx() -> None:
    owes = owed(record(words="在人民路有人打架"))
    assert {type(effect) for effect in owes} == {AssessTriage, LocateSpoken}


def test_a_record_without_words_owes_nothing_and_is_judged_by_nobody() -> None:
    session = record()
    assert owed(session) == frozenset()
    assert session.closed


def test_what_is_entered_long_after_the_event_says_so_with_both_times_and_by_whom() -> None:
    step = entered(happened_at=T0 - timedelta(hours=3))
    told = next(event for event in step.events if isinstance(event, RecordEntered))
    assert (told.late, told.inferred, told.by) == (True, True, "zhang.san")
    assert (told.happened_at, told.entered_at) == (T0 - timedelta(hours=3), T0)
    assert step.state is not None
    assert step.state.seized_at == T0 - timedelta(hours=3)


def test_what_an_outage_left_is_always_entered_afterwards() -> None:
    session = record(origin=Origin.OUTAGE)
    assert session.manual is not None
    assert session.manual.late
    assert session.inferred


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"happened_at": T0 + timedelta(minutes=5)}, "in_the_future"),
        ({"happened_at": T0 - BACK - timedelta(minutes=1)}, "too_long_ago"),
        ({"number": "12"}, "invalid"),
        ({"number": "138-0013-8000"}, "invalid"),
        ({"place": "x" * 501}, "invalid"),
        ({"words": "x" * (MAX_WORDS_CHARS + 1)}, "invalid"),
        ({"latitude": 30.0}, "invalid"),
        ({"latitude": 130.0, "longitude": 120.0, "datum": "WGS-84"}, "invalid"),
        ({"call_id": CALL}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_makes_no_record(
    facts: dict[str, Any], code: str
) -> None:
    step = entered(**facts)
    assert step.state is None
    assert isinstance(step.answer, Refused)
    assert step.answer.code == code


def test_a_clock_that_is_a_little_ahead_is_no_future() -> None:
    session = record(happened_at=T0 + timedelta(seconds=30))
    assert session.seized_at == T0


def test_the_same_record_is_not_entered_twice() -> None:
    session = record()
    step = asked(EnterRecord, session, site="city", origin=Origin.RADIO, happened_at=T0)
    assert step.state is session
    assert step.answer == Refused(code="already_entered", text=RECORD)


def test_more_words_are_added_after_the_first_and_judged_again() -> None:
    session = record(words="有人打架")
    step = asked(TypeWords, session, words="现在有人受伤\n\n在路口")
    assert isinstance(step.answer, Accepted)
    assert step.state is not None
    assert step.state.segments == 3
    assert step.state.locating.spoken == 3
    indexes = [e.segment.index for e in step.events if isinstance(e, TranscriptSegmentEvent)]
    assert indexes == [1, 2]


def test_words_are_added_to_records_only_and_not_to_a_finished_card() -> None:
    call = Telling().seized().session
    step = asked(TypeWords, call, call_id=CALL, words="x")
    assert isinstance(step.answer, Refused)
    assert step.answer.code == "not_manual"
    finish = {"alarm_class": AlarmClass.VALID_ALARM, "nature": Nature.FIGHT}
    done = asked(FinishCall, record(), **finish).state
    step = asked(TypeWords, done, words="x")
    assert isinstance(step.answer, Refused)
    assert step.answer.code == "finished"
    step = asked(TypeWords, record(), words=" \n ")
    assert isinstance(step.answer, Refused)
    assert step.answer.code == "invalid"


def test_a_person_links_a_record_with_the_pbxs_call_and_each_names_the_other() -> None:
    step = asked(LinkRecord, record(), other=CALL)
    assert step.state is not None
    assert step.state.same_as == CALL
    (tell,) = step.tells
    assert isinstance(tell, RecordLinked)
    assert (tell.call_id, tell.record) == (CALL, RECORD)
    call = reduce(Telling().seized().session, tell).state
    assert call is not None
    assert call.same_as == RECORD
    undone = asked(UnlinkRecord, step.state)
    assert undone.state is not None
    assert undone.state.same_as is None
    (tell,) = undone.tells
    again = reduce(call, tell).state
    assert isinstance(tell, RecordUnlinked)
    assert again is not None
    assert again.same_as is None


def test_of_two_records_linked_with_one_call_at_once_the_second_gives_way() -> None:
    call = reduce(
        Telling().seized().session, RecordLinked(call_id=CALL, at=T0, record=RECORD, by="zhang.san")
    ).state
    late = CallId(RECORD[:-1] + "c")
    step = reduce(call, RecordLinked(call_id=CALL, at=T0, record=late, by="li.si"))
    assert step.state is call
    (tell,) = step.tells
    assert isinstance(tell, RecordUnlinked)
    assert (tell.call_id, tell.other) == (late, CALL)


@pytest.mark.parametrize(
    ("session", "facts", "code"),
    [
        (record(), {"other": RECORD}, "invalid"),
        (record(), {"other": CallId(RECORD[:-1] + "c")}, "invalid"),
        (asked(LinkRecord, record(), other=CALL).state, {"other": CallId(f"{CALL}1")}, "record_linked"),
        (Telling().seized().session, {"call_id": CALL, "other": CallId(f"{CALL}1")}, "not_manual"),
    ],
)
def test_what_cannot_be_the_same_is_not_linked(session: Any, facts: dict[str, Any], code: str) -> None:
    step = asked(LinkRecord, session, **facts)
    assert isinstance(step.answer, Refused)
    assert step.answer.code == code
    assert step.state is session
    assert not step.tells


def test_linking_the_same_again_changes_nothing_and_undoing_nothing_is_refused() -> None:
    linked = asked(LinkRecord, record(), other=CALL).state
    step = asked(LinkRecord, linked, other=CALL)
    assert step.state is linked
    assert isinstance(step.answer, Accepted)
    assert not step.tells
    step = asked(UnlinkRecord, record())
    assert isinstance(step.answer, Refused)
    assert step.answer.code == "not_linked"


def test_a_leg_that_bears_a_records_id_belongs_to_that_record_on_whatever_pbx() -> None:
    assert call_of("city", "main", record().uniqueid) == RECORD
    assert call_of("city", "main", "man-1700000000.1") == "city-main-man-1700000000.1"
