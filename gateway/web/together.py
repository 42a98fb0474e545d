"""One call together with others: suggestions, links, its number's history, a suspicion. Nothing is linked but
by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls.linked import ClearSuspicion, LinkCall, UnlinkCall
from gateway.calls.model import CallSession
from gateway.calls.together import Reason
from gateway.clock import new_uuid
from gateway.desk.incidents import shown
from gateway.desk.incidents.model import MAX_CALLS, Incident
from gateway.dispatch.site_events import FactKind
from gateway.ids import CallId
from gateway.store import reads, together
from gateway.store.together import incident_of, sessions_of
from gateway.web import incident_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of, summary_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_call, masked_event
from gateway.web.routes import DEPS, Route, body_of, rev_of

EARLIER_WITHIN = timedelta(days=365)
"""How far back a number's earlier calls are counted."""

May = frozenset[Permission]


async def show_together(request: web.Request) -> web.Response:
    """Suggestions, the call's incident, what is new there, a surge, the number's history, a suspicion."""
    deps, may = request.app[DEPS], identity_of(request).may
    session = await session_of(request)
    return web.json_response(await deps.database.read(_together, session, may, deps.clock.now()))


def _together(connection: Connection, session: CallSession, may: May, now: datetime) -> dict[str, Any]:
    state = session.together
    own = incident_of(connection, state.incident) if state.incident else None
    others = sessions_of(connection, [each.call_id for each in state.suggestions])
    made = _suggestions(connection, session, others, may)
    return {
        "suggestions": made,
        "incident": _own(own, session, may) if own is not None else None,
        "surge": masked_event(_surge(connection, own, made), may),
        "repeat": _repeat(connection, session, now),
        "suspicion": shown.suspicion_json(session),
        "cleared": state.cleared,
    }


def _suggestions(
    connection: Connection, session: CallSession, others: dict[str, CallSession], may: May
) -> list[dict[str, Any]]:
    """Without calls of the same incident; of another incident its best call alone."""
    lines = {line.cursor.call_id: line for line in reads.lines_of(connection, list(others))}
    found: list[dict[str, Any]] = []
    known: set[str] = {session.together.incident} if session.together.incident else set()
    for each in session.together.suggestions:
        other = others.get(each.call_id)
        incident = other.together.incident if other else None
        if other is None or each.call_id not in lines or (incident is not None and incident in known):
            continue
        known |= {incident} if incident else set()
        told = shown.suggestion_json(
            each, other, places=Permission.SEE_PLACES in may, numbers=Permission.SEE_NUMBERS in may
        )
        found.append({**told, "call": masked_call(summary_of(lines[each.call_id]), may)})
    return found


def _own(incident: Incident, session: CallSession, may: May) -> dict[str, Any]:
    theirs = [fact for fact in incident.facts if fact.call_id != session.call_id]
    body = {
        **masked_event(shown.brief(incident), may),
        "new": [shown.fact_json(fact) for fact in incident.new_for(session.call_id)],
        "facts": [shown.fact_json(fact) for fact in theirs],
    }
    return {**body, "new": masked_facts(body["new"], may), "facts": masked_facts(body["facts"], may)}


def masked_facts(facts: Sequence[dict[str, Any]], may: May) -> list[dict[str, Any]]:
    """Words as the reader may see them; which way somebody went is a place."""
    hidden = Permission.SEE_PLACES not in may
    shown_ones: list[dict[str, Any]] = masked_event(list(facts), may)
    return [
        {**fact, "value": ""} if hidden and fact["kind"] == FactKind.DIRECTION else fact
        for fact in shown_ones
    ]


