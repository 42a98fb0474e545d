"""Results of second passes that workers made, until the gateway that asked has taken them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.store import tables
from gateway.store.database import Database


def save(connection: Connection, job_id: str, payload: str | None, fault: str | None, at: datetime) -> None:
    """The newest outcome of a job takes the place of an older one."""
    rows = tables.reviews
    connection.execute(delete(rows).where(rows.c.job_id == job_id))
    connection.execute(insert(rows).values(job_id=job_id, payload=payload, fault=fault, at=at))


def take(connection: Connection, job_id: str) -> tuple[str | None, str | None] | None:
    """(payload, fault) of a job that is done, once; None: it is not."""
    rows = tables.reviews.c
    found = connection.execute(select(rows.payload, rows.fault).where(rows.job_id == job_id)).first()
    if found is None:
        return None
    connection.execute(delete(tables.reviews).where(rows.job_id == job_id))
    return found.payload, found.fault


def forget(connection: Connection, before: datetime) -> int:
    """Results that nobody came for. How many."""
    return connection.execute(delete(tables.reviews).where(tables.reviews.c.at < before)).rowcount


class Reviews:
    """The queries above, for whoever waits in an event loop (`gateway.speech.queued.Results`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, job_id: str, payload: str | None, fault: str | None, at: datetime) -> None:
        await self._database.write(save, job_id, payload, fault, at)

    async def take(self, job_id: str) -> tuple[str | None, str | None] | None:
        return await self._database.write(take, job_id)

    async def forget(self, before: datetime) -> None:
        await self._database.write(forget, before)
