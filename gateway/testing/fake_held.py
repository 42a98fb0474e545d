"""A location server that is not there: answers HELD requests and references (RFC 5985, 6155, 6753).

python -m gateway.testing.fake_held --port 9180
"""

from __future__ import annotations

import argparse
import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from gateway.location.heldrequest import CONTENT_TYPE, HELD
from gateway.location.numbering import national

_IDENTITY = re.compile(rb"<(?:uri|msisdn)>(?:tel:|sip:)?(\+?[0-9]+)")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(latitude: float, longitude: float, radius_m: float, *, method: str = "Cell") -> bytes:
    """A locationResponse with a circle in WGS-84."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<locationResponse xmlns="{HELD}"><presence xmlns="urn:ietf:params:xml:ns:pidf"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"
 entity="pres:caller@example.net"><dm:device id="d1"><gp:geopriv><gp:location-info>
<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{latitude} {longitude}</gml:pos>
<gs:radius uom="urn:ogc:def:uom:EPSG::9001">{radius_m}</gs:radius></gs:Circle>
</gp:location-info><gp:usage-rules/><gp:method>{method}</gp:method></gp:geopriv>
<dm:timestamp>2026-01-05T08:00:00Z</dm:timestamp></dm:device></presence></locationResponse>
""".encode()


def reference(uri: str) -> bytes:
    """A locationResponse that names where to fetch."""
    return (
        f'<locationResponse xmlns="{HELD}"><locationUriSet expires="2036-01-01T00:00:00Z">'
        f"<locationURI>{uri}</locationURI></locationUriSet></locationResponse>"
    ).encode()


def error(code: str) -> bytes:
    return f'<error xmlns="{HELD}" code="{code}"><message xml:lang="en">{code}</message></error>'.encode()


class FakeHeld:
    """Answers by national number at `/held`, references at `/ref/<name>`. `handler` may be replaced: it gets
    every request first. Where `get_allowed` is False references must be asked by POST.
    """

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self.answers, self.references = dict(answers), dict[str, bytes]()
        self.handler: Handler | None = None
        self.get_allowed = True
        self.requests: list[bytes] = []
        self.came = asyncio.Event()
        """Set at every request."""
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/held"

    def reference_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/ref/{name}"

    async def start(
        self, host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None
    ) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, ssl_context=tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(body)
        self.came.set()
        if self.handler is not None:
            return await self.handler(request)
        if request.path.startswith("/ref/"):
            return self._reference(request)
        found = _IDENTITY.search(body)
        number = national(found[1].decode()) if found else ""
        return _answered(self.answers.get(number, error("locationUnknown")))

    def _reference(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET" and not self.get_allowed:
            return web.Response(status=405)
        found = self.references.get(request.path.removeprefix("/ref/"))
        return web.Response(status=404) if found is None else _answered(found)


def _answered(body: bytes) -> web.Response:
    return web.Response(body=body, content_type=CONTENT_TYPE)


async def _main() -> None:
    parser = argparse.ArgumentParser(description="A pretended HELD server: every number is at one place.")
    parser.add_argument("--port", type=int, default=9180)
    parser.add_argument("--number", default="13800000000")
    told = parser.parse_args()
    fake = FakeHeld({national(told.number): answer(31.2304, 121.4737, 80)})
    await fake.start(port=told.port)
    print(f"knows {told.number} at {fake.url}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
