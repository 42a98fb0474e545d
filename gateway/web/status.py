"""How the gateway is, for machines and for people; and the description of this API."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic.json_schema import models_json_schema

from gateway import __version__
from gateway.web.auth import identity_of
from gateway.web.pages import page
from gateway.web.roles import masked_service
from gateway.web.routes import DEPS, MACHINE, PUBLIC, SIGNED, SIGNED_IN, Route
from gateway.web.schema import ErrorAnswer, HealthShown


async def alive(request: web.Request) -> web.StreamResponse:
    """200 while calls are taken in and saved, 503 otherwise: for supervisors and load balancers.

    The page of the same address is meant by whoever asks for HTML, as browsers do.
    """
    if "text/html" in request.headers.get("Accept", ""):
        return await page(request)
    state = request.app[DEPS].health()["state"]
    return web.json_response({"state": state}, status=503 if state == "down" else 200)


async def health(request: web.Request) -> web.Response:
    body, may = dict(request.app[DEPS].health()), identity_of(request).may
    body["services"] = [masked_service(service, may) for service in body["services"]]
    return web.json_response(body)


async def openapi(request: web.Request) -> web.Response:
    return web.json_response(describe(request.app[DESCRIBED]))


DESCRIBED = web.AppKey("described", tuple[Route, ...])


def describe(routes: tuple[Route, ...]) -> dict[str, Any]:
    """OpenAPI 3.1, made of the routes and their models."""
    models = {model for route in routes for model in (route.request, route.response) if model} | {ErrorAnswer}
    ordered = sorted(models, key=lambda model: model.__name__)
    names, schemas = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    references = {model: names[model, "validation"] for model in ordered}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "intake110", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "intake110_session"},
                "machine": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    def content(model: Any) -> dict[str, Any]:
        return {"application/json": {"schema": references[model]}}

    done = {"description": "Done", **({"content": content(route.response)} if route.response else {})}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}_{getattr(route.handler, '__name__', 'handler')}",
        "x-access": str(route.access),
        "security": _security(route),
        "parameters": _parameters(route),
        "responses": {"200": done, "default": {"description": "Refused", "content": content(ErrorAnswer)}},
    }
    if route.request:
        operation["requestBody"] = {"required": True, "content": content(route.request)}
    if route.takes:
        raw = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(route.takes, raw)}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.access in (PUBLIC, SIGNED):
        return []
    ways = ("session", "machine") if route.access == MACHINE else ("session",)
    return [{way: []} for way in ways]


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    if route.query:
        described = route.query.model_json_schema()
        kinds = {f"#/$defs/{name}": kind for name, kind in described.get("$defs", {}).items()}
        found += [
            {
                "name": name,
                "in": "query",
                "required": name in described.get("required", ()),
                "schema": kinds.get(kind.get("$ref"), kind),
            }
            for name, kind in described["properties"].items()
        ]
    return found


ROUTES = (
    Route(method="GET", path="/health", handler=alive, access=PUBLIC, summary="Does it work (for machines)"),
    Route(
        method="GET", path="/api/v1/health", handler=health, access=SIGNED_IN,
        summary="Every link from the trunk to the archive", response=HealthShown,
    ),
    Route(method="GET", path="/api/v1/openapi.json", handler=openapi, access=SIGNED_IN, summary="This page"),
)  # fmt: skip
