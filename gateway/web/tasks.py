"""Call-backs that abandoned calls leave, over the HTTP API: the list, to claim one, how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.calls.model import CallSession
from gateway.calls.signals import CallRequest
from gateway.calls.task import TaskOutcome
from gateway.calls.tasked import ClaimTask, ResolveTask
from gateway.calls.tasking import TRIES
from gateway.desk.board import duration_ms, stamp
from gateway.desk.hall import ASIDE_COUNTED
from gateway.desk.tasks import task_json
from gateway.ids import CallId
from gateway.logs import mask
from gateway.web import task_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.handover_schema import MovingRequest
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of, rev_of

LISTED = 200
"""Tasks that a page gets, the oldest first; further ones are counted (`beyond`)."""


async def list_tasks(request: web.Request) -> web.Response:
    deps, may = request.app[DEPS], identity_of(request).may
    calls, now = deps.call_backs(), deps.clock.now()
    numbers = Permission.SEE_NUMBERS in may
    aside, since = _aside(request, now)
    return web.json_response(
        {
            "items": [_line(call, numbers=numbers) for call in calls[:LISTED]],
            "beyond": max(0, len(calls) - LISTED),
            "aside": aside,
            "aside_since": stamp(since),
            "tries": TRIES,
            "server_time": stamp(now),
        }
    )


def _aside(request: web.Request, now: datetime) -> tuple[int, datetime | None]:
    hall = request.app[DEPS].hall()
    if not hall.aside or hall.aside_since is None or now >= hall.aside_since + ASIDE_COUNTED:
        return 0, None
    return hall.aside, hall.aside_since


def _line(call: CallSession, *, numbers: bool) -> dict[str, Any]:
    number, described = call.callback_number, call.locating.description
    return {
        **(task_json(call) or {}),
        "call_id": call.call_id,
        "number": number if numbers or number is None else mask(number),
        "district": described.district if described else None,
        "waited_ms": duration_ms(call) or 0,
    }


async def claim(request: web.Request) -> web.Response:
    asked = await body_of(request, MovingRequest)
    return await _asked(request, ClaimTask(**_common(request, asked)))


async def resolve(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.ResolveRequest)
    outcome = TaskOutcome(asked.outcome)
    return await _asked(request, ResolveTask(**_common(request, asked), outcome=outcome))


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
    task = task_json(await session_of(request))
    return web.json_response({"outcome": "accepted", "rev": rev, "task": task})


_TASK = "/api/v1/calls/{call_id}/task"
ROUTES = (
    Route(
        method="GET", path="/api/v1/call-back-tasks", handler=list_tasks, access=Permission.SEE_CALLS,
        summary="Callers who hung up unanswered and are to be rung back, oldest first",
        response=schema.TaskList,
    ),
    Route(
        method="POST", path=f"{_TASK}/claim", handler=claim, access=Permission.WRITE_CALLS,
        summary="Take the call-back of an abandoned call on", request=MovingRequest,
        response=schema.TaskDone,
    ),
    Route(
        method="POST", path=f"{_TASK}/outcome", handler=resolve, access=Permission.WRITE_CALLS,
        summary="How the call-back of an abandoned call went", request=schema.ResolveRequest,
        response=schema.TaskDone,
    ),
)  # fmt: skip
