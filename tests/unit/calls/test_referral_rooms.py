"""Attended hand-overs and three-party calls."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import (
    CancelTransfer,
    CompleteTransfer,
    MoveLegGone,
    MoveRefused,
    MoveUnseen,
    TargetAnswered,
    TargetMissed,
    TargetRang,
)
from gateway.calls.handing import (
    MoveKind,
    ReferralState,
    Why,
    leg_id,
)
from gateway.calls.handing_events import ReferralChange
from gateway.calls.model import CallState, PartyRole, TransferKind, TransferResult
from gateway.calls.reducer import owed
from gateway.calls.signals import (
    CallQueued,
    PartyJoined,
    PartyLeft,
    TransferEnded,
    TransferStarted,
)

from .referred import (
    AMBULANCE,
    ATTENDED,
    BLIND,
    DESK,
    FIRE,
    THREEWAY,
    UNIQUEID,
    ask,
    end,
    in_a_room,
    last,
    moves_owed,
    sent,
    state,
)

# ---- attended


def consulted(call: Any) -> None:
    ask(call.answered(), ATTENDED)
    sent(call)
    call.tell(TargetRang, number="12333")
    call.tell(TargetAnswered, number="12333")
    call.tell(TransferStarted, kind=TransferKind.ATTENDED, target="12333")
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)


def test_a_consultation_is_completed_by_the_desk_letting_go(call: Any) -> None:
    consulted(call)
    assert state(call) == (ReferralState.ANSWERED, None)
    assert end(call, CompleteTransfer).answer.rev
    (effect,) = [e for e in owed(call.session) if isinstance(e, MovePeople)]
    assert (effect.kind, effect.line) == (MoveKind.LET_GO, DESK)
    sent(call)
    call.join("12333", PartyRole.DEPARTMENT)
    assert state(call) == (ReferralState.ANSWERED, None)
    call.tell(TransferEnded, kind=TransferKind.ATTENDED, target="12333", result=TransferResult.COMPLETED)
    assert state(call) == (ReferralState.COMPLETED, None)


def test_before_anybody_answers_it_is_not_completed(call: Any) -> None:
    ask(call.answered(), ATTENDED)
    assert end(call, CompleteTransfer).answer.code == "pending"
    sent(call)
    assert end(call, CompleteTransfer).answer.code == "not_answered"


def test_a_consultation_is_called_off(call: Any) -> None:
    consulted(call)
    assert end(call, CancelTransfer).answer.rev
    assert moves_owed(call) == [(MoveKind.CALL_OFF, 2)]
    sent(call)
    call.tell(TransferEnded, kind=TransferKind.ATTENDED, target="12333", result=TransferResult.CANCELLED)
    assert state(call) == (ReferralState.RETURNED, Why.CALLED_OFF)


def test_a_consultation_that_nobody_takes_leaves_the_caller_with_the_desk(call: Any) -> None:
    ask(call.answered(), ATTENDED)
    sent(call)
    call.tell(TransferStarted, kind=TransferKind.ATTENDED, target="12333")
    call.tell(TargetMissed, number="12333", why=Why.BUSY)
    call.tell(TransferEnded, kind=TransferKind.ATTENDED, target="12333", result=TransferResult.FAILED)
    assert state(call) == (ReferralState.RETURNED, Why.BUSY)


def test_a_consultation_merged_by_the_phones_own_key_is_a_three_party_call(call: Any) -> None:
    consulted(call)
    call.tell(TransferEnded, kind=TransferKind.THREEWAY, target="12333", result=TransferResult.COMPLETED)
    assert (last(call).kind, last(call).state) == (THREEWAY, ReferralState.ANSWERED)
    assert len(call.session.transfers) == 1


def test_what_the_pbx_refuses_of_an_ending_is_a_fault_and_the_hand_over_stands(call: Any) -> None:
    consulted(call)
    end(call, CompleteTransfer)
    call.tell(MoveRefused, n=2, why=Why.PBX_REFUSED)
    assert (last(call).state, last(call).fault) == (ReferralState.ANSWERED, Why.PBX_REFUSED)
    end(call, CompleteTransfer)
    assert last(call).fault is None
    call.tell(MoveUnseen, n=3)
    assert last(call).fault is Why.NOT_SEEN
    assert [event.fault for event in call.published(ReferralChange)][-2:] == [Why.PBX_REFUSED, Why.NOT_SEEN]


# ---- three-party


def test_the_target_is_called_into_the_room_once_the_two_are_in_it(call: Any) -> None:
    ask(call.answered(), THREEWAY, FIRE)
    assert ask(call, THREEWAY, AMBULANCE).answer.code == "pending"
    assert end(call, CancelTransfer).answer.code == "pending"
    sent(call)
    assert call.session.room == "room-pbx1-1700000000-0"
    (effect,) = [e for e in owed(call.session) if isinstance(e, MovePeople)]
    assert (effect.kind, effect.number, effect.room) == (MoveKind.INVITE, "119", call.session.room)


def test_together_in_the_room_its_record_stands_among_the_transfers(call: Any) -> None:
    in_a_room(call)
    assert state(call) == (ReferralState.ANSWERED, None)
    (transfer,) = call.session.transfers
    assert (transfer.kind, transfer.result, transfer.referral) == (
        TransferKind.THREEWAY, TransferResult.COMPLETED, 1,
    )  # fmt: skip
    assert call.session.state is CallState.ANSWERED


def test_the_desk_leaves_and_the_two_speak_on(call: Any) -> None:
    in_a_room(call)
    assert end(call, CompleteTransfer).answer.rev
    (effect,) = [e for e in owed(call.session) if isinstance(e, MovePeople)]
    assert (effect.kind, effect.line) == (MoveKind.LET_GO, DESK)
    sent(call)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)
    assert state(call) == (ReferralState.COMPLETED, None)


def test_the_target_leaves_by_itself_or_because_it_is_let_go(call: Any, another_call: Any) -> None:
    for by_us, why in ((False, None), (True, Why.CALLED_OFF)):
        one = another_call()
        in_a_room(one)
        if by_us:
            assert end(one, CancelTransfer).answer.rev
            (effect,) = [e for e in owed(one.session) if isinstance(e, MovePeople)]
            assert (effect.kind, effect.line) == (MoveKind.DROP, leg_id(2, UNIQUEID))
            sent(one)
        one.tell(PartyLeft, role=PartyRole.DEPARTMENT, number="119", line="PJSIP/119-00000001")
        assert state(one) == (ReferralState.RETURNED, why)


@pytest.mark.parametrize(("cause", "why"), [(17, Why.BUSY), (1, Why.DEAD_NUMBER), (19, Why.NO_ANSWER)])
def test_who_is_called_in_and_does_not_come_leaves_the_two_talking(call: Any, cause: int, why: Why) -> None:
    ask(call.answered(), THREEWAY, FIRE)
    sent(call)
    sent(call)
    call.tell(MoveLegGone, n=2, cause=cause)
    expected = ReferralState.NO_ANSWER if why is Why.NO_ANSWER else ReferralState.REFUSED
    assert state(call) == (expected, why)
    assert call.session.transfers[-1].result is TransferResult.FAILED
    call.tell(CallQueued, queue="q110")
    assert state(call) == (expected, why)


def test_who_is_called_in_and_called_off_while_it_rings(call: Any) -> None:
    ask(call.answered(), THREEWAY, FIRE)
    sent(call)
    sent(call)
    call.tell(TargetRang, number="119")
    end(call, CancelTransfer)
    sent(call)
    call.tell(MoveLegGone, n=2, cause=16)
    assert state(call) == (ReferralState.RETURNED, Why.CALLED_OFF)


def test_in_the_room_others_are_called_in_passed_on_to_but_nobody_is_put_on_hold(call: Any) -> None:
    in_a_room(call)
    assert ask(call, ATTENDED, AMBULANCE).answer.code == "in_room"
    assert ask(call, THREEWAY, AMBULANCE).answer.rev
    assert moves_owed(call) == [(MoveKind.INVITE, 3)]
    sent(call)
    assert ask(call, BLIND).answer.code == "pending"
    call.tell(MoveLegGone, n=3, cause=17)
    ask(call, BLIND)
    (effect,) = [e for e in owed(call.session) if isinstance(e, MovePeople)]
    assert (effect.kind, effect.line) == (MoveKind.REDIRECT, call.session.line)
    sent(call)
    call.tell(TransferStarted, kind=TransferKind.REDIRECT, target="12333")
    assert call.session.room == ""


def test_a_room_that_fell_apart_while_the_target_rang_brings_the_caller_back(call: Any) -> None:
    ask(call.answered(), THREEWAY, FIRE)
    sent(call)
    sent(call)
    call.tell(TargetRang, number="119")
    call.tell(CallQueued, queue="q110")
    assert state(call) == (ReferralState.RETURNED, Why.NO_ANSWER)
    assert call.session.room == ""


def test_the_last_desk_gone_nobody_completes(call: Any) -> None:
    in_a_room(call)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)
    assert end(call, CompleteTransfer).answer.code == "over"
    other = end(call, CompleteTransfer, n=9)
    assert other.answer.code == "unknown_handover"


def test_a_redirect_seen_for_a_hand_over_is_linked_to_it(call: Any) -> None:
    in_a_room(call)
    ask(call, BLIND)
    sent(call)
    call.tell(TransferEnded, kind=TransferKind.REDIRECT, target="12333", result=TransferResult.COMPLETED)
    assert call.session.transfers[-1].referral == 2
    assert last(call).state is ReferralState.ANSWERED


def test_a_phones_own_transfer_belongs_to_no_hand_over(call: Any) -> None:
    call.answered().tell(TransferStarted, kind=TransferKind.BLIND, target="12333")
    assert call.session.transfers[-1].referral is None
    call.tell(PartyJoined, role=PartyRole.DEPARTMENT, number="12333", line="x")
    assert call.session.referrals == ()
