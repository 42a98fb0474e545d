"""What every store must do, on the shipped fake and on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.journal.chain import GENESIS, Entry, link
from gateway.ports import (
    AggregateRow,
    AnswerRow,
    AssessmentRow,
    AttemptRow,
    CallRow,
    CardFieldRow,
    Commit,
    FencedOut,
    Head,
    JournalRow,
    OutboxRow,
    SegmentRow,
    Store,
    TimerRow,
)
from gateway.store.store import open_store
from gateway.testing.memory_store import MemoryStore

NOON = datetime(2026, 1, 5, 12, 0, 0, 125, tzinfo=UTC)
CALL = "hz-p1-1767614400.1"
Reopen = Callable[[], Awaitable[Store]]


@pytest.fixture
async def reopen(url_or_none: str | None) -> AsyncIterator[Reopen]:
    """Opens the same store again and again, as a restarted gateway does."""
    opened: list[Store] = []
    memory = MemoryStore()

    async def open_one() -> Store:
        opened.append(memory if url_or_none is None else await open_store(url_or_none))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(reopen: Reopen) -> Store:
    return await reopen()


def journal(head: Head, *payloads: str) -> tuple[JournalRow, ...]:
    made = [
        Entry(at=NOON, kind="call", key=CALL, type="CallSeized", version=1, payload=payload, salt=b"s" * 32)
        for payload in payloads
    ]
    return link(head.journal_seq, head.journal_hash, made)


def event(site_seq: int, call_seq: int = 1) -> OutboxRow:
    return OutboxRow(
        site_seq=site_seq, call_id=CALL, call_seq=call_seq, event_id=f"{CALL}:{call_seq}",
        topic="110/hz/calls/x", payload=b"\x00\xff", expiry_s=None, at=NOON,
    )  # fmt: skip


def aggregate(key: str = CALL, rev: int = 1, closed: bool = False) -> AggregateRow:
    return AggregateRow(
        kind="call", key=key, rev=rev, closed=closed, state=f'{{"rev":{rev}}}', changed_at=NOON
    )


def call(state: str = "QUEUED") -> CallRow:
    return CallRow(
        call_id=CALL, pbx="p1", state=state, seized_at=NOON, ended_at=None, ani="13800138000", dialed="110",
        end_reason=None, alarm_class=None, nature=None, priority=None, department=None, agents="",
        duration_ms=None,
    )  # fmt: skip


def segment(index: int, started_ms: int, words: str = "有人打架", speaker: str = "caller") -> SegmentRow:
    return SegmentRow(
        call_id=CALL,
        speaker=speaker,
        index=index,
        started_ms=started_ms,
        text=words,
        payload=f'{{"i":{index}}}',
    )


def timer(name: str, due_in_s: float | None) -> TimerRow:
    due_at = None if due_in_s is None else NOON + timedelta(seconds=due_in_s)
    return TimerRow(kind="call", key=CALL, name=name, due_at=due_at)


async def test_an_empty_store_starts_at_the_genesis(store: Store) -> None:
    assert await store.head() == Head(journal_seq=0, journal_hash=GENESIS, site_seq=0)
    assert list(await store.open_aggregates()) == []
    assert await store.aggregate("call", CALL) is None
    assert await store.answer("r-1") is None


async def test_what_was_committed_is_there_after_a_restart(reopen: Reopen) -> None:
    first = await reopen()
    rows = journal(await first.head(), '{"n":1}', '{"n":2}')
    await first.commit(
        Commit(
            journal=rows,
            aggregates=[aggregate()],
            calls=[call()],
            segments=[segment(0, 500)],
            card_fields=[CardFieldRow(call_id=CALL, name="address", rev=1, payload="[]")],
            assessments=[AssessmentRow(call_id=CALL, segments=1, at=NOON, payload="{}")],
            outbox=[event(1)],
        )
    )
    await first.close()
    second = await reopen()
    assert await second.head() == Head(journal_seq=2, journal_hash=rows[-1].hash, site_seq=1, at=NOON)
    assert list(await second.open_aggregates()) == [aggregate()]
    assert list(await second.segments(CALL)) == [segment(0, 500)]
    assert [row.name for row in await second.card_fields(CALL)] == ["address"]
    assert list(await second.outbox_pending(0)) == [event(1)]


async def test_calls_of_one_pbx_are_known_by_the_time_they_were_seized(store: Store) -> None:
    def seized(number: int, pbx: str, after_s: float) -> CallRow:
        name, at = f"hz-{pbx}-{number}.{number}", NOON + timedelta(seconds=after_s)
        return replace(call(), call_id=name, pbx=pbx, seized_at=at)

    await store.commit(Commit(calls=[seized(1, "p1", 0), seized(2, "p1", 5), seized(3, "p2", 5)]))
    assert await store.call_ids("p1", NOON) == {"hz-p1-1.1", "hz-p1-2.2"}
    assert await store.call_ids("p1", NOON + timedelta(seconds=1)) == {"hz-p1-2.2"}
    assert await store.call_ids("p9", NOON) == frozenset()


async def test_earlier_calls_of_a_number_are_counted(store: Store) -> None:
    def seized(name: str, days: int, ani: str = "13800138000") -> CallRow:
        return replace(call(), call_id=name, ani=ani, seized_at=NOON - timedelta(days=days))

    await store.commit(
        Commit(calls=[call(), seized("a", 1), seized("b", 30), seized("c", 31), seized("d", 2, "110")])
    )
    assert await store.calls_of("13800138000", NOON - timedelta(days=30), NOON) == 2
    assert await store.calls_of("13900139000", NOON - timedelta(days=30), NOON) == 0


async def test_an_aggregate_keeps_its_newest_state_and_leaves_when_closed(store: Store) -> None:
    await store.commit(Commit(aggregates=[aggregate(), aggregate("hz-p1-2.2")]))
    await store.commit(Commit(aggregates=[aggregate(rev=2), aggregate("hz-p1-2.2", rev=2, closed=True)]))
    assert list(await store.open_aggregates()) == [aggregate(rev=2)]
    assert await store.aggregate("call", "hz-p1-2.2") == aggregate("hz-p1-2.2", rev=2, closed=True)


async def test_two_changes_of_one_aggregate_in_one_commit_leave_the_last(store: Store) -> None:
    await store.commit(Commit(aggregates=[aggregate(rev=1), aggregate(rev=2)]))
    found = await store.aggregate("call", CALL)
    assert found is not None
    assert found.rev == 2


async def test_a_second_writer_is_fenced_out_and_leaves_no_trace(store: Store) -> None:
    head = await store.head()
    await store.commit(Commit(journal=journal(head, '{"ours":1}'), aggregates=[aggregate(rev=1)]))
    with pytest.raises(FencedOut):
        await store.commit(Commit(journal=journal(head, '{"theirs":1}'), aggregates=[aggregate(rev=9)]))
    found = await store.aggregate("call", CALL)
    assert found is not None
    assert found.rev == 1


async def test_an_event_number_that_is_taken_fences_out_too(store: Store) -> None:
    head = await store.head()
    first = journal(head, "{}")
    await store.commit(Commit(journal=first, outbox=[event(1)]))
    later = journal(Head(journal_seq=1, journal_hash=first[0].hash, site_seq=0), "{}")
    with pytest.raises(FencedOut):
        await store.commit(Commit(journal=later, outbox=[event(1)]))
    assert (await store.head()).journal_seq == 1


async def test_the_same_commit_sent_again_is_no_fault(store: Store) -> None:
    """The database may have written it although its answer was lost."""
    commit = Commit(journal=journal(await store.head(), "{}"), outbox=[event(1)], aggregates=[aggregate()])
    await store.commit(commit)
    await store.commit(commit)
    assert (await store.head()).site_seq == 1


async def test_the_second_pass_stands_beside_the_live_text_under_the_same_numbers(store: Store) -> None:
    live, again = segment(0, 500), replace(segment(0, 480, "有人在打架"), reading="review")
    await store.commit(Commit(segments=[live]))
    await store.commit(Commit(segments=[again, again]))
    assert list(await store.segments(CALL)) == [again, live]


async def test_segments_come_in_the_order_they_were_spoken_and_are_kept_once(store: Store) -> None:
    desk = segment(0, 700, "110您好", "call_taker")
    await store.commit(Commit(segments=[segment(1, 2000), segment(0, 700), desk]))
    await store.commit(Commit(segments=[segment(0, 700, "另一个版本")]))
    assert list(await store.segments(CALL)) == [desk, segment(0, 700), segment(1, 2000)]
    assert list(await store.segments("hz-p1-9.9")) == []


async def test_a_card_field_is_replaced_by_its_newest_values(store: Store) -> None:
    def field(name: str, rev: int, payload: str) -> CardFieldRow:
        return CardFieldRow(call_id=CALL, name=name, rev=rev, payload=payload)

    await store.commit(Commit(card_fields=[field("nature", 1, "[1]"), field("address", 1, "[1]")]))
    await store.commit(Commit(card_fields=[field("nature", 2, "[2]")]))
    assert list(await store.card_fields(CALL)) == [field("address", 1, "[1]"), field("nature", 2, "[2]")]


async def test_the_first_answer_to_a_request_stands(store: Store) -> None:
    def answer(outcome: str, code: str | None = None) -> AnswerRow:
        return AnswerRow(
            request_id="r-1", actor="wang", at=NOON, outcome=outcome, rev=3, code=code, text=None
        )

    await store.commit(Commit(answers=[answer("accepted")]))
    await store.commit(Commit(answers=[answer("refused", "stale_rev")]))
    assert await store.answer("r-1") == answer("accepted")


async def test_timers_fall_due_in_order_and_can_be_taken_back(store: Store) -> None:
    await store.commit(Commit(timers=[timer("b", 20), timer("a", 10), timer("c", 30), timer("late", 999)]))
    await store.commit(Commit(timers=[timer("b", None), timer("c", 15), timer("never-set", None)]))
    due = await store.timers_due(NOON + timedelta(seconds=60))
    assert [row.name for row in due] == ["a", "c"]
    assert [row.name for row in await store.timers_due(NOON + timedelta(seconds=60), limit=1)] == ["a"]
    assert list(await store.timers_due(NOON)) == []


async def test_an_attempt_is_known_with_its_outcome(store: Store) -> None:
    def attempt(key: str, outcome: str | None = None) -> AttemptRow:
        return AttemptRow(key=key, effect="{}", at=NOON, outcome=outcome)

    await store.commit(Commit(attempts=[attempt("call/A/1"), attempt("call/a/1"), attempt("call/A_2/1")]))
    await store.commit(Commit(attempts=[attempt("call/A/1", "done")]))
    assert list(await store.attempts("call/A/")) == [attempt("call/A/1", "done")]
    assert len(await store.attempts("call/")) == 3
    assert list(await store.attempts("call/A%")) == []


async def test_the_outbox_gives_what_is_not_out_yet_in_order(store: Store) -> None:
    await store.commit(Commit(outbox=[event(seq, seq) for seq in (1, 2, 3, 4, 5)]))
    await store.outbox_sent([1, 3])
    await store.outbox_park(4, "not authorised")
    assert numbers(await store.outbox_pending(0)) == [2, 5]
    assert numbers(await store.outbox_pending(2)) == [5]
    assert numbers(await store.outbox_pending(0, limit=1)) == [2]
    await store.outbox_sent([])
    await store.outbox_sent([2, 5])
    assert numbers(await store.outbox_pending(0)) == []
    assert (await store.head()).site_seq == 5


def numbers(rows: Sequence[OutboxRow]) -> list[int]:
    return [row.site_seq for row in rows]


async def test_text_that_no_database_holds_does_not_stop_the_loop(store: Store) -> None:
    """A hostile caller name may carry NUL or half a surrogate pair."""
    hostile = replace(call(), ani="138\x00\udc80", dialed="1\x0010")
    await store.commit(Commit(calls=[hostile], segments=[segment(0, 1, "a\x00b\udcff")]))
    assert len(await store.segments(CALL)) == 1


async def test_all_rows_of_a_commit_fall_together(store: Store) -> None:
    head = await store.head()
    await store.commit(Commit(journal=journal(head, "{}")))
    with pytest.raises(FencedOut):
        await store.commit(
            Commit(
                journal=journal(head, '{"x":1}'),
                segments=[segment(7, 1)],
                answers=[
                    AnswerRow(
                        request_id="r-2", actor="w", at=NOON, outcome="accepted", rev=1, code=None, text=None
                    )
                ],
                timers=[timer("t", 1)],
                outbox=[event(3)],
            )
        )
    assert list(await store.segments(CALL)) == []
    assert await store.answer("r-2") is None
    assert list(await store.timers_due(NOON + timedelta(days=1))) == []
    assert list(await store.outbox_pending(0)) == []


async def test_many_commits_at_once_are_written_one_after_another(store: Store) -> None:
    await asyncio.gather(*(store.commit(Commit(outbox=[event(seq, seq)])) for seq in range(1, 41)))
    assert numbers(await store.outbox_pending(0)) == list(range(1, 41))
