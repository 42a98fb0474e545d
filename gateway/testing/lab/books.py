"""What must hold of a gateway's database after whatever happened to the gateway."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from sqlalchemy import Connection, select

from gateway.journal.chain import verify
from gateway.store import loop, tables
from gateway.store.store import open_store

MAX_ROWS = 100_000
"""Rows of a test's journal that are verified."""


async def faults_in_books(url: str) -> list[str]:
    """Broken chains, doubled or missing numbers, events not sent; empty when the books are in order."""
    store = await open_store(url)
    try:
        return await store.database.read(_faults)
    finally:
        await store.close()


def _faults(connection: Connection) -> list[str]:
    found = []
    if fault := verify(loop.journal_rows(connection, 0, MAX_ROWS)):
        found.append(f"journal row {fault.seq}: {fault.reason}")
    outbox, segments = tables.outbox.c, tables.segments.c
    numbers: dict[str, list[int]] = defaultdict(list)
    ids: Counter[str] = Counter()
    for row in connection.execute(
        select(outbox.event_id, outbox.call_id, outbox.call_seq).order_by(outbox.site_seq)
    ):
        ids[row.event_id] += 1
        if row.call_id is not None:
            numbers[row.call_id].append(row.call_seq)
    found += [f"event {name} stands {count} times" for name, count in ids.items() if count > 1]
    found += [
        f"{call}: events are numbered {seqs}"
        for call, seqs in numbers.items()
        if seqs != list(range(1, len(seqs) + 1))
    ]
    said = Counter(
        (row.call_id, row.speaker, row.reading, row.started_ms, json.loads(row.payload)["text"])
        for row in connection.execute(
            select(
                segments.call_id, segments.speaker, segments.reading, segments.started_ms, segments.payload
            )
        )
    )
    return found + [f"segment {words} stands {count} times" for words, count in said.items() if count > 1]
