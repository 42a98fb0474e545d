"""The place of a call over the API: as a document, asked for again, and chosen by a person."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.located import RefreshLocation, SetPosition, WithdrawPosition
from gateway.location.body import read
from gateway.location.model import Datum, Location, LocationSource
from gateway.location.places import load
from gateway.runtime.answers import Refused
from gateway.runtime.book import Book
from gateway.runtime.placing import Placing
from gateway.web.place_schema import SpotShown
from gateway.web.schema import CallDetail

from .site import NOON, POST, Site, a_call

FIX = Location(
    location_id="PIDF-1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.2304, longitude=121.4737,
    datum=Datum.WGS_84, uncertainty_m=50.0,
)  # fmt: skip
CALL = replace(a_call(), locations=(FIX,), leading_location="PIDF-1")
PLACES = Path(__file__).parents[2] / "conf" / "places"
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


async def test_a_person_remarks_on_a_spot_and_takes_it_back(site: Site) -> None:
    await site.put_call(CALL)
    spot = {"latitude": 31.24, "longitude": 121.48, "datum": "WGS-84", "note": " 加油站后面 "}
    assert (await ask(site, "SetPosition", **spot))[0] == 200
    assert (await ask(site, "WithdrawPosition", location_id="person-1"))[0] == 200
    said, taken = site.asked
    assert isinstance(said, SetPosition)
    assert said.note == "加油站后面"
    assert isinstance(taken, WithdrawPosition)
    assert taken.location_id == "person-1"
    assert (await ask(site, "WithdrawPosition", "auditor", location_id="person-1"))[0] == 403
    assert (await ask(site, "WithdrawPosition"))[0] == 422


# ---- a spot somebody points at


async def at(site: Site, role: str = "call_taker", **query: str) -> tuple[int, dict[str, Any]]:
    client = await site.signed_in(role)
    answered = await client.get("/api/v1/map/spot", params=query)
    return answered.status, await answered.json()


async def test_a_spot_is_told_with_its_address_jurisdiction_and_junctions(site: Site) -> None:
    places = Placing(folder=PLACES, store=site.store, book=Book(), clock=site.clock)
    places.gazetteer = load(PLACES)
    site.around = places.around
    status, body = await at(site, latitude="31.231", longitude="121.4327", datum="WGS-84")
    told = SpotShown.model_validate(body)
    assert (status, told.known, told.outside) == (200, True, False)
    assert told.district
    assert told.jurisdiction
    assert told.junctions[0].distance_m <= told.junctions[-1].distance_m
    assert told.wgs84 == (31.231, 121.4327)
    assert told.gcj02 != told.wgs84
    far = SpotShown.model_validate((await at(site, latitude="39.9", longitude="116.4", datum="WGS-84"))[1])
    assert (far.outside, far.jurisdiction, far.junctions) == (True, None, [])


async def test_the_frame_of_a_spot_moves_it(site: Site) -> None:
    one, other = [
        (await at(site, latitude="31.231", longitude="121.4327", datum=datum))[1]
        for datum in ("GCJ-02", "WGS-84")
    ]
    assert one["gcj02"] == [31.231, 121.4327] == other["wgs84"]
    assert one["wgs84"] != other["wgs84"]


async def test_a_site_without_places_says_only_where_the_spot_is(site: Site) -> None:
    told = SpotShown.model_validate((await at(site, latitude="31.2", longitude="121.4", datum="WGS-84"))[1])
    assert (told.known, told.junctions, told.jurisdiction) == (False, [], None)


@pytest.mark.parametrize(
    "query",
    [{"latitude": "31", "longitude": "121"}, {"latitude": "95", "longitude": "121", "datum": "WGS-84"},
     {"latitude": "nan", "longitude": "121", "datum": "WGS-84"},
     {"latitude": "31", "longitude": "121", "datum": "mars"}],
)  # fmt: skip
async def test_a_spot_without_its_frame_or_off_the_earth_is_none(site: Site, query: dict[str, str]) -> None:
    assert (await at(site, **query))[0] == 422


async def test_spots_are_for_who_may_see_places(site: Site) -> None:
    assert (await at(site, "auditor", latitude="31", longitude="121", datum="WGS-84"))[0] == 403


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
