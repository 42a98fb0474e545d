"""Positions in a real Chromium by keyboard: rings, hot desks, pauses, shift change, the supervisor's page."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from gateway.testing.demo_api import DemoApi

from .conftest import Open, typed
from .test_browser import axe, labels, live_call

COUNT_TONES = """
window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""


def ring(api: DemoApi, desk: str) -> str:
    """A waiting call rings at a desk."""
    call = next(c for c in api.calls.values() if c.summary["state"] in ("RINGING", "QUEUED"))
    call.summary |= {"state": "RINGING", "ringing": [desk], "rev": call.summary["rev"] + 50}
    api.push("call", dict(call.summary))
    return str(call.summary["call_id"])


def answer(api: DemoApi, call_id: str, desk: str) -> None:
    call = api.calls[call_id]
    call.summary |= {"state": "ANSWERED", "ringing": [], "agents": [desk], "rev": call.summary["rev"] + 1}
    api.push("call", dict(call.summary))


async def on_board(open_page: Open, api: DemoApi) -> Page:
    page = await open_page(api)
    await expect(page.locator("[data-call]").first).to_be_visible()
    return page


async def test_the_card_opens_by_itself_where_the_phone_rings(open_page: Open) -> None:
    api = DemoApi("usual", position="9001")
    page = await on_board(open_page, api)
    call_id = ring(api, "9001")
    await expect(page).to_have_url(re.compile(re.escape(call_id)))
    await expect(page.locator("[data-section=who]")).to_be_visible()


async def test_nobody_elses_screen_jumps(open_page: Open) -> None:
    api = DemoApi("usual", position="9001")
    page = await on_board(open_page, api)
    call_id = ring(api, "9002")
    await expect(page.locator(f"[data-call='{call_id}']")).to_contain_text("振铃")
    answer(api, call_id, "9002")
    await expect(page.locator(f"[data-call='{call_id}']")).to_contain_text("通话")
    assert page.url.endswith("/")


async def test_who_writes_is_not_disturbed_before_picking_up(open_page: Open) -> None:
    api = DemoApi("usual", position="9001")
    first = live_call(api)
    page = await open_page(api, f"/calls/{first}")
    await page.fill("[name=note]", "正在写")
    call_id = ring(api, "9001")
    await page.locator("[name=note]").press("End")
    await typed(page, "的摘要")
    await expect(page.locator("[name=note]")).to_have_value("正在写的摘要")
    answer(api, call_id, "9001")
    await expect(page).to_have_url(re.compile(re.escape(call_id)))
    await page.goto(f"/calls/{first}")
    await expect(page.locator("[name=note]")).to_have_value("正在写的摘要")


async def test_a_ring_sounds_until_it_stops_and_muting_is_kept(open_page: Open) -> None:
    api = DemoApi("usual", position="9001")
    page = await on_board(open_page, api)
    await page.add_init_script(COUNT_TONES)
    await page.reload()
    await expect(page.locator("[data-call]").first).to_be_visible()
    await page.keyboard.press("ArrowRight")  # a browser lets no page sound before it was touched
    ring(api, "9001")
    await page.wait_for_function("window.tones > 0")
    await page.keyboard.press("Shift+V")
    await expect(page.locator("[data-seat]")).to_contain_text("静音")
    await page.reload()
    await expect(page.locator("[data-seat]")).to_contain_text("静音")


async def test_a_hot_desk_is_changed_by_keys_and_a_taken_one_is_taken_over(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    page = await on_board(open_page, api)
    await page.keyboard.press("Shift+P")
    dialog = page.get_by_role("dialog", name="席位")
    await dialog.get_by_role("searchbox").fill("1107")
    take = dialog.locator("[data-take='1107']")
    await take.focus()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("该席位已有人")
    await expect(take).to_contain_text("接替?")
    await page.keyboard.press("Enter")
    await expect(dialog.locator("h1")).to_contain_text("1107")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-seat]")).to_contain_text("1107")


async def test_pause_and_shift_change_are_a_key_each(open_page: Open) -> None:
    api = DemoApi("usual", position="1109")
    page = await on_board(open_page, api)
    ended = next(c for c in api.calls.values() if c.summary["state"] == "ENDED" and c.recordings)
    ended.summary |= {"keeper": "1109", "agents": ["1109"], "disposition": None, "rev": 99}
    api.push("call", dict(ended.summary))
    await page.keyboard.press("Shift+P")
    dialog = page.get_by_role("dialog", name="席位")
    await expect(dialog.locator("[data-own-state]")).to_be_visible()
    await page.keyboard.press("2")
    await expect(dialog.locator("[data-own-state]")).to_contain_text("通话 · 用餐")  # the talk goes on
    await page.keyboard.press("j")
    await expect(dialog.get_by_text("张未办结的单一并移交").first).to_be_visible()
    await dialog.locator("input[required]").fill("1103")
    await dialog.locator("textarea").fill("等回电")
    await dialog.locator("textarea").press("Control+Enter")
    await expect(dialog.get_by_text("您没有就座")).to_be_visible()
    [pause, shift] = api.desk.asked
    assert pause == ("pause 1109", {**pause[1], "paused": True, "reason": "meal"})
    assert (shift[1]["to"], shift[1]["note"]) == ("1103", "等回电")
    assert ended.summary["call_id"] in shift[1]["calls"]


