"""Versioned documents: rule packs, directory, plans, places. A version is never changed and never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from gateway.store import tables
from gateway.store.rows import insert, made, selected


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """`hash` names the content; at most one version of a (kind, name) is `active`."""

    kind: str
    name: str
    version: int
    hash: str
    payload: str
    created_at: datetime
    created_by: str
    active: bool


def add_document(
    connection: Connection, *, kind: str, name: str, content_hash: str, payload: str, at: datetime, by: str
) -> int:
    """A new version, not active yet; the same content again is the version it already has."""
    rows = tables.documents.c
    own = and_(rows.kind == kind, rows.name == name)
    known: int | None = connection.scalar(select(rows.version).where(own, rows.hash == content_hash))
    if known is not None:
        return known
    version: int = (connection.scalar(select(func.max(rows.version)).where(own)) or 0) + 1
    row = DocumentRow(
        kind=kind, name=name, version=version, hash=content_hash, payload=payload, active=False,
        created_at=at, created_by=by,
    )  # fmt: skip
    insert(connection, tables.documents, [row])
    return version


def activate_document(connection: Connection, kind: str, name: str, version: int) -> bool:
    """That version and no other from now on. False: there is no such version, and nothing was changed."""
    documents = tables.documents
    own = and_(documents.c.kind == kind, documents.c.name == name)
    if connection.scalar(select(documents.c.version).where(own, documents.c.version == version)) is None:
        return False
    connection.execute(update(documents).where(own).values(active=documents.c.version == version))
    return True


def active_documents(connection: Connection, kind: str) -> Sequence[DocumentRow]:
    rows = tables.documents.c
    query = selected(tables.documents, DocumentRow).where(rows.kind == kind, rows.active).order_by(rows.name)
    return made(DocumentRow, connection.execute(query))


def versions(connection: Connection, kind: str, name: str) -> Sequence[DocumentRow]:
    """Newest first."""
    rows = tables.documents.c
    query = selected(tables.documents, DocumentRow).where(rows.kind == kind, rows.name == name)
    return made(DocumentRow, connection.execute(query.order_by(rows.version.desc())))
