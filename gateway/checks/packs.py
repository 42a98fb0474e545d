"""The rule pack that judges: it is the store's, and the folder only seeds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import Config, ConfigError
from gateway.journal.codec import decode, from_text
from gateway.ports import StoreUnavailable
from gateway.rulebook.content import content_of
from gateway.rulebook.model import Rulebook
from gateway.store import loop, packs
from gateway.store.database import open_database
from gateway.store.migrate import NEWEST, version
from gateway.triage.engine import Triage, read_sources
from gateway.triage.problem import RulePackError

NAME = "rules.active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The rulebook of the store, and the files of its active pack."""

    book: Rulebook
    sources: Mapping[str, bytes]


async def active_pack(config: Config) -> Line | None:
    """None: the store cannot be asked, which the check of the database tells."""
    try:
        found = await _stored(config)
    except (StoreUnavailable, ConfigError, ValueError, ArgumentError):
        return None
    if found is None:
        return ok(
            NAME,
            "数据库尚无规则包，首次启动时以文件夹中的为第1版",
            "the store has no rule pack yet; at the first start the folder's becomes version 1",
        )
    active = found.book.active
    number = active.version if active else 0
    try:
        await in_thread(lambda: Triage.build(found.sources))
    except RulePackError as error:
        return fail(
            NAME,
            f"已启用的规则包（第{number}版）不能使用：{error.zh}",
            f"the active rule pack (version {number}) cannot be used: {error}",
            "在规则工坊回退（intake110 rules rollback），或启用可用的草稿",
            "roll back (intake110 rules rollback), or activate a draft that can be used",
        )
    known = {found.book.folder, *(pack.content.hash for pack in found.book.stack)}
    folder = await in_thread(lambda: content_of(read_sources(config.triage.rules)).hash)
    if folder not in known:
        return warn(
            NAME,
            f"{config.triage.rules} 与数据库中的规则不同，未自动采用；第{number}版在用",
            f"{config.triage.rules} differs from the store's and was not taken; version {number} judges",
            "先看 intake110 rules diff --rules，再用 intake110 rules import 建立草稿",
            "see intake110 rules diff --rules FOLDER, then make a draft: intake110 rules import",
        )
    return ok(NAME, f"规则包第{number}版在用", f"version {number} of the site's rule packs judges")


async def _stored(config: Config) -> Stored | None:
    url = config.store_url()
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not await in_thread(Path(parsed.database or "").exists):
        return None
    database = open_database(url)
    try:
        return await database.read(_read, config.site.name)
    finally:
        await database.close()


def _read(connection: Connection, site: str) -> Stored | None:
    if version(connection) != NEWEST:
        return None  # the gateway brings the tables up to date when it starts
    row = loop.aggregate(connection, "rulebook", site)
    book: Rulebook | None = decode(Rulebook, from_text(row.state)) if row else None
    if book is None or book.active is None:
        return None
    return Stored(book=book, sources=packs.pack_sources(connection, book.active.content.hash) or {})
