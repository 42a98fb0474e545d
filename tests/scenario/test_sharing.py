"""A caller is sent a link and uses it, through the whole gateway: the text, the phone, the call, the archive;
and everybody who should not get in."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from gateway.calls.share import LinkState
from gateway.calls.shared import RevokeLink
from gateway.calls.signals import CallEnded
from gateway.ports_text import Delivery, Outcome, TextReport
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.sharing import digest
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.memory_share import a_picture
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import Whole
from gateway.web.caller.limits import Buckets

from .sharing_scene import CALL, EN, NUMBER, PLACE, Hall, give, made, said, steps, write

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
