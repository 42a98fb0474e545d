"""The web application: a route that does not say who may use it is a fault at the start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from aiohttp import web

from gateway.web import (
    accuracy,
    auth,
    calls,
    drills,
    erasures,
    errors,
    floods,
    handed_in,
    handovers,
    incidents,
    locations,
    machines,
    map,
    opinions,
    orders,
    pages,
    plans,
    positions,
    push,
    quality,
    quiet,
    recordings,
    records,
    rule_desk,
    rule_tests,
    rule_trials,
    rules,
    shares,
    sheets,
    status,
    tasks,
    text_calls,
    texts,
    together,
    wall,
)
from gateway.web.auth import IDENTITY, check_origin, identify
from gateway.web.errors import ApiError, Handler
from gateway.web.routes import (
    BODY_LIMIT_BYTES,
    DEPS,
    MACHINE,
    PUBLIC,
    SIGNED,
    SIGNED_IN,
    Access,
    Route,
    WebDeps,
)

_PARTS = (
    *(auth, calls, recordings, push, status, accuracy, quality, map, handed_in, locations),
    *(handovers, tasks, quiet, texts, shares, records, orders, positions, together),
    *(incidents, plans, erasures, sheets, drills, floods, text_calls),
    *(rules, rule_desk, rule_trials, rule_tests, opinions, wall),
)
API: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.ROUTES)

_ACCESS = web.AppKey("access", Mapping[tuple[str, str], Access])
"""(method, path as declared) to who may."""


class UndeclaredRoute(Exception):
    """A route does not say who may use it: declare it as a `Route` with its access."""


def make_app(deps: WebDeps) -> web.Application:
    """The pages' backend. Raises UndeclaredRoute rather than serve a route that nobody thought about."""
    app = web.Application(middlewares=[errors.errors, access], client_max_size=BODY_LIMIT_BYTES)
    app[DEPS] = deps
    app[auth.FAILED] = auth.Failures()
    app[auth.CHECKS] = asyncio.Semaphore(auth.PASSWORD_CHECKS)
    app[status.DESCRIBED] = API
    push.prepare(app)
    accuracy.prepare(app)
    rule_trials.prepare(app)
    declared = (*API, *pages.ROUTES)
    for route in declared:
        app.router.add_route(route.method, route.path, route.handler)
    app[_ACCESS] = declared_access(app, declared)
    app.on_response_prepare.append(errors.add_security_headers)
    if deps.settings.training:
        app.on_response_prepare.append(errors.add_training_mark)
    return app


def declared_access(app: web.Application, routes: Iterable[Route]) -> Mapping[tuple[str, str], Access]:
    """Who may use what, checked against what the application really answers."""
    table = {(route.method, route.path): route.access for route in routes}
    for route in app.router.routes():
        place = (route.method, _path_of(route))
        if place not in table:
            raise UndeclaredRoute(f"{place[0]} {place[1]}")
    return table


def _path_of(route: web.AbstractRoute) -> str:
    """As declared; aiohttp leaves out what a placeholder may match."""
    path = route.resource.canonical if route.resource else "?"
    return "/{path:.*}" if path == "/{path}" else path


@web.middleware
async def access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Closed by default: find what the route needs, then who asks, then whether they may."""
    if request.match_info.http_exception is not None:
        return await handler(request)
    if any("\0" in part for part in request.match_info.values()):
        raise ApiError("not_found")
    needed = request.app[_ACCESS][request.method, _path_of(request.match_info.route)]
    by_token = machines.by_token(request) if needed == MACHINE else None
    if request.method not in ("GET", "HEAD") and by_token is None and needed != SIGNED:
        check_origin(request)
    if needed not in (PUBLIC, SIGNED):
        identity = by_token or await identify(request)
        if identity is None:
            raise ApiError("not_signed_in")
        allowed = identity.is_machine if needed == MACHINE else needed in (SIGNED_IN, *identity.may)
        if not allowed:
            raise ApiError("forbidden")
        request[IDENTITY] = identity
    return await handler(request)
