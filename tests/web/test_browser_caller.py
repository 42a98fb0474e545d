"""The page of a caller in a real browser as small as a phone, in both languages, with and without a place."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import BrowserContext, Page, expect

from gateway.archive.pictures import Pictures
from gateway.calls.share import Share
from gateway.calls.shared import SendLink
from gateway.calls.signals import CallerIdentified, CallSeized
from gateway.clock import SystemClock
from gateway.ids import CallId
from gateway.runtime.sharing import ShareSettings, ShareSources
from gateway.testing.fake_sender import FakeTextSender
from gateway.testing.memory_share import MemoryShareLinks, a_picture
from gateway.testing.whole import PBX, SITE, Whole
from gateway.web.caller.app import Deps, make_app

from .conftest import OneBrowser

DRAWN = os.environ.get("INTAKE110_PICTURES")
CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
PHONE = {"width": 360, "height": 640}
HERE = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 12}
NO_TOUCH_UNDER_PX = 44
POLICY = "Security Policy"
"""How Chromium tells of what the page's policy forbids."""


@dataclass
class Street:
    """A gateway with a call, and phones that open its links."""

    whole: Whole
    sender: FakeTextSender
    base: str
    phone: Callable[..., Awaitable[Page]]
    faults: list[str]

    async def link(self) -> str:
        asked = SendLink(
            call_id=CALL, at=self.whole.clock.now(), request_id=f"l{len(self.sender.sent)}", actor="wang",
            valid_s=1800.0,
        )  # fmt: skip
        await self.whole.ask(asked)
        while not self.sender.sent:
            await self.whole.clock.sleep(0.01)
        return "/s/" + self.sender.sent[-1].text.rsplit("/s/", 1)[1].split("。")[0].split("，")[0].strip()

    async def share(self) -> Share:
        call = await self.whole.house.intake.call(CALL)
        assert call is not None
        assert call.share is not None
        return call.share


@pytest_asyncio.fixture(loop_scope="session")
async def street(tmp_path: Path, one_browser: OneBrowser) -> AsyncIterator[Street]:
    sender, clock = FakeTextSender(), SystemClock()
    sources = ShareSources(
        settings=ShareSettings(public_url="https://110.example.cn"), links=MemoryShareLinks(),
        pictures=Pictures(tmp_path / "archive"),
    )  # fmt: skip
    whole = Whole(clock=clock, sender=sender, share=sources)
    await whole.start()
    at: dict[str, Any] = {"call_id": CALL, "at": clock.now()}
    await whole.give(
        CallSeized(
            **at, site=SITE, pbx=PBX, uniqueid="1767600000.1", linkedid="1767600000.1", line="PJSIP/t-1"
        ),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
    )
    runner = web.AppRunner(make_app(Deps(desk=whole.house.sharing, clock=clock)), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    browser, faults = await one_browser.running(), list[str]()

    async def phone(locale: str = "zh-CN", *, scripts: bool = True, place: Any = HERE, **more: Any) -> Page:
        context: BrowserContext = await browser.new_context(
            viewport=PHONE, base_url=base, locale=locale, geolocation=place, has_touch=True,
            permissions=["geolocation"] if place else [], java_script_enabled=scripts, **more,
        )  # fmt: skip
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if "Security Policy" in told.text else None)
        return page

    yield Street(whole, sender, base, phone, faults)
    for context in list(browser.contexts):
        await context.close()
    await runner.cleanup()
    await whole.crash()
    assert faults == []


async def drawn(page: Page, name: str, *, whole: bool = False) -> None:
    if DRAWN:
        await page.screenshot(path=str(Path(DRAWN) / f"caller-{name}.png"), full_page=whole)


