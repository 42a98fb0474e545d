"""What holds on every page, in a real Chromium: dialogs one after another, words that change language."""

from __future__ import annotations

import json

from playwright.async_api import Route, expect

from gateway.testing.demo_api import DemoApi

from .conftest import Open
from .test_browser import live_call
from .test_browser_card import on_card

NEXT_WHILE_CLOSING = """
async ([key, init]) => {
  const open = document.querySelector('dialog[open]');
  const toldOf = new Promise((told) => open.addEventListener('close', told, { once: true }));
  [...open.querySelectorAll('button')].find((button) => /Esc/.test(button.textContent)).click();
  // Nothing but what runs before the browser's own tasks: closed, and not told of yet.
  for (let n = 0; n < 100 && open.open; n++) await null;
  const between = !open.open;
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...init }));
  await toldOf;
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return [between, open.open];
}
"""
KEYS = {
    "F4": ("F4", {}), "F10": ("F10", {}), "Shift+P": ("P", {"shiftKey": True}), "?": ("?", {}),
    "Alt+i": ("i", {"altKey": True}), "Shift+Y": ("Y", {"shiftKey": True}),
}  # fmt: skip


async def test_a_dialog_asked_for_while_the_last_one_closes_is_not_swallowed(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, live_call(api))
    for key, pressed in KEYS.items():
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_have_count(1)
        assert (key, await page.evaluate(NEXT_WHILE_CLOSING, pressed)) == (key, [True, True])
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_a_click_on_a_dialogs_own_edge_loses_no_words_and_one_beside_it_only_where_none_are_written(
    open_page: Open,
) -> None:
    page = await open_page(DemoApi("usual"))
    await expect(page.locator("[data-call]").first).to_be_visible()
    await page.keyboard.press("F10")
    await page.fill("[name=record-words]", "有人来窗口报案")
    await page.mouse.click(4, 360)
    await expect(page.locator("[name=record-words]")).to_have_value("有人来窗口报案")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    box = await page.locator("dialog[open]").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + 4, box["y"] + 4)
    await expect(page.locator("dialog[open]")).to_have_count(1)
    await page.mouse.click(4, box["y"])
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_what_a_page_said_changes_with_the_language_at_once(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, live_call(api))
    said = page.locator("[data-said]")
    await page.keyboard.press("F2")  # the caller is on the line: the page's own words
    await expect(said).to_contain_text("还在线上")
    await page.keyboard.press("y")
    await expect(said).to_contain_text("still on the line")

    async def refuse(route: Route) -> None:
        by = "cheng, 2026-01-05T12:00:00+00:00"
        zh, en = f"已由他人办结。办结人： {by}", f"Already finished. By: {by}"
        told = {"code": "already_finished", "message": en, "message_zh": zh, "message_en": en, "field": None}
        await route.fulfill(status=409, body=json.dumps({"error": told}), content_type="application/json")

    await page.route("**/supervisions", refuse)
    await page.keyboard.press("F6")  # the gateway's words, with a time as the desk's clock has it
    here = await page.evaluate(
        "new Date('2026-01-05T12:00:00Z').toLocaleTimeString('zh-CN', { hour12: false })"
    )
    await expect(said).to_contain_text("Already finished. By: cheng, 2026-01-05 " + here)
    await page.keyboard.press("y")
    await expect(said).to_contain_text("已由他人办结。办结人： cheng, 2026-01-05 " + here)
