"""`intake110 rules …` against a backend that runs: a draft's whole way from the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from gateway.cli import build
from gateway.rulebook.reducer import owed
from gateway.testing.veto_sentences import sentences
from gateway.triage.packfile import content_hash
from gateway.triage.tried_on import Corpora

from .rule_workshop import MORE, VETOES, Workshop, taught, workshop
from .site import PASSWORD, a_call, said

__all__ = ["workshop"]


async def run(workshop: Workshop, who: str, *arguments: str) -> Result:
    """The command in a thread of its own, as it has an event loop of its own."""
    client = await workshop.client()
    url = str(client.make_url("/"))
    told = ["rules", *arguments, "--url", url, "-u", who, "--password-stdin"]
    return await asyncio.to_thread(CliRunner().invoke, build(["rules"]), told, input=f"{PASSWORD}\n")


async def done(workshop: Workshop, who: str, *arguments: str) -> Any:
    result = await run(workshop, who, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return body(result)


def body(result: Result) -> Any:
    """The JSON of a command; before it stands what the backend logs, which is here in the same process."""
    return json.loads(result.stdout.splitlines()[-1])


def folder_of(tmp_path: Path) -> Path:
    for name, text in {**VETOES, "zh-test.yaml": MORE.encode()}.items():
        file = tmp_path / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return tmp_path / "rules"


async def test_a_folder_becomes_the_active_pack_by_two_people_and_is_rolled_back(
    workshop: Workshop, tmp_path: Path
) -> None:
    await workshop.site.add_user("wang", "rule_operator")
    await workshop.site.add_user("li", "rule_approver")
    await workshop.site.put_call(a_call(1, ended=True), segments=(said(0, "小区路灯坏了"),))
    workshop.material.tried_on = Corpora(vetoes=sentences())
    folder = folder_of(tmp_path)
    differs = await run(workshop, "wang", "diff", "--rules", str(folder))
    assert "+ zh.test.lamp  (zh-test.yaml:12)" in differs.stdout
    draft_id = (await done(workshop, "wang", "import", str(folder), "--note", "路灯"))["draft_id"]
    early = await run(workshop, "wang", "submit", draft_id, "--json")
    assert (early.exit_code, body(early)["code"]) == (1, "not_tested")
    performing = asyncio.ensure_future(perform(workshop))
    tested = await done(workshop, "wang", "backtest", draft_id[:13])
    await performing
    assert (tested["ok"], tested["missed"], tested["flips"][0]["text"]) == (True, 0, "小区路灯坏了")
    await done(workshop, "wang", "submit", draft_id)
    assert "1 part differs" in (await run(workshop, "li", "diff", "active", draft_id)).stdout
    await done(workshop, "li", "approve", draft_id)
    assert draft_id in (await run(workshop, "li", "drafts")).stdout
    await done(workshop, "li", "shadow", draft_id)
    await done(workshop, "li", "activate", draft_id)
    assert workshop.packs.book.versions == 2
    assert (await done(workshop, "li", "rollback", "--reason", "漏警"))["active"]["version"] == 1
    steps = await done(workshop, "li", "history", "--limit", "3")
    assert [line["type"] for line in steps["items"]] == ["RollBack", "ActivateDraft", "StartShadow"]


async def perform(workshop: Workshop) -> None:
    """What the house does when a back-test becomes owed."""
    async with asyncio.timeout(30):
        while not owed(workshop.packs.book):  # noqa: ASYNC110 (the command asks in its own time)
            await asyncio.sleep(0.01)
    (effect,) = owed(workshop.packs.book)
    for signal in await workshop.made.back_tests.perform(effect):
        await workshop.intake.settled(signal)


async def test_a_refusal_ends_the_command_with_its_words_and_code_1(workshop: Workshop) -> None:
    await workshop.site.add_user("wang", "rule_operator")
    refused = await run(workshop, "wang", "rollback")
    assert (refused.exit_code, "role does not allow" in refused.stderr) == (1, True)
    nobody = await run(workshop, "nobody", "drafts", "--json")
    assert (nobody.exit_code, body(nobody)["code"]) == (1, "bad_credentials")
    unknown = await run(workshop, "wang", "withdraw", "0123", "--json")
    assert "no draft under way begins with 0123" in body(unknown)["error"]


async def test_a_model_is_installed_by_command_shown_and_taken_back_by_its_hash(
    workshop: Workshop, tmp_path: Path
) -> None:
    await workshop.site.add_user("li", "rule_approver")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        for file, data in taught(name).items():
            (tmp_path / name / file).write_bytes(data)
        told = await done(workshop, "li", "install-opinion", str(tmp_path / name), "--reason", "新的一年")
        assert told["name"].startswith(f"{name}:")
    shown = await run(workshop, "li", "opinion")
    assert "second " in shown.stdout
    first = content_hash(taught("first"))
    assert (await done(workshop, "li", "install-opinion", "--hash", first[:8]))["hash"] == first
    used = (await done(workshop, "li", "opinion"))["in_use"]
    assert (used["hash"], used["by"]) == (first, "li")
    again = await run(workshop, "li", "install-opinion", str(tmp_path / "first"), "--json")
    assert (again.exit_code, body(again)["code"]) == (1, "same_opinion")
    unknown = await run(workshop, "li", "install-opinion", "--hash", "0000", "--json")
    assert (unknown.exit_code, body(unknown)["code"]) == (1, "unknown_opinion")
    (tmp_path / "first" / "weights.npz").write_bytes(b"spoilt")
    spoilt = await run(workshop, "li", "install-opinion", str(tmp_path / "first"), "--json")
    assert (spoilt.exit_code, body(spoilt)["code"]) == (1, "unusable_model")
