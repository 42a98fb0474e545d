"""The backend and the loop together: what a person writes is what everybody reads afterwards."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.calls.model import RecordedFile
from gateway.calls.signals import (
    CallerIdentified,
    CallSeized,
    LocationAnswered,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
    SegmentTranscribed,
)
from gateway.ids import CallId
from gateway.journal.chain import verify
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.intake import Intake
from gateway.store import loop as queries

from .site import NOON, POST, Client, Site, said
from .test_recordings import write_wav

CALL = CallId("hz-p1-1767614400.1")
PATH = f"/api/v1/calls/{CALL}"


async def take_in_a_call(site: Site, intake: Intake) -> None:
    file = site.settings.archive / "mix.wav"
    write_wav(file)
    stored = RecordedFile(
        part="mix", path=str(file), seconds=1.0, size_bytes=file.stat().st_size, sha256="0" * 64
    )
    at = {"call_id": CALL, "at": NOON}
    for signal in (
        CallSeized(
            **at,
            site="hz",
            pbx="p1",
            uniqueid="1767614400.1",
            linkedid="1767614400.1",
            line="PJSIP/t-1",
            dialed="110",
        ),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        RecordingStarted(**at, recording_id="0x7f", file="/spool/x.wav"),
        SegmentTranscribed(**at, segment=said(0, "我要报警")),
        RecordingStopped(**at, recording_id="0x7f"),
        RecordingStored(**at, recording_id="0x7f", files=(stored,)),
    ):
        await intake.offer(signal)


async def write(client: Client, kind: str, **data: Any) -> dict[str, Any]:
    body = {"request_id": str(uuid.uuid4()), "type": kind, "expected_rev": None, "data": data}
    answered = await client.post(f"{PATH}/requests", json=body, headers=POST)
    assert answered.status == 200, await answered.text()
    found: dict[str, Any] = await answered.json()
    return found


async def test_a_persons_entry_is_saved_before_it_is_answered_and_everybody_reads_it(
    site: Site, intake: Intake
) -> None:
    await take_in_a_call(site, intake)
    wang, li = await site.signed_in(), await site.signed_in("supervisor")
    saved = await write(wang, "SetCardField", name="address", value="建国路88号")
    body = await (await li.get(PATH)).json()
    assert body["card"]["rev"] == saved["rev"]
    assert body["card"]["fields"]["address"][0]["value"] == "建国路88号"
    assert body["card"]["fields"]["address"][0]["source"] == "person"
    assert body["call"]["last_text"] == "我要报警"
    assert body["call"]["location"] == "建国路88号"


async def test_a_spot_leads_over_every_machine_is_published_and_taken_back(
    site: Site, intake: Intake
) -> None:
    await take_in_a_call(site, intake)
    phone = Location(
        location_id="aml", source=LocationSource.AML, obtained_at=NOON, latitude=31.2, longitude=121.4,
        datum=Datum.WGS_84, uncertainty_m=5.0, method="GNSS",
    )  # fmt: skip
    await intake.offer(LocationAnswered(call_id=CALL, at=NOON, location=phone))
    client, auditor = await site.signed_in(), await site.signed_in("auditor")
    spot = {"latitude": 31.24, "longitude": 121.48, "datum": "WGS-84", "uncertainty_m": 10}
    await write(client, "SetPosition", **spot, note="加油站后面")
    renewed = replace(phone, location_id="aml2", obtained_at=NOON + timedelta(seconds=1), uncertainty_m=2.0)
    await intake.offer(LocationAnswered(call_id=CALL, at=NOON, location=renewed))
    body = await (await client.get(PATH)).json()
    (mine,) = [fix for fix in body["locations"] if fix["source"] == "person"]
    assert (mine["note"], mine["method"], mine["datum"]) == ("加油站后面", "Manual", "WGS-84")
    assert (body["leading_location"], body["leading_reason"]["code"]) == (mine["location_id"], "person")
    assert "加油站" not in await (await auditor.get(PATH)).text()
    await write(client, "WithdrawPosition", location_id=mine["location_id"])
    body = await (await client.get(PATH)).json()
    assert (body["leading_location"], body["leading_reason"]["code"]) == ("aml2", "smallest_area")
    events = (await (await client.get(f"{PATH}/events")).json())["items"]
    told = [event["data"] for event in events if ".Location" in event["type"]]
    assert [fix["location"]["note"] for fix in told if "location" in fix] == [None, "加油站后面", None]
    assert told[-1]["location_id"] == mine["location_id"]
    assert told[-1]["leading"] == "aml2"
    hidden = await (await auditor.get(f"{PATH}/events")).json()
    assert "加油站" not in json.dumps(hidden, ensure_ascii=False)


async def test_the_same_request_sent_twice_is_done_once(site: Site, intake: Intake) -> None:
    await take_in_a_call(site, intake)
    client = await site.signed_in()
    body = {
        "request_id": str(uuid.uuid4()), "type": "SetDisposition", "expected_rev": None,
        "data": {"class": "valid_alarm", "nature": "robbery", "note": "已派警"},
    }  # fmt: skip
    first, second = [
        await (await client.post(f"{PATH}/requests", json=body, headers=POST)).json() for _ in range(2)
    ]
    assert first == second
    rows = await site.store.database.read(queries.journal_rows, 0)
    assert [row.type for row in rows].count("SetDisposition") == 1
    assert verify(rows) is None


async def test_a_write_on_what_has_changed_since_is_refused(site: Site, intake: Intake) -> None:
    await take_in_a_call(site, intake)
    client = await site.signed_in()
    colleague = await site.signed_in()
    seen = (await write(client, "SetCardField", name="address", value="一"))["rev"]
    await write(colleague, "SetCardField", name="address", value="二")
    body = {
        "request_id": str(uuid.uuid4()), "type": "SetCardField", "expected_rev": seen,
        "data": {"name": "address", "value": "三"},
    }  # fmt: skip
    refused = await client.post(f"{PATH}/requests", json=body, headers=POST)
    assert (refused.status, (await refused.json())["error"]["code"]) == (409, "written_before")


async def test_listening_is_journaled_before_the_first_byte(site: Site, intake: Intake) -> None:
    await take_in_a_call(site, intake)
    client = await site.signed_in()
    sound = f"{PATH}/recordings/0x7f/mix"
    assert (await client.get(sound)).status == 403
    await write(client, "OpenRecording", recording_id="0x7f", purpose="复核")
    rows = await site.store.database.read(queries.journal_rows, 0)
    assert rows[-1].type == "OpenRecording"
    assert "复核" in (rows[-1].payload or "")
    assert (await client.get(sound)).status == 200


async def test_events_of_the_call_are_read_as_they_were_told(site: Site, intake: Intake) -> None:
    await take_in_a_call(site, intake)
    client = await site.signed_in()
    await write(client, "SetCardField", name="name", value="张三")
    items = (await (await client.get(f"{PATH}/events")).json())["items"]
    assert [item["callseq"] for item in items] == list(range(1, len(items) + 1))
