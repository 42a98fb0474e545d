"""The page of one incident: its calls on the site's map, their words beside it, new facts above all."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, Open
from .test_browser import axe

INCIDENT = "/incidents/0198c3a0-0000-7000-8000-0000000000c1"


async def incident(open_page: Open, *, webgl: bool = False, **site: Any) -> tuple[Page, DemoApi]:
    api = DemoApi("usual", **site)
    api.together.linked()
    page = await open_page(api)
    if not webgl:
        await page.add_init_script(NO_WEBGL)
    await page.goto(INCIDENT)
    await expect(page.locator("[data-incident-page]")).to_be_visible()
    return page, api


async def test_calls_stand_on_the_sites_map_with_their_uncertainty_to_scale(open_page: Open) -> None:
    page, _ = await incident(open_page, webgl=True)
    await expect(page.locator("[data-drawn]")).to_have_count(1)
    await expect(page.locator("[data-spot]")).to_have_count(2)
    metres = await page.locator(".area").evaluate_all("all => all.map((one) => +one.dataset.metres)")
    assert sorted(map(round, metres)) == [30, 70]


async def test_without_webgl_the_same_streets_are_a_sketch(open_page: Open) -> None:
    page, _ = await incident(open_page)
    await expect(page.locator("[data-sketch]")).to_contain_text("建国路")
    await expect(page.locator("[data-map-note]")).to_contain_text("简图")
    await expect(page.locator("[data-spot]")).to_have_count(2)


async def test_a_site_without_a_map_still_shows_how_the_callers_lie_to_each_other(open_page: Open) -> None:
    page, _ = await incident(open_page, drawn=False)
    await expect(page.locator("[data-map-note]")).to_contain_text("没有装本地地图")
    await expect(page.locator("[data-spot]")).to_have_count(2)
    await expect(page.locator("[data-metres]").first).to_be_attached()


async def test_the_words_of_the_chosen_call_stand_beside_the_map_by_keys_or_mouse(open_page: Open) -> None:
    page, api = await incident(open_page)
    words = page.locator("[data-words]")
    await expect(words).to_contain_text("来电 1 说了什么")
    await expect(words).to_contain_text("拿刀抢了我的包")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(words).to_contain_text("来电 2 说了什么")
    await expect(page.locator("[data-spot].chosen text")).to_have_text("2")
    await page.locator(f"[data-spot='{api.together.members[0]}']").click()
    await expect(words).to_contain_text("来电 1 说了什么")
    await page.keyboard.press("m")
    await expect(page.locator("[data-map]")).to_be_focused()


async def test_a_new_danger_stands_above_all_and_on_the_map(open_page: Open) -> None:
    page, api = await incident(open_page)
    await expect(page.locator("[data-news=injury]")).to_contain_text("司机流血了")
    await expect(page.locator("[data-news]")).to_have_count(1)
    await expect(page.locator("[data-fact=plate] .tag")).to_have_text("新")
    api.together.tell("fire", "", "车冒烟了", number=0)
    api.push("incident", {"incident_id": INCIDENT.rpartition("/")[2], "calls": api.together.members})
    await expect(page.locator("[data-news=fire]")).to_contain_text("车冒烟了")
    await expect(page.locator(".spot.grave")).to_have_count(2)


async def test_the_page_with_its_map_is_accessible(open_page: Open) -> None:
    page, _ = await incident(open_page)
    await expect(page.locator("[data-spot]")).to_have_count(2)
    assert await axe(page) == []
    await page.keyboard.press("t")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert await axe(page) == []
