"""A call erased by law over the API: who may, when, and what is left."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest_asyncio

from gateway.calls.located import LocationRoundEnded, PlaceDescribed, SpokenPlacesRead
from gateway.calls.model import PartyRole, RecordedFile
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    LocationAnswered,
    PartyJoined,
    RecordingStarted,
    RecordingStored,
    SegmentTranscribed,
    SetCardField,
    TriageFailed,
)
from gateway.journal.chain import verify
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.answers import Accepted
from gateway.runtime.intake import Intake
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store import loop
from gateway.store.bodies import StoredBodies

from .site import NOON, POST, Client, Site, a_call

CALL = a_call().call_id
SECRETS = ("13800138000", "建国路", "31.2304", "拿刀")


async def rings(intake: Intake, archive: Path) -> None:
    at: dict[str, Any] = {"call_id": CALL, "at": NOON}
    fix = Location(
        location_id="f", source=LocationSource.AML, obtained_at=NOON, latitude=31.2304, longitude=121.4737,
        datum=Datum.WGS_84, uncertainty_m=5.0, address="建国路88号", raw="A\"ML=1;lt=31.2304",
    )  # fmt: skip
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=1, text="建国路有人拿刀", model_id="m"
    )
    (archive / "mix.wav").write_bytes(b"sound")
    for signal in (
        CallSeized(**at, site="hz", pbx="p1", uniqueid="1767614400.1", linkedid="l", line="PJSIP/t-1"),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI", sip_call_id="x@sbc"),
        LocationAnswered(**at, location=fix), SegmentTranscribed(**at, segment=said),
        RecordingStarted(**at, recording_id="r", file="/rec/mix.wav"),
    ):  # fmt: skip
        await intake.settled(signal)
    wrote = SetCardField(**at, actor="wang", request_id="w", name="summary", value="建国路，13800138000")
    assert isinstance(await intake.submit(wrote), Accepted)


async def ends(intake: Intake) -> None:
    file = RecordedFile(part="mix", path="mix.wav", seconds=1.0, size_bytes=5, sha256="0")
    at: dict[str, Any] = {"call_id": CALL, "at": NOON}
    for signal in (
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
        CallEnded(**at), RecordingStored(**at, recording_id="r", files=(file,)),
        LocationRoundEnded(**at, round=1), PlaceDescribed(**at, location_id="f"),
        SpokenPlacesRead(**at, segments=1), TriageFailed(**at, reason="no rules here", segments=1),
    ):  # fmt: skip
        await intake.settled(signal)


async def ask(client: Client, ground: str = "依法删除第7号决定") -> tuple[int, dict[str, Any]]:
    body = {"request_id": str(uuid.uuid4()), "ground": ground}
    answered = await client.post(f"/api/v1/calls/{CALL}/erasure", json=body, headers=POST)
    return answered.status, await answered.json()


async def asked_for(site: Site) -> Client:
    """By one duty leader; another one's client is given back."""
    status, body = await ask(await site.signed_in("duty_leader"))
    assert (status, body["outcome"]) == (200, "asked"), body
    return await site.signed_in("duty_leader")


@pytest_asyncio.fixture(loop_scope="session")
async def over(site: Site, intake: Intake) -> None:
    await rings(intake, site.settings.archive)
    await site.receiving.take(
        b"A\"ML=1;lt=31.2304;lg=121.4737", content_type="text/plain", key_kind="sip_call_id", key="x@sbc",
        route="http",
    )  # fmt: skip
    await site.receiving.idle()
    await ends(intake)


async def test_a_call_is_erased_with_its_files_and_its_row_stays_in_the_counts(
    site: Site, intake: Intake, over: None
) -> None:
    leader = await asked_for(site)
    assert (site.settings.archive / "mix.wav").exists()
    told = json.dumps(await (await leader.get(f"/api/v1/calls/{CALL}")).json(), ensure_ascii=False)
    assert [secret for secret in SECRETS if secret in told] == list(SECRETS)
    status, body = await ask(leader)
    assert (status, body["outcome"], body["files_left"], body["kept_elsewhere"]) == (200, "erased", [], [])
    assert not (site.settings.archive / "mix.wav").exists()
    for path in (f"/api/v1/calls/{CALL}", f"/api/v1/calls/{CALL}/events", "/api/v1/calls?state=ended"):
        answered = await leader.get(path)
        told = json.dumps(await answered.json(), ensure_ascii=False)
        assert answered.status == 200
        assert [secret for secret in SECRETS if secret in told] == [], path
    (line,) = (await (await leader.get("/api/v1/calls?state=ended")).json())["items"]
    assert (line["call_id"], line["ani"], line["end_reason"] is not None) == (CALL, None, True)


async def test_the_chain_verifies_and_tells_who_erased_on_what_ground(
    site: Site, intake: Intake, over: None
) -> None:
    await ask(await asked_for(site), ground="复核：依法删除")
    rows = await site.store.database.read(loop.journal_rows, 0)
    assert verify(rows) is None
    left = [json.loads(row.payload) for row in rows if row.key == CALL and row.payload is not None]
    assert [one["ground"] for one in left] == ["依法删除第7号决定", "复核：依法删除"]
    assert len({one["actor"] for one in left}) == 2


async def test_bodies_of_the_call_go_with_it(site: Site, intake: Intake, over: None) -> None:
    bodies = StoredBodies(site.store.database)
    assert await bodies.of_call(CALL) + (await bodies.waiting(NOON)).count == 1
    await ask(await asked_for(site))
    assert await bodies.of_call(CALL) + (await bodies.waiting(NOON)).count == 0


async def test_a_call_that_is_not_over_is_not_erased(site: Site, intake: Intake) -> None:
    await rings(intake, site.settings.archive)
    status, body = await ask(await site.signed_in("duty_leader"))
    assert (status, body["error"]["code"]) == (409, "not_over")
    assert (site.settings.archive / "mix.wav").exists()


async def test_only_the_duty_leader_erases_and_never_without_a_ground(
    site: Site, intake: Intake, over: None
) -> None:
    for roles in ("call_taker", "supervisor", "auditor", "administrator"):
        assert (await ask(await site.signed_in(roles)))[0] == 403, roles
    assert (await ask(await site.signed_in("duty_leader"), ground="  "))[0] == 422
    rows = await site.store.database.read(loop.journal_rows, 0)
    assert all(row.payload is not None for row in rows)


async def test_a_file_that_cannot_be_deleted_is_named(site: Site, intake: Intake, over: None) -> None:
    (site.settings.archive / "mix.wav").unlink()
    (site.settings.archive / "mix.wav").mkdir()
    _, body = await ask(await asked_for(site))
    assert body["files_left"] == ["mix.wav"]
