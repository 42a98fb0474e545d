"""The wall over the HTTP API: one answer for every screen, made once a second at most."""

from __future__ import annotations

from aiohttp import web

from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route
from gateway.web.wall_schema import WallShown


async def show_wall(request: web.Request) -> web.Response:
    """The same goes to open pages as news of the kind `wall`."""
    wall = request.app[DEPS].wall
    if wall is None:
        raise ApiError("not_found")
    return web.json_response(await wall.body())


ROUTES = (
    Route(
        method="GET", path="/api/v1/wall", handler=show_wall, access=Permission.SEE_WALL,
        summary="The hall and its day in figures, without personal data", response=WallShown,
    ),
)  # fmt: skip
