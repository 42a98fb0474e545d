"""A hand-over begun or refused, passed on blind, and what the PBX answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import MovePeople, SetTimer
from gateway.calls.events import CallTransfer
from gateway.calls.handed import (
    CancelTransfer,
    CompleteTransfer,
    MoveLegGone,
    MoveRefused,
    MoveSent,
    MoveUnseen,
    TargetAnswered,
    TargetMissed,
    TargetRang,
)
from gateway.calls.handing import (
    MAX_REFERRALS,
    HandOverKind,
    MoveKind,
    ReferralState,
    Target,
    TargetKind,
    Why,
)
from gateway.calls.handing_events import ReferralChange
from gateway.calls.model import CallState, PartyRole, TransferKind, TransferResult
from gateway.calls.moves import TIMER
from gateway.calls.reducer import owed
from gateway.calls.referral import proposed
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    TimerFired,
    TransferEnded,
    TransferStarted,
)
from gateway.triage.model import EmergencyPartner, VetoCode

from .referred import (
    ATTENDED,
    BLIND,
    DESK,
    FIRE,
    THREEWAY,
    ask,
    danger,
    end,
    in_a_room,
    last,
    moves_owed,
    sent,
    state,
)

# ---- begun, or not


@pytest.mark.parametrize(
    ("kind", "move", "line", "beside"),
    [
        (BLIND, MoveKind.BLIND, DESK, ""),
        (ATTENDED, MoveKind.CONSULT, DESK, ""),
        (THREEWAY, MoveKind.CONFERENCE, "PJSIP/trunk-00000000", DESK),
    ],
)
def test_a_hand_over_owes_the_pbx_one_action_with_the_calls_own_legs(
    call: Any, kind: HandOverKind, move: MoveKind, line: str, beside: str
) -> None:
    step = ask(call.answered(), kind)
    assert step.answer.rev == step.state.rev
    (effect,) = [e for e in owed(call.session) if isinstance(e, MovePeople)]
    assert (effect.kind, effect.line, effect.beside, effect.number) == (move, line, beside, "12333")
    assert effect.once


def test_it_is_announced_with_number_place_and_verdict_before_anybody_rings(call: Any) -> None:
    call.answered().tell(CallerIdentified, ani="13800138000", ani_source="PAI")
    ask(call)
    (told,) = call.published(ReferralChange)
    assert (told.state, told.target, told.number, told.about.caller) == (
        ReferralState.ASKED, "labour_bureau", "12333", "13800138000",
    )  # fmt: skip


def test_ten_clicks_are_one_hand_over(call: Any) -> None:
    ask(call.answered())
    codes = {ask(call).answer.code for _ in range(9)}
    assert (codes, len(call.session.referrals), moves_owed(call)) == ({"pending"}, 1, [(MoveKind.BLIND, 1)])
    sent(call)
    assert ask(call).answer.code == "pending"
    assert ask(call, BLIND, FIRE).answer.code == "pending"
    assert moves_owed(call) == []


def test_who_is_not_in_the_directory_is_not_called(call: Any) -> None:
    assert ask(call.answered(), target=None).answer.code == "unknown_target"


def test_a_call_that_is_over_is_not_handed_over(call: Any) -> None:
    call.answered().tell(CallEnded)
    assert ask(call).answer.code == "ended"


def test_without_a_call_taker_nobody_hands_over(call: Any) -> None:
    assert ask(call.queued()).answer.code == "no_desk_leg"


def test_a_closed_target_is_called_only_if_a_person_says_so(call: Any) -> None:
    refused = ask(call.answered(), closed=True, instead="public_hotline_12345")
    assert (refused.answer.code, "public_hotline_12345" in refused.answer.text) == ("target_closed", True)
    assert ask(call, closed=True).answer.text == "labour_bureau is closed"
    assert ask(call, closed=True, confirm_closed=True).answer.rev


def test_a_department_is_called_in_danger_only_if_a_person_says_so_a_partner_at_once(call: Any) -> None:
    danger(call.answered())
    refused = ask(call)
    assert refused.answer.code == "danger_unconfirmed"
    assert "fire" in refused.answer.text
    assert "fire_119" in refused.answer.text
    assert ask(call, THREEWAY, FIRE).answer.rev
    assert last(call).dangers == (VetoCode.FIRE,)


def test_confirmed_the_department_is_called_and_the_danger_is_kept(call: Any) -> None:
    danger(call.answered(), VetoCode.CHILD)
    assert "none" in ask(call).answer.text
    assert ask(call, confirm_danger=True).answer.rev
    assert call.published(ReferralChange)[0].dangers == (VetoCode.CHILD,)


def test_partners_are_proposed_by_the_dangers_that_stand(call: Any) -> None:
    assert proposed(call.answered().session) == ()
    danger(call, VetoCode.SUICIDE)
    danger(call, VetoCode.CONFINED)
    assert proposed(call.session) == (EmergencyPartner.FIRE_119, EmergencyPartner.AMBULANCE_120)


def test_of_several_desks_the_one_who_asks_passes_on(call: Any) -> None:
    call.answered().join("1102")
    ask(call, position="1101")
    assert last(call).line == DESK


def test_a_stale_view_of_the_call_is_refused(call: Any) -> None:
    call.answered()
    assert ask(call, expected_rev=10_000).answer.code == "stale_rev"


def test_nobodys_entry_becomes_stale_by_a_hand_over(call: Any) -> None:
    before = call.answered().session.person_rev
    ask(call)
    assert call.session.person_rev == before


def test_what_is_over_is_forgotten_first_and_too_many_at_once_are_refused(call: Any) -> None:
    call.answered()
    for _ in range(MAX_REFERRALS + 2):
        ask(call)
        call.tell(MoveRefused, n=call.session.moves[-1].n, why=Why.PBX_REFUSED)
    assert len(call.session.referrals) == MAX_REFERRALS
    assert last(call).n == MAX_REFERRALS + 2


def test_no_more_than_so_many_are_under_way(call: Any) -> None:
    in_a_room(call)
    for n in range(MAX_REFERRALS):
        target = Target(code=f"p{n}", number=f"90{n}", kind=TargetKind.PARTNER)
        ask(call, THREEWAY, target)
        sent(call)
    one_more = Target(code="p9", number="909", kind=TargetKind.PARTNER)
    assert ask(call, THREEWAY, one_more).answer.code == "limit"


# ---- blind


def test_passed_on_and_answered(call: Any) -> None:
    ask(call.answered())
    sent(call)
    call.tell(TransferStarted, kind=TransferKind.BLIND, target="12333")
    call.tell(TargetRang, number="12333")
    call.tell(TargetAnswered, number="12333")
    call.join("12333", PartyRole.DEPARTMENT)
    call.tell(TransferEnded, kind=TransferKind.BLIND, target="12333", result=TransferResult.COMPLETED)
    told = [event.state.value for event in call.published(ReferralChange)]
    assert told == ["asked", "sent", "ringing", "answered"]
    assert [event.referral for event in call.published(CallTransfer)] == [1, 1]
    assert end(call, CompleteTransfer).answer.code == "over"


@pytest.mark.parametrize(
    ("why", "between"),
    [
        (Why.NO_ANSWER, ReferralState.NO_ANSWER),
        (Why.BUSY, ReferralState.REFUSED),
        (Why.DEAD_NUMBER, ReferralState.REFUSED),
    ],
)
def test_nobody_there_brings_the_caller_back_and_the_reason_stays(
    call: Any, why: Why, between: ReferralState
) -> None:
    ask(call.answered())
    sent(call)
    call.tell(TransferStarted, kind=TransferKind.BLIND, target="12333")
    call.tell(TargetMissed, number="12333", why=why)
    assert state(call) == (between, why)
    call.tell(TransferEnded, kind=TransferKind.BLIND, target="12333", result=TransferResult.FAILED)
    call.tell(CallQueued, queue="q110")
    assert state(call) == (ReferralState.RETURNED, why)
    assert call.session.state is CallState.QUEUED


def test_back_without_a_reason_told_means_that_nobody_answered(call: Any) -> None:
    ask(call.answered())
    sent(call)
    call.tell(TransferStarted, kind=TransferKind.BLIND, target="12333")
    call.tell(TransferEnded, kind=TransferKind.BLIND, target="12333", result=TransferResult.FAILED)
    assert state(call) == (ReferralState.NO_ANSWER, Why.NO_ANSWER)
    call.tell(CallQueued, queue="q110")
    assert state(call) == (ReferralState.RETURNED, Why.NO_ANSWER)


def test_a_blind_hand_over_that_rings_is_fetched_back_before_all_others(call: Any) -> None:
    ask(call.answered())
    sent(call)
    call.tell(TargetRang, number="12333")
    assert end(call, CancelTransfer).answer.rev
    assert moves_owed(call) == [(MoveKind.FETCH_BACK, 2)]
    assert end(call, CancelTransfer).answer.code == "pending"
    sent(call)
    call.tell(CallQueued, queue="q110")
    assert state(call) == (ReferralState.RETURNED, Why.CALLED_OFF)
    assert end(call, CancelTransfer).answer.code == "over"


def test_the_caller_who_hangs_up_first_ends_it(call: Any) -> None:
    ask(call.answered())
    sent(call)
    call.tell(CallEnded)
    assert state(call) == (ReferralState.CANCELLED, Why.CALLER_GONE)
    assert end(call, CancelTransfer).answer.code == "ended"


def test_other_numbers_and_late_words_change_nothing(call: Any) -> None:
    ask(call.answered())
    sent(call)
    before = last(call)
    for kind, facts in (
        (TargetRang, {"number": "12315"}), (TargetAnswered, {"number": "12315"}),
        (TargetMissed, {"number": "12315", "why": Why.BUSY}),
        (TransferStarted, {"kind": TransferKind.BLIND, "target": "12315"}),
        (TransferEnded, {"kind": TransferKind.BLIND, "target": "12315", "result": TransferResult.FAILED}),
        (MoveSent, {"n": 99}), (MoveRefused, {"n": 99, "why": Why.PBX_REFUSED}), (MoveUnseen, {"n": 99}),
        (MoveLegGone, {"n": 99}),
    ):  # fmt: skip
        call.tell(kind, **facts)
        assert last(call) == before, kind


# ---- what the PBX answers


@pytest.mark.parametrize("why", [Why.PBX_REFUSED, Why.PBX_DOWN, Why.LEG_GONE])
def test_what_the_pbx_refuses_is_told_and_may_be_asked_again(call: Any, why: Why) -> None:
    ask(call.answered())
    call.tell(MoveRefused, n=1, why=why)
    assert state(call) == (ReferralState.REFUSED, why)
    call.tell(CallQueued, queue="q110")
    assert state(call) == (ReferralState.REFUSED, why)
    call.join("1102")
    assert ask(call).answer.rev
    assert moves_owed(call) == [(MoveKind.BLIND, 2)]


def test_an_outcome_that_nobody_knows_may_be_pressed_again_and_what_is_seen_later_counts(call: Any) -> None:
    ask(call.answered())
    call.tell(MoveUnseen, n=1)
    assert state(call) == (ReferralState.UNKNOWN, Why.NOT_SEEN)
    assert moves_owed(call) == []
    call.tell(TransferStarted, kind=TransferKind.BLIND, target="12333")
    assert state(call) == (ReferralState.SENT, None)
    call.tell(MoveUnseen, n=1)
    assert state(call) == (ReferralState.SENT, None)


def test_unknown_it_is_begun_anew_by_the_next_press(call: Any) -> None:
    ask(call.answered())
    call.tell(MoveUnseen, n=1)
    assert ask(call).answer.rev
    assert [each.n for each in call.session.referrals] == [1, 2]


def test_a_pbx_that_tells_no_more_leaves_it_unknown_after_a_while(call: Any) -> None:
    ask(call.answered())
    sent(call)
    (timer,) = [e for e in owed(call.session) if isinstance(e, SetTimer)]
    assert timer.name == f"{TIMER}1"
    assert timer.due_at - call.session.moves[0].changed_at == timedelta(seconds=20)
    call.tell(TimerFired, name=timer.name)
    assert state(call) == (ReferralState.UNKNOWN, Why.NOT_SEEN)
    assert not [e for e in owed(call.session) if isinstance(e, SetTimer)]
    call.tell(TimerFired, name=timer.name)
    call.tell(TimerFired, name=f"{TIMER}x")
    assert state(call) == (ReferralState.UNKNOWN, Why.NOT_SEEN)


def test_what_rings_needs_no_timer(call: Any) -> None:
    ask(call.answered())
    sent(call)
    call.tell(TargetRang, number="12333")
    assert not [e for e in owed(call.session) if isinstance(e, SetTimer)]
