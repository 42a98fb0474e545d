"""Tables of texts that were sent."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from gateway.store.columns import Key, Moment, metadata

sent_texts = Table(
    "sent_texts", metadata,
    Column("message_id", Key, primary_key=True),
    Column("family", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("provider_id", Key),
    Index("sent_texts_by_provider", "provider_id"),
    Index("sent_texts_by_time", "at"),
)  # fmt: skip
