"""A caller who cannot speak, in a real browser by keyboard alone, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi
from gateway.testing.demo_quiet import second

from .conftest import NO_WEBGL, Open
from .test_browser import axe

PICTURES = os.environ.get("INTAKE110_PICTURES")
"""A folder: every page a test has come to is drawn there, to be looked at."""


async def drawn(page: Page, name: str) -> None:
    if PICTURES:
        for width, height in ((1280, 720), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(150)
            await page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"))
        await page.set_viewport_size({"width": 1280, "height": 720})


def hushed() -> tuple[DemoApi, str]:
    """A call at the user's desk whose caller has pressed 1 after the prompt."""
    api = DemoApi("usual", position="1101")
    call_id = next(name for name, call in api.calls.items() if call.summary["state"] == "ANSWERED")
    api.quiet.hush(call_id)
    return api, call_id


async def test_the_silent_alarm_stands_on_the_board_until_a_person_ends_it_on_the_card(
    open_page: Open,
) -> None:
    api, call_id = hushed()
    page = await open_page(api, "/")
    await page.add_init_script(NO_WEBGL)
    board = page.locator("[data-silent-alarms]")
    await expect(board).to_contain_text("无声报警 1 起")
    await expect(page.locator(f'[data-call="{call_id}"] [data-silent-mark]')).to_be_visible()
    await drawn(page, "quiet-board-zh")
    await board.locator(f'[data-alarm="{call_id}"]').focus()
    await page.keyboard.press("Enter")
    banner = page.locator("[data-silent-alarm]")
    await expect(banner).to_contain_text("按提示按了 1")
    panel = page.locator("[data-quiet]")
    await expect(panel.locator("[data-keys]")).to_contain_text("按键 1 次")
    await drawn(page, "quiet-card-zh")
    await page.keyboard.press("Alt+2")
    await expect(banner).to_contain_text("demo 正在处理")
    await page.keyboard.press("Alt+3")
    why = page.locator('input[name="end-why"]')
    await expect(why).to_be_focused()
    await page.keyboard.type("已与本人确认平安")
    await drawn(page, "quiet-end-zh")
    await page.keyboard.press("Enter")
    await expect(banner).to_have_count(0)
    await expect(panel.locator("[data-alarm-over]")).to_contain_text("已由 demo")
    assert [path.split(call_id)[1] for path, _ in api.quiet.asked] == [
        "/silent-alarm/seen",
        "/silent-alarm/end",
    ]
    assert api.quiet.asked[-1][1]["note"] == "已与本人确认平安"


async def test_the_prompt_is_started_and_stopped_by_one_key_and_the_alarm_raised_by_another(
    open_page: Open,
) -> None:
    api, call_id = hushed()
    api.calls[call_id].summary["quiet"] = None
    page = await open_page(api, f"/calls/{call_id}")
    await page.add_init_script(NO_WEBGL)
    await expect(page.locator('[data-action="quiet-prompt"]')).to_be_visible()
    await page.keyboard.press("Alt+4")
    prompt = page.locator("[data-prompt]")
    await expect(prompt).to_contain_text("来电人正在听提示")
    await page.keyboard.press("y")
    await expect(prompt).to_contain_text("the caller hears the prompt")
    await drawn(page, "quiet-prompt-en")
    await page.keyboard.press("Alt+4")
    await expect(prompt).to_contain_text("prompt stopped")
    await page.keyboard.press("Alt+1")
    await expect(page.locator("[data-silent-alarm]")).to_contain_text("a call-taker understood")
    await drawn(page, "quiet-alarm-en")
    assert [body.get("action") for _, body in api.quiet.asked] == ["start", "stop", None]


async def test_the_strip_of_sound_says_in_words_what_it_shows_and_goes_on(open_page: Open) -> None:
    api, call_id = hushed()
    page = await open_page(api, f"/calls/{call_id}")
    await page.add_init_script(NO_WEBGL)
    strip = page.locator("[data-strip]")
    await expect(strip.locator("rect")).to_have_count(60)
    words = page.locator("[data-sound-words]")
    await expect(words).to_contain_text("敲击 4 秒")
    assert await strip.get_attribute("aria-label") in await words.inner_text()
    voice = {**second(60), "kind": "voice", "db": -18}
    api.push("level", {"call_id": call_id, "seconds": [voice]})
    await expect(words).to_contain_text("现在出声")
    await expect(strip.locator("rect.voice")).to_have_count(1)
    await expect(strip.locator("rect")).to_have_count(60)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_silent_callers_card_fits_the_smallest_desk(open_page: Open, language: str) -> None:
    api, call_id = hushed()
    api.language = language
    page = await open_page(api, f"/calls/{call_id}")
    await page.set_viewport_size({"width": 1280, "height": 720})
    await expect(page.locator("[data-quiet]")).to_be_in_viewport()
    await expect(page.locator("[data-prompt-key]")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= 1280")
    assert await axe(page) == []
