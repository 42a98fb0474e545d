from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from gateway.store import users
from gateway.web import auth
from gateway.web.app import API, UndeclaredRoute, declared_access
from gateway.web.roles import ROLES, Permission
from gateway.web.routes import PUBLIC, SIGNED, SIGNED_IN, Route
from gateway.web.schema import Me

from .site import PASSWORD, POST, Client, Site

SESSION = "/api/v1/session"


async def try_sign_in(client: Client, username: str, password: str = PASSWORD, **headers: str) -> Any:
    body = {"username": username, "password": password, "position": "1101"}
    return await client.post(SESSION, json=body, headers={**POST, **headers})


async def code_of(response: Any) -> tuple[int, str]:
    return response.status, (await response.json())["error"]["code"]


async def test_signing_in_tells_who_one_is_and_what_one_may(site: Site) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    me = Me.model_validate(await (await try_sign_in(client, "wang")).json())
    assert (me.username, me.position, me.language) == ("wang", "1101", "zh-CN")
    assert set(me.permissions) == ROLES["call_taker"]
    again = Me.model_validate(await (await client.get(SESSION)).json())
    assert again == me


async def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(site: Site) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    cookie = (await try_sign_in(client, "wang")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie  # plain http on this very machine


async def test_behind_tls_the_cookie_is_secure(site: Site) -> None:
    site.settings = replace(site.settings, behind_tls=True)
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    assert "Secure" in (await try_sign_in(client, "wang")).headers["Set-Cookie"]


async def test_plain_http_from_another_machine_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    monkeypatch.setattr(web.BaseRequest, "remote", "10.0.0.9")
    assert await code_of(await try_sign_in(client, "wang")) == (403, "https_required")


async def test_the_database_never_holds_what_opens_a_session(site: Site) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    await try_sign_in(client, "wang")
    token = next(cookie.value for cookie in client.session.cookie_jar if cookie.key == auth.COOKIE)
    assert await site.store.database.read(users.signed_in, token) is None
    assert await site.store.database.read(users.signed_in, auth.token_hash(token)) is not None


@pytest.mark.parametrize(("username", "password"), [("wang", "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_look_alike(site: Site, username: str, password: str) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    assert await code_of(await try_sign_in(client, username, password)) == (401, "bad_credentials")


async def test_a_disabled_user_cannot_sign_in_and_is_out_at_once(site: Site) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    await try_sign_in(client, "wang")
    await site.store.database.write(users.set_disabled, "wang", True)
    assert await code_of(await client.get(SESSION)) == (401, "not_signed_in")
    assert await code_of(await try_sign_in(client, "wang")) == (401, "bad_credentials")


async def test_guessing_is_stopped_and_the_right_password_has_to_wait_too(site: Site) -> None:
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    for _ in range(auth.FAILURES):
        assert (await try_sign_in(client, "wang", "wrong")).status == 401
    refused = await try_sign_in(client, "wang")
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= auth.FAILURE_WINDOW_S + 1
    assert (await try_sign_in(client, "li")).status == 401
    await site.clock.advance(auth.FAILURE_WINDOW_S + 1)
    assert (await try_sign_in(client, "wang")).status == 200


async def test_behind_the_proxy_each_address_has_its_own_count(site: Site) -> None:
    site.settings = replace(site.settings, behind_tls=True)
    client = await site.open_client()
    await site.add_user("wang", "call_taker")
    for _ in range(auth.FAILURES):
        await try_sign_in(client, "wang", "wrong", **{"X-Forwarded-For": "1.2.3.4, 10.0.0.1"})
    assert (await try_sign_in(client, "wang", **{"X-Forwarded-For": "9.9.9.9, 10.0.0.1"})).status == 429
    assert (await try_sign_in(client, "wang", **{"X-Forwarded-For": "10.0.0.2"})).status == 200


def test_the_memory_of_failures_is_bounded() -> None:
    failures = auth.Failures(limit=2, window_s=10, size=3)
    for number in range(5):
        failures.add((f"u{number}", "a"), 0.0)
        failures.add((f"u{number}", "a"), 1.0)
    assert failures.wait_s(("u0", "a"), 2.0) == 0
    assert failures.wait_s(("u4", "a"), 2.0) == 8.0
    assert failures.wait_s(("u4", "a"), 10.5) == 0
    failures.add(("u4", "a"), 10.5)
    failures.forget(("u4", "a"))
    assert failures.wait_s(("u4", "a"), 10.6) == 0


async def test_signing_out_closes_the_session_for_good(site: Site) -> None:
    client = await site.signed_in()
    token = next(cookie.value for cookie in client.session.cookie_jar if cookie.key == auth.COOKIE)
    assert (await client.delete(SESSION, headers=POST)).status == 204
    stolen = await client.get(SESSION, cookies={auth.COOKIE: token})
    assert stolen.status == 401


async def test_an_idle_session_ends_and_a_used_one_does_not(site: Site) -> None:
    client = await site.signed_in()
    for _ in range(3):
        await site.clock.advance(site.settings.session_idle_s - 60)
        assert (await client.get(SESSION)).status == 200
    await site.clock.advance(site.settings.session_idle_s + 1)
    assert (await client.get(SESSION)).status == 401


async def test_no_session_outlives_its_longest_time(site: Site) -> None:
    client = await site.signed_in()
    for _ in range(int(site.settings.session_max_s // 3000)):
        await site.clock.advance(3000)
        await client.get(SESSION)
    await site.clock.advance(3000)
    assert (await client.get(SESSION)).status == 401


async def test_the_language_is_remembered(site: Site) -> None:
    client = await site.signed_in()
    changed = await client.patch(SESSION, json={"language": "en"}, headers=POST)
    assert (await changed.json())["language"] == "en"
    assert (await (await client.get(SESSION)).json())["language"] == "en"
    assert (await client.patch(SESSION, json={"language": "tlh"}, headers=POST)).status == 422


# ---- requests that come from elsewhere


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**POST, "Sec-Fetch-Site": "cross-site"},
        {**POST, "Sec-Fetch-Site": "same-site"},
        {**POST, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_what_another_site_makes_the_browser_send_is_refused(
    site: Site, headers: dict[str, str]
) -> None:
    client = await site.signed_in()
    refused = await client.post("/api/v1/calls/x/requests", json={}, headers=headers)
    assert await code_of(refused) == (403, "not_same_origin")
    assert site.asked == []


async def test_our_own_pages_are_let_through(site: Site) -> None:
    client = await site.signed_in()
    own = f"http://{client.host}:{client.port}"
    for headers in ({**POST, "Sec-Fetch-Site": "same-origin"}, {**POST, "Origin": own}):
        assert (await client.patch(SESSION, json={"language": "en"}, headers=headers)).status == 200


# ---- closed by default

PROTECTED = [route for route in API if route.access not in (PUBLIC, SIGNED)]


def filled(route: Route) -> str:
    return re.sub(r"\{\w+\}", "hz-p1-1.1", route.path)


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: f"{route.method} {route.path}")
async def test_every_route_is_closed_to_strangers(site: Site, route: Route) -> None:
    client = await site.open_client()
    answered = await client.request(route.method, filled(route), headers=POST)
    assert await code_of(answered) == (401, "not_signed_in")


async def test_a_role_without_permissions_gets_in_nowhere(site: Site) -> None:
    client = await site.signed_in("emperor")
    for route in PROTECTED:
        if route.access != SIGNED_IN:
            answered = await client.request(route.method, filled(route), headers=POST)
            assert await code_of(answered) == (403, "forbidden"), route.path


async def test_an_unknown_role_allows_nothing(site: Site) -> None:
    client = await site.signed_in("emperor")
    assert (await (await client.get(SESSION)).json())["permissions"] == []


async def test_a_route_that_does_not_say_who_may_use_it_stops_the_start() -> None:
    async def forgotten(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_route("GET", "/api/v1/forgotten", forgotten)
    with pytest.raises(UndeclaredRoute, match="GET /api/v1/forgotten"):
        declared_access(app, API)


def test_every_role_of_the_codes_is_known_and_no_other() -> None:
    assert set(ROLES) == {
        "call_taker", "supervisor", "duty_leader", "auditor", "rule_operator", "rule_approver",
        "pbx_administrator", "administrator", "department", "wall", "machine",
    }  # fmt: skip
    assert Permission.SEE_NUMBERS not in ROLES["rule_operator"] | ROLES["wall"] | ROLES["administrator"]


# ---- one error shape


async def test_errors_speak_the_readers_language(site: Site) -> None:
    client = await site.open_client()
    english = await client.get(SESSION, headers={"Accept-Language": "en-GB,zh;q=0.5"})
    chinese = await client.get(SESSION, headers={"Accept-Language": "zh-CN"})
    assert (await english.json())["error"]["message"] == "Sign in first."
    told = (await chinese.json())["error"]
    assert (told["message"], told["message_zh"], told["message_en"]) == (
        "请先登录。",
        "请先登录。",
        "Sign in first.",
    )


async def test_a_fault_inside_is_told_without_its_stack(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await site.signed_in()

    async def broken(*_args: object) -> None:
        raise RuntimeError("secret 13800138000")

    monkeypatch.setattr(site.store.database, "read", broken)
    answered = await client.get(SESSION)
    assert await code_of(answered) == (500, "internal")
    assert "secret" not in await answered.text()


async def test_a_database_that_is_away_is_told_as_such(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.ports import StoreUnavailable

    client = await site.signed_in()

    async def away(*_args: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(site.store.database, "read", away)
    answered = await client.get(SESSION)
    assert await code_of(answered) == (503, "not_available")
    assert answered.headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("body", "field"),
    [("{", None), ("{}", "username"), ('{"username":"a","password":"b","admin":true}', "admin")],
)
async def test_a_body_that_does_not_fit_is_told_with_its_place(
    site: Site, body: str, field: str | None
) -> None:
    client = await site.open_client()
    answered = await client.post(SESSION, data=body, headers=POST)
    assert answered.status == 422
    assert (await answered.json())["error"]["field"] == field


async def test_a_body_too_long_is_refused_unread(site: Site) -> None:
    client = await site.open_client()
    answered = await client.post(SESSION, data="x" * 70_000, headers=POST)
    assert await code_of(answered) == (413, "too_large")
