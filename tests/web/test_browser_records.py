"""Records without a call, calls made for one and the printed sheet in a real browser, by keyboard alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, Open, typed

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""
WITNESS = "13900139000"


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


async def board(open_page: Open, api: DemoApi, language: str) -> Page:
    page = await open_page(api, "/")
    await page.add_init_script(NO_WEBGL)
    await expect(page.locator(".tiles")).to_be_visible()
    if language == "en":
        await page.keyboard.press("y")
        await expect(page.locator(".top")).to_contain_text("Board")
    return page


@pytest.mark.parametrize(
    ("language", "title", "late"),
    [("zh", "新建记录", "事后补录"), ("en", "New record", "Entered afterwards")],
)
async def test_a_record_is_opened_by_one_key_written_and_its_card_opens(
    open_page: Open, language: str, title: str, late: str
) -> None:
    api = DemoApi("usual", position="1101")
    page = await board(open_page, api, language)
    await page.keyboard.press("F10")
    dialog = page.locator("[data-new-record]")
    await expect(dialog).to_contain_text(title)
    origin = dialog.locator('[name="record-origin"]')
    await expect(origin).to_be_focused()
    await origin.select_option("outage")
    for name, words in (("number", "138 0013 8000"), ("place", "人民路12号"), ("words", "有人打架\n有刀")):
        field = dialog.locator(f'[name="record-{name}"]')
        await field.focus()
        await expect(field).to_be_focused()
        await page.keyboard.insert_text(words)
    await drawn(page, f"record-new-{language}")
    await page.keyboard.press("Control+Enter")
    head = page.locator("[data-record]")
    await expect(head).to_contain_text(late)
    await drawn(page, f"record-card-{language}")
    ((path, body),) = api.records.asked
    assert path == "/api/v1/records"
    assert (body["origin"], body["number"], body["place"]) == ("outage", "13800138000", "人民路12号")
    assert body["words"] == "有人打架\n有刀"
    await head.locator("[data-more-words]").focus()
    await typed(page, "another word")
    await page.keyboard.press("Enter")
    await expect(head.locator("[data-more-words]")).to_have_value("")
    assert api.records.asked[-1][1]["words"] == "another word"


async def test_what_may_be_the_same_is_linked_by_one_key_and_undone_by_one(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    name = next(id_ for id_, one in api.calls.items() if one.summary["state"] == "ENDED")
    other = "demo-man-00000001-0000-7000-8000-000000000000"
    match = {
        "call_id": other,
        "seized_at": datetime.now(UTC).isoformat(),
        "number": "138",
        "apart_s": 300,
        "by_number": True,
    }
    api.records.matches[name] = [match]
    api.calls[other] = api.calls[name]
    page = await open_page(api, f"/calls/{name}")
    await expect(page.locator("[data-match]")).to_contain_text("相隔 5 分钟")
    await page.keyboard.press("Alt+m")
    await expect(page.locator("[data-same]")).to_be_visible()
    await drawn(page, "record-same-zh")
    assert api.records.asked[-1][0].endswith(f"{other}/record/link")
    assert api.records.asked[-1][1]["other"] == name


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "本记录的外呼"), ("en", "Calls made for this record")]
)
async def test_a_witness_is_rung_by_key_and_the_part_stands_on_the_card(
    open_page: Open, language: str, heading: str
) -> None:
    api = DemoApi("usual", position="1101")
    name = next(id_ for id_, one in api.calls.items() if one.summary["state"] == "ENDED")
    page = await board(open_page, api, language)
    await page.goto(page.url.rstrip("/") + f"/calls/{name}")
    await expect(page.locator('[data-action="ring"]')).to_be_visible()
    await page.keyboard.press("Alt+k")
    dialog = page.locator("[data-record-dialog]")
    await expect(dialog.locator('[name="ring-number"]')).to_be_focused()
    await page.keyboard.type("12")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.locator('[name="ring-number"]').fill("139 0013 9000")
    await drawn(page, f"record-ring-{language}")
    api.records.rang(name, number=WITNESS, whom="witness")
    api.records.rang(name, number="13700137000", whom="partner", outcome="no_answer")
    await page.keyboard.press("Enter")
    parts = page.locator("[data-parts]")
    await expect(parts).to_contain_text(heading)
    await expect(parts).to_contain_text(WITNESS)
    await expect(parts).to_contain_text("我看见两个人在打")
    await drawn(page, f"record-parts-{language}")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_sheet_is_printed_by_key_with_a_purpose(open_page: Open, language: str) -> None:
    api = DemoApi("usual", position="1101")
    name = next(id_ for id_, one in api.calls.items() if one.summary["state"] == "ENDED")
    page = await board(open_page, api, language)
    await page.goto(page.url.rstrip("/") + f"/calls/{name}")
    await expect(page.locator('[data-action="print"]')).to_be_visible()
    await page.keyboard.press("Alt+i")
    await expect(page.locator('[name="print-purpose"]').first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await drawn(page, f"record-print-{language}")
    async with page.context.expect_page() as opened:
        await page.keyboard.press("Enter")
    sheet = await opened.value
    await expect(sheet.locator("h1")).to_have_text("接警单")
    assert sheet.url.endswith(f"/calls/{name}/sheet?lang={'zh-CN' if language == 'zh' else 'en'}")
    assert api.records.asked[-1][1]["purpose"]
    await sheet.close()
