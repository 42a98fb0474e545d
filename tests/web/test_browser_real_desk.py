"""The card on the real loop and store: a phone rings, its card opens, two people write, one finishes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from playwright.async_api import Page, expect

from gateway.calls.hall import AgentChanged, AgentState
from gateway.calls.model import PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, DeskRang, PartyJoined
from gateway.runtime.intake import Intake
from gateway.runtime.news import News
from gateway.web.routes import STATIC

from .conftest import Visit, typed
from .site import NOON, PASSWORD, Site
from .test_with_loop import CALL


class Deaf:
    """Whatever the news tells beside the pages."""

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: None


async def told(site: Site, intake: Intake) -> None:
    """Pages hear of every commit, and three people may sign in."""
    site.settings = replace(site.settings, static=STATIC)
    deaf = cast(Any, Deaf())
    intake.on_committed = News(hub=site.hub, judging=deaf, outlet=deaf, clock=site.clock).committed
    for name, role in (("wang", "call_taker"), ("li", "call_taker"), ("boss", "supervisor")):
        await site.add_user(name, role)
    for agent in ("1101", "1102"):
        await intake.settled(AgentChanged(pbx="p1", at=NOON, agent=agent, state=AgentState.IDLE))


async def signed_in(base: str, visit: Visit, name: str, position: str = "") -> Page:
    page = await visit(base, "/")
    await page.fill("[name=username]", name)
    await page.fill("[name=password]", PASSWORD)
    await page.fill("[name=position]", position)
    await page.keyboard.press("Enter")
    await expect(page.locator(".strip")).to_be_visible()
    return page


async def rings(intake: Intake) -> None:
    about: dict[str, Any] = {"call_id": CALL, "at": NOON}
    for signal in (
        CallSeized(
            **about, site="hz", pbx="p1", uniqueid="1767614400.1", linkedid="1767614400.1", line="t-1",
            dialed="110",
        ),
        CallerIdentified(**about, ani="13800138000", ani_source="PAI"),
        DeskRang(**about, agent="1101"),
    ):  # fmt: skip
        await intake.settled(signal)


async def test_from_the_ring_to_the_finished_card(site: Site, intake: Intake, visit: Visit) -> None:
    await told(site, intake)
    base = str((await site.open_client()).make_url("/"))
    wang = await signed_in(base, visit, "wang", "1101")
    await expect(wang.locator("[data-seat]")).to_contain_text("1101空闲")
    li = await signed_in(base, visit, "li", "1102")
    boss = await signed_in(base, visit, "boss")
    await boss.keyboard.press("Shift+J")
    await expect(boss.locator("[data-desk='1101']")).to_contain_text("wang 警官")
    await rings(intake)
    await expect(wang).to_have_url(re.compile(re.escape(CALL)))
    assert li.url.endswith("/")
    await intake.settled(
        PartyJoined(call_id=CALL, at=NOON, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1")
    )
    await li.goto(f"{base}calls/{CALL}")
    await expect(wang.locator("[data-others]")).to_contain_text("1102 li 警官")
    for page, words in ((wang, "王小明"), (li, "王晓明")):
        await page.locator("[data-field=name] .unset").focus()
        await page.keyboard.press("Enter")
        await typed(page, words)
    await wang.keyboard.press("Enter")
    await expect(li.locator("[data-field=name] .what")).to_have_text("王小明")
    await li.locator("[data-field=name] input").press("Enter")
    await expect(li.locator("[data-clash]")).to_contain_text("wang先写了上面这一条")
    await li.locator("[data-field=name] input").press("Escape")
    await intake.settled(CallEnded(call_id=CALL, at=NOON))
    await expect(boss.locator("[data-desk='1101']")).to_contain_text("整理")
    await wang.select_option("[name=class]", "valid_alarm")
    await wang.select_option("[name=nature]", "robbery")
    await wang.keyboard.press("Control+Enter")
    await expect(wang.locator("[data-finished]")).to_contain_text("wang")
    await expect(li.locator("[data-finished]")).to_contain_text("wang")
    await expect(boss.locator("[data-desk='1101']")).to_contain_text("空闲")


async def test_a_taken_seat_asks_at_the_door_before_it_is_taken_over(
    site: Site, intake: Intake, visit: Visit
) -> None:
    await told(site, intake)
    base = str((await site.open_client()).make_url("/"))
    wang = await signed_in(base, visit, "wang", "1101")
    door = await visit(base, "/")
    await door.fill("[name=username]", "li")
    await door.fill("[name=password]", PASSWORD)
    await door.fill("[name=position]", "1101")
    await door.keyboard.press("Enter")
    await expect(door.get_by_role("alert")).to_contain_text("该席位已有人")
    await door.keyboard.press("Enter")
    await expect(door.locator("[data-seat]")).to_contain_text("1101")
    await expect(wang.locator("[data-banner=seat]")).to_contain_text("li 警官")
    await expect(wang.locator("[data-seat]")).to_contain_text("无坐席")
