"""Call-backs and supervision, and what becomes of each action that the PBX is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import MovePeople, SetTimer
from gateway.calls.handed import (
    CallBack,
    CallBackOver,
    CallBackPlaced,
    MoveLegGone,
    MoveLegUp,
    MoveRefused,
    MoveSent,
    MoveUnseen,
    Supervise,
)
from gateway.calls.handing import MAX_MOVES, MoveKind, MoveState, Why, leg_id, move_of
from gateway.calls.handing_events import CallBackChange, SupervisionChange
from gateway.calls.model import CallSession, CallState, EndReason, PartyRole
from gateway.calls.moves import LASTS_AT_MOST, PLACED_WITHIN
from gateway.calls.reducer import owed
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    TimerFired,
    VetoFired,
)
from gateway.ids import CallId
from gateway.journal.codec import decode, encode_lean, from_text, to_text
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

from .referred import in_a_room

WHO = {"actor": "zhang"}
NEW = CallId("city-main-pbx1-1700000099.0")


def gone(call: Any) -> Any:
    """A caller with a number, who has hung up."""
    call.answered().tell(CallerIdentified, ani="13800138000", ani_source="PAI")
    call.tell(CallEnded)
    return call


def back(call: Any, position: str | None = "1101", **more: Any) -> Any:
    return call.step(CallBack, **WHO, request_id=f"r{call.seconds}", position=position, **more)


def watch(call: Any, kind: MoveKind, position: str | None = "1190") -> Any:
    return call.step(Supervise, **WHO, request_id=f"r{call.seconds}", kind=kind, position=position)


def effects(call: Any) -> list[MovePeople]:
    return [effect for effect in owed(call.session) if isinstance(effect, MovePeople)]


def timers(call: Any) -> list[SetTimer]:
    return [effect for effect in owed(call.session) if isinstance(effect, SetTimer)]


def now(call: Any, n: int = -1) -> tuple[MoveState, Why | None]:
    move = call.session.moves[n]
    return move.state, move.why


# ---- calling back


def test_a_caller_who_is_gone_is_owed_one_call_back(call: Any) -> None:
    assert back(gone(call)).answer.rev
    (effect,) = effects(call)
    assert (effect.kind, effect.number, effect.position, effect.shown) == (
        MoveKind.CALL_BACK, "13800138000", "1101", "13800138000",
    )  # fmt: skip
    assert back(call).answer.code == "pending"
    assert not call.session.closed


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"position": None}, "no_position"),
        ({"position": "a b"}, "no_position"),
        ({"number": "12"}, "invalid"),
    ],
)
def test_what_cannot_be_rung_is_refused(call: Any, facts: dict[str, Any], code: str) -> None:
    assert back(gone(call), **facts).answer.code == code


def test_without_a_number_and_on_the_line_nobody_is_called_back(call: Any, another_call: Any) -> None:
    assert back(call.answered()).answer.code == "still_live"
    call.tell(CallEnded)
    assert back(call).answer.code == "no_number"
    assert back(call, number="057188880000").answer.rev


def test_where_a_ringing_phone_may_betray_somebody_a_person_confirms(call: Any) -> None:
    call.answered().tell(CallerIdentified, ani="13800138000", ani_source="PAI")
    veto = Veto(
        code=VetoCode.CANNOT_SPEAK, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="x",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip
    call.tell(VetoFired, veto=veto)
    call.tell(CallEnded)
    assert back(call).answer.code == "ringing_unconfirmed"
    assert back(call, confirm_danger=True).answer.rev


def test_a_call_back_goes_by_its_legs_to_the_call_that_it_became(call: Any) -> None:
    back(gone(call))
    call.tell(MoveSent, n=1)
    assert [t.name for t in timers(call)] == ["move:1"]
    call.tell(MoveLegUp, n=1)
    (timer,) = timers(call)
    assert timer.due_at == call.session.moves[0].changed_at + PLACED_WITHIN
    call.tell(CallBackPlaced, n=1, call=NEW)
    call.tell(CallBackPlaced, n=1, call=CallId("another"))
    (timer,) = timers(call)
    assert timer.due_at == call.session.moves[0].changed_at + LASTS_AT_MOST
    call.tell(MoveLegGone, n=1, cause=16)
    assert now(call) == (MoveState.LIVE, None)
    call.tell(CallBackOver, n=1, call=CallId("another"), why=Why.BUSY)
    call.tell(CallBackOver, n=1, call=NEW, why=Why.REACHED)
    assert now(call) == (MoveState.ENDED, Why.REACHED)
    told = [(e.state.value, e.call) for e in call.published(CallBackChange)]
    assert told == [("asked", None), ("sent", None), ("live", None), ("live", NEW), ("ended", NEW)]
    assert timers(call) == []


def test_a_desk_that_does_not_pick_up_ends_it(call: Any) -> None:
    back(gone(call))
    call.tell(MoveSent, n=1)
    call.tell(MoveLegGone, n=1, cause=19)
    assert now(call) == (MoveState.ENDED, Why.DESK_NO_ANSWER)
    call.tell(MoveLegGone, n=1, cause=17)
    call.tell(MoveLegUp, n=1)
    assert now(call) == (MoveState.ENDED, Why.DESK_NO_ANSWER)
    assert back(call).answer.rev


@pytest.mark.parametrize(("cause", "why"), [(17, Why.BUSY), (21, Why.BUSY), (3, Why.DEAD_NUMBER)])
def test_a_phone_says_why_it_did_not_ring(call: Any, cause: int, why: Why) -> None:
    back(gone(call))
    call.tell(MoveSent, n=1)
    call.tell(MoveLegGone, n=1, cause=cause)
    assert now(call) == (MoveState.ENDED, why)


def test_a_desk_that_hangs_up_before_anybody_else_was_rung_ends_it(call: Any) -> None:
    back(gone(call))
    call.tell(MoveSent, n=1)
    call.tell(MoveLegUp, n=1)
    call.tell(MoveLegGone, n=1, cause=16)
    assert now(call) == (MoveState.ENDED, Why.CALLED_OFF)


@pytest.mark.parametrize("live", [False, True])
def test_what_the_pbx_never_tells_ends_with_its_timer(call: Any, live: bool) -> None:
    back(gone(call))
    call.tell(MoveSent, n=1)
    if live:
        call.tell(MoveLegUp, n=1)
    call.tell(TimerFired, name="move:1")
    assert now(call) == (MoveState.ENDED if live else MoveState.UNKNOWN, Why.NOT_SEEN)
    before = call.session
    call.tell(TimerFired, name="move:1")
    call.tell(TimerFired, name="move:x")
    call.tell(TimerFired, name="move:7")
    assert call.session is before


def test_outcomes_that_nobody_knows_and_refusals(call: Any) -> None:
    back(gone(call))
    call.tell(MoveUnseen, n=1)
    assert now(call) == (MoveState.UNKNOWN, Why.NOT_SEEN)
    call.tell(MoveSent, n=1)
    call.tell(MoveRefused, n=1, why=Why.PBX_REFUSED)
    assert now(call) == (MoveState.UNKNOWN, Why.NOT_SEEN)
    call.tell(MoveLegUp, n=1)
    assert now(call) == (MoveState.LIVE, None)
    call.tell(CallBackOver, n=1, call=NEW, why=Why.REACHED)
    back(call)
    call.tell(MoveRefused, n=2, why=Why.PBX_DOWN)
    assert now(call) == (MoveState.REFUSED, Why.PBX_DOWN)


def test_words_about_no_move_change_nothing(call: Any) -> None:
    before = gone(call).session
    for kind, facts in (
        (MoveSent, {}), (MoveRefused, {"why": Why.PBX_DOWN}), (MoveUnseen, {}), (MoveLegUp, {}),
        (MoveLegGone, {}), (CallBackPlaced, {"call": NEW}), (CallBackOver, {"call": NEW, "why": Why.BUSY}),
    ):  # fmt: skip
        call.tell(kind, n=5, **facts)
    assert call.session is before


# ---- the call that a call-back became


def outgoing(call: Any, callback_of: CallId | None = CallId("old")) -> Any:
    step = call.step(
        CallSeized, site="city", pbx="main", uniqueid="pbx1-1700000000.0", linkedid="move3-x",
        line="PJSIP/t-1", outgoing=True, callback_of=callback_of, callback_move=3,
    )  # fmt: skip
    return step.tells


def ended(call: Any, cause: int = 16) -> tuple[Any, ...]:
    """What the call tells the one that it calls back."""
    told = call.step(CallEnded, cause=cause).tells
    return tuple(each for each in told if isinstance(each, CallBackOver))


def test_it_tells_the_call_it_is_about_that_it_began_and_how_it_ended(call: Any) -> None:
    (placed,) = outgoing(call)
    assert (placed.call_id, placed.n, placed.call) == ("old", 3, call.session.call_id)
    call.join("1101")
    assert call.session.state is CallState.ANSWERED
    (over,) = ended(call)
    assert (over.why, call.session.end_reason) == (Why.REACHED, EndReason.COMPLETED)
    assert ended(call) == ()


@pytest.mark.parametrize(("cause", "why"), [(17, Why.BUSY), (19, Why.NO_ANSWER), (1, Why.DEAD_NUMBER)])
def test_nobody_answered_whom_we_rang(call: Any, cause: int, why: Why) -> None:
    outgoing(call)
    (over,) = ended(call, cause)
    assert (over.why, call.session.end_reason) == (why, EndReason.FAILED)


def test_a_call_of_our_own_that_calls_nobody_back_tells_nobody(call: Any) -> None:
    assert outgoing(call, None) == ()
    assert ended(call) == ()


# ---- supervision


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (MoveKind.LISTEN, "PJSIP/trunk-00000000"), (MoveKind.WHISPER, "PJSIP/1101-00000001"),
        (MoveKind.ESCALATE, "PJSIP/1101-00000001"),
    ],
)  # fmt: skip
def test_a_supervisor_is_brought_to_the_right_leg(call: Any, kind: MoveKind, line: str) -> None:
    assert watch(call.answered(), kind).answer.rev
    (effect,) = effects(call)
    assert (effect.kind, effect.line, effect.position) == (kind, line, "1190")
    assert watch(call, MoveKind.LISTEN).answer.code == "pending"
    call.tell(MoveSent, n=1)
    call.tell(MoveLegUp, n=1)
    assert timers(call) == []
    call.tell(MoveLegGone, n=1, cause=16)
    assert [e.state.value for e in call.published(SupervisionChange)] == ["asked", "sent", "live", "ended"]
    assert watch(call, kind).answer.rev


def test_who_joins_is_called_into_a_room_that_is_made_for_it(call: Any) -> None:
    """What is said there is recorded; what ChanSpy adds to a bridge is not."""
    assert watch(call.answered(), MoveKind.JOIN).answer.rev
    (effect,) = effects(call)
    assert (effect.kind, effect.line, effect.beside) == (
        MoveKind.CONFERENCE, "PJSIP/trunk-00000000", "PJSIP/1101-00000001",
    )  # fmt: skip
    assert watch(call, MoveKind.JOIN, "1191").answer.code == "pending"
    call.tell(MoveSent, n=1)
    (effect,) = effects(call)
    assert (effect.kind, effect.room, effect.position) == (MoveKind.JOIN, call.session.room, "1190")
    call.tell(CallEnded)
    assert call.session.room == ""


@pytest.mark.parametrize("signal", [MoveRefused, MoveUnseen])
def test_nobody_comes_into_a_room_that_was_not_made(call: Any, signal: Any) -> None:
    watch(call.answered(), MoveKind.JOIN)
    facts = {"why": Why.LEG_GONE} if signal is MoveRefused else {}
    call.tell(signal, n=1, **facts)
    assert now(call) == (MoveState.REFUSED, Why.PBX_REFUSED)
    assert effects(call) == []
    assert call.published(SupervisionChange)[-1].state is MoveState.REFUSED


def test_in_a_room_a_supervisor_joins_the_room(call: Any) -> None:
    in_a_room(call)
    watch(call, MoveKind.JOIN)
    (effect,) = effects(call)
    assert (effect.room, effect.line) == (call.session.room, "")


def test_what_cannot_be_supervised_is_refused(call: Any) -> None:
    assert watch(call.queued(), MoveKind.WHISPER).answer.code == "no_desk_leg"
    assert watch(call, MoveKind.LISTEN, None).answer.code == "no_position"
    assert watch(call, MoveKind.BLIND).answer.code == "invalid"
    assert watch(call, MoveKind.LISTEN).answer.rev
    call.tell(CallEnded)
    assert watch(call, MoveKind.LISTEN).answer.code == "ended"


# ---- limits


def test_a_call_keeps_so_many_moves_and_forgets_those_that_are_over_first(call: Any) -> None:
    call.answered()
    watch(call, MoveKind.LISTEN, "1190")
    call.tell(MoveSent, n=1)
    call.tell(MoveLegUp, n=1)
    for n in range(MAX_MOVES + 3):
        watch(call, MoveKind.LISTEN, "1191")
        call.tell(MoveRefused, n=n + 2, why=Why.PBX_DOWN)
    assert len(call.session.moves) == MAX_MOVES
    assert call.session.moves[0].n == 1
    assert call.session.moves[-1].n == MAX_MOVES + 4


def test_the_state_comes_back_from_its_row_without_its_defaults(call: Any) -> None:
    back(gone(call))
    text = to_text(encode_lean(call.session))
    assert '"fault"' not in text
    assert decode(CallSession, from_text(text)) == call.session


@pytest.mark.parametrize(
    ("leg", "found"),
    [
        (leg_id(7, "pbx1-1700000000.0"), (7, "pbx1-1700000000.0")), ("move7-", None), ("move-x", None),
        ("pbx1-1700000000.0", None), ("move1234567-x", None), ("with-move7-x", None), ("moveX-x", None),
    ],
)  # fmt: skip
def test_a_legs_id_tells_its_move_and_its_call(leg: str, found: Any) -> None:
    assert move_of(leg) == found


def test_nobody_rings_longer_than_a_minute_unseen(call: Any) -> None:
    watch(call.answered(), MoveKind.LISTEN)
    call.tell(MoveSent, n=1)
    (timer,) = timers(call)
    assert timer.due_at - call.session.moves[0].changed_at == timedelta(seconds=60)
    assert call.session.parties[0].role is PartyRole.CALL_TAKER
