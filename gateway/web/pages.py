"""The pages' files, built ahead; every other address is the page itself, which then looks it up."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gateway.web.errors import ApiError
from gateway.web.routes import DEPS, PUBLIC, Route

NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>110</title>"
    "<p>页面尚未构建:请运行 <code>python -m gateway.web.build</code>。"
    "<p>The pages have not been built yet: run <code>python -m gateway.web.build</code>."
)


async def page(request: web.Request) -> web.StreamResponse:
    """A file of the build (a `.gz` beside it is preferred), or the page."""
    wanted = request.match_info.get("path", "")
    if wanted.startswith("api/"):
        raise ApiError("not_found")
    static = request.app[DEPS].settings.static.resolve()
    file = (static / wanted).resolve()
    if wanted and file.is_relative_to(static) and file.is_file():
        return _file(file, hashed=wanted.startswith("assets/"))
    if wanted.startswith("assets/"):
        raise ApiError("not_found")
    index = static / "index.html"
    if not index.is_file():
        return web.Response(text=NOT_BUILT, content_type="text/html", status=503)
    return _file(index, hashed=False)


def _file(path: Path, *, hashed: bool) -> web.FileResponse:
    """Files with a hash in their name never change; the page itself is asked for anew each time."""
    lasting = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return web.FileResponse(path, headers={"Cache-Control": lasting})


ROUTES = (
    Route(method="GET", path="/{path:.*}", handler=page, access=PUBLIC, summary="The pages"),
)  # fmt: skip
