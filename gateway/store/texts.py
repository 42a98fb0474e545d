"""Whose each text is that was sent: what delivery reports are matched by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete

from gateway.ports_text import SentText
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import made, selected, upsert


def keep(connection: Connection, row: SentText) -> None:
    upsert(connection, tables.sent_texts, [row])


def find(connection: Connection, message_id: str | None, provider_id: str | None) -> SentText | None:
    if message_id is None and provider_id is None:
        return None
    rows = tables.sent_texts.c
    by = rows.provider_id == provider_id if message_id is None else rows.message_id == message_id
    query = selected(tables.sent_texts, SentText).where(by).order_by(rows.at.desc()).limit(1)
    return next(iter(made(SentText, connection.execute(query))), None)


def forget(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(tables.sent_texts).where(tables.sent_texts.c.at < before)).rowcount


class StoredTexts:
    """Implements `gateway.ports_text.SentTexts` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: SentText) -> None:
        await self._database.write(keep, row)

    async def find(self, message_id: str | None, provider_id: str | None) -> SentText | None:
        return await self._database.read(find, message_id, provider_id)

    async def forget(self, before: datetime) -> int:
        return await self._database.write(forget, before)
