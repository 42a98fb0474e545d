"""The training over the HTTP API: the trainer's wishes, the trainee's phone, result sheets. Only the
training's own process has these routes; in the hall's they answer "not found"."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.desk.drill.model import Act, Event
from gateway.desk.positions import seat_at
from gateway.runtime.drill.desk import DrillDesk, DrillRefused
from gateway.runtime.drill.run import SPEEDS
from gateway.web import drill_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of

MAX_LISTED = 200
"""Runs that one answer has; older ones are read by `intake110 training runs`."""


def desk_of(request: web.Request) -> DrillDesk:
    desk = request.app[DEPS].drills
    if desk is None:
        raise ApiError("not_found")
    return desk


async def scenarios(request: web.Request) -> web.Response:
    desk, hall = desk_of(request), request.app[DEPS].hall()
    return web.json_response(
        {
            "training": True,
            "items": [
                {
                    "code": one.code, "title_zh": one.title.zh, "title_en": one.title.en,
                    "brief_zh": one.brief.zh, "brief_en": one.brief.en, "language": one.language,
                    "calls": len(one.calls),
                }
                for one in desk.scenarios
            ],
            "seats": [
                {"position": seat.position, "username": seat.user, "display_name": seat.display_name}
                for seat in hall.seats
            ],
            "speeds": list(SPEEDS), "fault": desk.fault,
        }
    )  # fmt: skip


async def start(request: web.Request) -> web.Response:
    asked, desk = await body_of(request, schema.StartRun), desk_of(request)
    seat = seat_at(request.app[DEPS].hall(), asked.position)
    if seat is None:
        raise ApiError("nobody_sits_there", field="position")
    trainer = identity_of(request).user.username
    with_refusals = desk.start(
        asked.scenario, position=asked.position, trainee=seat.user, trainer=trainer, speed=asked.speed
    )
    try:
        run = await with_refusals
    except DrillRefused as error:
        raise ApiError(error.code) from error
    return web.json_response(_shown(run.json()))


async def listed(request: web.Request) -> web.Response:
    """Who may not supervise sees their own runs."""
    desk, identity = desk_of(request), identity_of(request)
    own = None if Permission.SUPERVISE in identity.may else identity.user.username
    found = desk.listed(own)[:MAX_LISTED]
    names = sorted({record["trainee"] for record in found})
    body = {
        "training": True, "items": [_shown(record) for record in found], "progress": desk.progress_of(names)
    }  # fmt: skip
    return web.json_response(body)


async def change(request: web.Request) -> web.Response:
    asked, desk = await body_of(request, schema.ChangeRun), desk_of(request)
    try:
        run = desk.change(_run_id(request), paused=asked.paused, speed=asked.speed)
    except DrillRefused as error:
        raise ApiError(error.code) from error
    return web.json_response(_shown(run.json()))


async def inject(request: web.Request) -> web.Response:
    asked, desk = await body_of(request, schema.Inject), desk_of(request)
    if asked.act in ("say", "key") and not asked.text:
        raise ApiError("invalid", field="text", detail="text: needed")
    event = Event(
        at_s=0, act=Act(asked.act), text=asked.text, latitude=asked.latitude, longitude=asked.longitude,
        radius_m=asked.radius_m,
    )  # fmt: skip
    return await _done(request, desk.inject(_run_id(request), event))


async def end(request: web.Request) -> web.Response:
    await body_of(request, schema.Nothing)
    return await _done(request, desk_of(request).end(_run_id(request)))


# ---- the trainee's phone


async def answer(request: web.Request) -> web.Response:
    await body_of(request, schema.Nothing)
    desk = desk_of(request)
    return await _done(request, desk.answer(_own(request, desk)))


async def say(request: web.Request) -> web.Response:
    asked, desk = await body_of(request, schema.Say), desk_of(request)
    return await _done(request, desk.say(_own(request, desk), asked.text))


async def hang_up(request: web.Request) -> web.Response:
    await body_of(request, schema.Nothing)
    desk = desk_of(request)
    return await _done(request, desk.hang_up(_own(request, desk)))


def _run_id(request: web.Request) -> str:
    return request.match_info["run_id"]


def _own(request: web.Request, desk: DrillDesk) -> str:
    """The phone is the trainee's alone."""
    run = desk.runs.get(_run_id(request))
    if run is not None and run.trainee != identity_of(request).user.username:
        raise ApiError("forbidden")
    return _run_id(request)


async def _done(request: web.Request, work: Any) -> web.Response:
    try:
        await work
    except DrillRefused as error:
        raise ApiError(error.code) from error
    run_id = _run_id(request)
    record = next(one for one in desk_of(request).listed() if one["run_id"] == run_id)
    return web.json_response(_shown(record))


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    return {"training": True, **record}


_RUN = "/api/v1/training/runs/{run_id}"
ROUTES = (
    Route(
        method="GET", path="/api/v1/training/scenarios", handler=scenarios, access=Permission.SUPERVISE,
        summary="Scenarios of the training, and who sits where", response=schema.ScenarioList,
    ),
    Route(
        method="GET", path="/api/v1/training/runs", handler=listed, access=Permission.WRITE_CALLS,
        summary="Runs and result sheets: one's own, a trainer's all", response=schema.RunList,
    ),
    Route(
        method="POST", path="/api/v1/training/runs", handler=start, access=Permission.SUPERVISE,
        summary="Start a scenario at a position", request=schema.StartRun, response=schema.RunShown,
    ),
    Route(
        method="PATCH", path=_RUN, handler=change, access=Permission.SUPERVISE,
        summary="Pause a run, let it go on, faster or slower", request=schema.ChangeRun,
        response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/inject", handler=inject, access=Permission.SUPERVISE,
        summary="Let something happen that the script does not have", request=schema.Inject,
        response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/end", handler=end, access=Permission.SUPERVISE,
        summary="End a run; its result sheet is made", request=schema.Nothing, response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/answer", handler=answer, access=Permission.WRITE_CALLS,
        summary="The trainee picks the ringing phone up", request=schema.Nothing, response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/say", handler=say, access=Permission.WRITE_CALLS,
        summary="The trainee speaks to the caller", request=schema.Say, response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/hang-up", handler=hang_up, access=Permission.WRITE_CALLS,
        summary="The trainee hangs up", request=schema.Nothing, response=schema.RunShown,
    ),
)  # fmt: skip
