"""Where a caller is goes to who may see places; an auditor sees the district, whichever way it leaves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.locating import Locating, PlaceDescription
from gateway.calls.model import CallSession
from gateway.desk.card import CardValue, Source
from gateway.location.model import Datum, Extent, Location, LocationSource, Shape
from gateway.ports import Commit, OutboxRow
from gateway.runtime.hub import Push
from gateway.testing import demo_places
from gateway.testing.tile_archive import write_archive
from gateway.web.app import API
from gateway.web.push import shown
from gateway.web.roles import ROLES, Permission, masked_event, masked_fields, masked_where, permissions_of
from gateway.web.schema import CallDetail

from .site import CARD, NOON, Client, Site, a_call

CALL = a_call().call_id
FIX = Location(
    location_id="f1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.23040, longitude=121.47370,
    datum=Datum.WGS_84, uncertainty_m=50.0, civic=(("RD", "建国路"), ("HNO", "88")), raw="<pos>31.2304</pos>",
    extent=Extent(shape=Shape.POLYGON, points=((31.2304, 121.4737), (31.2305, 121.4738))),
)  # fmt: skip
SECRETS = ("31.23", "121.47", "建国路")
"""What must not leave the house towards an auditor."""


def located() -> CallSession:
    described = PlaceDescription(
        location_id="f1", standard_address="样例市滨江区建国路88号", district="滨江区",
        jurisdiction="滨江派出所", junctions=("建国路与解放路口",),
    )  # fmt: skip
    return replace(
        a_call(), locations=(FIX,), leading_location="f1", locating=Locating(description=described)
    )


PLACED = {**CARD, "position": (CardValue(value="31.23040,121.47370 WGS-84 ± 50 m", source=Source.PIDF),)}


async def put(site: Site) -> None:
    await site.put_call(located(), PLACED)
    event = {
        "id": f"{CALL}:1",
        "type": "org.intake110.LocationResponse.v1",
        "data": {
            "location": {
                "location_id": "f1", "source": "PIDF", "latitude": 31.2304, "longitude": 121.4737,
                "civic": [["RD", "建国路"]], "raw": "31.23", "extent": {"points": [[31.2304, 121.4737]]},
            },
            "changed": [{"name": "address", "value": "建国路88号", "source": "PIDF"}],
        },
    }  # fmt: skip
    row = OutboxRow(
        site_seq=1, call_id=CALL, call_seq=1, event_id=f"{CALL}:1", topic="t",
        payload=json.dumps(event, ensure_ascii=False).encode(), expiry_s=None, at=NOON,
    )  # fmt: skip
    await site.store.commit(Commit(outbox=[row]))


async def everything(client: Client) -> str:
    """All that every readable route tells of calls, the endless stream apart."""
    told = ""
    for route in API:
        if route.method != "GET" or route.path.endswith("/stream") or "{recording_id}" in route.path:
            continue
        for query in ("", "?state=live", "?days=30"):
            path = re.sub(r"{(\w+)}", lambda name: CALL if name[1] == "call_id" else "d", route.path)
            answered = await client.get(path + query)
            told += re.sub(
                r"\\u([0-9a-f]{4})", lambda escaped: chr(int(escaped[1], 16)), await answered.text()
            )
    return told


async def test_an_auditor_finds_no_place_on_any_route_but_the_district(site: Site) -> None:
    await put(site)
    told = await everything(await site.signed_in("auditor"))
    assert [secret for secret in SECRETS if secret in told] == []
    assert "滨江区" in told
    assert "13800138000" in told, "an auditor still sees numbers"


async def test_who_works_at_the_desk_sees_the_place(site: Site) -> None:
    await put(site)
    told = await everything(await site.signed_in("call_taker"))
    assert [secret for secret in SECRETS if secret not in told] == []


async def test_an_auditor_who_also_leads_the_hall_sees_places(site: Site) -> None:
    await put(site)
    body = await (await (await site.signed_in("auditor duty_leader")).get(f"/api/v1/calls/{CALL}")).json()
    assert body["locations"][0]["latitude"] == 31.2304
    assert body["call"]["location"] == "建国路88号"


async def test_documents_units_and_bodies_are_refused_to_who_may_not_see_places(site: Site) -> None:
    await put(site)
    client = await site.signed_in("auditor")
    for path in (f"/api/v1/calls/{CALL}/location.pidf", "/api/v1/map/markers", "/api/v1/location-bodies/0"):
        assert (await client.get(path)).status == 403, path


async def test_a_masked_call_still_has_the_shape_that_the_api_promises(site: Site) -> None:
    await put(site)
    body = await (await (await site.signed_in("auditor")).get(f"/api/v1/calls/{CALL}")).json()
    assert CallDetail.model_validate(body).call.location == "滨江区"


async def test_the_board_of_an_auditor_names_the_district(site: Site) -> None:
    await put(site)
    client = await site.signed_in("auditor")
    (line,) = (await (await client.get("/api/v1/calls?state=live")).json())["items"]
    assert line["location"] == "滨江区"


def test_which_roles_see_places() -> None:
    assert {role for role, may in ROLES.items() if Permission.SEE_PLACES in may} == {
        *("call_taker", "supervisor", "duty_leader")
    }
    assert Permission.SEE_PLACES in permissions_of(["auditor", "supervisor"])


AUDITOR, DESK = ROLES["auditor"], ROLES["call_taker"]
TOLD: dict[str, Any] = {
    "locations": [
        {
            "location_id": "f1", "source": "PIDF", "method": "GNSS", "obtained_at": "2026-01-05T12:00:00Z",
            "latitude": 31.23, "longitude": 121.47, "datum": "WGS-84", "uncertainty_m": 50.0,
            "address": "建国路88号",
            "civic": [["RD", "建国路"]], "extent": {"shape": "circle"}, "wgs84": [31.23, 121.47],
            "gcj02": [31.22, 121.48], "district": "滨江区", "provided_by": "移动",
            "sector": [[31.23, 121.47]],
        }
    ],
    "leading_location": "f1",
    "leading_reason": {"code": "newest", "zh": "最新", "en": "newest"},
    "conflicts": [{"one": "f1", "other": "f2", "distance_m": 3100.0}],
    "description": {"standard_address": "建国路88号", "district": "滨江区", "jurisdiction": "滨江派出所",
                    "junctions": [{"name": "建国路与解放路口"}], "outside": False},
    "queries": [{"source": "HELD", "state": "failed", "asked_at": None, "fault": "no record of 建国路88号"}],
    "additional": [{"block": "SubscriberInfo", "fields": {"address": "建国路88号"}}],
    "trail": [{"wgs84": [31.23, 121.47]}],
}  # fmt: skip


def test_a_masked_place_keeps_source_time_and_district_and_every_key() -> None:
    masked = masked_where(TOLD, AUDITOR)
    assert [secret for secret in SECRETS if secret in json.dumps(masked, ensure_ascii=False)] == []
    (fix,) = masked["locations"]
    assert fix.keys() == TOLD["locations"][0].keys()
    assert (fix["source"], fix["district"], fix["wgs84"], fix["civic"]) == ("PIDF", "滨江区", None, None)
    assert masked["description"]["jurisdiction"] == "滨江派出所"
    assert masked["leading_location"] == "f1"
    assert masked_where(TOLD, DESK) == TOLD


def test_what_subscribers_records_say_needs_the_right_to_see_numbers_too() -> None:
    may = frozenset({Permission.SEE_CALLS, Permission.SEE_PLACES})
    assert masked_where(TOLD, may)["additional"] == []


@pytest.mark.parametrize(
    "name", ["address", "position", "standard_address", "junctions", "location_note", "subscriber", "comment"]
)
def test_fields_of_the_card_that_say_where_are_left_out(name: str) -> None:
    fields = {name: [{"value": "建国路88号"}], "jurisdiction": [{"value": "滨江派出所"}]}
    assert masked_fields(fields, AUDITOR) == {"jurisdiction": [{"value": "滨江派出所"}]}
    assert masked_fields(fields, DESK) == fields


def test_events_and_verdicts_lose_the_places_in_them() -> None:
    event = {
        "extracted": [{"name": "address_text", "value": "建国路88号", "quote": "建国路八十八号"}],
        "additional": [{"block": "Comment", "fields": [["a", "建国路"]]}],
        "ani": "13800138000",
        "location": {"location_id": "person-1", "source": "person", "note": "加油站后面"},
    }
    assert masked_event(event, AUDITOR) == {
        "extracted": [{"name": "address_text", "value": None, "quote": None}],
        "additional": [{"block": "Comment", "fields": []}],
        "ani": "13800138000",
        "location": {"location_id": "person-1", "source": "person", "note": None},
    }
    assert masked_event(event, DESK) == event


def test_news_of_places_and_of_units_go_only_to_who_sees_places() -> None:
    place = Push(kind="location", call_id=CALL, data={"call_id": CALL, **TOLD})
    units = Push(kind="marker", call_id=None, data={"id": "u1", "wgs84": [31.23, 121.47]})
    masked = shown(place, CALL, AUDITOR)
    assert masked is not None
    assert [secret for secret in SECRETS if secret in json.dumps(masked, ensure_ascii=False)] == []
    assert shown(place, CALL, DESK) == place.data
    assert shown(units, None, AUDITOR) is None
    assert shown(units, None, DESK) == units.data


# ---- the site's map


async def test_a_site_without_a_map_says_so(site: Site) -> None:
    client = await site.signed_in()
    told = await (await client.get("/api/v1/map")).json()
    assert told == {"tiles": None, "geojson": None, "tiles_fault": None, "frame": None, "attribution": ""}
    assert (await client.get("/api/v1/map/tiles")).status == 404
    assert (await client.get("/api/v1/map/geojson")).status == 404


async def test_tiles_are_read_piece_by_piece(site: Site) -> None:
    archive = site.settings.archive / "city.pmtiles"
    write_archive(archive, demo_places.city_map(), centre=demo_places.CENTRE)
    whole = archive.read_bytes()
    site.settings = replace(site.settings, map_tiles=archive, map_attribution="测绘院")
    client = await site.signed_in()
    told = await (await client.get("/api/v1/map")).json()
    assert told["attribution"] == "测绘院"
    (south, west), (north, east) = told["frame"]
    assert south < demo_places.CENTRE[0] < north
    assert west < demo_places.CENTRE[1] < east
    piece = await client.get(told["tiles"], headers={"Range": "bytes=8-11"})
    assert (piece.status, await piece.read()) == (206, whole[8:12])
    assert piece.headers["Content-Range"] == f"bytes 8-11/{len(whole)}"
    assert "private" in piece.headers["Cache-Control"]
    archive.write_bytes(whole + b" ")
    assert (await (await client.get("/api/v1/map")).json())["tiles"] != told["tiles"]


@pytest.mark.parametrize("begin", [b"SQLite format 3", b"PMTiles\x03" + bytes(300)])
async def test_what_is_no_archive_of_tiles_is_not_offered_and_says_why(site: Site, begin: bytes) -> None:
    archive = site.settings.archive / "city.pmtiles"
    archive.write_bytes(begin)
    site.settings = replace(site.settings, map_tiles=archive)
    client = await site.signed_in()
    told = await (await client.get("/api/v1/map")).json()
    assert told["tiles"] is None
    assert told["tiles_fault"].keys() == {"zh", "en"}
    assert (await client.get("/api/v1/map/tiles")).status == 404


async def test_the_sites_drawing_comes_as_it_lies_there_unless_no_page_could_bear_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = site.settings.archive / "map.geojson"
    drawing.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    site.settings = replace(site.settings, map_geojson=drawing)
    client = await site.signed_in()
    address = (await (await client.get("/api/v1/map")).json())["geojson"]
    answered = await client.get(address)
    assert answered.content_type == "application/geo+json"
    assert (await answered.json(content_type=None))["features"] == []
    monkeypatch.setattr("gateway.web.map.GEOJSON_MAX_BYTES", 10)
    assert (await (await client.get("/api/v1/map")).json())["geojson"] is None


async def test_the_map_is_for_who_sees_the_board(site: Site) -> None:
    assert (await (await site.signed_in("pbx_administrator")).get("/api/v1/map")).status == 403
    assert (await (await site.open_client()).get("/api/v1/map")).status == 401
