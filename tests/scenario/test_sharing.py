"""A caller is sent a link and uses it, through the whole gateway: the text, the phone, the call, the archive;
and everybody who should not get in."""

from __future__ import annotations

import asyncio
import json
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
from gateway.calls.share import LinkState, Share
from gateway.calls.shared import RevokeLink, SendLink
from gateway.calls.signals import CallEnded, CallerIdentified, CallQueued, CallSeized, PartyJoined
from gateway.ids import CallId
from gateway.ports_text import Delivery, Outcome, TextReport
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.sharing import ShareSettings, ShareSources, digest
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_sender import FakeTextSender
from gateway.testing.memory_share import MemoryShareLinks, a_picture
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import PBX, SITE, Whole
from gateway.web.caller.app import Deps, make_app
from gateway.web.caller.limits import Buckets

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


# ---- as it should go


async def test_a_caller_shares_position_words_and_a_picture(hall: Hall) -> None:
    phone = await hall.opened()
    assert [(text.number, "30分钟" in text.text) for text in hall.sender.sent] == [(NUMBER, True)]
    await hall.whole.house.texting.reported(
        TextReport(
            delivery=Delivery.DELIVERED, at=hall.whole.clock.now(), message_id=hall.sender.sent[0].message_id
        )
    )
    assert (await phone.post("/s/position", json=PLACE)).status == 204
    assert "received" in await said(await write(phone, "他在楼道里，手里有刀"))
    assert "received" in await said(await give(phone, a_picture()))
    await hall.whole.settle()
    assert steps(hall) == ["asked", "sent", "opened", "delivered"]
    (fix,) = hall.whole.events("LocationResponse")
    assert (fix["location"]["source"], fix["location"]["datum"]) == ("shared", "WGS-84")
    assert fix["location"]["uncertainty_m"] == 18.0
    (spoken,) = hall.whole.events("TranscriptSegment")
    assert (spoken["segment"]["text"], spoken["segment"]["speaker"]) == ("他在楼道里，手里有刀", "caller")
    texts = [event["text"] for event in hall.whole.events("CallerShared") if event["text"]]
    pictures = [event["picture"] for event in hall.whole.events("CallerShared") if event["picture"]]
    assert texts == ["他在楼道里，手里有刀"]
    kept = sorted(path.name for path in hall.archive.rglob("picture*"))
    assert kept == sorted(
        f"picture-{pictures[0]['digest']}.{end}" for end in ("jpg", "thumb.jpg", "view.jpg")
    )
    assert (await hall.share()).state is LinkState.OPENED


async def test_the_token_is_kept_nowhere(hall: Hall) -> None:
    await hall.opened()
    token = hall.path.removeprefix("/s/")
    assert len(token) == 32
    assert list(hall.links.rows) == [digest(token)]
    assert isinstance(hall.whole.store, MemoryStore)
    assert token not in repr(vars(hall.whole.store))
    assert isinstance(hall.whole.broker, FakeBroker)
    assert all(token not in str(message.payload) for message in hall.whole.broker.messages)


async def test_it_goes_on_after_the_call_until_it_expires(hall: Hall) -> None:
    phone = await hall.opened()
    await hall.whole.give(CallEnded(call_id=CALL, at=hall.whole.clock.now()))
    assert "received" in await said(await write(phone, "still here"))
    await hall.whole.pass_time(1801)
    assert steps(hall)[-1] == "expired"
    assert (await write(phone, "too late")).status == 404
    assert (await phone.post("/s/position", json=PLACE)).status == 404
    assert (await hall.call()).closed
    assert (await hall.share()).texts == 1


async def test_a_look_at_the_link_uses_nothing_up(hall: Hall) -> None:
    await hall.send()
    for _ in range(3):
        preview = await hall.phone()
        assert (await preview.get(hall.path)).status == 200
    assert (await hall.share()).phone == ""
    await hall.opened()


# ---- once, and by nobody else


async def test_two_who_open_at_once_leave_one_and_the_other_is_told(hall: Hall) -> None:
    await hall.send()
    phones = [await hall.phone() for _ in range(4)]
    answers = await asyncio.gather(*(phone.post(hall.path, headers=EN) for phone in phones))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    used = next(answer for answer in answers if answer.status == 409)
    assert "opened on another phone" in await said(used)
    assert steps(hall).count("opened") == 1


