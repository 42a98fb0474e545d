"""Another rule pack on the real thing: activated while somebody speaks, rolled back, and killed between; no
call notices."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.testing.lab import SCENES, Cache
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import faults
from gateway.testing.lab.scenes import Turn
from gateway.testing.lab.stage import ROOT, Stage
from gateway.testing.veto_sentences import sentences

pytestmark = pytest.mark.system

ROBBERY = next(scene for scene in SCENES if scene.id == "robbery")
LONG = ROBBERY.model_copy(
    update={"turns": (*ROBBERY.turns, Turn(who="caller", at=24.0, text="我要报警，我的包被人抢了"))}
)
VETOES = (
    ("v1", "zh", "家里着火了快来", "fire"), ("v2", "zh", "他拿刀砍人", "weapon"),
    ("v3", "en", "there is a fire in my kitchen", "fire"),
    *((one.name, "zh", one.text, *one.vetoes) for one in sentences()),
)  # fmt: skip
PACK = """\
rules:
  - id: zh.site.bag
    class: valid_alarm
    nature: robbery
    priority: 2
    weight: 0.3
    any: [我的包]
    explanation: {zh: 本地规则, en: A rule of this site}
    examples: {match: [我的包不见了], not: [面包不见了]}
"""
TESTED_WITHIN_S = 240.0


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The packs we ship, with a few sentences that the veto must hear."""
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "conf/rules", folder, ignore=shutil.ignore_patterns("corpus"))
    (folder / "corpus").mkdir()
    keys = ("id", "lang", "text", "vetoes")
    rows = [dict(zip(keys, (*row[:3], [row[3]]), strict=True)) for row in VETOES]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "corpus" / "vetoes.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache, rules: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path, cache=cache, rules=rules) as running:
        yield running


@dataclass
class People:
    """Who writes rules, and who approves them, signed in."""

    operator: aiohttp.ClientSession
    approver: aiohttp.ClientSession

    async def ask(self, who: aiohttp.ClientSession, kind: str, **data: Any) -> dict[str, Any]:
        body = {"type": kind, "request_id": str(uuid4()), "data": data}
        async with who.post("/api/v1/rules/requests", json=body) as answer:
            told: dict[str, Any] = await answer.json()
            assert answer.status == 200, told
            return told

    async def shown(self) -> dict[str, Any]:
        async with self.operator.get("/api/v1/rules") as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def approved(self) -> str:
        """A draft with one rule more: written, back-tested, submitted, approved by the other."""
        draft_id = str(uuid4())
        await self.ask(self.operator, "OpenDraft", draft_id=draft_id, files={"zh-site.yaml": PACK}, note="包")
        await self.ask(self.operator, "StartBackTest", draft_id=draft_id)
        async with asyncio.timeout(TESTED_WITHIN_S):
            while (draft := (await self.shown())["drafts"][0])["testing"]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert (draft["test"] or draft["test_fault"])["missed"] == 0
        await self.ask(self.operator, "SubmitDraft", draft_id=draft_id)
        await self.ask(self.approver, "ApproveDraft", draft_id=draft_id, hash=draft["content"]["hash"])
        return draft_id


async def sign_in(stage: Stage, stack: AsyncExitStack) -> People:
    return People(
        await stack.enter_async_context(await stage.gateway.sign_in("rule_operator")),
        await stack.enter_async_context(await stage.gateway.sign_in("rule_approver")),
    )


def packs_of(core: LabCore, number: str) -> list[str]:
    """The pack of each verdict on this caller's call, in order."""
    story = core.call(number)
    return [one["assessment"]["pack_hash"] for one in story.of("TriageAssessed")] if story else []


def cited(core: LabCore, number: str) -> set[str]:
    """Rules that a verdict on this caller's call rested on."""
    verdicts = core.story(number).of("TriageAssessed")
    return {found["rule_id"] for one in verdicts for found in one["assessment"]["findings"]}


async def test_a_pack_activated_while_somebody_speaks_judges_the_call_again_and_is_rolled_back(
    stage: Stage, core: LabCore
) -> None:
    async with AsyncExitStack() as stack:
        people = await sign_in(stage, stack)
        first = (await people.shown())["active"]["content"]
        draft_id = await people.approved()
        await stage.city.call(LONG)
        await core.until(lambda: packs_of(core, LONG.caller))
        assert packs_of(core, LONG.caller)[-1] == first["pack_hash"]
        before = len(packs_of(core, LONG.caller))
        await people.ask(people.approver, "ActivateDraft", draft_id=draft_id, reason="试验")
        second = (await people.shown())["active"]["content"]
        await core.until(lambda: second["pack_hash"] in packs_of(core, LONG.caller)[before:])
        story = core.story(LONG.caller)
        assert story.last("CallEnd") is None  # it was still open
        await core.until(lambda: "zh.site.bag" in cited(core, LONG.caller))
        await people.ask(people.approver, "RollBack", reason="试验结束")
        await core.until(lambda: packs_of(core, LONG.caller)[-1] == first["pack_hash"])
        await core.settled(LONG.caller, seconds=60.0)
        assert faults(LONG, core.story(LONG.caller)) == []
        steps = [event["data"]["step"] for event in core.site_events if "RulePackChange" in event["type"]]
        assert steps[-3:] == ["approved", "activated", "rolled_back"]
        assert (await people.shown())["active"]["version"] == 1
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []


async def test_killed_right_after_an_activation_the_next_gateway_judges_the_open_call_by_the_new_pack(
    stage: Stage, core: LabCore
) -> None:
    async with AsyncExitStack() as stack:
        people = await sign_in(stage, stack)
        draft_id = await people.approved()
        await stage.city.call(LONG)
        await core.until(lambda: packs_of(core, LONG.caller))
        await people.ask(people.approver, "ActivateDraft", draft_id=draft_id, reason="试验")
        await stage.gateway.kill()
    await stage.gateway.start()
    async with AsyncExitStack() as stack:
        people = await sign_in(stage, stack)
        shown = await people.shown()
        assert (shown["active"]["version"], shown["running"]) == (2, shown["active"]["content"]["hash"])
        await core.settled(LONG.caller, seconds=60.0)
        await core.until(lambda: packs_of(core, LONG.caller)[-1] == shown["active"]["content"]["pack_hash"])
    assert faults(LONG, core.story(LONG.caller)) == []
    assert core.report.gaps.missing == 0
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []
