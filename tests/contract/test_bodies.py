"""What every store of location bodies must do, on the shipped fake and on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.ports import Bodies, BodyRow, CallRow, Commit, Waiting
from gateway.store.bodies import StoredBodies
from gateway.store.store import open_store
from gateway.testing.memory_bodies import MemoryBodies

NOON = datetime(2026, 1, 5, 12, 0, 0, 125, tzinfo=UTC)
EARLY = NOON - timedelta(hours=1)
BODY = BodyRow(
    digest="d1", received_at=NOON, route="http", key_kind="sip_call_id", key="a84b4c76e66710@pc33.example",
    content_type="application/pidf+xml", body=b"<presence\x00\xff/>", kind="pidf-lo", found=1, faults="[]",
)  # fmt: skip


@dataclass
class Shelf:
    bodies: Bodies
    put_call: Callable[[CallRow], Awaitable[None]]


@pytest.fixture
async def shelf(url_or_none: str | None) -> AsyncIterator[Shelf]:
    if url_or_none is None:
        memory = MemoryBodies()

        async def remember(row: CallRow) -> None:
            memory.calls[row.call_id] = row

        yield Shelf(memory, remember)
        return
    store = await open_store(url_or_none)

    async def commit(row: CallRow) -> None:
        await store.commit(Commit(calls=[row]))

    yield Shelf(StoredBodies(store.database), commit)
    await store.close()


def call(
    call_id: str, seized_at: datetime, *, ani: str | None = None, sip: str | None = None, ended: bool = True
) -> CallRow:
    return CallRow(
        call_id=call_id, pbx="p", state="ENDED" if ended else "ANSWERED", seized_at=seized_at,
        ended_at=seized_at if ended else None, ani=ani, dialed="110",
        end_reason=None, alarm_class=None, nature=None, priority=None, department=None, agents="",
        duration_ms=None, sip_call_id=sip,
    )  # fmt: skip


async def test_a_body_is_kept_byte_for_byte_and_the_same_one_only_once(shelf: Shelf) -> None:
    assert await shelf.bodies.keep(BODY) == BODY
    again = replace(BODY, received_at=NOON + timedelta(seconds=5))
    assert await shelf.bodies.keep(again) == BODY
    assert await shelf.bodies.waiting_for(BODY.key_kind, BODY.key, EARLY) == [BODY]


async def test_a_body_waits_until_its_call_is_known_and_then_no_more(shelf: Shelf) -> None:
    await shelf.bodies.keep(BODY)
    assert await shelf.bodies.waiting(EARLY) == Waiting(count=1, size_bytes=len(BODY.body))
    await shelf.bodies.matched("d1", "call-1", NOON)
    assert await shelf.bodies.waiting(EARLY) == Waiting(count=0, size_bytes=0)
    assert await shelf.bodies.waiting_for(BODY.key_kind, BODY.key, EARLY) == []
    assert await shelf.bodies.of_call("call-1") == 1


async def test_the_first_call_that_takes_a_body_keeps_it(shelf: Shelf) -> None:
    await shelf.bodies.keep(BODY)
    await shelf.bodies.matched("d1", "call-1", NOON)
    await shelf.bodies.matched("d1", "call-2", NOON)
    assert (await shelf.bodies.of_call("call-1"), await shelf.bodies.of_call("call-2")) == (1, 0)


async def test_neither_another_key_nor_what_came_too_long_ago_is_given_out(shelf: Shelf) -> None:
    await shelf.bodies.keep(BODY)
    assert await shelf.bodies.waiting_for("number", BODY.key, EARLY) == []
    assert await shelf.bodies.waiting_for(BODY.key_kind, "other", EARLY) == []
    assert await shelf.bodies.waiting_for(BODY.key_kind, BODY.key, NOON + timedelta(seconds=1)) == []


async def test_the_newest_call_of_a_key_is_found(shelf: Shelf) -> None:
    for number in (1, 2):
        seized_at = NOON + timedelta(seconds=number)
        await shelf.put_call(call(f"call-{number}", seized_at, ani="+8613800138000", sip=f"sip-{number}"))
    forms = ("13800138000", "+8613800138000")
    assert await shelf.bodies.call_of("number", forms, EARLY) == "call-2"
    assert await shelf.bodies.call_of("sip_call_id", ("sip-1",), EARLY) == "call-1"
    assert await shelf.bodies.call_of("sip_call_id", ("sip-1",), NOON + timedelta(seconds=2)) is None
    assert await shelf.bodies.call_of("sip_call_id", ("sip-9",), EARLY) is None


async def test_a_call_that_has_not_ended_is_found_however_long_it_lasts(shelf: Shelf) -> None:
    await shelf.put_call(call("call-1", NOON, ani="13800138000", ended=False))
    assert await shelf.bodies.call_of("number", ("13800138000",), NOON + timedelta(hours=2)) == "call-1"


async def test_bodies_past_their_keeping_are_deleted_and_others_stay(shelf: Shelf) -> None:
    await shelf.bodies.keep(BODY)
    await shelf.bodies.keep(replace(BODY, digest="d2", received_at=NOON + timedelta(days=1)))
    assert await shelf.bodies.forget(NOON + timedelta(hours=1)) == 1
    assert (await shelf.bodies.waiting(EARLY)).count == 1
