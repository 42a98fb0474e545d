"""What is erased by law is nowhere any more, in either database, and the chain still verifies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from gateway.journal.chain import Entry, link, verify
from gateway.ports import (
    AggregateRow,
    AssessmentRow,
    AttemptRow,
    BodyRow,
    CallRow,
    CardFieldRow,
    Commit,
    Erasure,
    Head,
    JournalRow,
    OutboxRow,
    SegmentRow,
    TextRow,
)
from gateway.store import loop, outbox, tables
from gateway.store.bodies import StoredBodies
from gateway.store.columns import metadata
from gateway.store.store import SqlStore, open_store
from gateway.testing.store_file import store_url

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALL, OTHER = "hz-p1-1767614400.1", "hz-p1-1767614400.2"
SECRET = "Pfad-7413-Lindenhof"
"""A word that stands in everything of the call to be erased."""
ERASURE = Erasure(
    call_id=CALL, sip_call_id="abc@sbc", number="+8613800138000", since=NOON - timedelta(minutes=10),
    until=NOON + timedelta(minutes=10),
)  # fmt: skip


def rows(head: Head, call_id: str, *kinds: str) -> Sequence[JournalRow]:
    made = [
        Entry(
            at=NOON,
            kind="call",
            key=call_id,
            type=kind,
            version=1,
            payload=f'{{"x":"{SECRET}"}}',
            salt=b"s" * 32,
        )
        for kind in kinds
    ]
    return link(head.journal_seq, head.journal_hash, made)


def whole(head: Head, call_id: str) -> Commit:
    """One row of the call in every table that the loop writes."""
    return Commit(
        journal=rows(head, call_id, "CallSeized", "LocationAnswered", "LocationReferenced"),
        aggregates=[
            AggregateRow(kind="call", key=call_id, rev=1, closed=True, state=f'"{SECRET}"', changed_at=NOON)
        ],
        calls=[call(call_id, ani=SECRET)],
        segments=[
            SegmentRow(
                call_id=call_id, speaker="caller", index=0, started_ms=0, text=SECRET, payload=f'"{SECRET}"'
            )
        ],
        card_fields=[CardFieldRow(call_id=call_id, name="address", rev=1, payload=f'"{SECRET}"')],
        assessments=[AssessmentRow(call_id=call_id, segments=1, at=NOON, payload=f'"{SECRET}"')],
        outbox=[
            OutboxRow(
                site_seq=head.site_seq + 1, call_id=call_id, call_seq=1, event_id=f"{call_id}:1", topic="t",
                payload=f'"{SECRET}"'.encode(), expiry_s=None, at=NOON,
            )
        ],
        attempts=[AttemptRow(key=f"k{call_id}", effect=f"X(call_id='{call_id}', n='{SECRET}')", at=NOON)],
        texts=[
            TextRow(
                call_id=call_id, speaker="caller", index=0, sent_at=NOON, at=NOON, message_id="m",
                payload=f'"{SECRET}"',
            )
        ],
    )  # fmt: skip


def call(call_id: str, ani: str | None) -> CallRow:
    return CallRow(
        call_id=call_id, pbx="p1", state="ENDED", seized_at=NOON, ended_at=NOON, ani=ani, dialed="110",
        end_reason=None, alarm_class=None, nature=None, priority=None, department=None, agents="",
        duration_ms=1,
    )  # fmt: skip


def body(digest: str, key_kind: str, key: str, call_id: str | None = None, at: datetime = NOON) -> BodyRow:
    return BodyRow(
        digest=digest, received_at=at, route="aml", key_kind=key_kind, key=key, content_type="text/plain",
        body=SECRET.encode(), kind="aml", found=1, faults=f'["{SECRET}"]', call_id=call_id,
    )  # fmt: skip


async def filled(store: SqlStore) -> None:
    """The call to be erased, and another one with the same words."""
    for call_id in (CALL, OTHER):
        await store.commit(whole(await store.head(), call_id))
    bodies = StoredBodies(store.database)
    for row in (
        body("given", "number", "13900139000", CALL),
        body("by-call-id", "sip_call_id", "abc@sbc", at=NOON - timedelta(hours=3)),
        body("by-number", "number", "13800138000"),
        body("earlier", "number", "13800138000", at=NOON - timedelta(hours=3)),
        body("strange", "number", "13700137000"),
        body("short", "number", "000"),
        body("others", "number", "13600136000", OTHER),
    ):
        await bodies.keep(row)


async def erased(store: SqlStore) -> None:
    head = await store.head()
    await store.commit(
        Commit(
            journal=rows(head, CALL, "EraseCall"),
            aggregates=[
                AggregateRow(kind="call", key=CALL, rev=2, closed=True, state='"bare"', changed_at=NOON)
            ],
            calls=[call(CALL, ani=None)],
            erased=[ERASURE],
        )
    )


def where_it_stands(connection: Connection) -> dict[str, int]:
    """How many rows of each table hold the word."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            if any(
                SECRET in (cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell))
                for cell in row
            ):
                found[table.name] = found.get(table.name, 0) + 1
    return found


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def digests(connection: Connection) -> set[str]:
    return set(connection.scalars(select(tables.location_bodies.c.digest)))


