"""How well speech is heard, on what people vouched for, as a page's data; and metrics for machines."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gateway.desk.board import stamp
from gateway.reports.quality import Calls, Counts, Measure, total
from gateway.speech.accuracy import Accuracy, FieldCheck, measured
from gateway.store.checked import checked_fields
from gateway.store.quality import counted
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, PUBLIC, Route, WebDeps, query_of
from gateway.web.schema import AccuracyQuery, AccuracyShown

METRICS_DAYS = 30
METRICS_KEPT_S = 60.0
"""Fields are counted anew no more often than this, however often somebody asks."""
_KEPT = web.AppKey("checked_fields", dict[str, Any])
_VERDICTS = (Measure.CALLS, Measure.CLASS, Measure.NATURE, Measure.DEPARTMENT, Measure.OPINION)
_LINE = ("engine", "model", "pbx", "trunk", "speaker")


def prepare(app: web.Application) -> None:
    app[_KEPT] = {}


async def show_accuracy(request: web.Request) -> web.Response:
    """Shares by engine, model, trunk and speaker, and by field; no values: whoever may see calls opens the
    call."""
    asked, deps = query_of(request, AccuracyQuery), request.app[DEPS]
    since = deps.clock.now() - timedelta(days=asked.days)
    checks = await deps.database.read(checked_fields, since)
    lines = [dict(zip(_LINE, one.key, strict=True)) | _shares(one) for one in measured(checks, _line)]
    by_field = [{"field": one.key[0]} | _shares(one) for one in measured(checks, lambda c: (c.field,))]
    return web.json_response(
        {"since": stamp(since), "fields": len(checks), "lines": lines, "by_field": by_field}
    )


def _line(check: FieldCheck) -> tuple[str, ...]:
    return check.engine, check.model, check.pbx, check.trunk, check.speaker


def _shares(one: Accuracy) -> dict[str, Any]:
    return {
        "confirmed": one.confirmed,
        "corrected": one.corrected,
        "field_accuracy": round(one.fields, 4),
        "character_accuracy": round(one.letters, 4),
    }


async def metrics(request: web.Request) -> web.Response:
    """The text format of Prometheus, for the addresses of web.metrics_from. No personal data is in it."""
    deps = request.app[DEPS]
    if not _welcome(request.remote, deps.settings.metrics_from):
        raise ApiError("forbidden")
    registry = CollectorRegistry()
    _health(registry, deps)
    kept = await _counted(request.app)
    _speech(registry, kept["checks"])
    _verdicts(registry, kept["verdicts"])
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _welcome(remote: str | None, networks: tuple[str, ...]) -> bool:
    if remote is None:
        return False
    address = ipaddress.ip_address(remote)
    return any(address in ipaddress.ip_network(network) for network in networks)


async def _counted(app: web.Application) -> dict[str, Any]:
    """`checks`: fields that people vouched for; `verdicts`: against what people decided."""
    kept, deps = app[_KEPT], app[DEPS]
    now = deps.clock.monotonic()
    if now - kept.get("at", -METRICS_KEPT_S) >= METRICS_KEPT_S:
        since = deps.clock.now() - timedelta(days=METRICS_DAYS)
        days = (since.date().isoformat(), (deps.clock.now() + timedelta(days=1)).date().isoformat())
        kept["checks"] = await deps.database.read(checked_fields, since)
        kept["verdicts"] = total(await deps.database.read(counted, *days, _VERDICTS))
        kept["at"] = now
    return kept


def _health(registry: CollectorRegistry, deps: WebDeps) -> None:
    up = _gauge(registry, "service_up", "1 while a link works, 0.5 degraded, 0 down", ["service"])
    figure = _gauge(registry, "service_figure", "What a link tells of itself", ["service", "figure"])
    count = _gauge(registry, "count", "Calls and events now", ["what"])
    body = deps.health()
    for service in body["services"]:
        up.labels(service["name"]).set({"up": 1.0, "degraded": 0.5}.get(service["state"], 0.0))
        for name, value in service["figures"].items():
            if isinstance(value, int | float):
                figure.labels(service["name"], name).set(value)
    for name, value in body.get("counts", {}).items():
        count.labels(name).set(value)


def _gauge(registry: CollectorRegistry, name: str, help_text: str, labels: list[str]) -> Gauge:
    """Gauges all: shares move with their window, and nothing here outlives the process."""
    return Gauge(f"intake110_{name}", help_text, labels, registry=registry)


def _speech(registry: CollectorRegistry, checks: list[FieldCheck]) -> None:
    labels = [*_LINE, "field"]
    span = f"in {METRICS_DAYS} days"
    fields = _gauge(
        registry, "speech_fields", f"Heard fields that people vouched for {span}", [*labels, "outcome"]
    )
    letters = _gauge(
        registry, "speech_character_accuracy", f"Share of their characters that stood {span}", labels
    )
    for one in measured(checks, lambda check: (*_line(check), check.field)):
        fields.labels(*one.key, "confirmed").set(one.confirmed)
        fields.labels(*one.key, "corrected").set(one.corrected)
        letters.labels(*one.key).set(one.letters)


def _verdicts(registry: CollectorRegistry, made: Counts) -> None:
    labels = ["of", "said", "true"]
    text = f"Calls in {METRICS_DAYS} days: what verdicts said, and what people decided"
    matrix = _gauge(registry, "verdict_calls", text, labels)
    for (measure, said, true), calls in made.items():
        if measure is not Measure.CALLS:
            matrix.labels(measure, said, true).set(calls)
    judged = _gauge(
        registry, "judged_calls", f"Calls in {METRICS_DAYS} days, by what became of them", ["what"]
    )
    for what in Calls:
        judged.labels(what).set(made.get((Measure.CALLS, what, ""), 0))


ROUTES = (
    Route(
        method="GET", path="/api/v1/speech/accuracy", handler=show_accuracy, access=Permission.SEE_QUALITY,
        summary="How well speech is heard, on fields that people confirmed or corrected", query=AccuracyQuery,
        response=AccuracyShown,
    ),
    Route(method="GET", path="/metrics", handler=metrics, access=PUBLIC, summary="Metrics (for Prometheus)"),
)  # fmt: skip
