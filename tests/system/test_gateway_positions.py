"""Positions on the real thing: a pause takes a desk out of Asterisk's queue; the next call rings another."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.testing.lab import CallPlan
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CALLER = "13800130082"


def told(core: LabCore, agent: str) -> list[dict[str, Any]]:
    """What the site was told of one desk."""
    about = [event["data"] for event in core.site_events if ".AgentStateChange." in event["type"]]
    return [data for data in about if data["agent"] == agent]


async def put(who: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with who.request(
        "PUT" if path.endswith("position") else "POST", path, json={"request_id": str(uuid4()), **body}
    ) as answer:
        shown: dict[str, Any] = await answer.json()
        assert answer.status == 200, shown
        return shown


async def seats(who: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    async with who.get("/api/v1/positions") as answer:
        return {each["position"]: each for each in (await answer.json())["items"]}


async def test_a_pause_takes_the_desk_out_of_the_queue_until_it_comes_back(
    stage: Stage, core: LabCore
) -> None:
    async with await stage.gateway.sign_in("call_taker") as taker:
        members = [name for name, seat in (await seats(taker)).items() if seat["state"] == "idle"]
        assert len(members) > 1
        first = members[0]
        await put(taker, "/api/v1/session/position", position=first)
        for _ in range(3):  # pressed again, paused once
            await put(taker, f"/api/v1/positions/{first}/pause", paused=True, reason="meal")
        await core.until(lambda: told(core, first) and told(core, first)[-1]["state"] == "paused")
        paused = told(core, first)[-1]
        assert (paused["reason"], paused["user"] is not None) == ("meal", True)
        assert len([data for data in told(core, first) if data["state"] == "paused"]) == 1
        assert (await seats(taker))[first]["order"] is None
        await stage.city.call(CallPlan(caller=CALLER, stay_s=2.0))
        await core.settled(CALLER)
        rang = [event["agent"] for event in core.story(CALLER).of("CallStateChange") if event["agent"]]
        assert rang
        assert first not in rang
        await put(taker, f"/api/v1/positions/{first}/pause", paused=False)
        await core.until(lambda: told(core, first)[-1]["state"] == "idle")
        async with taker.post(
            "/api/v1/positions/7777/pause", json={"request_id": str(uuid4()), "paused": True}
        ) as answer:
            assert answer.status == 403
    async with (
        await stage.gateway.sign_in("supervisor") as boss,
        boss.post(
            "/api/v1/positions/7777/pause", json={"request_id": str(uuid4()), "paused": True}
        ) as answer,
    ):
        assert (await answer.json())["error"]["code"] == "unknown_desk"
