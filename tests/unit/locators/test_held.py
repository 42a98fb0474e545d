"""What a location server is asked, and references in its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from gateway.location.heldrequest import Wanted
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import Shape
from gateway.locators.fetch import Fetcher, Hosts
from gateway.locators.held import HeldServer, HeldSettings, References
from gateway.testing.clock import ManualClock
from gateway.testing.fake_held import FakeHeld, answer, error, reference

NUMBER = "13800000000"
ASKED = Asked(call_id="c1", ani="+86 138 0000 0000")


@asynccontextmanager
async def served(fake: FakeHeld) -> AsyncIterator[tuple[Fetcher, ManualClock]]:
    await fake.start()
    clock, here = ManualClock(), frozenset({f"127.0.0.1:{fake.port}"})
    fetcher = Fetcher(clock, Hosts(allowed=here, plain=here))
    try:
        yield fetcher, clock
    finally:
        await fetcher.close()
        await fake.stop()


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({}, b"<uri>tel:+8613800000000</uri>"),
        (
            {"identity": "sip", "sip_domain": "example.cn"},
            b"<uri>sip:+8613800000000@example.cn;user=phone</uri>",
        ),
        ({"identity": "msisdn"}, b"<msisdn>8613800000000</msisdn>"),
        (
            {"wanted": Wanted(types=("geodetic", "civic"), exact=True)},
            b'<locationType exact="true">geodetic civic<',
        ),
        ({"wanted": Wanted(response_time=4_000)}, b'responseTime="4000"'),
    ],
)
async def test_the_caller_is_named_as_the_server_wants_it(settings: dict[str, object], part: bytes) -> None:
    fake = FakeHeld({NUMBER: answer(31.2, 121.4, 50)})
    async with served(fake) as (fetcher, _):
        server = HeldServer(HeldSettings(name="lis", url=fake.url, **settings), fetcher)  # type: ignore[arg-type]
        assert (await server.locate(ASKED)).locations
        assert part in fake.requests[0]


async def test_a_reference_in_the_answer_is_fetched_at_once() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, _):
        fake.answers[NUMBER] = reference(fake.reference_url("x"))
        fake.references["x"] = answer(31.2, 121.4, 50)
        reading = await HeldServer(HeldSettings(name="lis", url=fake.url), fetcher).locate(ASKED)
        assert [place.shape for place in reading.locations] == [Shape.REFERENCE, Shape.CIRCLE]


async def test_a_reference_elsewhere_is_kept_and_told_but_not_fetched() -> None:
    fake = FakeHeld({NUMBER: reference("https://evil.example.com/x")})
    async with served(fake) as (fetcher, _):
        reading = await HeldServer(HeldSettings(name="lis", url=fake.url), fetcher).locate(ASKED)
        assert [place.shape for place in reading.locations] == [Shape.REFERENCE]
        assert "not among location.reference_hosts" in reading.faults[0].what


async def test_references_that_lead_to_references_end() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, _):
        fake.references["x"] = reference(fake.reference_url("x"))
        reading = await References(fetcher).locate(Asked(call_id="c", uri=fake.reference_url("x")))
        assert {place.shape for place in reading.locations} == {Shape.REFERENCE}
        assert len(fake.requests) <= 3


async def test_a_server_that_speaks_held_only_is_asked_by_post() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, _):
        fake.references["x"], fake.get_allowed = answer(31.2, 121.4, 50), False
        source = References(fetcher)
        assert (await source.locate(Asked(call_id="c", uri=fake.reference_url("x")))).locations
        assert fake.requests[0] == b""
        assert b"locationRequest" in fake.requests[1]
        assert b"<device" not in fake.requests[1]


async def test_all_hops_of_an_answer_share_one_time_limit() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, clock):
        fake.answers[NUMBER] = reference(fake.reference_url("x"))

        async def slow_references(request: web.Request) -> web.StreamResponse:
            if request.path.startswith("/ref/"):
                await asyncio.Event().wait()
            fake.came.clear()
            return web.Response(body=fake.answers[NUMBER])

        fake.handler = slow_references
        server = HeldServer(HeldSettings(name="lis", url=fake.url, within_s=8), fetcher)
        asking = asyncio.create_task(server.locate(ASKED))
        await fake.came.wait()
        await clock.advance(3)
        async with asyncio.timeout(5):
            while len(fake.requests) < 2:  # noqa: ASYNC110 - the thing itself is waited for
                await asyncio.sleep(0)
        await clock.advance(5)
        reading = await asking
        assert "no answer within" in reading.faults[0].what


@pytest.mark.parametrize("code", ["locationUnknown", "notLocatable", "requestError"])
async def test_a_held_error_is_an_answer_without_a_place_that_says_so(code: str) -> None:
    fake = FakeHeld({NUMBER: error(code)})
    async with served(fake) as (fetcher, _):
        reading = await HeldServer(HeldSettings(name="lis", url=fake.url), fetcher).locate(ASKED)
        assert reading.locations == ()
        assert code in reading.faults[0].what


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
async def test_a_server_that_is_broken_is_a_failure(status: int) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=b"<html>no</html>")

    fake = FakeHeld({})
    fake.handler = broken
    async with served(fake) as (fetcher, _):
        for source, asked in (
            (HeldServer(HeldSettings(name="lis", url=fake.url), fetcher), ASKED),
            (References(fetcher), Asked(call_id="c", uri=fake.reference_url("x"))),
        ):
            with pytest.raises(LocatorFailed, match=f"the server answers {status}"):
                await source.locate(asked)


async def test_only_references_at_configured_hosts_are_its_concern() -> None:
    source = References(Fetcher(ManualClock(), Hosts(allowed=frozenset({"lis.example.cn"}))))
    assert source.concerns(Asked(call_id="c", uri="https://lis.example.cn/x"))
    assert not source.concerns(Asked(call_id="c", uri="https://evil.example.com/x"))
    assert not source.concerns(Asked(call_id="c", ani=NUMBER))
    with pytest.raises(LocatorFailed, match="not among"):
        await source.locate(Asked(call_id="c", uri="https://evil.example.com/x"))


async def test_a_reference_is_never_asked_for_another_reference() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, _):
        fake.references["x"], fake.get_allowed = answer(31.2, 121.4, 50), False
        source = References(fetcher, wanted=Wanted(types=("locationURI", "geodetic"), exact=True))
        await source.locate(Asked(call_id="c", uri=fake.reference_url("x")))
        assert b'<locationType exact="true">geodetic<' in fake.requests[1]
        only = References(fetcher, wanted=Wanted(types=("locationURI",)))
        await only.locate(Asked(call_id="c", uri=fake.reference_url("x")))
        assert b'<locationType exact="false">any<' in fake.requests[3]


async def test_a_reference_that_has_expired_in_the_answer_is_told_and_not_fetched() -> None:
    fake = FakeHeld({})
    async with served(fake) as (fetcher, clock):
        told = reference(fake.reference_url("x")).replace(b"2036-01-01", b"2020-01-01")
        fake.answers[NUMBER], fake.references["x"] = told, answer(31.2, 121.4, 50)
        assert clock.now().year > 2020
        reading = await HeldServer(HeldSettings(name="lis", url=fake.url), fetcher).locate(ASKED)
        assert [place.shape for place in reading.locations] == [Shape.REFERENCE]
        assert "expired at 2020-01-01" in reading.faults[0].what
        assert len(fake.requests) == 1
