"""Calls together in a real browser, by keyboard alone: suggestions, links, news, incidents, floods."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi
from gateway.testing.demo_together import INCIDENT

from .conftest import NO_WEBGL, Open, typed

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""


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
    return page


async def test_a_suggestion_is_linked_by_one_key_and_undone_by_one_key(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.together.crash()
    page = await card(open_page, api, call_id)
    first = page.locator("[data-suggestion]").first
    await expect(first).to_contain_text("相距 62 米")
    await expect(first).to_contain_text("都提到：油罐车、侧翻")
    await expect(first).to_contain_text("很可能是同一起")
    await drawn(page, "suggestions-zh")
    await page.keyboard.press("Shift+L")
    await expect(page.locator("[data-own-incident]")).to_contain_text("2 通来电")
    await expect(page.locator("[data-said]")).to_contain_text("已关联")
    await page.keyboard.press("Shift+U")
    await expect(page.locator("[data-own-incident]")).to_have_count(0)
    assert [path.rsplit("/", 1)[1] for path, _ in api.together.asked] == ["link", "unlink"]
    await page.keyboard.press("y")
    await expect(page.locator("[data-suggestion]").first).to_contain_text("62 m apart")
    await drawn(page, "suggestions-en")


async def test_the_next_suggestion_is_chosen_by_key(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await card(open_page, api, api.together.crash())
    await expect(page.locator("[data-suggestion]")).to_have_count(2)
    await page.keyboard.press(".")
    await page.keyboard.press("Shift+L")
    await expect(page.locator("[data-own-incident]")).to_be_visible()
    ((_, body),) = api.together.asked
    assert body["other"].endswith(".2")


async def test_news_of_another_call_stands_above_all_until_somebody_has_seen_it(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await card(open_page, api, api.together.linked())
    facts = page.locator("[data-new-fact]")
    await expect(facts).to_have_count(2)
    await expect(facts.first).to_contain_text("有人受伤")
    await expect(facts.first).to_contain_text("司机流血了")
    await drawn(page, "news-zh")
    api.together.tell("weapon", "", "有人拿刀")
    api.push("incident", {"incident_id": INCIDENT, "rev": 9, "over": False, "calls": api.together.members,
                          "surge": False, "facts": 3})  # fmt: skip
    await expect(facts).to_have_count(3)
    await page.keyboard.press("Shift+N")
    await expect(facts).to_have_count(0)


async def test_in_a_surge_the_card_says_what_to_ask(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.together.linked()
    api.together.surges()
    page = await card(open_page, api, call_id)
    await expect(page.locator("[data-surge]")).to_contain_text("请直接问有什么新情况")
    await expect(page.locator("[data-surge]")).to_contain_text("有没有人受伤或被困？")
    await page.keyboard.press("y")
    await expect(page.locator("[data-surge]")).to_contain_text("Is anybody hurt or trapped?")
    await drawn(page, "surge-en")


async def test_a_repeat_caller_shows_both_risks(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.together.crash()
    api.together.repeats()
    page = await card(open_page, api, call_id)
    repeat = page.locator("[data-repeat]")
    await expect(repeat).to_contain_text("第 8 次来电")
    await expect(repeat).to_contain_text("骚扰")
    await expect(repeat).to_contain_text("家庭暴力")
    await expect(repeat).to_contain_text("未接即挂")
    await drawn(page, "repeat-zh")


async def test_the_incident_page_shows_calls_on_one_time_line_with_facts_and_places(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.together.linked()
    page = await card(open_page, api, call_id)
    await expect(page.locator("[data-own-incident]")).to_be_visible()
    await page.keyboard.press("i")
    await expect(page.locator("[data-incident-page]")).to_be_visible()
    await expect(page.locator("[data-member]")).to_have_count(2)
    await expect(page.locator("[data-fact=injury]")).to_contain_text("司机流血了")
    await expect(page.locator("[data-incident-map] .dot")).to_have_count(2)
    await page.keyboard.press("n")
    await typed(page, "某路口货车侧翻")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("某路口货车侧翻")
    await drawn(page, "incident-zh")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(re.escape(api.together.members[1]) + "$"))


async def test_incidents_are_found_from_anywhere_and_merged_by_key(open_page: Open) -> None:
    api = DemoApi("usual")
    api.together.linked()
    page: Page = await open_page(api, "/")
    await expect(page.locator("[data-call]").first).to_be_visible()
    await page.keyboard.press("Shift+I")
    await expect(page.locator("[data-incident]")).to_have_count(2)
    await drawn(page, "incidents-zh")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-incident-page]")).to_be_visible()
    await page.keyboard.press("y")
    await expect(page.locator("[data-incident-page]")).to_contain_text("Time line")
    await drawn(page, "incident-en")
    await page.keyboard.press("Shift+M")
    await page.get_by_role("button", name="某某仓库冒烟").press("Enter")
    await expect(page).to_have_url(re.compile("c2$"))
    assert api.together.asked[-1][0].endswith("/merge")


async def test_a_flood_stands_on_the_board_with_figures_and_what_is_done(open_page: Open) -> None:
    api = DemoApi("usual")
    page: Page = await open_page(api, "/")
    await expect(page.locator("[data-call]").first).to_be_visible()
    await expect(page.locator("[data-flood]")).to_have_count(0)
    api.together.flood()
    api.push("flood", {"floods": 2})
    banner = page.locator("[data-flood]")
    await expect(banner).to_contain_text("533 通 · 1 个号码 · 每分钟 12")
    await expect(banner).to_contain_text("一个也不丢弃")
    await expect(banner).to_contain_text("留 2 个席位")
    await drawn(page, "flood-zh")
    await page.keyboard.press("y")
    await expect(banner).to_contain_text("none is dropped")
    await drawn(page, "flood-en")


async def test_a_suspected_call_is_cleared_by_one_key(open_page: Open) -> None:
    api = DemoApi("usual")
    api.together.flood()
    page = await card(open_page, api, api.numbered(3))
    await expect(page.locator("[data-suspicion]")).to_contain_text("不会丢弃")
    await drawn(page, "suspicion-zh")
    await page.keyboard.press("Shift+H")
    await expect(page.locator("[data-suspicion]")).to_have_count(0)


@pytest.mark.parametrize("permission", ["write_calls"])
async def test_who_may_not_write_sees_suggestions_and_cannot_link(open_page: Open, permission: Any) -> None:
    api = DemoApi("usual")
    api.permissions.remove(permission)
    page = await card(open_page, api, api.together.crash())
    await expect(page.locator("[data-suggestion]")).to_have_count(2)
    await page.keyboard.press("Shift+L")
    await expect(page.locator("[data-suggestion] button")).to_have_count(0)
    assert api.together.asked == []
