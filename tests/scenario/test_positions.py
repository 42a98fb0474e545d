"""People at their positions, on the whole gateway: sitting down, wrap-up, pauses once, two who finish."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.calls.hall import AgentChanged, AgentState
from gateway.calls.model import PartyRole
from gateway.calls.seats import HandOverSeat, PauseDesk, TakeSeat
from gateway.calls.signals import CallEnded, CallerIdentified, CallQueued, CallSeized, PartyJoined
from gateway.calls.wrapped import FinishCall, PassCard, ReopenCall
from gateway.desk import seatmap
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.runtime.pausing import UNKNOWN
from gateway.testing.whole import PBX, SITE, FakeTrunk, Whole
from gateway.triage.model import AlarmClass, Nature

CALL = CallId("hz-pbx1-1.0")


class Silent(FakeTrunk):
    """A PBX that takes a pause and never answers: the gateway dies meanwhile."""

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        await super().pause_desk(agent, paused, reason)
        await asyncio.Event().wait()
        return None


async def begun(gateways: list[Whole], **parts: Any) -> Whole:
    one = Whole(**parts)
    gateways.append(one)
    await one.start()
    return one


async def desk(one: Whole, state: AgentState, reason: str | None = None, agent: str = "1101") -> None:
    await one.give(AgentChanged(pbx=PBX, at=one.clock.now(), agent=agent, state=state, paused_reason=reason))
    await one.settle()


async def ask(one: Whole, kind: Any, actor: str, number: str, **facts: Any) -> Answer:
    return await one.ask(kind(at=one.clock.now(), request_id=number, actor=actor, **facts))


async def sit(one: Whole, actor: str = "wang", position: str = "1101", **more: Any) -> Answer:
    return await ask(one, TakeSeat, actor, f"sit-{actor}-{position}", position=position, **more)


async def a_call(one: Whole) -> None:
    about: dict[str, Any] = {"call_id": CALL, "at": one.clock.now()}
    await one.give(
        CallSeized(**about, site=SITE, pbx=PBX, uniqueid="1.0", linkedid="1.0", line="t-1", dialed="110"),
        CallerIdentified(**about, ani="13800130000", ani_source="PAI"),
        CallQueued(**about, queue="q110", position=1),
        PartyJoined(**about, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
    )


async def over(one: Whole) -> None:
    await one.give(CallEnded(call_id=CALL, at=one.clock.now()))


async def finish(one: Whole, actor: str, number: str) -> Answer:
    decided = {"alarm_class": AlarmClass.VALID_ALARM, "nature": Nature.ROBBERY, "note": "持刀抢包"}
    return await ask(one, FinishCall, actor, number, call_id=CALL, **decided)


def presence(one: Whole) -> list[tuple[str, str | None]]:
    return [(event["state"], event.get("user")) for event in one.events("AgentStateChange")]


async def test_a_shift_at_one_position_is_told_from_sitting_down_to_a_finished_card(
    gateways: list[Whole],
) -> None:
    one = await begun(gateways)
    await desk(one, AgentState.IDLE)
    assert isinstance(await sit(one), Accepted)
    await a_call(one)
    await desk(one, AgentState.RINGING)
    await desk(one, AgentState.BUSY)
    await over(one)
    await desk(one, AgentState.IDLE)
    assert isinstance(await finish(one, "wang", "f1"), Accepted)
    await one.settle()
    assert presence(one) == [
        ("idle", None), ("idle", "wang"), ("ringing", "wang"), ("busy", "wang"), ("wrap_up", "wang"),
        ("idle", "wang"),
    ]  # fmt: skip
    assert [(event["step"], event["by"]) for event in one.events("WrapUpChange")] == [("finished", "wang")]


async def test_two_people_finish_one_call_and_it_is_decided_once(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    await a_call(one)
    await over(one)
    first, second = await asyncio.gather(finish(one, "wang", "f1"), finish(one, "li", "f2"))
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert (second.code, second.text[:6]) == ("already_finished", "wang, ")
    for _ in range(10):  # the same press sent again is the same answer
        assert await finish(one, "wang", "f1") == first
    await one.settle()
    assert len(one.events("DispositionSet")) == 1
    opened = await ask(one, ReopenCall, "boss", "o1", call_id=CALL, reason="地点有误")
    assert isinstance(opened, Accepted)
    assert isinstance(await finish(one, "li", "f3"), Accepted)


async def test_a_pause_pressed_ten_times_is_sent_once(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    await desk(one, AgentState.IDLE)
    for number in range(10):
        pressed = {"agent": "1101", "paused": True, "reason": "meal"}
        assert isinstance(await ask(one, PauseDesk, "wang", f"p{number}", **pressed), Accepted)
    await one.settle()
    assert one.trunk.paused == [("1101", True, "meal")]
    await desk(one, AgentState.PAUSED, "meal")
    assert presence(one)[-1] == ("paused", None)
    assert one.house.hall.orders == ()


async def test_a_pause_that_a_killed_gateway_had_sent_is_not_sent_again(gateways: list[Whole]) -> None:
    first = await begun(gateways, trunk=Silent())
    await desk(first, AgentState.IDLE)
    await ask(first, PauseDesk, "wang", "p1", agent="1101", paused=True, reason="meal")
    await first.settle()
    assert len(first.trunk.paused) == 1
    await first.crash()
    second = await begun(gateways, store=first.store, broker=first.broker, clock=first.clock)
    assert second.trunk.paused == []
    assert seatmap.shown(second.house.hall, "1101", {})["order"]["fault"] == UNKNOWN
    await desk(second, AgentState.PAUSED, "meal")  # the queue tells how it went
    assert second.house.hall.orders == ()


async def test_a_pbx_that_refuses_a_pause_is_told_once(gateways: list[Whole]) -> None:
    one = await begun(gateways, trunk=FakeTrunk(pause_answer="Interface not found"))
    await desk(one, AgentState.IDLE)
    await ask(one, PauseDesk, "wang", "p1", agent="1101", paused=True, reason="rest")
    await one.settle()
    await one.pass_time(60)  # nothing is tried again by itself
    assert len(one.trunk.paused) == 1
    assert one.house.hall.orders[0].fault == "Interface not found"


async def test_at_shift_change_card_and_wrap_up_go_to_the_next_position(gateways: list[Whole]) -> None:
    one = await begun(gateways)
    for agent in ("1101", "1102"):
        await desk(one, AgentState.IDLE, agent=agent)
    await sit(one)
    await sit(one, "li", "1102")
    await a_call(one)
    await over(one)
    await ask(one, HandOverSeat, "wang", "h1", to="1102", note="等回电", calls=(CALL,))
    await ask(one, PassCard, "wang", "h2", call_id=CALL, to="1102")
    await one.settle()
    assert [seat.wrapping for seat in one.house.hall.seats] == [(CALL,)]
    assert (one.events("AgentStateChange")[-1]["agent"], presence(one)[-1]) == ("1102", ("wrap_up", "li"))
    assert seatmap.notes(one.house.hall, "1102")[0]["text"] == "等回电"


async def test_who_sits_where_outlives_a_killed_gateway(gateways: list[Whole]) -> None:
    first = await begun(gateways)
    await desk(first, AgentState.IDLE)
    await sit(first)
    await first.crash()
    second = await begun(gateways, store=first.store, broker=first.broker, clock=first.clock)
    assert [(seat.position, seat.user) for seat in second.house.hall.seats] == [("1101", "wang")]
    refused = await sit(second, "li")
    assert isinstance(refused, Refused)
    assert refused.code == "seat_taken"
