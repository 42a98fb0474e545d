"""The rule workshop over HTTP, on the real loop and engine: a draft's whole way, and what stops it."""

from __future__ import annotations

import uuid

import pytest

from gateway.triage.model import VetoCode
from gateway.web import rule_request_schema, rule_schema, rule_trials

from .rule_workshop import API, MORE, VETOES, Workshop, workshop
from .site import POST, Site, a_call, said

__all__ = ["workshop"]


async def test_a_draft_is_written_tested_approved_by_another_and_activated(workshop: Workshop) -> None:
    draft_id = await workshop.approved()
    told = await workshop.ask("StartShadow", "rule_approver", draft_id=draft_id)
    assert told["outcome"] == "accepted"
    told = await workshop.ask("ActivateDraft", "rule_approver", draft_id=draft_id)
    assert told["outcome"] == "accepted"
    shown = await workshop.get("")
    assert (shown["active"]["version"], shown["active"]["note"]) == (2, "路灯")
    assert shown["running"] == shown["active"]["content"]["hash"] == workshop.packs.running.pack
    assert (shown["previous"]["version"], shown["drafts"]) == (1, [])
    told = await workshop.ask("RollBack", "rule_approver", reason="漏警")
    assert told["outcome"] == "accepted"
    assert (await workshop.get(""))["active"]["version"] == 1
    history = await workshop.get("/history")
    rule_schema.HistoryList.model_validate(history)
    assert [line["type"] for line in history["items"]] == [
        "RollBack", "ActivateDraft", "StartShadow", "ApproveDraft", "SubmitDraft", "BackTested",
        "StartBackTest", "OpenDraft", "PackSeeded",
    ]  # fmt: skip
    assert (await workshop.get("/history", limit="1", before=str(history["items"][1]["seq"])))["items"][0][
        "type"
    ] == "StartShadow"


async def test_what_the_reader_may_do_now_is_shown_with_the_reason_why_not(workshop: Workshop) -> None:
    draft_id = await workshop.open()
    ways = {way["type"]: way["refused"] for way in (await workshop.draft(draft_id))["ways"]}
    assert (ways["EditDraft"], ways["SubmitDraft"], ways["ApproveDraft"]) == (None, "not_tested", "forbidden")
    await workshop.tested(draft_id)
    assert (await workshop.ask("SubmitDraft", draft_id=draft_id))["outcome"] == "accepted"
    ways = {way["type"]: way["refused"] for way in (await workshop.draft(draft_id, "rule_approver"))["ways"]}
    assert (ways["ApproveDraft"], ways["SubmitDraft"], ways["ActivateDraft"]) == (
        None, "forbidden", "wrong_status",
    )  # fmt: skip


async def test_who_may_do_both_does_not_approve_his_own_draft(workshop: Workshop) -> None:
    both = "rule_operator rule_approver"
    draft_id = str(uuid.uuid4())
    await workshop.ask("OpenDraft", both, draft_id=draft_id, files={"zh-test.yaml": MORE}, note="")
    await workshop.tested(draft_id)
    await workshop.ask("SubmitDraft", both, draft_id=draft_id)
    content = (await workshop.draft(draft_id))["content"]["hash"]
    told = await workshop.ask("ApproveDraft", both, draft_id=draft_id, hash=content)
    assert told["error"]["code"] == "own_draft"
    told = await workshop.ask("ApproveDraft", both, "another", draft_id=draft_id, hash=content)
    assert told["outcome"] == "accepted"


@pytest.mark.parametrize("role", ["call_taker", "administrator", "wall"])
async def test_who_does_not_work_on_rules_sees_none(site: Site, role: str) -> None:
    client = await site.signed_in(role)
    for path in ("", "/packs", "/history", "/packs/active/tree"):
        assert (await client.get(f"{API}{path}")).status == 403


async def test_a_supervisor_looks_and_changes_nothing(workshop: Workshop) -> None:
    assert (await workshop.get("", "supervisor"))["active"]["version"] == 1
    assert (await workshop.ask("RollBack", "supervisor"))["error"]["code"] == "forbidden"


