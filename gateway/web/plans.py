"""Response plans: all of them, what is suggested for a call, runs that people start, tick off and end; and
what the dispatch core owes the hall."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls.model import CallSession
from gateway.desk.plans import signals as ask
from gateway.desk.plans import view
from gateway.desk.plans.model import Plan, PlanRun
from gateway.desk.plans.suggest import Facts, facts_of, suggested
from gateway.ids import CallId
from gateway.runtime.plan_desk import PlanDesk
from gateway.store import plans as stored
from gateway.store import reads
from gateway.store.together import incident_of
from gateway.web import plan_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import card_of, session_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, body_of, rev_of

_RUNS = UUID("6f0d2c63-5a0e-5d0b-9a3e-110110110412")


def _desk(request: web.Request) -> PlanDesk:
    desk = request.app[DEPS].plans
    if desk is None:
        raise ApiError("not_found")
    return desk


async def list_plans(request: web.Request) -> web.Response:
    """All plans as their files say now, and what runs; of a site without plans none."""
    desk = request.app[DEPS].plans
    return web.json_response(
        {
            "plans": [view.plan_json(plan) for plan in desk.current] if desk else [],
            "running": [view.brief(run) for run in desk.running()] if desk else [],
        }
    )


async def of_call(request: web.Request) -> web.Response:
    """Suggested plans with their reasons, and the runs of this call and its incident."""
    desk, session = request.app[DEPS].plans, await session_of(request)
    found = await request.app[DEPS].database.read(_of_call, session, desk.current if desk else ())
    return web.json_response(masked_event(found, identity_of(request).may))


def _of_call(connection: Connection, session: CallSession, plans: tuple[Plan, ...]) -> dict[str, Any]:
    members, runs = _scope(connection, session)
    facts = _facts(connection, session, len(members))
    running = {run.plan.code for run in runs if not run.over}
    return {
        "suggested": [
            view.suggested_json(one) for one in suggested(plans, facts) if one.plan.code not in running
        ],
        "runs": [view.run_json(run) for run in runs],
    }


def _facts(connection: Connection, session: CallSession, calls: int) -> Facts:
    whole = reads.call_whole(connection, session.call_id)
    return facts_of(session, card_of(whole.card) if whole else {}, calls)


def _scope(connection: Connection, session: CallSession) -> tuple[list[str], list[PlanRun]]:
    """The calls that are run together with this one, itself among them, and their runs."""
    name = session.together.incident
    incident = incident_of(connection, name) if name else None
    members = [str(member.call_id) for member in incident.members] if incident else []
    calls = list(dict.fromkeys((str(session.call_id), *members)))
    return calls, stored.runs_of(connection, calls, name)


async def start(request: web.Request) -> web.Response:
    """A person starts a plan. Two who start the same one at the same moment start it once."""
    asked, desk, deps = await body_of(request, schema.StartBody), _desk(request), request.app[DEPS]
    session, plan = await session_of(request), desk.plan(asked.code)
    if plan is None:
        raise ApiError("unknown_plan")
    run_id, facts = await deps.database.read(_next_run, session, plan)
    reasons = next((each.reasons for each in suggested([plan], facts)), ())
    signal = ask.StartPlan(
        **_common(request, asked), run_id=run_id, plan=plan, call_id=CallId(session.call_id),
        incident_id=session.together.incident, reasons=reasons,
    )  # fmt: skip
    rev = rev_of(await deps.submit(signal))
    return web.json_response({"outcome": "accepted", "rev": rev, "run_id": run_id})


def _next_run(connection: Connection, session: CallSession, plan: Plan) -> tuple[str, Facts]:
    """The running one's id where there is one, which is then refused by name; else the next one's."""
    calls, runs = _scope(connection, session)
    for run in runs:
        if run.plan.code == plan.code and not run.over:
            return run.run_id, Facts()
    scope = session.together.incident or session.call_id
    number = stored.ended_before(connection, plan.code, calls)
    facts = _facts(connection, session, len(calls))
    return str(uuid5(_RUNS, f"{scope}/{plan.code}/{number}")), facts


async def show_run(request: web.Request) -> web.Response:
    run = await request.app[DEPS].database.read(stored.run_of, request.match_info["run_id"])
    if run is None:
        raise ApiError("not_found")
    return web.json_response(masked_event(view.run_json(run), identity_of(request).may))


async def tick(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.TickBody)
    run = _of_run(request, asked)
    signal = (
        ask.TickItem(**run, item_id=asked.item_id, note=asked.note)
        if asked.done
        else ask.UntickItem(**run, item_id=asked.item_id)
    )
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


async def end(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.EndBody)
    signal = ask.EndPlan(**_of_run(request, asked), note=asked.note)
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


def _common(request: web.Request, asked: schema.PlanAsked) -> dict[str, Any]:
    return {
        "at": request.app[DEPS].clock.now(), "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
    }  # fmt: skip


def _of_run(request: web.Request, asked: schema.PlanAsked) -> dict[str, Any]:
    return {**_common(request, asked), "run_id": request.match_info["run_id"]}


async def waiting(request: web.Request) -> web.Response:
    """What the dispatch core owes: alarms it did not acknowledge, instructions nobody signed for."""
    return web.json_response({"items": list(request.app[DEPS].dispatch_waiting())})


_CALL, _RUN = "/api/v1/calls/{call_id}/plans", "/api/v1/plan-runs/{run_id}"
ROUTES = (
    Route(
        method="GET", path="/api/v1/plans", handler=list_plans, access=Permission.SEE_BOARD,
        summary="Response plans, and those that run", response=schema.PlanList,
    ),
    Route(
        method="GET", path=_CALL, handler=of_call, access=Permission.SEE_CALLS,
        summary="Plans suggested for a call, with reasons, and its runs", response=schema.CallPlans,
    ),
    Route(
        method="POST", path=_CALL, handler=start, access=Permission.WRITE_CALLS,
        summary="Start a plan for a call and its incident", request=schema.StartBody,
        response=schema.PlanStarted,
    ),
    Route(
        method="GET", path=_RUN, handler=show_run, access=Permission.SEE_CALLS,
        summary="One run of a plan", response=schema.RunShown,
    ),
    Route(
        method="POST", path=f"{_RUN}/items", handler=tick, access=Permission.WRITE_CALLS,
        summary="Tick an item off, or take the tick back", request=schema.TickBody,
        response=schema.PlanDone,
    ),
    Route(
        method="POST", path=f"{_RUN}/end", handler=end, access=Permission.WRITE_CALLS,
        summary="End a run", request=schema.EndBody, response=schema.PlanDone,
    ),
    Route(
        method="GET", path="/api/v1/dispatch/waiting", handler=waiting, access=Permission.SEE_BOARD,
        summary="What does not come from the dispatch core, the longest wait first",
        response=schema.WaitingList,
    ),
)  # fmt: skip
