"""The wall over the API: who sees it, and that its role sees nothing else."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.cli.wall import lines
from gateway.desk.hall import HallState
from gateway.runtime.book import Book
from gateway.runtime.health import Health
from gateway.runtime.wall import Wall, WallSources
from gateway.store.wall import StoredWall
from gateway.testing.demo_api import DemoApi
from gateway.web.app import API
from gateway.web.roles import ROLES, Permission
from gateway.web.routes import MACHINE, PUBLIC, SIGNED, SIGNED_IN
from gateway.web.wall_schema import WallShown

from .site import CARD, POST, Site, a_call, said


@pytest.fixture
def wall(site: Site) -> Wall:
    figures = StoredWall(site.store.database, ZoneInfo("Asia/Shanghai"))
    site.wall = Wall(
        WallSources(figures=figures), book=Book(), hall=lambda: HallState(site="hz"),
        health=Health(site.clock), hub=site.hub, clock=site.clock, site="hz",
    )  # fmt: skip
    return site.wall


async def body_of(site: Site, role: str) -> Any:
    answered = await (await site.signed_in(role)).get("/api/v1/wall")
    assert answered.status == 200, await answered.text()
    return await answered.json()


async def test_the_wall_counts_the_day_and_names_nobody(site: Site, wall: Wall) -> None:
    await site.put_call(a_call(-5), CARD, (said(0, "有人抢劫"),))
    body = await body_of(site, "wall")
    assert WallShown.model_validate(body).day.calls == 1
    for personal in ("13800138000", "抢劫", "建国路", "767614400"):
        assert personal not in json.dumps(body, ensure_ascii=False)


async def test_its_role_sees_its_page_and_nothing_else(site: Site, wall: Wall) -> None:
    await site.put_call(a_call(1), CARD)
    client, call_id = await site.signed_in("wall"), a_call(1).call_id
    allowed = {"/api/v1/wall", *(route.path for route in API if route.access in (SIGNED_IN, PUBLIC, SIGNED))}
    closed = [route for route in API if route.path not in allowed and route.access != MACHINE]
    assert len(closed) > 50
    for route in closed:
        path = re.sub(r"\{[^}]*\}", "1", route.path.replace("{call_id}", call_id))
        answered = await client.request(route.method, path, json={}, headers=POST)
        assert answered.status == 403, (route.method, path, answered.status)


async def test_who_leads_the_hall_sees_the_wall_and_a_call_taker_does_not(site: Site, wall: Wall) -> None:
    assert {role for role, may in ROLES.items() if Permission.SEE_WALL in may} == {
        "wall", "supervisor", "duty_leader", "administrator"
    }  # fmt: skip
    for role in ("supervisor", "duty_leader", "administrator"):
        await body_of(site, role)
    for role in ("call_taker", "auditor", "department", "pbx_administrator"):
        assert (await (await site.signed_in(role)).get("/api/v1/wall")).status == 403


async def test_the_command_says_the_same_in_words(site: Site, wall: Wall) -> None:
    await site.put_call(a_call(-5))
    told = list(lines(await body_of(site, "wall")))
    assert told[0].startswith("hz")
    assert "waiting 0, longest –; free 0 of 0" in told
    assert "today 1 calls, yesterday by this time 0" in told


def test_in_words_text_calls_have_a_line_of_their_own_while_there_are_any() -> None:
    body = DemoApi("disaster").wall.body()
    told = "\n".join(lines(body))
    assert "text calls: 7 unclaimed, oldest 260 s, 2 late; 9 claimed, 1 of them unanswered" in told
    body["texts"] = {"count": 0, "since": None, "late": 0, "claimed": 3, "left": 0}
    assert "text calls: 0 unclaimed; 3 claimed\n" in "\n".join(lines(body)) + "\n"
    body["texts"]["claimed"] = 0
    assert "text calls" not in "\n".join(lines(body))
