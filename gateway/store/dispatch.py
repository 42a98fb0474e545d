"""Reports of the dispatch core that fit no call (yet)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select

from gateway.ports_asides import ReportAside
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import insert_new, made, selected

_TABLE = tables.dispatch_asides


def keep(connection: Connection, row: ReportAside) -> bool:
    known = connection.scalar(select(func.count()).where(_TABLE.c.digest == row.digest))
    insert_new(connection, _TABLE, [row])
    return not known


def waiting_for(connection: Connection, call_id: str) -> Sequence[ReportAside]:
    """In the order in which they came."""
    query = selected(_TABLE, ReportAside).where(_TABLE.c.call_id == call_id, _TABLE.c.code == "unknown_call")
    return made(ReportAside, connection.execute(query.order_by(_TABLE.c.at, _TABLE.c.digest)))


def awaited(connection: Connection, limit: int) -> Sequence[str]:
    query = select(_TABLE.c.call_id).where(_TABLE.c.code == "unknown_call").distinct()
    return connection.scalars(query.order_by(_TABLE.c.call_id).limit(limit)).all()


def given(connection: Connection, digest: str) -> None:
    connection.execute(delete(_TABLE).where(_TABLE.c.digest == digest))


def forget(connection: Connection, before: datetime, most: int) -> Sequence[ReportAside]:
    newest = select(_TABLE.c.digest).order_by(_TABLE.c.at.desc(), _TABLE.c.digest).limit(most)
    old = or_(_TABLE.c.at < before, _TABLE.c.digest.not_in(newest))
    gone = made(ReportAside, connection.execute(selected(_TABLE, ReportAside).where(old)))
    connection.execute(delete(_TABLE).where(_TABLE.c.digest.in_([row.digest for row in gone])))
    return gone


class StoredReportAsides:
    """Implements `gateway.ports_asides.ReportAsides` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: ReportAside) -> bool:
        return await self._database.write(keep, row)

    async def waiting_for(self, call_id: str) -> Sequence[ReportAside]:
        return await self._database.read(waiting_for, call_id)

    async def awaited(self, limit: int) -> Sequence[str]:
        return await self._database.read(awaited, limit)

    async def given(self, digest: str) -> None:
        await self._database.write(given, digest)

    async def forget(self, before: datetime, most: int) -> Sequence[ReportAside]:
        return await self._database.write(forget, before, most)
