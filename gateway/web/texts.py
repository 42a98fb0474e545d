"""Delivery reports of texts, as their provider (or what stands before it) hands them in."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from gateway.dispatch.text_contract import TextReported
from gateway.runtime.texting import ReportRefused
from gateway.web.errors import ApiError
from gateway.web.routes import DEPS, MACHINE, Route, body_of


class ReportTaken(BaseModel):
    taken: bool


async def take_report(request: web.Request) -> web.Response:
    """The same report again is answered the same and changes nothing."""
    deps = request.app[DEPS]
    body = await body_of(request, TextReported)
    try:
        taken = deps.texting is not None and await deps.texting.reported(body.report(deps.clock.now()))
    except ReportRefused as error:
        raise ApiError("wrong_key") from error
    if not taken:
        raise ApiError("unknown_text")
    return web.json_response({"taken": True})


ROUTES = (
    Route(
        method="POST", path="/api/v1/text-reports", handler=take_report, access=MACHINE,
        summary="Say what became of a text or answer, by its message_id or the provider's id",
        request=TextReported, response=ReportTaken,
    ),
)  # fmt: skip