async def fits(page: Page) -> None:
    """Nothing is wider than the phone; what is touched is large enough."""
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    small = await page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea')]
           .filter((e) => e.getClientRects().length)
           .map((e) => [e.outerHTML.slice(0, 60), e.getBoundingClientRect().height])"""
    )
    assert [one for one in small if one[1] < NO_TOUCH_UNDER_PX] == []


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const part = (v) => v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return 'rgb(255,255,255)';
  };
  const words = [...document.querySelectorAll('h1, h2, p, a, button, label, textarea')];
  const ratio = (e) => {
    const both = [light(rgb(getComputedStyle(e).color)), light(rgb(ground(e)))].sort((x, y) => y - x);
    return (both[0] + 0.05) / (both[1] + 0.05);
  };
  return words.filter((e) => e.getClientRects().length && e.textContent.trim() && ratio(e) < 4.5)
    .map((e) => e.textContent.slice(0, 30));
}"""
"""What is written with less than the contrast of WCAG AA."""


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
async def test_a_frightened_person_shares_a_position_words_and_a_picture(
    street: Street, language: str
) -> None:
    page = await street.phone(language)
    own = language[:2]
    await page.goto(await street.link())
    await fits(page)
    await drawn(page, f"start-{own}")
    await page.get_by_role("button").first.click()
    await expect(page.locator("#once")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == ("zh-CN" if own == "zh" else "en")
    await fits(page)
    assert await page.evaluate(CONTRAST) == []
    await drawn(page, f"page-{own}", whole=True)
    await page.locator("#once").click()
    await expect(page.locator("#said")).to_have_text(
        "位置已发送。" if own == "zh" else "Your position was sent."
    )
    await drawn(page, f"sent-{own}")
    await page.locator("#text").fill("二楼，有人受伤")
    await page.get_by_role("button", name="发送文字" if own == "zh" else "Send text").click()
    await expect(page.locator(".good")).to_be_visible()
    await drawn(page, f"written-{own}")
    file = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": a_picture(size=(400, 300))}
    await page.locator("#picture").set_input_files([file])
    await page.get_by_role("button", name="发送照片" if own == "zh" else "Send pictures").click()
    await expect(page.locator("[data-received]")).to_contain_text("照片1张" if own == "zh" else "Pictures: 1")
    share = await street.share()
    assert (share.texts, share.pictures, share.positions) == (1, 1, 1)
    call = await street.whole.house.intake.call(CALL)
    assert call is not None
    assert (call.locations[0].latitude, call.locations[0].uncertainty_m) == (31.2304, 12.0)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
async def test_a_refused_position_is_told_in_clear_words_and_all_else_works(
    street: Street, language: str
) -> None:
    page = await street.phone(language, place=None)
    await page.goto(await street.link())
    await page.get_by_role("button").first.click()
    await page.locator("#once").click()
    await expect(page.locator("#said")).to_contain_text("不允许" if language == "zh-CN" else "does not let")
    await drawn(page, f"denied-{language[:2]}")
    await page.locator("#follow").click()
    await expect(page.locator("#follow")).to_have_attribute("aria-pressed", "false")
    await page.locator("#text").fill("I am in the cellar")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".good")).to_be_visible()
    assert (await street.share()).positions == 0


async def test_the_position_is_followed_while_the_page_is_open(street: Street) -> None:
    page = await street.phone()
    await page.goto(await street.link())
    await page.get_by_role("button").first.click()
    await page.locator("#follow").click()
    await expect(page.locator("#said")).to_have_text("正在持续发送位置，请保持本页打开。")
    await expect(page.locator("#follow")).to_have_text("停止发送位置")
    await drawn(page, "following-zh")
    await page.locator("#follow").click()
    await expect(page.locator("#follow")).to_have_text("持续发送位置")
    assert (await street.share()).positions == 1


async def test_without_scripts_words_and_pictures_can_be_sent(street: Street) -> None:
    page = await street.phone("en-US", scripts=False)
    await page.goto(await street.link())
    await page.get_by_role("button").first.click()
    await expect(page.locator("noscript p")).to_be_visible()
    await expect(page.locator("#once")).not_to_be_visible()
    await page.locator("#text").fill("help")
    await page.get_by_role("button", name="Send text").click()
    await expect(page.locator(".good")).to_be_visible()
    await page.get_by_role("button", name="Send pictures").click()
    await expect(page.locator(".bad")).to_contain_text("Choose a picture first")
    bad = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
    await page.locator("#picture").set_input_files([bad])
    await page.get_by_role("button", name="Send pictures").click()
    await expect(page.locator(".bad")).to_contain_text("no picture")
    await drawn(page, "bad-en")
    assert ((await street.share()).texts, (await street.share()).pictures) == (1, 0)


async def test_the_language_is_switched_and_stays(street: Street) -> None:
    page = await street.phone("fr-FR")
    await page.goto(await street.link())
    await expect(page.locator("h1")).to_have_text("Send to 110")
    await page.locator(".switch").click()
    await expect(page.locator("h1")).to_have_text("向110发送信息")
    await page.get_by_role("button").first.click()
    await expect(page.locator("h1")).to_have_text("向110发送信息")


async def test_a_second_phone_is_told_that_the_link_is_used_and_a_stranger_nothing(street: Street) -> None:
    link = await street.link()
    page = await street.phone()
    await page.goto(link)
    await page.get_by_role("button").first.click()
    await expect(page.locator("#text")).to_be_visible()
    second = await street.phone("en-GB")
    await second.goto(link)
    await second.get_by_role("button").first.click()
    await expect(second.locator("h1")).to_have_text("This link is used")
    await fits(second)
    await drawn(second, "used-en")
    stranger = await street.phone()
    await stranger.goto("/s/")
    await expect(stranger.locator("h1")).to_have_text("此链接不能使用")
    await drawn(stranger, "gone-zh")


async def test_the_page_can_be_read_in_the_dark(street: Street) -> None:
    page = await street.phone(color_scheme="dark")
    await page.goto(await street.link())
    await page.get_by_role("button").first.click()
    await expect(page.locator("#text")).to_be_visible()
    assert await page.evaluate(CONTRAST) == []
    await drawn(page, "dark-zh", whole=True)
