"""Models of the second opinion by the hash of their files. Which one is in use stands in the rulebook's
aggregate, journaled, and nowhere else."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.store import tables
from gateway.store.database import Database
from gateway.store.documents import DocumentRow
from gateway.store.rows import insert_new
from gateway.triage.packfile import content_hash

KIND = "second_opinion"
LISTED = 50
"""Models that a list shows: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOpinion:
    """One model without its files."""

    hash: str
    created_at: datetime
    created_by: str


def keep(connection: Connection, files: Mapping[str, bytes], at: datetime, by: str) -> str:
    digest = content_hash(files)
    payload = json.dumps({name: base64.b64encode(data).decode() for name, data in sorted(files.items())})
    row = DocumentRow(
        kind=KIND, name=digest, version=1, hash=digest, payload=payload, created_at=at, created_by=by,
        active=False,
    )  # fmt: skip
    insert_new(connection, tables.documents, [row])
    return digest


def files(connection: Connection, digest: str) -> dict[str, bytes] | None:
    rows = tables.documents.c
    payload = connection.scalar(select(rows.payload).where(rows.kind == KIND, rows.name == digest))
    if payload is None:
        return None
    return {name: base64.b64decode(data) for name, data in json.loads(payload).items()}


def listed(connection: Connection) -> Sequence[StoredOpinion]:
    """Newest first."""
    rows = tables.documents.c
    query = select(rows.name, rows.created_at, rows.created_by).where(rows.kind == KIND)
    found = connection.execute(query.order_by(rows.created_at.desc(), rows.name).limit(LISTED))
    return [StoredOpinion(hash=name, created_at=at, created_by=by) for name, at, by in found]


class StoredOpinions:
    """Implements `gateway.ports.ModelLibrary`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, files: Mapping[str, bytes], at: datetime, by: str) -> str:
        return await self._database.write(keep, files, at, by)

    async def files(self, digest: str) -> Mapping[str, bytes] | None:
        return await self._database.read(files, digest)
