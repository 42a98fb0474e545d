"""A supervisor who takes a call over: the caller is never left alone, whatever fails on the way."""

from __future__ import annotations

from typing import Any

from gateway.calls.handed import MoveLegGone, MoveLegUp, MoveRefused, MoveSent
from gateway.calls.handing import MoveKind, MoveState, Why
from gateway.calls.model import PartyRole
from gateway.calls.signals import PartyLeft
from gateway.calls.wrapup import keeper
from tests.unit.calls.test_moves import effects, now, watch


def test_who_takes_over_lets_the_call_taker_go_once_it_is_there(call: Any) -> None:
    watch(call.answered(), MoveKind.TAKE_OVER)
    call.tell(MoveSent, n=1)
    (effect,) = effects(call)
    assert (effect.kind, effect.position) == (MoveKind.TAKE_OVER, "1190")
    call.tell(MoveSent, n=2)
    call.tell(MoveLegUp, n=2)
    assert effects(call) == []
    call.join("1102")
    assert effects(call) == []
    call.join("1190")
    (effect,) = effects(call)
    assert (effect.kind, effect.line) == (MoveKind.LET_GO, "PJSIP/1101-00000001")
    call.tell(MoveSent, n=3)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1190", line="PJSIP/1190-00000001")
    call.join("1190")
    assert effects(call) == []


def take_over(call: Any) -> Any:
    """A supervisor's phone has been picked up in a take-over; nobody has let the call-taker go yet."""
    watch(call.answered(), MoveKind.TAKE_OVER)
    call.tell(MoveSent, n=1)
    call.tell(MoveSent, n=2)
    call.tell(MoveLegUp, n=2)
    return call


def test_a_take_over_that_nobody_picks_up_leaves_caller_and_card_with_the_call_taker(call: Any) -> None:
    watch(call.answered(), MoveKind.TAKE_OVER)
    call.tell(MoveSent, n=1)
    call.tell(MoveSent, n=2)
    call.tell(MoveLegGone, n=2, cause=19)
    assert now(call, 1) == (MoveState.ENDED, Why.DESK_NO_ANSWER)
    assert effects(call) == []
    assert [party.number for party in call.session.parties if party.left_at is None] == ["1101"]
    assert keeper(call.session) == "1101"


def test_the_card_goes_over_with_the_caller_and_not_before(call: Any) -> None:
    take_over(call)
    assert keeper(call.session) == "1101"
    call.join("1190")
    assert keeper(call.session) == "1190"


def test_a_supervisor_who_is_gone_again_lets_nobody_go(call: Any) -> None:
    take_over(call).join("1190")
    assert [effect.kind for effect in effects(call)] == [MoveKind.LET_GO]
    call.tell(MoveLegGone, n=2, cause=16)
    assert effects(call) == []
    assert now(call, 2) == (MoveState.REFUSED, Why.CALLED_OFF)


def test_a_call_taker_who_cannot_be_let_go_stays_with_the_caller(call: Any) -> None:
    take_over(call).join("1190")
    call.tell(MoveRefused, n=3, why=Why.PBX_REFUSED)
    assert effects(call) == []
    there = [party.number for party in call.session.parties if party.left_at is None]
    assert there == ["1101", "1190"]
