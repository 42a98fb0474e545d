"""The map of the invented city over HTTP, as the gateway serves a site's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from gateway.testing import demo_places


def routes(*, drawn: bool, tiles: Path | None) -> list[web.RouteDef]:
    """`drawn`: the site has a drawing; `tiles`: its archive of tiles."""

    async def show(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "tiles": "/api/v1/map/tiles?v=1" if tiles else None,
                "geojson": "/api/v1/map/geojson?v=1" if drawn else None,
                "tiles_fault": None,
                "attribution": demo_places.ATTRIBUTION,
            }
        )

    async def archive(request: web.Request) -> web.StreamResponse:
        assert tiles is not None
        return web.FileResponse(tiles)

    async def geojson(request: web.Request) -> web.Response:
        return web.json_response(demo_places.city_map())

    async def markers(request: web.Request) -> web.Response:
        return web.json_response(demo_places.markers(datetime.now(UTC).isoformat(timespec="milliseconds")))

    return [
        web.get("/api/v1/map", show),
        web.get("/api/v1/map/tiles", archive),
        web.get("/api/v1/map/geojson", geojson),
        web.get("/api/v1/map/markers", markers),
    ]
