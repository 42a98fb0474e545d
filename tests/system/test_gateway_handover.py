"""Callers handed over on the real Asterisk, asked as pages ask: each way ends in the call's own record."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import numpy as np
import pytest

from gateway.testing.lab import Behaviour, Cache, CallPlan, Voice, speak_wav
from gateway.testing.lab.city import CityCall
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

NUMBERS = [f"138001300{last}" for last in range(71, 90)]
BLIND = ["asked", "sent", "ringing"]


class Hall:
    """A caller who speaks with a desk, and a call-taker and a supervisor signed in."""

    def __init__(
        self, stage: Stage, core: LabCore, taker: aiohttp.ClientSession, leader: aiohttp.ClientSession
    ) -> None:
        self.stage, self.core, self.taker, self.leader = stage, core, taker, leader
        self.numbers, self.caller = iter(NUMBERS), ""

    async def answered(self, **how: Any) -> CityCall:
        """The next caller is there, and speaks with a desk."""
        self.caller = next(self.numbers)
        call = await self.stage.city.call(CallPlan(caller=self.caller, **{"stay_s": 40.0, **how}))
        await call.answered()
        await self.speaking()
        return call

    async def speaking(self) -> None:
        await self.core.until(lambda: (story := self.core.call(self.caller)) and story.state == "ANSWERED")

    async def speaking_again(self) -> None:
        """Out of the queue, where a hand-over brought the caller back to, with a desk."""

        def again() -> bool:
            states = [told["state"] for told in self.story.of("CallStateChange")]
            return states.count("QUEUED") > 1 and "ANSWERED" in states[::-1][: states[::-1].index("QUEUED")]

        await self.core.until(again)

    @property
    def story(self) -> CallStory:
        return self.core.story(self.caller)

    async def post(
        self, path: str, who: aiohttp.ClientSession | None = None, story: CallStory | None = None, **data: Any
    ) -> dict[str, Any]:
        body = {"request_id": str(uuid4()), **data}
        url = f"/api/v1/calls/{(story or self.story).call_id}/{path}"
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

    async def settled(self) -> dict[str, Any]:
        """How the call ended, once all is done."""
        await self.core.settled(self.caller)
        end: dict[str, Any] = self.story.of("CallEnd")[0]
        return end

    def transfers(self) -> list[tuple[str, str, str, int | None]]:
        return [
            (told["kind"], told["target"], told["result"], told.get("referral"))
            for told in self.story.of("CallTransfer")
        ]


@pytest.fixture
async def hall(tmp_path: Path, cache: Cache) -> AsyncIterator[Hall]:
    async with (
        Stage(tmp_path, cache=cache, pbx={"ring_seconds": 3}, speech="enabled = false") as stage,
        LabCore(stage.broker) as core,
        await stage.gateway.sign_in("call_taker") as taker,
        await stage.gateway.sign_in("supervisor") as leader,
    ):
        yield Hall(stage, core, taker, leader)


async def test_a_department_that_answers_gets_the_caller_and_from_any_other_the_caller_comes_back_first(
    hall: Hall,
) -> None:
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=2.0))
    await hall.answered()
    await hall.hand_over("blind", "urban_construction")
    refused = [await hall.post("handovers", kind="blind", target="12319") for _ in range(10)]
    assert {told["error"]["code"] for told in refused} <= {"pending", "ended", "no_desk_leg"}
    assert (await hall.settled())["end_reason"] == "TRANSFERRED"
    assert hall.steps() == [*BLIND, "answered"]
    assert hall.transfers()[-1] == ("blind", "12319", "completed", 1)
    assert hall.story.of("ReferralChange")[0]["about"]["caller"] == hall.caller
    topic = f"110/demo/departments/urban_construction/announcements/{hall.story.call_id}"
    announced = (await hall.core.retained(topic))[topic]
    assert (announced["caller"], announced["number"], announced["state"]) == (
        hall.caller,
        "12319",
        "answered",
    )

    for how, state, why in (
        (Behaviour(answers=False), "no_answer", "no_answer"),
        (Behaviour(busy=True), "refused", "busy"),
        (Behaviour(exists=False), "refused", "dead_number"),
    ):
        await hall.stage.city.behave("12319", how)
        call = await hall.answered()
        await hall.hand_over("blind", "urban_construction")
        await hall.until("returned")
        await hall.speaking_again()
        assert hall.steps() == [*BLIND, state, "returned"]
        assert hall.story.of("ReferralChange")[-1]["why"] == why
        assert await queue_priority(hall) == "10"
        await call.hang_up()
        assert (await hall.settled())["end_reason"] == "COMPLETED"
        assert hall.transfers()[-2:] == [("blind", "12319", "pending", 1), ("blind", "12319", "failed", 1)]

    ami = await hall.stage.pbx.ami()
    call = await hall.answered()
    refused = await hall.post("handovers", kind="blind", target="99999")
    assert refused["error"]["code"] == "unknown_target"
    desk = (await ami.wait(lambda event: event.get("Event") == "AgentConnect"))["DestChannel"]
    await ami.action("BlindTransfer", Channel=desk, Context="intake110-targets", Exten="99999")
    await hall.core.until(lambda: [told[1:3] for told in hall.transfers()][-1:] == [("99999", "failed")])
    await hall.speaking_again()
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"
    await ami.close()


async def test_a_gateway_killed_while_the_target_rings_loses_nothing_and_moves_nobody_twice(
    hall: Hall,
) -> None:
    ami = await hall.stage.pbx.ami()
    await hall.stage.city.behave("12319", Behaviour(ring_s=2.5, stay_s=100.0))
    call = await hall.answered(stay_s=110.0)
    await hall.hand_over("blind", "urban_construction")
    await hall.until("ringing")
    await hall.stage.gateway.kill()
    await ami.wait(lambda e: e.get("Event") == "BridgeEnter" and e["Channel"].startswith("PJSIP/departments"))
    await hall.stage.gateway.start()
    await hall.until("answered")
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "TRANSFERRED"
    assert hall.steps() == [*BLIND, "answered"]
    assert hall.transfers()[-1] == ("blind", "12319", "completed", 1)
    assert len([event for event in ami.events if event.get("Event") == "BlindTransfer"]) == 1
    await ami.close()


async def queue_priority(hall: Hall) -> str:
    ami = await hall.stage.pbx.ami()
    try:
        uniqueid = hall.story.call_id.split("-", 2)[2]
        return (await ami.action("Getvar", Channel=uniqueid, Variable="QUEUE_PRIO"))["Value"]
    finally:
        await ami.close()


async def test_a_department_is_spoken_with_first_and_gets_the_caller_or_the_desk_takes_the_caller_back(
    hall: Hall,
) -> None:
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=6.0))
    await hall.answered()
    n = await hall.hand_over("attended", "urban_construction")
    early = await hall.post(f"handovers/{n}/complete")
    assert early["error"]["code"] in ("pending", "not_answered")
    await hall.until("answered")
    told = await hall.post(f"handovers/{n}/complete")
    assert told["outcome"] == "accepted", told
    assert (await hall.settled())["end_reason"] == "TRANSFERRED"
    assert hall.steps() == [*BLIND, "answered", "completed"]
    assert hall.transfers()[-1] == ("attended", "12319", "completed", 1)

    call = await hall.answered()
    n = await hall.hand_over("attended", "urban_construction")
    await hall.until("answered")
    assert (await hall.post(f"handovers/{n}/cancel"))["outcome"] == "accepted"
    await hall.until("returned")
    await hall.speaking()
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"
    assert hall.transfers()[-1] == ("attended", "12319", "cancelled", 1)

    await hall.stage.city.behave("12319", Behaviour(busy=True))
    call = await hall.answered()
    await hall.hand_over("attended", "urban_construction")
    await hall.until("returned")
    assert hall.story.of("ReferralChange")[-1]["why"] == "busy"
    await hall.speaking()
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"


async def test_a_partner_is_called_in_and_whoever_leaves_nobody_is_left_alone(hall: Hall) -> None:
    await hall.stage.city.behave("119", Behaviour(ring_s=0.5, stay_s=6.0))
    await hall.answered()
    n = await hall.hand_over("threeway", "fire_119")
    await hall.until("answered")
    shown = (await hall.post(f"handovers/{n}/complete"))["handing"]
    assert shown["in_room"] is True
    await hall.until("completed")
    assert hall.story.state == "ANSWERED"
    end = await hall.settled()
    assert (end["end_reason"], end["released_by"]) == ("TRANSFERRED", "department")
    assert hall.steps() == [*BLIND, "answered", "completed"]
    assert hall.transfers() == [("threeway", "119", "completed", 1)]

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
    await hall.stage.city.behave("12319", Behaviour(ring_s=0.5, stay_s=20.0))
    n = await hall.hand_over("blind", "urban_construction")
    await hall.until("answered", n)
    assert (await hall.post(f"handovers/{n}/cancel"))["outcome"] == "accepted"
    await hall.until("returned", n)
    assert hall.story.of("ReferralChange")[-1]["why"] == "called_off"
    await hall.speaking_again()
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"

    await hall.stage.city.behave("119", Behaviour(ring_s=2.5, stay_s=3.0))
    call = await hall.answered()
    await hall.hand_over("threeway", "fire_119")
    await hall.until("ringing")
    await call.desk_hangs_up()
    await hall.until("returned")
    await hall.speaking_again()
    await call.hang_up()
    await hall.settled()


async def test_a_caller_who_hung_up_is_called_back_and_the_new_call_is_linked_to_the_old(hall: Hall) -> None:
    call = await hall.answered()
    await call.hang_up()
    await hall.settled()
    old = hall.story

    def ended() -> list[dict[str, Any]]:
        return [change for change in old.of("CallBackChange") if change["state"] == "ended"]

    async def tried(position: str, **reached: Any) -> str:
        done = len(ended())
        await hall.stage.city.behave(hall.caller, Behaviour(**reached))
        told = await hall.post("callbacks", story=old, position=position)
        assert told["outcome"] == "accepted", told
        if "ring_s" in reached:
            again = await hall.post("callbacks", story=old, position="1104")
            assert again["error"]["code"] == "pending"
        await hall.core.until(lambda: len(ended()) > done)
        why: str = ended()[-1]["why"]
        return why

    assert await tried("1102", ring_s=0.5, stay_s=3.0) == "reached"
    assert [c["state"] for c in old.of("CallBackChange")] == ["asked", "sent", "live", "live", "ended"]
    new = hall.core.report.stories[ended()[-1]["call"]]
    await hall.core.until(lambda: new.settled)
    start = new.of("CallStart")[0]
    assert (start["outgoing"], start["callback_of"]) == (True, old.call_id)
    assert new.ani == hall.caller
    assert len(new.recordings()) == 3
    assert new.of("CallEnd")[0]["end_reason"] == "COMPLETED"
    assert await tried("1102", busy=True) == "busy"
    assert hall.story.of("CallEnd")[0]["end_reason"] == "FAILED"
    await hall.stage.city.behave("1103", Behaviour(busy=True))
    assert await tried("1103") == "busy"
    assert await tried("1199") == "dead_number"


SUPERVISOR = "1108"
"""A phone that is no member of the queue."""
LOUD = 300.0
"""Root mean square of a second of speech; of silence it is near 0."""


async def test_a_supervisor_is_in_the_call_and_only_one_who_joins_is_heard_by_the_caller(
    hall: Hall,
) -> None:
    words = [(0.2, "我是班长，请保持冷静，民警马上就到，请不要挂断电话")]
    voice = await asyncio.to_thread(speak_wav, words, Voice(), hall.stage.cache)
    await hall.stage.city.behave(SUPERVISOR, Behaviour(ring_s=0.5, wav=voice, stay_s=8.0))

    def states() -> list[str]:
        return [each["state"] for each in hall.story.of("SupervisionChange")]

    for kind, heard in (("listen", False), ("whisper", False), ("join", True)):
        call = await hall.answered()
        refused = await hall.post("supervisions", kind=kind, position=SUPERVISOR)
        assert refused["error"]["code"] == "forbidden"
        told = await hall.post("supervisions", hall.leader, kind=kind, position=SUPERVISOR)
        assert told["outcome"] == "accepted", told
        again = await hall.post("supervisions", hall.leader, kind=kind, position=SUPERVISOR)
        assert again["error"]["code"] == "pending"
        await hall.core.until(lambda: states()[-1:] == ["live"])
        await asyncio.sleep(4.0)  # so long the supervisor speaks
        await call.hang_up()  # who has joined may stay with the call-taker
        await hall.core.until(lambda: states()[-1:] == ["ended"])
        assert states() == ["asked", "sent", "live", "ended"]
        assert (await hall.settled())["end_reason"] == "COMPLETED"
        uniqueid = hall.story.call_id.split("-", 2)[2]
        to_caller = hall.stage.pbx.recording_dir / f"{uniqueid}-tx.wav"
        assert (loudness(to_caller, last_s=4) > LOUD) is heard, kind

    await hall.stage.city.behave(SUPERVISOR, Behaviour(ring_s=0.3, stay_s=30.0))
    call = await hall.answered()
    told = await hall.post("supervisions", hall.leader, kind="take_over", position=SUPERVISOR)
    assert told["outcome"] == "accepted", told
    ami = await hall.stage.pbx.ami()
    uniqueid = hall.story.call_id.split("-", 2)[2]
    room = "room-" + uniqueid.replace(".", "-")

    async def in_the_room() -> list[str]:
        listed = len(ami.events)
        await ami.action("ConfbridgeList", Conference=room)
        await ami.wait(lambda e: e.get("Event") == "ConfbridgeListComplete" and e in ami.events[listed:])
        names = [e["Channel"] for e in ami.events[listed:] if e.get("Event") == "ConfbridgeList"]
        return sorted(name.split("/")[1].split("-")[0] for name in names)

    await ami.wait(lambda e: (e.get("Event"), e.get("Conference")) == ("ConfbridgeLeave", room), seconds=30.0)
    assert await in_the_room() == [SUPERVISOR, "trunk"]
    assert hall.story.state == "ANSWERED"
    await ami.close()
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"

    await hall.stage.city.behave(SUPERVISOR, Behaviour(ring_s=0.3, stay_s=2.0))
    call = await hall.answered()
    told = await hall.post("supervisions", kind="escalate", position=SUPERVISOR)
    assert told["outcome"] == "accepted", told
    await hall.core.until(lambda: states()[-1:] == ["ended"])
    assert hall.story.state == "ANSWERED"
    await call.hang_up()
    await hall.settled()


def loudness(wav: Path, *, last_s: int) -> float:
    """Root mean square of the loudest of the last seconds."""
    with wave.open(str(wav)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(float)
    seconds = np.array_split(samples[-last_s * 8000 :], last_s)
    return max(float(np.sqrt((each**2).mean())) for each in seconds)
