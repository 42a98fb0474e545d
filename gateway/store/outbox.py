"""Events on their way out, kept afterwards as the record of what was told to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from gateway.ports import OutboxRow
from gateway.store import tables
from gateway.store.erasure import GONE
from gateway.store.rows import made, selected

PRUNE_LIMIT = 5000
"""Rows removed in one transaction, so that pruning never holds up the loop."""

_SENT = update(tables.outbox).where(tables.outbox.c.site_seq == bindparam("seq")).values(sent=True)


def pending(connection: Connection, after_site_seq: int, limit: int) -> Sequence[OutboxRow]:
    rows = tables.outbox.c
    query = selected(tables.outbox, OutboxRow).where(rows.site_seq > after_site_seq, tables.WAITING)
    return made(OutboxRow, connection.execute(query.order_by(rows.site_seq).limit(limit)))


def waiting(connection: Connection) -> int:
    """How many events are not out yet."""
    return connection.scalar(select(func.count()).select_from(tables.outbox).where(tables.WAITING)) or 0


def parked(connection: Connection, limit: int = 100) -> Sequence[tuple[int, str, str]]:
    """(site_seq, topic, the broker's reason), newest first."""
    rows = tables.outbox.c
    query = select(rows.site_seq, rows.topic, rows.parked).where(rows.parked.is_not(None))
    return [
        (seq, topic, reason)
        for seq, topic, reason in connection.execute(query.order_by(rows.site_seq.desc()).limit(limit))
    ]


def mark_sent(connection: Connection, site_seqs: Sequence[int]) -> None:
    if site_seqs:
        connection.execute(_SENT, [{"seq": seq} for seq in site_seqs])


def park(connection: Connection, site_seq: int, reason: str) -> None:
    connection.execute(
        update(tables.outbox).where(tables.outbox.c.site_seq == site_seq).values(parked=reason)
    )


def events_of(connection: Connection, call_id: str, after_call_seq: int, limit: int) -> Sequence[OutboxRow]:
    """The events of one call in their order, sent or not; erased ones are left out."""
    rows = tables.outbox.c
    query = selected(tables.outbox, OutboxRow).where(
        rows.call_id == call_id, rows.call_seq > after_call_seq, rows.payload != GONE
    )
    return made(OutboxRow, connection.execute(query.order_by(rows.call_seq).limit(limit)))


def prune(connection: Connection, before: datetime, limit: int = PRUNE_LIMIT) -> int:
    """Forget events sent before then, oldest first, never the newest (it holds the sequence). How many."""
    rows = tables.outbox.c
    newest = select(func.max(rows.site_seq)).scalar_subquery()
    old = (
        select(rows.site_seq)
        .where(rows.sent, rows.at < before, rows.site_seq < newest)
        .order_by(rows.site_seq)
        .limit(limit)
    )
    return connection.execute(delete(tables.outbox).where(rows.site_seq.in_(old))).rowcount
