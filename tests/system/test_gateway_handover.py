"""Callers handed over on the real Asterisk, asked as pages ask: each way ends in the call's own record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.testing.lab import Behaviour, Cache, CallPlan
from gateway.testing.lab.city import CityCall
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CALLER = "13800130071"


class Hall:
    """A caller who speaks with a desk, and a call-taker and a supervisor signed in."""

    def __init__(
        self, stage: Stage, core: LabCore, taker: aiohttp.ClientSession, leader: aiohttp.ClientSession
    ) -> None:
        self.stage, self.core, self.taker, self.leader = stage, core, taker, leader

    async def answered(self, **how: Any) -> CityCall:
        call = await self.stage.city.call(CallPlan(caller=CALLER, **{"stay_s": 40.0, **how}))
        await call.answered()
        await self.core.until(lambda: (story := self.core.call(CALLER)) and story.state == "ANSWERED")
        return call

    @property
    def story(self) -> CallStory:
        return self.core.story(CALLER)

    async def post(self, path: str, who: aiohttp.ClientSession | None = None, **data: Any) -> dict[str, Any]:
        body = {"request_id": str(uuid4()), **data}
        url = f"/api/v1/calls/{self.story.call_id}/{path}"
        async with (who or self.taker).post(url, json=body) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def hand_over(self, kind: str, target: str, **data: Any) -> int:
        told = await self.post("handovers", kind=kind, target=target, **data)
        assert told.get("outcome") == "accepted", told
        n: int = told["n"]
        return n

    def steps(self, n: int = 1) -> list[str]:
        """The states that the hand-over went through, as published."""
        told = [event for event in self.story.of("ReferralChange") if event["referral"] == n]
        return [event["state"] for event in told]

    async def until(self, state: str, n: int = 1) -> None:
        await self.core.until(lambda: self.steps(n)[-1:] == [state])

    async def settled(self) -> CallStory:
        await self.core.settled(CALLER)
        return self.story

    def transfers(self) -> list[tuple[str, str, str, int | None]]:
        return [
            (told["kind"], told["target"], told["result"], told.get("referral"))
            for told in self.story.of("CallTransfer")
        ]


@asynccontextmanager
async def a_hall(folder: Path, cache: Cache) -> AsyncIterator[Hall]:
    async with (
        Stage(folder, cache=cache, pbx={"ring_seconds": 3}, speech="enabled = false") as stage,
        LabCore(stage.broker) as core,
        await stage.gateway.sign_in("call_taker") as taker,
        await stage.gateway.sign_in("supervisor") as leader,
    ):
        yield Hall(stage, core, taker, leader)


@pytest.fixture
async def hall(tmp_path: Path, cache: Cache) -> AsyncIterator[Hall]:
    async with a_hall(tmp_path, cache) as running:
        yield running


async def test_a_caller_passed_on_to_a_department_that_answers_speaks_with_it(hall: Hall) -> None:
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=2.0))
    await hall.answered()
    await hall.hand_over("blind", "urban_construction")
    refused = [await hall.post("handovers", kind="blind", target="12319") for _ in range(10)]
    assert {told["error"]["code"] for told in refused} <= {"pending", "ended", "no_desk_leg"}
    story = await hall.settled()
    assert hall.steps() == ["asked", "sent", "ringing", "answered"]
    assert hall.transfers() == [("blind", "12319", "pending", 1), ("blind", "12319", "completed", 1)]
    assert story.of("CallEnd")[0]["end_reason"] == "TRANSFERRED"
    announced = story.of("ReferralChange")[0]["about"]
    assert announced["caller"] == CALLER


@pytest.mark.parametrize(
    ("how", "steps", "why"),
    [
        (Behaviour(answers=False), ["asked", "sent", "ringing", "no_answer", "returned"], "no_answer"),
        (Behaviour(busy=True), ["asked", "sent", "ringing", "refused", "returned"], "busy"),
        (Behaviour(exists=False), ["asked", "sent", "ringing", "refused", "returned"], "dead_number"),
    ],
    ids=["no answer", "busy", "dead number"],
)
async def test_nobody_there_brings_the_caller_back_before_all_others_and_a_desk_answers_again(
    hall: Hall, how: Behaviour, steps: list[str], why: str
) -> None:
    await hall.stage.city.behave("12319", how)
    await hall.answered(stay_s=12.0)
    await hall.hand_over("blind", "urban_construction")
    await hall.until("returned")
    await hall.core.until(lambda: hall.story.state == "ANSWERED")
    assert hall.steps() == steps
    assert hall.story.of("ReferralChange")[-1]["why"] == why
    eye = await hall.stage.pbx.ami()
    line = f"PJSIP/trunk-{0:08x}"
    assert (await eye.action("Getvar", Channel=line, Variable="QUEUE_PRIO"))["Value"] == "10"
    await eye.close()
    story = await hall.settled()
    assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"
    assert hall.transfers() == [("blind", "12319", "pending", 1), ("blind", "12319", "failed", 1)]


async def test_a_department_is_spoken_with_first_and_then_gets_the_caller(hall: Hall) -> None:
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=6.0))
    await hall.answered()
    n = await hall.hand_over("attended", "urban_construction")
    early = await hall.post(f"handovers/{n}/complete")
    assert early["error"]["code"] in ("pending", "not_answered")
    await hall.until("answered")
    told = await hall.post(f"handovers/{n}/complete")
    assert told["outcome"] == "accepted", told
    story = await hall.settled()
    assert hall.steps() == ["asked", "sent", "ringing", "answered", "completed"]
    assert hall.transfers()[-1] == ("attended", "12319", "completed", 1)
    assert story.of("CallEnd")[0]["end_reason"] == "TRANSFERRED"


async def test_a_consultation_called_off_brings_the_caller_back_to_the_same_desk(hall: Hall) -> None:
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=20.0))
    call = await hall.answered()
    n = await hall.hand_over("attended", "urban_construction")
    await hall.until("answered")
    assert (await hall.post(f"handovers/{n}/cancel"))["outcome"] == "accepted"
    await hall.until("returned")
    await hall.core.until(lambda: hall.story.state == "ANSWERED")
    await call.hang_up()
    story = await hall.settled()
    assert hall.transfers()[-1] == ("attended", "12319", "cancelled", 1)
    assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"


async def test_a_consultation_that_nobody_answers_brings_the_caller_back_to_the_desk(hall: Hall) -> None:
    await hall.stage.city.behave("12319", Behaviour(busy=True))
    call = await hall.answered()
    await hall.hand_over("attended", "urban_construction")
    await hall.until("returned")
    assert hall.story.of("ReferralChange")[-1]["why"] == "busy"
    await hall.core.until(lambda: hall.story.state == "ANSWERED")
    await call.hang_up()
    await hall.settled()


async def test_a_partner_is_called_in_and_stays_with_the_caller_when_the_desk_leaves(hall: Hall) -> None:
    await hall.stage.city.behave("119", Behaviour(ring_s=0.5, stay_s=6.0))
    await hall.answered()
    n = await hall.hand_over("threeway", "fire_119")
    await hall.until("answered")
    shown = (await hall.post(f"handovers/{n}/complete"))["handing"]
    assert shown["in_room"] is True
    await hall.until("completed")
    assert hall.story.state == "ANSWERED"
    story = await hall.settled()
    assert hall.steps() == ["asked", "sent", "ringing", "answered", "completed"]
    assert hall.transfers() == [("threeway", "119", "completed", 1)]
    end = story.of("CallEnd")[0]
    assert (end["end_reason"], end["released_by"]) == ("TRANSFERRED", "department")


async def test_a_partner_who_is_busy_leaves_caller_and_desk_talking_and_another_is_called_in(
    hall: Hall,
) -> None:
    await hall.stage.city.behave("119", Behaviour(busy=True))
    await hall.stage.city.behave("120", Behaviour(ring_s=0.5, stay_s=20.0))
    call = await hall.answered()
    await hall.hand_over("threeway", "fire_119")
    await hall.until("refused")
    assert hall.story.state == "ANSWERED"
    n = await hall.hand_over("threeway", "ambulance_120")
    await hall.until("answered", n)
    assert (await hall.post(f"handovers/{n}/cancel"))["outcome"] == "accepted"
    await hall.until("returned", n)
    assert hall.story.state == "ANSWERED"
    assert (await hall.post("handovers", kind="attended", target="122"))["error"]["code"] == "in_room"
    await call.hang_up()
    story = await hall.settled()
    assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"


async def test_a_desk_that_leaves_while_the_partner_still_rings_leaves_nobody_alone(hall: Hall) -> None:
    await hall.stage.city.behave("119", Behaviour(ring_s=2.5, stay_s=3.0))
    call = await hall.answered(stay_s=15.0)
    await hall.hand_over("threeway", "fire_119")
    await hall.until("ringing")
    await asyncio.sleep(0.3)
    await call.desk_hangs_up()
    await hall.until("returned")
    await hall.core.until(lambda: hall.story.state == "ANSWERED")
    await hall.settled()


async def test_a_caller_who_hung_up_is_called_back_and_the_new_call_is_linked_to_the_old(hall: Hall) -> None:
    call = await hall.answered()
    await call.hang_up()
    await hall.settled()
    old = hall.story
    await hall.stage.city.behave(CALLER, Behaviour(ring_s=0.5, stay_s=3.0))
    told = await hall.post("callbacks", position="1102")
    assert told["outcome"] == "accepted", told
    assert (await hall.post("callbacks", position="1102"))["error"]["code"] == "pending"

    def changes() -> list[dict[str, Any]]:
        return old.of("CallBackChange")

    await hall.core.until(lambda: changes() and changes()[-1]["state"] == "ended")
    assert [change["state"] for change in changes()] == ["asked", "sent", "live", "live", "ended"]
    assert changes()[-1]["why"] == "reached"
    new = hall.core.report.stories[changes()[-1]["call"]]
    await hall.core.until(lambda: new.settled)
    start = new.of("CallStart")[0]
    assert (start["outgoing"], start["callback_of"]) == (True, old.call_id)
    assert new.ani == CALLER
    assert len(new.recordings()) == 3
    assert new.of("CallEnd")[0]["end_reason"] == "COMPLETED"


async def test_a_call_back_that_nobody_answers_says_who_did_not(hall: Hall) -> None:
    call = await hall.answered()
    await call.hang_up()
    await hall.settled()
    old = hall.story
    await hall.stage.city.behave(CALLER, Behaviour(busy=True))
    assert (await hall.post("callbacks", position="1102"))["outcome"] == "accepted"
    await hall.core.until(lambda: [c["state"] for c in old.of("CallBackChange")][-1:] == ["ended"])
    assert old.of("CallBackChange")[-1]["why"] == "busy"
    await hall.stage.city.behave("1103", Behaviour(busy=True))
    assert (await hall.post("callbacks", position="1103"))["outcome"] == "accepted"
    await hall.core.until(lambda: len([c for c in old.of("CallBackChange") if c["state"] == "ended"]) == 2)
    assert old.of("CallBackChange")[-1]["why"] == "busy"
    assert (await hall.post("callbacks", position="1199"))["outcome"] == "accepted"
    await hall.core.until(lambda: len([c for c in old.of("CallBackChange") if c["state"] == "ended"]) == 3)
    assert old.of("CallBackChange")[-1]["why"] == "dead_number"
