"""Messages of text calls as pages read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.ports_desk import TextRow, TextStateRow
from gateway.store import tables_threads as tables
from gateway.store.rows import made, selected

MESSAGES_LIMIT = 800
"""Messages of one call that a page gets: more than a call may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One message and, of an answer, how it stands with it."""

    row: TextRow
    state: TextStateRow | None


def messages_of(connection: Connection, call_id: str) -> list[Whole]:
    """In the order in which they were sent; those of the same moment: the caller's first, then by their
    number."""
    rows = tables.text_messages.c
    query = selected(tables.text_messages, TextRow).where(rows.call_id == call_id)
    query = query.order_by(rows.sent_at, rows.speaker.desc(), rows.index).limit(MESSAGES_LIMIT)
    states = {
        row.index: row
        for row in made(
            TextStateRow,
            connection.execute(
                selected(tables.text_states, TextStateRow).where(tables.text_states.c.call_id == call_id)
            ),
        )
    }
    return [
        Whole(row=row, state=states.get(row.index) if row.speaker == "call_taker" else None)
        for row in made(TextRow, connection.execute(query))
    ]


def message_of(connection: Connection, call_id: str, speaker: str, index: int) -> TextRow | None:
    rows = tables.text_messages.c
    query = selected(tables.text_messages, TextRow).where(
        rows.call_id == call_id, rows.speaker == speaker, rows.index == index
    )
    return next(iter(made(TextRow, connection.execute(query))), None)
