"""Bad input on the whole gateway: one clear message, no double action, whatever stops in between."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import HandOver, TargetMissed
from gateway.calls.handing import HandOverKind, MoveKind, ReferralState, Target, TargetKind, Why
from gateway.calls.model import CallSession, CallState, PartyRole, TransferKind, TransferResult
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    DeskRang,
    PartyJoined,
    PartyLeft,
    TransferEnded,
    TransferStarted,
)
from gateway.calls.wrapped import FinishCall
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.moving import Outcome
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.whole import PBX, SITE, FakeTrunk, Whole
from gateway.triage.model import AlarmClass, Nature

LABOUR = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)
DESK = "PJSIP/1101-1"
RINGING, SPEAKING, HANDED = (CallId(f"{SITE}-{PBX}-1767600000.{n}") for n in (1, 2, 3))


class Held(FakeTrunk):
    """A PBX that takes an action and is not done with it yet."""

    async def move(self, effect: MovePeople) -> Outcome:
        self.moved.append(effect)
        await asyncio.Event().wait()
        return self.answer


async def begun(gateways: list[Whole], **parts: Any) -> Whole:
    one = Whole(**parts)
    gateways.append(one)
    await one.start()
    return one


async def restarted(gateways: list[Whole], dead: Whole) -> Whole:
    """Killed, and another one on the same store, broker, clock and PBX."""
    await dead.crash()
    gateways.remove(dead)
    return await begun(gateways, store=dead.store, broker=dead.broker, clock=dead.clock, trunk=dead.trunk)


async def tell(one: Whole, call_id: CallId, signal: Any, /, **facts: Any) -> None:
    await one.give(signal(call_id=call_id, at=one.clock.now(), **facts))
    await one.settle()


async def waits(one: Whole, call_id: CallId, ani: str = "13800138000") -> None:
    unique = call_id.removeprefix(f"{SITE}-{PBX}-")
    await tell(
        one,
        call_id,
        CallSeized,
        site=SITE,
        pbx=PBX,
        uniqueid=unique,
        linkedid=unique,
        line=f"PJSIP/t-{unique}",
    )
    await tell(one, call_id, CallerIdentified, ani=ani, ani_source="PAI")
    await tell(one, call_id, CallQueued, queue="q110")
    await tell(one, call_id, DeskRang, agent="1101")


async def speaks(one: Whole, call_id: CallId, desk: str = "1101", line: str = DESK) -> None:
    await waits(one, call_id)
    await tell(one, call_id, PartyJoined, role=PartyRole.CALL_TAKER, number=desk, line=line)


def asked(one: Whole, call_id: CallId, request_id: str, actor: str = "wang") -> HandOver:
    return HandOver(
        call_id=call_id, at=one.clock.now(), request_id=request_id, actor=actor, kind=HandOverKind.BLIND,
        wanted=LABOUR.code, target=LABOUR,
    )  # fmt: skip


async def session(one: Whole, call_id: CallId) -> CallSession:
    found = await one.house.intake.call(call_id)
    assert found is not None
    return found


def codes(answers: list[Any]) -> Counter[str]:
    return Counter(answer.code if isinstance(answer, Refused) else "accepted" for answer in answers)


# ---- one click too many


async def test_ten_clicks_at_once_are_one_action_and_after_a_restart_the_same_click_is_answered_the_same(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways, trunk=Held())
    await speaks(one, SPEAKING)
    clicks = [asked(one, SPEAKING, f"r{n}") for n in range(10)]
    answers = list(await asyncio.gather(*(one.ask(click) for click in clicks)))
    await one.settle()
    refused = codes(answers)
    assert refused.pop("accepted") == 1
    assert len(refused) == 1, "nine times the same clear word"
    assert [move.kind for move in one.trunk.moved] == [MoveKind.BLIND]
    two = await restarted(gateways, one)
    again = list(await asyncio.gather(*(two.ask(click) for click in clicks)))
    await two.settle()
    assert again == answers
    assert len(two.trunk.moved) == 1


async def test_one_request_sent_ten_times_at_once_is_done_once_and_answered_ten_times(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await speaks(one, SPEAKING)
    click = asked(one, SPEAKING, "r1")
    answers = await asyncio.gather(*(one.ask(click) for _ in range(10)))
    await one.settle()
    assert codes(list(answers)) == {"accepted": 10}
    assert len(set(answers)) == 1
    assert len(one.trunk.moved) == 1


async def test_two_who_finish_one_call_at_once_decide_it_once_also_across_a_restart(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await speaks(one, SPEAKING)
    await tell(one, SPEAKING, CallEnded)
    finish = FinishCall(
        call_id=SPEAKING, at=one.clock.now(), request_id="f1", actor="wang",
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, note="已派警",
    )  # fmt: skip
    other = replace(finish, request_id="f2", actor="li", alarm_class=AlarmClass.NON_POLICE)
    first, second = await asyncio.gather(one.ask(finish), one.ask(other))
    await one.settle()
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert "wang" in second.text, "by whom it was finished"
    two = await restarted(gateways, one)
    assert await two.ask(other) == second
    late = await two.ask(replace(other, request_id="f3"))
    await two.settle()
    assert isinstance(late, Refused)
    assert late.code == second.code
    decided = (await session(two, SPEAKING)).disposition
    assert decided is not None
    assert (decided.by, decided.alarm_class) == ("wang", AlarmClass.VALID_ALARM)
    assert len(two.events("DispositionSet")) == 1


# ---- where nobody is


async def test_a_transfer_to_a_dead_number_brings_the_caller_back_with_the_reason_and_is_not_tried_again(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await speaks(one, SPEAKING)
    assert isinstance(await one.ask(asked(one, SPEAKING, "r1")), Accepted)
    await one.settle()
    await tell(one, SPEAKING, TransferStarted, kind=TransferKind.BLIND, target="12333")
    await tell(one, SPEAKING, PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line=DESK)
    await tell(one, SPEAKING, TargetMissed, number="12333", why=Why.DEAD_NUMBER)
    result = {"kind": TransferKind.BLIND, "target": "12333", "result": TransferResult.FAILED}
    await tell(one, SPEAKING, TransferEnded, **result)
    await tell(one, SPEAKING, CallQueued, queue="q110")
    two = await restarted(gateways, one)
    await two.pass_time(120)
    two.house.owe()
    await two.settle()
    call = await session(two, SPEAKING)
    (referral,) = call.referrals
    assert (referral.state, referral.why) == (ReferralState.RETURNED, Why.DEAD_NUMBER)
    assert (call.state, call.ended_at) == (CallState.QUEUED, None)
    assert len(two.trunk.moved) == 1
    told = [(event["state"], event["why"]) for event in two.events("ReferralChange")]
    assert told.count(("returned", "dead_number")) == 1


async def test_a_pbx_that_refuses_is_one_message_also_after_a_restart_and_the_next_click_works(
    gateways: list[Whole],
) -> None:
    refuses = FakeTrunk(answer=Outcome(why=Why.PBX_REFUSED, text="Extension does not exist"))
    one = await begun(gateways, trunk=refuses)
    await speaks(one, SPEAKING)
    await one.ask(asked(one, SPEAKING, "r1"))
    await one.settle()
    two = await restarted(gateways, one)
    call = await session(two, SPEAKING)
    assert [(each.state, each.why) for each in call.referrals] == [(ReferralState.REFUSED, Why.PBX_REFUSED)]
    assert call.state is CallState.ANSWERED, "the two speak on"
    assert [event["state"] for event in two.events("ReferralChange")].count("refused") == 1
    assert len(two.trunk.moved) == 1
    two.trunk.answer = Outcome()
    assert isinstance(await two.ask(asked(two, SPEAKING, "r2")), Accepted)
    await two.settle()
    assert [move.n for move in two.trunk.moved] == [1, 2]


# ---- a restart in the middle


@pytest.fixture
async def midway(gateways: list[Whole]) -> Whole:
    """A call that rings, one that is spoken with, one that a department has taken over."""
    one = await begun(gateways)
    await waits(one, RINGING)
    await speaks(one, SPEAKING)
    await speaks(one, HANDED, "1102", "PJSIP/1102-1")
    await one.ask(asked(one, HANDED, "r1"))
    await one.settle()
    await tell(one, HANDED, TransferStarted, kind=TransferKind.BLIND, target="12333")
    await tell(one, HANDED, PartyLeft, role=PartyRole.CALL_TAKER, number="1102", line="PJSIP/1102-1")
    await tell(one, HANDED, PartyJoined, role=PartyRole.DEPARTMENT, number="12333", line="PJSIP/d-1")
    result = {"kind": TransferKind.BLIND, "target": "12333", "result": TransferResult.COMPLETED}
    await tell(one, HANDED, TransferEnded, **result)
    return one


async def test_a_gateway_killed_in_the_middle_of_calls_has_them_again_as_they_were_and_does_nothing_twice(
    gateways: list[Whole], midway: Whole
) -> None:
    calls = (RINGING, SPEAKING, HANDED)
    before = [await session(midway, each) for each in calls]
    assert [each.state for each in before][:2] == [CallState.RINGING, CallState.ANSWERED]
    events = set(told(midway))
    two = await restarted(gateways, await restarted(gateways, midway))
    assert [await session(two, each) for each in calls] == before
    assert len(two.trunk.moved) == 1, "the department is called once"
    assert set(told(two)) == events, "nothing new is told of calls in which nothing happened"
    for call in calls:
        await tell(two, call, CallEnded)
    ended = two.events("CallEnd")
    assert Counter(each["end_reason"] for each in ended) == {"ABANDONED": 1, "COMPLETED": 1, "TRANSFERRED": 1}
    assert gaps(two) == []


async def test_what_the_pbx_tells_again_after_a_restart_changes_nothing_and_what_was_missed_is_marked_late(
    gateways: list[Whole], midway: Whole
) -> None:
    before = await session(midway, SPEAKING)
    two = await restarted(gateways, midway)
    again = {"site": SITE, "pbx": PBX, "uniqueid": "1767600000.2", "linkedid": "1767600000.2"}
    await tell(two, SPEAKING, CallSeized, **again, line="PJSIP/t-1767600000.2", inferred=True)
    await tell(
        two, SPEAKING, PartyJoined, role=PartyRole.CALL_TAKER, number="1101", line=DESK, inferred=True
    )  # fmt: skip
    after = await session(two, SPEAKING)
    assert (after.parties, after.answered_at, after.call_seq) == (
        before.parties, before.answered_at, before.call_seq,
    )  # fmt: skip
    await tell(
        two,
        RINGING,
        PartyJoined,
        role=PartyRole.CALL_TAKER,
        number="1101",
        line="PJSIP/1101-9",
        inferred=True,
    )
    caught_up = await session(two, RINGING)
    assert (caught_up.state, caught_up.inferred) == (CallState.ANSWERED, True)
    assert two.events("CallStateChange")[-1]["inferred"] is True
    assert gaps(two) == []


def told(one: Whole) -> dict[str, dict[str, Any]]:
    """Every event that was sent, by its id."""
    assert isinstance(one.broker, FakeBroker)
    events = [json.loads(message.payload) for message in one.broker.messages if "/events/" in message.topic]
    return {event["id"]: event for event in events}


def gaps(one: Whole) -> list[str]:
    """Calls whose events are not numbered from one on, each number once."""
    numbers: dict[str, list[int]] = {}
    for event in told(one).values():
        if "callseq" in event:
            numbers.setdefault(event["subject"], []).append(event["callseq"])
    return [call for call, seen in numbers.items() if sorted(seen) != list(range(1, len(seen) + 1))]