async def test_files_are_edited_on_what_was_seen_and_taken_out_with_null(workshop: Workshop) -> None:
    draft_id = await workshop.open()
    seen = (await workshop.draft(draft_id))["content"]["hash"]
    edit = {"draft_id": draft_id, "files": {"zh-more.yaml": "rules: []\n"}, "expected_hash": seen}
    told = await workshop.ask("EditDraft", **edit)
    rule_request_schema.RuleAnswer.model_validate(told)
    assert (await workshop.draft(draft_id))["changed"] == ["zh-more.yaml", "zh-test.yaml"]
    assert (await workshop.ask("EditDraft", **edit))["error"]["code"] == "stale_rev"
    await workshop.ask("EditDraft", draft_id=draft_id, files={"zh-more.yaml": None})
    draft = await workshop.draft(draft_id)
    assert (draft["changed"], draft["content"]["hash"]) == (["zh-test.yaml"], seen)
    bad = await workshop.ask("EditDraft", draft_id=draft_id, files={"../etc.yaml": ""})
    assert bad["error"]["code"] == "invalid"
    unknown = await workshop.ask("EditDraft", draft_id=str(uuid.uuid4()), files={})
    assert unknown["error"]["code"] == "unknown_draft"


async def test_a_draft_that_does_not_compile_is_kept_and_not_submitted(workshop: Workshop) -> None:
    draft_id = await workshop.open(MORE.replace("non_police", "no_police"))
    told = await workshop.ask("SubmitDraft", draft_id=draft_id)
    assert told["error"]["code"] == "unusable_pack"
    assert "zh-test.yaml" in told["error"]["message"]


async def test_a_draft_takes_over_what_was_activated_meanwhile(workshop: Workshop) -> None:
    behind = str(uuid.uuid4())
    await workshop.ask(
        "OpenDraft", draft_id=behind, files={"zh-other.yaml": "harmless: [火锅]\n"}, note="火锅"
    )
    first = await workshop.approved()
    await workshop.ask("ActivateDraft", "rule_approver", draft_id=first, reason="急")
    assert (await workshop.draft(behind))["stale"]
    told = await workshop.ask("EditDraft", draft_id=behind, take_over=True)
    assert told["conflicts"] == []
    draft = await workshop.draft(behind)
    assert (draft["stale"], draft["changed"]) == (False, ["zh-other.yaml"])


async def test_packs_files_tree_and_differences_are_read_by_name_or_hash(workshop: Workshop) -> None:
    draft_id = await workshop.open()
    listed = (await workshop.get("/packs"))["items"]
    assert {(item["active"], item["version"]) for item in listed} == {(True, 1), (False, None)}
    content = (await workshop.draft(draft_id))["content"]["hash"]
    for name in (draft_id, content, content[:12]):
        shown = await workshop.get(f"/packs/{name}")
        rule_schema.PackFiles.model_validate(shown)
        assert shown["hash"] == content
    file = await workshop.get(f"/packs/{draft_id}/file", name="zh-test.yaml")
    assert file["text"] == MORE
    tree = await workshop.get(f"/packs/{draft_id}/tree", days="30")
    rule_schema.RuleTree.model_validate(tree)
    assert [(rule["id"], rule["line"], rule["fired"]) for rule in tree["rules"]] == [
        ("zh.test.fight", 4, 0), ("zh.test.lamp", 12, 0),
    ]  # fmt: skip
    assert len(tree["vetoes"]) == len(VETOES)
    diff = await workshop.get("/diff", after=draft_id)
    rule_schema.PackDiff.model_validate(diff)
    assert [(change["name"], change["kind"]) for change in diff["changes"]] == [("zh.test.lamp", "added")]
    client = await workshop.client()
    for path in ("/packs/shadow", "/packs/0123456789", "/packs/x", "/packs/active/file?name=zh-no.yaml"):
        assert (await client.get(f"{API}{path}")).status == 404, path


async def test_the_folder_is_imported_as_a_draft(workshop: Workshop) -> None:
    draft_id = str(uuid.uuid4())
    told = await workshop.ask("OpenDraft", draft_id=draft_id, origin="folder", note="升级")
    assert told["outcome"] == "accepted"
    assert (await workshop.draft(draft_id))["changed"] == []


