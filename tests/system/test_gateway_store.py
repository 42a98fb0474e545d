"""The database is away, or another one: what people see, and that nothing is lost."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from gateway.testing.lab import SCENES, Cache, CallPlan, LabPostgres
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import faults
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

_WHOLE = next(scene for scene in SCENES if scene.id == "crash")
CRASH = _WHOLE.model_copy(update={"turns": _WHOLE.turns[:2]})
"""Its first words alone: five seconds."""


async def news(session: aiohttp.ClientSession) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """Live news as a page gets them."""
    async with session.get("/api/v1/stream") as stream:
        kind = ""
        async for line in stream.content:
            name, _, value = line.decode().rstrip().partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)


async def next_of(wanted: str, told: AsyncIterator[tuple[str, dict[str, object]]]) -> object:
    return await anext(data["ok"] async for kind, data in told if kind == wanted)


async def test_a_locked_database_is_told_as_not_saved_and_loses_nothing(stage: Stage, core: LabCore) -> None:
    path = stage.gateway.store_url.partition("///")[2]
    async with await stage.gateway.sign_in("call_taker") as session, asyncio.timeout(40):
        told = news(session)
        assert (await anext(told))[0] == "hello"
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            call = await stage.city.call(CallPlan(caller="13800130071", stay_s=4.0))
            assert await next_of("saving", told) is False
            other.execute("ROLLBACK")
        assert await next_of("saving", told) is True
        await call.ended()
    await core.settled("13800130071")
    story = core.story("13800130071")
    assert story.of("CallEnd")[0]["end_reason"] == "COMPLETED"
    assert len(story.recordings()) == 3
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []


async def test_one_call_whole_on_postgresql(tmp_path: Path, cache: Cache) -> None:
    async with (
        LabPostgres(cache=cache, durable=False) as postgres,
        Stage(tmp_path, cache=cache, store_url=postgres.url) as stage,
        LabCore(stage.broker) as core,
    ):
        await stage.city.call(CRASH)
        await core.settled(CRASH.caller)
        assert faults(CRASH, core.story(CRASH.caller)) == []
        await stage.gateway.stop()
        assert await faults_in_books(postgres.url) == []
