"""The link to a caller on card and board in a real browser, by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.calls.sharing import TEXT_MODEL
from gateway.speech.model import WRITTEN_FROM
from gateway.testing.demo_api import DemoApi

from .conftest import Show

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


def call_of(page: Page) -> str:
    return page.url.rsplit("/", 1)[1]


async def test_a_link_is_sent_by_two_keys_and_pictures_are_opened_with_a_purpose(show: Show) -> None:
    page, api = await show("circle")
    call = call_of(page)
    await page.keyboard.press("Alt+l")
    dialog = page.locator("[data-share-dialog]")
    await expect(dialog).to_contain_text(f"向 {api.calls[call].summary['ani']} 发送链接？")
    await expect(dialog.locator("button.act")).to_be_focused()
    await drawn(page, "share-ask-zh")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-link-state]")).to_have_text("已发送")
    api.shares.shares(call)
    said = {
        "index": WRITTEN_FROM, "speaker": "caller", "started_ms": 16_000, "ended_ms": 16_000,
        "text": "他还在楼下", "words": [], "final": True, "gap": False, "model_id": TEXT_MODEL,
    }  # fmt: skip
    api.push("segment", {"call_id": call, "segment": said})
    await expect(page.locator(".utterance", has_text="他还在楼下").locator("[data-written]")).to_be_visible()
    panel = page.locator("[data-shared]")
    await expect(panel.locator("[data-picture]")).to_have_count(2)
    await expect(panel).to_contain_text("尚无人看过")
    await expect(panel.locator("img")).to_have_count(0)
    await drawn(page, "share-locked-zh")
    await page.keyboard.press("Alt+6")
    await expect(dialog.get_by_role("radio").first).to_be_focused()
    await drawn(page, "share-purpose-zh")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("第 2 张，共 2 张")
    await page.keyboard.press("ArrowLeft")
    await expect(dialog).to_contain_text("第 1 张，共 2 张")
    await drawn(page, "share-picture-zh")
    await page.keyboard.press("Escape")
    await expect(panel.locator("img")).to_have_count(2)
    await drawn(page, "share-opened-zh")
    await page.keyboard.press("y")
    await expect(panel).to_contain_text("seen by demo")
    await drawn(page, "share-opened-en")
    await page.keyboard.press("Alt+5")
    await expect(page.locator("[data-link-state]")).to_have_text("revoked")
    told = {path.rsplit("/", 1)[1]: body for path, body in api.shares.asked}
    assert told["share-link"]["confirm"] is False
    assert (told["open"]["purpose"], len(told["open"]["digests"])) == ("核对地点和经过", 2)
    await page.keyboard.press("b")
    await expect(page.locator(f'[data-call="{call}"] [data-pictures]')).to_contain_text("2 pictures")
    await drawn(page, "share-board-en")


async def test_a_caller_who_may_be_betrayed_is_sent_a_link_only_all_the_same(show: Show) -> None:
    api = DemoApi("usual")
    api.shares.doubts = ["betrays", "landline"]
    page, _ = await show("circle", api=api)
    await page.keyboard.press("Alt+l")
    dialog = page.locator("[data-share-dialog]")
    await expect(dialog.locator('[data-doubt="betrays"]')).to_contain_text("暴露")
    await expect(dialog.locator("button.act")).to_contain_text("仍要发送")
    await drawn(page, "share-doubt-zh")
    await page.keyboard.press("Escape")
    await expect(dialog).not_to_be_visible()
    assert api.shares.asked == []
    for keys in (("Enter",), ("Tab", "Enter")):
        await page.keyboard.press("Alt+l")
        await expect(dialog.locator("button", has_text="取消")).to_be_focused()
        for key in keys:
            await page.keyboard.press(key)
        await expect(dialog).not_to_be_visible()
    assert [body["confirm"] for _, body in api.shares.asked] == [True]


@pytest.mark.parametrize(("missing", "told"), [("no_sender", "短信通道"), ("no_page", "来电人页面")])
async def test_without_a_sender_the_key_says_so(show: Show, missing: str, told: str) -> None:
    api = DemoApi("usual")
    api.shares.missing = missing
    page, _ = await show("circle", api=api)
    await page.keyboard.press("Alt+l")
    await expect(page.locator("[data-said]")).to_contain_text(told)
    await expect(page.locator("[data-share-dialog]")).not_to_be_visible()
