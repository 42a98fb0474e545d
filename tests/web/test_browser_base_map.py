"""What lies beneath a caller on the map: the site's own files, by WebGL or as a sketch, and no other host."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.calls.locating import Locating, PlaceDescription
from gateway.location.model import Datum, Extent, Location, LocationSource, Shape
from gateway.testing import demo_places
from gateway.testing.demo_api import DemoApi
from gateway.testing.tile_archive import write_archive
from gateway.web.routes import STATIC

from .conftest import Open, Show, Visit
from .site import CARD, NOON, PASSWORD, Site, a_call

CITY = Path(__file__).parents[2] / "conf" / "places" / "map.geojson"


def listen_for_requests(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.parametrize("webgl", [True, False])
async def test_the_map_asks_no_other_host_for_anything(show: Show, webgl: bool) -> None:
    page, api = await show("circle", webgl=webgl)
    asked = listen_for_requests(page)
    await page.goto(f"/calls/{api.numbered(2)}")
    await expect(page.locator("[data-drawn]" if webgl else "[data-sketch]")).to_have_count(1)
    await expect(page.locator("g.lead [data-shape=polygon]")).to_be_visible()
    await page.keyboard.press("t")
    await page.keyboard.press("m")
    await expect(page.locator("dialog [data-drawn]" if webgl else "dialog [data-sketch]")).to_have_count(1)
    home = await page.evaluate("location.origin")
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((home, "blob:", "data:"))] == []
    assert any("maplibre" in url or "/gl-" in url for url in asked) is webgl


async def test_a_desk_without_webgl_gets_the_same_streets_as_a_sketch_and_is_told(show: Show) -> None:
    page, _ = await show("circle", webgl=False)
    await expect(page.locator("[data-map-note]")).to_have_text("简图（本机显卡画不了底图）")
    await expect(page.locator("[data-sketch] path.road")).not_to_have_count(0)
    await expect(page.locator("[data-sketch]")).to_contain_text("建国路")


async def test_a_site_without_a_map_still_shows_the_place(show: Show) -> None:
    page, _ = await show("circle", api=DemoApi("usual", drawn=False))
    await expect(page.locator("[data-map-note]")).to_have_text("没有装本地地图；位置照画")
    await expect(page.locator("g.lead [data-shape=circle]")).to_be_visible()


async def test_tiles_of_the_site_are_drawn_and_read_piece_by_piece(show: Show, tmp_path: Path) -> None:
    archive = city_tiles(tmp_path)
    page, api = await show("circle", webgl=True, api=DemoApi("usual", drawn=False, tiles=archive))
    ranges: list[str | None] = []
    page.on("request", lambda r: ranges.append(r.headers.get("range")) if "/map/tiles" in r.url else None)
    await page.goto(f"/calls/{api.numbered(5)}")
    await expect(page.locator("[data-drawn]")).to_have_count(1)
    assert len(ranges) >= 2
    assert None not in ranges
    await expect(page.locator("[data-map-note]")).to_have_count(0)
    colours = await page.locator("[data-map]").screenshot()
    empty, _ = await show("moving", webgl=True, api=DemoApi("usual", drawn=False))
    assert colours != await empty.locator("[data-map]").screenshot()


def city_tiles(folder: Path) -> Path:
    archive = folder / "city.pmtiles"
    write_archive(archive, demo_places.city_map(), centre=demo_places.CENTRE)
    return archive


async def test_tiles_that_were_cut_short_are_told_and_the_sites_drawing_takes_their_place(
    show: Show, tmp_path: Path
) -> None:
    cut = city_tiles(tmp_path)
    cut.write_bytes(cut.read_bytes()[:-1000])
    page, _ = await show("circle", webgl=True, api=DemoApi("usual", tiles=cut))
    note = page.locator("[data-map-note]")
    await expect(note).to_have_text("瓦片不能用，改用简单底图")
    await expect(note).to_have_attribute("title", re.compile("不完整：应有 [0-9]+ 字节"))
    await expect(page.locator("[data-drawn]")).to_have_count(1)


async def test_tiles_that_turn_out_rotten_are_told_and_the_streets_are_sketched(
    show: Show, tmp_path: Path
) -> None:
    rotten = city_tiles(tmp_path)
    whole = rotten.read_bytes()
    begins, length = struct.unpack_from("<2Q", whole, 56)
    rotten.write_bytes(whole[:begins] + bytes(length))
    page, _ = await show("circle", webgl=True, api=DemoApi("usual", tiles=rotten))
    await expect(page.locator("[data-map-note]")).to_contain_text("底图读不出来")
    await expect(page.locator("[data-sketch]")).to_contain_text("建国路")


async def test_with_tiles_alone_a_caller_nobody_could_place_can_be_marked(show: Show, tmp_path: Path) -> None:
    page, api = await show("circle", api=DemoApi("usual", drawn=False, tiles=city_tiles(tmp_path)))
    await page.goto(f"/calls/{api.numbered(8)}")
    await expect(page.get_by_text("还没有位置")).to_be_visible()
    await page.keyboard.press("Shift+M")
    await expect(page.locator("dialog [data-cross]")).to_be_visible()
    await expect(page.locator("dialog [data-spot]")).to_contain_text("派出所")


async def test_the_board_loads_nothing_of_the_map(open_page: Open) -> None:
    page = await open_page(DemoApi("usual"))
    asked = listen_for_requests(page)
    await page.reload()
    await expect(page.locator("[data-call]")).to_have_count(12)
    assert [url for url in asked if "/map" in url or "/gl-" in url or "maplibre" in url] == []


async def test_a_place_is_shown_in_the_shipped_city_by_the_real_backend(site: Site, visit: Visit) -> None:
    site.settings = replace(site.settings, static=STATIC, map_geojson=CITY, map_attribution="虚构的城市")
    ring = ((31.2300, 121.4300), (31.2300, 121.4340), (31.2330, 121.4340), (31.2300, 121.4300))
    fix = Location(
        location_id="f1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.2310, longitude=121.4327,
        datum=Datum.WGS_84, uncertainty_m=280.0, method="Wifi",
        extent=Extent(shape=Shape.POLYGON, points=ring),
    )  # fmt: skip
    described = PlaceDescription(location_id="f1", standard_address="青桐路12号", district="青桐区")
    call = replace(
        a_call(1), locations=(fix,), leading_location="f1", locating=Locating(description=described)
    )
    await site.put_call(call, CARD)
    base = str((await site.open_client()).make_url("/"))
    for username, roles in (("wang", "call_taker"), ("shen", "auditor")):
        await site.add_user(username, roles)
        page = await visit(base, f"/calls/{call.call_id}")
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-where]")).to_be_visible()
        if roles == "auditor":
            await expect(page.locator("[data-district]")).to_have_text("青桐区")
            await expect(page.locator("[data-map]")).to_have_count(0)
            assert "青桐路" not in await page.content()
            continue
        await expect(page.locator("[data-lead]")).to_contain_text("青桐路12号")
        await expect(page.locator("[data-radius]")).to_have_text("280 米内")
        await expect(page.locator("g.lead [data-shape=polygon]")).to_be_visible()
        await expect(page.locator("[data-map] + figcaption")).to_contain_text("虚构的城市")
        await expect(page.locator("[data-drawn]")).to_have_count(1)
