"""The rule workshop, figures: what a draft did on what was said before, and what the pack in shadow says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.desk.board import stamp
from gateway.journal.codec import encode
from gateway.store import backtests, shadows
from gateway.store.backtests import BackTestRow
from gateway.store.shadows import Agreement, ShadowRow
from gateway.triage.backtest import Flip, Result, Said
from gateway.web import rule_test_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, query_of
from gateway.web.rules import workshop_of

May = frozenset[Permission]


async def show_test(request: web.Request) -> web.Response:
    """The last back-test of a draft, or that of one run."""
    asked, deps = query_of(request, schema.BackTestQuery), request.app[DEPS]
    may = identity_of(request).may
    body = await deps.database.read(
        _test, request.match_info["draft_id"], asked.run_id, (asked.offset, asked.limit), may
    )
    if body is None:
        raise ApiError("not_found")
    return web.json_response(body)


# What follows runs beside the database, not in the event loop: decoding takes its time.


def _test(
    connection: Connection, draft_id: str, run_id: str | None, page: tuple[int, int], may: May
) -> dict[str, Any] | None:
    row = backtests.newest(connection, draft_id, run_id)
    if row is None:
        return None
    result = backtests.read(row)
    flips = result.flips[page[0] : page[0] + page[1]]
    texts = backtests.texts_of(connection, [flip.call_id for flip in flips if flip.call_id])
    return _result(row, result) | {"flips": [_flip(flip, texts, may) for flip in flips]}


def _result(row: BackTestRow, result: Result) -> dict[str, Any]:
    return encode(result) | {
        "run_id": row.run_id,
        "draft_id": row.draft_id,
        "at": stamp(row.at),
        "flips_kept": len(result.flips),
    }


def _flip(flip: Flip, texts: dict[str, str], may: May) -> dict[str, Any]:
    text = texts.get(flip.call_id, "") if flip.call_id else flip.text
    return {
        "name": flip.name,
        "call_id": flip.call_id,
        "text": masked_event(text, may) if flip.call_id else text,
        "truth": _said(flip.truth) if flip.truth else None,
        "source": flip.source.value,
        "active": _said(flip.active),
        "draft": _said(flip.draft),
        "missed": flip.missed,
    }


def _said(one: Said) -> dict[str, Any]:
    told = encode(one)
    return {"class": told.pop("alarm_class"), **told}


# ---- the shadow


async def show_shadow(request: web.Request) -> web.Response:
    """Where active pack and shadow agree, and the calls on which they do not."""
    asked, deps, workshop = query_of(request, schema.ShadowQuery), request.app[DEPS], workshop_of(request)
    draft = workshop.packs.book.shadow
    pack = asked.pack or (draft.content.hash if draft else None)
    body: dict[str, Any] = {
        "pack": pack,
        "draft_id": draft.draft_id if draft and draft.content.hash == pack else None,
        "since": stamp(draft.shadow_since) if draft and draft.content.hash == pack else None,
        "left_out": workshop.shadow.left_out,
        "failed": workshop.shadow.failed,
        "calls": 0,
        "flipped": 0,
        "agreement": [],
        "flips": [],
    }
    if pack is not None:
        body |= await deps.database.read(_shadow, pack, (asked.offset, asked.limit), identity_of(request).may)
    return web.json_response(body)


def _shadow(connection: Connection, pack: str, page: tuple[int, int], may: May) -> dict[str, Any]:
    counts: Sequence[Agreement] = shadows.agreement(connection, pack)
    calls, flipped = shadows.counts(connection, pack)
    rows = shadows.flipped(connection, pack)[page[0] : page[0] + page[1]]
    texts = backtests.texts_of(connection, [row.call_id for row in rows])
    return {
        "calls": calls,
        "flipped": flipped,
        "agreement": [encode(one) for one in counts],
        "flips": [_line(row, texts.get(row.call_id, ""), may) for row in rows],
    }


def _line(row: ShadowRow, text: str, may: May) -> dict[str, Any]:
    return {
        "call_id": row.call_id,
        "at": stamp(row.at),
        "text": masked_event(text, may),
        "active": _codes(row.active_class, row.active_nature, row.active_department),
        "shadow": _codes(row.shadow_class, row.shadow_nature, row.shadow_department),
    }


def _codes(alarm_class: str, nature: str, department: str) -> dict[str, Any]:
    return {"class": alarm_class, "nature": nature, "department": department or None, "vetoed": False}


ROUTES = (
    Route(
        method="GET", path="/api/v1/rules/drafts/{draft_id}/test", handler=show_test,
        access=Permission.SEE_RULES, query=schema.BackTestQuery, response=schema.BackTestShown,
        summary="What a draft did on the stored calls and the corpora",
    ),
    Route(
        method="GET", path="/api/v1/rules/shadow", handler=show_shadow, access=Permission.SEE_RULES,
        query=schema.ShadowQuery, response=schema.ShadowShown,
        summary="What the pack in shadow says of the calls, beside the active one",
    ),
)  # fmt: skip
