"""The loop's one write: everything a group of signals changes, in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.exc import IntegrityError

from gateway.ports import Commit
from gateway.store import erasure, tables
from gateway.store import tables_threads as threads
from gateway.store.rows import insert, insert_new, upsert


class NumberTaken(Exception):
    """A number of the journal or of the outbox is already there."""


def write_commit(connection: Connection, commit: Commit) -> None:
    """All or nothing. Raises NumberTaken before anything else is written."""
    try:
        insert(connection, tables.journal, commit.journal)
        insert(connection, tables.outbox, commit.outbox)
    except IntegrityError as error:
        raise NumberTaken from error
    upsert(connection, tables.aggregates, commit.aggregates)
    upsert(connection, tables.calls, commit.calls)
    upsert(connection, tables.orders, commit.orders)
    insert_new(connection, tables.segments, commit.segments)
    upsert(connection, tables.incidents, commit.incidents)
    upsert(connection, tables.plan_runs, commit.plans)
    insert_new(connection, threads.text_messages, commit.texts)
    upsert(connection, threads.text_states, commit.text_states)
    upsert(connection, tables.instructions, commit.instructions)
    upsert(connection, tables.card_fields, commit.card_fields)
    insert(connection, tables.assessments, commit.assessments)
    insert_new(connection, tables.answers, commit.answers)
    upsert(connection, tables.attempts, commit.attempts)
    upsert(connection, tables.timers, [timer for timer in commit.timers if timer.due_at is not None])
    if removed := [(timer.kind, timer.key, timer.name) for timer in commit.timers if timer.due_at is None]:
        timers = tables.timers.c
        connection.execute(
            delete(tables.timers).where(tuple_(timers.kind, timers.key, timers.name).in_(removed))
        )
    for each in commit.erased:
        erasure.erase(connection, each)


def is_known(connection: Connection, commit: Commit) -> bool:
    """Whether this very commit is already there, by the hash of its last journal row."""
    if not commit.journal:
        return False
    last = commit.journal[-1]
    stored = connection.scalar(select(tables.journal.c.hash).where(tables.journal.c.seq == last.seq))
    return stored == last.hash
