"""The map of the invented city over HTTP, as the gateway serves a site's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from gateway.testing import demo_places
from gateway.web.tilefile import tile_fault, tile_frame


def routes(*, drawn: bool, tiles: Path | None) -> list[web.RouteDef]:
    """`drawn`: the site has a drawing; `tiles`: its archive of tiles."""
    fault = tile_fault(tiles) if tiles else None

    async def show(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "tiles": "/api/v1/map/tiles?v=1" if tiles and not fault else None,
                "geojson": "/api/v1/map/geojson?v=1" if drawn else None,
                "frame": tile_frame(tiles) if tiles and not fault else None,
                "tiles_fault": fault and {"zh": fault.zh, "en": fault.en},
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

    async def spot(request: web.Request) -> web.Response:
        return web.json_response(
            demo_places.spot(float(request.query["latitude"]), float(request.query["longitude"]))
        )

    return [
        web.get("/api/v1/map", show),
        web.get("/api/v1/map/spot", spot),
        web.get("/api/v1/map/tiles", archive),
        web.get("/api/v1/map/geojson", geojson),
        web.get("/api/v1/map/markers", markers),
    ]
