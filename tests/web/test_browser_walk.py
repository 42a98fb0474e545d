"""Every page of the desk walked through, in both languages, on the smallest screen and on a large one.

Nothing may be wider than its screen or stick out of it, no label may be cut, be a raw name of a text or in
the other language, and everybody must be able to use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import NO_WEBGL, SMALL, Open
from .test_browser import KEPT_IN_CHINESE, axe, labels

LARGE = {"width": 1920, "height": 1080}
INCIDENT = "/incidents/0198c3a0-0000-7000-8000-0000000000c1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """`path` of the page, what stands on it once it is there, keys pressed then and what they open."""

    path: Callable[[DemoApi], str]
    there: str
    keys: Sequence[str] = ()
    opens: str = ""
    department: bool = False


def _at(path: str) -> Callable[[DemoApi], str]:
    return lambda api: path


def _call(number: int) -> Callable[[DemoApi], str]:
    return lambda api: f"/calls/{api.numbered(number)}"


def _order(api: DemoApi) -> str:
    return f"/orders/{next(iter(api.orders.orders))}"


STOPS = {
    "board": Stop(path=_at("/"), there="[data-call-backs]"),
    "keys": Stop(path=_at("/"), there="[data-call]", keys=["?"], opens="dialog.keys dt"),
    "seat": Stop(path=_at("/"), there="[data-call]", keys=["Shift+P"], opens="[data-take]"),
    "ended": Stop(path=_at("/ended"), there="tbody tr"),
    "incidents": Stop(path=_at("/incidents"), there="[data-incident]"),
    "incident": Stop(path=_at(INCIDENT), there="[data-spot]"),
    "floods": Stop(path=_at("/floods"), there="[data-ranks] tbody tr"),
    "desks": Stop(path=_at("/desks"), there="[data-desk]"),
    "orders": Stop(path=_at("/orders"), there="[data-order]"),
    "order": Stop(path=_order, there=".order h1"),
    "new order": Stop(path=_at("/orders"), there="[data-order]", keys=["n"], opens="[name=subject]"),
    "department": Stop(path=_at("/orders"), there="[data-order]", department=True),
    "quality": Stop(path=_at("/quality"), there=".figures tbody tr"),
    "speech": Stop(path=_at("/speech"), there="[data-row]"),
    "health": Stop(path=_at("/health"), there="[data-service]"),
    "nowhere": Stop(path=_at("/nowhere"), there=".empty"),
    "live card": Stop(path=_call(0), there="[data-verdict]"),
    "suspected card": Stop(path=_call(3), there="[data-conflict]"),
    "marking": Stop(path=_call(0), there="[data-lead]", keys=["Shift+M"], opens="[data-spot] dt"),
    "ended card": Stop(path=_call(102), there="[data-readings]"),
    "abandoned card": Stop(path=_call(104), there="[data-task-panel]"),
    "hand-over": Stop(path=_call(0), there="[data-verdict]", keys=["F4"], opens="[data-target]"),
    "plans": Stop(path=_call(0), there="[data-action=plan]", keys=["Shift+Y"], opens="[data-plan]"),
    "events": Stop(path=_call(0), there="[data-verdict]", keys=["v"], opens=".log"),
}

FAULTS = """() => {
  const found = [], page = document.documentElement, told = (what, element) =>
    found.push([what, element.tagName, element.className, element.textContent.trim().slice(0, 40)].join(' '))
  if (page.scrollWidth > page.clientWidth || page.scrollHeight > page.clientHeight) told('page scrolls', page)
  for (const element of document.querySelectorAll('#app *, dialog[open] *')) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect()
    const unseen = element.closest('svg, canvas, .hidden-text') || style.clipPath !== 'none'
    if (unseen || !box.width || !box.height) continue
    if (box.right > innerWidth + 1 || box.left < -1) told('sticks out', element)
    const wider = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1
    const scrolls = ['auto', 'scroll'].includes(style.overflowX) && element.tagName !== 'TEXTAREA'
    if (wider && scrolls) told('scrolls sideways', element)
    // What callers said and other data may end in an ellipsis; a label, a button and a key may not.
    const data = element.closest('[translate=no], .cut, td') !== null
    if (wider && style.overflowX === 'hidden' && !data) told('cut', element)
    if (element.matches('button, kbd') && wider) told('cut', element)
  }
  return found
}"""
KEYS = re.compile(r"Alt|" + KEPT_IN_CHINESE.pattern)
RAW = re.compile(r"undefined|\[object|NaN|\bnull\b|=>|^(app|keys|board|card|together|orders|seats)\.\w+")


async def come(open_page: Open, stop: Stop, language: str, scene: str = "usual") -> Page:
    api = DemoApi(scene, position="1190")  # type: ignore[arg-type]
    api.language = language
    if stop.department:
        api.department, api.permissions = "labour_bureau", ["see_orders", "work_orders"]
    api.together.linked()
    api.together.surges()
    api.together.repeats()
    api.together.flood()
    api.tasks.abandon()
    page = await open_page(api, "/sign-in")
    await page.add_init_script(NO_WEBGL)
    await page.add_init_script(f"localStorage.setItem('language', '{language}')")
    await page.goto(stop.path(api))
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.locator(stop.there).first).to_be_visible()
    for key in stop.keys:
        await page.keyboard.press(key)
    if stop.opens:
        await expect(page.locator(stop.opens).first).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", STOPS)
async def test_every_page_fits_speaks_one_language_and_is_for_everybody(
    open_page: Open, name: str, language: str
) -> None:
    page = await come(open_page, STOPS[name], language)
    assert await page.evaluate(FAULTS) == []
    said = await labels(page)
    assert [one for one in said if RAW.search(one)] == []
    if language == "en":
        assert [one for one in said if re.search(r"[\u4e00-\u9fff]", one.replace("中文", ""))] == []
    else:
        assert [one for one in said if re.search(r"[A-Za-z]{3}", KEYS.sub("", one))] == []
    assert await axe(page) == []
    await page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    assert await page.evaluate(FAULTS) == []
    await page.set_viewport_size(SMALL)


@pytest.mark.parametrize("name", ["board", "live card", "desks", "orders", "floods"])
async def test_a_disaster_fits_the_smallest_screen_in_the_longer_language(open_page: Open, name: str) -> None:
    page = await come(open_page, STOPS[name], "en", "disaster")
    assert await page.evaluate(FAULTS) == []
