"""The gateway dies, freezes, stops, is not there: calls never notice, and afterwards nothing is missing or
doubled."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.archive.audio import inspect
from gateway.testing.lab import SCENES, Cache, CallPlan, Scene, until
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import faults
from gateway.testing.lab.scenes import Turn
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

SCENE = {scene.id: scene for scene in SCENES}
ROBBERY, CRASH, WAGES = SCENE["robbery"], SCENE["crash"], SCENE["wages"]
LONG = ROBBERY.model_copy(
    update={"turns": (*ROBBERY.turns, Turn(who="caller", at=22.0, text="我要报警，我的包被人抢了"))}
)
"""Speaks again when the gateway has been stopped and started."""
LENGTH_S = 0.5
"""Recordings of the same call made twice differ by less; the three of one call by a tenth of it."""


def said(core: LabCore, scene: Scene) -> int:
    """Segments of the caller so far."""
    story = core.call(scene.caller)
    return len(story.segments("caller")) if story else 0


def whole(core: LabCore, scene: Scene) -> bool:
    """As the scene expects it; what nobody heard live is judged when it has come from the recording."""
    story = core.call(scene.caller)
    return story is not None and faults(scene, story) == []


async def test_killed_in_the_middle_of_calls_nothing_is_missing_and_nothing_doubled(
    stage: Stage, core: LabCore
) -> None:
    for scene in (ROBBERY, CRASH):
        await stage.city.call(scene)
    await core.until(lambda: said(core, ROBBERY) and said(core, CRASH))
    await stage.gateway.kill()
    inside = await stage.city.call(CallPlan(caller="13800130021", stay_s=1.5))
    begun_inside = await stage.city.call(WAGES)
    gave_up = await stage.city.call(
        CallPlan(caller="13800130022", stay_s=1.5, patient=False, desk_answers=False)
    )
    await asyncio.gather(inside.ended(), gave_up.ended(), begun_inside.answered())
    await stage.gateway.start()
    await stage.city.wait()
    await core.settled(ROBBERY.caller, CRASH.caller, WAGES.caller, "13800130021", "13800130022")
    await core.until(lambda: all(whole(core, scene) for scene in (ROBBERY, CRASH, WAGES)))
    assert core.story(ROBBERY.caller).segments("caller")[-1]["started_ms"] > 12_000
    for number, reason in (("13800130021", "COMPLETED"), ("13800130022", "ABANDONED")):
        story = core.story(number)
        end = story.of("CallEnd")[0]
        assert (end["end_reason"], end["inferred"]) == (reason, True)
        assert sorted(part["part"] for part in story.recordings()) == ["mix", "rx", "tx"]
        assert all(abs(part["seconds"] - end["duration_ms"] / 1000) < 0.5 for part in story.recordings())
    assert len(core.report.stories) == 5
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []


async def lengths(stage: Stage, plan: CallPlan) -> list[float]:
    """Place the call; the seconds of its three recorded files."""
    before = set(stage.pbx.recording_dir.glob("*.wav"))
    call = await stage.city.call(plan)
    await call.answered()
    await call.ended()
    files = sorted(set(stage.pbx.recording_dir.glob("*.wav")) - before)
    assert [file.stem.rpartition("-")[2] for file in files] == ["mix", "rx", "tx"]
    await until(lambda: all(inspect(file).intact for file in files))
    seconds = [inspect(file).seconds for file in files]
    assert max(seconds) - min(seconds) < LENGTH_S / 10
    return seconds


async def test_a_call_is_the_same_whether_the_gateway_is_absent_there_frozen_or_stopped(
    tmp_path: Path, cache: Cache
) -> None:
    plan = CallPlan(caller="13800130031", stay_s=2.0)
    async with Stage(tmp_path, cache=cache, with_gateway=False) as stage:
        reference = await lengths(stage, plan)
        found = {}
        await stage.gateway.start()
        found["there"] = await lengths(stage, plan)
        stage.gateway.freeze()
        found["frozen"] = await lengths(stage, plan)
        stage.gateway.thaw()
        await stage.gateway.stop()
        found["stopped"] = await lengths(stage, plan)
    for how, measured in found.items():
        assert all(abs(a - b) < LENGTH_S for a, b in zip(measured, reference, strict=True)), (
            how,
            measured,
            reference,
        )


async def test_frozen_then_stopped_and_started_in_the_middle_of_one_call(stage: Stage, core: LabCore) -> None:
    await stage.city.call(LONG)
    await core.until(lambda: said(core, LONG))
    stage.gateway.freeze()
    inside = await stage.city.call(CallPlan(caller="13800130023", stay_s=5.0))
    await inside.ended()  # six seconds later
    stage.gateway.thaw()
    await core.settled("13800130023")
    end = core.story("13800130023").of("CallEnd")[0]
    assert (end["end_reason"], end["inferred"]) == ("COMPLETED", False)

    assert await stage.gateway.stop() < 5.0
    await stage.gateway.start()
    await core.settled(LONG.caller)
    await core.until(lambda: whole(core, LONG))
    story = core.story(LONG.caller)
    assert story.segments("caller")[-1]["started_ms"] > 21_000
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []
