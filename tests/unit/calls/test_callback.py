"""Somebody else than the caller is rung for a call: who may be, what is told, whose record it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.answers import Accepted, Refused
from gateway.calls.effects import MovePeople
from gateway.calls.entered import EnterRecord
from gateway.calls.handed import CallBack, CallBackOver, CallBackPlaced, MoveRefused, PartNamed
from gateway.calls.handing import MoveState, Whom, Why
from gateway.calls.handing_events import CallBackChange
from gateway.calls.manual import Origin, Part
from gateway.calls.model import PartyRole, ReleasedBy
from gateway.calls.owed import owed
from gateway.calls.reducer import reduce
from gateway.calls.seats import WrapUpBegun
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, PartyJoined, VetoFired
from gateway.ids import CallId, call_of, manual_id
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode
from tests.unit.calls.conftest import CALL, T0, Telling

CALLER, WITNESS = "13800138000", "13900139000"
PART = CallId("city-main-pbx1-1700000099.0")


def live(call: Telling) -> Telling:
    call.answered().tell(CallerIdentified, ani=CALLER, ani_source="PAI")
    return call


def over(call: Telling) -> Telling:
    live(call).tell(CallEnded)
    return call


def rings(call: Telling, number: str | None = WITNESS, position: str = "1102", **more: Any) -> Any:
    facts = {"number": number, "position": position, "whom": Whom.WITNESS, "actor": "zhang"}
    return call.step(CallBack, request_id=f"r{call.seconds}", **(facts | more)).answer


def code(answer: Any) -> str:
    assert isinstance(answer, Refused)
    return answer.code


def part(call: Telling) -> Any:
    """What the PBX makes of it, and the call that it is a part of, told of it."""
    facts = {"site": "city", "pbx": "main", "uniqueid": "pbx1-1700000099.0", "linkedid": "move1-x"}
    step = reduce(None, CallSeized(
        call_id=PART, at=T0, **facts, line="PJSIP/t-9", outgoing=True, callback_of=CALL, callback_move=1,
    ))  # fmt: skip
    (placed,) = step.tells
    assert isinstance(placed, CallBackPlaced)
    parent = reduce(call.session, placed)
    call.session = parent.state
    (named,) = parent.tells
    assert isinstance(named, PartNamed)
    return reduce(step.state, named).state


def test_a_witness_is_rung_while_the_caller_is_on_the_line_from_another_phone(call: Telling) -> None:
    assert isinstance(rings(live(call)), Accepted)
    (effect,) = (each for each in owed(call.session) if isinstance(each, MovePeople))
    assert (effect.number, effect.position) == (WITNESS, "1102")
    told = call.events[-1]
    assert isinstance(told, CallBackChange)
    assert (told.whom, told.number) == (Whom.WITNESS, WITNESS)


def test_the_phone_that_speaks_with_the_caller_rings_nobody_and_the_caller_is_not_rung(call: Telling) -> None:
    assert code(rings(live(call), position="1101")) == "phone_in_use"
    assert code(rings(call, number=CALLER)) == "still_live"


def test_two_desks_ring_two_people_but_nobody_twice_and_no_phone_two(call: Telling) -> None:
    over(call)
    assert isinstance(rings(call), Accepted)
    assert code(rings(call, position="1103")) == "pending"
    assert code(rings(call, number="13700137000")) == "pending"
    assert isinstance(rings(call, number="13700137000", position="1103"), Accepted)


@pytest.mark.parametrize("number", ["12", "1380013800a", "+", "138,139"])
def test_what_is_no_number_is_not_rung(call: Telling, number: str) -> None:
    assert code(rings(over(call), number=number)) == "invalid"


def test_the_part_knows_whose_word_it_was_and_gives_the_desk_no_card_more_to_finish(call: Telling) -> None:
    rings(over(call))
    made = part(call)
    assert made.part == Part(by="zhang", whom="witness")
    joined = reduce(made, PartyJoined(
        call_id=PART, at=T0, role=PartyRole.CALL_TAKER, number="1102", line="PJSIP/1102-1"
    ))  # fmt: skip
    ended = reduce(joined.state, CallEnded(call_id=PART, at=T0))
    assert not [tell for tell in ended.tells if isinstance(tell, WrapUpBegun)]
    (told,) = (tell for tell in ended.tells if isinstance(tell, CallBackOver))
    assert told.why is Why.REACHED
    call.session = reduce(call.session, told).state
    assert call.session.moves[0].state is MoveState.ENDED
    assert call.session.moves[0].call == PART


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"cause": 17}, Why.BUSY), ({"cause": 1}, Why.DEAD_NUMBER), ({"cause": 19}, Why.NO_ANSWER),
        ({"cause": 16, "released_by": ReleasedBy.CALL_TAKER}, Why.CALLED_OFF),
    ],
)  # fmt: skip
def test_how_it_ended_is_told_and_who_hung_up_before_the_answer(
    call: Telling, facts: dict[str, Any], why: Why
) -> None:
    rings(over(call))
    ended = reduce(part(call), CallEnded(call_id=PART, at=T0, **facts))
    (told,) = (tell for tell in ended.tells if isinstance(tell, CallBackOver))
    assert told.why is why


def test_a_witness_who_does_not_answer_is_no_try_to_reach_the_caller(call: Telling) -> None:
    call.queued().tell(CallerIdentified, ani=CALLER, ani_source="PAI")
    call.tell(CallEnded)
    assert call.session is not None
    assert call.session.task is not None
    rings(call)
    ended = reduce(part(call), CallEnded(call_id=PART, at=T0, cause=17))
    over_ = next(tell for tell in ended.tells if isinstance(tell, CallBackOver))
    after = reduce(call.session, over_).state
    assert after is not None
    assert after.task is not None
    assert after.task.tries == 0


def test_for_a_record_without_a_call_the_desks_own_pbx_rings(call: Telling) -> None:
    name = manual_id("city", "019b8e5c-4a00-7000-8000-0123456789ab")
    call.step(
        EnterRecord, call_id=name, request_id="e", actor="zhang", site="city", origin=Origin.WALK_IN,
        happened_at=T0,
    )  # fmt: skip
    assert isinstance(rings(call, call_id=name, pbx="main"), Accepted)
    (effect,) = (each for each in owed(call.session) if isinstance(each, MovePeople))
    assert effect.pbx == "main"
    assert call_of("city", "main", effect.uniqueid) == name


def test_a_danger_that_a_witness_tells_of_stands_on_the_card_of_the_call_once(call: Telling) -> None:
    rings(over(call))
    veto = Veto(
        code=VetoCode.WEAPON, segment_index=3, speaker=Leg.CALLER, span=Span(start=0, end=2), quote="有刀",
        started_ms=900, ended_ms=1900, list_hash="x",
    )  # fmt: skip
    step = reduce(part(call), VetoFired(call_id=PART, at=T0, veto=veto))
    (told,) = step.tells
    assert isinstance(told, VetoFired)
    assert (told.call_id, told.veto.quote, told.veto.segment_index) == (CALL, "有刀", None)
    after = reduce(call.session, told).state
    assert after is not None
    assert VetoCode.WEAPON in after.vetoes
    assert reduce(step.state, VetoFired(call_id=PART, at=T0, veto=veto)).tells == ()


def test_three_are_rung_at_once_and_the_last_three_are_remembered(call: Telling) -> None:
    over(call)
    for n in range(3):
        assert isinstance(rings(call, number=f"1390013900{n}", position=f"110{n}"), Accepted)
    assert code(rings(call, number="13700137000", position="1109")) == "limit"
    assert call.session is not None
    for move in call.session.moves:
        call.tell(MoveRefused, n=move.n, why=Why.PBX_REFUSED)
    assert isinstance(rings(call, number="13700137000", position="1109"), Accepted)
    assert [move.number[-1] for move in call.session.moves] == ["1", "2", "0"]
