"""Who is on the line, and what that makes of the call."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.events import CallEnd, CallStateChange, CallTransfer
from gateway.calls.model import (
    CallState,
    EndReason,
    PartyRole,
    RecordingStatus,
    ReleasedBy,
    TransferKind,
    TransferResult,
)
from gateway.calls.people import MAX_PARTIES, MAX_TRANSFERS
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallerIdentified,
    CallHeld,
    CallQueued,
    CallResumed,
    CallSeized,
    ConferenceJoined,
    DeskRang,
    DeskStoppedRinging,
    KeyPressed,
    PartyJoined,
    PartyLeft,
    RecordingStarted,
    TransferEnded,
    TransferStarted,
)

DESK = {"role": PartyRole.CALL_TAKER, "number": "1101", "line": "PJSIP/1101-00000001"}
OFFICE = {"role": PartyRole.DEPARTMENT, "number": "120", "line": "PJSIP/120-00000001"}
BLIND = {"kind": TransferKind.BLIND, "target": "120"}


def test_a_seized_call_carries_what_the_pbx_said(call: Any) -> None:
    session = call.seized().session
    assert (session.state, session.dialed, session.rev) == (CallState.SEIZED, "110", 1)
    assert session.call_id == "city-main-pbx1-1700000000.0"


def test_a_number_once_learnt_is_not_unlearnt(call: Any) -> None:
    call.seized().tell(CallerIdentified, ani="13800130001", ani_source="PAI")
    session = call.tell(CallerIdentified, ani=None, ani_source=None, anonymous=True)
    assert (session.ani, session.ani_source, session.anonymous) == ("13800130001", "PAI", True)


def test_waiting_counts_from_the_first_queue_to_the_first_call_taker(call: Any) -> None:
    call.queued().tell(DeskRang, agent="1101")
    call.tell(DeskStoppedRinging, agent="1101")
    call.tell(DeskRang, agent="1102")
    session = call.join("1102")
    assert session.queue_wait_ms == 4000
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1102", line="PJSIP/1102-00000001")
    call.tell(CallQueued, queue="q110")
    assert call.join("1103").queue_wait_ms == 4000


def test_waiting_of_an_abandoned_call_ends_when_it_leaves_the_queue(call: Any) -> None:
    call.queued().tell(CallAbandoned)
    call.seconds = 60
    session = call.tell(CallEnded, released_by=ReleasedBy.CALLER)
    assert (session.queue_wait_ms, session.end_reason) == (1000, EndReason.ABANDONED)


def test_a_call_without_a_queue_has_not_waited(call: Any) -> None:
    assert call.seized().tell(CallEnded, released_by=ReleasedBy.CALLER).queue_wait_ms is None


def test_a_desk_that_does_not_pick_up_gives_the_call_back_to_the_queue(call: Any) -> None:
    call.queued().tell(DeskRang, agent="1101")
    call.tell(DeskRang, agent="1102")
    assert call.tell(DeskStoppedRinging, agent="1101").state is CallState.RINGING
    assert call.tell(DeskStoppedRinging, agent="1102").state is CallState.QUEUED


def test_hold_and_back(call: Any) -> None:
    assert call.answered().tell(CallHeld).state is CallState.HELD
    session = call.tell(CallResumed)
    assert (session.state, session.ever_held) == (CallState.ANSWERED, True)


def test_a_resume_that_follows_no_hold_changes_nothing(call: Any) -> None:
    before = call.answered().session
    assert call.step(CallResumed).state is before


def test_a_blind_transfer_is_under_way_until_somebody_there_answers(call: Any) -> None:
    call.answered().tell(TransferStarted, **BLIND)
    call.tell(PartyLeft, **DESK)
    assert call.tell(PartyJoined, **OFFICE).state is CallState.TRANSFERRING
    session = call.tell(TransferEnded, **BLIND, result=TransferResult.COMPLETED)
    assert session.state is CallState.ANSWERED
    assert [event.result for event in call.published(CallTransfer)] == [
        TransferResult.PENDING,
        TransferResult.COMPLETED,
    ]


def test_a_caller_back_in_the_queue_was_not_passed_on(call: Any) -> None:
    call.answered().tell(TransferStarted, **BLIND)
    call.tell(PartyLeft, **DESK)
    session = call.tell(CallQueued, queue="q110")
    assert session.state is CallState.QUEUED
    assert [transfer.result for transfer in session.transfers] == [TransferResult.FAILED]


def test_an_attended_transfer_that_was_merged_is_a_threeway(call: Any) -> None:
    call.answered().tell(TransferStarted, kind=TransferKind.ATTENDED, target="120")
    session = call.tell(
        TransferEnded, kind=TransferKind.THREEWAY, target="120", result=TransferResult.COMPLETED
    )
    assert [(transfer.kind, transfer.result) for transfer in session.transfers] == [
        (TransferKind.THREEWAY, TransferResult.COMPLETED)
    ]


def test_a_transfer_told_better_is_still_one(call: Any) -> None:
    call.answered().tell(TransferStarted, kind=TransferKind.REDIRECT, target="120")
    for _ in range(2):
        call.tell(TransferStarted, **BLIND)
    assert [transfer.kind for transfer in call.session.transfers] == [TransferKind.BLIND]
    assert len(call.published(CallTransfer)) == 2


def test_a_transfer_whose_begin_was_missed_is_told_once(call: Any) -> None:
    call.answered()
    for _ in range(2):
        call.tell(TransferEnded, **BLIND, result=TransferResult.COMPLETED)
    assert len(call.session.transfers) == 1


@pytest.mark.parametrize(
    ("joined", "left", "reason"),
    [
        ((), (), EndReason.ABANDONED),
        ((DESK,), (), EndReason.COMPLETED),
        ((DESK,), (DESK,), EndReason.COMPLETED),
        ((DESK, OFFICE), (), EndReason.COMPLETED),
        ((DESK, OFFICE), (DESK,), EndReason.TRANSFERRED),
        ((DESK, OFFICE), (DESK, OFFICE), EndReason.TRANSFERRED),
        ((DESK, OFFICE), (OFFICE, DESK), EndReason.COMPLETED),
        ((OFFICE,), (), EndReason.TRANSFERRED),
    ],
)
def test_the_end_is_judged_by_whom_the_caller_spoke_with_last(
    call: Any, joined: tuple[Any, ...], left: tuple[Any, ...], reason: EndReason
) -> None:
    call.queued()
    for party in joined:
        call.tell(PartyJoined, **party)
    for party in left:
        call.tell(PartyLeft, **party)
    assert call.tell(CallEnded, released_by=ReleasedBy.CALLER).end_reason is reason


def test_a_conference_left_by_all_at_once_ends_with_the_call_taker(call: Any) -> None:
    call.answered().tell(PartyJoined, **OFFICE)
    at = call.signal(CallEnded).at
    call.tell(PartyLeft, **OFFICE, at=at)
    call.tell(PartyLeft, **DESK, at=at)
    assert call.tell(CallEnded, at=at).end_reason is EndReason.COMPLETED


def test_the_source_decides_lost_and_failed(call: Any) -> None:
    session = call.answered().tell(CallEnded, reason=EndReason.LOST, inferred=True)
    assert (session.end_reason, session.released_by, session.inferred) == (
        EndReason.LOST,
        ReleasedBy.SYSTEM,
        True,
    )


def test_a_lost_call_in_the_queue_has_no_waiting_time(call: Any) -> None:
    assert call.queued().tell(CallEnded, reason=EndReason.LOST).queue_wait_ms is None


def test_the_end_closes_parties_transfers_and_recorders(call: Any) -> None:
    call.answered().tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav")
    call.tell(TransferStarted, **BLIND)
    session = call.tell(CallEnded, released_by=ReleasedBy.CALLER)
    assert all(party.left_at == session.ended_at for party in session.parties)
    assert [transfer.result for transfer in session.transfers] == [TransferResult.FAILED]
    assert [recording.status for recording in session.recordings] == [RecordingStatus.STOPPED]


def test_the_end_is_told_once_with_its_length(call: Any) -> None:
    call.answered().tell(CallEnded, released_by=ReleasedBy.CALL_TAKER)
    call.step(CallEnded, released_by=ReleasedBy.CALLER)
    (end,) = call.published(CallEnd)
    assert (end.duration_ms, end.released_by, end.end_reason) == (
        4000,
        ReleasedBy.CALL_TAKER,
        EndReason.COMPLETED,
    )


def test_nothing_of_the_course_changes_after_the_end(call: Any) -> None:
    ended = call.answered().tell(CallEnded, released_by=ReleasedBy.CALLER)
    for kind, facts in (
        (CallQueued, {"queue": "q110"}),
        (PartyJoined, OFFICE),
        (CallHeld, {}),
        (TransferStarted, BLIND),
        (ConferenceJoined, {"room": "r"}),
        (KeyPressed, {"key": "1"}),
        (CallAbandoned, {}),
        (DeskRang, {"agent": "1101"}),
    ):
        assert call.step(kind, **facts).state is ended


def test_a_state_change_says_who_answered_and_how_long_it_took(call: Any) -> None:
    call.answered()
    change = call.published(CallStateChange)[-1]
    assert (change.previous, change.state, change.agent, change.queue_wait_ms) == (
        CallState.RINGING,
        CallState.ANSWERED,
        "1101",
        2000,
    )


def test_a_call_seized_twice_is_one_call(call: Any) -> None:
    before = call.answered().session
    again = call.step(
        CallSeized,
        site="city",
        pbx="main",
        uniqueid="pbx1-1700000000.0",
        linkedid="x",
        line="x",
        inferred=True,
    )
    assert again.state is before


def test_keys_and_test_numbers_leave_a_mark(call: Any) -> None:
    call.answered().tell(KeyPressed, key="1")
    call.tell(KeyPressed, key="1")
    session = call.tell(CallerIdentified, ani="13800130099", ani_source="PAI", test=True)
    assert session.marks == ("key:1", "test-call")


def test_parties_and_transfers_are_bounded_and_the_present_ones_stay(call: Any) -> None:
    call.answered()
    for number in range(2 * MAX_PARTIES):
        party = {"role": PartyRole.DEPARTMENT, "number": str(number), "line": f"PJSIP/{number}-1"}
        call.tell(TransferStarted, kind=TransferKind.BLIND, target=str(number))
        call.tell(PartyJoined, **party)
        call.tell(TransferEnded, kind=TransferKind.BLIND, target=str(number), result=TransferResult.COMPLETED)
        call.tell(PartyLeft, **party)
    assert len(call.session.parties) == MAX_PARTIES
    assert len(call.session.transfers) == MAX_TRANSFERS
    assert call.session.parties[0].number == "1101"
