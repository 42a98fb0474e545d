"""The link that a caller is sent, for those who work with the call: send, revoke, see, and open pictures."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from gateway.archive.pictures import Pictures
from gateway.calls.model import CallSession
from gateway.calls.share import LinkState, Share
from gateway.calls.shared import OpenPictures, RevokeLink, SendLink, SharePicture, ShareText
from gateway.ports_share import KeptPicture
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.sharing import ShareDesk, ShareSettings, ShareSources
from gateway.runtime.texting import Texting, TextSources
from gateway.testing.fake_sender import FakeTextSender, MemoryTexts
from gateway.testing.memory_share import MemoryShareLinks, a_picture_with_place
from gateway.web.share_schema import SharedShown

from .site import NOON, POST, Client, Site, a_call

CALL = a_call().call_id
PATH = f"/api/v1/calls/{CALL}"


def desk(site: Site, *, sender: bool = True, page: bool = True) -> None:
    texting = Texting(
        TextSources(sender=FakeTextSender() if sender else None, sent=MemoryTexts()), site.clock
    )
    sources = ShareSources(
        settings=ShareSettings(public_url="https://110.example.cn", valid_s=600.0), links=MemoryShareLinks(),
        pictures=Pictures(site.settings.archive),
    )  # fmt: skip
    site.sharing = ShareDesk(
        sources if page else None, texting=texting, intake=site,  # type: ignore[arg-type]
        clock=site.clock,
    )  # fmt: skip


def shared(**more: Any) -> CallSession:
    share = Share(
        n=1, state=LinkState.OPENED, by="wang", asked_at=NOON, valid_s=1800, phone="p1", texts=1, pictures=1,
    )  # fmt: skip
    return replace(a_call(), share=replace(share, **more), callback_number="13800138000")


async def picture(site: Site) -> KeptPicture:
    """One that came over the link, in archive and journal."""
    kept = await Pictures(site.settings.archive).keep(
        a_picture_with_place(31.2, 121.4), call_id=CALL, day=NOON
    )
    assert isinstance(kept, KeptPicture)
    common = {"call_id": CALL, "at": NOON, "actor": "caller", "n": 1, "phone": "p1"}
    facts = {name: getattr(kept, name) for name in KeptPicture.__dataclass_fields__}
    await site.journal(ShareText(**common, request_id="t", text=" 在二楼，电话13900139000 "))
    await site.journal(SharePicture(**common, request_id="p", **facts))
    return kept


async def post(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answered = await client.post(
        f"{PATH}/{path}", json={"request_id": str(uuid.uuid4()), **body}, headers=POST
    )
    return answered.status, await answered.json()


async def look(client: Client) -> SharedShown:
    answered = await client.get(f"{PATH}/shared")
    assert answered.status == 200, await answered.text()
    return SharedShown.model_validate(await answered.json())


async def test_a_link_is_asked_for_with_the_sites_own_time(site: Site) -> None:
    desk(site)
    await site.put_call(shared())
    client = await site.signed_in()
    assert (await post(client, "share-link", confirm=True))[0] == 200
    assert (await post(client, "share-link/revoke"))[0] == 200
    sent, revoked = site.asked
    assert isinstance(sent, SendLink)
    assert (sent.valid_s, sent.confirm) == (600.0, True)
    assert isinstance(revoked, RevokeLink)


@pytest.mark.parametrize(
    ("missing", "told"), [({"sender": False}, "no_sender"), ({"page": False}, "no_page")]
)
async def test_without_sender_or_page_the_key_says_so(site: Site, missing: Any, told: str) -> None:
    desk(site, **missing)
    await site.put_call(shared())
    client = await site.signed_in()
    status, body = await post(client, "share-link")
    assert (status, body["error"]["code"]) == (409, told)
    assert (await look(client)).sending.missing == told
    assert site.asked == []


async def test_a_refusal_has_its_own_words(site: Site) -> None:
    desk(site)
    await site.put_call(shared())
    client = await site.signed_in()
    for code in ("link_unconfirmed", "just_sent", "no_link", "limit", "pending"):
        site.answer = Refused(code=code, text="x")
        status, body = await post(client, "share-link")
        assert (status, body["error"]["code"]) == (409, code)


async def test_what_came_is_listed_and_a_picture_opened_with_a_purpose(site: Site) -> None:
    desk(site)
    await site.put_call(shared())
    kept = await picture(site)
    client = await site.signed_in()
    shown = await look(client)
    assert [(item.kind, item.text, item.digest) for item in shown.items] == [
        ("text", "在二楼，电话13900139000", None), ("picture", None, kept.digest),
    ]  # fmt: skip
    assert shown.items[1].latitude == pytest.approx(31.2, abs=1e-4)
    assert (shown.items[1].viewed_by, shown.items[1].opened) == ((), False)
    view = f"{PATH}/pictures/{kept.digest}/view"
    locked = await client.get(view)
    assert (locked.status, (await locked.json())["error"]["code"]) == (403, "open_picture_first")
    assert (await post(client, "pictures/open", digests=[kept.digest], purpose=""))[0] == 422
    assert (await post(client, "pictures/open", digests=["b" * 64], purpose="处警"))[0] == 404
    assert (await post(client, "pictures/open", digests=[kept.digest], purpose="处警"))[0] == 200
    opening = site.asked[-1]
    assert isinstance(opening, OpenPictures)
    assert (opening.purpose, opening.digests) == ("处警", (kept.digest,))
    item = (await look(client)).items[1]
    assert (item.viewed_by, item.opened) == ((opening.actor,), True)
    other = await site.signed_in()
    assert (await other.get(view)).status == 403
    site.clock._elapsed += 601
    assert (await client.get(view)).status == 403


async def test_a_picture_is_served_so_that_nothing_in_it_can_act(site: Site) -> None:
    desk(site)
    await site.put_call(shared())
    kept = await picture(site)
    client = await site.signed_in()
    await post(client, "pictures/open", digests=[kept.digest], purpose="处警")
    for size, kind, inline in (
        ("view", "image/jpeg", True), ("thumb", "image/jpeg", True),
        ("original", "application/octet-stream", False),
    ):  # fmt: skip
        answered = await client.get(f"{PATH}/pictures/{kept.digest}/{size}")
        headers = answered.headers
        assert (answered.status, headers["Content-Type"]) == (200, kind)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Content-Disposition"].startswith("inline" if inline else "attachment")
    for wrong in (f"{kept.digest}/huge", f"{'b' * 64}/view", "..%2f..%2fx/view"):
        assert (await client.get(f"{PATH}/pictures/{wrong}")).status == 404


async def test_who_may_see_neither_numbers_nor_places_sees_the_words_covered(site: Site) -> None:
    desk(site)
    await site.put_call(shared())
    await picture(site)
    client = await site.signed_in("rule_operator")
    shown = await look(client)
    assert "13900139000" not in (shown.items[0].text or "")
    assert shown.items[1].latitude is None
    assert shown.sending.number != "13800138000"
    assert (await post(client, "share-link"))[0] == 403


async def test_a_site_that_never_heard_of_links_shows_none(site: Site) -> None:
    await site.put_call(a_call())
    client = await site.signed_in()
    shown = await look(client)
    assert (shown.share, shown.items, shown.sending.missing) == (None, [], "no_page")
    assert isinstance(site.answer, Accepted)
