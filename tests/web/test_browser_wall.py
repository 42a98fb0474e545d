"""The wall in a real Chromium: both languages, both sizes, three stages, and a picture that is old."""

from __future__ import annotations

import os
import re
from typing import get_args

import pytest
from playwright.async_api import Page, ViewportSize, expect

from gateway.testing.demo_api import DemoApi
from gateway.testing.demo_scene import Scene
from gateway.web.wall_schema import WallShown

from .conftest import Open
from .test_browser import KEPT_IN_CHINESE, axe, labels

SMALL: ViewportSize = {"width": 1280, "height": 720}
DESK: ViewportSize = {"width": 1920, "height": 1080}
WALL: ViewportSize = {"width": 3840, "height": 2160}
PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every stage is drawn there, to be looked at."""
SCENES: tuple[Scene, ...] = get_args(Scene)
CUT_OFF = """
() => [...document.querySelectorAll('[data-wall], [data-wall] *')]
  .filter((box) => !(box instanceof SVGElement) && !box.closest('.hidden-text'))
  .filter((box) => getComputedStyle(box).display !== 'inline')
  .filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight * 1.2 + 6)
  .map((box) => `${box.tagName} ${box.className} ${box.textContent.slice(0, 60)}`)
"""
"""What does not fit into its box; letters reach a little beyond a line that is as high as they are."""


async def open_wall(open_page: Open, api: DemoApi, size: ViewportSize = DESK) -> Page:
    api.permissions = ["see_wall"]
    page = await open_page(api)
    await page.set_viewport_size(size)
    await expect(page.locator("[data-link]").first).to_be_visible()
    return page


@pytest.mark.parametrize("scene", SCENES)
def test_the_invented_wall_has_the_shape_of_the_real_one(scene: Scene) -> None:
    WallShown.model_validate(DemoApi(scene).wall.body())


@pytest.mark.parametrize("scene", SCENES)
async def test_every_stage_fits_both_screens_in_both_languages_and_is_accessible(
    open_page: Open, scene: Scene
) -> None:
    page = await open_wall(open_page, DemoApi(scene))
    for lang in ("zh-CN", "en"):
        await expect(page.locator("html")).to_have_attribute("lang", lang)
        for size in (SMALL, DESK, WALL):
            await page.set_viewport_size(size)
            assert await page.evaluate(CUT_OFF) == []
            if PICTURES:
                await page.screenshot(path=f"{PICTURES}/wall-{scene}-{lang}-{size['width']}.png")
        said = await labels(page)
        if lang == "en":
            assert [label for label in said if re.search(r"[\u4e00-\u9fff]", label)] == []
        else:
            rest = [KEPT_IN_CHINESE.sub("", label) for label in said]
            assert [label for label in rest if re.search(r"[A-Za-z]{3}", label)] == []
        assert await axe(page) == []
        await page.keyboard.press("y")


async def test_the_walls_role_lands_on_its_page_and_leaves_it_for_none(open_page: Open) -> None:
    page = await open_wall(open_page, DemoApi("usual"))
    assert page.url.endswith("/wall")
    for key in ("b", "h", "Shift+O", "Escape"):
        await page.keyboard.press(key)
    await page.goto("/ended")
    await expect(page.locator("[data-wall]")).to_be_visible()
    assert page.url.endswith("/wall")


async def test_a_supervisor_opens_the_wall_by_a_key_and_goes_back(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"))
    await expect(page.locator("[data-call]")).to_have_count(12)
    await page.keyboard.press("Shift+W")
    await expect(page.locator("[data-wall] [data-figure=waiting]")).to_have_text("2")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-call]")).to_have_count(12)


async def test_letters_are_large_enough_for_eight_metres(open_page: Open) -> None:
    page = await open_wall(open_page, DemoApi("usual"), WALL)
    smallest = await page.evaluate(
        "() => Math.min(...[...document.querySelectorAll('.picture *')]"
        ".filter((box) => box.childElementCount === 0 && box.textContent.trim())"
        ".map((box) => parseFloat(getComputedStyle(box).fontSize)))"
    )
    assert smallest >= 36


async def test_news_change_the_picture_where_something_happened(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_wall(open_page, api)
    await expect(page.locator("[data-alert]")).to_have_count(0)
    await expect(page.locator("[data-within='10']")).to_contain_text("96 %")
    api.wall.changed = {"silent_alarms": {"count": 1, "unseen": 1, "since": "2026-01-05T12:00:00.000Z"}}
    api.push("wall", api.wall.body())
    await expect(page.locator("[data-alert=silent]")).to_contain_text("无声报警 1")
    await expect(page.locator("[data-alert=silent]")).to_contain_text("还没人看到")


async def test_text_calls_stand_apart_and_late_ones_in_the_late_colour(open_page: Open) -> None:
    api = DemoApi("disaster")
    page = await open_wall(open_page, api)
    tile = page.locator(".tile", has=page.locator("[data-figure=texts]"))
    await expect(tile).to_contain_text("▲ 超时 2 · 处理中 9 · ▲ 未回复 1")
    await expect(tile).to_have_class(re.compile("late"))
    await expect(page.locator("[data-figure=texts-longest]")).to_contain_text("04:")
    api.wall.changed = {"texts": {"count": 0, "since": None, "late": 0, "claimed": 1, "left": 0}}
    api.push("wall", api.wall.body())
    await expect(page.locator("[data-figure=texts]")).to_have_text("0")
    await expect(tile).not_to_have_class(re.compile("late"))
    await expect(page.locator("[data-figure=texts-longest]")).to_have_count(0)


async def test_a_broken_link_says_which_since_when_and_what_still_works(open_page: Open) -> None:
    page = await open_wall(open_page, DemoApi("disaster"))
    broker = page.locator("[data-link=broker]")
    await expect(broker).to_contain_text("消息中间件 中断")
    await expect(broker).to_contain_text("自 ")
    await expect(broker).to_contain_text("仍可用：来电、接警单、录音照常")
    await expect(page.locator("[data-demo]")).to_contain_text("只懂合成语音")
    await expect(page.locator("[data-off]")).to_contain_text("高于常值")
    await expect(page.locator("[data-alert]").first).to_contain_text("重大警情预案：重大交通事故")


async def test_figures_that_the_store_cannot_tell_say_so(open_page: Open) -> None:
    api = DemoApi("usual")
    api.wall.changed = {"day": api.wall.body()["day"] | {"fault_since": "2026-01-05T12:00:00.000Z"}}
    page = await open_wall(open_page, api)
    await expect(page.get_by_text("读不出来，停在当时")).to_be_visible()


async def test_a_wall_whose_own_link_is_broken_never_looks_live(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_wall(open_page, api)
    await expect(page.locator("[data-clock]")).to_be_visible()
    await page.context.route("**/api/**", lambda route: route.abort())
    api.cut()
    await expect(page.locator("[data-stale]")).to_contain_text("画面停在", timeout=15_000)
    await expect(page.locator("[data-stale]")).to_contain_text("以下不是现在的情况")
    await expect(page.locator("[data-clock]")).to_have_count(0)
    assert await page.evaluate("getComputedStyle(document.querySelector('.picture')).opacity") == "0.35"
    waited = await page.locator("[data-figure=longest]").inner_text()
    await page.keyboard.press("y")
    await expect(page.locator("[data-stale]")).to_contain_text("This picture stopped at")
    await expect(page.locator("[data-stale]")).to_contain_text("00:05", timeout=15_000)
    await expect(page.locator("[data-figure=longest]")).to_have_text(waited)


async def test_a_link_that_stands_but_says_nothing_makes_the_picture_old_too_and_news_make_it_live(
    open_page: Open,
) -> None:
    api = DemoApi("usual")
    page = await open_wall(open_page, api)
    api.wall.silent = api.wall.refuses = True
    await page.evaluate("() => { const real = Date.now; Date.now = () => real() + 20000 }")
    # Later at the latest, when an answer that was under way came after the clock had been put on.
    await expect(page.locator("[data-stale]")).to_be_visible(timeout=20_000)
    api.push("wall", api.wall.body())
    await expect(page.locator("[data-stale]")).to_have_count(0)
    await expect(page.locator("[data-clock]")).to_be_visible()


async def test_a_gateway_that_does_not_answer_is_told_and_asked_again(open_page: Open) -> None:
    api = DemoApi("usual")
    api.wall.refuses, api.permissions = True, ["see_wall"]
    page = await open_page(api)
    await expect(page.get_by_role("status")).to_contain_text("没有应答")
    api.wall.refuses = False
    await expect(page.locator("[data-link]").first).to_be_visible(timeout=15_000)


async def test_who_may_not_see_the_wall_is_told(open_page: Open) -> None:
    api = DemoApi("usual")
    api.permissions.remove("see_wall")
    page = await open_page(api, "/wall")
    await expect(page.get_by_text("您的角色不看这一页")).to_be_visible()
