from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.runtime.hub import Hub, Push
from gateway.web import push
from gateway.web.push import shown
from gateway.web.roles import ROLES, Permission
from gateway.web.watchers import Watcher, Watchers

from .site import POST, Site, a_call

CALL = a_call().call_id
LINE = {"call_id": CALL, "ani": "13800138000", "last_text": "救命", "rev": 1}


async def messages(response: Any) -> AsyncIterator[tuple[str, Any]]:
    """(kind, data) of a Server-Sent-Events stream."""
    kind = ""
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


async def following(
    site: Site, roles: str = "call_taker", call: str | None = None
) -> AsyncIterator[tuple[str, Any]]:
    client = await site.signed_in(roles)
    response = await client.get("/api/v1/stream" + (f"?call={call}" if call else ""))
    assert response.status == 200, await response.text()
    assert response.headers["Content-Type"] == "text/event-stream"
    stream = messages(response)
    kind, data = await anext(stream)
    assert kind == "hello"
    assert data["server_time"].endswith("Z")
    if call:
        assert (await anext(stream))[0] == "watchers"
    return stream


async def test_a_page_hears_hello_and_then_the_news(site: Site) -> None:
    stream = await following(site)
    site.hub.publish("call", CALL, LINE)
    assert await anext(stream) == ("call", LINE)


async def test_the_same_gateway_keeps_its_boot_id_and_another_start_has_another(site: Site) -> None:
    async def boot_id(client: Any) -> str:
        _, data = await anext(messages(await client.get("/api/v1/stream")))
        return str(data["boot_id"])

    client = await site.signed_in()
    assert await boot_id(client) == await boot_id(client)
    await site.clock.advance(1)
    assert await boot_id(await site.signed_in()) != await boot_id(client)


async def test_a_page_that_opens_while_nothing_is_saved_is_told(site: Site) -> None:
    site.saving = False
    assert await anext(await following(site)) == ("saving", {"ok": False, "since": None})


async def test_the_words_of_a_call_go_only_to_who_follows_it(site: Site) -> None:
    board, card = await following(site), await following(site, call=CALL)
    for hub_call in (CALL, "hz-p1-9.9"):
        site.hub.publish("partial", hub_call, {"call_id": hub_call, "text": "救命"})
        site.hub.publish("veto", hub_call, {"call_id": hub_call})
    site.hub.publish("service", None, {"name": "broker"})
    assert [await anext(board) for _ in range(3)] == [
        ("veto", {"call_id": CALL}), ("veto", {"call_id": "hz-p1-9.9"}), ("service", {"name": "broker"})
    ]  # fmt: skip
    assert [kind for kind, _ in [await anext(card) for _ in range(3)]] == ["partial", "veto", "service"]


def test_each_role_sees_its_share() -> None:
    fields = {"fields": {"phone": [{"value": "13912345678"}]}}
    call, card = Push(kind="call", call_id=CALL, data=LINE), Push(kind="card", call_id=CALL, data=fields)
    veto = Push(kind="veto", call_id=CALL, data={"quote": "刀"})
    rules, desk = ROLES["rule_operator"], ROLES["call_taker"]
    wall = frozenset({Permission.SEE_BOARD, Permission.SEE_PLACES})
    assert shown(call, None, desk) == LINE
    assert shown(call, None, rules) == {**LINE, "ani": "138****8000"}
    assert shown(call, None, wall) == {**LINE, "ani": "138****8000", "last_text": None}
    assert shown(call, None, frozenset()) is None
    assert shown(card, CALL, desk) == fields
    assert shown(card, CALL, rules) == {"fields": {"phone": [{"value": "139****5678"}]}}
    assert shown(card, None, desk) is None
    assert shown(veto, None, wall) is None
    service = Push(
        kind="service", call_id=None, data={"name": "broker", "state": "down", "since": None, "fault_en": "x"}
    )
    assert shown(service, None, ROLES["administrator"]) == service.data
    assert shown(service, None, rules) == {"name": "broker", "state": "down", "since": None}


async def test_who_runs_the_machines_hears_of_services_and_of_no_call(site: Site) -> None:
    stream = await following(site, "administrator")
    site.hub.publish("call", CALL, LINE)
    site.hub.publish("veto", CALL, {"quote": "刀"})
    site.hub.publish("service", None, {"name": "broker", "state": "down"})
    assert (await anext(stream))[0] == "service"


async def test_a_wall_hears_its_own_news_and_of_services(site: Site) -> None:
    news = [
        Push(kind="call", call_id=CALL, data=LINE), Push(kind="position", call_id=None, data={}),
        Push(kind="flood", call_id=None, data={}), Push(kind="veto", call_id=CALL, data={}),
        Push(kind="markers", call_id=None, data={}), Push(kind="incident", call_id=None, data={}),
        Push(kind="plan", call_id=None, data={}), Push(kind="escalation", call_id=CALL, data={}),
    ]  # fmt: skip
    assert [shown(each, None, ROLES["wall"]) for each in news] == [None] * len(news)
    wall = Push(kind="wall", call_id=None, data={"talking": 3})
    assert shown(wall, None, ROLES["wall"]) == {"talking": 3}
    assert shown(wall, None, ROLES["call_taker"]) is None


