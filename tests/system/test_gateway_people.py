"""People on the real thing: they sign in, decide, listen to the recording; each sees what the role may
see."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from gateway.testing.lab import CallPlan
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CALLER = "13800130081"


def request(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "request_id": str(uuid4()), "expected_rev": None, "data": data}


async def test_a_call_taker_decides_and_listens_and_nobody_else_sees_more_than_the_role_allows(
    stage: Stage, core: LabCore
) -> None:
    await stage.city.call(CallPlan(caller=CALLER, stay_s=3.0))
    await core.settled(CALLER)
    story = core.story(CALLER)
    recording = story.of("RecMediaStart")[0]["recording_id"]
    path = f"/api/v1/calls/{story.call_id}"
    async with await stage.gateway.sign_in("call_taker") as taker:
        decided = request("SetDisposition", **{"class": "non_police", "nature": "none", "note": "试线"})
        for _ in range(2):  # sent again, answered again, done once
            async with taker.post(f"{path}/requests", json=decided) as answer:
                assert (await answer.json())["outcome"] == "accepted"
        async with taker.get(f"{path}/recordings/{recording}/mix") as answer:
            assert (await answer.json())["error"]["code"] == "open_recording_first"
        opening = request("OpenRecording", recording_id=recording, purpose="核对地址")
        async with taker.post(f"{path}/requests", json=opening) as answer:
            assert answer.status == 200
        async with taker.get(f"{path}/recordings/{recording}/mix", headers={"Range": "bytes=0-11"}) as answer:
            assert answer.status == 206
            head = await answer.read()
            assert (head[:4], head[8:]) == (b"RIFF", b"WAVE")
        async with taker.get(path) as answer:
            shown = await answer.json()
            assert [each["fault"] for each in shown["recordings"]] == [None], "as long as the call"
            assert (shown["call"]["ani"], shown["call"]["disposition"]["class"]) == (CALLER, "non_police")
    async with await stage.gateway.sign_in("rule_operator") as operator, operator.get(path) as answer:
        text = await answer.text()
        assert CALLER not in text
        assert "138****0081" in text
    async with (
        await stage.gateway.sign_in("administrator") as administrator,
        administrator.get(path) as answer,
    ):
        assert answer.status == 403
    await core.until(lambda: story.last("DispositionSet"))
    assert len(story.of("DispositionSet")) == 1


async def test_what_people_decide_is_counted_while_the_gateway_runs_and_a_label_counts_before_it(
    stage: Stage, core: LabCore
) -> None:
    await stage.city.call(CallPlan(caller=CALLER, stay_s=3.0))
    await core.settled(CALLER)
    path = f"/api/v1/calls/{core.story(CALLER).call_id}/requests"
    async with await stage.gateway.sign_in("supervisor") as leader:

        async def ask(asked: dict[str, Any]) -> None:
            async with leader.post(path, json=asked) as answer:
                assert answer.status == 200, await answer.text()

        async def counted(**wanted: int) -> dict[str, Any]:
            async with asyncio.timeout(30):
                while True:
                    async with leader.get("/api/v1/quality") as answer:
                        told: dict[str, Any] = await answer.json()
                    if told["sums"].items() >= wanted.items():
                        return told
                    await asyncio.sleep(0.2)

        await counted(judged=1, decided=0)
        await ask(request("SetDisposition", **{"class": "non_police", "nature": "none"}))
        await counted(judged=1, decided=1, alarms=0)
        await ask(request("LabelCall", **{"class": "valid_alarm", "nature": "fight"}))
        told = await counted(judged=1, decided=1, alarms=1)
        assert told["natures"]["codes"][0]["code"] == "fight"
        async with leader.get("/api/v1/quality/corpus") as answer:
            (line,) = (await answer.text()).splitlines()
        assert json.loads(line)["gold"]["by"] == "label"
