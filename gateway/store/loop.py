"""What the loop reads: where it stopped, what is open, what was answered, what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from gateway.journal.chain import GENESIS
from gateway.ports import (
    AggregateRow,
    AnswerRow,
    AttemptRow,
    CardFieldRow,
    Head,
    JournalRow,
    SegmentRow,
    TimerRow,
)
from gateway.store import tables
from gateway.store.rows import made, selected

LAST_CODE_POINT = "\U0010ffff"


def head(connection: Connection) -> Head:
    """Of an empty journal: 0, GENESIS and 0."""
    journal, outbox = tables.journal.c, tables.outbox.c
    last = connection.execute(
        select(journal.seq, journal.hash, journal.at).order_by(journal.seq.desc()).limit(1)
    ).first()
    site_seq = connection.scalar(select(func.max(outbox.site_seq)))
    return Head(
        journal_seq=last.seq if last else 0,
        journal_hash=last.hash if last else GENESIS,
        site_seq=site_seq or 0,
        at=last.at if last else None,
    )


def call_ids(connection: Connection, pbx: str, since: datetime) -> frozenset[str]:
    calls = tables.calls.c
    return frozenset(
        connection.scalars(select(calls.call_id).where(calls.pbx == pbx, calls.seized_at >= since))
    )


def calls_of(connection: Connection, ani: str, since: datetime, before: datetime) -> int:
    calls = tables.calls.c
    query = select(func.count()).where(
        calls.ani == ani, calls.seized_at >= since, calls.seized_at < before, tables.COUNTED
    )
    return connection.scalar(query) or 0


def journal_rows(connection: Connection, after_seq: int, limit: int = 1000) -> Sequence[JournalRow]:
    """In order, for verification."""
    query = selected(tables.journal, JournalRow).where(tables.journal.c.seq > after_seq)
    return made(JournalRow, connection.execute(query.order_by(tables.journal.c.seq).limit(limit)))


def open_aggregates(connection: Connection) -> Sequence[AggregateRow]:
    rows = tables.aggregates.c
    query = selected(tables.aggregates, AggregateRow).where(tables.OPEN).order_by(rows.kind, rows.key)
    return made(AggregateRow, connection.execute(query))


def aggregate(connection: Connection, kind: str, key: str) -> AggregateRow | None:
    rows = tables.aggregates.c
    query = selected(tables.aggregates, AggregateRow).where(rows.kind == kind, rows.key == key)
    return next(iter(made(AggregateRow, connection.execute(query))), None)


def segments(connection: Connection, call_id: str) -> Sequence[SegmentRow]:
    rows = tables.segments.c
    query = selected(tables.segments, SegmentRow).where(rows.call_id == call_id)
    order = (rows.started_ms, rows.speaker, rows.reading, rows.index)
    return made(SegmentRow, connection.execute(query.order_by(*order)))


def card_fields(connection: Connection, call_id: str) -> Sequence[CardFieldRow]:
    rows = tables.card_fields.c
    query = selected(tables.card_fields, CardFieldRow).where(rows.call_id == call_id).order_by(rows.name)
    return made(CardFieldRow, connection.execute(query))


def answer(connection: Connection, request_id: str) -> AnswerRow | None:
    query = selected(tables.answers, AnswerRow).where(tables.answers.c.request_id == request_id)
    return next(iter(made(AnswerRow, connection.execute(query))), None)


def timers_due(connection: Connection, until: datetime, limit: int) -> Sequence[TimerRow]:
    """Soonest first."""
    rows = tables.timers.c
    query = selected(tables.timers, TimerRow).where(rows.due_at <= until)
    return made(
        TimerRow, connection.execute(query.order_by(rows.due_at, rows.kind, rows.key, rows.name).limit(limit))
    )


def attempts(connection: Connection, key_prefix: str) -> Sequence[AttemptRow]:
    key = tables.attempts.c.key
    query = selected(tables.attempts, AttemptRow).where(key >= key_prefix, key < key_prefix + LAST_CODE_POINT)
    return made(AttemptRow, connection.execute(query.order_by(key)))
