from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.signals import ConfirmCardField, OpenRecording, SetCardField, SetDisposition, VetoFired
from gateway.desk.board import assessment_json
from gateway.journal.codec import encode, to_text
from gateway.ports import AssessmentRow, Commit, OutboxRow
from gateway.runtime.answers import Accepted, Answer, Busy, Refused
from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Assessment, Department, Nature, Span, Veto, VetoCode
from gateway.web.calls import read_cursor, write_cursor
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_event, masked_fields
from gateway.web.schema import CallDetail, CallList

from .site import CARD, NOON, POST, Client, Site, a_call, said

CALL = a_call().call_id
REQUESTS = f"/api/v1/calls/{CALL}/requests"


async def lines(client: Client, **query: str) -> list[dict[str, Any]]:
    answered = await client.get("/api/v1/calls", params=query)
    assert answered.status == 200, await answered.text()
    body = await answered.json()
    CallList.model_validate(body)
    items: list[dict[str, Any]] = body["items"]
    return items


# ---- lists


async def test_the_board_shows_live_calls_with_place_and_last_words(site: Site) -> None:
    await site.put_call(a_call(1), CARD, (said(0, "有人抢劫"), said(1, "快来", 5000)))
    await site.put_call(a_call(2, ended=True))
    (line,) = await lines(await site.signed_in(), state="live")
    assert (line["call_id"], line["state"], line["ani"]) == (CALL, "ANSWERED", "13800138000")
    assert (line["location"], line["last_text"], line["last_speaker"]) == ("建国路88号", "快来", "caller")


async def test_ended_calls_come_in_pages_that_neither_skip_nor_repeat(site: Site) -> None:
    for number in range(1, 6):
        await site.put_call(a_call(number, ended=True))
    client, seen, cursor = await site.signed_in(), [], ""
    while cursor is not None:
        query = {"state": "ended", "limit": "2", **({"cursor": cursor} if cursor else {})}
        body = await (await client.get("/api/v1/calls", params=query)).json()
        seen += [item["call_id"] for item in body["items"]]
        cursor = body["next"]
    assert seen == [a_call(number).call_id for number in (5, 4, 3, 2, 1)]


async def test_who_may_not_see_numbers_neither_sees_them_nor_finds_by_them(site: Site) -> None:
    await site.put_call(a_call(1, ended=True))
    rules, desk = await site.signed_in("rule_operator"), await site.signed_in("call_taker")
    assert [line["ani"] for line in await lines(rules, state="ended")] == ["138****8000"]
    assert await lines(rules, state="ended", q="13800138000") == []
    assert len(await lines(desk, state="ended", q="13800138000")) == 1


async def test_the_wall_sees_no_call(site: Site) -> None:
    await site.put_call(a_call(1), CARD, (said(0, "有人抢劫"),))
    wall = await site.signed_in("wall")
    assert (await wall.get("/api/v1/calls?state=live")).status == 403
    assert (await wall.get(f"/api/v1/calls/{CALL}")).status == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "state"), ({"state": "all"}, "state"), ({"state": "ended", "limit": "0"}, "limit"),
     ({"state": "ended", "cursor": "%%%"}, "cursor"), ({"state": "live", "page": "2"}, "page")],
)  # fmt: skip
async def test_a_question_that_makes_no_sense_is_told_with_its_place(
    site: Site, query: dict[str, str], field: str
) -> None:
    answered = await (await site.signed_in()).get("/api/v1/calls", params=query)
    assert answered.status == 422
    assert (await answered.json())["error"]["field"] == field


def test_a_cursor_comes_back_as_it_was_and_a_forged_one_is_refused() -> None:
    from gateway.store.reads import Cursor

    cursor = Cursor(seized_at=NOON, call_id=CALL)
    assert read_cursor(write_cursor(cursor)) == cursor
    for forged in ("", "AAAA", "MjAyNi0wMS0wNVQxMjowMDowMCB4"):
        with pytest.raises(ApiError):
            read_cursor(forged)


# ---- one call


def a_veto() -> Veto:
    return Veto(
        code=VetoCode.WEAPON, segment_index=0, speaker=Leg.CALLER, span=Span(start=1, end=2), quote="刀",
        started_ms=100, ended_ms=200, list_hash="h", partial=True,
    )  # fmt: skip