async def test_the_wall_cannot_follow_a_call(site: Site) -> None:
    wall = await site.signed_in("wall")
    assert (await wall.get(f"/api/v1/stream?call={CALL}")).status == 403


async def test_a_quiet_stream_still_beats(site: Site) -> None:
    site.settings = replace(site.settings, heartbeat_s=0.02)
    assert await anext(await following(site)) == ("ping", {})


async def test_a_stream_ends_with_its_session(site: Site) -> None:
    site.settings = replace(site.settings, heartbeat_s=0.02)
    client = await site.signed_in()
    stream = messages(await client.get("/api/v1/stream"))
    await anext(stream)
    await client.delete("/api/v1/session", headers=POST)
    assert {kind async for kind, _ in stream} <= {"ping"}


async def test_a_busy_stream_ends_with_its_session_too(site: Site) -> None:
    client = await site.signed_in()
    stream = messages(await client.get("/api/v1/stream"))
    await anext(stream)
    await client.delete("/api/v1/session", headers=POST)
    await site.clock.advance(site.settings.heartbeat_s)
    site.hub.publish("call", CALL, LINE)
    assert [kind async for kind, _ in stream] == ["call"]


async def test_an_open_page_keeps_its_session_alive(site: Site) -> None:
    client = await site.signed_in()
    stream = messages(await client.get("/api/v1/stream"))
    await anext(stream)
    for _ in range(3):
        await site.clock.advance(site.settings.session_idle_s * 0.8)
        site.hub.publish("call", CALL, LINE)
        assert [(await anext(stream))[0] for _ in range(2)] == ["call", "ping"]
    assert (await client.get("/api/v1/session")).status == 200


async def test_a_client_slower_than_its_queue_is_let_go(site: Site) -> None:
    stream = await following(site)
    for number in range(push.QUEUE_LIMIT + 1):
        site.hub.publish("call", CALL, {**LINE, "rev": number})
    assert len([kind async for kind, _ in stream]) <= push.QUEUE_LIMIT
    assert site.hub.watchers == 0


async def test_a_client_whose_network_takes_nothing_is_let_go(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "WRITE_WITHIN_S", 0.2)
    gone = asyncio.Event()

    class Watched(Hub):
        def leave(self, subscription: Any) -> None:
            super().leave(subscription)
            gone.set()

    site.hub = Watched()
    client = await site.signed_in()
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.session.cookie_jar)
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1024)
    writer.write(f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\n\r\n".encode())
    await reader.readuntil(b"hello")
    for _ in range(200):
        site.hub.publish("service", None, {"name": "x" * 100_000})
    await asyncio.wait_for(gone.wait(), 10)
    assert site.hub.watchers == 0
    writer.close()


async def test_streams_end_when_the_gateway_stops(site: Site) -> None:
    client = await site.signed_in()
    stream = messages(await client.get("/api/v1/stream"))
    await anext(stream)
    await asyncio.wait_for(client.server.close(), 5)
    assert [kind async for kind, _ in stream] == []


@pytest.mark.parametrize("kind", ["rules", "rule_test"])
def test_news_of_rules_is_for_who_works_on_them(kind: str) -> None:
    news = Push(kind=kind, call_id=None, data={"steps": ["activated"]})
    assert shown(news, None, ROLES["rule_operator"]) == news.data
    assert shown(news, None, ROLES["call_taker"]) is None


def test_people_on_one_card_see_each_other_until_they_leave() -> None:
    hub = Hub()
    reader, watchers = hub.subscribe(), Watchers(hub)
    wang, li = hub.subscribe(), hub.subscribe()
    watchers.come(CALL, wang, Watcher(user="wang", display_name="王", position="1101"))
    watchers.come(CALL, li, Watcher(user="li", display_name="李", position="1103"))
    assert [each["position"] for each in watchers.of(CALL)] == ["1101", "1103"]
    watchers.come(CALL, hub.subscribe(), Watcher(user="li", display_name="李", position="1103"))
    assert len(watchers.of(CALL)) == 2
    watchers.go(CALL, wang)
    watchers.go(CALL, wang)
    assert [each["user"] for each in watchers.of(CALL)] == ["li"]
    assert watchers.of("another") == []
    reader.close()


async def test_who_has_a_card_open_is_told_to_whoever_opens_it(site: Site) -> None:
    client = await site.signed_in()
    stream = messages(await client.get(f"/api/v1/stream?call={CALL}"))
    assert (await anext(stream))[0] == "hello"
    kind, data = await anext(stream)
    assert (kind, [set(each) for each in data["watchers"]]) == (
        "watchers",
        [{"user", "display_name", "position"}],
    )


async def test_a_call_for_a_supervisor_is_told_to_supervisors_alone() -> None:
    asked = Push(kind="escalation", call_id=CALL, data={"call_id": CALL, "by": "wang", "position": "1190"})
    assert shown(asked, None, ROLES["supervisor"]) == asked.data
    assert shown(asked, None, ROLES["call_taker"]) is None
