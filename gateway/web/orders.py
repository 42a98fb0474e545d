"""Work orders for the hall and for departments: reading by who reads, writing only through the loop.

Who has the role `department` sees the orders of their own department, and nothing else, whatever other role
they have beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.desk.board import stamp
from gateway.desk.orders.model import Order
from gateway.desk.orders.signals import OpenOrder
from gateway.desk.orders.view import ACTIONS, history_json, order_json
from gateway.journal.codec import decode, from_text
from gateway.logs import mask
from gateway.runtime.order_desk import actor_of, known_departments, request_id_of
from gateway.store import loop as queries
from gateway.store import orders as stored
from gateway.store.orders import Cursor, Wanted
from gateway.store.reads import Cursor as CallCursor
from gateway.web import order_schema as schema
from gateway.web.auth import Identity, identity_of
from gateway.web.calls import read_cursor, write_cursor
from gateway.web.errors import ApiError, Handler
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, body_of, query_of, rev_of

ASIDES_SHOWN = 100
_P = Permission


# ---- who reads


def bound_to(identity: Identity) -> str | None:
    """The department whose orders alone this reader sees; "" where none is set: no order is that one's. None:
    the hall."""
    if "department" not in identity.user.roles.split():
        return None
    return identity.user.department or ""


def shown_to(order: Order, identity: Identity) -> dict[str, Any]:
    """The order as this reader may see it, with what they may do."""
    bound = bound_to(identity)
    body = order_json(order, bound)
    body["may"] = [name for name in body["may"] if DOORS[name].access in identity.may]
    if bound is None and _P.SEE_NUMBERS not in identity.may and body["phone"]:
        body["phone"] = mask(body["phone"])
    return masked_event(body, identity.may) if bound is None else body


# ---- reading


async def list_orders(request: web.Request) -> web.Response:
    """Newest first, page by page, with how many stand where."""
    asked, deps, identity = query_of(request, schema.OrderQuery), request.app[DEPS], identity_of(request)
    bound = bound_to(identity)
    wanted = Wanted(
        department=asked.department if bound is None else bound, sent_only=bound is not None,
        states=(asked.state,) if asked.state else (), overdue=asked.overdue, call_id=asked.call_id,
        search=asked.q, in_subject=bound is not None or _P.SEE_PLACES in identity.may,
    )  # fmt: skip
    before = _cursor(asked.cursor) if asked.cursor else None
    found, facets = await deps.database.read(_page, wanted, before, asked.limit + 1, bound)
    lines = found[: asked.limit]
    last = lines[-1][0] if len(found) > len(lines) else None
    return web.json_response({
        "items": [shown_to(order, identity) for _, order in lines],
        "next": write_cursor(CallCursor(seized_at=last.opened_at, call_id=last.order_id)) if last else None,
        "facets": facets, "departments": sorted(known_departments()), "server_time": stamp(deps.clock.now()),
    })  # fmt: skip


def _page(
    connection: Any, wanted: Wanted, before: Cursor | None, limit: int, bound: str | None
) -> tuple[list[tuple[Cursor, Order]], dict[str, Any]]:
    """Beside the database, not in the event loop: decoding takes its time."""
    found = stored.page(connection, wanted, before=before, limit=limit)
    counted = stored.facets(connection, Wanted(department=bound, sent_only=bound is not None))
    facets = {
        "states": counted.states, "departments": counted.departments, "overdue": counted.overdue,
    }  # fmt: skip
    return [(cursor, _order(state)) for cursor, state in found], facets


def _cursor(text: str) -> Cursor:
    read = read_cursor(text)
    return Cursor(opened_at=read.seized_at, order_id=read.call_id)


def _order(state: str) -> Order:
    order: Order = decode(Order, from_text(state))
    return order


async def show_order(request: web.Request) -> web.Response:
    deps, identity = request.app[DEPS], identity_of(request)
    order = await _visible(request)
    rows = await deps.database.read(stored.history, order.order_id)
    steps = [(at, kind, json.loads(payload)) for at, kind, payload in rows]
    bound = bound_to(identity)
    told = history_json(steps, bound)
    return web.json_response({
        "order": shown_to(order, identity),
        "history": masked_event(told, identity.may) if bound is None else told,
        "server_time": stamp(deps.clock.now()),
    })  # fmt: skip


async def _visible(request: web.Request) -> Order:
    """The order of the path. What a reader may not see is not there."""
    order_id, bound = request.match_info["order_id"], bound_to(identity_of(request))
    row = await request.app[DEPS].database.read(queries.aggregate, "order", order_id)
    order = _order(row.state) if row is not None else None
    if order is None or (bound is not None and (order.department != bound or order.sent_at is None)):
        raise ApiError("not_found")
    return order


async def list_asides(request: web.Request) -> web.Response:
    """What departments sent over MQTT that fits nothing: the newest."""
    rows = await request.app[DEPS].database.read(stored.asides, ASIDES_SHOWN)
    items = [
        {
            "at": stamp(row.at), "route": row.route, "department": row.department, "order_id": row.order_id,
            "code": row.code, "why": row.why, "payload": row.payload.decode(errors="replace"),
        }
        for row in rows
    ]  # fmt: skip
    return web.json_response({"items": items})


# ---- writing


async def open_order(request: web.Request) -> web.Response:
    asked, identity = await body_of(request, schema.OpenOrderBody), identity_of(request)
    if bound_to(identity) is not None:
        raise ApiError("hall_only")
    _known(asked.department)
    order_id = str(asked.request_id)
    told = asked.model_dump(exclude={"request_id"})
    rev = rev_of(
        await request.app[DEPS].submit(
            OpenOrder(
                order_id=order_id, at=request.app[DEPS].clock.now(), request_id=order_id,
                actor=identity.user.username, **told,
            )
        )
    )  # fmt: skip
    return web.json_response({"outcome": "accepted", "rev": rev, "order_id": order_id})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One action: its body, who may come in, and what it does in one line."""

    body: type[schema.OrderAction]
    access: Permission
    summary: str


