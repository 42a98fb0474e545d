"""Fetching from configured hosts, and from no others."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from gateway.location.locator import LocatorFailed
from gateway.locators import fetch
from gateway.locators.fetch import Fetcher, Hosts, Refused
from gateway.testing.clock import ManualClock
from gateway.testing.fake_held import FakeHeld

HOSTS = Hosts(
    allowed=frozenset(
        {"lis.example.cn", "other.example.cn:8443", "plain.example.cn", "[::1]:8443", "10.0.0.1"}
    ),
    plain=frozenset({"plain.example.cn"}),
)
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.mark.parametrize(
    "uri",
    [
        "https://lis.example.cn/ref/1?a=b",
        "https://LIS.Example.CN./ref",
        "https://lis.example.cn:443/ref",
        "https://other.example.cn:8443/",
        "http://plain.example.cn/ref",
        "https://plain.example.cn:443/ref",
        "https://10.0.0.1/ref",
        "https://[::1]:8443/ref",
        "https://[0:0::1]:8443/ref",
    ],
)
def test_configured_hosts_are_fetched_from(uri: str) -> None:
    assert HOSTS.allow(uri)
    assert "#" not in str(HOSTS.checked(uri + "#part"))


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("https://evil.example.com/ref", "not among location.reference_hosts"),
        ("https://lis.example.cn.evil.example.com/", "not among"),
        ("https://evil.example.com/lis.example.cn", "not among"),
        ("https://lis.example.cn:8443/ref", "not among"),
        ("https://other.example.cn/ref", "not among"),
        ("https://lis.example.cn@evil.example.com/", "a name or password"),
        ("https://user:pw@lis.example.cn/", "a name or password"),
        ("https://lis.example.cn\\@evil.example.com/", "backslashes"),
        ("https://evil.example.com\\.lis.example.cn/", "backslashes"),
        ("https://lis.example.cn\t.evil.example.com/", "blanks"),
        ("https://lis.example.cn /", "blanks"),
        ("https://ｌｉｓ.example.cn/", "other letters"),
        ("https://lis。example。cn/", "other letters"),
        ("http://lis.example.cn/ref", "http without TLS"),
        ("ftp://lis.example.cn/ref", "only https references"),
        ("sip:user@lis.example.cn", "only https references"),
        ("file:///etc/passwd", "only https references"),
        ("data:text/plain,x", "only https references"),
        ("//lis.example.cn/ref", "only https references"),
        ("/ref", "only https references"),
        ("", "only https references"),
        ("https://", "no address|only https"),
        ("https://2130706433/", "not among"),
        ("https://0x7f.0.0.1/", "not among"),
        ("https://127.0.0.1/", "not among"),
        ("https://167772161/", "not among"),
        ("https://[::ffff:10.0.0.1]/", "not among"),
        ("https://[::1/", "no address"),
        ("https://lis.example.cn:99999/", "no address|not among"),
        ("https://lis.example.cn/" + "x" * 3_000, "3023 characters"),
    ],
)
def test_every_other_reference_is_refused_with_its_reason(uri: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        HOSTS.checked(uri)
    assert not HOSTS.allow(uri)


@asynccontextmanager
async def serving(answering: Answering, **more: object) -> AsyncIterator[tuple[Fetcher, FakeHeld]]:
    fake = FakeHeld({})
    fake.handler = answering
    await fake.start()
    here = frozenset({f"127.0.0.1:{fake.port}"})
    fetcher = Fetcher(ManualClock(), Hosts(allowed=here, plain=here))
    try:
        yield fetcher, fake
    finally:
        await fetcher.close()
        await fake.stop()


def redirects(where: Callable[[web.Request], str], status: int = 302) -> Answering:
    async def answering(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": where(request)})

    return answering


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http://169.254.169.254/latest/meta-data", "not among location.reference_hosts"),
        ("http://127.0.0.1:1/held", "not among"),
        ("//evil.example.com/held", "not among"),
        ("file:///etc/passwd", "only https references"),
        ("http://127.0.0.1\\@evil.example.com/", "a redirect to no address"),
        ("", "does not say where to"),
        ("/held", "more than 3 redirects"),
    ],
)
async def test_a_redirect_to_a_forbidden_host_or_without_end_is_not_followed(target: str, told: str) -> None:
    async with serving(redirects(lambda request: target)) as (fetcher, fake):
        with pytest.raises(LocatorFailed, match=told):
            await fetcher.fetch(fake.url, within_s=5)
        assert len(fake.requests) <= fetch.MAX_HOPS + 1


async def test_a_redirect_on_the_same_host_is_followed_and_303_makes_it_a_get() -> None:
    methods: list[str] = []

    async def answering(request: web.Request) -> web.StreamResponse:
        methods.append(request.method)
        if request.path == "/there":
            return web.Response(body=b"found")
        return web.Response(status=303, headers={"Location": "/there"})

    async with serving(answering) as (fetcher, fake):
        answer = await fetcher.fetch(fake.url, within_s=5, post=b"<x/>", content_type="application/held+xml")
        assert (answer.body, methods) == (b"found", ["POST", "GET"])


async def test_an_answer_that_is_too_long_or_compressed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BODY_BYTES", 1_000)

    async def long(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * 1_001)

    async def packed(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x", headers={"Content-Encoding": "gzip"})

    for answering, told in ((long, "more than 1000 bytes"), (packed, "compressed")):
        async with serving(answering) as (fetcher, fake):
            with pytest.raises(LocatorFailed, match=told):
                await fetcher.fetch(fake.url, within_s=5)


async def test_what_a_server_sets_or_is_told_elsewhere_never_comes_back() -> None:
    seen: list[str | None] = []

    async def answering(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Cookie"))
        return web.Response(body=b"x", headers={"Set-Cookie": "a=b"})

    async with serving(answering) as (fetcher, fake):
        for _ in range(2):
            await fetcher.fetch(fake.url, within_s=5)
    assert seen == [None, None]


async def test_a_certificate_is_shown_to_its_own_server_only() -> None:
    context = ssl.create_default_context()
    fetcher = Fetcher(ManualClock(), HOSTS, tls={"lis.example.cn": context})
    assert fetcher._tls(HOSTS.checked("https://lis.example.cn/x")) is context
    assert fetcher._tls(HOSTS.checked("https://10.0.0.1/x")) is True
