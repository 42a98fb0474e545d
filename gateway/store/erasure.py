"""Lawful erasure: what the store holds of one call is destroyed. Its rows in the journal keep their
commitments, so the chain still verifies and no guess of what they said can be confirmed (`journal.chain`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, update

from gateway.calls.erased import EraseCall
from gateway.ports import Erasure
from gateway.store import tables
from gateway.store import tables_threads as threads

GONE = b"null"
"""Payload of an event that was erased; its row holds the sequence numbers. One not yet sent is never sent."""
SHORTEST_NUMBER = 7
"""Digits that a body's number must share with the caller's to be taken for the same line."""
_OF_CALL: Sequence[Table] = (
    tables.segments, tables.card_fields, tables.assessments, tables.location_bodies, tables.judged_calls,
    tables.shadow_verdicts, tables.instructions, tables.dispatch_asides, tables.share_links,
    threads.text_messages, threads.text_states,
)  # fmt: skip
"""Tables with rows of a call that go whole."""


def erase(connection: Connection, erasure: Erasure) -> None:
    """Within the commit that journals the request. Beside what the call has, bodies that wait under its
    Call-ID or its number. SQLite overwrites what it deletes."""
    on_file = connection.dialect.name == "sqlite"
    if on_file:
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    _unsay(connection, erasure.call_id)
    for table in _OF_CALL:
        connection.execute(delete(table).where(table.c.call_id == erasure.call_id))
    if waiting := _waiting(connection, erasure):
        rows = tables.location_bodies
        connection.execute(delete(rows).where(rows.c.digest.in_(waiting)))
    attempts = tables.attempts
    connection.execute(
        delete(attempts).where(attempts.c.effect.contains(f"'{erasure.call_id}'", autoescape=True))
    )
    if on_file:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def _unsay(connection: Connection, call_id: str) -> None:
    """Payload and salt together; events lose theirs and are not sent any more."""
    journal, outbox = tables.journal, tables.outbox
    own = and_(journal.c.kind == "call", journal.c.key == call_id, journal.c.type != EraseCall.__name__)
    connection.execute(update(journal).where(own).values(payload=None, salt=None))
    connection.execute(
        update(outbox).where(outbox.c.call_id == call_id).values(payload=GONE, sent=True, parked=None)
    )


def _waiting(connection: Connection, erasure: Erasure) -> list[str]:
    """Digests of bodies that never found the call and are its caller's: by its Call-ID at any time, by its
    number while a body could have been meant for it."""
    rows = tables.location_bodies.c
    by_key: list[ColumnElement[bool]] = []
    if erasure.sip_call_id:
        by_key.append(and_(rows.key_kind == "sip_call_id", rows.key == erasure.sip_call_id))
    if erasure.number:
        by_key.append(and_(rows.key_kind == "number", rows.received_at.between(erasure.since, erasure.until)))
    if not by_key:
        return []
    found = connection.execute(
        select(rows.digest, rows.key_kind, rows.key).where(tables.UNMATCHED, or_(*by_key))
    )
    return [
        row.digest for row in found if row.key_kind == "sip_call_id" or _same(row.key, erasure.number or "")
    ]


def _same(key: str, number: str) -> bool:
    """A body is keyed by the national form, a call has the number as its trunk told it."""
    return len(key) >= SHORTEST_NUMBER and number.endswith(key)
