"""Response plans and the dispatch core's side in a real browser, by keyboard alone, in both languages."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.desk.plans.model import Reason
from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, Open, typed

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""
REASONS = (Reason(code="nature", value="fire"), Reason(code="injured", value="3"))


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


async def card(open_page: Open, api: DemoApi, call_id: str) -> Page:
    page: Page = await open_page(api, "/")
    await page.add_init_script(NO_WEBGL)
    await page.goto(f"/calls/{call_id}")
    await expect(page.locator("[data-section=who]")).to_be_visible()
    return page


async def test_a_suggested_plan_is_started_ticked_off_and_ended_by_keys_alone(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.numbered(0)
    api.plans.suggest(call_id, "fire_trapped", *REASONS)
    page = await card(open_page, api, call_id)
    await expect(page.locator("[data-suggested=fire_trapped]")).to_contain_text("受伤人数 3")
    await drawn(page, "plan-suggested-zh")
    await page.keyboard.press("Shift+Y")
    await expect(page.get_by_role("listbox", name="启动哪个预案")).to_be_visible()
    await expect(page.locator("[data-plan][aria-selected=true]")).to_contain_text("火灾且有人被困")
    await drawn(page, "plan-dialog-zh")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-banner=plan-fire_trapped]")).to_contain_text("0/11 项完成")
    await expect(page.locator("[data-run=fire_trapped]")).to_be_visible()
    await page.keyboard.press("Shift+T")
    await page.keyboard.press("Space")
    await expect(page.locator("[data-item=d1]")).to_contain_text("demo")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Space")
    await expect(page.locator("[data-banner=plan-fire_trapped]")).to_contain_text("2/11 项完成")
    await page.keyboard.press("Space")
    await expect(page.locator("[data-banner=plan-fire_trapped]")).to_contain_text("1/11 项完成")
    await drawn(page, "plan-runs-zh")
    await page.locator("[data-end]").focus()
    await page.keyboard.press("Enter")
    await typed(page, "已扑灭，无人伤亡")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-banner=plan-fire_trapped]")).to_have_count(0)
    await expect(page.locator("[data-plans]")).to_contain_text("已扑灭，无人伤亡")
    assert [path.rsplit("/", 1)[1] for path, _ in api.plans.asked] == [
        "plans", "items", "items", "items", "end",
    ]  # fmt: skip


async def test_every_screen_says_that_a_major_plan_runs(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await card(open_page, api, api.numbered(0))
    await expect(page.locator("[data-action=plan]")).to_be_visible()
    await page.keyboard.press("Shift+Y")
    await expect(page.get_by_role("searchbox", name="按名称查找")).to_be_focused()
    await typed(page, "Mass")
    await page.keyboard.press("Enter")
    banner = page.locator("[data-banner=plan-mass_event]")
    await expect(banner).to_contain_text("重大警情预案")
    await page.keyboard.press("b")
    await expect(page).to_have_url(re.compile("/$"))
    await expect(banner).to_be_visible()
    await page.keyboard.press("y")
    await expect(banner).to_contain_text("Major incident: Mass event")
    await drawn(page, "plan-banner-en")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_the_dispatch_core_tells_and_what_it_owes_stand_on_card_and_board(
    open_page: Open, language: str
) -> None:
    api = DemoApi("usual")
    first, second = api.numbered(0), api.numbered(1)
    page = await card(open_page, api, first)
    if language == "en":
        await page.keyboard.press("y")
    api.plans.alarm(second, missing=True)
    api.plans.instruct(first, ago_s=75)
    shown = page.locator("[data-dispatch]")
    await expect(shown).to_contain_text("城西所101")
    await expect(shown.locator("[data-unsigned]")).to_contain_text(re.compile("0[1-9]:[0-5][0-9]"))
    await expect(page.locator("[data-banner=ack]")).to_contain_text(
        "电话" if language == "zh" else "telephone"
    )
    await expect(page.locator("[data-banner=unsigned]")).to_contain_text("60–120")
    await drawn(page, f"dispatch-card-{language}")
    await page.keyboard.press("b")
    await expect(page.locator(f"[data-call='{second}'] [data-ack]")).to_be_visible()
    await expect(page.locator(f"[data-call='{first}'] [data-unsigned]")).to_be_visible()
    await drawn(page, f"dispatch-board-{language}")
