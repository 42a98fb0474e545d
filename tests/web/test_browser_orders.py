"""Work orders in a real Chromium, by keys alone: the page of the hall, that of a department."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from playwright.async_api import Page, Route, ViewportSize, expect

from gateway.desk.orders import signals as ask
from gateway.dispatch.order_events import OrderState
from gateway.testing.demo_api import DemoApi

from .conftest import SMALL, Open, typed
from .test_browser import KEPT_IN_CHINESE, axe, labels

LABOUR = "labour_bureau"
SIZES: tuple[ViewportSize, ...] = (SMALL, {"width": 1920, "height": 1080})


def theirs(scene: str = "usual") -> DemoApi:
    """As a user of the labour bureau sees it."""
    api = DemoApi(scene)  # type: ignore[arg-type]
    api.department, api.permissions = LABOUR, ["see_orders", "work_orders"]
    return api


def in_state(api: DemoApi, state: OrderState) -> str:
    return next(order.order_id for order in api.orders.orders.values() if order.state is state)


async def at(open_page: Open, api: DemoApi, order_id: str) -> Page:
    page = await open_page(api, f"/orders/{order_id}")
    await expect(page.locator(".order h1")).to_be_visible()
    return page


async def pick(page: Page, number: int) -> None:
    """The department of that number in the focused choice, by arrows; they stand by their codes. The
    departments come with the list."""
    await expect(page.locator("[name=department] option").nth(number)).to_be_attached()
    for _ in range(number):
        await page.keyboard.press("ArrowDown")


async def test_a_deadline_in_working_days_says_so_beside_its_date(open_page: Open) -> None:
    api = DemoApi("usual")
    order_id = in_state(api, OrderState.ACCEPTED)
    api.orders.orders[order_id] = replace(api.orders.orders[order_id], answer_within="3 working days")
    page = await at(open_page, api, order_id)
    await expect(page.locator("[data-due]")).to_contain_text("，3 个工作日")
    await page.keyboard.press("y")
    await expect(page.locator("[data-due]")).to_contain_text(", 3 working days")


# ---- the hall


async def test_the_orders_are_read_by_keys_alone(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"))
    await expect(page.locator("[data-call]").first).to_be_visible()
    await page.keyboard.press("Shift+O")
    await expect(page.locator("[data-order]")).to_have_count(9)
    for _ in range(2):
        await page.keyboard.press("ArrowDown")
    chosen = page.locator("[data-order][aria-current=true]")
    await expect(chosen).to_contain_text("人行道路面塌陷约一米")
    await expect(page.locator(".order h1")).to_have_text("人行道路面塌陷约一米")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".order h1")).to_have_text("工地拖欠二十名工人两个月工资")
    await page.keyboard.press("l")
    await expect(page.locator("[data-order]")).to_have_count(2)
    await page.keyboard.press("l")
    await page.keyboard.press("/")
    await typed(page, "预付卡")
    await expect(page.locator("[data-order]")).to_have_count(2)


async def test_what_is_overdue_is_told_in_words_and_time(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api, "/orders")
    first = page.locator("[data-order]").first
    await expect(first).to_contain_text(
        re.compile(r"▲ 接收已超时 60 分钟（应在 \d\d-\d\d \d\d:\d\d 前）· 督办")
    )
    await expect(page.locator("[data-overdue]")).to_contain_text("▲ 超时 2")


@pytest.mark.parametrize(
    ("state", "key", "after"),
    [
        (OrderState.DRAFT, "o", OrderState.SENT),
        (OrderState.SENT, "a", OrderState.ACCEPTED),
        (OrderState.ACCEPTED, "w", OrderState.IN_WORK),
    ],
)
async def test_one_key_does_what_needs_no_words(
    open_page: Open, state: OrderState, key: str, after: OrderState
) -> None:
    api = DemoApi("usual")
    order_id = in_state(api, state)
    page = await at(open_page, api, order_id)
    await page.keyboard.press(key)
    await expect(page.locator("[data-said]")).to_contain_text("已")
    assert api.orders.orders[order_id].state is after
    assert len(api.orders.asked) == 1


async def test_a_note_written_while_a_step_is_under_way_is_sent_after_it(open_page: Open) -> None:
    """One key pressed three times is one step; something else waits its turn and is not lost."""
    api = DemoApi("usual")
    order_id = in_state(api, OrderState.SENT)
    page = await at(open_page, api, order_id)
    answered = asyncio.Event()

    async def hold(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/accept", hold)
    for key in "aaa":
        await page.keyboard.press(key)
    await page.keyboard.press("i")
    await typed(page, "电话已打")
    await page.keyboard.press("Control+Enter")
    assert api.orders.asked == []
    answered.set()
    await expect(page.locator(".order")).to_contain_text("电话已打")
    assert [type(one) for one in api.orders.asked] == [ask.AcceptOrder, ask.NoteOrder]
    assert api.orders.orders[order_id].state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("state", "key", "after", "kind"),
    [
        (OrderState.SENT, "r", OrderState.RETURNED, ask.ReturnOrder),
        (OrderState.IN_WORK, "d", OrderState.ANSWERED, ask.AnswerOrder),
        (OrderState.ANSWERED, "c", OrderState.TOLD, ask.TellCaller),
        (OrderState.TOLD, "k", OrderState.CLOSED, ask.CloseOrder),
        (OrderState.ACCEPTED, "x", OrderState.DISPUTED, ask.DisputeOrder),
        (OrderState.ACCEPTED, "i", OrderState.ACCEPTED, ask.NoteOrder),
        (OrderState.TOLD, "v", OrderState.TOLD, ask.FollowUpOrder),
    ],
)
async def test_one_key_and_words_do_the_rest(
    open_page: Open, state: OrderState, key: str, after: OrderState, kind: type
) -> None:
    api = DemoApi("usual")
    order_id = in_state(api, state)
    page = await at(open_page, api, order_id)
    await page.keyboard.press(key)
    words = page.locator("[name=words]")
    await expect(words).to_be_visible()
    await words.focus()
    await typed(page, "已核实，情况属实")
    await page.keyboard.press("Control+Enter")
    await expect(words).to_have_count(0)
    [asked] = api.orders.asked
    assert isinstance(asked, kind)
    assert "已核实，情况属实" in repr(asked)
    assert api.orders.orders[order_id].state is after


@pytest.mark.parametrize(("state", "key"), [(OrderState.RETURNED, "m"), (OrderState.DISPUTED, "j")])
async def test_an_order_goes_to_another_department_by_keys(
    open_page: Open, state: OrderState, key: str
) -> None:
    api = DemoApi("usual")
    order_id = in_state(api, state)
    page = await at(open_page, api, order_id)
    await page.keyboard.press(key)
    await expect(page.locator("[name=department]")).to_be_focused()
    await pick(page, 2)
    await page.keyboard.press("Tab")
    await typed(page, "按职责分工")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[name=words]")).to_have_count(0)
    after = api.orders.orders[order_id]
    assert (after.state, after.department) == (OrderState.REASSIGNED, "legal_service_centre")


async def test_without_a_reason_nothing_is_sent(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await at(open_page, api, in_state(api, OrderState.SENT))
    await page.keyboard.press("r")
    await expect(page.locator("[name=words]")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("form button.act")).to_be_disabled()
    assert api.orders.asked == []
    await page.keyboard.press("Escape")
    await expect(page.locator("[name=words]")).to_have_count(0)


async def test_a_refusal_is_one_sentence_and_what_was_typed_stays(open_page: Open) -> None:
    api = DemoApi("usual")
    order_id = in_state(api, OrderState.IN_WORK)
    page = await at(open_page, api, order_id)
    await page.keyboard.press("d")
    await expect(page.locator("[name=words]")).to_be_focused()
    await typed(page, "已处理")
    before = api.orders.orders[order_id]
    told = {"order_id": order_id, "at": before.changed_at, "actor": "li", "request_id": "other"}
    api.orders._take(ask.CloseOrder(**told, reason="来电人撤回"))
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-said]")).to_contain_text("▲ 工单已办结，不能再修改")
    await expect(page.locator("[name=words]")).to_have_value("已处理")


async def test_a_key_pressed_ten_times_is_asked_once(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await at(open_page, api, in_state(api, OrderState.SENT))
    for _ in range(10):
        await page.keyboard.press("a")
    await expect(page.locator("[data-said]")).to_contain_text("已接收")
    assert len(api.orders.asked) == 1


async def test_a_new_order_is_opened_by_keys(open_page: Open) -> None:
    api = DemoApi("nothing")
    page = await open_page(api, "/orders")
    await expect(page.locator(".list .empty")).to_contain_text("按 N 新开一件")
    await page.keyboard.press("n")
    await expect(page.locator("[name=department]")).to_be_focused()
    await pick(page, 6)
    await page.keyboard.press("Tab")
    await typed(page, "井盖缺失")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".order h1")).to_have_text("井盖缺失")
    [order] = api.orders.orders.values()
    assert (order.state, order.department) == (OrderState.SENT, "urban_construction")


async def test_from_a_call_the_new_order_has_what_the_card_knows(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.numbered(0)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.locator("[data-action=order]")).to_be_visible()
    await page.keyboard.press("Shift+G")
    await expect(page.locator("[name=place]")).to_have_value("样例市建国路八十八号门口")
    await page.locator("[name=department]").select_option(LABOUR)
    await page.fill("[name=subject]", "转办")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".order h1")).to_have_text("转办")
    [order] = [one for one in api.orders.orders.values() if one.subject == "转办"]
    assert order.call_id == call_id
    await page.goto(f"/calls/{call_id}")
    await expect(page.locator("[data-orders]")).to_contain_text("劳动保障 12333 · 待接收")


async def test_what_was_set_aside_is_one_key_away(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"), "/orders")
    await expect(page.locator("[data-order]").first).to_be_visible()
    await page.keyboard.press("p")
    await expect(page.locator(".asides")).to_contain_text("▲ 没有这个工单")


# ---- a department


async def test_a_department_lands_on_its_own_orders_and_works_by_keys(open_page: Open) -> None:
    api = theirs()
    page = await open_page(api)
    await expect(page.locator("h1").first).to_have_text("劳动保障 12333 · 110 转来的工单")
    await expect(page.locator("[data-order]")).to_have_count(2)
    await expect(page.locator("nav a")).to_have_text(["工单 ⇧O"])
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".order h1")).to_be_visible()
    assert await page.locator("[data-act]").evaluate_all("all => all.map((one) => one.dataset.act)") == [
        "accept", "return", "dispute", "note",
    ]  # fmt: skip
    await page.keyboard.press("a")
    await expect(page.locator("[data-said]")).to_contain_text("已接收")
    await page.keyboard.press("d")
    await expect(page.locator("[name=words]")).to_be_focused()
    await typed(page, "已责令三日内支付")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-said]")).to_contain_text("已答复")
    assert {asked.for_department for asked in api.orders.asked} == {LABOUR}


async def test_a_department_hears_at_once_of_a_new_order(open_page: Open) -> None:
    api = theirs("nothing")
    page = await open_page(api)
    await expect(page.locator(".list .empty")).to_contain_text("110 转来一件，这里立即出现")
    api.orders._take(
        ask.OpenOrder(
            order_id="0198c3a0-0000-7000-8000-0000000000ff", at=datetime.now(UTC), request_id="n", actor="w",
            department=LABOUR, subject="新来一件", send=True,
        )
    )  # fmt: skip
    await expect(page.locator("[data-order]")).to_contain_text("新来一件")


# ---- both languages, all sizes, for everybody


PLACES = {"usual": DemoApi, "overdue": partial(DemoApi, "disaster"), "empty": partial(DemoApi, "nothing"),
          "department": theirs}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
async def test_switching_the_language_changes_every_label(open_page: Open, place: str) -> None:
    page = await open_page(PLACES[place](), "/orders")
    await expect(page.locator(".orders")).to_be_visible()
    if place != "empty":
        await expect(page.locator("[data-order]").first).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(".order h1")).to_be_visible()
    chinese = await labels(page)
    assert [label for label in chinese if re.search(r"[A-Za-z]{3}", KEPT_IN_CHINESE.sub("", label))] == []
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    english = await labels(page)
    assert [label for label in english if re.search(r"[\u4e00-\u9fff]", label)] == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("place", PLACES)
async def test_nothing_is_cut_off_and_everybody_can_use_it(
    open_page: Open, place: str, size: ViewportSize
) -> None:
    page = await open_page(PLACES[place](), "/orders")
    await page.set_viewport_size(size)
    if place != "empty":
        await expect(page.locator("[data-order]").first).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(".order h1")).to_be_visible()
    for language in ("zh-CN", "en"):
        await expect(page.locator("html")).to_have_attribute("lang", language)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        overlaps = await page.evaluate("""() => {
          const parts = [...document.querySelectorAll('header.top > *')];
          const boxes = parts.map((one) => one.getBoundingClientRect()).filter((box) => box.height);
          return boxes.some((box, at) => at > 0 && box.left < boxes[at - 1].right - 1);
        }""")
        assert not overlaps
        for _ in ("dark", "light"):
            assert await axe(page) == []
            await page.keyboard.press("t")
        await page.keyboard.press("y")
