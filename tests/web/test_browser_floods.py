"""The flood shield's page in a real Chromium, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import Open
from .test_browser import KEPT_IN_CHINESE, axe, labels


async def shield(open_page: Open, *, flooded: bool = True, ranks: bool = False) -> tuple[Page, DemoApi]:
    api = DemoApi("usual", position="1101")
    api.together.ranks = ranks
    if flooded:
        api.together.flood()
    page = await open_page(api)
    await expect(page.locator("[data-call]").first).to_be_visible()
    await page.keyboard.press("Shift+X")
    await expect(page.locator("[data-shield]")).to_be_visible()
    return page, api


async def test_suspects_are_ranked_by_number_range_and_trunk_by_a_key_each(open_page: Open) -> None:
    page, _ = await shield(open_page)
    ranks = page.locator("[data-ranks]")
    await expect(ranks.locator("tbody tr").first).to_contain_text("19990001234")
    await expect(ranks.locator("svg").first).to_have_attribute("aria-label", re.compile("19990001234：最多"))
    await page.keyboard.press("2")
    await expect(ranks.locator("tbody tr").nth(1)).to_contain_text("1999555")
    await page.keyboard.press("3")
    await expect(ranks).to_contain_text("main/trunk-mobile")
    await page.keyboard.press("4")
    await expect(ranks).to_contain_text("203.0.113.9")


@pytest.mark.parametrize(
    ("ranks", "said"), [(True, "话务交换机让别的来电先接"), (False, "只作标记，照常排队")]
)
async def test_the_page_says_where_suspects_stand_as_it_is_done(
    open_page: Open, ranks: bool, said: str
) -> None:
    page, _ = await shield(open_page, ranks=ranks)
    await expect(page.locator("[data-flooding=one_ring]")).to_contain_text(said)
    await expect(page.locator("[data-flooding=prefix]")).to_contain_text("可能有真的求助")
    await expect(page.locator("[data-shield]")).to_contain_text("一个来电也不丢弃")


async def test_a_suspected_call_is_opened_by_keys_and_the_evidence_taken_by_one(open_page: Open) -> None:
    page, api = await shield(open_page)
    await expect(page.locator("[data-pack]")).to_have_attribute("href", "/api/v1/floods/pack?hours=6")
    await expect(page.locator("[data-pack] kbd")).to_have_text("D")
    first = page.locator("[data-suspect]").first
    await expect(first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(first.locator("a")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(re.escape(api.numbered(3))))


async def test_without_floods_the_page_says_what_would_come(open_page: Open) -> None:
    page, _ = await shield(open_page, flooded=False)
    await expect(page.locator(".empty")).to_contain_text("10 分钟内响不到 6 秒就挂 4 次")


async def test_the_page_is_accessible_and_in_both_languages(open_page: Open) -> None:
    page, _ = await shield(open_page)
    await expect(page.locator("[data-ranks] tbody tr").first).to_be_visible()
    assert await axe(page) == []
    assert [
        one for one in await labels(page) if re.search(r"[A-Za-z]{3}", KEPT_IN_CHINESE.sub("", one))
    ] == []
    await page.keyboard.press("t")
    assert await axe(page) == []
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert [one for one in await labels(page) if re.search(r"[\u4e00-\u9fff]", one)] == []