DOORS: Mapping[str, Door] = {
    "edit": Door(body=schema.EditBody, access=_P.WRITE_ORDERS, summary="Change a draft"),
    "send": Door(body=schema.OrderAction, access=_P.WRITE_ORDERS, summary="Send a draft to its department"),
    "accept": Door(body=schema.OrderAction, access=_P.WORK_ORDERS, summary="The department takes it on"),
    "start": Door(body=schema.OrderAction, access=_P.WORK_ORDERS, summary="Somebody works on it"),
    "return": Door(body=schema.ReasonBody, access=_P.WORK_ORDERS, summary="Back to the hall, with a reason"),
    "reassign": Door(
        body=schema.DepartmentBody, access=_P.WRITE_ORDERS, summary="To another department, with the reason"
    ),
    "note": Door(body=schema.NoteBody, access=_P.WORK_ORDERS, summary="A word between hall and department"),
    "answer": Door(body=schema.AnswerBody, access=_P.WORK_ORDERS, summary="What was done"),
    "dispute": Door(
        body=schema.ReasonBody, access=_P.WORK_ORDERS,
        summary="It is somebody else's: the first receiver has it until a supervisor decides",
    ),
    "decide": Door(body=schema.DepartmentBody, access=_P.SUPERVISE, summary="Decide whose it is"),
    "tell": Door(body=schema.NoteBody, access=_P.WRITE_ORDERS, summary="The caller knows the answer"),
    "follow-up": Door(body=schema.FollowUpBody, access=_P.WRITE_ORDERS, summary="A follow-up call was made"),
    "close": Door(body=schema.ReasonBody, access=_P.WRITE_ORDERS, summary="Nothing more is to be done"),
}  # fmt: skip


def _handler(name: str) -> Handler:
    """What is asked of an order by its name goes through the loop, which knows whose it is and what it
    allows."""
    door, kind = DOORS[name], ACTIONS[name]

    async def act(request: web.Request) -> web.Response:
        asked, identity = await body_of(request, door.body), identity_of(request)
        data = asked.model_dump(exclude={"request_id", "expected_rev"})
        if data.get("department") is not None:
            _known(data["department"])
        bound, user = bound_to(identity), identity.user.username
        rev = rev_of(
            await request.app[DEPS].submit(
                kind(
                    order_id=request.match_info["order_id"], at=request.app[DEPS].clock.now(),
                    request_id=asked.request_id if bound is None else request_id_of(bound, asked.request_id),
                    actor=user if bound is None else actor_of(bound, user), for_department=bound,
                    expected_rev=asked.expected_rev, **data,
                )
            )
        )  # fmt: skip
        done = {"outcome": "accepted", "rev": rev, "order_id": request.match_info["order_id"]}
        return web.json_response(done)

    act.__name__ = f"order_{name.replace('-', '_')}"
    return act


def _known(department: str) -> None:
    if department not in known_departments():
        raise ApiError("unknown_department", field="department")


_ORDERS = "/api/v1/orders"
ROUTES = (
    Route(
        method="GET", path=_ORDERS, handler=list_orders, access=_P.SEE_ORDERS, query=schema.OrderQuery,
        response=schema.OrderList, summary="Work orders; a department sees its own",
    ),
    Route(
        method="POST", path=_ORDERS, handler=open_order, access=_P.WRITE_ORDERS,
        request=schema.OpenOrderBody, response=schema.OrderDone,
        summary="Open a work order, with a call or without one",
    ),
    Route(
        method="GET", path="/api/v1/order-asides", handler=list_asides, access=_P.WRITE_ORDERS,
        response=schema.AsideList, summary="What departments sent that fits no order",
    ),
    Route(
        method="GET", path=f"{_ORDERS}/{{order_id}}", handler=show_order, access=_P.SEE_ORDERS,
        response=schema.OrderDetail, summary="One work order with its history",
    ),
    *(
        Route(
            method="POST", path=f"{_ORDERS}/{{order_id}}/{name}", handler=_handler(name), access=door.access,
            request=door.body, response=schema.OrderDone, summary=door.summary,
        )
        for name, door in DOORS.items()
    ),
)  # fmt: skip
