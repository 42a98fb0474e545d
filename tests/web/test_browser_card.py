"""The call card in a real Chromium by keyboard alone: writing, finishing, handing over."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi
from gateway.testing.demo_writes import colleague

from .conftest import SMALL, Open, typed
from .test_browser import axe, fresh_call, labels, live_call, recorded_call


def ended_and_open(api: DemoApi) -> str:
    """An ended call whose card is not finished and that the rules called an alarm."""
    return next(
        call_id
        for call_id, call in api.calls.items()
        if call.summary["state"] == "ENDED" and call.recordings and call.summary["class"] == "valid_alarm"
        and not call.summary["disposition"]
    )  # fmt: skip


async def on_card(open_page: Open, api: DemoApi, call_id: str) -> Page:
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.locator("[data-section=who]")).to_be_visible()
    return page


async def test_ctrl_enter_finishes_with_a_drafted_summary(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, ended_and_open(api))
    await expect(page.locator("[name=note]")).to_have_value(re.compile("^来电报.*地点："))
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-finished]")).to_contain_text("已办结 demo")
    [sent] = api.requests
    assert (sent["type"], sent["data"]["class"]) == ("FinishCall", "valid_alarm")
    assert "来电报" in sent["data"]["note"]
    await expect(page.locator("[data-field=name] .unset")).to_have_count(0)
    await page.keyboard.press("Control+Enter")
    assert len(api.requests) == 1


async def test_what_a_person_wrote_in_the_summary_is_not_drafted_over(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await on_card(open_page, api, call_id)
    await page.fill("[name=note]", "持刀抢包")
    api.tell(call_id)
    api.tell(call_id)
    await expect(page.locator("[data-verdict]")).to_contain_text("有效警情")
    await expect(page.locator("[name=note]")).to_have_value("持刀抢包")


async def test_who_finishes_second_is_told_who_was_first(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = ended_and_open(api)
    page = await on_card(open_page, api, call_id)
    api.calls[call_id].summary["finished"] = {"by": "li", "at": "2026-01-05T12:00:00Z"}
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-finished]")).to_contain_text("li")
    await expect(page.locator("[data-finished]")).to_contain_text("已由他人办结")
    assert api.requests == []


async def test_a_supervisor_opens_a_finished_card_again_with_a_reason(open_page: Open) -> None:
    api = DemoApi("usual")
    api.permissions.append("supervise")
    call_id = ended_and_open(api)
    api.calls[call_id].summary["finished"] = {"by": "li", "at": "2026-01-05T12:00:00Z"}
    page = await on_card(open_page, api, call_id)
    await page.keyboard.press("Shift+K")
    await typed(page, "地点有误")
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=note]")).to_be_visible()
    assert [(each["type"], each["data"]) for each in api.requests] == [("ReopenCall", {"reason": "地点有误"})]


async def test_nothing_written_is_lost_while_the_link_is_broken(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = live_call(api)
    page = await on_card(open_page, api, call_id)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)
    await page.route("**/requests", lambda route: route.abort())
    await page.locator("[data-field=name] .unset").focus()
    await page.keyboard.press("Enter")
    await typed(page, "王小明")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-unsent]")).to_contain_text("尚未保存")
    await expect(page.locator("[data-waiting]")).to_contain_text("1 项尚未保存")
    await page.reload()
    await expect(page.locator("[data-field=name] input")).to_have_value("王小明")
    await page.unroute("**/requests")
    await expect(page.locator("[data-field=name] .person")).to_contain_text("王小明", timeout=15_000)
    await expect(page.locator("[data-unsent]")).to_have_count(0)
    assert len({json.loads(body)["request_id"] for body in sent}) == 1
    assert len(api.requests) == 1


@pytest.mark.parametrize("mine", [True, False])
async def test_two_entries_in_one_field_stand_side_by_side_until_one_is_chosen(
    open_page: Open, mine: bool
) -> None:
    api = DemoApi("usual")
    call_id = live_call(api)
    page = await on_card(open_page, api, call_id)
    await page.locator("[data-field=name] .unset").focus()
    await page.keyboard.press("Enter")
    await typed(page, "王小明")
    colleague(api, call_id, "name", "王晓明")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-clash]")).to_contain_text("li先写了上面这一条")
    await expect(page.locator("[data-field=name] .what")).to_have_text("王晓明")
    await expect(page.locator("[data-field=name] input")).to_have_value("王小明")
    await page.locator("[data-field=name] input").focus()
    await page.keyboard.press("Enter" if mine else "Escape")
    await expect(page.locator("[data-clash]")).to_have_count(0)
    await expect(page.locator("[data-field=name] .what")).to_have_text("王小明" if mine else "王晓明")
    assert len(api.requests) == (1 if mine else 0)


async def test_different_fields_of_two_people_never_collide(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = live_call(api)
    page = await on_card(open_page, api, call_id)
    await page.locator("[data-field=name] .unset").focus()
    await page.keyboard.press("Enter")
    await typed(page, "王小明")
    colleague(api, call_id, "plate", "A12345")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-field=name] .person")).to_contain_text("王小明")
    await expect(page.locator("[data-field=plate] .person")).to_contain_text("A12345")


async def test_a_digit_chooses_among_values_that_contradict_each_other(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, api.numbered(0))
    field = page.locator("[data-field=address]")
    await expect(field).to_contain_text("说法不一")
    await field.locator("button.what").first.focus()
    await page.keyboard.press("2")
    await expect(field.locator(".person")).to_contain_text("样例市中心基站")
    assert api.requests[-1]["type"] == "ConfirmCardField"


async def test_space_marks_the_next_question_as_asked(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, live_call(api))
    await expect(page.locator("[data-question]")).to_be_visible()
    await page.keyboard.press("Space")
    await expect(page.locator("[data-question]")).to_contain_text("已问，等回答")
    assert [each["type"] for each in api.requests] == ["MarkAsked"]


async def test_who_else_has_the_card_open_stands_on_it(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = live_call(api)
    page = await on_card(open_page, api, call_id)
    people = [
        {"user": "demo", "display_name": "演示员", "position": "1101"},
        {"user": "li", "display_name": "李警官", "position": "1103"},
    ]
    api.push("watchers", {"call_id": call_id, "watchers": people})
    await expect(page.locator("[data-others]")).to_have_text(re.compile("也在看.*1103 李警官"))
    api.push("watchers", {"call_id": call_id, "watchers": people[:1]})
    await expect(page.locator("[data-others]")).to_have_count(0)


async def test_one_key_hands_over_and_a_danger_is_confirmed_first(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, api.numbered(0))
    await page.keyboard.press("F4")
    dialog = page.get_by_role("dialog", name="转交给谁")
    await expect(dialog.locator("[data-target]")).to_have_count(7)
    await typed(page, "12345")
    await expect(dialog.locator("[data-target]")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(dialog.locator("[data-confirm]")).to_contain_text("危险：凶器")
    await page.keyboard.press("Enter")  # not enough: the danger is confirmed by its own key
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-referral]")).to_contain_text("12345 直接转 · 对方振铃")
    first, second = [body for path, body in api.desk.asked if path == "handover"]
    assert (first["kind"], first["target"]) == ("blind", "public_hotline_12345")
    assert second["confirm_danger"] is True
    await page.keyboard.press("F8")
    await expect(page.locator("[data-referral]")).to_contain_text("已取消")


async def test_a_department_on_holiday_says_which_and_who_answers(open_page: Open) -> None:
    api = DemoApi("usual")
    api.desk.on_duty["labour_bureau"] = "02112333"
    page = await on_card(open_page, api, api.numbered(0))
    await page.keyboard.press("F4")
    row = page.locator("[data-target=labour_bureau]")
    await expect(row).to_contain_text("国庆节放假")
    await expect(row).to_contain_text("由值班电话 02112333 受理（值班室）")
    await page.keyboard.press("Escape")
    await page.keyboard.press("y")
    await page.keyboard.press("F4")
    await expect(row).to_contain_text("Closed: National Day · duty phone 02112333 takes it (duty office)")


async def test_a_partner_is_called_in_by_three_parties_at_once(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await on_card(open_page, api, api.numbered(0))
    await expect(page.locator("[data-proposed]")).to_contain_text("急救 120")
    await page.keyboard.press("F3")
    await expect(page.locator("[role=option]").first).to_contain_text("急救")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-referral]")).to_contain_text("120 三方")
    await expect(page.locator("[data-proposed]")).to_have_count(0)


async def test_what_cannot_be_done_says_why_and_is_not_sent(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    page = await on_card(open_page, api, live_call(api))
    await page.keyboard.press("F2")
    await expect(page.locator(".head [data-said]")).to_contain_text("来电人还在线上")
    assert api.desk.asked == []
    await page.keyboard.press("F6")
    await expect(page.locator(".head [data-said]")).to_contain_text("班长的话机在响")
    assert [(path, body["kind"]) for path, body in api.desk.asked] == [("supervision", "escalate")]


async def test_an_ended_call_is_called_back_by_one_key(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    page = await on_card(open_page, api, recorded_call(api))
    await page.keyboard.press("F2")
    await expect(page.locator("[data-panel=handing]")).to_contain_text("交换机已接受")
    assert [path for path, _ in api.desk.asked] == ["callback"]


@pytest.mark.parametrize("scene", ["usual", "disaster"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_worst_minute_fits_a_small_screen(open_page: Open, scene: str, language: str) -> None:
    api = DemoApi(scene, position="1101")  # type: ignore[arg-type]
    api.language = language
    page = await on_card(open_page, api, api.numbered(0))
    await page.evaluate(f"localStorage.setItem('language', '{language}')")
    await page.reload()
    await expect(page.locator("[data-proposed]")).to_be_visible()
    over = await page.evaluate(
        "[document.documentElement, ...document.querySelectorAll('main, .call')]"
        ".map((box) => Math.max(box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth))"
    )
    assert max(over) <= 0
    for shown in ("form.disposition > button", "[data-question]", "[data-action=transfer]", "[data-verdict]"):
        box = await page.locator(shown).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= SMALL["height"]
        assert box["x"] + box["width"] <= SMALL["width"]


@pytest.mark.parametrize("keys", [["F4"], ["Shift+P"], ["Shift+P", "j"], []])
async def test_what_opens_over_the_card_is_accessible_and_in_both_languages(
    open_page: Open, keys: list[str]
) -> None:
    api = DemoApi("usual", position="1101")
    page = await on_card(open_page, api, ended_and_open(api) if not keys else api.numbered(0))
    if not keys:
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("[data-finished]")).to_be_visible()
    for key in keys:
        await page.keyboard.press(key)
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    for key in keys:
        await page.keyboard.press(key)
    assert [label for label in await labels(page) if re.search(r"[\u4e00-\u9fff]", label)] == []
