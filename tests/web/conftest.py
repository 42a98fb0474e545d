"""Fixtures of the pages' tests: a backend, the loop behind it, a browser in front of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import argon2
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
    expect,
)

from gateway.desk.hall import HallState
from gateway.runtime.hub import Hub
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine
from gateway.runtime.plan_machine import PlanMachine
from gateway.store.store import open_store
from gateway.testing.clock import ManualClock
from gateway.testing.demo_api import DemoApi
from gateway.testing.lab import lab_browser
from gateway.testing.store_file import store_url
from gateway.web import auth
from gateway.web.app import make_app
from gateway.web.build import build
from gateway.web.routes import WebDeps, WebSettings

from .site import NOON, Client, Site, loop_behind


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr(auth, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    store, clients = await open_store(store_url(tmp_path)), []
    static, archive = tmp_path / "static", tmp_path / "archive"
    (static / "assets").mkdir(parents=True)
    archive.mkdir()

    async def open_client() -> Client:
        deps = WebDeps(
            database=store.database, submit=made.submit, hub=made.hub, health=lambda: made.health,
            clock=made.clock, settings=made.settings, saving=lambda: made.saving,
            receiving=made.receiving, markers=made.markers, active_rules=lambda: made.active_rules,
            workshop=made.workshop, directory=made.directory, plans=made.plans, duties=lambda: made.duties,
            texting=made.texting, sharing=made.sharing, threads=made.threads,
            wall=made.wall, around=lambda fix: made.around(fix),
            hall=lambda: made.hall(), call_backs=lambda: made.call_backs(),
            sounds=lambda call_id: made.sounds(call_id),
            named_places=lambda text: made.named_places(text),
        )  # fmt: skip
        clients.append(TestClient(TestServer(make_app(deps))))
        await clients[-1].start_server()
        return clients[-1]

    made = Site(
        store=store,
        hub=Hub(),
        clock=ManualClock(NOON),
        settings=WebSettings(site="hz", archive=archive, static=static),
        open_client=open_client,
        health={"state": "up", "services": []},
    )
    yield made
    for client in clients:
        await client.close()
    await made.receiving.close()
    await store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """The real loop, behind the site."""
    async with loop_behind(
        site,
        CallMachine(),
        HallMachine("hz"),
        RulebookMachine("hz"),
        IncidentMachine(),
        FloodMachine("hz"),
        PlanMachine(),
    ) as made:
        site.hall = lambda: live.state if (live := made.book.get(("hall", "hz"))) else HallState(site="hz")
        yield made


# ---- pages in a browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of this folder: the browser that they share lives in it. Who needs that
    browser needs a service."""
    for item in items:
        if item.path.parent == FOLDER and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if "one_browser" in item.fixturenames:  # type: ignore[attr-defined]
                item.add_marker(pytest.mark.system)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """In a loop of its own a fixture would wait for this folder's one for ever: it fails with its cure."""
    waits = inspect.iscoroutinefunction(fixturedef.func) or inspect.isasyncgenfunction(fixturedef.func)
    if waits and getattr(fixturedef.func, "_loop_scope", None) != "session":
        pytest.fail(f'{fixturedef.argname}: here it is @pytest_asyncio.fixture(loop_scope="session")', False)
    return (yield)


FOLDER = Path(__file__).parent

expect.set_options(timeout=20_000)  # a machine busy with other tests is slow; what never comes still fails
SMALL: ViewportSize = {"width": 1280, "height": 720}
WATCH_POLICY = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""
EXPECTED_REFUSALS = re.compile("status of (401|409)|net::ERR_FAILED")
"""Chromium reports these as errors: nobody signed in, a write on an old revision, a connection forbidden."""

Visit = Callable[[str, str], Awaitable[Page]]
Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def built_pages() -> None:
    build()


@pytest_asyncio.fixture(loop_scope="session")
async def runners() -> AsyncIterator[list[web.AppRunner]]:
    """Servers that stop after the browser."""
    started: list[web.AppRunner] = []
    yield started
    for runner in started:
        await runner.cleanup()


class OneBrowser:
    """A Chromium that all tests of pages share, each with contexts of its own: to start one costs more than
    most of them. One that died is started again, so that the next test does not fail for the last."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Browser | None = None

    async def running(self) -> Browser:
        if self._running is None or not self._running.is_connected():
            chromium = lab_browser()
            self._running = await self._playwright.chromium.launch(
                executable_path=chromium.path, args=list(chromium.args), env=chromium.env
            )
        return self._running

    async def close(self) -> None:
        if self._running is not None:
            await self._running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_browser() -> AsyncIterator[OneBrowser]:
    async with async_playwright() as playwright:
        made = OneBrowser(playwright)
        yield made
        await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(
    built_pages: None, runners: list[web.AppRunner], one_browser: OneBrowser
) -> AsyncIterator[Visit]:
    """Opens pages by base address and path; afterwards none may have logged an error or broken the policy."""
    browser, faults = await one_browser.running(), []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED_REFUSALS.search(message.text):
            faults.append(f"{message.text} {message.location['url']}")

    async def visit_one(base: str, path: str) -> Page:
        context = await browser.new_context(viewport=SMALL, base_url=base)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.add_init_script(WATCH_POLICY)
        await page.goto(path)
        return page

    yield visit_one
    for context in list(browser.contexts):
        for page in context.pages:
            faults += await page.evaluate("window.violations")
        await context.close()
    assert faults == []


@pytest.fixture
def open_page(visit: Visit, runners: list[web.AppRunner]) -> Open:
    """Opens pages on a DemoApi."""

    async def open_one(api: DemoApi, path: str = "/", *, signed_in: bool = True) -> Page:
        api.signed_in = signed_in
        runners.append(web.AppRunner(api.app()))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        host, port = runners[-1].addresses[0][:2]
        return await visit(f"http://{host}:{port}", path)

    return open_one


async def typed(page: Page, words: str) -> None:
    """As a person types: not before the cursor stands in a box."""
    box = page.locator(":is(input, textarea, [contenteditable=true]):focus")
    await expect(box).to_have_count(1)
    await page.keyboard.type(words)


# ---- cards with a place

SITUATION = {
    "circle": 0, "arc_band": 1, "polygon": 2, "conflict": 3, "address": 4, "moving": 5, "outside": 6,
    "ellipse": 7,
}  # fmt: skip
"""Numbers of the invented calls, by what is known of their place (`demo_places`)."""
NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : real.call(this, kind, ...more);
};
"""

Show = Callable[..., Awaitable[tuple[Page, DemoApi]]]


@pytest.fixture
def show(open_page: Open) -> Show:
    """Opens the card of a call in a situation; `webgl` False: as a desk without a graphics card does."""

    async def show_one(
        situation: str, *, webgl: bool = False, api: DemoApi | None = None
    ) -> tuple[Page, DemoApi]:
        api = api or DemoApi("usual")
        page = await open_page(api)
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        if not webgl:
            await page.add_init_script(NO_WEBGL)
        await page.goto(f"/calls/{api.numbered(SITUATION[situation])}")
        await expect(page.locator("[data-where]")).to_be_visible()
        return page, api

    return show_one
