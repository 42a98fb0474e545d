"""Where callers are, for the map: what moves around them, and their place as a document."""

from __future__ import annotations

from aiohttp import web

from gateway.web import place_schema as schema
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route


async def show_markers(request: web.Request) -> web.Response:
    """Units and cameras, as the dispatch core told them."""
    markers = request.app[DEPS].markers
    return web.json_response([] if markers is None else markers.shown())


ROUTES = (
    Route(
        method="GET", path="/api/v1/map/markers", handler=show_markers, access=Permission.SEE_BOARD,
        summary="Units and cameras on the map", response=schema.MarkerList,
    ),
)  # fmt: skip
