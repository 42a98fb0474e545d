"""Work orders in both databases: lists, facets, paging, history, what was set aside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.desk.orders.signals import AcceptOrder, CloseOrder, OpenOrder, OrderDue, SendOrder
from gateway.dispatch.encode import outbox_rows
from gateway.dispatch.order_events import OrderDeadline
from gateway.ports_asides import AsideRow, Asides
from gateway.runtime.intake import Intake
from gateway.runtime.machines import journal_codec
from gateway.runtime.order_machine import OrderMachine
from gateway.store import orders
from gateway.store.orders import Cursor, StoredAsides, Wanted
from gateway.store.store import SqlStore, open_store
from gateway.testing.clock import ManualClock
from gateway.testing.memory_asides import MemoryAsides
from gateway.testing.store_file import store_url

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LABOUR, MARKET = "labour_bureau", "market_supervision"


def order(number: int) -> str:
    return f"0198c3a0-0000-7000-8000-{number:012x}"


@pytest.fixture
async def filled(store: SqlStore) -> SqlStore:
    """Six orders, one a minute: 0 a draft, 1 and 2 sent to the labour bureau, 3 sent to the market
    supervision and overdue, 4 accepted there, 5 closed."""
    intake = Intake(
        store=store, clock=ManualClock(NOON), machines=(OrderMachine(),), codec=journal_codec(),
        encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    for number in range(6):
        at = NOON + timedelta(minutes=number)
        told = {"order_id": order(number), "at": at, "actor": "wang"}
        await intake.offer(
            OpenOrder(
                **told, request_id=f"o{number}", department=LABOUR if number < 3 else MARKET,
                subject=f"第{number}件 100%", send=number > 0, call_id="hz-p1-1.0" if number == 4 else None,
            )
        )  # fmt: skip
        if number == 3:
            late = at + timedelta(hours=9)
            await intake.offer(OrderDue(order_id=order(3), at=late, deadline=OrderDeadline.ACCEPT))
        if number == 4:
            await intake.offer(AcceptOrder(**told, request_id="a4", for_department=MARKET))
        if number == 5:
            await intake.offer(CloseOrder(**told, request_id="c5", reason="来电人撤回"))
            await intake.offer(SendOrder(**told, request_id="s5"))
    await intake.drain()
    return store


async def numbers(store: SqlStore, wanted: Wanted, **more: object) -> list[int]:
    found = await store.database.read(partial(orders.page, wanted=wanted, **more))
    return [int(cursor.order_id[-4:], 16) for cursor, _ in found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), [4, 3, 2, 1, 0]),
        (Wanted(states=("closed",)), [5]),
        (Wanted(states=("sent", "accepted")), [4, 3, 2, 1]),
        (Wanted(department=LABOUR), [2, 1, 0]),
        (Wanted(department=LABOUR, sent_only=True), [2, 1]),
        (Wanted(overdue=True), [3]),
        (Wanted(call_id="hz-p1-1.0"), [4]),
        (Wanted(search="第2件"), [2]),
        (Wanted(search="0%"), [4, 3, 2, 1, 0]),
        (Wanted(search="%"), [4, 3, 2, 1, 0]),
        (Wanted(search=order(1)[-8:].upper()), [1]),
        (Wanted(search="_"), []),
    ],
    ids=str,
)
async def test_a_list_holds_what_is_wanted_newest_first(
    filled: SqlStore, wanted: Wanted, expected: list[int]
) -> None:
    assert await numbers(filled, wanted) == expected


async def test_pages_follow_each_other_and_leave_nothing_out(filled: SqlStore) -> None:
    first = await filled.database.read(partial(orders.page, wanted=Wanted(), limit=2))
    rest = await numbers(filled, Wanted(), before=first[-1][0], limit=50)
    assert rest == [2, 1, 0]
    same_moment = Cursor(opened_at=NOON + timedelta(minutes=1), order_id=order(99))
    assert await numbers(filled, Wanted(), before=same_moment) == [1, 0]


async def test_facets_count_what_the_reader_may_see(filled: SqlStore) -> None:
    all_of_it = await filled.database.read(orders.facets, Wanted(states=("sent",)))
    assert all_of_it.states == {"draft": 1, "sent": 3, "accepted": 1}
    assert (all_of_it.departments, all_of_it.overdue) == ({LABOUR: 3, MARKET: 2}, 1)
    theirs = await filled.database.read(orders.facets, Wanted(department=LABOUR, sent_only=True))
    assert (theirs.states, theirs.departments, theirs.overdue) == ({"sent": 2}, {LABOUR: 2}, 0)


async def test_the_history_of_an_order_is_its_journal(filled: SqlStore) -> None:
    steps = await filled.database.read(orders.history, order(3))
    assert [kind for _, kind, _ in steps] == ["OpenOrder", "OrderDue"]
    assert [kind for _, kind, _ in await filled.database.read(orders.history, order(5))] == [
        "OpenOrder", "CloseOrder",
    ]  # fmt: skip
    assert await filled.database.read(orders.history, "no such order") == []


async def test_a_deadline_that_runs_lies_among_the_timers(filled: SqlStore) -> None:
    due = await filled.timers_due(NOON + timedelta(days=30))
    assert [(row.kind, row.key, row.name) for row in due] == [
        ("order", order(number), name)
        for number, name in ((1, "accept"), (2, "accept"))
    ] + [("order", order(number), "answer") for number in (1, 2, 3, 4)]  # fmt: skip


# ---- what was set aside


@pytest.fixture(params=["memory", "sqlite"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Asides]:
    if request.param == "memory":
        yield MemoryAsides()
        return
    opened = await open_store(store_url(tmp_path))
    yield StoredAsides(opened.database)
    await opened.close()


def aside(number: int) -> AsideRow:
    return AsideRow(
        digest=f"{number:064x}", at=NOON + timedelta(minutes=number), route="mqtt", department=LABOUR,
        order_id=order(number), code="unknown_order", why="there is no such order", payload=b"{\x00\xff",
    )  # fmt: skip


async def test_what_is_set_aside_twice_is_kept_once(kept: Asides) -> None:
    assert [await kept.keep(aside(1)), await kept.keep(aside(1)), await kept.keep(aside(2))] == [
        True, False, True,
    ]  # fmt: skip


async def test_of_what_was_set_aside_the_old_and_the_many_are_forgotten(kept: Asides) -> None:
    for number in range(6):
        await kept.keep(aside(number))
    assert await kept.forget(NOON + timedelta(minutes=2), keep=3) == 3
    assert [await kept.keep(aside(number)) for number in range(6)] == [True] * 3 + [False] * 3


async def test_a_page_reads_what_was_set_aside_newest_first(store: SqlStore) -> None:
    for number in (1, 3, 2):
        await StoredAsides(store.database).keep(aside(number))
    assert list(await store.database.read(orders.asides, 2)) == [aside(3), aside(2)]