def an_assessment() -> Assessment:
    return Assessment(
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.ROBBERY, priority=1, department=None,
        nature_alternatives=((Nature.ROBBERY, 0.9),), department_reason_zh=None, department_reason_en=None,
        partners=(), findings=(), vetoes=(), extracted=(), next_question_zh=None, next_question_en=None,
        pack_hash="p", veto_hash="v", basis="text",
    )  # fmt: skip


async def test_a_call_comes_whole(site: Site) -> None:
    await site.put_call(a_call(1, archive=site.settings.archive), CARD, (said(0, "有人持刀"),))
    assessment = AssessmentRow(call_id=CALL, segments=1, at=NOON, payload=to_text(encode(an_assessment())))
    await site.store.commit(Commit(assessments=[assessment]))
    await site.journal(VetoFired(call_id=CALL, at=NOON, veto=a_veto()))
    body = await (await (await site.signed_in()).get(f"/api/v1/calls/{CALL}")).json()
    CallDetail.model_validate(body)
    assert body["call"]["last_text"] == "有人持刀"
    assert body["card"]["fields"]["caller_number"][0]["value"] == "13800138000"
    assert [segment["text"] for segment in body["segments"]] == ["有人持刀"]
    assert body["assessment"] == assessment_json(an_assessment())
    assert body["vetoes"] == [encode(a_veto())]
    assert body["recordings"][0]["parts"][0]["part"] == "mix"
    assert str(site.settings.archive) not in json.dumps(body)


async def test_numbers_on_the_card_are_masked_by_role(site: Site) -> None:
    await site.put_call(a_call(1), CARD)
    body = await (await (await site.signed_in("rule_operator")).get(f"/api/v1/calls/{CALL}")).json()
    fields = body["card"]["fields"]
    assert fields["caller_number"][0]["value"] == "138****8000"
    assert fields["phone"][0]["value"] == "139****5678、057****0000"
    assert body["call"]["ani"] == "138****8000"


async def test_a_call_that_is_not_there_is_not_found(site: Site) -> None:
    assert (await (await site.signed_in()).get("/api/v1/calls/hz-p1-9.9")).status == 404