async def test_nothing_of_the_call_is_left_and_nothing_of_another_is_lost(store: SqlStore) -> None:
    await filled(store)
    before = await store.database.read(where_it_stands)
    await erased(store)
    after = await store.database.read(where_it_stands)
    assert before["journal"] == 6
    assert after["journal"] == 4, "the other call's three rows, and the erasure's own"
    ones = {name: count for name, count in before.items() if name not in ("journal", "location_bodies")}
    assert {name: after[name] for name in ones} == {name: count // 2 for name, count in ones.items()}
    assert set(ones) >= {
        "aggregates", "calls", "segments", "card_fields", "assessments", "outbox", "attempts",
        "text_messages",
    }  # fmt: skip


async def test_bodies_go_that_the_call_had_and_those_that_waited_for_it(store: SqlStore) -> None:
    await filled(store)
    await erased(store)
    assert await store.database.read(digests) == {"earlier", "strange", "short", "others"}


async def test_the_chain_verifies_and_the_request_is_its_proof(store: SqlStore) -> None:
    await filled(store)
    await erased(store)
    kept = await store.database.read(loop.journal_rows, 0)
    assert verify(kept) is None
    said = {row.type: row.payload is None and row.salt is None for row in kept if row.key == CALL}
    assert said == {
        "CallSeized": True, "LocationAnswered": True, "LocationReferenced": True, "EraseCall": False,
    }  # fmt: skip


async def test_events_of_it_are_neither_sent_nor_listed_and_their_numbers_are_not_used_again(
    store: SqlStore,
) -> None:
    await filled(store)
    await store.commit(
        Commit(outbox=[
            OutboxRow(site_seq=3, call_id=CALL, call_seq=2, event_id="last", topic="t", payload=b"1",
                      expiry_s=None, at=NOON),
        ])
    )  # fmt: skip
    await erased(store)
    assert [row.call_id for row in await store.outbox_pending(0)] == [OTHER]
    assert await store.database.read(outbox.events_of, CALL, 0, 10) == []
    assert (await store.head()).site_seq == 3


async def test_the_file_of_sqlite_holds_no_trace_of_what_was_erased(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    store = await open_store(url)
    await store.commit(whole(await store.head(), CALL))
    await StoredBodies(store.database).keep(body("given", "number", "13900139000", CALL))
    head = await store.head()
    proof = Entry(at=NOON, kind="call", key=CALL, type="EraseCall", version=1, payload="{}", salt=b"s" * 32)
    await store.commit(
        Commit(
            journal=link(head.journal_seq, head.journal_hash, [proof]),
            aggregates=[AggregateRow(kind="call", key=CALL, rev=2, closed=True, state="1", changed_at=NOON)],
            calls=[call(CALL, ani=None)], erased=[ERASURE],
        )
    )  # fmt: skip
    await store.close()
    assert [file for file in _files(tmp_path) if SECRET.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("times", [1, 2])
async def test_erased_again_it_stays_erased(store: SqlStore, times: int) -> None:
    await filled(store)
    for _ in range(times):
        await erased(store)
    assert verify(await store.database.read(loop.journal_rows, 0)) is None
