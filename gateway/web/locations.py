"""Where callers are, for the map: what moves around them, and their place as a document."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.desk.place import pidf_lo
from gateway.desk.where import in_frame
from gateway.location.model import Datum, Location, LocationSource
from gateway.web import place_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, query_of


async def show_markers(request: web.Request) -> web.Response:
    """Units and cameras, as the dispatch core told them."""
    markers = request.app[DEPS].markers
    return web.json_response([] if markers is None else markers.shown())


async def show_pidf(request: web.Request) -> web.Response:
    """What we know of the place as PIDF-LO (RFC 4119, 5491): for a centre that takes the caller over."""
    if Permission.SEE_CALLS not in identity_of(request).may:
        raise ApiError("forbidden")
    session = await session_of(request)
    text = pidf_lo(session, request.app[DEPS].clock.now())
    return web.Response(text=text, content_type="application/pidf+xml", charset="utf-8")


NOTHING: Mapping[str, Any] = {
    "standard_address": None,
    "road": None,
    "district": None,
    "jurisdiction": None,
    "outside": False,
    "junctions": [],
}
"""What a site without places says of a spot."""


async def show_spot(request: web.Request) -> web.Response:
    """What is at and near a spot that somebody points at, before they say that the caller is there."""
    asked, deps = query_of(request, schema.SpotQuery), request.app[DEPS]
    spot = Location(
        location_id="spot", source=LocationSource.PERSON, obtained_at=deps.clock.now(),
        latitude=asked.latitude, longitude=asked.longitude, datum=asked.datum,
    )  # fmt: skip
    found = await asyncio.to_thread(deps.around, spot)
    frames = {"wgs84": in_frame(spot, Datum.WGS_84), "gcj02": in_frame(spot, Datum.GCJ_02)}
    return web.json_response({"known": found is not None, **(found or NOTHING), **frames})


ROUTES = (
    Route(
        method="GET", path="/api/v1/map/spot", handler=show_spot, access=Permission.SEE_PLACES,
        summary="Address, jurisdiction and junctions of a spot", query=schema.SpotQuery,
        response=schema.SpotShown,
    ),
    Route(
        method="GET", path="/api/v1/calls/{call_id}/location.pidf", handler=show_pidf,
        access=Permission.SEE_PLACES, summary="The place of a call as PIDF-LO (application/pidf+xml)",
    ),
    Route(
        method="GET", path="/api/v1/map/markers", handler=show_markers, access=Permission.SEE_PLACES,
        summary="Units and cameras on the map", response=schema.MarkerList,
    ),
)  # fmt: skip
