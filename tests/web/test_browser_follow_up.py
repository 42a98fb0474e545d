"""Follow-up calls of work orders in a real Chromium: rung by one key, what is said entered beside it."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import expect

from gateway.dispatch.order_events import OrderState
from gateway.testing.demo_api import DemoApi

from .conftest import Open
from .test_browser_orders import at, in_state


def answered_of_a_call(api: DemoApi) -> str:
    """An order of a call of the scene that its department has answered."""
    order_id = in_state(api, OrderState.ANSWERED)
    order = api.orders.orders[order_id]
    api.orders.orders[order_id] = replace(order, call_id=api.numbered(101), phone="19990000101")
    return order_id


async def test_one_key_rings_the_caller_and_takes_what_they_say(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    order_id = answered_of_a_call(api)
    page = await at(open_page, api, order_id)
    await expect(page.locator("[data-ring] kbd")).to_have_text("F2")
    await page.keyboard.press("F2")
    await expect(page.locator("[data-ringing]")).to_contain_text("19990000101")
    await expect(page.locator("[data-ringing]")).to_contain_text("您的话机先响")
    [(path, asked)] = api.desk.asked
    assert (path, asked["number"], asked["whom"]) == ("callback", "19990000101", "caller")
    await expect(page.locator("[name=satisfaction]")).to_be_focused()
    api.calls[api.numbered(101)].handing["callbacks"][0] |= {"state": "live"}
    await expect(page.locator("[data-ringing]")).to_contain_text("已接通")
    await page.locator("[name=satisfaction]").select_option("neutral")
    await page.locator("[name=words]").fill("基本解决")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".order")).to_contain_text("一般 基本解决")
    assert [one.satisfaction.value for one in api.orders.orders[order_id].follow_ups] == ["neutral"]


async def test_nobody_reached_is_what_the_follow_up_says(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    page = await at(open_page, api, answered_of_a_call(api))
    await page.keyboard.press("F2")
    await expect(page.locator("[name=satisfaction]")).to_be_focused()
    why = {"why": "no_answer", "why_zh": "对方无人接听", "why_en": "nobody answered there"}
    api.calls[api.numbered(101)].handing["callbacks"][0] |= {"state": "ended", **why}
    await expect(page.locator("[data-ringing]")).to_contain_text("对方无人接听")
    await expect(page.locator("[name=satisfaction]")).to_have_value("not_reached")


async def test_without_a_call_or_a_desk_nobody_is_rung(open_page: Open) -> None:
    api = DemoApi("usual")
    order_id = answered_of_a_call(api)
    page = await at(open_page, api, order_id)
    await page.keyboard.press("F2")
    await expect(page.locator("[data-ringing]")).to_contain_text("请先就座（⇧P）")
    assert api.desk.asked == []
    api.orders.orders[order_id] = replace(api.orders.orders[order_id], call_id=None)
    await page.reload()
    await expect(page.locator(".order h1")).to_be_visible()
    await expect(page.locator("[data-ring]")).to_have_count(0)
