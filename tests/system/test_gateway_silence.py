"""A caller who cannot speak, on the real Asterisk with the running gateway: the prompt, the key, the silent
alarm on card and broker; the call-taker's own key; and the gateway killed in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.testing.lab import Cache, CallPlan
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory
from gateway.testing.lab.stage import Stage

from .test_dialplan_intake import told

pytestmark = pytest.mark.system

CALLER = "13800130110"


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    async with Stage(tmp_path, cache=cache, pbx={"silence_seconds": 2}) as running:
        yield running


def states(story: CallStory) -> list[str]:
    return [event["state"] for event in story.of("SilencePromptChange")]


async def post(session: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with session.post(path, json={"request_id": str(uuid4()), **body}) as answer:
        shown: dict[str, Any] = await answer.json()
        assert answer.status == 200, shown
        return shown


async def heard_for(session: aiohttp.ClientSession, path: str, *, seconds: int) -> dict[str, Any]:
    """The panel of a caller, once the listener has told so many seconds of the line."""
    async with asyncio.timeout(30):
        while True:
            async with session.get(f"{path}/quiet") as answer:
                shown: dict[str, Any] = await answer.json()
            if len(shown["seconds"]) >= seconds:
                return shown
            await asyncio.sleep(0.2)


async def test_a_silent_caller_is_prompted_presses_1_and_the_silent_alarm_stands_until_a_person_ends_it(
    stage: Stage, core: LabCore
) -> None:
    ami = await stage.pbx.ami()
    call = await stage.city.call(CallPlan(caller=CALLER, stay_s=100.0))
    await core.until(lambda: (story := core.call(CALLER)) and "playing" in states(story))
    await call.press("1")
    await core.until(lambda: core.story(CALLER).of("SilentAlarmChange"))
    story = core.story(CALLER)
    raised = story.of("SilentAlarmChange")[0]
    assert (raised["cause"], raised["key"], raised["priority"]) == ("key", "1", 1)
    assert [event["key"] for event in story.of("CallerSign") if event["sign"] == "key"] == ["1"]
    await ami.wait(lambda e: e.get("Event") == "Hangup" and "@intake110-silence" in e.get("Channel", ""))
    await core.until(
        lambda: (
            [each["assessment"]["alarm_class"] for each in story.of("TriageAssessed")][-1:] == ["valid_alarm"]
        )
    )
    path = f"/api/v1/calls/{story.call_id}"
    async with await stage.gateway.sign_in("call_taker") as taker:
        shown = await heard_for(taker, path, seconds=5)
        assert shown["quiet"]["alarm"]["standing"]
        assert {second["kind"] for second in shown["seconds"]} <= {"quiet", "breath"}
        await post(taker, f"{path}/quiet/prompt", action="start")
        await core.until(lambda: states(story)[-1] == "playing" and len(states(story)) > 2)
        await post(taker, f"{path}/quiet/prompt", action="stop")
        await core.until(lambda: states(story)[-1] == "stopped")
        await post(taker, f"{path}/silent-alarm/end", note="已确认平安")
    await core.until(lambda: story.of("SilentAlarmChange")[-1]["step"] == "ended")
    assert "PJSIP/trunk" in await stage.pbx.cli("core show channels concise"), "the call goes on"
    await call.hang_up()
    await core.settled(CALLER)
    await ami.close()


async def test_with_the_gateway_killed_the_prompt_is_played_the_key_gets_through_and_the_call_goes_on(
    stage: Stage, core: LabCore
) -> None:
    ami = await stage.pbx.ami()
    await stage.gateway.kill()
    call = await stage.city.call(CallPlan(caller=CALLER, stay_s=100.0))
    await told(ami, "Silence110", Step="prompting", By="dialplan")
    await call.press("1")
    await ami.wait(lambda e: e.get("Event") == "DTMFEnd" and e.get("Direction") == "Sent")
    await stage.gateway.start("up", "degraded")
    await core.until(lambda: (story := core.call(CALLER)) and story.state == "ANSWERED")
    assert "PJSIP/trunk" in await stage.pbx.cli("core show channels concise")
    await call.hang_up()
    await core.settled(CALLER)
    assert core.story(CALLER).of("CallEnd")[0]["end_reason"] == "COMPLETED"
    await ami.close()
