"""A prankster rings a real PBX: the running gateway sees it, tells the broker, and the PBX lets others go
first; with the gateway killed the calls go on and the word runs out by itself."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.testing.lab import Cache, CallPlan
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

PRANK = "13800131234"
SETTINGS = """
[together.flood]
one_ring_calls = 3
rank_in_queue = true
"""


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    async with Stage(tmp_path, cache=cache, settings=SETTINGS) as running:
        yield running


async def test_one_ring_calls_are_seen_told_and_stand_behind_the_others_on_the_pbx(
    stage: Stage, core: LabCore
) -> None:
    for number in range(3):
        call = await stage.city.call(CallPlan(caller=PRANK, stay_s=0.3, patient=False, desk_answers=False))
        await call.ended()
        await core.until(
            lambda so_far=number: (
                sum(story.ani == PRANK and story.state == "ENDED" for story in core.report.stories.values())
                > so_far
            )
        )
    await core.until(lambda: any(e["type"].endswith("FloodSuspected.v1") for e in core.site_events))
    (told, *_) = [e["data"] for e in core.site_events if e["type"].endswith("FloodSuspected.v1")]
    assert (told["step"], told["kind"], told["key"]) == ("began", "one_ring", PRANK)

    ami = await stage.pbx.ami()
    last = await stage.city.call(CallPlan(caller=PRANK, stay_s=1.0))
    await ami.wait(lambda e: e.get("UserEvent") == "FloodRanked")
    await last.answered()
    await last.ended()
    await ami.close()

    await stage.gateway.kill()
    shown = await stage.pbx.cli("dialplan show globals")
    until = re.search(rf"I110_FLOOD_{PRANK}=(\d+)", shown)
    assert until is not None
    assert 0 < int(until[1]) - time.time() <= 121, "it runs out without the gateway"
    alone = await stage.city.call(CallPlan(caller=PRANK, stay_s=0.5))
    await alone.answered()
    await alone.ended()