async def test_a_pack_is_checked_while_it_is_written(workshop: Workshop) -> None:
    told = await workshop.post("/validate", {"files": {"zh-test.yaml": MORE}})
    rule_schema.Validated.model_validate(told)
    assert (told["ok"], told["changed"], told["touches_veto"]) == (True, ["zh-test.yaml"], False)
    told = await workshop.post("/validate", {"files": {"zh-test.yaml": MORE.replace("lamp\n", "Lamp\n")}})
    assert not told["ok"]
    first = told["problems"][0]
    assert (first["file"], first["line"] > 0, bool(first["what_zh"]), bool(first["cure_en"])) == (
        "zh-test.yaml", True, True, True,
    )  # fmt: skip


async def test_a_text_is_judged_by_the_draft_and_by_the_active_pack(workshop: Workshop) -> None:
    draft_id = await workshop.open()
    told = await workshop.post("/try", {"pack": draft_id, "turns": [{"text": "我们小区路灯坏了"}]})
    rule_schema.Tried.model_validate(told)
    assert (told["assessment"]["class"], told["active"]["class"], told["flipped"]) == (
        "non_police", "unsure", True,
    )  # fmt: skip
    (finding,) = told["assessment"]["findings"]
    span = finding["span"]
    assert told["utterances"][0]["text"][span["start"] : span["end"]] == "路灯坏了"
    broken = {"pack": draft_id, "files": {"zh-test.yaml": "rules: {"}, "turns": [{"text": "一"}]}
    assert (await workshop.post("/try", broken))["error"]["code"] == "unusable_pack"
    assert (await workshop.post("/try", {}))["error"]["code"] == "invalid"


async def test_a_stored_call_is_judged_with_places_covered_for_who_may_not_see_them(
    workshop: Workshop,
) -> None:
    call = a_call(1, ended=True)
    await workshop.site.put_call(call, segments=(said(0, "建国路88号楼下有人打架"),))
    told = await workshop.post("/try", {"call_id": call.call_id})
    assert told["assessment"]["nature"] == "fight"
    assert "建国路88号" not in str(told)
    missing = await workshop.post("/try", {"call_id": "nobody"})
    assert missing["error"]["code"] == "unknown_call"


async def test_too_many_trials_at_a_time_are_told_to_come_again_and_calls_go_first(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_trials, "WAITING", -rule_trials.AT_ONCE)
    for path in ("/validate", "/try"):
        body = {"files": {}} if path == "/validate" else {"turns": [{"text": "一"}]}
        assert (await workshop.post(path, body))["error"]["code"] == "busy"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("fire or gas: fires on 2 of 3, the active pack on 3.", "Your role does not allow this.")),
        ("zh-CN", ("火或燃气：3句只响了2句，启用的规则响了3句。", "您的角色无权执行此操作。")),
    ],
)
async def test_why_a_step_cannot_be_taken_is_told_in_the_readers_language(
    workshop: Workshop, language: str, words: tuple[str, str]
) -> None:
    draft_id = await workshop.open()
    await workshop.tested(draft_id, {VetoCode.FIRE: 2}, vetoes_missed=1)
    client = await workshop.client()
    shown = await (await client.get(API, headers={"Accept-Language": language})).json()
    ways = {
        way["type"]: way["text_en" if language == "en" else "text_zh"] for way in shown["drafts"][0]["ways"]
    }
    assert ways["SubmitDraft"].endswith(words[0])
    assert ways["ApproveDraft"] == words[1]
    body = {"type": "SubmitDraft", "request_id": str(uuid.uuid4()), "data": {"draft_id": draft_id}}
    refused = await client.post(f"{API}/requests", json=body, headers={**POST, "Accept-Language": language})
    assert (await refused.json())["error"]["message"] == ways["SubmitDraft"]
    coverage = {one["code"]: one for one in shown["drafts"][0]["test"]["veto_codes"]}
    assert coverage["fire"] == {"code": "fire", "sentences": 3, "fired": 2, "missed": 1, "active": 3}
