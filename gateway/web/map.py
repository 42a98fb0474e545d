"""The site's own map under a caller's place: tiles and drawing are files of this machine.

A page asks no other host, so that it works with no internet and tells nobody where somebody calls from.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from aiohttp import web

from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route
from gateway.web.schema import MapShown
from gateway.web.tilefile import tile_fault, tile_frame

log = structlog.get_logger(__name__)

GEOJSON_MAX_BYTES = 64 * 1024 * 1024
"""A larger drawing is not sent to pages: it needs tiles."""
_KEPT = {"Cache-Control": "private, max-age=86400"}
"""A changed file has another address."""

_MAP = "/api/v1/map"


def tiles_of(path: Path | None) -> Path | None:
    """The archive, if pages can draw it; what is wrong with another one stands on the health page."""
    return path if path is not None and tile_fault(path) is None else None


def geojson_of(path: Path | None) -> Path | None:
    """The drawing, if it is there and a page can bear it."""
    if path is None or not path.is_file():
        return None
    if path.stat().st_size > GEOJSON_MAX_BYTES:
        log.warning("the map's GeoJSON is too large for pages: make tiles of it", path=str(path))
        return None
    return path


async def show_map(request: web.Request) -> web.Response:
    settings = request.app[DEPS].settings
    tiles, geojson = tiles_of(settings.map_tiles), geojson_of(settings.map_geojson)
    fault = tile_fault(settings.map_tiles) if settings.map_tiles is not None else None
    return web.json_response(
        {
            "tiles": _address("tiles", tiles),
            "geojson": _address("geojson", geojson),
            "frame": tile_frame(tiles) if tiles is not None else None,
            "tiles_fault": fault and {"zh": fault.zh, "en": fault.en},
            "attribution": settings.map_attribution,
        }
    )


def _address(name: str, path: Path | None) -> str | None:
    return None if path is None else f"{_MAP}/{name}?v={path.stat().st_mtime_ns:x}"


async def tiles(request: web.Request) -> web.StreamResponse:
    """The archive; pages read the pieces they need by Range."""
    return _file(tiles_of(request.app[DEPS].settings.map_tiles), "application/vnd.pmtiles")


async def geojson(request: web.Request) -> web.StreamResponse:
    return _file(geojson_of(request.app[DEPS].settings.map_geojson), "application/geo+json")


def _file(path: Path | None, content_type: str) -> web.FileResponse:
    if path is None:
        raise ApiError("not_found")
    return web.FileResponse(path, headers={"Content-Type": content_type, **_KEPT})


ROUTES = (
    Route(
        method="GET", path=_MAP, handler=show_map, access=Permission.SEE_BOARD,
        summary="What the site has of a map", response=MapShown,
    ),
    Route(
        method="GET", path=f"{_MAP}/tiles", handler=tiles, access=Permission.SEE_BOARD,
        summary="The site's map as tiles (PMTiles, by Range)",
    ),
    Route(
        method="GET", path=f"{_MAP}/geojson", handler=geojson, access=Permission.SEE_BOARD,
        summary="The site's map as GeoJSON",
    ),
)  # fmt: skip
