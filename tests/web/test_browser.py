"""The pages in a real Chromium, fed by an invented gateway that each test drives by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from gateway.calls.model import LegHearing
from gateway.speech.model import HearingState, Leg
from gateway.testing.demo_api import DemoApi
from gateway.web.routes import STATIC

from .conftest import SMALL, Open, Visit
from .site import CARD, PASSWORD, Site, a_call, said
from .test_recordings import write_wav

UI = Path(__file__).parents[2] / "gateway" / "web" / "ui"


def live_call(api: DemoApi) -> str:
    return next(call_id for call_id, call in api.calls.items() if call.summary["state"] == "ANSWERED")


def fresh_call(api: DemoApi) -> str:
    """A live robbery of which nothing has been said yet."""
    call = next(
        c for c in api.calls.values() if c.story.nature == "robbery" and c.summary["state"] == "ANSWERED"
    )
    call.told = 0
    call.segments.clear()
    call.vetoes.clear()
    call.fields = {"caller_number": call.fields["caller_number"]}
    call.assessment = None
    call.summary |= {
        "class": None,
        "nature": None,
        "priority": None,
        "vetoes": [],
        "location": None,
        "last_text": None,
    }
    return str(call.summary["call_id"])


def recorded_call(api: DemoApi) -> str:
    return next(
        call_id for call_id, call in api.calls.items() if call.summary["state"] == "ENDED" and call.recordings
    )


async def test_wrong_password_says_so_and_the_right_one_opens_the_board(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"), signed_in=False)
    await page.fill("[name=username]", "demo")
    await page.fill("[name=password]", "wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("口令不对")
    await page.fill("[name=password]", "demo")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-call]")).to_have_count(12)


async def test_fifty_live_calls_fit_on_the_board_without_scrolling(open_page: Open) -> None:
    page = await open_page(DemoApi("disaster"))
    tiles = page.locator("[data-call]")
    await expect(tiles).to_have_count(50)
    for box in [await tile.bounding_box() for tile in await tiles.all()]:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= SMALL["width"]
        assert box["y"] + box["height"] <= SMALL["height"]
    boxes = "[...document.querySelectorAll('main, .board, .tiles')]"
    overflow = await page.evaluate(f"{boxes}.map((box) => box.scrollHeight - box.clientHeight)")
    assert max(overflow) <= 0


async def test_a_tile_keeps_its_place_when_other_calls_come_and_change(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api)
    tiles = page.locator("[data-call]")
    await expect(tiles).to_have_count(12)
    order = await tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.call)")
    first = api.calls[order[0]].summary
    api.push("call", {**first, "state": "HELD", "rev": first["rev"] + 1})
    api.push("call", {**first, "call_id": "demo-main-1.1", "seized_at": "2020-01-01T00:00:00Z"})
    await expect(tiles).to_have_count(13)
    assert await tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.call)") == [
        *order,
        "demo-main-1.1",
    ]
    await expect(tiles.first).to_contain_text("保持")


async def test_a_test_call_is_tagged_and_counted_nowhere(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api)
    talking = page.locator("[data-figure=talking]")
    await expect(talking).to_have_text("9")
    tagged = page.locator(f"[data-call='{api.numbered(7)}']")
    await expect(tagged).to_contain_text("测试")
    call = api.calls[api.numbered(0)].summary
    call |= {"test": True, "rev": 90}
    api.push("call", dict(call))
    await expect(talking).to_have_text("8")


async def test_the_card_fills_while_the_caller_speaks(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.get_by_text("还没有研判")).to_be_visible()
    partial = {"call_id": call_id, "speaker": "caller", "text": "喂有人拿", "started_ms": 3000}
    api.push("partial", partial)
    await expect(page.locator("[data-partial]")).to_have_text("喂有人拿")
    api.tell(call_id)
    api.tell(call_id)
    await expect(page.locator("[data-segment=caller-0]")).to_contain_text("喂有人拿刀抢了我的包")
    await expect(page.locator("[data-partial]")).to_have_count(0)
    assert "".join(await page.locator(".veto").all_inner_texts()) == "拿刀"
    await expect(page.locator("[data-verdict]")).to_contain_text("有效警情")
    await expect(page.locator("[data-opinion]")).to_contain_text("第二意见有效警情 97%非警务求助 3%")
    await expect(page.locator("[data-field=weapon]")).to_contain_text("刀语音82%")
    await expect(page.locator("[data-field=address]")).to_contain_text("说法不一")


async def test_no_text_is_lost_when_the_stream_breaks(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.get_by_text("还没有研判")).to_be_visible()
    api.cut()
    api.tell(call_id)
    api.tell(call_id)
    await expect(page.locator("[data-segment]")).to_have_count(2)
    api.tell(call_id)
    await expect(page.locator("[data-segment]")).to_have_count(3)


async def test_a_lost_connection_is_said_until_it_is_back(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api)
    await expect(page.locator("[data-call]")).to_have_count(12)
    await page.route("**/stream", lambda route: route.abort())
    api.cut()
    await expect(page.locator("[data-banner=lost]")).to_contain_text("电话照常进行")
    await page.unroute("**/stream")
    await expect(page.locator("[data-banner=lost]")).to_have_count(0, timeout=20_000)


async def test_handing_away_a_call_with_danger_words_is_questioned(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.get_by_text("还没有研判")).to_be_visible()
    for _ in range(2):
        api.tell(call_id)
    await expect(page.locator("[name=class]")).to_have_value("valid_alarm")
    await page.select_option("[name=class]", "non_police")
    await expect(page.locator("form.disposition .danger")).to_contain_text("听到凶器")


async def test_a_session_that_is_over_leads_back_to_the_door(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api)
    await expect(page.locator("[data-call]")).to_have_count(12)
    api.signed_in = False
    api.cut()
    await expect(page.locator("[name=username]")).to_be_visible()


async def test_what_is_not_saved_is_said_until_it_is(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api)
    await expect(page.locator("[data-call]")).to_have_count(12)
    api.push("saving", {"ok": False, "since": "2026-01-05T12:00:00Z"})
    await expect(page.locator("[data-banner=unsaved]")).to_be_visible()
    api.push("saving", {"ok": True, "since": None})
    await expect(page.locator("[data-banner=unsaved]")).to_have_count(0)


async def test_a_person_settles_a_call_from_the_keyboard(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.get_by_text("还没有研判")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("请先选类别和警情")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("d")
    await page.select_option("[name=class]", "valid_alarm")
    await page.select_option("[name=nature]", "robbery")
    await page.fill("[name=note]", "持刀抢包")
    api.tell(call_id)  # the call moves on while somebody writes; what was written stays and is accepted
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-settled]")).to_contain_text("抢劫")
    written = {"class": "valid_alarm", "nature": "robbery", "department": None, "note": "持刀抢包"}
    assert [(asked["type"], asked["data"]) for asked in api.requests] == [("SetDisposition", written)]


async def test_a_machines_value_turns_bold_when_a_person_confirms_it(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    for _ in range(2):
        api.tell(call_id)
    value = page.locator("[data-field=weapon] .value")
    await expect(value).not_to_have_class(re.compile("person"))
    await value.get_by_role("button").focus()
    await page.keyboard.press("Enter")
    await expect(value).to_have_class(re.compile("person"))
    await expect(value).to_contain_text("✓demo")


async def test_question_mark_shows_the_keys_of_the_page(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"))
    await expect(page.locator("[data-call]")).to_have_count(12)
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="全部按键")
    await expect(keys).to_contain_text("在来电之间移动")
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/calls/"))
    await page.keyboard.press("b")
    await expect(page.locator("[data-call]")).to_have_count(12)


async def labels(page: Page) -> list[str]:
    """Every label: text, placeholders, names for screen readers. What callers said (translate=no) is none."""
    found: list[str] = await page.evaluate("""() => {
      const isData = (element) => element.closest('[translate=no]') !== null;
      const walker = document.createTreeWalker(document.querySelector('#app'), NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) {
        if (!isData(walker.currentNode.parentElement)) texts.push(walker.currentNode.data.trim());
      }
      for (const name of ['placeholder', 'aria-label', 'title']) {
        const named = [...document.querySelectorAll(`[${name}]`)].filter((element) => !isData(element));
        texts.push(...named.map((element) => element.getAttribute(name)));
      }
      return texts.filter(Boolean);
    }""")
    return found


KEPT_IN_CHINESE = re.compile(
    r"\b(AMI|ALI|PIDF|AML|HELD|Alt|Ctrl|Enter|Esc|Space|Shift|English|demo|mosquitto)\b|[A-Z]\b|⇧Q"
)
"""Marks of sources, names of keys and of programs: the same in both languages."""


PLACES = {
    "board": "[data-call]",
    "live": "[data-verdict]",
    "conflict": "[data-conflict]",
    "sector": "[data-query]",
    "ended": ".waves canvas",
    "unheard": "[data-unheard]",
    "reviewed": "[data-readings]",
    "list": "tbody tr",
    "speech": "[data-row]",
    "health": "[data-service]",
    "door": "form",
}
"""Every page, and what stands on it once it is filled."""


async def open_place(open_page: Open, place: str, position: str | None = None) -> Page:
    api = DemoApi("usual", position=position)
    paths = {"list": "/ended", "speech": "/speech", "health": "/health"}
    paths |= {"unheard": f"/calls/{api.numbered(9)}", "reviewed": f"/calls/{api.numbered(102)}"}
    paths |= {"conflict": f"/calls/{api.numbered(3)}", "sector": f"/calls/{api.numbered(1)}"}
    paths |= {"live": f"/calls/{live_call(api)}", "ended": f"/calls/{recorded_call(api)}"}
    page = await open_page(api, paths.get(place, "/"), signed_in=place != "door")
    await expect(page.locator(PLACES[place]).first).to_be_visible()
    return page


@pytest.mark.parametrize("place", PLACES)
async def test_switching_the_language_changes_every_label(open_page: Open, place: str) -> None:
    page = await open_place(open_page, place)
    chinese = await labels(page)
    assert [label for label in chinese if re.search(r"[A-Za-z]{3}", KEPT_IN_CHINESE.sub("", label))] == []
    if place == "door":
        await page.get_by_role("button", name="English").click()
    else:
        await page.keyboard.press("y")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    english = await labels(page)
    assert len(english) >= 8
    assert [label for label in english if re.search(r"[\u4e00-\u9fff]", label)] == []


async def test_the_recording_plays_and_the_words_follow_it_both_ways(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api, f"/calls/{recorded_call(api)}")
    await expect(page.locator(".waves canvas")).to_be_visible()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("dialog")).to_contain_text("为什么听")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-at]")).not_to_contain_text("00:00 /")
    await expect(page.locator("[data-speaking]")).to_have_attribute("data-segment", "call_taker-0")
    await page.keyboard.press("6")
    await expect(page.locator("[data-speaking]")).to_have_attribute("data-segment", "caller-0")
    await page.keyboard.press("k")
    await page.locator("[data-segment=call_taker-0] p span").nth(1).click()
    await expect(page.locator("[data-segment=call_taker-0] .lit")).to_have_count(1)
    assert [asked["data"]["purpose"] for asked in api.requests] == ["核对地点和经过"]


async def test_a_broken_link_says_which_since_when_and_what_still_works(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"), "/health")
    broker = page.locator("[data-service=broker]")
    for words in (
        "消息中间件",
        "中断，已",
        "拒绝连接",
        "请在消息中间件的机器上启动",
        "来电、接警单、录音照常",
    ):
        await expect(broker).to_contain_text(words)


@pytest.mark.parametrize("place", ["board", "live", "list", "speech"])
async def test_a_demonstration_model_is_named_wherever_its_text_or_its_figures_stand(
    open_page: Open, place: str
) -> None:
    page = await open_place(open_page, place)
    await expect(page.locator("[data-demo-model]")).to_contain_text(
        re.compile("演示(识别)?模型（普通话、英语）：只.*合成语音")
    )


async def test_the_pages_work_on_the_real_backend(site: Site, visit: Visit) -> None:
    archive = site.settings.archive
    write_wav(archive / "mix.wav")
    site.settings = replace(site.settings, static=STATIC)
    await site.add_user("wang", "call_taker")
    deaf = LegHearing(leg=Leg.CALLER, state=HearingState.DEAF, since=a_call(1).seized_at)
    await site.put_call(replace(a_call(1), hearing=(deaf,)), CARD, (said(0, "我要报警"),))
    await site.put_call(a_call(2, ended=True, archive=archive), CARD, (said(0, "路灯坏了"),))
    page = await visit(str((await site.open_client()).make_url("/")), "/")
    await page.fill("[name=username]", "wang")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-call]")).to_have_count(1)
    await page.locator("[data-call]").click()
    await expect(page.locator("[data-segment=caller-0]")).to_contain_text("我要报警")
    await expect(page.locator("[data-lane=caller]")).to_contain_text("有人说话却没有文字")
    await expect(page.locator("[data-field=address]")).to_contain_text("建国路88号PIDF95%")
    site.hub.publish("partial", a_call(1).call_id, {
        "call_id": a_call(1).call_id, "speaker": "caller", "text": "有人打", "started_ms": 5000,
    })  # fmt: skip
    await expect(page.locator("[data-partial]")).to_have_text("有人打")
    await page.keyboard.press("b")
    await page.locator("tbody a").click()
    await expect(page.locator("canvas")).to_be_visible()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-at]")).to_have_text("00:01 / 00:01")
    assert [type(asked).__name__ for asked in site.asked] == ["OpenRecording"]


async def axe(page: Page) -> list[dict[str, Any]]:
    await page.evaluate((UI / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    result = await page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })")
    bad = [found for found in result["violations"] if found["impact"] in ("serious", "critical")]
    return [{"rule": found["id"], "at": [node["html"] for node in found["nodes"][:3]]} for found in bad]


@pytest.mark.parametrize("place", PLACES)
async def test_pages_are_accessible_in_the_dark_and_in_the_light(open_page: Open, place: str) -> None:
    page = await open_place(open_page, place, position="1101" if place == "live" else None)
    assert await axe(page) == []
    await page.get_by_role("button", name="浅色").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert await axe(page) == []


async def test_no_two_things_on_the_card_answer_to_one_key(open_page: Open) -> None:
    page = await open_place(open_page, "live", position="1101")
    await page.keyboard.press("?")
    shown = await page.locator("dialog.keys dt").all_inner_texts()
    assert len(shown) > 12
    keys = [key for line in shown for key in line.split()]
    on_the_large_map = {"S"}  # a dialog: the keys of the page rest while it is open
    assert {key for key in keys if keys.count(key) > 1} - on_the_large_map == set()
