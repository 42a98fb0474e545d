"""Delivery reports over HTTP."""

from __future__ import annotations

from dataclasses import replace

from gateway.ports_text import Delivery, SentText, TextMessage, TextReport
from gateway.runtime.texting import Texting, TextSources
from gateway.store.texts import StoredTexts
from gateway.testing.fake_sender import FakeTextSender

from .site import POST, Site

TOKEN = "a token of the laboratory"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PATH = "/api/v1/text-reports"
REPORT = {"message_id": "m-1", "delivery": "delivered"}


async def test_a_provider_hands_in_reports_and_the_same_again_is_answered_the_same(site: Site) -> None:
    told: list[tuple[str, Delivery]] = []

    async def take(row: SentText, report: TextReport) -> None:
        told.append((row.key, report.delivery))

    site.settings = replace(site.settings, machine_token=TOKEN)
    sources = TextSources(sender=FakeTextSender(), sent=StoredTexts(site.store.database))
    site.texting = texting = Texting(sources, site.clock)
    texting.takers["share"] = take
    await texting.send("share", "c1", TextMessage(number="13800138000", text="x", message_id="m-1"))
    client = await site.open_client()
    for _ in range(2):
        answered = await client.post(PATH, json=REPORT, headers=BEARER)
        assert (answered.status, await answered.json()) == (200, {"taken": True})
    assert told[0] == ("c1", Delivery.DELIVERED)
    unknown = await client.post(PATH, json={**REPORT, "message_id": "m-2"}, headers=BEARER)
    assert (unknown.status, (await unknown.json())["error"]["code"]) == (404, "unknown_text")
    wrong = await client.post(PATH, json={**REPORT, "delivery": "eaten"}, headers=BEARER)
    assert (wrong.status, (await wrong.json())["error"]["field"]) == (422, "delivery")


async def test_reports_are_taken_from_machines_only(site: Site) -> None:
    nobody = await site.open_client()
    assert (await nobody.post(PATH, json=REPORT, headers=POST)).status == 401
    person = await site.signed_in("supervisor")
    assert (await person.post(PATH, json=REPORT, headers=POST)).status == 403
