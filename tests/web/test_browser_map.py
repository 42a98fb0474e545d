"""Where a caller is, in a real Chromium: read, copied and shown on the map by keys, drawn to scale, all of it
without a word to another host."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from gateway.testing import demo_places
from gateway.testing.demo_api import DemoApi

from .conftest import SITUATION, Show, typed

# ---- what is read


async def test_one_reads_where_how_sure_who_says_so_since_when_and_why(show: Show) -> None:
    page, _ = await show("circle")
    lead = page.locator("[data-lead]")
    for words in ("样例市开发区建国路88号", "50 米内", "95% 把握", "PIDF", "卫星", "样例移动", "秒前",
                  "设备自己的定位，范围最小", "建国路派出所", "建国路与中山路口 东北 120 米"):  # fmt: skip
        await expect(lead).to_contain_text(words)
    await page.keyboard.press("y")
    for words in ("within 50 m", "95% sure", "satellite", "s ago", "the device's own position", "NE 120 m"):
        await expect(lead).to_contain_text(words)


async def test_the_age_of_a_fix_goes_on(show: Show) -> None:
    page, _ = await show("circle")
    age = page.locator("[data-age]")
    first = await age.inner_text()
    await expect(age).not_to_have_text(first)


async def test_contradictions_stand_side_by_side_with_their_distance(show: Show) -> None:
    page, _ = await show("conflict")
    conflict = page.locator("[data-conflict]")
    await expect(conflict).to_contain_text("口述地址与定位相距3.1公里")
    await expect(conflict.locator("p").nth(1)).to_have_text("语音开发区学院路工地30 米内")
    await expect(conflict.locator("p").nth(2)).to_have_text("PIDF样例市滨江区中心公园西门35 米内")
    await expect(page.locator("[data-conflict-line] text")).to_have_text("3.1 公里")
    await expect(page.locator("[data-lead]")).to_contain_text("35 米内")
    await expect(page.locator("[data-other=said]")).to_contain_text("开发区学院路工地")


async def test_a_caller_outside_the_jurisdiction_is_told_before_anything_else(show: Show) -> None:
    page, _ = await show("outside")
    await expect(page.locator("[data-outside]")).to_contain_text("在本市辖区以外")


async def test_a_caller_just_outside_is_shown_with_the_edge_of_the_city(show: Show) -> None:
    page, _ = await show("outside")
    await expect(page.locator("g.lead")).to_be_visible()
    await expect(page.locator("[data-sketch] path.road")).not_to_have_count(0)


async def test_questions_say_how_they_went(show: Show) -> None:
    page, api = await show("arc_band")
    await expect(page.locator("[data-query=held]")).to_contain_text("没问到 3 秒内没有回答")
    await expect(page.locator("[data-silent]")).to_have_text("▲ HELD 没问到")
    await expect(page.locator("[data-refresh]")).to_contain_text("再问")
    call_id = api.numbered(8)
    await page.goto(f"/calls/{call_id}")
    await expect(page.locator("[data-query=held]")).to_contain_text(re.compile(r"正在问… 00:0\d"))
    await expect(page.locator("[data-refresh]")).to_contain_text(re.compile(r"正在问 00:0\d"))
    await expect(page.get_by_text("还没有位置")).to_be_visible()
    await expect(page.locator("[data-map]")).to_have_count(0)


async def test_additional_data_stands_with_the_place(show: Show) -> None:
    page, _ = await show("circle")
    await expect(page.locator("[data-additional]")).to_contain_text("用户样例市第一小学固定电话设备手机")


async def test_a_spoken_address_without_a_position_says_so(show: Show) -> None:
    page, _ = await show("address")
    await expect(page.locator("[data-lead]")).to_contain_text("幸福路路灯下")
    await expect(page.locator("[data-radius]")).to_have_text("只有地址，没有坐标")
    await expect(page.locator("[data-copy]")).to_have_count(0)


async def test_a_place_that_comes_while_the_card_is_open_appears_on_it(show: Show) -> None:
    page, api = await show("circle")
    call_id = api.numbered(8)
    await page.goto(f"/calls/{call_id}")
    await expect(page.get_by_text("还没有位置")).to_be_visible()
    api.calls[call_id].where = api.calls[api.numbered(7)].where
    api.push("location", {"call_id": call_id})
    await expect(page.locator("[data-radius]")).to_have_text("220 米内")
    await expect(page.locator("[data-shape=ellipse]")).to_have_count(1)


async def test_who_may_not_see_places_reads_the_district_and_finds_no_map(show: Show) -> None:
    api = DemoApi("usual")
    api.permissions.remove("see_places")
    page, _ = await show("conflict", api=api)
    await expect(page.locator("[data-district]")).to_contain_text("滨江区")
    await expect(page.locator("[data-masked]")).to_contain_text("只显示到区县")
    for hidden in ("[data-map]", "[data-copy]", "[data-lead]", "[data-other]", "[data-field=address]"):
        await expect(page.locator(hidden)).to_have_count(0)
    assert "学院路" not in await page.locator("[data-where]").inner_text()


# ---- by keys alone


async def test_both_coordinates_are_copied_by_key_and_the_copy_is_confirmed(show: Show) -> None:
    page, api = await show("circle")
    (fix, *_) = api.calls[api.numbered(0)].where["locations"]
    await expect(page.locator("[data-copy]")).to_have_count(2)
    for key, datum, point in (("w", "WGS-84", fix["wgs84"]), ("g", "GCJ-02", fix["gcj02"])):
        await page.keyboard.press(key)
        await expect(page.get_by_text(f"已复制 {datum}")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{point[0]:.5f},{point[1]:.5f}"
    assert fix["wgs84"] != fix["gcj02"]


async def test_a_browser_that_forbids_copying_is_not_told_as_a_copy(show: Show) -> None:
    page, _ = await show("circle")
    await page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    await page.keyboard.press("w")
    await expect(page.get_by_text("浏览器不让复制")).to_be_visible()


async def test_u_asks_for_the_place_again(show: Show) -> None:
    page, api = await show("circle")
    await expect(page.locator("[data-lead]")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.locator("[data-query=held]")).to_contain_text("正在问…")
    assert [asked["type"] for asked in api.requests] == ["RefreshLocation"]


async def test_o_shows_one_other_place_after_the_next_on_the_map(show: Show) -> None:
    page, _ = await show("circle")
    await expect(page.locator("[data-other]")).to_have_count(2)
    for name in ("said", "ali"):
        await page.keyboard.press("o")
        await expect(page.locator(f".chosen[data-fix={name}]")).to_have_count(1)
        await expect(page.locator(f"[data-other={name}]")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("o")
    await expect(page.locator(".chosen")).to_have_count(0)


async def test_f_lets_the_place_that_is_shown_lead(show: Show) -> None:
    page, api = await show("circle")
    await expect(page.locator("[data-other]")).to_have_count(2)
    await page.keyboard.press("f")
    await page.keyboard.press("o")
    await expect(page.locator("[data-lead-this]")).to_be_visible()
    await page.keyboard.press("f")
    await expect(page.locator("[data-lead] [data-reason]")).to_contain_text("由接警人员录入或选定")
    await expect(page.locator("[data-radius]")).to_have_text("30 米内")
    written = [(asked["type"], asked["data"]) for asked in api.requests]
    assert written == [("SetPosition", {"location_id": "said"})]


async def test_the_map_is_enlarged_moved_and_left_by_keys(show: Show) -> None:
    page, _ = await show("circle")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    await page.keyboard.press("m")
    large = page.get_by_role("dialog", name="地图")
    await expect(large.locator("[data-map]")).to_be_focused()
    circle, bar = large.locator("g.lead [data-shape]"), large.locator("[data-metres]")
    before, scale = await box_of(circle), float(await bar.get_attribute("data-metres") or 0)
    await page.keyboard.press("+")
    await page.keyboard.press("+")
    nearer = await box_of(circle)
    assert nearer["width"] == pytest.approx(2 * before["width"], rel=0.01)
    assert float(await bar.get_attribute("data-metres") or 0) <= scale
    await page.keyboard.press("ArrowRight")
    moved = await box_of(circle)
    assert moved["x"] == pytest.approx(nearer["x"] - 60, abs=1)
    await page.keyboard.press("0")
    assert await box_of(circle) == before
    await page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_a_spot_is_marked_by_keys_with_a_remark_and_taken_back(show: Show) -> None:
    page, api = await show("circle")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    await page.keyboard.press("Shift+M")
    large, cross = page.locator("dialog.large"), page.locator("dialog [data-cross]")
    await expect(cross).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(cross).to_have_count(0)
    await page.keyboard.press("Shift+M")
    await expect(cross).to_be_visible()
    bar = large.locator("[data-bar]")
    metres = (3 * 60 - 2 * 6) * float(await large.locator("[data-metres]").get_attribute("data-metres") or 0)
    metres /= float(await bar.get_attribute("data-bar") or 1)
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        await page.keyboard.press(key)
    under = large.locator("[data-spot]")
    for words in ("样例市开发区建国路", "样例市公安局建国路派出所", "建国路与中山路路口"):
        await expect(under).to_contain_text(words)
    await page.keyboard.press("n")
    await typed(page, "加油站后面")
    await page.keyboard.press("Enter")
    await expect(large).to_have_count(0)
    word = page.locator("[data-lead] [data-persons-word]")
    await expect(word).to_contain_text("加油站后面")
    await expect(page.locator("[data-lead] [data-reason]")).to_have_text("由接警人员录入或选定")
    (asked,) = api.requests
    told = asked["data"]
    assert (told["datum"], told["note"]) == ("WGS-84", "加油站后面")
    assert told["uncertainty_m"] >= 10
    east = math.radians(told["longitude"] - demo_places.at(200, 240)[1]) * 6_371_008.8
    assert east * math.cos(math.radians(told["latitude"])) == pytest.approx(metres, rel=0.05)
    await page.keyboard.press("Shift+F")
    await expect(word).to_have_count(0)
    await expect(page.locator("[data-radius]")).to_have_text("50 米内")
    assert api.requests[-1]["type"] == "WithdrawPosition"


async def test_a_spot_that_was_not_saved_keeps_cross_and_remark(show: Show) -> None:
    page, api = await show("circle")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    await page.keyboard.press("Shift+M")
    await page.keyboard.press("n")
    await typed(page, "二楼")
    await page.route("**/requests", lambda route: route.abort())
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog [role=alert]")).to_contain_text("没有保存")
    await page.unroute("**/requests")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog.large")).to_have_count(0)
    assert [asked["data"]["note"] for asked in api.requests] == ["二楼"]


async def test_a_caller_nobody_could_place_is_marked_on_the_map_with_the_mouse(show: Show) -> None:
    page, api = await show("arc_band")
    call_id = api.numbered(8)
    await page.goto(f"/calls/{call_id}")
    await expect(page.get_by_text("还没有位置")).to_be_visible()
    await page.keyboard.press("m")
    large = page.locator("dialog.large")
    await large.locator("[data-aim]").click()
    await expect(large.locator("[data-cross]")).to_be_visible()
    frame = await large.locator("[data-map]").bounding_box()
    assert frame is not None
    await page.mouse.click(frame["x"] + frame["width"] / 2 + 100, frame["y"] + frame["height"] / 2)
    await large.locator("[data-set-spot]").click()
    await expect(page.locator("[data-lead]")).to_contain_text("由接警人员录入或选定")
    (asked,) = api.requests
    assert asked["type"] == "SetPosition"
    assert set(asked["data"]) == {"latitude", "longitude", "datum", "uncertainty_m", "note"}


# ---- on a low screen


@pytest.mark.parametrize("situation", ["circle", "conflict"])
async def test_what_is_read_out_stands_on_a_low_screen_without_scrolling(show: Show, situation: str) -> None:
    page, _ = await show(situation)
    wanted = ["[data-radius]", "[data-jurisdiction]", "[data-junctions]", "[data-reason]", "[data-age]"]
    for language in ("en", "zh-CN"):
        await page.keyboard.press("y")
        await expect(page.locator("html")).to_have_attribute("lang", language)
        edge = await page.locator(".left").evaluate("left => left.getBoundingClientRect().bottom")
        for name in wanted:
            box = await page.locator(f"[data-lead] {name}").bounding_box()
            assert box is not None, name
            assert box["y"] + box["height"] <= edge, name


async def test_the_map_on_the_card_is_reached_by_tab_and_then_owns_the_arrows(show: Show) -> None:
    page, _ = await show("circle")
    frame = page.locator("[data-map]")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await frame.evaluate("frame => frame === document.activeElement"):
            break
    await expect(frame).to_be_focused()
    before = await box_of(page.locator("g.lead [data-shape]"))
    await page.keyboard.press("ArrowDown")
    assert (await box_of(page.locator("g.lead [data-shape]")))["y"] == pytest.approx(before["y"] - 60, abs=1)


# ---- to scale


async def box_of(locator: Any) -> dict[str, float]:
    """The box of a drawn shape, without its stroke."""
    found: dict[str, float] = await locator.evaluate(
        "shape => { const b = shape.getBBox(); return { x: b.x, y: b.y, width: b.width, height: b.height } }"
    )
    return found


async def pixels_per_metre(page: Page) -> float:
    """Measured on the picture between two marks whose places are known."""
    told = demo_places.markers("")
    (here, there) = (told[0], told[2])
    spots = []
    for marker in (here, there):
        found = await box_of(page.locator(f"dialog [data-marker={marker['id']}] :is(rect, path)"))
        # A unit's square lies around its place; a camera's triangle from 6 px above to 5 px below it.
        middle = found["height"] / 2 if marker is here else 6.0
        spots.append((found["x"] + found["width"] / 2, found["y"] + middle))
    (lat, lon), (other_lat, other_lon) = here["wgs84"], there["wgs84"]
    north = math.radians(other_lat - lat) * 6_371_008.8
    east = math.radians(other_lon - lon) * 6_371_008.8 * math.cos(math.radians(lat))
    return math.dist(*spots) / math.hypot(north, east)


SIZES = {"circle": (100.0, 100.0), "polygon": (520.0, 400.0)}
SIZES["ellipse"] = tuple(  # type: ignore[assignment]
    2 * math.hypot(220 * along, 80 * across)
    for along, across in ((math.sin(math.radians(60)), math.cos(math.radians(60))),
                          (math.cos(math.radians(60)), math.sin(math.radians(60))))
)  # fmt: skip
SIZES["arc_band"] = (
    900 - 450 * math.sin(math.radians(20)),
    900 * math.cos(math.radians(20)) - 450 * math.cos(math.radians(90)),
)
"""Metres from west to east and from south to north."""


@pytest.mark.parametrize("shape", SIZES)
async def test_every_uncertainty_is_drawn_to_scale(show: Show, shape: str) -> None:
    page, api = await show("circle")
    await page.goto(f"/calls/{api.numbered(SITUATION[shape])}")
    await expect(page.locator(f"g.lead [data-shape={shape}]")).to_be_visible()
    await page.keyboard.press("m")
    drawn = page.locator(f"dialog g.lead [data-shape={shape}]")
    await expect(drawn).to_be_visible()
    for _ in range(8):  # until both marks are in the picture
        if await page.locator("dialog [data-marker]").count() == 3:
            break
        await page.keyboard.press("-")
    scale, box = await pixels_per_metre(page), await box_of(drawn)
    wide, high = SIZES[shape]
    assert box["width"] / scale == pytest.approx(wide, rel=0.02)
    assert box["height"] / scale == pytest.approx(high, rel=0.02)


async def test_the_bar_of_the_scale_tells_the_truth(show: Show) -> None:
    page, _ = await show("circle")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    await page.keyboard.press("m")
    bar = page.locator("dialog [data-metres]")
    metres, drawn = float(await bar.get_attribute("data-metres") or 0), await bar.locator("i").bounding_box()
    assert drawn is not None
    assert drawn["width"] / metres == pytest.approx(await pixels_per_metre(page), rel=0.02)


async def test_a_caller_on_the_way_leaves_a_trail_with_its_times(show: Show) -> None:
    page, _ = await show("moving")
    await expect(page.locator("[data-movement]")).to_have_text("在移动：2 分钟内约 1.2 公里")
    await expect(page.locator("[data-trail] polyline")).to_have_count(1)
    await expect(page.locator("[data-trail] text").first).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    await expect(page.locator("[data-other]")).to_have_count(0)


async def test_a_unit_that_moves_moves_on_the_map(show: Show) -> None:
    page, api = await show("circle")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()
    await page.keyboard.press("m")
    unit = page.locator("dialog [data-marker=u1] rect")
    await expect(unit).to_be_visible()
    before = await box_of(unit)
    moved = {**demo_places.markers("")[0], "wgs84": list(demo_places.at(300, 210))}
    api.push("markers", {"markers": [moved]})
    await expect(unit).not_to_have_attribute("x", str(before["x"]))
    assert (await box_of(unit))["x"] < before["x"]
