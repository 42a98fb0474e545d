"""Somebody is rung for a call from its card, on the real Asterisk: a part of the call's record, with the
gateway and without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.testing.lab import Behaviour, Cache, CallPlan
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CALLER, WITNESS, NOBODY = "13800130091", "13900130092", "13900130093"
DESK = "1102"


class Desk:
    """A call that is over, and the call-taker whose card it is."""

    def __init__(self, stage: Stage, core: LabCore, taker: aiohttp.ClientSession) -> None:
        self.stage, self.core, self.taker = stage, core, taker

    async def a_call(self) -> None:
        call = await self.stage.city.call(CallPlan(caller=CALLER, stay_s=20.0))
        await call.answered()
        await call.hang_up()
        await self.core.settled(CALLER)

    @property
    def story(self) -> CallStory:
        return self.core.story(CALLER)

    def steps(self) -> list[dict[str, Any]]:
        return self.story.of("CallBackChange")

    def ended(self) -> list[str]:
        return [told["why"] for told in self.steps() if told["state"] in ("ended", "refused", "unknown")]

    async def rings(self, number: str, **reached: Any) -> dict[str, Any]:
        await self.stage.city.behave(number, Behaviour(**reached))
        body = {"request_id": str(uuid4()), "number": number, "position": DESK, "whom": "witness"}
        async with self.taker.post(f"/api/v1/calls/{self.story.call_id}/callbacks", json=body) as answer:
            told: dict[str, Any] = await answer.json()
            assert told.get("outcome") == "accepted", told
            return told

    async def until_ended(self, times: int) -> str:
        await self.core.until(lambda: len(self.ended()) >= times)
        return self.ended()[-1]

    async def record(self) -> list[dict[str, Any]]:
        """The parts of the call's record, as its card shows them."""
        async with self.taker.get(f"/api/v1/calls/{self.story.call_id}/record") as answer:
            parts: list[dict[str, Any]] = (await answer.json())["parts"]
            return parts

    async def stored(self) -> dict[str, Any]:
        """The newest part, once its recording is in the archive."""
        async with asyncio.timeout(60):
            while True:
                parts = await self.record()
                recordings = parts[-1]["recordings"] if parts else []
                if recordings and all(each["status"] == "stored" for each in recordings):
                    return parts[-1]
                await asyncio.sleep(0.2)


@pytest.fixture
async def desk(tmp_path: Path, cache: Cache) -> AsyncIterator[Desk]:
    async with (
        Stage(tmp_path, cache=cache, pbx={"ring_seconds": 3}) as stage,
        LabCore(stage.broker) as core,
        await stage.gateway.sign_in("call_taker") as taker,
    ):
        made = Desk(stage, core, taker)
        await made.a_call()
        yield made


async def test_a_witness_who_is_rung_is_recorded_on_both_sides_as_a_part_and_other_ends_have_words(
    desk: Desk,
) -> None:
    await desk.rings(WITNESS, ring_s=0.5, stay_s=4.0)
    assert await desk.until_ended(1) == "reached"
    part = await desk.stored()
    assert (part["whom"], part["number"], part["outcome"]) == ("witness", WITNESS, "reached")
    assert part["by"] == "call-taker"
    assert part["call"]["agents"] == [DESK]
    (recording,) = part["recordings"]
    seconds = {each["part"]: each["seconds"] for each in recording["parts"]}
    assert set(seconds) == {"mix", "rx", "tx"}
    assert recording["fault"] is None, "as long as the call"
    assert min(seconds.values()) > 2.0
    story = desk.core.report.stories[part["call"]["call_id"]]
    assert {told["leg"] for told in story.of("SpeechStateChange") if told["state"] == "live"} == {
        "caller", "call_taker",
    }  # fmt: skip

    await desk.rings(NOBODY, exists=False)
    assert await desk.until_ended(2) == "dead_number"

    ami = await desk.stage.pbx.ami()
    await desk.rings(WITNESS, answers=False)
    begun = await ami.wait(lambda e: e.get("UserEvent") == "CallBack110")
    ours = begun["Linkedid"]
    assert ours.startswith("move")
    leg = await ami.wait(lambda e: e.get("Event") == "Newstate" and e.get("Uniqueid") == ours)
    await ami.action("Hangup", Channel=leg["Channel"], Cause="16")
    assert await desk.until_ended(3) == "called_off"
    await ami.close()

    account = desk.stage.pbx.folder / "pbx/etc/manager.conf"
    account.write_text(account.read_text() + "write = call,agent,reporting,user\n")
    await desk.stage.pbx.cli("manager reload")
    await desk.stage.gateway.stop()
    await desk.stage.gateway.start("up", "degraded")
    await desk.rings(WITNESS)
    assert await desk.until_ended(4) == "pbx_refused"
    assert [each["outcome"] for each in await desk.record()] == ["reached", "dead_number", "called_off"]


async def test_with_the_gateway_gone_the_call_goes_on_and_is_found_as_a_part_of_the_same_record(
    desk: Desk,
) -> None:
    ami = await desk.stage.pbx.ami()
    await desk.rings(WITNESS, ring_s=3.0, stay_s=3.0)
    await ami.wait(lambda e: e.get("Event") == "OriginateResponse" or e.get("UserEvent") == "CallBack110")
    await desk.stage.gateway.kill()
    await ami.wait(lambda e: e.get("UserEvent") == "CallEnd", seconds=60)
    await ami.close()
    await desk.stage.gateway.start()
    part = await desk.stored()
    assert (part["whom"], part["number"], part["outcome"]) == ("witness", WITNESS, "reached")
    assert part["call"]["inferred"] or part["call"]["end_reason"] == "COMPLETED"
    assert {each["part"] for each in part["recordings"][0]["parts"]} == {"mix", "rx", "tx"}
