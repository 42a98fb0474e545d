"""A gateway with its page for callers and a call that is answered, and phones that open its links."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient, TestServer

from gateway.archive.pictures import Pictures
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.share import Share
from gateway.calls.shared import SendLink
from gateway.calls.signals import CallerIdentified, CallQueued, CallSeized, PartyJoined
from gateway.ids import CallId
from gateway.runtime.answers import Accepted
from gateway.runtime.sharing import ShareSettings, ShareSources
from gateway.testing.fake_sender import FakeTextSender
from gateway.testing.memory_share import MemoryShareLinks
from gateway.testing.whole import PBX, SITE, Whole
from gateway.web.caller.app import Deps, make_app

NUMBER = "13800138000"
CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
EN = {"Accept-Language": "en"}
Phone = TestClient[Any, Any]


@dataclass
class Hall:
    """One gateway with its page for callers, and a call that is answered."""

    whole: Whole
    sender: FakeTextSender
    links: MemoryShareLinks
    archive: Path
    deps: Deps
    server: TestServer
    phones: list[Phone]

    async def phone(self) -> Phone:
        made = TestClient(self.server, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.phones.append(made)
        return made

    async def call(self) -> CallSession:
        found = await self.whole.house.intake.call(CALL)
        assert found is not None
        return found

    async def share(self) -> Share:
        found = (await self.call()).share
        assert found is not None
        return found

    async def send(self, name: str = "1", **more: Any) -> Any:
        request = SendLink(
            call_id=CALL, at=self.whole.clock.now(), request_id=f"send-{name}", actor="wang",
            **{"valid_s": 1800.0, **more},
        )  # fmt: skip
        answer = await self.whole.ask(request)
        await self.whole.settle()
        return answer

    @property
    def path(self) -> str:
        """Of the newest link, as its text says it."""
        found = re.search(r"https://110\.example\.cn(/s/[A-Za-z0-9_-]+)", self.sender.sent[-1].text)
        assert found is not None
        return found.group(1)

    async def opened(self) -> Phone:
        if not self.sender.sent:
            assert isinstance(await self.send(), Accepted)
        phone = await self.phone()
        answer = await phone.post(self.path)
        assert answer.status == 200, await answer.text()
        return phone


async def made(tmp_path: Path, gateways: list[Whole], before: Whole | None = None) -> Hall:
    sender, links = FakeTextSender(), MemoryShareLinks()
    more = {name: getattr(before, name) for name in ("store", "broker", "clock", "sent")} if before else {}
    sources = ShareSources(
        settings=ShareSettings(public_url="https://110.example.cn"), links=links,
        pictures=Pictures(tmp_path / "archive"),
    )  # fmt: skip
    whole = Whole(**more, sender=sender, share=sources)
    gateways.append(whole)
    await whole.start()
    deps = Deps(desk=whole.house.sharing, clock=whole.clock)
    server = TestServer(make_app(deps))
    await server.start_server()
    return Hall(whole, sender, links, tmp_path / "archive", deps, server, [])


@pytest.fixture
async def hall(tmp_path: Path, gateways: list[Whole]) -> AsyncIterator[Hall]:
    hall = await made(tmp_path, gateways)
    at: dict[str, Any] = {"call_id": CALL, "at": hall.whole.clock.now()}
    await hall.whole.give(
        CallSeized(
            **at, site=SITE, pbx=PBX, uniqueid="1767600000.1", linkedid="1767600000.1", line="PJSIP/t-1"
        ),
        CallerIdentified(**at, ani=NUMBER, ani_source="PAI"),
        CallQueued(**at, queue="q110"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
    )
    yield hall
    for phone in hall.phones:
        await phone.session.close()
    await hall.server.close()


async def said(answer: ClientResponse) -> str:
    return await answer.text()


def steps(hall: Hall) -> list[str]:
    return [event["step"] for event in hall.whole.events("ShareLinkChange")]


async def write(phone: Phone, text: str, once: str = "") -> ClientResponse:
    return await phone.post("/s/text", data={"text": text, "once": once}, headers=EN)


async def give(
    phone: Phone, *files: bytes, name: str = "photo.jpg", kind: str = "image/jpeg"
) -> ClientResponse:
    form = FormData()
    for file in files:
        form.add_field("picture", file, filename=name, content_type=kind)
    return await phone.post("/s/picture", data=form, headers=EN)


PLACE = {"latitude": 31.2304, "longitude": 121.4737, "radius_m": 18.0, "age_s": 1.5}
