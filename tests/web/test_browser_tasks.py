"""Call-backs of abandoned calls in a real browser, by keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, Open

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


async def test_the_oldest_call_back_is_taken_by_one_key_and_its_outcome_said_by_one(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, *_ = api.tasks.abandon()
    api.tasks.aside = 533
    page = await open_page(api, "/")
    await page.add_init_script(NO_WEBGL)
    strip = page.locator("[data-call-backs]")
    await expect(strip.locator("[data-task]").first).to_have_attribute("data-task", first)
    await expect(strip.locator("[data-task]").first).to_contain_text("超时")
    await expect(strip).to_contain_text("号码未知，无法回拨")
    await expect(strip.locator("[data-aside]")).to_contain_text("533")
    await drawn(page, "call-backs-board-zh")
    await page.keyboard.press("Shift+C")
    panel = page.locator("[data-task-panel]")
    await expect(panel).to_contain_text("demo 处理中")
    await drawn(page, "call-backs-card-zh")
    await page.keyboard.press("Alt+9")
    await expect(panel).to_contain_text("已试 1 次")
    await page.keyboard.press("Alt+7")
    await expect(panel).to_contain_text("已联系上：平安")
    await drawn(page, "call-backs-closed-zh")
    assert [path.rsplit("/", 1)[1] for path, _ in api.tasks.asked] == ["claim", "outcome", "outcome"]
    assert [body.get("outcome") for _, body in api.tasks.asked] == [None, "no_answer", "reached_safe"]
    await page.keyboard.press("b")
    await expect(strip.locator(f'[data-task="{first}"]')).to_have_count(0)
    await page.keyboard.press("y")
    await expect(strip).to_contain_text("Number unknown: cannot be called")
    await drawn(page, "call-backs-board-en")


async def test_without_call_backs_the_board_has_no_strip(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"), "/")
    await expect(page.locator(".tiles")).to_be_visible()
    await expect(page.locator("[data-call-backs]")).to_have_count(0)
