"""The printed call sheet: asked for with a purpose, journaled, then served to who asked, masked by role."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls.model import CallSession
from gateway.calls.printed import PrintSheet
from gateway.calls.shared import SharePicture
from gateway.desk.orders.model import Order
from gateway.desk.orders.view import order_json
from gateway.dispatch.order_events import OrderState
from gateway.ids import CallId
from gateway.journal.codec import decode, from_text
from gateway.store import orders as stored_orders
from gateway.store import reads
from gateway.store import records as stored
from gateway.web import sheet_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import detail_of, session_of
from gateway.web.errors import SECURITY_HEADERS, ApiError, language_of
from gateway.web.recordings import OPEN_FOR
from gateway.web.records import part_of, shown_part
from gateway.web.request_schema import Accepted as AcceptedShown
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of, query_of, rev_of
from gateway.web.sheet_page import Sheet, html, style_of

MAX_ORDERS = 20
"""Work orders that stand on a sheet: the newest."""


async def print_sheet(request: web.Request) -> web.Response:
    """Written down as a listening is: who, what for, when."""
    asked = await body_of(request, schema.SheetRequest)
    signal = PrintSheet(
        call_id=CallId(request.match_info["call_id"]), at=request.app[DEPS].clock.now(),
        request_id=str(asked.request_id), actor=identity_of(request).user.username, purpose=asked.purpose,
    )  # fmt: skip
    rev = rev_of(await request.app[DEPS].submit(signal))
    return web.json_response({"outcome": "accepted", "rev": rev})


async def show_sheet(request: web.Request) -> web.Response:
    """The page, for as long as a recording stays open to who said why."""
    asked, deps, identity = query_of(request, schema.SheetQuery), request.app[DEPS], identity_of(request)
    purpose = await _purpose(request)
    detail, session = await detail_of(request), await session_of(request)
    parts, orders, chain, pictures = await deps.database.read(_beside, session)
    english = (asked.lang or language_of(request)) == "en"
    page = html(
        Sheet(
            site=deps.settings.site, zone=ZoneInfo(deps.settings.timezone), english=english, detail=detail,
            parts=[shown_part(each, identity.may) for each in parts],
            orders=_orders(orders, identity.may), chain=chain,
            printed_by=identity.user.display_name, printed_at=deps.clock.now(), purpose=purpose,
            training=deps.settings.training, pictures=pictures,
        )
    )  # fmt: skip
    digest = base64.b64encode(sha256(style_of(page).encode()).digest()).decode()
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace(
        "style-src 'self'", f"style-src 'sha256-{digest}'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=page, content_type="text/html", headers=headers)


async def _purpose(request: web.Request) -> str:
    """What this reader said it is for, a short while ago; the journal is the proof."""
    deps, call_id = request.app[DEPS], request.match_info["call_id"]
    since = deps.clock.now() - OPEN_FOR
    rows = await deps.database.read(reads.signals_of, call_id, PrintSheet.__name__, since)
    who = identity_of(request).user.username
    mine = [told["purpose"] for _, payload in rows if (told := from_text(payload))["actor"] == who]
    if not mine:
        raise ApiError("print_sheet_first")
    return str(mine[-1])


def _beside(
    connection: Connection, session: CallSession
) -> tuple[list[dict[str, Any]], list[Any], tuple[int, str], list[dict[str, Any]]]:
    parts = [part_of(session, part, rows) for part, rows in stored.parts(connection, session.call_id)]
    wanted = stored_orders.Wanted(call_id=session.call_id, states=tuple(OrderState))
    orders = [
        decode(Order, from_text(text)) for _, text in stored_orders.page(connection, wanted, limit=MAX_ORDERS)
    ]
    seq, digest = stored.chain_of(connection, session.call_id)
    told = reads.signals_of(connection, session.call_id, SharePicture.__name__)
    return parts, orders, (seq, digest), [from_text(payload) for _, payload in told]


def _orders(orders: list[Any], may: frozenset[Permission]) -> list[dict[str, Any]]:
    """Without the caller's own data, which stand above as far as this reader may see them."""
    if Permission.SEE_ORDERS not in may:
        return []
    names = ("number", "department", "state", "opened_by", "opened_at")
    return [{name: order_json(each, None).get(name) for name in names} for each in orders]


ROUTES = (
    Route(
        method="POST", path="/api/v1/calls/{call_id}/sheets", handler=print_sheet,
        access=Permission.SEE_CALLS, summary="Say what a printed call sheet is for; then the page is served",
        request=schema.SheetRequest, response=AcceptedShown,
    ),
    Route(
        method="GET", path="/calls/{call_id}/sheet", handler=show_sheet, access=Permission.SEE_CALLS,
        summary="The call sheet as a page made for print (A4)", query=schema.SheetQuery,
    ),
)  # fmt: skip
