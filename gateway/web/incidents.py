"""Incidents, calls that people linked: what pages show of them, and what people ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.desk.board import stamp
from gateway.desk.incidents import shown
from gateway.desk.incidents.model import MAX_CALLS, SurgeLimits
from gateway.desk.incidents.signals import MergeIncidents, SeeFacts, SetIncidentTitle
from gateway.ids import CallId
from gateway.ports import IncidentRow
from gateway.store import reads, together
from gateway.store.reads import Cursor
from gateway.store.together import IncidentCursor, incident_of, sessions_of
from gateway.web import incident_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import read_cursor, summary_of, write_cursor
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_call, masked_event
from gateway.web.routes import DEPS, Route, body_of, query_of, rev_of
from gateway.web.together import common_of, masked_facts

MAX_MEMBERS_SHOWN = 2 * MAX_CALLS
"""Calls of an incident on its page: a merge may bring more than can be linked."""

May = frozenset[Permission]


async def list_incidents(request: web.Request) -> web.Response:
    """Newest touched first."""
    asked, deps, may = query_of(request, schema.IncidentQuery), request.app[DEPS], identity_of(request).may
    before = None
    if asked.cursor:
        cursor = read_cursor(asked.cursor)
        before = IncidentCursor(touched_at=cursor.seized_at, incident_id=cursor.call_id)
    items = await deps.database.read(_list, before, asked.limit + 1, asked.state == "open", may)
    more = len(items) > asked.limit
    items = items[: asked.limit]
    last = items[-1]["_row"] if more else None
    following = write_cursor(Cursor(seized_at=last.touched_at, call_id=last.incident_id)) if last else None
    for item in items:
        del item["_row"]
    return web.json_response({"items": items, "next": following})


def _list(
    connection: Connection, before: IncidentCursor | None, limit: int, only_open: bool, may: May
) -> list[dict[str, Any]]:
    rows = together.incidents(connection, before, limit, only_open=only_open)
    return [_line(connection, row, may) for row in rows]


def _line(connection: Connection, row: IncidentRow, may: May) -> dict[str, Any]:
    incident = incident_of(connection, row.incident_id)
    ids = [member.call_id for member in incident.members][:MAX_CALLS] if incident else []
    sessions = sessions_of(connection, ids)
    lines = [masked_call(summary_of(line), may) for line in reads.lines_of(connection, ids[:3])]
    return {
        "_row": row,
        "incident_id": row.incident_id, "title": masked_event(row.title, may),
        "opened_at": stamp(row.opened_at), "touched_at": stamp(row.touched_at),
        "calls": row.calls, "over": row.over, "surge_since": stamp(row.surge_since),
        "nature": shown.nature_of(sessions.values()).value,
        "location": next((line["location"] for line in lines if line["location"]), None),
    }  # fmt: skip


async def show_incident(request: web.Request) -> web.Response:
    deps, may = request.app[DEPS], identity_of(request).may
    body = await deps.database.read(
        _whole, request.match_info["incident_id"], deps.settings.surge, deps.clock.now(), may
    )
    if body is None:
        raise ApiError("not_found")
    return web.json_response(body)


def _whole(
    connection: Connection, incident_id: str, limits: SurgeLimits, now: datetime, may: May
) -> dict[str, Any] | None:
    incident = incident_of(connection, incident_id)
    if incident is None:
        return None
    body: dict[str, Any] = masked_event(shown.whole(incident, limits, now), may)
    ids = [member.call_id for member in incident.members][:MAX_MEMBERS_SHOWN]
    sessions = sessions_of(connection, ids)
    lines = {line.cursor.call_id: line for line in reads.lines_of(connection, ids)}
    body["nature"] = shown.nature_of(sessions.values()).value
    body["members"] = [
        {
            "call": masked_call(summary_of(lines[each["call_id"]]), may),
            "spot": shown.spot(sessions[each["call_id"]]) if Permission.SEE_PLACES in may else None,
            **{name: each[name] for name in ("linked_at", "by", "score", "seen")},
        }
        for each in body["members"]
        if each["call_id"] in lines and each["call_id"] in sessions
    ]
    body["facts"] = masked_facts(body["facts"], may)
    return body


async def set_title(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.TitleBody)
    signal = SetIncidentTitle(
        **common_of(request, asked), incident_id=request.match_info["incident_id"], title=asked.title
    )
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


async def merge(request: web.Request) -> web.Response:
    """This incident's calls go over to `into`."""
    asked, deps = await body_of(request, schema.MergeBody), request.app[DEPS]
    into = await deps.database.read(incident_of, str(asked.into))
    if into is None:
        raise ApiError("unknown_incident")
    if into.over:
        raise ApiError("incident_over")
    signal = MergeIncidents(
        **common_of(request, asked), incident_id=request.match_info["incident_id"], into=str(asked.into)
    )
    rev = rev_of(await deps.submit(signal))
    return web.json_response({"outcome": "accepted", "rev": rev, "incident_id": str(asked.into)})


async def seen(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.SeenBody)
    signal = SeeFacts(
        **common_of(request, asked), incident_id=request.match_info["incident_id"],
        call_id=CallId(asked.call_id), upto=asked.upto,
    )  # fmt: skip
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


_ONE = "/api/v1/incidents/{incident_id}"
ROUTES = (
    Route(
        method="GET", path="/api/v1/incidents", handler=list_incidents, access=Permission.SEE_CALLS,
        summary="Incidents, newest touched first", query=schema.IncidentQuery,
        response=schema.IncidentList,
    ),
    Route(
        method="GET", path=_ONE, handler=show_incident, access=Permission.SEE_CALLS,
        summary="One incident with its calls, facts and history", response=schema.IncidentWhole,
    ),
    Route(
        method="POST", path=f"{_ONE}/title", handler=set_title, access=Permission.WRITE_CALLS,
        summary="Name an incident", request=schema.TitleBody, response=schema.Done,
    ),
    Route(
        method="POST", path=f"{_ONE}/merge", handler=merge, access=Permission.WRITE_CALLS,
        summary="Move an incident's calls over to another", request=schema.MergeBody, response=schema.Done,
    ),
    Route(
        method="POST", path=f"{_ONE}/seen", handler=seen, access=Permission.WRITE_CALLS,
        summary="Somebody at a call's card has seen the facts", request=schema.SeenBody,
        response=schema.Done,
    ),
)  # fmt: skip
