"""The printed call sheet: who may have it, what stands on it, and how it looks as a PDF of Chromium's."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from gateway.calls.located import PlaceDescribed, SetPosition
from gateway.calls.model import PartyRole, RecordedFile
from gateway.calls.shared import OpenLink, SendLink, SharePicture
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    PartyJoined,
    RecordingStarted,
    RecordingStored,
    SegmentTranscribed,
    SetCardField,
    SetDisposition,
)
from gateway.cli import build
from gateway.ids import CallId
from gateway.location.model import Datum
from gateway.runtime.answers import Accepted
from gateway.runtime.intake import Intake
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import AlarmClass, Nature

from .conftest import OneBrowser
from .site import NOON, PASSWORD, POST, Client, Site

CALL = CallId("hz-p1-1767614400.1")
NUMBER = "13800138000"
DIGEST = "ab" * 32


@pytest_asyncio.fixture(loop_scope="session")
async def told(intake: Intake) -> None:
    """A call with everything that a sheet shows."""
    at: dict[str, Any] = {"call_id": CALL, "at": NOON}
    who: dict[str, Any] = {**at, "actor": "zhang"}
    files = tuple(
        RecordedFile(part=part, path=f"{part}.wav", seconds=61.2, size_bytes=1, sha256=DIGEST)
        for part in ("mix", "rx", "tx")
    )
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=900, text="有人打架", model_id="m"
    )
    for signal in (
        CallSeized(**at, site="hz", pbx="p1", uniqueid="1767614400.1", linkedid="l", line="PJSIP/t-1"),
        CallerIdentified(**at, ani=NUMBER, ani_source="PAI"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
        SegmentTranscribed(**at, segment=said),
        RecordingStarted(**at, recording_id="r1", file="/rec/x-mix.wav"), CallEnded(**at),
        RecordingStored(**at, recording_id="r1", files=files),
    ):  # fmt: skip
        await intake.settled(signal)
    for n, request in enumerate((
        SetPosition(
            **who, request_id="p", latitude=30.25, longitude=120.16, datum=Datum.GCJ_02, address="人民路12号"
        ),
        SetCardField(**who, request_id="n", name="name", value="<b>王某</b>"),
        SetDisposition(
            **who, request_id="d", alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, note="两人互殴"
        ),
    )):  # fmt: skip
        assert await intake.submit(request), n
    call = await intake.call(CALL)
    assert call is not None
    assert call.leading_location is not None
    await intake.settled(PlaceDescribed(
        **at, location_id=call.leading_location, standard_address="人民路街道人民路12号", district="上城区",
        district_code="330102", jurisdiction="湖滨派出所", junctions=(), outside=False,
    ))  # fmt: skip


async def printed(client: Client, lang: str = "zh-CN") -> str:
    body = {"request_id": str(uuid.uuid4()), "purpose": "归档 archive"}
    answer = await client.post(f"/api/v1/calls/{CALL}/sheets", json=body, headers=POST)
    assert answer.status == 200, await answer.text()
    page = await client.get(f"/calls/{CALL}/sheet?lang={lang}")
    assert page.status == 200, await page.text()
    assert "sha256-" in page.headers["Content-Security-Policy"]
    return await page.text()


async def test_nobody_gets_a_sheet_without_saying_what_for_and_it_is_written_down(
    site: Site, intake: Intake, told: None
) -> None:
    client = await site.signed_in()
    refused = await client.get(f"/calls/{CALL}/sheet")
    assert (refused.status, (await refused.json())["error"]["code"]) == (403, "print_sheet_first")
    empty = {"request_id": str(uuid.uuid4()), "purpose": " "}
    assert (await client.post(f"/api/v1/calls/{CALL}/sheets", json=empty, headers=POST)).status >= 400
    await printed(client)
    other = await site.signed_in("auditor")
    assert (await other.get(f"/calls/{CALL}/sheet")).status == 403
    assert (await (await site.open_client()).get(f"/calls/{CALL}/sheet")).status == 401


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "zh-CN",
            ("接警单", "有效警情", "打架斗殴", "标准地址", "录音摘要值", "存证链", "湖滨派出所", "两人互殴"),
        ),
        ("en", ("Call sheet", "Valid alarm", "Fight", "Standard address", "Recording digests", "Chain head")),
    ],
)
async def test_it_holds_times_number_place_verdict_people_digests_and_the_chain(
    site: Site, intake: Intake, told: None, lang: str, expected: tuple[str, ...]
) -> None:
    page = await printed(await site.signed_in(), lang)
    for each in (
        *expected,
        NUMBER,
        "WGS-84",
        "GCJ-02",
        "30.250000, 120.160000",
        "1101",
        DIGEST,
        "归档 archive",
    ):
        assert each in page, each
    assert "<b>王某" not in page
    assert "&lt;b&gt;王某" in page
    assert "<script" not in page


async def test_numbers_and_places_are_masked_by_role(site: Site, intake: Intake, told: None) -> None:
    page = await printed(await site.signed_in("rule_operator"))
    assert NUMBER not in page
    assert "人民路12号" not in page
    assert "30.25" not in page
    assert "上城区" in page


async def test_a_sheet_of_the_training_says_so_at_its_head_and_at_the_foot_of_each_page(
    site: Site, intake: Intake, told: None
) -> None:
    assert "TRAINING" not in await printed(await site.signed_in())
    site.settings = replace(site.settings, training=True)
    page = await printed(await site.signed_in("supervisor"), "en")
    assert "演练 TRAINING：不是真实来电" in page
    assert 'content: "演练 TRAINING · ' in page
    assert "Printed by" in page


async def test_the_command_writes_it_to_a_file_and_overwrites_none(
    site: Site, intake: Intake, told: None, tmp_path: Path
) -> None:
    await site.add_user("zhang", "call_taker")
    url, out = str((await site.open_client()).make_url("/")), tmp_path / "sheet.html"
    options = ["calls", "sheet", CALL, "--out", str(out), "--purpose", "archive", "--english"]
    options += ["--url", url, "-u", "zhang", "--password-stdin"]
    run = CliRunner().invoke
    result = await asyncio.to_thread(run, build(["calls"]), options, input=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert NUMBER in out.read_text()
    result = await asyncio.to_thread(run, build(["calls"]), options, input=f"{PASSWORD}\n")
    assert result.exit_code == 1
    assert "is there already" in result.stderr


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_as_a_pdf_it_is_one_page_of_a4_with_its_number_and_who_printed_it(
    site: Site, intake: Intake, told: None, one_browser: OneBrowser, lang: str
) -> None:
    client, browser = await site.signed_in(), await one_browser.running()
    await printed(client, lang)
    url = client.make_url("/")
    cookies = [{"name": one.key, "value": one.value, "url": str(url)} for one in client.session.cookie_jar]
    async with await browser.new_context() as context:
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        paper = await context.new_page()
        await paper.goto(f"{url}calls/{CALL}/sheet?lang={lang}")
        # the page's policy lets its own style in
        assert await paper.evaluate("getComputedStyle(document.querySelector('header')).display") == "flex"
        raw = await paper.pdf(prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(raw)
    pages = [each.get_textpage().get_text_bounded() for each in document]
    assert len(pages) == 1
    assert document[0].get_size() == pytest.approx((595, 842), abs=1)
    assert "1 / 1" in pages[0]
    assert NUMBER in pages[0]
    assert "警官" in pages[0]


async def test_pictures_that_the_caller_shared_stand_with_their_digests(
    site: Site, intake: Intake, told: None
) -> None:
    who: dict[str, Any] = {"call_id": CALL, "at": NOON, "actor": "caller"}
    phone: dict[str, Any] = {"n": 1, "phone": "p1"}
    for request in (
        SendLink(**{**who, "actor": "wang"}, request_id="sl", valid_s=600.0),
        OpenLink(**who, **phone, request_id="ol"),
        SharePicture(
            **who, **phone, request_id="sp", digest="cd" * 32, media_type="image/jpeg", size_bytes=2049,
            width=4, height=3, path="p.jpg",
        ),
    ):  # fmt: skip
        answer = await intake.submit(request)
        assert isinstance(answer, Accepted), answer
    client = await site.signed_in()
    page = await printed(client)
    assert "来电人照片摘要值" in page
    assert "3 KB" in page
    assert "cd" * 32 in page
    assert "Digests of the caller's pictures" in await printed(client, "en")
