"""Callers who cannot speak, over the HTTP API: how they sound, the prompt, the silent alarm."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.calls.quieted import (
    EndSilentAlarm,
    RaiseSilentAlarm,
    SeeSilentAlarm,
    StartPrompt,
    StopPrompt,
)
from gateway.calls.signals import CallRequest
from gateway.desk.quiet import quiet_json
from gateway.ids import CallId
from gateway.web import quiet_request_schema as asking
from gateway.web import quiet_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.handover_schema import MovingRequest
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of, rev_of


async def show(request: web.Request) -> web.Response:
    session = await session_of(request)
    seconds = request.app[DEPS].sounds(session.call_id)
    return web.json_response({"quiet": quiet_json(session), "seconds": list(seconds)})


async def prompt(request: web.Request) -> web.Response:
    asked = await body_of(request, asking.PromptRequest)
    kind = StartPrompt if asked.action == "start" else StopPrompt
    return await _asked(request, kind(**_common(request, asked)))


async def raise_alarm(request: web.Request) -> web.Response:
    asked = await body_of(request, MovingRequest)
    return await _asked(request, RaiseSilentAlarm(**_common(request, asked)))


async def see_alarm(request: web.Request) -> web.Response:
    asked = await body_of(request, MovingRequest)
    return await _asked(request, SeeSilentAlarm(**_common(request, asked)))


async def end_alarm(request: web.Request) -> web.Response:
    asked = await body_of(request, asking.EndAlarmRequest)
    return await _asked(request, EndSilentAlarm(**_common(request, asked), note=asked.note))


def _common(request: web.Request, asked: MovingRequest) -> dict[str, Any]:
    return {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
        "expected_rev": asked.expected_rev,
    }


async def _asked(request: web.Request, signal: CallRequest) -> web.Response:
    """Through the loop; answered after its commit."""
    rev = rev_of(await request.app[DEPS].submit(signal))
    quiet = quiet_json(await session_of(request))
    return web.json_response({"outcome": "accepted", "rev": rev, "quiet": quiet})


_QUIET = "/api/v1/calls/{call_id}/quiet"
_ALARM = "/api/v1/calls/{call_id}/silent-alarm"
ROUTES = (
    Route(
        method="GET", path=_QUIET, handler=show, access=Permission.SEE_CALLS,
        summary="How a caller sounds who says little, what they pressed, the prompt and the silent alarm",
        response=schema.QuietAnswer,
    ),
    Route(
        method="POST", path=f"{_QUIET}/prompt", handler=prompt, access=Permission.WRITE_CALLS,
        summary="Let the caller alone hear the prompt to press 1, or stop it", request=asking.PromptRequest,
        response=asking.QuietDone,
    ),
    Route(
        method="POST", path=_ALARM, handler=raise_alarm, access=Permission.WRITE_CALLS,
        summary="This caller needs the police and cannot say so", request=MovingRequest,
        response=asking.QuietDone,
    ),
    Route(
        method="POST", path=f"{_ALARM}/seen", handler=see_alarm, access=Permission.WRITE_CALLS,
        summary="A person deals with the silent alarm", request=MovingRequest, response=asking.QuietDone,
    ),
    Route(
        method="POST", path=f"{_ALARM}/end", handler=end_alarm, access=Permission.WRITE_CALLS,
        summary="End the silent alarm, with a reason; only a person does", request=asking.EndAlarmRequest,
        response=asking.QuietDone,
    ),
)  # fmt: skip