def _surge(
    connection: Connection, own: Incident | None, suggested: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    """Of the call's own incident, or of one that it very likely tells of."""
    names = [each["incident_id"] for each in suggested if each["strong"] and each["incident_id"]]
    found = own or next(filter(None, (incident_of(connection, name) for name in names)), None)
    if found is None or found.surge_since is None:
        return None
    members = sessions_of(connection, [each.call_id for each in found.members])
    return shown.surge_json(found, shown.nature_of(members.values()))


def _repeat(connection: Connection, session: CallSession, now: datetime) -> dict[str, Any] | None:
    if not session.ani or session.anonymous:
        return None
    earlier = together.earlier(connection, session.ani, now - EARLIER_WITHIN, session.seized_at)
    if not earlier.count:
        return None
    calls = [together.session_of(state) for state in earlier.states]
    return shown.repeat_json(earlier.count, earlier.abandoned, earlier.violence, calls)


# ---- what people ask of a call


def common_of(request: web.Request, asked: Any) -> dict[str, Any]:
    """Who asks, when, and under which id."""
    return {
        "at": request.app[DEPS].clock.now(), "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username, "expected_rev": asked.expected_rev,
    }  # fmt: skip


async def link(request: web.Request) -> web.Response:
    """Which incident it is, is found here: that of either call, else a new one."""
    asked, deps = await body_of(request, schema.LinkBody), request.app[DEPS]
    call_id = request.match_info["call_id"]
    if (asked.other is None) == (asked.incident_id is None):
        raise ApiError("invalid", field="other", detail="name another call, or an incident")
    wanted = None if asked.incident_id is None else str(asked.incident_id)
    made = await deps.database.read(_link, call_id, asked.other, wanted)
    incident_id = made.pop("incident_id") or new_uuid(deps.clock)
    signal = LinkCall(**common_of(request, asked), **made, incident_id=incident_id)
    rev = rev_of(await deps.submit(signal))
    return web.json_response({"outcome": "accepted", "rev": rev, "incident_id": incident_id})


def _link(connection: Connection, call_id: str, other_id: str | None, wanted: str | None) -> dict[str, Any]:
    """What LinkCall says beside who asks: the call that joins, the incident, the other call, why."""
    known = sessions_of(connection, [call_id, *([other_id] if other_id else [])])
    call, other = known.get(call_id), known.get(other_id) if other_id else None
    if call is None or (other_id and other is None):
        raise ApiError("unknown_call")
    own = call.together.incident
    theirs = other.together.incident if other else wanted
    if own and theirs and own != theirs:
        raise ApiError("linked_elsewhere")
    _room(connection, own or theirs, new=wanted is None and not (own or theirs))
    why = next((each for each in call.together.suggestions if each.call_id == other_id), None)
    reasons: tuple[Reason, ...] = why.reasons if why else ()
    score = why.score if why else None
    if own and other is not None and not theirs:
        return {"call_id": other.call_id, "incident_id": own, "score": score, "reasons": reasons}
    with_other = other is not None and not theirs
    return {
        "call_id": call.call_id, "incident_id": own or theirs, "score": score, "reasons": reasons,
        "other": other.call_id if other is not None and with_other else None,
        "other_seized_at": other.seized_at if other is not None and with_other else None,
    }  # fmt: skip


def _room(connection: Connection, incident_id: str | None, *, new: bool) -> None:
    """Refuses where there is no such incident, or no place in it."""
    if new or incident_id is None:
        return
    incident = incident_of(connection, incident_id)
    if incident is None:
        raise ApiError("unknown_incident")
    if incident.dissolved:
        raise ApiError("incident_over")
    if len(incident.members) >= MAX_CALLS:
        raise ApiError("incident_full")


async def unlink(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.UnlinkBody)
    call_id = CallId(request.match_info["call_id"])
    signal = UnlinkCall(**common_of(request, asked), call_id=call_id, reason=asked.reason)
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


async def clear(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.NothingMore)
    signal = ClearSuspicion(**common_of(request, asked), call_id=CallId(request.match_info["call_id"]))
    return web.json_response({"outcome": "accepted", "rev": rev_of(await request.app[DEPS].submit(signal))})


_CALL = "/api/v1/calls/{call_id}"
ROUTES = (
    Route(
        method="GET", path=f"{_CALL}/suggestions", handler=show_together, access=Permission.SEE_CALLS,
        summary="What a call has to do with others", response=schema.TogetherShown,
    ),
    Route(
        method="POST", path=f"{_CALL}/link", handler=link, access=Permission.WRITE_CALLS,
        summary="Link a call with another, or with an incident", request=schema.LinkBody,
        response=schema.Done,
    ),
    Route(
        method="POST", path=f"{_CALL}/unlink", handler=unlink, access=Permission.WRITE_CALLS,
        summary="Take a call out of its incident", request=schema.UnlinkBody, response=schema.Done,
    ),
    Route(
        method="POST", path=f"{_CALL}/unsuspect", handler=clear, access=Permission.WRITE_CALLS,
        summary="Say that a call is no part of a flood", request=schema.NothingMore, response=schema.Done,
    ),
)  # fmt: skip
