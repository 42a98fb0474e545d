"""The gateway dies, freezes, stops, is not there: calls never notice, and afterwards nothing is missing or doubled."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.archive.audio import inspect
from gateway.testing.lab import SCENES, Cache, CallPlan, Scene
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import faults
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

SCENE = {scene.id: scene for scene in SCENES}
ROBBERY, CRASH, WAGES = SCENE["robbery"], SCENE["crash"], SCENE["wages"]
LENGTH_S = 0.3
"""Recordings of the same call made twice differ by less."""


def said(core: LabCore, scene: Scene) -> int:
    """Segments of the caller so far."""
    story = core.call(scene.caller)
    return len(story.segments("caller")) if story else 0


async def test_killed_in_the_middle_of_calls_nothing_is_missing_and_nothing_doubled(
    stage: Stage, core: LabCore
) -> None:
    for scene in (ROBBERY, CRASH):
        await stage.city.call(scene)
    await core.until(lambda: said(core, ROBBERY) and said(core, CRASH))
    await stage.gateway.kill()
    inside = await stage.city.call(CallPlan(caller="13800130021", stay_s=1.5))
    begun_inside = await stage.city.call(WAGES)
    gave_up = await stage.city.call(CallPlan(caller="13800130022", stay_s=1.5, patient=False, desk_answers=False))
    await asyncio.gather(inside.ended(), gave_up.ended(), begun_inside.answered())
    await stage.gateway.start()
    await stage.city.wait()
    await core.settled(ROBBERY.caller, CRASH.caller, WAGES.caller, "13800130021", "13800130022")
    for scene in (ROBBERY, CRASH, WAGES):
        assert faults(scene, core.story(scene.caller)) == []
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