async def test_the_same_phone_may_open_its_link_again(hall: Hall) -> None:
    phone = await hall.opened()
    assert (await phone.post(hall.path)).status == 200
    assert steps(hall).count("opened") == 1


async def test_guessed_expired_revoked_and_unknown_look_exactly_alike(hall: Hall) -> None:
    await hall.send()
    expired = hall.path
    await hall.whole.pass_time(1801)
    await hall.send("2")
    revoked = hall.path
    await hall.whole.ask(RevokeLink(call_id=CALL, at=hall.whole.clock.now(), request_id="r", actor="wang"))
    seen = set()
    for path in (expired, revoked, f"/s/{'x' * 32}", "/s/short", "/s/", "/", "/api/v1/calls", "/s/../x"):
        stranger = await hall.phone()
        answer = await (stranger.get if path in ("/s/", "/", "/api/v1/calls") else stranger.post)(path)
        headers = {k: v for k, v in answer.headers.items() if k not in ("Date", "Set-Cookie")}
        seen.add((answer.status, await said(answer), json.dumps(headers, sort_keys=True)))
    assert len(seen) == 1
    status, text, headers = seen.pop()
    assert status == 404
    assert not re.search(r"aiohttp|python|intake|1101|138", text + headers, re.IGNORECASE)


async def test_a_look_tells_no_one_whether_a_link_is_real(hall: Hall) -> None:
    await hall.send()
    stranger = await hall.phone()
    real, guessed = await stranger.get(hall.path), await stranger.get(f"/s/{'x' * 32}")
    assert (real.status, await said(real)) == (guessed.status, await said(guessed))


async def test_a_stolen_cookie_of_another_phone_or_another_token_opens_nothing(hall: Hall) -> None:
    await hall.opened()
    token = hall.path.removeprefix("/s/")
    for cookie in (f"{token}.{'x' * 32}", f"{'x' * 32}.{'x' * 32}", token, "", ".", "x" * 5000):
        stranger = await hall.phone()
        answer = await stranger.get("/s/", headers={"Cookie": f"share={cookie}"})
        assert answer.status == 404


async def test_who_tries_tokens_is_slowed_down(hall: Hall) -> None:
    stranger = await hall.phone()
    answers = [(await stranger.post(f"/s/{n:032}")).status for n in range(14)]
    assert answers[:10] == [404] * 10
    assert set(answers[10:]) == {429}
    hall.deps.strangers = Buckets(burst=1, per_s=1.0)
    assert [(await stranger.get("/s/style.css")).status for _ in range(2)] == [200, 429]


async def test_another_site_cannot_send_for_the_phone(hall: Hall) -> None:
    phone = await hall.opened()
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = await phone.post("/s/text", data={"text": "x"}, headers=foreign)
        assert answer.status == 404
    assert (await hall.share()).texts == 0


# ---- the sender


async def test_ten_presses_send_one_text(hall: Hall) -> None:
    answers = [await hall.send(str(n)) for n in range(10)]
    assert [type(answer) for answer in answers] == [Accepted] + [Refused] * 9
    assert len(hall.sender.sent) == 1


async def test_a_link_that_the_provider_refuses_is_told_with_its_reason(hall: Hall) -> None:
    hall.sender.outcome, hall.sender.reason = Outcome.REFUSED, "余额不足"
    await hall.send()
    share = await hall.share()
    assert (share.state, share.fault) == (LinkState.UNSENT, "余额不足")
    hall.sender.outcome = Outcome.ACCEPTED
    assert isinstance(await hall.send("2"), Accepted)
    assert [one.message_id.split("-")[1] for one in hall.sender.sent] == ["2"]


async def test_a_gateway_that_died_while_sending_never_sends_again_by_itself(
    hall: Hall, gateways: list[Whole], tmp_path: Path
) -> None:
    never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    hall.sender.send = lambda message: never  # type: ignore[method-assign, assignment, return-value]
    await hall.send()
    await hall.whole.crash()
    after = await made(tmp_path, gateways, hall.whole)
    await after.whole.settle()
    share = await after.share()
    assert (share.state, after.sender.sent) == (LinkState.UNKNOWN, [])
    await after.whole.pass_time(21)
    assert isinstance(await after.send("again"), Accepted)
    await after.server.close()


