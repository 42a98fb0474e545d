"""The flood shield's pages: floods under way, who is suspected and where they stand, and the evidence."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection

from gateway.archive import floodpack
from gateway.calls.model import CallState
from gateway.desk.board import stamp
from gateway.desk.incidents import said, shown
from gateway.desk.incidents.ranked import By, Rank, Stands, Suspect, ranked, stands
from gateway.desk.incidents.shield import WAITED_IN_VAIN_S, FloodLimits
from gateway.logs import mask
from gateway.store import floods as evidence
from gateway.store import reads, together
from gateway.store.suspects import suspects
from gateway.store.together import floods_of
from gateway.web import flood_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, query_of

log = structlog.get_logger(__name__)

MOST_CALLS = 100
"""Suspected calls that the page lists: those on the line and the newest; the evidence has all."""
NUMBERS = ("one_ring", "same_number")
"""Kinds of floods whose key is a telephone number."""


async def list_floods(request: web.Request) -> web.Response:
    deps, may = request.app[DEPS], identity_of(request).may
    floods = await deps.database.read(floods_of, deps.settings.site)
    live = await deps.database.read(_suspected)
    body = shown.floods_json(floods, deps.settings.reserved_seats, ranked=deps.settings.rank_in_queue)
    if Permission.SEE_NUMBERS not in may:
        for each in (*body["now"], *body["past"]):
            each["key"] = mask(each["key"]) if each["kind"] in NUMBERS else each["key"]
    return web.json_response({**body, "suspected": live})


def _suspected(connection: Connection) -> int:
    lines = (together.session_of(line.state) for line in reads.live_calls(connection))
    return sum(1 for s in lines if s.together.suspicion is not None and s.state is not CallState.ENDED)


async def show_shield(request: web.Request) -> web.Response:
    asked, deps = query_of(request, schema.SuspectsQuery), request.app[DEPS]
    numbers = Permission.SEE_NUMBERS in identity_of(request).may
    now = deps.clock.now()
    since = now - timedelta(hours=asked.hours)
    found, partly = await deps.database.read(suspects, since)
    told = shield_json(
        found, since, now, deps.settings.flood, in_queue=deps.settings.rank_in_queue, numbers=numbers
    )
    return web.json_response({**told, "partly": partly})


def shield_json(
    found: Sequence[Suspect], since: datetime, until: datetime, limits: FloodLimits, *, in_queue: bool,
    numbers: bool,
) -> dict[str, Any]:  # fmt: skip
    """`ShieldShown`, but for `partly`; `numbers` False: telephone numbers are covered."""
    first = sorted(found, key=lambda each: each.ended_at is not None)[:MOST_CALLS]
    return {
        "since": stamp(since), "until": stamp(until),
        "ranks": {by.value: _ranks(found, by, since, until, numbers=numbers) for by in By},
        "calls": [_call(each, until, in_queue=in_queue, numbers=numbers) for each in first],
        "limits": _limits(limits), "order": "pbx" if in_queue else "marked",
    }  # fmt: skip


def _ranks(
    found: Sequence[Suspect], by: By, since: datetime, until: datetime, *, numbers: bool
) -> dict[str, Any]:
    ranks, beyond = ranked(found, by, since, until)
    return {
        "items": [_rank(each, covered=by is By.NUMBER and not numbers) for each in ranks],
        "beyond": beyond,
    }


def _rank(rank: Rank, *, covered: bool) -> dict[str, Any]:
    return {
        "key": mask(rank.key) if covered else rank.key, "calls": rank.calls, "numbers": rank.numbers,
        "live": rank.live, "last": stamp(rank.last), "bins": list(rank.bins),
    }  # fmt: skip


def _call(suspect: Suspect, now: datetime, *, in_queue: bool, numbers: bool) -> dict[str, Any]:
    covered = not numbers
    why = said.flood(suspect.kind) if suspect.kind else said.Sentence(zh="", en="")
    key = mask(suspect.key) if covered and suspect.kind and suspect.kind.value in NUMBERS else suspect.key
    until = suspect.answered_at or suspect.ended_at or now
    where = stands(suspect, ranked_in_queue=in_queue)
    return {
        "call_id": suspect.call_id, "seized_at": stamp(suspect.seized_at),
        "number": mask(suspect.number) if covered and suspect.number else suspect.number,
        "kind": suspect.kind.value if suspect.kind else None, "key": key, "calls": suspect.calls,
        "stands": (Stands.CLEARED if suspect.kind is None else where).value,
        "waited_ms": max(0, round((until - suspect.seized_at).total_seconds() * 1000)),
        "cleared": suspect.cleared, "zh": why.zh, "en": why.en,
    }  # fmt: skip


def _limits(limits: FloodLimits) -> Mapping[str, float]:
    names = schema.LimitsShown.model_fields.keys()
    told = {name: value for name, value in asdict(limits).items() if name in names}
    return {**told, "protected_after_s": max(WAITED_IN_VAIN_S, limits.one_ring_s)}


async def pack(request: web.Request) -> web.Response:
    """The same ZIP as `intake110 flood pack`. Who takes it is written to the log: it holds numbers."""
    asked, deps, who = query_of(request, schema.PackQuery), request.app[DEPS], identity_of(request)
    if Permission.SEE_NUMBERS not in who.may:
        raise ApiError("forbidden")
    until = deps.clock.now()
    since = until - timedelta(hours=asked.hours)
    calls = await deps.database.read(evidence.calls, since, until)
    journal = await deps.database.read(evidence.journal_of, [call.call_id for call in calls], since, until)
    body, digest = await asyncio.to_thread(_packed, calls, journal, since, until)
    log.warning("the evidence of a flood was taken", user=who.user.username, calls=len(calls), sha256=digest)
    name = f"flood-{deps.settings.site}-{until:%Y%m%dT%H%M%SZ}.zip"
    return web.Response(
        body=body, content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
            "Digest": f"sha-256={digest}",
        },
    )  # fmt: skip


def _packed(
    calls: Sequence[Any], journal: Sequence[Any], since: datetime, until: datetime
) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "flood.zip"
        hashes = floodpack.write(file, calls, journal, floodpack.figures(calls, since, until))
        return file.read_bytes(), hashes["pack"]


ROUTES = (
    Route(
        method="GET", path="/api/v1/floods", handler=list_floods, access=Permission.SEE_BOARD,
        summary="Floods under way and the last ones", response=schema.FloodList,
    ),
    Route(
        method="GET", path="/api/v1/floods/suspects", handler=show_shield, access=Permission.SEE_BOARD,
        summary="Suspected calls by number, range, SIP address and trunk, and where each stands",
        query=schema.SuspectsQuery, response=schema.ShieldShown,
    ),
    Route(
        method="GET", path="/api/v1/floods/pack", handler=pack, access=Permission.SUPERVISE,
        summary="The evidence of a flood as one ZIP file", query=schema.PackQuery,
    ),
)  # fmt: skip
