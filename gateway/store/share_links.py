"""Links that callers were sent, by the hash of their token."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete

from gateway.ports_share import ShareLinkRow
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import insert_new, made, selected


def keep(connection: Connection, row: ShareLinkRow) -> None:
    insert_new(connection, tables.share_links, [row])


def find(connection: Connection, token_hash: str) -> ShareLinkRow | None:
    rows = tables.share_links
    query = selected(rows, ShareLinkRow).where(rows.c.token_hash == token_hash)
    return next(iter(made(ShareLinkRow, connection.execute(query))), None)


def forget(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(tables.share_links).where(tables.share_links.c.at < before)).rowcount


class StoredShareLinks:
    """Implements `gateway.ports_share.ShareLinks` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: ShareLinkRow) -> None:
        await self._database.write(keep, row)

    async def find(self, token_hash: str) -> ShareLinkRow | None:
        return await self._database.read(find, token_hash)

    async def forget(self, before: datetime) -> int:
        return await self._database.write(forget, before)