async def test_a_note_left_at_shift_change_waits_for_the_next(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    api.desk.notes = [
        {"position": "1101", "by": "wang", "at": "2026-01-05T12:00:00Z", "text": "等回电", "calls": ["x"]}
    ]
    page = await on_board(open_page, api)
    await page.keyboard.press("Shift+P")
    await expect(page.locator("[data-note]")).to_contain_text("等回电")
    await page.locator("[data-note] button").press("Enter")
    await expect(page.locator("[data-note]")).to_have_count(0)


async def test_a_seat_taken_over_elsewhere_is_told_at_once(open_page: Open) -> None:
    api = DemoApi("usual", position="1101")
    page = await on_board(open_page, api)
    api.push("position", {**api.desk.shown("1101"), "user": "li", "display_name": "李警官"})
    await expect(page.locator("[data-banner=seat]")).to_contain_text("1101 李警官 接替")
    await expect(page.locator("[data-seat]")).to_contain_text("无坐席")


async def supervisors_page(open_page: Open, position: str | None = "1190") -> tuple[Page, DemoApi]:
    api = DemoApi("usual", position=position)
    api.permissions.append("supervise")
    page = await on_board(open_page, api)
    await page.keyboard.press("Shift+J")
    await expect(page.locator("[data-desk]")).to_have_count(20)
    return page, api


async def test_a_supervisor_sees_every_desk_and_listens_by_a_key(open_page: Open) -> None:
    page, api = await supervisors_page(open_page)
    await expect(page.locator("[data-desk='1117']")).to_contain_text("空闲 · 无人登录")
    busy = page.locator("[data-desk='1101']")
    await expect(busy).to_contain_text("通话")
    await expect(busy).to_contain_text("抢劫")
    await busy.locator("button.row").focus()
    await page.keyboard.press("l")
    await expect(page.locator(".bar [data-said]")).to_contain_text("您的话机会响")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("w")
    await expect(page.locator(".bar [data-said]")).to_contain_text("您的话机会响")
    kinds = [body["kind"] for path, body in api.desk.asked if path == "supervision"]
    assert kinds == ["listen", "whisper"]


async def test_taking_over_opens_the_card_which_tells_every_step(open_page: Open) -> None:
    page, api = await supervisors_page(open_page)
    await page.locator("[data-desk='1101'] button.row").focus()
    await page.keyboard.press("o")
    await expect(page).to_have_url(re.compile("/calls/"))
    assert [body["kind"] for path, body in api.desk.asked] == ["take_over"]
    taking, call_id = page.locator("[data-taking]"), page.url.rpartition("/")[2]
    await expect(taking).to_contain_text("请接起 1190 的话机。来电人仍由接警员接着")
    for step, there, words in (
        ("yours", ["1101", "1190"], "来电人已在 1190，正在让接警员退出"),
        ("not_released", ["1101", "1190"], "接警员没有退出：现在通话里有 1101、1190"),
        ("released", ["1190"], "来电人由 1190 接着，单归该席位"),
    ):
        api.desk.take_over(call_id, step, there)
        await expect(taking).to_have_attribute("data-step", step)
        await expect(taking).to_contain_text(words)
    assert api.requests == []  # the card follows the caller by itself, never before


async def test_a_take_over_that_fails_says_who_has_the_caller(open_page: Open) -> None:
    page, api = await supervisors_page(open_page)
    await page.locator("[data-desk='1101'] button.row").focus()
    await page.keyboard.press("o")
    await expect(page).to_have_url(re.compile("/calls/"))
    api.desk.take_over(
        page.url.rpartition("/")[2], "failed", ["1101"], why_zh="先响的话机未接听", why_en="not picked up"
    )
    taking = page.locator("[data-taking]")
    await expect(taking).to_contain_text("接管未成（先响的话机未接听）：来电人仍由 1101 接着。可再按一次")
    assert await axe(page) == []
    await page.keyboard.press("y")
    await expect(taking).to_contain_text("Not taken over (not picked up): the caller is still with 1101.")


async def test_nobody_supervises_the_own_desk(open_page: Open) -> None:
    page, api = await supervisors_page(open_page, position="1101")
    await page.locator("[data-desk='1101'] button.row").focus()
    await expect(page.locator("[data-desk='1101'] .acts")).to_contain_text("暂停")
    await page.keyboard.press("o")
    await page.keyboard.press("l")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("l")
    await expect(page.locator(".bar [data-said]")).to_contain_text("您的话机会响")
    assert len(api.desk.asked) == 1


async def test_a_supervisor_pauses_another_desk(open_page: Open) -> None:
    page, api = await supervisors_page(open_page)
    await page.locator("[data-desk='1114'] button.row").focus()
    await page.keyboard.press("p")
    await expect(page.locator("[data-desk='1114']")).to_contain_text("暂停")
    assert api.desk.asked[0][0] == "pause 1114"


async def test_a_call_for_a_supervisor_opens_on_that_supervisors_screen(open_page: Open) -> None:
    page, api = await supervisors_page(open_page)
    one, other = api.numbered(0), api.numbered(1)
    api.push("escalation", {"call_id": one, "by": "wang", "position": "1191"})
    await expect(page.locator("[data-banner=escalation]")).to_contain_text("wang 请求班长")
    await page.keyboard.press("Shift+E")
    await expect(page).to_have_url(re.compile(re.escape(one)))
    await expect(page.locator("[data-banner=escalation]")).to_have_count(0)
    api.push("escalation", {"call_id": other, "by": "li", "position": "1190"})
    await expect(page).to_have_url(re.compile(re.escape(other)))


async def test_the_supervisors_page_is_accessible_and_in_both_languages(open_page: Open) -> None:
    page, _ = await supervisors_page(open_page)
    assert await axe(page) == []
    await page.keyboard.press("t")
    assert await axe(page) == []
    await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert [label for label in await labels(page) if re.search(r"[\u4e00-\u9fff]", label)] == []