# ---- bad input


async def test_ten_clicks_send_one_text_and_one_picture(hall: Hall) -> None:
    phone = await hall.opened()
    once = "n" * 32
    await asyncio.gather(*(write(phone, "help", once) for _ in range(10)))
    await asyncio.gather(*(give(phone, a_picture()) for _ in range(10)))
    share = await hall.share()
    assert (share.texts, share.pictures) == (1, 1)
    await write(phone, "help", "m" * 32)
    assert (await hall.share()).texts == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"", "Write something"), (b"text=%20%0A", "Write something"), (b"text=" + b"x" * 1001, "too long"),
     (b"text=" + b"x" * 20_000, "too long"), (b"\xff\xfe", "not taken"),
     (b"&".join([b"a=1"] * 9), "not taken")],
)  # fmt: skip
async def test_a_text_that_cannot_be_taken_says_why(hall: Hall, body: bytes, told: str) -> None:
    phone = await hall.opened()
    headers = {**EN, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await phone.post("/s/text", data=body, headers=headers)
    assert answer.status == 422
    assert told in await said(answer)
    assert (await hall.share()).texts == 0


async def test_what_was_written_is_shown_as_words_alone(hall: Hall) -> None:
    phone = await hall.opened()
    page = await said(await write(phone, "<script>alert(1)</script>" + "x" * 1000))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "told",
    [{}, [], {**PLACE, "latitude": 91}, {**PLACE, "radius_m": -1}, {**PLACE, "radius_m": 1e9},
     {**PLACE, "longitude": "x"}, {**PLACE, "latitude": None}, {**PLACE, "age_s": float("nan")}],
)  # fmt: skip
async def test_a_place_that_is_none_is_not_taken(hall: Hall, told: Any) -> None:
    phone = await hall.opened()
    assert (await phone.post("/s/position", json=told)).status == 422
    assert (await hall.share()).positions == 0


async def test_positions_that_come_too_fast_are_dropped(hall: Hall) -> None:
    phone = await hall.opened()
    for _ in range(5):
        assert (await phone.post("/s/position", json=PLACE)).status == 204
    assert (await hall.share()).positions == 1
    await hall.whole.pass_time(3)
    await phone.post("/s/position", json=PLACE)
    assert (await hall.share()).positions == 2


@pytest.mark.parametrize(
    ("files", "told"),
    [((b"",), "Choose a picture"), ((b"<html>" * 9,), "no picture"),
     ((b"\x00\x00\x00\x18ftypheic" + b"x" * 99,), "HEIC"), ((a_picture()[:300],), "incomplete"),
     ((b"\xff\xd8\xff" + b"x" * 99,), "incomplete"), ((b"\xff\xd8\xff" + b"x" * (12 << 20),), "too large")],
)  # fmt: skip
async def test_a_file_that_is_no_usable_picture_says_why(hall: Hall, files: Any, told: str) -> None:
    phone = await hall.opened()
    answer = await give(phone, *files)
    assert answer.status == 422
    assert told in await said(answer)
    assert (await hall.share()).pictures == 0
    assert not list(hall.archive.rglob("*.*"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"x", "text/plain"), (b"", "multipart/form-data"),
     (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
     (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--", "multipart/form-data; boundary=b")],
)  # fmt: skip
async def test_a_form_that_is_none_is_not_taken(hall: Hall, body: bytes, kind: str) -> None:
    phone = await hall.opened()
    answer = await phone.post("/s/picture", data=body, headers={**EN, "Content-Type": kind})
    assert answer.status == 422


async def test_pictures_are_limited_and_those_before_a_bad_one_are_kept(hall: Hall) -> None:
    phone = await hall.opened()
    hues = [f"#{n * 18:02x}4080" for n in range(14)]
    await give(phone, a_picture(colour=hues[0]), a_picture("PNG", colour=hues[1]), b"nonsense")
    assert (await hall.share()).pictures == 2
    for hue in hues[2:12]:
        await give(phone, a_picture(colour=hue))
    answer = await give(phone, a_picture(colour=hues[13]))
    assert "No more can be sent" in await said(answer)
    assert (await hall.share()).pictures == 12
