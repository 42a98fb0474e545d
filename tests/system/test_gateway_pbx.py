"""The PBX dies, restarts, refuses us: the old call gets its end, the next one works, and the cure is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.testing.lab import SCENES, Cache, CallPlan
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import faults
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

SCENE = {scene.id: scene for scene in SCENES}
ROBBERY = SCENE["robbery"]
CRASH = SCENE["crash"].model_copy(update={"turns": SCENE["crash"].turns[:2]})
"""Its first words alone: five seconds."""


async def pbx_state(core: LabCore, state: str) -> None:
    """Until the broker was told so."""
    await core.until(
        lambda: (
            [e["data"]["state"] for e in core.site_events if e["data"].get("service") == "pbx:pbx1"][-1:]
            == [state]
        )
    )


async def test_killed_in_the_middle_the_call_is_lost_its_recording_repaired_and_the_next_call_whole(
    stage: Stage, core: LabCore
) -> None:
    await stage.city.call(ROBBERY)
    await core.until(lambda: (story := core.call(ROBBERY.caller)) and len(story.segments("caller")) > 1)
    await stage.pbx.kill()
    await pbx_state(core, "down")
    await stage.pbx.start()
    await core.settled(ROBBERY.caller)
    story = core.story(ROBBERY.caller)
    end = story.of("CallEnd")[0]
    assert (end["end_reason"], end["inferred"]) == ("LOST", True)
    assert {part["part"]: part["repaired"] for part in story.recordings()} == {
        "mix": True,
        "rx": True,
        "tx": True,
    }
    await pbx_state(core, "up")
    await stage.city.call(CRASH)
    await core.settled(CRASH.caller)
    assert faults(CRASH, core.story(CRASH.caller)) == []
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []


async def test_restarted_properly_the_call_ends_as_the_pbx_told_and_the_next_one_works(
    stage: Stage, core: LabCore
) -> None:
    await stage.city.call(CallPlan(caller="13800130062", stay_s=60.0))
    await core.until(lambda: (story := core.call("13800130062")) and story.state == "ANSWERED")
    await stage.pbx.stop()
    await stage.pbx.start()
    await core.settled("13800130062")
    story = core.story("13800130062")
    assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"
    assert len(story.recordings()) == 3
    await pbx_state(core, "up")
    call = await stage.city.call(CallPlan(caller="13800130063", stay_s=2.0))
    await call.ended()
    await core.settled("13800130063")
    assert core.story("13800130063").of("CallEnd")[0]["end_reason"] == "COMPLETED"


async def health(stage: Stage) -> dict[str, dict[str, Any]]:
    """Services by name, as an administrator sees them."""
    async with (
        await stage.gateway.sign_in("administrator") as session,
        session.get("/api/v1/health") as answer,
    ):
        return {service["name"]: service for service in (await answer.json())["services"]}


def refusals(stage: Stage) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in stage.gateway.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["level"] == "error" and line.get("cure")]


async def test_a_wrong_password_is_told_once_with_its_cure_and_mended_it_works(
    tmp_path: Path, cache: Cache
) -> None:
    async with Stage(tmp_path, cache=cache, with_gateway=False) as stage, LabCore(stage.broker) as core:
        right, stage.pbx.ami_secret = stage.pbx.ami_secret, "not the password"
        await stage.gateway.start("degraded")
        await pbx_state(core, "down")
        told = (await health(stage))["pbx:pbx1"]
        assert told["state"] == "down"
        assert "manager reload" in told["cure_en"]
        assert [line["cure"] for line in refusals(stage)] == [told["cure_en"]]
        call = await stage.city.call(CallPlan(caller="13800130064", stay_s=1.0))
        await call.ended()
        await stage.gateway.stop()
        stage.pbx.ami_secret = right
        await stage.gateway.start()
        call = await stage.city.call(CallPlan(caller="13800130065", stay_s=1.0))
        await call.ended()
        await core.settled("13800130064", "13800130065")
        assert core.story("13800130064").of("CallEnd")[0]["inferred"] is True
        assert core.story("13800130065").of("CallEnd")[0]["inferred"] is False


async def test_without_the_right_to_listen_the_verdict_is_unsure_until_the_recording_has_been_heard(
    tmp_path: Path, cache: Cache
) -> None:
    async with Stage(tmp_path, cache=cache, with_gateway=False) as stage, LabCore(stage.broker) as core:
        account = stage.pbx.folder / "pbx/etc/manager.conf"
        account.write_text(account.read_text() + "write = call,agent,reporting,user\n")
        await stage.pbx.cli("manager reload")
        await stage.gateway.start()
        await stage.city.call(CRASH)
        await core.settled(CRASH.caller)
        story = core.story(CRASH.caller)
        assert "dead" in [told["state"] for told in story.of("SpeechStateChange") if told["leg"] == "caller"]
        verdicts = [told["assessment"]["alarm_class"] for told in story.of("TriageAssessed")]
        assert (verdicts[0], verdicts[-1]) == ("unsure", "valid_alarm")
        said = [told["segment"] for told in story.of("TranscriptSegment")]
        assert {one["speaker"] for one in said} == {"caller", "call_taker"}
        assert all(one["gap"] for one in said)
        assert ["originate" in line["cure"] for line in refusals(stage)] == [True]
        assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"
        assert len(story.recordings()) == 3
