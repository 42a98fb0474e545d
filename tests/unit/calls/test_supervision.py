"""A supervisor who takes a call over: the caller is never left alone, whatever fails on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.calls.effects import SetTimer
from gateway.calls.handed import MoveLegGone, MoveLegUp, MoveRefused, MoveSent
from gateway.calls.handing import MoveKind, MoveState, Why
from gateway.calls.model import PartyRole
from gateway.calls.moves import STAYED, STAYS
from gateway.calls.reducer import owed
from gateway.calls.signals import PartyLeft, TimerFired
from gateway.calls.wrapup import keeper
from tests.unit.calls.test_moves import effects, now, watch


def stays(call: Any, n: int = 2, *, seconds: float = 0.0) -> None:
    """The timer of the take-over fires, `seconds` after the supervisor had stayed long enough."""
    there = [each for each in call.session.parties if each.number == "1190" and each.left_at is None]
    at = (there[-1].joined_at if there else call.session.seized_at) + STAYS + timedelta(seconds=seconds)
    call.tell(TimerFired, name=f"{STAYED}{n}", at=at)


def test_who_takes_over_lets_the_call_taker_go_once_it_has_stayed_there(call: Any) -> None:
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
    assert effects(call) == []
    timers = {each.name for each in owed(call.session) if isinstance(each, SetTimer)}
    assert f"{STAYED}2" in timers
    stays(call, seconds=-1)
    assert effects(call) == []
    stays(call)
    (effect,) = effects(call)
    assert (effect.kind, effect.line) == (MoveKind.LET_GO, "PJSIP/1101-00000001")
    call.tell(MoveSent, n=3)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1190", line="PJSIP/1190-00000001")
    call.join("1190")
    stays(call)
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
    assert keeper(call.session) == "1101"
    stays(call)
    assert keeper(call.session) == "1190"


def test_a_supervisor_who_is_gone_again_lets_nobody_go(call: Any) -> None:
    take_over(call).join("1190")
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1190", line="PJSIP/1190-00000001")
    call.tell(MoveLegGone, n=2, cause=16)
    stays(call)
    assert effects(call) == []
    assert keeper(call.session) == "1101"


def test_a_supervisor_who_is_gone_while_the_call_taker_is_to_be_let_go_lets_nobody_go(call: Any) -> None:
    take_over(call).join("1190")
    stays(call)
    assert [effect.kind for effect in effects(call)] == [MoveKind.LET_GO]
    call.tell(MoveLegGone, n=2, cause=16)
    assert effects(call) == []
    assert now(call, 2) == (MoveState.REFUSED, Why.CALLED_OFF)


def test_a_supervisor_who_joins_beside_the_call_taker_has_not_the_card_until_alone_with_the_caller(
    call: Any,
) -> None:
    watch(call.answered(), MoveKind.JOIN)
    call.join("1190")
    assert keeper(call.session) == "1101"
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-00000001")
    assert keeper(call.session) == "1190"
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1190", line="PJSIP/1190-00000001")
    assert keeper(call.session) == "1190"


def test_a_call_taker_who_cannot_be_let_go_stays_with_the_caller(call: Any) -> None:
    take_over(call).join("1190")
    stays(call)
    call.tell(MoveRefused, n=3, why=Why.PBX_REFUSED)
    assert effects(call) == []
    there = [party.number for party in call.session.parties if party.left_at is None]
    assert there == ["1101", "1190"]
