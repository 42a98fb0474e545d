"""Hall and department at work on one order in two real browsers, on the real loop, store and API."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from gateway.dispatch.encode import outbox_rows
from gateway.runtime.health import Health
from gateway.runtime.intake import Intake
from gateway.runtime.machines import journal_codec
from gateway.runtime.order_desk import OrderDesk, OrderSources
from gateway.runtime.order_machine import OrderMachine
from gateway.web.app import make_app
from gateway.web.routes import STATIC, WebDeps, WebSettings

from .conftest import Visit, typed
from .site import PASSWORD, Site
from .test_browser_orders import LABOUR, pick


@pytest_asyncio.fixture(loop_scope="session")
async def base(site: Site, runners: list[web.AppRunner], built_pages: None) -> AsyncIterator[str]:
    """The real loop, store and API."""
    intake = Intake(
        store=site.store, clock=site.clock, machines=(OrderMachine(),), codec=journal_codec(),
        encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    desk = OrderDesk(
        OrderSources(), intake=intake, hub=site.hub, health=Health(site.clock), clock=site.clock, site="hz",
        tell=lambda message: None,
    )  # fmt: skip
    intake.on_committed = lambda changes, commit: desk.committed(changes)
    deps = WebDeps(
        database=site.store.database, submit=intake.submit, hub=site.hub, health=lambda: site.health,
        clock=site.clock, settings=WebSettings(site="hz", archive=site.settings.archive, static=STATIC),
    )  # fmt: skip
    running = asyncio.create_task(intake.run())
    runners.append(web.AppRunner(make_app(deps)))
    await runners[-1].setup()
    await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
    host, port = runners[-1].addresses[0][:2]
    yield f"http://{host}:{port}"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def signed_in(
    visit: Visit, site: Site, base: str, name: str, roles: str, department: str | None = None
) -> Page:
    await site.add_user(name, roles, department)
    page = await visit(base, "/")
    await expect(page.locator("[name=username]")).to_be_focused()
    await typed(page, name)
    await page.keyboard.press("Tab")
    await typed(page, PASSWORD)
    await page.keyboard.press("Enter")
    return page


async def test_hall_and_department_work_on_one_order_through_the_real_gateway(
    visit: Visit, site: Site, base: str
) -> None:
    theirs_page = await signed_in(visit, site, base, "labour1", "department", LABOUR)
    await expect(theirs_page.locator(".list .empty")).to_be_visible()
    hall = await signed_in(visit, site, base, "wang", "call_taker")
    await expect(hall).not_to_have_url(re.compile("sign-in"))
    await hall.keyboard.press("Shift+O")
    await expect(hall.locator(".list .empty")).to_be_visible()
    await hall.keyboard.press("n")
    await expect(hall.locator("[name=department]")).to_be_focused()
    await pick(hall, 1)
    await hall.keyboard.press("Tab")
    await typed(hall, "拖欠工资")
    await hall.keyboard.press("Control+Enter")
    await expect(theirs_page.locator("[data-order]")).to_contain_text("拖欠工资")
    await theirs_page.keyboard.press("ArrowDown")
    await expect(theirs_page.locator(".order h1")).to_have_text("拖欠工资")
    await theirs_page.keyboard.press("a")
    await expect(hall.locator(".order .state")).to_have_text("已接收")
    await theirs_page.keyboard.press("d")
    await expect(theirs_page.locator("[name=words]")).to_be_focused()
    await typed(theirs_page, "已支付")
    await theirs_page.keyboard.press("Control+Enter")
    await expect(hall.locator(".order")).to_contain_text("已支付")
    await hall.keyboard.press("c")
    await expect(hall.locator("[name=words]")).to_be_focused()
    await hall.keyboard.press("Control+Enter")
    await expect(hall.locator(".order .state")).to_have_text("已告知")
    await expect(hall.locator("[name=words]")).to_have_count(0)
    await hall.keyboard.press("k")
    await expect(hall.locator("[name=words]")).to_be_focused()
    await hall.keyboard.press("Control+Enter")
    await expect(theirs_page.locator("[data-order]")).to_have_count(0)
