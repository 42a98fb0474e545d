"""The rule workshop, trying: a draft checked while it is written, a text or a stored call judged by it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.desk import board
from gateway.rulebook.content import changed_files, content_of
from gateway.runtime.packs import Rules, UnusablePack
from gateway.speech.model import Leg
from gateway.store import said
from gateway.triage.corpus import utterances
from gateway.triage.engine import problems
from gateway.triage.model import Assessment, Context, Utterance
from gateway.triage.packdiff import VETO_PREFIX
from gateway.web import rule_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, long_body_of
from gateway.web.rule_desk import with_files
from gateway.web.rules import packs_of, sources_named

AT_ONCE, WAITING = 1, 8
"""Trials that run at a time, and that wait; one more is told to come again: calls go first."""
RETRY_AFTER_S = 2
_TRIALS = web.AppKey("trials", asyncio.Semaphore)
_WAITING = web.AppKey("trials_waiting", list[int])


def prepare(app: web.Application) -> None:
    app[_TRIALS], app[_WAITING] = asyncio.Semaphore(AT_ONCE), [0]


@asynccontextmanager
async def _turn(request: web.Request) -> AsyncIterator[None]:
    """When its turn has come; refused at once when too many wait."""
    waiting = request.app[_WAITING]
    if waiting[0] >= AT_ONCE + WAITING:
        raise ApiError("busy", retry_after_s=RETRY_AFTER_S)
    waiting[0] += 1
    try:
        async with request.app[_TRIALS]:
            yield
    finally:
        waiting[0] -= 1


async def validate(request: web.Request) -> web.Response:
    """Every fault of every file, with line and cure."""
    asked = await long_body_of(request, schema.ValidateBody)
    base = await sources_named(request, asked.base) if asked.base else {}
    sources = with_files(base, asked.files)
    async with _turn(request):
        found = await asyncio.to_thread(problems, sources)
    changed = changed_files(base, sources)
    return web.json_response(
        {
            "ok": not any(one.severity == "error" for one in found),
            "hash": content_of(sources).hash,
            "changed": list(changed),
            "touches_veto": any(name.startswith(VETO_PREFIX) for name in changed),
            "problems": [{**asdict(one), "severity": one.severity.value} for one in found],
        }
    )


async def try_out(request: web.Request) -> web.Response:
    """Judge a text or a stored call with a pack, and with the active one to compare."""
    asked = await long_body_of(request, schema.TryBody)
    spoken, context = await _spoken(request, asked)
    packs, may = packs_of(request), identity_of(request).may
    sources = with_files(await sources_named(request, asked.pack), asked.files)
    content_hash, active = content_of(sources).hash, None
    async with _turn(request):
        try:
            rules = await packs.compiled(sources)
        except UnusablePack as error:
            raise ApiError("unusable_pack", detail=str(error)) from error
        found, took_ms = await asyncio.to_thread(_judge, rules, spoken, context)
        if packs.running.pack not in ("", content_hash):
            active, _ = await asyncio.to_thread(_judge, packs.running.rules, spoken, context)
    body: dict[str, Any] = {
        "hash": content_hash,
        "utterances": [_utterance(one) for one in spoken],
        "assessment": board.assessment_json(found),
        "active": board.assessment_json(active) if active else None,
        "flipped": active is not None and _verdict(active) != _verdict(found),
        "took_ms": round(took_ms, 2),
    }
    return web.json_response(masked_event(body, may) if asked.call_id else body)


def _judge(rules: Rules, spoken: Sequence[Utterance], context: Context) -> tuple[Assessment, float]:
    began = time.perf_counter()
    found = rules.judge([rules.scan(one) for one in spoken], context)
    return found, (time.perf_counter() - began) * 1000


def _verdict(one: Assessment) -> tuple[Any, ...]:
    return one.alarm_class, one.nature, one.department


def _utterance(one: Utterance) -> dict[str, Any]:
    return {
        "segment_index": one.segment_index,
        "speaker": one.speaker.value,
        "text": one.text,
        "started_ms": one.started_ms,
        "ended_ms": one.ended_ms,
    }


async def _spoken(request: web.Request, asked: schema.TryBody) -> tuple[Sequence[Utterance], Context]:
    if asked.call_id is None:
        context = Context(
            local_hour=asked.local_hour, repeat_calls_30d=asked.repeat_calls_30d, silent_ms=asked.silent_ms
        )
        return utterances((Leg(turn.speaker), turn.text) for turn in asked.turns), context
    deps = request.app[DEPS]
    if Permission.SEE_CALLS not in identity_of(request).may:
        raise ApiError("forbidden")
    found = await deps.database.read(said.said_in, asked.call_id)
    if found is None:
        raise ApiError("unknown_call")
    zone = ZoneInfo(deps.settings.timezone)
    hour = found.session.seized_at.astimezone(zone).hour
    return found.utterances, Context(ended=found.session.ended_at is not None, local_hour=hour)


ROUTES = (
    Route(
        method="POST", path="/api/v1/rules/validate", handler=validate, access=Permission.SEE_RULES,
        summary="Every fault of a pack while it is written", request=schema.ValidateBody,
        response=schema.Validated,
    ),
    Route(
        method="POST", path="/api/v1/rules/try", handler=try_out, access=Permission.SEE_RULES,
        summary="A text or a stored call judged by a pack, and by the active one", request=schema.TryBody,
        response=schema.Tried,
    ),
)  # fmt: skip
