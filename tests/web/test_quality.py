"""The quality watch as pages read it."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from gateway.calls.model import CallSession, Disposition, TriageSummary
from gateway.calls.signals import CallEnded, LabelCall
from gateway.store import quality
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.web import quality_schema

from .site import NOON, POST, Client, Site, a_call, said

ALARM, CIVIL = AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE


OLD, NEW = "a" * 64, "b" * 64


def judged(number: int, verdict_is: AlarmClass, person: AlarmClass | None, pack: str = OLD) -> CallSession:
    verdict = TriageSummary(
        alarm_class=verdict_is, nature=Nature.THEFT, priority=3, department=Department.LABOUR_BUREAU,
        pack_hash=pack, segments=1,
    )  # fmt: skip
    decided = person and Disposition(
        alarm_class=person, nature=Nature.THEFT, department=Department.LABOUR_BUREAU, note="", by="t", at=NOON
    )
    return replace(a_call(number, ended=True), triage=verdict, disposition=decided)


async def filled(site: Site, *calls: CallSession) -> None:
    for call in calls:
        await site.put_call(call)
        await site.journal(CallEnded(call_id=call.call_id, at=NOON))
    await quality.follow(site.store.database, ZoneInfo("Asia/Shanghai"))


async def told(client: Client, path: str, **query: str) -> Any:
    answered = await client.get(f"/api/v1/quality{path}", params=query)
    assert answered.status == 200, await answered.text()
    return await answered.json()


async def test_figures_are_told_by_day_with_precision_and_recall(site: Site) -> None:
    await filled(site, judged(1, ALARM, ALARM), judged(2, ALARM, CIVIL), judged(3, CIVIL, None))
    shown = await told(await site.signed_in("rule_operator"), "", days="7")
    assert (shown["since"], shown["until"]) == ("2025-12-30", "2026-01-05")
    assert shown["sums"]["judged"] == 3
    assert shown["sums"]["precision_alarm"] == 0.5
    codes = {name: shown[name]["codes"] for name in ("classes", "natures", "departments")}
    assert shown["periods"] == [{"since": "2026-01-05", "until": "2026-01-05", "sums": shown["sums"]} | codes]
    assert shown["waiting"] == {"missed": 0, "class": 1, "nature": 0, "department": 0}
    assert shown["bands"] == []


async def test_figures_are_told_pack_by_pack_and_of_one_alone(site: Site) -> None:
    await filled(site, judged(1, CIVIL, ALARM), judged(2, ALARM, ALARM, NEW), judged(3, ALARM, ALARM, NEW))
    client = await site.signed_in("rule_operator")
    shown = await told(client, "", days="7")
    quality_schema.QualityShown.model_validate(shown)
    packs = {one["pack_hash"]: one["sums"] for one in shown["packs"]}
    assert {pack: (one["judged"], one["missed"]) for pack, one in packs.items()} == {OLD: (1, 1), NEW: (2, 0)}
    assert (shown["sums"]["judged"], shown["pack"]) == (3, None)
    alone = await told(client, "", days="7", pack=NEW)
    assert (alone["sums"], alone["pack"], len(alone["packs"])) == (packs[NEW], NEW, 2)
    refused = await client.get("/api/v1/quality", params={"pack": "x"})
    assert refused.status == 422


async def test_silent_rules_of_the_active_pack_are_named(site: Site) -> None:
    site.active_rules = ["never-fires"]
    shown = await told(await site.signed_in("administrator"), "/rules")
    assert shown["silent"] == ["never-fires"]
    assert shown["items"][0]["last_fired"] is None


async def test_disagreements_come_page_by_page_and_a_label_is_asked_of_the_call(site: Site) -> None:
    await filled(site, judged(1, CIVIL, ALARM), judged(2, ALARM, CIVIL), judged(3, ALARM, ALARM))
    client = await site.signed_in("rule_operator")
    first = await told(client, "/disagreements", limit="1")
    (line,) = first["items"]
    assert (line["about"], line["pairs"], line["rules"]["class"]) == (
        "missed",
        ["rules-person"],
        "non_police",
    )
    assert line["model"] is None
    second = await told(client, "/disagreements", limit="1", cursor=first["next"])
    assert (second["items"][0]["about"], second["next"]) == ("class", None)
    body = {
        "type": "LabelCall", "request_id": str(uuid.uuid4()),
        "data": {"class": "valid_alarm", "nature": "fraud", "note": "听录音确认"},
    }  # fmt: skip
    answered = await client.post(f"/api/v1/calls/{line['call_id']}/requests", json=body, headers=POST)
    assert answered.status == 200, await answered.text()
    (asked,) = site.asked
    assert isinstance(asked, LabelCall)
    assert (asked.nature, asked.note) == (Nature.FRAUD, "听录音确认")


async def test_who_may_not_label_sees_no_queue_and_labels_nothing(site: Site) -> None:
    await filled(site, judged(1, CIVIL, ALARM))
    taker = await site.signed_in("call_taker")
    for path in ("", "/rules", "/disagreements"):
        assert (await taker.get(f"/api/v1/quality{path}")).status == 403
    body = {
        "type": "LabelCall", "request_id": str(uuid.uuid4()),
        "data": {"class": "valid_alarm", "nature": "fraud"},
    }  # fmt: skip
    path = f"/api/v1/calls/{a_call(1).call_id}/requests"
    assert (await taker.post(path, json=body, headers=POST)).status == 403
    machines = await site.signed_in("administrator")
    assert (await machines.get("/api/v1/quality")).status == 200
    assert (await machines.get("/api/v1/quality/disagreements")).status == 403


async def test_a_cursor_that_is_none_is_refused(site: Site) -> None:
    client = await site.signed_in("supervisor")
    answered = await client.get("/api/v1/quality/disagreements", params={"cursor": "AAAA"})
    assert (answered.status, (await answered.json())["error"]["field"]) == (422, "cursor")


async def test_metrics_tell_verdicts_against_what_people_decided(site: Site) -> None:
    await filled(site, judged(1, CIVIL, ALARM), judged(2, ALARM, ALARM))
    text = await (await (await site.open_client()).get("/metrics")).text()
    assert 'intake110_verdict_calls{of="class",said="non_police",true="valid_alarm"} 1.0' in text
    assert 'intake110_judged_calls{what="missed"} 1.0' in text


async def corpus_of(site: Site, roles: str) -> list[dict[str, Any]]:
    answered = await (await site.signed_in(roles)).get("/api/v1/quality/corpus")
    assert answered.status == 200
    return [json.loads(line) for line in (await answered.text()).splitlines()]


async def test_the_corpus_hides_numbers_and_places_from_who_may_not_see_them(site: Site) -> None:
    call = judged(1, CIVIL, ALARM)
    words = "我在建国路八十八号，电话幺三八零零幺三八零零零，车牌苏E12345，有人打架"
    await site.put_call(call, segments=(said(0, words),))
    await filled(site, judged(2, CIVIL, None))
    await site.journal(CallEnded(call_id=call.call_id, at=NOON))
    await quality.follow(site.store.database, ZoneInfo("Asia/Shanghai"))
    (line,) = await corpus_of(site, "rule_operator")
    assert line["gold"] == {
        "class": "valid_alarm", "nature": "theft", "department": None, "by": "disposition",
    }  # fmt: skip
    (turn,) = line["turns"]
    assert turn["s"] == "caller"
    assert "有人打架" in turn["t"]
    assert len(turn["t"]) == len(words)
    for hidden in ("幺三八", "E12345", "建国路"):
        assert hidden not in turn["t"]
    (whole,) = await corpus_of(site, "supervisor")
    assert whole["turns"][0]["t"] == words
    assert (await (await site.signed_in("administrator")).get("/api/v1/quality/corpus")).status == 403
