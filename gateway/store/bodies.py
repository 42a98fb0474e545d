"""Location bodies as they were handed in, and the calls they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from gateway.ports import BodyRow, Waiting
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import insert_new, made, selected

NUMBER = "number"
"""The `key_kind` under which a body waits for the call of a telephone number."""


def keep(connection: Connection, row: BodyRow) -> BodyRow:
    insert_new(connection, tables.location_bodies, [row])
    found = one(connection, row.digest)
    return found or row


def one(connection: Connection, digest: str) -> BodyRow | None:
    """One body whole, by its digest."""
    query = selected(tables.location_bodies, BodyRow).where(tables.location_bodies.c.digest == digest)
    return next(iter(made(BodyRow, connection.execute(query))), None)


def waiting_for(connection: Connection, key_kind: str, key: str, since: datetime) -> Sequence[BodyRow]:
    rows = tables.location_bodies.c
    query = selected(tables.location_bodies, BodyRow).where(
        rows.key_kind == key_kind, rows.key == key, rows.received_at >= since, tables.UNMATCHED
    )
    return made(BodyRow, connection.execute(query.order_by(rows.received_at, rows.digest)))


def matched(connection: Connection, digest: str, call_id: str, at: datetime) -> None:
    rows = tables.location_bodies.c
    change = update(tables.location_bodies).where(rows.digest == digest, tables.UNMATCHED)
    connection.execute(change.values(call_id=call_id, matched_at=at))


def waiting(connection: Connection, since: datetime) -> Waiting:
    rows = tables.location_bodies.c
    query = select(func.count(), func.coalesce(func.sum(func.length(rows.body)), 0))
    count, size = connection.execute(query.where(rows.received_at >= since, tables.UNMATCHED)).one()
    return Waiting(count=count, size_bytes=int(size))


def of_call(connection: Connection, call_id: str) -> int:
    rows = tables.location_bodies.c
    return connection.scalar(select(func.count()).where(rows.call_id == call_id)) or 0


def call_of(connection: Connection, key_kind: str, keys: Sequence[str], since: datetime) -> str | None:
    calls = tables.calls.c
    column = calls.ani if key_kind == NUMBER else calls.sip_call_id
    late = or_(calls.seized_at >= since, calls.ended_at.is_(None))
    query = select(calls.call_id).where(column.in_(keys), late)
    found: str | None = connection.scalar(query.order_by(calls.seized_at.desc()).limit(1))
    return found


def forget(connection: Connection, before: datetime) -> int:
    rows = tables.location_bodies
    return connection.execute(delete(rows).where(rows.c.received_at < before)).rowcount


def listed(
    connection: Connection, *, unmatched: bool, call_id: str | None, limit: int
) -> Sequence[dict[str, Any]]:
    """What an auditor looks through, newest first, without the bodies themselves."""
    rows = tables.location_bodies.c
    query = select(
        *(column for column in rows if column.name != "body"), func.length(rows.body).label("size_bytes")
    )
    if unmatched:
        query = query.where(tables.UNMATCHED)
    if call_id is not None:
        query = query.where(rows.call_id == call_id)
    query = query.order_by(rows.received_at.desc(), rows.digest).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


class StoredBodies:
    """Implements `gateway.ports.Bodies` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: BodyRow) -> BodyRow:
        return await self._database.write(keep, row)

    async def waiting_for(self, key_kind: str, key: str, since: datetime) -> Sequence[BodyRow]:
        return await self._database.read(waiting_for, key_kind, key, since)

    async def matched(self, digest: str, call_id: str, at: datetime) -> None:
        await self._database.write(matched, digest, call_id, at)

    async def waiting(self, since: datetime) -> Waiting:
        return await self._database.read(waiting, since)

    async def of_call(self, call_id: str) -> int:
        return await self._database.read(of_call, call_id)

    async def call_of(self, key_kind: str, keys: Sequence[str], since: datetime) -> str | None:
        return await self._database.read(call_of, key_kind, keys, since)

    async def forget(self, before: datetime) -> int:
        return await self._database.write(forget, before)
