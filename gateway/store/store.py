"""The `Store` port on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.ports import (
    AggregateRow,
    AnswerRow,
    AttemptRow,
    CardFieldRow,
    Commit,
    FencedOut,
    Head,
    OutboxRow,
    SegmentRow,
    TimerRow,
)
from gateway.store import loop, outbox
from gateway.store.commit import NumberTaken, is_known, write_commit
from gateway.store.database import Database, open_database
from gateway.store.migrate import migrate


class SqlStore:
    """Implements `gateway.ports.Store`. `database` runs the query functions that pages use."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def head(self) -> Head:
        return await self.database.read(loop.head)

    async def commit(self, commit: Commit) -> None:
        """A commit sent again because the answer to the first try was lost is a success."""
        try:
            await self.database.write(write_commit, commit)
        except NumberTaken as error:
            if not await self.database.read(is_known, commit):
                raise FencedOut(
                    "another gateway has written this journal: this one must stop writing"
                ) from error

    async def open_aggregates(self) -> Sequence[AggregateRow]:
        return await self.database.read(loop.open_aggregates)

    async def aggregate(self, kind: str, key: str) -> AggregateRow | None:
        return await self.database.read(loop.aggregate, kind, key)

    async def call_ids(self, pbx: str, since: datetime) -> frozenset[str]:
        return await self.database.read(loop.call_ids, pbx, since)

    async def calls_of(self, ani: str, since: datetime, before: datetime) -> int:
        return await self.database.read(loop.calls_of, ani, since, before)

    async def segments(self, call_id: str) -> Sequence[SegmentRow]:
        return await self.database.read(loop.segments, call_id)

    async def card_fields(self, call_id: str) -> Sequence[CardFieldRow]:
        return await self.database.read(loop.card_fields, call_id)

    async def answer(self, request_id: str) -> AnswerRow | None:
        return await self.database.read(loop.answer, request_id)

    async def timers_due(self, until: datetime, limit: int = 500) -> Sequence[TimerRow]:
        return await self.database.read(loop.timers_due, until, limit)

    async def attempts(self, key_prefix: str) -> Sequence[AttemptRow]:
        return await self.database.read(loop.attempts, key_prefix)

    async def outbox_pending(self, after_site_seq: int, limit: int = 100) -> Sequence[OutboxRow]:
        return await self.database.read(outbox.pending, after_site_seq, limit)

    async def outbox_sent(self, site_seqs: Sequence[int]) -> None:
        await self.database.note(outbox.mark_sent, site_seqs)

    async def outbox_park(self, site_seq: int, reason: str) -> None:
        await self.database.write(outbox.park, site_seq, reason)

    async def close(self) -> None:
        await self.database.close()


async def open_store(url: str) -> SqlStore:
    """Connect and bring the tables to this version. Raises StoreUnavailable, or TooNew (migrate.py)."""
    database = open_database(url)
    try:
        await database.write(migrate)
    except BaseException:
        await database.close()
        raise
    return SqlStore(database)
