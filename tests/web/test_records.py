"""Records without a call over the HTTP API and the command line, with the real loop behind."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.calls.handed import CallBack
from gateway.calls.handing import Whom
from gateway.calls.model import PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, PartyJoined, SegmentTranscribed
from gateway.cli import build
from gateway.ids import CallId
from gateway.runtime.answers import Accepted
from gateway.runtime.intake import Intake
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store import loop as queries
from gateway.web import record_schema as schema
from gateway.web import records

from .site import NOON, PASSWORD, POST, Client, Site

NUMBER = "13800138000"
URL = "/api/v1/records"
CALL = CallId("hz-p1-1767614400.1")


async def call_of_the_pbx(intake: Intake, minutes: int, n: int = 1, number: str | None = NUMBER) -> None:
    at: dict[str, Any] = {"call_id": CallId(f"hz-p1-1767614400.{n}"), "at": NOON + timedelta(minutes=minutes)}
    known = [CallerIdentified(**at, ani=number, ani_source="PAI")] if number else []
    seized = CallSeized(**at, site="hz", pbx="p1", uniqueid=f"1767614400.{n}", linkedid="l", line="PJSIP/t-1")
    for signal in (seized, *known, CallEnded(**at)):
        await intake.settled(signal)


async def post(client: Client, url: str, **body: Any) -> tuple[int, Any]:
    answer = await client.post(url, json={"request_id": str(uuid.uuid4()), **body}, headers=POST)
    return answer.status, await answer.json()


def about(**more: Any) -> dict[str, Any]:
    return {"origin": "walk_in", "happened_at": NOON.isoformat(), "number": NUMBER, **more}


async def entered(client: Client, **more: Any) -> str:
    status, body = await post(client, URL, **about(**more))
    assert status == 200, body
    schema.RecordDone.model_validate(body)
    assert body["outcome"] == "entered"
    return str(body["call_id"])


async def test_a_record_is_entered_and_is_a_call_with_a_card(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    name = await entered(client, place="人民路12号", words="有人打架", position="1101")
    assert name.startswith("hz-man-")
    body = await (await client.get(f"/api/v1/calls/{name}")).json()
    call = body["call"]
    assert (call["medium"], call["state"], call["agents"]) == ("manual", "ENDED", ["1101"])
    assert call["manual"]["late"] is False
    assert body["card"]["fields"]["address"][0]["value"] == "人民路12号"
    assert body["card"]["fields"]["caller_number"][0]["source"] == "person"
    assert [each["text"] for each in body["segments"]] == ["有人打架"]
    assert body["recordings"] == []
    listed = await (await client.get("/api/v1/calls?state=ended")).json()
    assert [each["call_id"] for each in listed["items"]] == [name]


async def test_a_click_repeated_ten_times_makes_one_record(site: Site, intake: Intake) -> None:
    client, request_id = await site.signed_in(), str(uuid.uuid4())
    answers = await asyncio.gather(*(post(client, URL, **about(request_id=request_id)) for _ in range(10)))
    assert len({body["call_id"] for _, body in answers}) == 1
    listed = await (await client.get("/api/v1/calls?state=ended")).json()
    assert len(listed["items"]) == 1


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"happened_at": (NOON + timedelta(hours=1)).isoformat()}, 409, "in_the_future"),
        ({"happened_at": (NOON - timedelta(days=40)).isoformat()}, 409, "too_long_ago"),
        ({"happened_at": "2026-01-05T12:00:00"}, 422, "invalid"),
        ({"origin": "fax"}, 422, "invalid"),
        ({"number": "12"}, 422, "invalid"),
        ({"latitude": 30.0}, 409, "invalid"),
    ],
)
async def test_what_cannot_be_entered_is_refused_in_words(
    site: Site, intake: Intake, more: dict[str, Any], status: int, code: str
) -> None:
    client = await site.signed_in()
    for check in (True, False):
        got, body = await post(client, URL, **about(**more), check=check)
        assert body["error"]["code"] == code, body
        assert got in (status, 400, 409, 422)
        assert body["error"]["message"]


async def test_a_sheet_is_entered_once_and_what_differs_is_named(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    name = await entered(client, sheet="17", origin="outage")
    _, body = await post(client, URL, **about(sheet="17", origin="outage"))
    assert (body["outcome"], body["call_id"], body["differs"]) == ("known", name, [])
    later = (NOON - timedelta(minutes=10)).isoformat()
    _, body = await post(
        client, URL, **about(sheet="17", origin="radio", number="13900139000") | {"happened_at": later}
    )
    assert (body["outcome"], body["differs"]) == ("known", ["happened_at", "number", "origin"])


async def test_two_who_enter_one_sheet_at_once_make_one_record(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    answers = await asyncio.gather(*(post(client, URL, **about(sheet="17")) for _ in range(5)))
    assert len({body["call_id"] for _, body in answers}) == 1


async def test_the_pbxs_own_call_is_suggested_linked_by_a_person_and_counts_once(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    name = await entered(client, origin="outage")
    await call_of_the_pbx(intake, minutes=-5)
    await call_of_the_pbx(intake, minutes=-90, n=2)
    body = await (await client.get(f"/api/v1/calls/{name}/record")).json()
    schema.RecordAround.model_validate(body)
    assert [(each["call_id"], each["apart_s"]) for each in body["matches"]] == [(CALL, 300)]
    other = await (await client.get(f"/api/v1/calls/{CALL}/record")).json()
    assert [each["call_id"] for each in other["matches"]] == [name]
    count = partial(site.store.database.read, queries.calls_of, NUMBER, NOON - timedelta(days=1))
    assert await count(NOON + timedelta(days=1)) == 3
    status, body = await post(client, f"/api/v1/calls/{name}/record/link", other=CALL)
    assert status == 200, body
    assert await count(NOON + timedelta(days=1)) == 2
    for one, two in ((name, CALL), (CALL, name)):
        call = (await (await client.get(f"/api/v1/calls/{one}")).json())["call"]
        assert call["same_as"] == two
        assert (await (await client.get(f"/api/v1/calls/{one}/record")).json())["matches"] == []
    status, body = await post(client, f"/api/v1/calls/{name}/record/unlink")
    assert status == 200, body
    assert await count(NOON + timedelta(days=1)) == 3


async def test_a_call_of_which_only_the_recording_is_left_is_suggested_by_its_time(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    name = await entered(client, origin="outage")
    await call_of_the_pbx(intake, minutes=2, number=None)
    await call_of_the_pbx(intake, minutes=9, n=2, number=None)
    await call_of_the_pbx(intake, minutes=1, n=3, number="13700137000")
    await call_of_the_pbx(intake, minutes=20, n=4)
    body = await (await client.get(f"/api/v1/calls/{name}/record")).json()
    schema.RecordAround.model_validate(body)
    found = [(each["call_id"], each["by_number"]) for each in body["matches"]]
    assert found == [("hz-p1-1767614400.4", True), (CALL, False)]
    body = await (await client.get(f"/api/v1/calls/{CALL}/record")).json()
    assert [each["call_id"] for each in body["matches"]] == [name]


async def test_what_is_no_call_of_the_pbx_is_not_linked(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    name, second = await entered(client), await entered(client)
    await call_of_the_pbx(intake, minutes=0)
    for other in ("hz-p1-1.1", second):
        status, body = await post(client, f"/api/v1/calls/{name}/record/link", other=other)
        assert (status, body["error"]["code"]) == (409, "unknown_call")
    await post(client, f"/api/v1/calls/{name}/record/link", other=CALL)
    status, body = await post(client, f"/api/v1/calls/{second}/record/link", other=CALL)
    assert (status, body["error"]["code"]) == (409, "record_linked")
    assert name in body["error"]["message"]


async def test_words_are_added_to_a_record(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    name = await entered(client, words="有人打架")
    status, body = await post(client, f"/api/v1/calls/{name}/record/words", words="有刀")
    assert status == 200, body
    body = await (await client.get(f"/api/v1/calls/{name}")).json()
    assert [each["text"] for each in body["segments"]] == ["有人打架", "有刀"]


async def test_numbers_of_matches_are_masked_by_role_and_only_the_hall_enters(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    name = await entered(client)
    await call_of_the_pbx(intake, minutes=1)
    client = await site.signed_in("rule_operator")
    body = await (await client.get(f"/api/v1/calls/{name}/record")).json()
    assert body["matches"][0]["number"] != NUMBER
    status, body = await post(client, URL, **about())
    assert (status, body["error"]["code"]) == (403, "forbidden")


async def a_part(intake: Intake, record: str) -> CallId:
    """The desk rings a witness for it, who answers; the PBX tells of it."""
    part, at = CallId("hz-p1-1767614400.9"), {"at": NOON}
    asked = CallBack(
        call_id=CallId(record), **at, request_id="c", actor="zhang", position="1101", number="13900139000",
        whom=Whom.WITNESS, pbx="p1",
    )  # fmt: skip
    assert isinstance(await intake.submit(asked), Accepted)
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=900, text="我看见了", model_id="m"
    )
    for signal in (
        CallSeized(
            call_id=part, **at, site="hz", pbx="p1", uniqueid="1767614400.9", linkedid="l", line="PJSIP/t-9",
            outgoing=True, callback_of=CallId(record), callback_move=1,
        ),
        CallerIdentified(call_id=part, **at, ani="13900139000", ani_source="dialled"),
        PartyJoined(call_id=part, **at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
        SegmentTranscribed(call_id=part, **at, segment=said), CallEnded(call_id=part, **at),
    ):  # fmt: skip
        await intake.settled(signal)
    return part


async def test_a_call_made_for_a_record_is_its_part_and_no_line_of_its_own_in_the_archive(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    name = await entered(client)
    part = await a_part(intake, name)
    body = await (await client.get(f"/api/v1/calls/{name}/record")).json()
    schema.RecordAround.model_validate(body)
    (shown,) = body["parts"]
    assert (shown["call"]["call_id"], shown["call"]["part_of"]) == (part, name)
    assert (shown["whom"], shown["by"], shown["outcome"]) == ("witness", "zhang", "reached")
    assert [each["text"] for each in shown["segments"]] == ["我看见了"]
    listed = await (await client.get("/api/v1/calls?state=ended")).json()
    assert [each["call_id"] for each in listed["items"]] == [name]
    found = await (await client.get("/api/v1/calls?state=ended&q=13900139000")).json()
    assert [each["call_id"] for each in found["items"]] == [part]
    masked = await site.signed_in("rule_operator")
    body = await (await masked.get(f"/api/v1/calls/{name}/record")).json()
    assert "13900139000" not in json.dumps(body)


def test_every_route_says_what_it_takes_and_gives() -> None:
    assert all(route.response for route in records.ROUTES)


# ---- the command


async def command(site: Site, *arguments: str) -> Result:
    client = await site.open_client()
    url = str(client.make_url("/"))
    told = ["records", "enter", *arguments, "--url", url, "-u", "zhang", "--password-stdin"]
    told += ["--timezone", "Asia/Shanghai"]
    return await asyncio.to_thread(CliRunner().invoke, build(["records"]), told, input=f"{PASSWORD}\n")


async def test_papers_are_tried_entered_and_entered_again_without_a_second_record(
    site: Site, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.cli.records.SystemClock", lambda: site.clock)
    await site.add_user("zhang", "call_taker")
    file = tmp_path / "papers.csv"
    rows = "A1,2026-01-05 19:00,,13800138000,人民路,有人打架\nA2,2026-01-05 19:05,radio,,,\n"
    file.write_bytes(f"sheet,happened_at,origin,number,place,words\n{rows}".encode("gb18030"))
    results = []
    for options in (("--dry-run",), (), ()):
        result = await command(site, "--file", str(file), "--json", *options)
        assert result.exit_code == 0, result.output
        results.append(json.loads(result.stdout.splitlines()[-1]))
    counts = [(each["checked"], each["entered"], each["known"]) for each in results]
    assert counts == [(2, 0, 0), (0, 2, 0), (0, 0, 2)]
    assert [one["call_id"] for one in results[1]["lines"]] == [one["call_id"] for one in results[2]["lines"]]


async def test_nothing_is_entered_while_a_line_is_wrong(
    site: Site, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.cli.records.SystemClock", lambda: site.clock)
    await site.add_user("zhang", "call_taker")
    file = tmp_path / "papers.csv"
    file.write_text("sheet,happened_at\nA1,2026-01-05 19:00\nA2,tomorrow\n")
    result = await command(site, "--file", str(file))
    assert result.exit_code == 1
    assert f"{file}:3: happened_at: 'tomorrow' is no time" in result.stderr
    assert "nothing was entered" in result.stdout
    client = await site.signed_in()
    assert (await (await client.get("/api/v1/calls?state=ended")).json())["items"] == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00\x80\x81"])
async def test_a_file_that_cannot_be_read_is_told_in_one_sentence(
    site: Site, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "papers.csv"
    if content is not None:
        file.write_bytes(content)
    result = await command(site, "--file", str(file))
    assert result.exit_code == 1
    assert str(file) in result.stderr
