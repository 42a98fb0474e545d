"""Speech on the pages in a real Chromium, by keys alone: how each side is heard, both hearings, quality."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from gateway.testing.demo_api import DemoApi
from gateway.testing.demo_hearing import hearing, plain
from gateway.testing.demo_scene import segment, stamp

from .conftest import Open
from .test_browser import fresh_call, recorded_call

SPEECH_WORDS = {
    "zh-CN": ("近 30 天，人核对过 968 项", "先看车牌：只有 61% 不用改", "近 7 天，人核对过", "近 90 天"),
    "en": ("30 days people checked 968 facts", "Look first at Plate: only 61%", "last 7 days", "90 days"),
}  # fmt: skip


@pytest.mark.parametrize("language", SPEECH_WORDS)
async def test_speech_quality_is_read_by_keys_alone(open_page: Open, language: str) -> None:
    api = DemoApi("usual")
    api.language = language
    page = await open_page(api)
    await expect(page.locator("[data-call]")).to_have_count(12)
    thirty, weakest, seven, ninety = SPEECH_WORDS[language]
    await page.keyboard.press("s")
    await expect(page.locator("[data-lead]")).to_contain_text(thirty)
    await expect(page.locator("[data-weakest]")).to_contain_text(weakest)
    await expect(page.locator("[data-row=plate]")).to_contain_text("61%")
    await expect(page.locator("[data-row='vosk|demo-cn|main|trunk-mobile|caller']")).to_contain_text("490")
    await page.keyboard.press("7")
    await expect(page.locator("[data-lead]")).to_contain_text(seven)
    await page.keyboard.press("9")
    await expect(page.locator("[aria-pressed=true]")).to_contain_text(ninety)
    await expect(page.locator("[data-row=phone]")).to_contain_text("720")


async def test_speech_quality_does_not_move_by_itself(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api, "/speech")
    await expect(page.locator("[data-row=plate]")).to_contain_text("61%")
    api.scene = "disaster"
    api.push("hello", {"server_time": "2026-01-05T12:00:00Z", "boot_id": "again"})
    await expect(page.locator("time")).to_contain_text(":00:0")
    await expect(page.locator("[data-row=plate]")).to_contain_text("61%")
    await page.keyboard.press("r")
    await expect(page.locator("[data-row=plate]")).not_to_contain_text("61%")


async def test_a_page_of_speech_quality_without_figures_says_what_will_come_and_from_where(
    open_page: Open,
) -> None:
    page = await open_page(DemoApi("nothing"), "/speech")
    await expect(page.locator("[data-nothing]")).to_contain_text("近 30 天还没有可量的内容")
    await expect(page.locator("[data-nothing]")).to_contain_text("接警员确认或改正一项机器听出的要素")
    await page.keyboard.press("9")
    await expect(page.locator("[data-nothing]")).to_contain_text("近 90 天")


async def test_speech_quality_is_for_whom_it_concerns(open_page: Open) -> None:
    api = DemoApi("usual")
    api.permissions.remove("see_quality")
    page = await open_page(api)
    await expect(page.locator("[data-call]")).to_have_count(12)
    await expect(page.get_by_role("link", name=re.compile("^识别"))).to_have_count(0)
    await page.keyboard.press("s")
    await expect(page.locator("[data-call]")).to_have_count(12)
    await page.goto("/speech")
    await expect(page.get_by_text("您的角色不看这一页")).to_be_visible()


async def test_health_tells_the_age_of_the_last_good_test_call_and_names_a_lost_listener(
    open_page: Open,
) -> None:
    page = await open_page(DemoApi("disaster"), "/health")
    canary = page.locator("[data-service=canary]")
    await expect(canary).to_contain_text("最近一次成功在 72 分钟前")
    await expect(canary).to_contain_text("检查语音模型")
    listener = page.locator("[data-service='speech:east']")
    for words in ("监听机", "east", "中断，已", "由别的监听机接着听"):
        await expect(listener).to_contain_text(words)
    await expect(page.locator("[data-service='speech:local']")).to_contain_text("最多同时听 24 路")
    await page.keyboard.press("y")
    await expect(canary).to_contain_text("last good one 72 min ago")


async def test_a_hot_word_shows_what_the_recognizer_itself_had_written(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = fresh_call(api)
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.get_by_text("还没有研判")).to_be_visible()
    spoken = {"started_ms": 4000, "ended_ms": 5000, "confidence": 0.9}
    words = [
        {**spoken, "text": "在", "heard": ""},
        {**spoken, "text": "建国路", "heard": "见过路"},
    ]
    said_there = {**segment(api.calls[call_id].story, 1), "text": "在建国路", "words": words}
    api.push("segment", {"call_id": call_id, "segment": said_there})
    hot = page.locator(".hot")
    await expect(hot).to_have_count(1)
    await expect(page.get_by_text("见过路")).to_be_hidden()
    await page.locator("[role=log]").focus()
    await page.keyboard.press("Tab")
    await expect(hot).to_be_focused()
    await expect(page.get_by_text("识别器原写：见过路")).to_be_visible()


EAR_WORDS = {
    ("zh-CN", "deaf"): ("无转写", "有人说话却没有文字", "存疑：没有听到报警人", "无转写"),
    ("zh-CN", "set_aside"): ("暂不转写", "机器听不过来", "存疑：没有听到报警人", "事后补写"),
    ("zh-CN", "no_frames"): ("无转写", "没有声音送到识别", "存疑：没有听到报警人", "无转写"),
    ("en", "no_words"): ("No transcript", "a second recognizer found", "Unsure: the caller", "No text"),
    ("en", "dead"): ("No transcript", "given up after", "Unsure: the caller", "No text"),
    ("en", "behind"): ("Text comes late", "nothing is lost", "", "Text late"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "state"), EAR_WORDS)
async def test_a_side_that_is_not_heard_says_so_on_the_card_and_on_the_board(
    open_page: Open, language: str, state: str
) -> None:
    api = DemoApi("usual")
    api.language = language
    call = api.calls[api.numbered(1)]
    page = await open_page(api, f"/calls/{call.summary['call_id']}")
    lane = page.locator("[data-lane=caller] [data-ear]")
    await expect(lane).to_have_text(re.compile("听写中|Heard live"))
    await expect(page.locator("[data-unheard]")).to_have_count(0)
    since = call.summary["answered_at"]
    bad = hearing("caller", state, since, unheard_ms=14_000)
    call.summary |= {"hearing": [bad, hearing("call_taker", "live", since)], "rev": 90}
    api.push("call", dict(call.summary))
    name, why, doubt, mark = EAR_WORDS[language, state]
    await expect(lane).to_contain_text(name)
    await expect(lane).to_contain_text(why)
    await expect(lane).to_contain_text(re.compile("普通话|Mandarin"))
    await expect(page.locator("[data-still]")).to_have_count(1 if doubt else 0)
    if doubt:
        await expect(page.locator("[data-unheard]")).to_contain_text(doubt)
        await expect(page.locator("[data-lane=caller] [data-owed]")).to_contain_text("00:14")
    await page.keyboard.press("b")
    tile = page.locator(f"[data-call='{call.summary['call_id']}']")
    await expect(tile.locator("[data-ear]")).to_contain_text(mark)


async def test_a_tap_that_never_came_is_told_after_a_while_not_at_once(open_page: Open) -> None:
    api = DemoApi("usual")
    call = api.calls[api.numbered(1)]
    since = datetime.now(UTC)
    call.summary["hearing"] = [hearing("caller", "wanted", stamp(since))]
    page = await open_page(api, f"/calls/{call.summary['call_id']}")
    lane = page.locator("[data-lane=caller] [data-ear]")
    await expect(lane).to_contain_text("正在接通识别")
    call.summary |= {
        "hearing": [hearing("caller", "wanted", stamp(since - timedelta(seconds=20)))],
        "rev": 90,
    }
    api.push("call", dict(call.summary))
    await expect(lane).to_contain_text("识别一直没有接通")


async def test_the_hall_counts_the_sides_it_cannot_hear_and_names_a_lost_listener(open_page: Open) -> None:
    page = await open_page(DemoApi("disaster"))
    await expect(page.locator("[data-call]")).to_have_count(50)
    ears = page.locator("[data-ears]")
    for words in ("路无转写", "3 路事后补写", "3 路文字迟到", "监听机 east 失联"):
        await expect(ears).to_contain_text(words)
    await page.keyboard.press("y")
    await expect(ears).to_contain_text("3 later")


async def test_the_hall_says_when_speech_is_dead_and_takes_it_back(open_page: Open) -> None:
    api = DemoApi("nothing")
    page = await open_page(api)
    await expect(page.get_by_text("现在没有来电")).to_be_visible()
    await expect(page.locator("[data-ears]")).to_have_count(0)
    api.push("service", {"name": "speech", "state": "down", "since": "2026-01-05T12:00:00Z"})
    await expect(page.locator("[data-ears]")).to_contain_text("语音识别中断：没有转写")
    api.push("service", {"name": "speech", "state": "up", "since": "2026-01-05T12:00:09Z"})
    await expect(page.locator("[data-ears]")).to_have_count(0)


READING_WORDS = {
    "zh-CN": ("接警单依据 复核文字", "您看的是实时文字", "实时文字："),
    "en": ("Rests on the second hearing", "You are looking at the live text", "the live text: "),
}


@pytest.mark.parametrize("language", READING_WORDS)
async def test_both_hearings_of_a_call_are_compared_by_keys_alone(open_page: Open, language: str) -> None:
    api = DemoApi("usual")
    api.language = language
    page = await open_page(api, f"/calls/{api.numbered(102)}")
    rests, looking, says = READING_WORDS[language]
    await expect(page.locator("[data-lane=caller] [data-basis]")).to_contain_text(rests)
    await expect(page.locator("[data-lane=caller] [data-basis]")).to_contain_text("large-cn")
    said = page.locator("[data-segment=caller-0]")
    await expect(said.locator(".mine")).to_have_text("摊")
    await expect(said.locator("del")).to_have_text("谈")
    await expect(said.locator(".finding")).to_have_text(["打起", "来了"])
    await page.keyboard.press("n")
    await expect(said.locator("[data-change]")).to_be_focused()
    await expect(said.locator("[data-change]")).to_contain_text(says)
    await page.keyboard.press("n")
    await expect(page.locator("[data-segment=call_taker-1] [data-change]")).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.locator("[data-readings]")).to_contain_text(looking)
    await expect(said.locator("del")).to_have_text("谈")
    await expect(said.locator(".theirs")).to_contain_text("摊")
    await expect(said.locator(".finding")).to_have_count(0)
    await expect(page.locator("[data-segment=call_taker-1] .theirs")).to_contain_text("吗")
    await page.keyboard.press("x")
    await expect(page.locator("[data-readings]")).not_to_contain_text(looking)


async def test_a_second_hearing_takes_the_place_of_the_live_text_while_one_looks(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = api.numbered(102)
    call = api.calls[call_id]
    reviewed, transcript = call.segments, call.transcript
    call.segments, call.transcript = transcript["other"], plain()
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.locator("[data-segment=caller-0]")).to_contain_text("烧烤谈")
    await expect(page.locator("[data-basis]").first).to_contain_text("实时文字")
    call.segments, call.transcript = reviewed, transcript
    api.push("review", {"call_id": call_id})
    await expect(page.locator("[data-segment=caller-0] .mine")).to_have_text("摊")
    await expect(page.locator("[data-basis]").first).to_contain_text("复核文字")
    await expect(page.locator("[data-segment]")).to_have_count(len(reviewed))


async def test_what_was_filled_in_is_marked_and_what_could_not_be_is_told(open_page: Open) -> None:
    api = DemoApi("usual")
    page = await open_page(api, f"/calls/{api.numbered(103)}")
    await expect(page.locator("[data-segment=caller-0]")).to_contain_text("（补写）")
    await expect(page.locator("[data-lane=caller] [data-owed]")).to_contain_text("有 00:09 没听到：补写未成")
    await expect(page.locator("[data-unheard]")).to_contain_text("存疑：报警人有 00:09 没有听到")
    await page.keyboard.press("y")
    await expect(page.locator("[data-segment=caller-0]")).to_contain_text("(filled in)")


async def test_a_recording_in_doubt_says_so_beside_its_sound(open_page: Open) -> None:
    api = DemoApi("usual")
    call_id = recorded_call(api)
    api.calls[call_id].recordings[0]["fault"] = "lengths differ: mix 8.0 s, call 30.0 s"
    page = await open_page(api, f"/calls/{call_id}")
    await expect(page.locator("[data-doubt]")).to_have_text(
        "▲ 录音存疑：lengths differ: mix 8.0 s, call 30.0 s"
    )
