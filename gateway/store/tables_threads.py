"""Tables of text calls: their messages, and how it stands with each answer. Columns as
`gateway.ports_desk`."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from gateway.store.columns import Key, Moment, Plain, metadata

text_messages = Table(
    "text_messages", metadata,
    Column("call_id", Key, primary_key=True),
    Column("speaker", Key, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("sent_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("message_id", Plain, nullable=False),
    Column("payload", Text, nullable=False),
    Index("text_messages_by_time", "call_id", "sent_at"),
)  # fmt: skip

text_states = Table(
    "text_states", metadata,
    Column("call_id", Key, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("state", Key, nullable=False),
    Column("reason", Plain, nullable=False),
    Column("at", Moment, nullable=False),
)  # fmt: skip
