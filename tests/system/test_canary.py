"""A scheduled test call on the real PBX: over the trunk, to the automatic desk, through the gateway, to the
archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.testing.lab import Cache
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

NUMBER = "110110"
SOUND = Path(gateway.__file__).resolve().parent.parent / "dialplans/sounds/intake110-canary"
SETTINGS = f"""
[canary]
enabled = true
number = "{NUMBER}"
sound = "{SOUND}"
every_min = 60
within_s = 60
"""


@pytest.fixture
async def canary_stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    async with Stage(tmp_path, cache=cache, with_gateway=False, settings=SETTINGS) as running:
        await running.gateway.start("degraded", "up")
        yield running


async def test_the_canary_goes_all_the_way_and_nobody_is_disturbed(canary_stage: Stage) -> None:
    async with LabCore(canary_stage.broker) as core:
        await canary_stage.gateway.ready("up")
        told = await service(canary_stage)
        assert (told["state"], told["fault_en"]) == ("up", "")
        assert told["figures"]["good"] == told["figures"]["last"]
        await core.settled(NUMBER)
        story = core.story(NUMBER)
        assert story.of("TranscriptSegment")
        assert not story.of("CallTransfer")
        assert not any(
            change["agent"] in ("1101", "1102", "1103", "1104") for change in story.of("CallStateChange")
        )
        assert (await asked(canary_stage, "administrator", "/api/v1/health"))["counts"]["live_calls"] == 0
        shown = await asked(canary_stage, "call_taker", f"/api/v1/calls/{story.call_id}")
        assert shown["call"]["test"] is True


async def service(stage: Stage) -> dict[str, Any]:
    health = await asked(stage, "administrator", "/api/v1/health")
    found: dict[str, Any] = next(one for one in health["services"] if one["name"] == "canary")
    return found


async def asked(stage: Stage, role: str, path: str) -> dict[str, Any]:
    async with await stage.gateway.sign_in(role) as session, session.get(path) as answer:
        found: dict[str, Any] = await answer.json()
        return found
