"""Table of what the dispatch core told units to do."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from gateway.store.columns import Key, Moment, metadata

instructions = Table(
    "instructions", metadata,
    Column("call_id", Key, primary_key=True),
    Column("instruction_id", Key, primary_key=True),
    Column("issued_at", Moment),
    Column("signed_at", Moment),
    Column("cancelled_at", Moment),
    Index("instructions_by_time", "issued_at"),
)  # fmt: skip
