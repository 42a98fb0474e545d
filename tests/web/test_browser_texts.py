"""Text calls in a real browser, by keyboard alone: the queue on the board, the thread on the card."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, Open
from .test_browser import axe, labels

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


async def test_the_longest_waiting_text_call_is_taken_answered_and_given_back_by_keys(
    open_page: Open,
) -> None:
    api = DemoApi("usual", position="1101")
    first, second = api.threads.write_in()
    page = await open_page(api, "/")
    await page.add_init_script(NO_WEBGL)
    strip = page.locator("[data-text-calls]")
    await expect(strip.locator("[data-text-call]").first).to_have_attribute("data-text-call", first)
    await expect(strip.locator("[data-text-call]").first).to_contain_text("超时")
    await expect(strip.locator(f'[data-text-call="{second}"]')).to_contain_text("还剩")
    await drawn(page, "texts-board-zh")
    await page.keyboard.press("Alt+n")
    panel = page.locator("[data-thread]")
    await expect(panel).to_contain_text("demo（1101 席）处理中")
    await expect(panel.locator('[data-message="caller-2"]')).to_contain_text("缺第 2 段")
    await expect(panel.locator('[data-message="caller-1"]')).to_contain_text("现场.jpg")
    await drawn(page, "texts-card-zh")
    await page.keyboard.press("Alt+w")
    box = panel.locator("[data-answer]")
    await expect(box).to_be_focused()
    await page.keyboard.press("Alt+q")
    await expect(box).not_to_have_value("")
    await page.keyboard.press("Enter")
    await expect(panel.locator('[data-message="call_taker-0"] [data-state]')).to_contain_text("已发出")
    await expect(box).to_have_value("")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+g")
    await expect(panel).to_contain_text("等待认领")
    await expect(panel.locator("[data-why]")).to_contain_text("Alt+N")
    names = [path.rsplit("/text/", 1)[1] for path, _ in api.threads.asked]
    assert names == ["claim", "messages", "release"]


async def test_an_answer_that_failed_says_why_and_is_sent_again_by_a_key(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    api.threads.outcome = "failed"
    page = await open_page(api, f"/calls/{first}")
    panel = page.locator("[data-thread]")
    await expect(panel).to_be_visible()
    await page.keyboard.press("Alt+n")
    box = panel.locator("[data-answer]")
    await expect(box).to_be_focused()
    await page.keyboard.type("您在哪里？")
    await page.keyboard.press("Enter")
    state = panel.locator('[data-message="call_taker-0"] [data-state]')
    await expect(state).to_contain_text("未送达：号码停机")
    await drawn(page, "texts-failed-zh")
    api.threads.outcome = "delivered"
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+z")
    await expect(state).to_contain_text("已送达")
    await page.keyboard.press("y")
    await expect(state).to_contain_text("delivered")
    await drawn(page, "texts-card-en")


async def test_who_comes_second_is_told_who_has_it(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    api.threads.write_in()
    api.threads.taken_by = "wang"
    page = await open_page(api, "/")
    strip = page.locator("[data-text-calls]")
    await expect(strip).to_be_visible()
    await page.keyboard.press("Alt+n")
    await expect(strip.get_by_role("status")).to_contain_text("已由他人认领： wang")


async def test_a_text_call_that_its_holder_left_unanswered_stands_on_everybodys_board(
    open_page: Open,
) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    text = api.calls[first].summary["text"]
    text |= {
        "state": "claimed",
        "claimed_by": "wang",
        "position": "1107",
        "waiting_since": None,
        "due_at": None,
    }
    api.calls[first].summary |= {"state": "ANSWERED", "agents": ["1107"]}
    page = await open_page(api, "/")
    alone = page.locator(f'[data-left-alone="{first}"]')
    await expect(alone).to_contain_text("未回复")
    await expect(alone).to_contain_text("wang（1107 席）处理中")
    spoken = [c.summary for c in api.calls.values() if c.summary.get("medium") != "text"]
    talking = sum(each["state"] == "ANSWERED" and not each["test"] for each in spoken)
    await expect(page.locator("[data-figure=talking]")).to_have_text(str(talking))
    await expect(page.locator("[data-taken]")).to_have_text("处理中 1")
    await drawn(page, "texts-left-alone-zh")


async def test_a_text_call_is_passed_on_by_keys(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    page = await open_page(api, f"/calls/{first}")
    await expect(page.locator("[data-thread]")).to_be_visible()
    await page.keyboard.press("Alt+n")
    await expect(page.locator("[data-answer]")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+j")
    dialog = page.locator("[data-pass]")
    await expect(dialog).to_be_visible()
    await drawn(page, "texts-pass-zh")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-thread]")).to_contain_text("li（")
    await expect(page.locator("[data-why]")).to_be_visible()


async def test_without_text_calls_the_board_has_no_strip(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"), "/")
    await expect(page.locator(".tiles")).to_be_visible()
    await expect(page.locator("[data-text-calls]")).to_have_count(0)


async def test_a_user_of_an_app_without_a_number_is_answered_in_the_app(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    api.threads.by_app(first)
    api.threads.outcome, api.threads.reason = "unknown", "not_confirmed"
    page = await open_page(api, f"/calls/{first}")
    panel = page.locator("[data-thread]")
    await expect(panel).to_contain_text("回复在应用内送达")
    await page.keyboard.press("Alt+n")
    await expect(panel.locator("[data-answer]")).to_be_focused()
    await page.keyboard.type("您安全吗？")
    await page.keyboard.press("Enter")
    state = panel.locator('[data-message="call_taker-0"] [data-state]')
    await expect(state).to_contain_text("应用未确认收到")
    await drawn(page, "texts-app-zh")
    api.threads.outcome = "read"
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+z")
    await expect(state).to_contain_text("已读")
    await page.keyboard.press("y")
    await expect(state).to_contain_text("read")
    await expect(panel).to_contain_text("answers arrive in the app")
    await drawn(page, "texts-app-en")


async def test_what_was_found_is_underlined_in_the_thread_as_in_spoken_words(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    api.threads.judge(first)
    page = await open_page(api, f"/calls/{first}")
    panel = page.locator("[data-thread]")
    await expect(panel.locator('[data-message="caller-0"] .finding')).to_have_text("跟着我")
    await expect(panel.locator('[data-message="caller-0"] .veto')).to_have_text("不敢出声")
    whole = panel.locator('[data-message="caller-2"]')
    await expect(whole.locator(".veto")).to_have_text("他手里有")
    await expect(whole).to_contain_text("他手里有[…]我在便利店里")
    await expect(panel.locator('[data-message="caller-1"] .veto')).to_have_count(0)
    lines = [
        await panel.locator(f'[data-message="caller-0"] .{kind}').evaluate(
            "one => getComputedStyle(one).textDecorationThickness"
        )
        for kind in ("finding", "veto")
    ]
    assert lines == ["1px", "3px"]
    await drawn(page, "texts-found-zh")


async def test_a_text_calls_panels_are_accessible_in_both_themes_and_languages(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    first, _ = api.threads.write_in()
    api.threads.judge(first)
    api.threads.outcome = "failed"
    api.threads.awaited = [{"there": [1], "of": 3, "since": api.calls[first].summary["seized_at"]}]
    page = await open_page(api, "/")
    await expect(page.locator("[data-text-calls]")).to_be_visible()
    assert await axe(page) == [], "the board's strip"
    await page.goto(page.url.rstrip("/") + f"/calls/{first}")
    panel = page.locator("[data-thread]")
    await expect(panel.locator("[data-awaited]")).to_be_visible()
    await expect(panel.locator("[data-why]")).to_be_visible()
    assert await axe(page) == [], "nobody has it yet"
    await page.keyboard.press("Alt+n")
    await expect(panel.locator("[data-answer]")).to_be_focused()
    await page.keyboard.type("您在哪里？")
    await page.keyboard.press("Enter")
    await expect(panel.locator('[data-message="call_taker-0"] [data-state]')).to_contain_text("号码停机")
    await page.keyboard.press("Escape")
    for language in ("zh-CN", "en"):
        await expect(page.locator("html")).to_have_attribute("lang", language)
        for theme in ("dark", "light"):
            await expect(page.locator("html")).to_have_attribute("data-theme", theme)
            assert await axe(page) == [], (language, theme)
            await page.keyboard.press("Alt+j")
            await expect(page.locator("[data-pass]")).to_be_visible()
            assert await axe(page) == [], (language, theme, "passing on")
            await page.keyboard.press("Escape")
            await drawn(page, f"texts-{language}-{theme}")
            await page.keyboard.press("t")
        if language == "zh-CN":
            await page.keyboard.press("y")
    assert [label for label in await labels(page) if re.search(r"[\u4e00-\u9fff]", label)] == []
