"""Live news for pages: Server-Sent Events, masked by role, one bounded queue a client.

Nothing is replayed: a client that comes (back) hears `hello` and fetches anew. One that reads too slowly is
let go: by the hub when 1,000 pieces wait for it, or here when the network takes none for WRITE_WITHIN_S.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.clock import new_uuid
from gateway.desk.board import stamp
from gateway.runtime.hub import Push, Subscription
from gateway.web.auth import identify, identity_of
from gateway.web.errors import ApiError
from gateway.web.orders import bound_to
from gateway.web.roles import (
    Permission,
    masked_call,
    masked_event,
    masked_fields,
    masked_handing,
    masked_service,
    masked_where,
)
from gateway.web.routes import DEPS, SIGNED_IN, Route, query_of
from gateway.web.schema import StreamQuery
from gateway.web.watchers import WATCHERS, Watcher, Watchers

QUEUE_LIMIT = 1000
"""Pieces of news that wait for one client; then it is let go and fetches anew."""
WRITE_WITHIN_S = 20.0
"""A client whose network takes nothing for so long is let go."""

BOOT_ID = web.AppKey("boot_id", str)


STREAMS = web.AppKey("streams", set[Subscription])
"""The open streams: they end when the application stops."""


def prepare(app: web.Application) -> None:
    app[BOOT_ID] = new_uuid(app[DEPS].clock)
    app[STREAMS] = set()
    app[WATCHERS] = Watchers(app[DEPS].hub)
    app.on_shutdown.append(_end_streams)


async def _end_streams(app: web.Application) -> None:
    streams = app[STREAMS]
    for subscription in tuple(streams):
        subscription.dropped = True
        subscription.close()


async def stream(request: web.Request) -> web.StreamResponse:
    deps, may = request.app[DEPS], identity_of(request).may
    followed = query_of(request, StreamQuery).call
    if followed and Permission.SEE_CALLS not in may:
        raise ApiError("forbidden")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    subscription = deps.hub.subscribe(QUEUE_LIMIT)
    request.app[STREAMS].add(subscription)
    try:
        await response.prepare(request)
        await _write(
            response, "hello", {"server_time": stamp(deps.clock.now()), "boot_id": request.app[BOOT_ID]}
        )
        if not deps.saving():
            await _write(response, "saving", {"ok": False, "since": None})
        if followed:
            request.app[WATCHERS].come(followed, subscription, _watcher(request))
        await _send_news(request, response, subscription, followed, may)
    except (ConnectionError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()
    finally:
        request.app[STREAMS].discard(subscription)
        subscription.close()
        if followed:
            request.app[WATCHERS].go(followed, subscription)
    return response


def _watcher(request: web.Request) -> Watcher:
    identity = identity_of(request)
    return Watcher(
        user=identity.user.username, display_name=identity.user.display_name,
        position=identity.session.position,
    )  # fmt: skip


async def _send_news(
    request: web.Request, response: web.StreamResponse, subscription: Subscription,
    followed: str | None, may: frozenset[Permission],
) -> None:  # fmt: skip
    """Until the client is dropped or its session ends, which is looked at with every heartbeat."""
    deps, bound = request.app[DEPS], bound_to(identity_of(request))
    heartbeat_s, checked = deps.settings.heartbeat_s, deps.clock.monotonic()
    while not subscription.dropped:
        push = await subscription.next(heartbeat_s)
        if push is not None and (data := shown(push, followed, may, bound)) is not None:
            await _write(response, push.kind, data)
        if push is None or deps.clock.monotonic() - checked >= heartbeat_s:
            if subscription.dropped or await identify(request) is None:
                return
            checked = deps.clock.monotonic()
            await _write(response, "ping", {})


def shown(
    push: Push, followed: str | None, may: frozenset[Permission], bound: str | None = None
) -> Mapping[str, Any] | None:
    """The news as this reader may see it; None: not for this stream. `bound`: the reader's department."""
    if push.kind == "order":
        theirs = bound is None or bound in push.data["departments"]
        if Permission.SEE_ORDERS not in may or not theirs:
            return None
        return push.data if bound is None else {**push.data, "call_id": None, "departments": [bound]}
    if push.kind == "call":
        return masked_call(push.data, may) if Permission.SEE_BOARD in may else None
    if push.kind == "service":
        return masked_service(push.data, may)
    if push.kind == "position":
        return push.data if Permission.SEE_BOARD in may else None
    if push.kind == "wall":
        return push.data if Permission.SEE_WALL in may else None
    if push.kind == "escalation":
        return push.data if Permission.SUPERVISE in may else None
    if push.kind == "saving":
        return push.data
    if push.kind in ("rules", "rule_test"):
        return push.data if Permission.SEE_RULES in may else None
    if push.kind == "drill":
        return push.data if Permission.WRITE_CALLS in may else None
    if push.kind in ("flood", "plan"):
        return push.data if Permission.SEE_BOARD in may else None
    if push.kind == "incident":
        return push.data if Permission.SEE_CALLS in may else None
    if push.kind == "marker":
        return push.data if Permission.SEE_PLACES in may else None
    if Permission.SEE_CALLS not in may:
        return None
    if push.call_id != followed and not (push.kind == "veto" and followed is None):
        return None
    if push.kind == "card":
        return {**push.data, "fields": masked_fields(push.data["fields"], may)}
    if push.kind == "handing":
        return {**push.data, "handing": masked_handing(push.data["handing"], may)}
    if push.kind == "location":
        return masked_where(push.data, may)
    shown: Mapping[str, Any] = masked_event(push.data, may)
    return shown


async def _write(response: web.StreamResponse, kind: str, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    async with asyncio.timeout(WRITE_WITHIN_S):
        await response.write(f"event: {kind}\ndata: {text}\n\n".encode(errors="replace"))


ROUTES = (
    Route(
        method="GET", path="/api/v1/stream", handler=stream, access=SIGNED_IN,
        summary="Live news (text/event-stream); with ?call= the words of that call too", query=StreamQuery,
    ),
)  # fmt: skip
