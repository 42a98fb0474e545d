"""The place of a call over the API: as a document, asked for again, and chosen by a person."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.located import RefreshLocation, SetPosition
from gateway.location.body import read
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.answers import Refused
from gateway.web.schema import CallDetail

from .conftest import NOON, POST, Site, a_call

FIX = Location(
    location_id="PIDF-1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.2304, longitude=121.4737,
    datum=Datum.WGS_84, uncertainty_m=50.0,
)  # fmt: skip
CALL = replace(a_call(), locations=(FIX,), leading_location="PIDF-1")
PATH = f"/api/v1/calls/{CALL.call_id}"


async def ask(site: Site, kind: str, role: str = "call_taker", **data: Any) -> tuple[int, dict[str, Any]]:
    client = await site.signed_in(role)
    body = {"request_id": str(uuid.uuid4()), "type": kind, "data": data}
    answered = await client.post(f"{PATH}/requests", json=body, headers=POST)
    return answered.status, await answered.json()


async def test_the_call_tells_its_place_as_its_model_says(site: Site) -> None:
    await site.put_call(CALL)
    client = await site.signed_in()
    shown = CallDetail.model_validate(await (await client.get(PATH)).json())
    assert (shown.leading_location, shown.leading_reason and shown.leading_reason["code"]) == (
        "PIDF-1",
        "only_one",
    )
    assert shown.locations[0]["wgs84"] == [31.2304, 121.4737]


async def test_the_place_leaves_as_a_document_that_we_read_ourselves(site: Site) -> None:
    await site.put_call(CALL)
    client = await site.signed_in()
    answered = await client.get(f"{PATH}/location.pidf")
    assert answered.content_type == "application/pidf+xml"
    (stated,) = read(await answered.read()).locations
    assert (stated.latitude, stated.longitude, stated.datum) == (31.2304, 121.4737, Datum.WGS_84)


@pytest.mark.parametrize("role", ["auditor", "wall", "rule_operator"])
async def test_the_document_is_for_who_may_see_call_and_place(site: Site, role: str) -> None:
    await site.put_call(CALL)
    client = await site.signed_in(role)
    assert (await client.get(f"{PATH}/location.pidf")).status == 403


async def test_a_call_taker_has_the_sources_asked_again(site: Site) -> None:
    await site.put_call(CALL)
    assert (await ask(site, "RefreshLocation"))[0] == 200
    (asked,) = site.asked
    assert isinstance(asked, RefreshLocation)


async def test_a_person_says_where_the_caller_is(site: Site) -> None:
    await site.put_call(CALL)
    said = {"latitude": 31.24, "longitude": 121.48, "datum": "GCJ-02", "uncertainty_m": 30}
    assert (await ask(site, "SetPosition", **said))[0] == 200
    (asked,) = site.asked
    assert isinstance(asked, SetPosition)
    assert (asked.latitude, asked.datum) == (31.24, Datum.GCJ_02)


@pytest.mark.parametrize("data", [{"latitude": 95}, {"longitude": 500}, {"datum": "mars"}, {"height": 3}])
async def test_what_can_be_no_place_is_refused_with_its_field(site: Site, data: dict[str, Any]) -> None:
    await site.put_call(CALL)
    status, body = await ask(site, "SetPosition", **data)
    assert (status, body["error"]["code"]) == (422, "invalid")


async def test_an_auditor_changes_no_place(site: Site) -> None:
    await site.put_call(CALL)
    assert (await ask(site, "RefreshLocation", "auditor"))[0] == 403


@pytest.mark.parametrize("code", ["nothing_to_ask", "ended", "limit", "unknown_location"])
async def test_a_refusal_is_a_sentence_of_its_own(site: Site, code: str) -> None:
    site.answer = Refused(code=code, text="")
    await site.put_call(CALL)
    status, body = await ask(site, "RefreshLocation")
    assert (status, body["error"]["code"]) == (409, code)
    assert body["error"]["message"]
