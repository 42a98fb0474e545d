"""How right verdicts are, where rules, model and people disagree, and what may teach them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.desk.board import stamp
from gateway.journal.codec import encode
from gateway.reports import drift
from gateway.reports.judged import About, Judgement
from gateway.reports.quality import OF_CALLS, Every, Measure, figures, in_turn, rule_figures
from gateway.store import disagreements, quality
from gateway.store.disagreements import QUEUE_DAYS, Line, Place
from gateway.store.taught import TaughtCall, taught
from gateway.web import quality_schema as schema
from gateway.web.auth import identity_of
from gateway.web.corpus import corpus_cover, corpus_line
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, known_to
from gateway.web.routes import DEPS, Route, WebDeps, query_of


async def show_quality(request: web.Request) -> web.Response:
    """Figures of a span by day or week, with bands of drift and the length of the queue."""
    asked, deps = query_of(request, schema.QualityQuery), request.app[DEPS]
    today = _today(deps)
    since = today - timedelta(days=asked.days - 1)
    base = min(since, today - timedelta(days=drift.BASE_DAYS + drift.LOOKED_AT_DAYS))
    days = await deps.database.read(quality.counted, base.isoformat(), today.isoformat(), OF_CALLS)
    shown = days
    if asked.pack is not None:
        shown = await deps.database.read(
            quality.counted, since.isoformat(), today.isoformat(), OF_CALLS, asked.pack
        )
    shown = {day: made for day, made in shown.items() if day >= since.isoformat()}
    packs = await deps.database.read(quality.by_pack, since.isoformat(), today.isoformat())
    waiting = await deps.database.read(disagreements.waiting, _queue_since(deps))
    stack = deps.workshop.packs.book.stack if deps.workshop else ()
    return web.json_response({
        "since": since.isoformat(), "until": today.isoformat(), "every": asked.every,
        **encode(figures(shown, Every(asked.every))),
        "bands": [encode(band) for band in drift.bands(days, today)],
        "waiting": waiting,
        "pack": asked.pack, "packs": [encode(one) for one in in_turn(packs, stack)],
    })  # fmt: skip


async def show_rules(request: web.Request) -> web.Response:
    """Every rule with how often it fired and was right, and those that were silent."""
    asked, deps = query_of(request, schema.RulesQuery), request.app[DEPS]
    today = _today(deps)
    since = today - timedelta(days=asked.days - 1)
    made = await deps.database.read(
        quality.summed, since.isoformat(), today.isoformat(), Measure.RULE, asked.pack
    )
    fired = await deps.database.read(quality.last_fired)
    items = rule_figures(made, fired, deps.active_rules())
    return web.json_response({
        "since": since.isoformat(), "until": today.isoformat(), "items": [encode(one) for one in items],
        "silent": [one.rule_id for one in items if one.active and not one.fired],
    })  # fmt: skip


def _today(deps: WebDeps) -> date:
    return deps.clock.now().astimezone(ZoneInfo(deps.settings.timezone)).date()


def _queue_since(deps: WebDeps) -> datetime:
    return deps.clock.now() - timedelta(days=QUEUE_DAYS)


# ---- what teaches


async def export_corpus(request: web.Request) -> web.StreamResponse:
    """Calls that people decided on, newest first, one JSON object a line as `intake110 rules test` and `rules
    train` read it. Numbers and places are covered for whoever may not see them.
    """
    asked, deps, may = query_of(request, schema.CorpusQuery), request.app[DEPS], identity_of(request).may
    since = deps.clock.now() - timedelta(days=asked.days)
    answer = web.StreamResponse(headers={
        "Content-Type": "application/x-ndjson; charset=utf-8",
        "Content-Disposition": 'attachment; filename="corpus.jsonl"',
    })  # fmt: skip
    before: TaughtCall | None = None
    page = await deps.database.read(taught, since=since, labelled=asked.labelled)
    await answer.prepare(request)
    while page:
        lines = await asyncio.to_thread(lambda calls: [_line(call, may) for call in calls], page)
        await answer.write("".join(lines).encode())
        before = page[-1]
        page = await deps.database.read(taught, since=since, labelled=asked.labelled, before=before)
    await answer.write_eof()
    return answer


def _line(call: TaughtCall, may: frozenset[Permission]) -> str:
    numbers, places = Permission.SEE_NUMBERS in may, Permission.SEE_PLACES in may
    return corpus_line(call, corpus_cover(numbers=numbers, places=places, known=known_to(may)))


# ---- the queue of disagreements


async def list_disagreements(request: web.Request) -> web.Response:
    """The gravest first. A label is given as a request of its call: LabelCall."""
    asked, deps = query_of(request, schema.DisagreementQuery), request.app[DEPS]
    about = About(asked.about) if asked.about else None
    found = await deps.database.read(
        disagreements.queue, since=_queue_since(deps), about=about, pair=asked.pair,
        labelled=asked.labelled, after=_read_place(asked.cursor) if asked.cursor else None,
        limit=asked.limit + 1,
    )  # fmt: skip
    lines = found[: asked.limit]
    return web.json_response({
        "items": [_shown(line) for line in lines],
        "next": _write_place(lines[-1].place) if len(found) > len(lines) else None,
        "waiting": await deps.database.read(disagreements.waiting, _queue_since(deps)),
    })  # fmt: skip


def _shown(line: Line) -> dict[str, Any]:
    call = line.call
    return {
        "call_id": call.call_id, "seized_at": stamp(call.seized_at), "about": line.about,
        "pairs": line.pairs, "rules": _said(call.by_rules), "model": _said(call.opinion),
        "person": _said(call.disposition), "label": _said(call.label), "score": call.opinion_score,
        "raised": call.raised, "pack_hash": call.pack_hash, "rule_ids": [rule.rule_id for rule in call.rules],
    }  # fmt: skip


def _said(one: Judgement | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"class": one.alarm_class, "nature": one.nature, "department": one.department}


def _write_place(place: Place) -> str:
    """Opaque to pages."""
    text = json.dumps([place.grade, place.seized_at.isoformat(), place.call_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_place(text: str) -> Place:
    try:
        grade, at, call_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        seized_at = datetime.fromisoformat(at)
        if not isinstance(grade, int) or not isinstance(call_id, str) or seized_at.tzinfo is None:
            raise ValueError("no place")
    except (ValueError, TypeError, binascii.Error) as error:
        raise ApiError("invalid", field="cursor") from error
    return Place(grade=grade, seized_at=seized_at, call_id=call_id)


ROUTES = (
    Route(
        method="GET", path="/api/v1/quality/corpus", handler=export_corpus, access=Permission.LABEL_CALLS,
        summary="Calls with what people decided, as a corpus (JSONL)", query=schema.CorpusQuery,
    ),
    Route(
        method="GET", path="/api/v1/quality", handler=show_quality, access=Permission.SEE_QUALITY,
        summary="How right verdicts are, against what people decided", query=schema.QualityQuery,
        response=schema.QualityShown,
    ),
    Route(
        method="GET", path="/api/v1/quality/rules", handler=show_rules, access=Permission.SEE_QUALITY,
        summary="How often each rule fired and was right", query=schema.RulesQuery,
        response=schema.RulesShown,
    ),
    Route(
        method="GET", path="/api/v1/quality/disagreements", handler=list_disagreements,
        access=Permission.LABEL_CALLS, summary="Calls of which rules, model and person say different things",
        query=schema.DisagreementQuery, response=schema.DisagreementList,
    ),
)  # fmt: skip
