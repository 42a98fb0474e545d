"""Messages of text calls and how it stands with answers, in both databases; a thread that goes on after a
restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from gateway.calls.text import TextState
from gateway.calls.texted import ClaimText, WriteText
from gateway.desk.threads.model import thread_key
from gateway.desk.threads.signals import TextArrived, TextHandled
from gateway.dispatch.encode import outbox_rows
from gateway.ids import CallId
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, journal_codec
from gateway.runtime.thread_machine import ThreadMachine
from gateway.store import threads
from gateway.store.store import SqlStore
from gateway.testing.clock import ManualClock

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
KEY = thread_key("sms", "13800138000")
CALL = CallId("hz-txt-sms.m1")


async def loop(store: SqlStore) -> Intake:
    made = Intake(
        store=store, clock=ManualClock(NOON), machines=(CallMachine(), ThreadMachine(), HallMachine("hz")),
        codec=journal_codec(), encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    await made.load()
    return made


def arrived(n: int) -> TextArrived:
    return TextArrived(
        thread=KEY, at=NOON, site="hz", provider="sms", number="13800138000", message_id=f"m{n}",
        text=f"第{n}条", sent_at=NOON - timedelta(seconds=60 * n),
    )  # fmt: skip


async def test_a_thread_stands_by_the_time_of_sending_with_the_newest_state_of_each_answer(
    store: SqlStore,
) -> None:
    intake = await loop(store)
    for signal in (arrived(1), arrived(2), arrived(1)):
        await intake.offer(signal)
    await intake.drain()
    intake = await loop(store)  # as after a restart
    asked = {"call_id": CALL, "at": NOON, "actor": "wang"}
    await intake.offer(ClaimText(**asked, request_id="c", position="1101"))
    await intake.offer(WriteText(**asked, request_id="w", text="您在哪里？"))
    await intake.drain()
    live = intake.book.get(("thread", KEY))
    assert live is not None
    told = {"thread": KEY, "at": NOON, "message_id": live.state.outgoing[0].message_id}
    for state, reason in ((TextState.FAILED, "停机"), (TextState.DELIVERED, "")):
        await intake.offer(TextHandled(**told, state=state, reason=reason))
    await intake.drain()
    found = await store.database.read(threads.messages_of, CALL)
    assert [(each.row.speaker, each.row.index, each.state and each.state.state) for each in found] == [
        ("caller", 1, None), ("caller", 0, None), ("call_taker", 0, "delivered"),
    ]  # fmt: skip
    one = await store.database.read(threads.message_of, CALL, "call_taker", 0)
    assert one is not None
    assert "您在哪里" in one.payload
    assert await store.database.read(threads.message_of, CALL, "call_taker", 7) is None
    assert await store.database.read(threads.messages_of, "hz-p1-1.1") == []
