"""Rule packs by the hash of their content. Each file is kept once, however many packs hold it; nothing is
ever deleted. Which pack is active stands in the rulebook's aggregate, journaled, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select

from gateway.ports import JournalRow
from gateway.rulebook.content import content_of
from gateway.rulebook.model import Content
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.documents import DocumentRow
from gateway.store.loop import LAST_CODE_POINT
from gateway.store.rows import insert_new, made, selected

PACKS, FILES = "rules", "rule_file"
"""Kinds of documents: a list of files under the pack's hash, and the files under theirs."""
LISTED = 200
"""Packs that a list shows: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPack:
    """One pack without its files' text. `files`: name to (hash, bytes)."""

    content: Content
    files: Mapping[str, tuple[str, int]]
    created_at: datetime
    created_by: str


def keep_pack(connection: Connection, sources: Mapping[str, bytes], at: datetime, by: str) -> str:
    content = content_of(sources)
    files = {name: (sha256(text).hexdigest(), len(text)) for name, text in sorted(sources.items())}
    listed = {"pack_hash": content.pack_hash, "veto_hash": content.veto_hash, "files": files}
    texts = {files[name][0]: text.decode() for name, text in sources.items()}
    rows = [_row(FILES, name, text, at, by) for name, text in texts.items()]
    insert_new(connection, tables.documents, [*rows, _row(PACKS, content.hash, json.dumps(listed), at, by)])
    return content.hash


def _row(kind: str, name: str, payload: str, at: datetime, by: str) -> DocumentRow:
    return DocumentRow(
        kind=kind,
        name=name,
        version=1,
        hash=name,
        payload=payload,
        created_at=at,
        created_by=by,
        active=False,
    )


def list_packs(connection: Connection, limit: int = LISTED) -> Sequence[StoredPack]:
    """Newest first."""
    rows = tables.documents.c
    query = selected(tables.documents, DocumentRow).where(rows.kind == PACKS)
    found = made(
        DocumentRow, connection.execute(query.order_by(rows.created_at.desc(), rows.name).limit(limit))
    )
    return [_stored(row) for row in found]


def pack(connection: Connection, content_hash: str) -> StoredPack | None:
    rows = tables.documents.c
    query = selected(tables.documents, DocumentRow).where(rows.kind == PACKS, rows.name == content_hash)
    return next((_stored(row) for row in made(DocumentRow, connection.execute(query))), None)


def _stored(row: DocumentRow) -> StoredPack:
    listed = json.loads(row.payload)
    return StoredPack(
        content=Content(hash=row.hash, pack_hash=listed["pack_hash"], veto_hash=listed["veto_hash"]),
        files={name: (told[0], told[1]) for name, told in listed["files"].items()},
        created_at=row.created_at, created_by=row.created_by,
    )  # fmt: skip


def pack_sources(connection: Connection, content_hash: str) -> dict[str, bytes] | None:
    """The files of a pack; None: no such pack."""
    found = pack(connection, content_hash)
    if found is None:
        return None
    rows = tables.documents.c
    wanted = {told[0] for told in found.files.values()}
    query = select(rows.name, rows.payload).where(rows.kind == FILES, rows.name.in_(wanted))
    texts = {name: payload.encode() for name, payload in connection.execute(query)}
    return {name: texts[told[0]] for name, told in found.files.items()}


def find_pack(connection: Connection, prefix: str) -> StoredPack | None:
    """The pack whose hash begins so; None: none, or several."""
    rows = tables.documents.c
    query = selected(tables.documents, DocumentRow).where(
        rows.kind == PACKS, rows.name >= prefix, rows.name < prefix + LAST_CODE_POINT
    )
    found = made(DocumentRow, connection.execute(query.limit(2)))
    return _stored(found[0]) if len(found) == 1 else None


def history(
    connection: Connection, site: str, before: int | None = None, limit: int = 50
) -> Sequence[JournalRow]:
    """What happened to the site's rulebook, as journaled, newest first; what was erased is left out."""
    rows = tables.journal.c
    query = selected(tables.journal, JournalRow).where(
        rows.kind == "rulebook", rows.key == site, rows.payload.is_not(None)
    )
    if before is not None:
        query = query.where(rows.seq < before)
    return made(JournalRow, connection.execute(query.order_by(rows.seq.desc()).limit(limit)))


class StoredPacks:
    """Implements `gateway.ports.Library`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, sources: Mapping[str, bytes], at: datetime, by: str) -> str:
        return await self._database.write(keep_pack, sources, at, by)

    async def sources(self, content_hash: str) -> Mapping[str, bytes] | None:
        return await self._database.read(pack_sources, content_hash)