async def test_events_come_in_order_page_by_page_and_masked(site: Site) -> None:
    def event(seq: int, data: dict[str, Any]) -> OutboxRow:
        payload = json.dumps({"id": f"{CALL}:{seq}", "data": data}).encode()
        return OutboxRow(
            site_seq=seq, call_id=CALL, call_seq=seq, event_id=f"{CALL}:{seq}", topic="t", payload=payload,
            expiry_s=None, at=NOON,
        )  # fmt: skip

    await site.store.commit(Commit(outbox=[event(1, {"ani": "13800138000"}), event(2, {}), event(3, {})]))
    client = await site.signed_in("rule_operator")
    first = await (await client.get(f"/api/v1/calls/{CALL}/events?limit=2")).json()
    rest = await (await client.get(f"/api/v1/calls/{CALL}/events?limit=2&cursor={first['next']}")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [f"{CALL}:{seq}" for seq in (1, 2, 3)]
    assert first["items"][0]["data"] == {"ani": "138****8000"}
    assert rest["next"] is None


def test_masking_reaches_card_updates_in_events_and_leaves_the_rest() -> None:
    data = {
        "fields": [{"name": "phone", "value": "13912345678"}, {"name": "plate", "value": "浙A12345"}],
        "ani": None,
    }
    shown = masked_event(data, frozenset())
    assert shown["fields"] == [
        {"name": "phone", "value": "139****5678"},
        {"name": "plate", "value": "浙A12345"},
    ]
    assert shown["ani"] is None
    assert masked_event(data, frozenset({Permission.SEE_NUMBERS})) == data
    assert masked_fields({"phone": []}, frozenset()) == {"phone": []}


# ---- people's writes


def request(kind: str = "SetCardField", request_id: str | None = None, **data: Any) -> dict[str, Any]:
    body = data or {"name": "address", "value": "建国路88号"}
    return {"request_id": request_id or str(uuid.uuid4()), "type": kind, "expected_rev": 3, "data": body}


@pytest.mark.parametrize(
    ("kind", "data", "signal"),
    [
        ("SetCardField", {"name": "address", "value": " 建国路 "}, SetCardField),
        ("ConfirmCardField", {"name": "plate", "value": "浙A12345"}, ConfirmCardField),
        ("OpenRecording", {"recording_id": "r1", "purpose": "复核"}, OpenRecording),
        (
            "SetDisposition",
            {"class": "non_police", "nature": "none", "department": "labour_bureau"},
            SetDisposition,
        ),
    ],
)
async def test_a_request_reaches_the_loop_with_its_actor(
    site: Site, kind: str, data: dict[str, Any], signal: type
) -> None:
    client = await site.signed_in()
    body = request(kind, **data)
    answered = await client.post(REQUESTS, json=body, headers=POST)
    assert (answered.status, await answered.json()) == (200, {"outcome": "accepted", "rev": 7})
    (asked,) = site.asked
    me = await (await client.get("/api/v1/session")).json()
    assert type(asked) is signal
    assert (asked.actor, asked.request_id, asked.expected_rev) == (me["username"], body["request_id"], 3)
    assert (asked.call_id, asked.at) == (CALL, NOON)
    if isinstance(asked, SetDisposition):
        assert asked.department is Department.LABOUR_BUREAU
    if isinstance(asked, SetCardField):
        assert asked.value == "建国路"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Refused(code="stale_rev", text="rev 4"), 409, "stale_rev"),
        (Refused(code="unknown_call", text=""), 409, "unknown_call"),
        (Refused(code="already_closed", text="it is closed"), 409, "already_closed"),
        (Refused(code="invalid", text="no such department"), 422, "invalid"),
        (Busy(retry_after_ms=1500), 503, "busy"),
    ],
)
async def test_what_the_loop_refuses_is_told(site: Site, answer: Answer, status: int, code: str) -> None:
    site.answer = answer
    answered = await (await site.signed_in()).post(REQUESTS, json=request(), headers=POST)
    assert answered.status == status
    assert (await answered.json())["error"]["code"] == code
    assert answered.headers.get("Retry-After") == ("2" if code == "busy" else None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (request("SetCardField", name="shoe_size", value="42"), "SetCardField.data.name"),
        (request("SetCardField", name="address", value="   "), "SetCardField.data.value"),
        (request("SetDisposition", **{"class": "perhaps", "nature": "none"}), "SetDisposition.data.class"),
        (request("HangUp"), None),
        (request(request_id="not-a-uuid"), "SetCardField.request_id"),
        ({}, None),
    ],
)
async def test_a_request_that_does_not_fit_never_reaches_the_loop(
    site: Site, body: dict[str, Any], field: str | None
) -> None:
    answered = await (await site.signed_in()).post(REQUESTS, json=body, headers=POST)
    error = (await answered.json())["error"]
    assert (answered.status, error["code"]) == (422, "invalid")
    assert site.asked == []
    if field:
        assert error["field"].endswith(field.partition(".")[2])


@pytest.mark.parametrize(
    ("role", "kind", "data", "status"),
    [
        ("auditor", "SetCardField", {}, 403),
        ("auditor", "OpenRecording", {"recording_id": "r", "purpose": "p"}, 200),
        ("rule_operator", "SetDisposition", {"class": "unsure", "nature": "none"}, 403),
        ("wall", "OpenRecording", {"recording_id": "r", "purpose": "p"}, 403),
    ],
)
async def test_only_who_may_write_writes(
    site: Site, role: str, kind: str, data: dict[str, Any], status: int
) -> None:
    answered = await (await site.signed_in(role)).post(REQUESTS, json=request(kind, **data), headers=POST)
    assert answered.status == status
    assert len(site.asked) == (1 if status == 200 else 0)


async def test_the_machines_answer_never_lowers_what_the_loop_said(site: Site) -> None:
    site.answer = Accepted(rev=41)
    answered = await (await site.signed_in()).post(REQUESTS, json=request(), headers=POST)
    assert (await answered.json())["rev"] == 41


async def test_a_closed_call_can_still_be_read(site: Site) -> None:
    await site.put_call(replace(a_call(1, ended=True), closed=True))
    assert (await (await site.signed_in()).get(f"/api/v1/calls/{CALL}")).status == 200
