"""The quality watch in a real Chromium, by keys alone: figures, rules, and calls on which opinions differ."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import SMALL, Open, typed
from .test_browser import KEPT_IN_CHINESE, axe, labels

VIEWS = {
    "figures": ("/quality", "[data-trend=missed] svg"),
    "rules": ("/quality?view=rules", "[data-rule]"),
    "disagreements": ("/quality?view=disagreements", "[data-segment]"),
}
"""Every view of the page, and what stands on it once it is filled."""


async def open_view(open_page: Open, view: str, api: DemoApi | None = None) -> Page:
    path, filled = VIEWS[view]
    page = await open_page(api or DemoApi("usual"), path)
    await expect(page.locator(filled).first).to_be_visible()
    return page


async def test_quality_is_read_by_keys_alone(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"))
    await expect(page.locator("[data-call]")).to_have_count(12)
    await page.keyboard.press("q")
    await expect(page.locator("[data-lead]")).to_contain_text("近 30 天")
    await expect(page.locator("[data-missed]")).to_contain_text("漏判的警情")
    await expect(page.locator("[data-code=theft]")).to_contain_text("盗窃")
    await page.keyboard.press("7")
    await expect(page.locator("[data-lead]")).to_contain_text("近 7 天")
    await page.keyboard.press("g")
    await expect(page.locator("[data-silent]")).to_contain_text("zh.kidnapping.taken")
    await page.keyboard.press("/")
    await typed(page, "theft")
    await expect(page.locator("[data-rule]").first).to_contain_text("theft")
    await page.keyboard.press("Escape")
    await page.keyboard.press("f")
    await expect(page.locator("[data-lead]")).to_be_visible()


async def test_a_day_unlike_others_is_told_with_what_is_usual(open_page: Open) -> None:
    page = await open_view(open_page, "figures", DemoApi("disaster"))
    await expect(page.locator("[data-drift]")).to_contain_text("存疑的占")
    await expect(page.locator("[data-drift]")).to_contain_text("平常在")


async def test_one_key_labels_a_call_in_dispute_and_the_next_one_stands_there(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_view(open_page, "disagreements", api)
    disputes = page.locator("[data-dispute]")
    before = await disputes.count()
    call_id = await disputes.first.get_attribute("data-dispute")
    await expect(page.locator("[data-party=person]")).to_contain_text("接警员")
    await page.keyboard.press("u")
    await expect(disputes).to_have_count(before - 1)
    assert call_id is not None
    assert api.requests[-1]["type"] == "LabelCall"
    assert api.quality.labelled[call_id]["class"] in ("valid_alarm", "non_police")
    await expect(page.locator("[aria-current=true]")).to_have_count(1)
    await expect(page.get_by_role("status")).to_contain_text("已记下")


async def test_when_nobody_is_right_a_person_says_what_it_was(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_view(open_page, "disagreements", api)
    before = await page.locator("[data-dispute]").count()
    await page.keyboard.press("p")
    await page.select_option("[name=label-class]", "valid_alarm")
    await page.select_option("[name=label-nature]", "theft")
    await page.locator("[name=label-nature]").press("Enter")
    await page.get_by_role("button", name="就是这样").click()
    await expect(page.locator("[data-dispute]")).to_have_count(before - 1)
    assert next(iter(api.quality.labelled.values())) == {
        "class": "valid_alarm", "nature": "theft", "department": None, "note": "",
    }  # fmt: skip


async def test_without_decided_calls_the_page_says_what_will_come_and_from_where(open_page: Open) -> None:
    page = await open_page(DemoApi("nothing"), "/quality")
    await expect(page.locator("[data-nothing]")).to_contain_text("来源")


async def test_who_may_not_label_sees_figures_only(open_page: Open) -> None:
    api = DemoApi("usual")
    api.permissions.remove("label_calls")
    page = await open_view(open_page, "figures", api)
    await page.keyboard.press("d")
    await expect(page.locator("[data-lead]")).to_be_visible()
    await expect(page.get_by_role("button", name="说法不一")).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_speaks_both_languages(open_page: Open, view: str) -> None:
    page = await open_view(open_page, view)
    chinese = await labels(page)
    assert [label for label in chinese if re.search(r"[A-Za-z]{3}", KEPT_IN_CHINESE.sub("", label))] == []
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    english = await labels(page)
    assert [label for label in english if re.search(r"[\u4e00-\u9fff]", label)] == []


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_is_accessible_and_as_wide_as_the_smallest_screen(
    open_page: Open, view: str
) -> None:
    page = await open_view(open_page, view)
    for theme in ("dark", "light"):
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert await axe(page) == []
        await page.keyboard.press("t")
    assert await page.evaluate("document.querySelector('main').scrollWidth") <= SMALL["width"]


async def test_a_pack_is_chosen_and_stands_beside_the_one_before(open_page: Open) -> None:
    page = await open_view(open_page, "figures")
    rows = page.locator("[data-pack]")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("第 2 版 · 正在生效")
    judged = [int(await rows.nth(at).locator("td").nth(1).inner_text()) for at in range(2)]
    assert sum(judged) == 30 * 60
    await page.keyboard.press("v")
    await page.locator("[name=pack]").select_option(index=2)
    await expect(rows.nth(1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("[data-lead]")).to_contain_text(
        await rows.nth(1).locator("td").nth(2).inner_text()
    )
    await rows.nth(1).get_by_role("button").click()
    await expect(page.locator("[data-pack] [aria-pressed=true]")).to_have_count(0)
