"""The rule workshop, reading: the rulebook, packs and files, the tree of rules, differences, history."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.desk.board import stamp
from gateway.reports.quality import Measure, RuleCount
from gateway.rulebook.content import Sources, changed_files, content_of
from gateway.runtime.packs import Packs, UnusablePack
from gateway.runtime.workshop import Workshop
from gateway.store import packs as stored
from gateway.store import quality
from gateway.triage import packdiff
from gateway.triage.packdiff import Part
from gateway.web import rule_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, WebDeps, query_of
from gateway.web.rulebook import Reader, rulebook_json

HASH_SHOWN = 8
"""Characters of a hash that name a pack where they fit one only."""


def workshop_of(request: web.Request) -> Workshop:
    workshop = request.app[DEPS].workshop
    if workshop is None:
        raise ApiError("not_available")
    return workshop


def packs_of(request: web.Request) -> Packs:
    return workshop_of(request).packs


async def show_rulebook(request: web.Request) -> web.Response:
    deps, identity = request.app[DEPS], identity_of(request)
    workshop, now = workshop_of(request), deps.clock.now()
    reader = Reader(name=identity.user.username, may=identity.may)
    return web.json_response(rulebook_json(workshop.packs, reader, now, workshop.back_tests.progress))


async def list_packs(request: web.Request) -> web.Response:
    """Every content that was ever kept, the newest 200."""
    rows = await request.app[DEPS].database.read(stored.list_packs)
    book = packs_of(request).book
    versions = {pack.content.hash: pack.version for pack in book.stack}
    active = book.active.content.hash if book.active else ""
    items = [
        {
            "content": asdict(row.content),
            "files": len(row.files),
            "size_bytes": sum(size for _, size in row.files.values()),
            "created_at": stamp(row.created_at),
            "created_by": row.created_by,
            "version": versions.get(row.content.hash),
            "active": row.content.hash == active,
        }
        for row in rows
    ]
    return web.json_response({"items": items})


# ---- one pack


async def sources_named(request: web.Request, name: str) -> Sources:
    """The files of `active`, `previous`, `shadow`, `folder`, a draft, or a pack by its hash."""
    packs = packs_of(request)
    book = packs.book
    known = {
        "active": book.active.content.hash if book.active else None,
        "previous": book.previous.content.hash if book.previous else None,
        "shadow": book.shadow.content.hash if book.shadow else None,
        **{draft.draft_id: draft.content.hash for draft in book.drafts},
    }
    try:
        if name == "folder":
            return await packs.folder()
        if name in known:
            return await packs.sources(known[name] or "-")
        if len(name) >= HASH_SHOWN:
            found = await request.app[DEPS].database.read(stored.find_pack, name)
            if found is not None:
                return await packs.sources(found.content.hash)
    except UnusablePack as error:
        raise ApiError("unknown_pack", detail=str(error)) from error
    raise ApiError("unknown_pack")


async def show_pack(request: web.Request) -> web.Response:
    """The files of a pack, without their text."""
    sources = await sources_named(request, request.match_info["pack"])
    return web.json_response({"hash": content_of(sources).hash, "files": _files(sources)})


def _files(sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "size_bytes": len(text),
            "hash": content_of({name: text}).hash,
            "veto": name.startswith(packdiff.VETO_PREFIX),
        }
        for name, text in sorted(sources.items())
    ]


async def show_file(request: web.Request) -> web.Response:
    name = query_of(request, schema.FileQuery).name
    sources = await sources_named(request, request.match_info["pack"])
    if name not in sources:
        raise ApiError("not_found")
    body = {"name": name, "hash": content_of(sources).hash, "text": sources[name].decode(errors="replace")}
    return web.json_response(body)


async def show_tree(request: web.Request) -> web.Response:
    """Rules by class, nature and department, with how often each spoke in the last days."""
    days, deps = query_of(request, schema.TreeQuery).days, request.app[DEPS]
    sources = await sources_named(request, request.match_info["pack"])
    held, unread = await asyncio.to_thread(packdiff.parts, sources)
    fired = await _fired(deps, days)
    rules = [_rule(part, fired) for part in held.values() if part.is_rule]
    return web.json_response({
        "hash": content_of(sources).hash, "days": days, "branches": _branches(rules), "rules": rules,
        "vetoes": [file for file in _files(sources) if file["veto"]], "unread": list(unread),
    })  # fmt: skip


async def _fired(deps: WebDeps, days: int) -> Counter[str]:
    today = deps.clock.now().astimezone(ZoneInfo(deps.settings.timezone)).date()
    since = today - timedelta(days=days - 1)
    found = await deps.database.read(
        quality.counted, since.isoformat(), today.isoformat(), [Measure.RULE]
    )  # fmt: skip
    fired: Counter[str] = Counter()
    for counts in found.values():
        for (_, rule_id, what), number in counts.items():
            if what == RuleCount.FIRED:
                fired[rule_id] += number
    return fired


def _rule(part: Part, fired: Counter[str]) -> dict[str, Any]:
    """As written: a draft may hold anything, so nothing is taken for granted."""
    value = part.value
    said = value.get("explanation")
    told: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    return {
        "id": part.name,
        "file": part.file,
        "line": part.line,
        "class": str(value.get("class", "")),
        "nature": _text(value.get("nature")),
        "department": _text(value.get("department")),
        "priority": _number(value.get("priority"), int),
        "weight": _number(value.get("weight"), float),
        "explanation_zh": str(told.get("zh", "")),
        "explanation_en": str(told.get("en", "")),
        "fired": fired[part.name],
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any, kind: type[int] | type[float]) -> float | None:
    try:
        return kind(value)
    except (TypeError, ValueError):
        return None


def _branches(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str | None, str | None], list[int]] = {}
    for rule in rules:
        place = (rule["class"], rule["nature"], rule["department"])
        counts = found.setdefault(place, [0, 0])
        counts[0] += 1
        counts[1] += rule["fired"]
    order = sorted(found.items(), key=lambda item: [part or "" for part in item[0]])
    return [
        {"class": place[0], "nature": place[1], "department": place[2], "rules": rules, "fired": fired}
        for place, (rules, fired) in order
    ]


async def show_diff(request: web.Request) -> web.Response:
    """What `after` has otherwise than `before`, rule by rule."""
    asked = query_of(request, schema.DiffQuery)
    before = await sources_named(request, asked.before)
    after = await sources_named(request, asked.after)
    found = await asyncio.to_thread(packdiff.compare, before, after)
    return web.json_response({
        "before": content_of(before).hash, "after": content_of(after).hash, **asdict(found),
        "files": list(changed_files(before, after)),
    })  # fmt: skip


async def show_history(request: web.Request) -> web.Response:
    """Every step as it was journaled, newest first."""
    asked, deps = query_of(request, schema.HistoryQuery), request.app[DEPS]
    site = packs_of(request).book.site
    rows = await deps.database.read(stored.history, site, asked.before, asked.limit)
    items = []
    for row in rows:
        data = json.loads(row.payload or "{}")
        items.append(
            {
                "seq": row.seq,
                "at": stamp(row.at),
                "type": row.type,
                "actor": data.get("actor"),
                "draft_id": data.get("draft_id"),
                "data": masked_event(data, identity_of(request).may),
            }
        )
    return web.json_response({"items": items, "next": rows[-1].seq if len(rows) == asked.limit else None})


_RULES = "/api/v1/rules"
_PACK = f"{_RULES}/packs/{{pack}}"
_SEE = Permission.SEE_RULES
ROUTES = (
    Route(
        method="GET", path=_RULES, handler=show_rulebook, access=_SEE, response=schema.RulebookShown,
        summary="The active rule pack, drafts, and what the reader may do with them",
    ),
    Route(
        method="GET", path=f"{_RULES}/packs", handler=list_packs, access=_SEE, response=schema.PackList,
        summary="Every rule pack that the store keeps",
    ),
    Route(
        method="GET", path=_PACK, handler=show_pack, access=_SEE, response=schema.PackFiles,
        summary="The files of a pack: active, previous, shadow, folder, a draft's id or a hash",
    ),
    Route(
        method="GET", path=f"{_PACK}/file", handler=show_file, access=_SEE, query=schema.FileQuery,
        response=schema.FileBody, summary="One file of a pack",
    ),
    Route(
        method="GET", path=f"{_PACK}/tree", handler=show_tree, access=_SEE, query=schema.TreeQuery,
        response=schema.RuleTree, summary="Rules by class, nature and department, with how often they spoke",
    ),
    Route(
        method="GET", path=f"{_RULES}/diff", handler=show_diff, access=_SEE, query=schema.DiffQuery,
        response=schema.PackDiff, summary="Two packs compared rule by rule",
    ),
    Route(
        method="GET", path=f"{_RULES}/history", handler=show_history, access=_SEE,
        query=schema.HistoryQuery, response=schema.HistoryList, summary="Every step, as journaled",
    ),
)  # fmt: skip
