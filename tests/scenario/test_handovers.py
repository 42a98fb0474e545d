"""Hand-overs and call-backs through the whole gateway: one click is one action, whatever stops in between."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import (
    CallBack,
    CancelTransfer,
    HandOver,
    MoveLegUp,
    Supervise,
    TargetAnswered,
    TargetMissed,
    TargetRang,
)
from gateway.calls.handing import HandOverKind, MoveKind, MoveState, ReferralState, Target, TargetKind, Why
from gateway.calls.model import CallSession, PartyRole, TransferKind, TransferResult
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    PartyJoined,
    PartyLeft,
    TransferEnded,
    TransferStarted,
    VetoFired,
)
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.hub import Subscription
from gateway.runtime.moving import Outcome
from gateway.speech.model import Leg
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.whole import PBX, SITE, FakeTrunk, Whole
from gateway.triage.model import Span, Veto, VetoCode

CALL, NEW = CallId("hz-pbx1-1.0"), CallId("hz-pbx1-9.0")
LABOUR = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)
FIRE = Target(code="fire_119", number="119", kind=TargetKind.PARTNER)
DESK = "PJSIP/1101-1"


class Silent(FakeTrunk):
    """A PBX that takes an action and never answers: the gateway dies meanwhile."""

    async def move(self, effect: MovePeople) -> Outcome:
        self.moved.append(effect)
        await asyncio.Event().wait()
        return Outcome()


async def begun(gateways: list[Whole], **parts: Any) -> Whole:
    one = Whole(**parts)
    gateways.append(one)
    await one.start()
    return one


async def restarted(gateways: list[Whole], dead: Whole, **parts: Any) -> Whole:
    """Killed, and another one on the same store and broker."""
    await dead.crash()
    gateways.remove(dead)
    return await begun(gateways, store=dead.store, broker=dead.broker, clock=dead.clock, **parts)


async def answered(one: Whole) -> None:
    """A caller speaks with desk 1101."""
    at: dict[str, Any] = {"call_id": CALL, "at": one.clock.now()}
    await one.give(
        CallSeized(**at, site=SITE, pbx=PBX, uniqueid="1.0", linkedid="1.0", line="PJSIP/trunk-1"),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        CallQueued(**at, queue="q110"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line=DESK),
    )


async def tell(one: Whole, signal: Any, /, **facts: Any) -> None:
    await one.give(signal(call_id=facts.pop("call_id", CALL), at=one.clock.now(), **facts))
    await one.settle()


def asked(one: Whole, request_id: str = "r1", target: Target = LABOUR, **more: Any) -> HandOver:
    return HandOver(**{
        "call_id": CALL, "at": one.clock.now(), "request_id": request_id, "actor": "zhang",
        "kind": HandOverKind.BLIND, "wanted": target.code, "target": target, **more,
    })  # fmt: skip


async def state_of(one: Whole, call_id: CallId = CALL) -> CallSession:
    found = await one.house.intake.call(call_id)
    assert found is not None
    return found


async def referral(one: Whole, n: int = 1) -> tuple[ReferralState, Why | None]:
    found = next(each for each in (await state_of(one)).referrals if each.n == n)
    return found.state, found.why


async def test_ten_clicks_are_one_action_of_the_pbx(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    await answered(one)
    answers = [await one.ask(asked(one, f"r{n}")) for n in range(10)]
    await one.settle()
    one.house.owe()
    await one.settle()
    assert [type(answer) for answer in answers] == [Accepted] + [Refused] * 9
    assert [effect.kind for effect in one.trunk.moved] == [MoveKind.BLIND]
    assert await referral(one) == (ReferralState.SENT, None)


async def test_a_gateway_killed_while_the_pbx_works_asks_nothing_twice_and_says_that_it_does_not_know(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways, trunk=Silent())
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    assert len(one.trunk.moved) == 1
    two = await restarted(gateways, one)
    assert two.trunk.moved == []
    assert await referral(two) == (ReferralState.UNKNOWN, Why.NOT_SEEN)
    assert two.events("ReferralChange")[-1]["state"] == "unknown"
    assert isinstance(await two.ask(asked(two, "r2")), Accepted)
    await two.settle()
    assert [effect.n for effect in two.trunk.moved] == [2]


async def test_what_the_pbx_did_meanwhile_is_found_out_and_nothing_is_pressed_again(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways, trunk=Silent())
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    two = await restarted(gateways, one)
    await tell(two, TransferStarted, kind=TransferKind.BLIND, target="12333", inferred=True)
    await tell(two, PartyJoined, role=PartyRole.DEPARTMENT, number="12333", line="PJSIP/d-1", inferred=True)
    await tell(two, TransferEnded, kind=TransferKind.BLIND, target="12333", result=TransferResult.COMPLETED)
    assert await referral(two) == (ReferralState.ANSWERED, None)
    assert two.trunk.moved == []


async def test_a_restart_before_anything_was_sent_sends_it_once(gateways: list[Whole]) -> None:
    """Saved, and the gateway died before it could even write down that it would send."""
    one = await begun(gateways)
    await answered(one)
    one.house.intake.on_owed = lambda effects: None
    await one.ask(asked(one))
    two = await restarted(gateways, one)
    assert [effect.kind for effect in two.trunk.moved] == [MoveKind.BLIND]
    three = await restarted(gateways, two)
    assert three.trunk.moved == []


async def test_nobody_there_the_caller_is_back_with_the_reason_and_is_handed_over_again(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    await tell(one, TransferStarted, kind=TransferKind.BLIND, target="12333")
    await tell(one, PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)
    await tell(one, TargetRang, number="12333")
    await tell(one, TargetMissed, number="12333", why=Why.BUSY)
    await tell(one, TransferEnded, kind=TransferKind.BLIND, target="12333", result=TransferResult.FAILED)
    await tell(one, CallQueued, queue="q110")
    assert await referral(one) == (ReferralState.RETURNED, Why.BUSY)
    refused = await one.ask(asked(one, "r2"))
    assert isinstance(refused, Refused)
    assert refused.code == "no_desk_leg"
    await tell(one, PartyJoined, role=PartyRole.CALL_TAKER, number="1102", line="PJSIP/1102-2")
    assert isinstance(await one.ask(asked(one, "r3")), Accepted)
    await one.settle()
    assert [effect.line for effect in one.trunk.moved] == [DESK, "PJSIP/1102-2"]


@pytest.mark.parametrize("why", [Why.PBX_REFUSED, Why.LEG_GONE, Why.PBX_DOWN])
async def test_a_pbx_that_refuses_gives_one_clear_fault_and_no_second_action(
    gateways: list[Whole], why: Why
) -> None:
    one = await begun(gateways, trunk=FakeTrunk(answer=Outcome(why=why)))
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    one.house.owe()
    await one.settle()
    assert await referral(one) == (ReferralState.REFUSED, why)
    assert len(one.trunk.moved) == 1


async def test_while_the_pbx_is_away_nothing_is_sent_and_the_call_goes_on(gateways: list[Whole]) -> None:
    one = await begun(gateways, trunk=FakeTrunk(up=False))
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    assert await referral(one) == (ReferralState.REFUSED, Why.PBX_DOWN)
    one.trunk.up = True
    one.house.owe()
    await one.settle()
    assert one.trunk.moved == []


async def test_a_target_of_which_the_pbx_tells_no_more_is_unknown_after_twenty_seconds(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    await one.pass_time(19)
    await one.settle()
    assert (await referral(one))[0] is ReferralState.SENT
    await one.pass_time(3)
    await one.settle()
    assert await referral(one) == (ReferralState.UNKNOWN, Why.NOT_SEEN)


async def test_the_target_is_told_of_the_call_before_it_rings(gateways: list[Whole]) -> None:
    one = await begun(gateways, trunk=FakeTrunk(up=False))
    await answered(one)
    await one.ask(asked(one))
    await one.settle()
    assert isinstance(one.broker, FakeBroker)
    shown = [m for m in one.broker.messages if "/departments/labour_bureau/announcements/" in m.topic]
    first = json.loads(shown[0].payload)
    assert (first["caller"], first["number"], shown[0].retain) == ("13800138000", "12333", True)


async def test_a_danger_asks_for_a_word_and_a_partner_is_called_in_at_once(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    await answered(one)
    veto = Veto(
        code=VetoCode.FIRE, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=2), quote="着火",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip
    await tell(one, VetoFired, veto=veto)
    refused = await one.ask(asked(one))
    assert isinstance(refused, Refused)
    assert (refused.code, "fire_119" in refused.text) == ("danger_unconfirmed", True)
    assert isinstance(await one.ask(asked(one, "r2", FIRE, kind=HandOverKind.THREEWAY)), Accepted)
    await one.settle()
    assert [effect.kind for effect in one.trunk.moved] == [MoveKind.CONFERENCE, MoveKind.INVITE]
    await tell(one, TargetRang, number="119")
    await tell(one, TargetAnswered, number="119")
    await tell(one, PartyJoined, role=PartyRole.DEPARTMENT, number="119", line="PJSIP/f-1")
    assert await referral(one) == (ReferralState.ANSWERED, None)
    await one.ask(CancelTransfer(call_id=CALL, at=one.clock.now(), request_id="r3", actor="zhang", n=1))
    await one.settle()
    assert one.trunk.moved[-1].kind is MoveKind.DROP


async def test_a_call_back_opens_the_call_again_and_links_what_it_became_over_a_restart(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await answered(one)
    await tell(one, CallEnded)
    back = CallBack(call_id=CALL, at=one.clock.now(), request_id="b1", actor="li", position="1102")
    assert isinstance(await one.ask(back), Accepted)
    again = await one.ask(replace(back, request_id="b2"))
    assert isinstance(again, Refused)
    await one.settle()
    assert [effect.kind for effect in one.trunk.moved] == [MoveKind.CALL_BACK]
    await tell(one, MoveLegUp, n=1)
    two = await restarted(gateways, one)
    await tell(
        two, CallSeized, call_id=NEW, site=SITE, pbx=PBX, uniqueid="9.0", linkedid="move1-1.0",
        line="PJSIP/trunk-9", outgoing=True, callback_of=CALL, callback_move=1,
    )  # fmt: skip
    await tell(two, PartyJoined, call_id=NEW, role=PartyRole.CALL_TAKER, number="1102", line="PJSIP/1102-1")
    three = await restarted(gateways, two)
    await tell(three, CallEnded, call_id=NEW, cause=16)
    (move,) = (await state_of(three)).moves
    assert (move.state, move.why, move.call) == (MoveState.ENDED, Why.REACHED, NEW)
    assert three.trunk.moved == []
    assert (await state_of(three)).closed is True
    told = [event["state"] for event in three.events("CallBackChange")]
    assert (told[0], told[-1]) == ("asked", "ended")


async def test_a_supervisor_is_brought_to_the_call_once_and_it_is_published(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    await answered(one)
    listen = Supervise(
        call_id=CALL, at=one.clock.now(), request_id="s1", actor="wang", kind=MoveKind.LISTEN, position="1190"
    )
    assert isinstance(await one.ask(listen), Accepted)
    assert isinstance(await one.ask(replace(listen, request_id="s2")), Refused)
    await one.settle()
    assert [(effect.kind, effect.line) for effect in one.trunk.moved] == [(MoveKind.LISTEN, "PJSIP/trunk-1")]
    assert [event["state"] for event in one.events("SupervisionChange")] == ["asked", "sent"]


async def test_a_take_over_tells_every_step_to_open_cards_and_lets_nobody_go_too_soon_over_a_restart_too(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await answered(one)
    ask = Supervise(
        call_id=CALL, at=one.clock.now(), request_id="r1", actor="chen", kind=MoveKind.TAKE_OVER,
        position="1190",
    )  # fmt: skip
    assert isinstance(await one.ask(ask), Accepted)
    await one.settle()
    supervisor = {"role": PartyRole.CALL_TAKER, "number": "1190", "line": "PJSIP/1190-2"}
    news = one.house.hub.subscribe()
    await tell(one, MoveLegUp, n=2)
    await tell(one, PartyJoined, **supervisor)
    await one.pass_time(2)
    assert await steps(news) == ["entering"]
    assert MoveKind.LET_GO not in [effect.kind for effect in one.trunk.moved]
    two = await restarted(gateways, one)
    news = two.house.hub.subscribe()
    await two.pass_time(2)
    assert [effect.kind for effect in two.trunk.moved] == [MoveKind.LET_GO]
    await tell(two, PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)
    assert await steps(news) == ["yours", "released"]


async def steps(news: Subscription) -> list[str]:
    """How far a take-over had come, as open cards heard it."""
    told: list[str] = []
    while (push := await news.next(0.01)) is not None:
        if push.kind == "handing":
            step = push.data["handing"]["supervisions"][-1]["step"]
            told += [] if told[-1:] == [step] else [step]
    return told
