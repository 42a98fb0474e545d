"""Tables of texts that were sent, and of the links in them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

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

share_links = Table(
    "share_links", metadata,
    Column("token_hash", Key, primary_key=True),
    Column("call_id", Key, nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("share_links_by_time", "at"),
)  # fmt: skip
