"""What a call adds to the figures of its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.dispatched import DispatchChange, DispatchStep
from gateway.calls.handing import HandOverKind, Referral, ReferralState, Target, TargetKind
from gateway.calls.instructions import Dispatch, Instruction
from gateway.calls.model import (
    TEST_MARK,
    CallSession,
    Disposition,
    Recording,
    RecordingStatus,
    Transfer,
    TransferKind,
    TransferResult,
)
from gateway.desk import counted
from gateway.ids import CallId
from gateway.triage.model import AlarmClass, Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALL = CallSession(
    call_id=CallId("c"), site="hz", pbx="p1", uniqueid="1", linkedid="1", line="PJSIP/t-1", seized_at=NOON
)
TARGET = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)


def referral(state: ReferralState) -> Referral:
    return Referral(
        n=1, kind=HandOverKind.BLIND, target=TARGET, by="w", at=NOON, line="x", state=state, changed_at=NOON
    )


def transfer(result: TransferResult, referral: int | None = None) -> Transfer:
    return Transfer(
        kind=TransferKind.BLIND, target="12333", result=result, started_at=NOON, referral=referral
    )


def test_a_call_that_nobody_answered_has_no_answer_time() -> None:
    told = counted.figures(CALL)
    assert (told["answer_ms"], told["handed"], told["decided_class"], told["test"]) == (None, 0, None, False)


def test_the_answer_is_counted_from_the_seizure_by_the_pbxs_clock() -> None:
    answered = replace(CALL, answered_at=NOON + timedelta(milliseconds=9_800), marks=(TEST_MARK,))
    assert (counted.figures(answered)["answer_ms"], counted.figures(answered)["test"]) == (9_800, True)
    early = replace(CALL, answered_at=NOON - timedelta(seconds=1))
    assert counted.figures(early)["answer_ms"] == 0


@pytest.mark.parametrize(
    ("state", "handed", "back"),
    [
        (ReferralState.COMPLETED, 1, 0), (ReferralState.ANSWERED, 1, 0), (ReferralState.NO_ANSWER, 1, 1),
        (ReferralState.RETURNED, 1, 1), (ReferralState.REFUSED, 1, 1), (ReferralState.RINGING, 0, 0),
        (ReferralState.CANCELLED, 0, 0), (ReferralState.UNKNOWN, 0, 0),
    ],
)  # fmt: skip
def test_a_hand_over_counts_once_it_is_known_how_it_went(
    state: ReferralState, handed: int, back: int
) -> None:
    told = counted.figures(replace(CALL, referrals=(referral(state),)))
    assert (told["handed"], told["came_back"]) == (handed, back)


def test_transfers_by_the_phones_own_keys_count_too_and_none_counts_twice() -> None:
    results = (TransferResult.COMPLETED, TransferResult.FAILED, TransferResult.PENDING)
    own = tuple(transfer(each) for each in results)
    both = replace(
        CALL, referrals=(referral(ReferralState.COMPLETED),),
        transfers=(*own, transfer(TransferResult.COMPLETED, referral=1)),
    )  # fmt: skip
    told = counted.figures(both)
    assert (told["handed"], told["came_back"]) == (3, 1)


def test_a_persons_word_and_missing_recordings_stand_beside_the_machines() -> None:
    decided = Disposition(
        alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, department=None, note="", by="w", at=NOON
    )
    lost = Recording(recording_id="r", file="/x", started_at=NOON, status=RecordingStatus.FAILED)
    told = counted.figures(replace(CALL, disposition=decided, recordings=(lost,)))
    assert (told["decided_class"], told["decided_nature"], told["unrecorded"]) == ("non_police", "none", 1)


def test_an_instruction_has_a_row_when_something_becomes_of_it() -> None:
    def change(instruction_id: str | None) -> Any:
        return DispatchChange(occurred_at=NOON, step=DispatchStep.SIGNED_OFF, instruction_id=instruction_id)

    rows = tuple(Instruction(instruction_id=name, issued_at=NOON) for name in ("a", "b"))
    call = replace(CALL, dispatch=Dispatch(instructions=rows))
    told = counted.instructions([(call, change("b")), (call, change(None)), (call, object())])
    assert [(row.call_id, row.instruction_id, row.issued_at) for row in told] == [("c", "b", NOON)]
    assert counted.instructions([(replace(call, marks=(TEST_MARK,)), change("b"))]) == ()
