from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gateway.journal.chain import Entry, erase, link
from gateway.ports import AggregateRow, AssessmentRow, CallRow, CardFieldRow, Commit, SegmentRow
from gateway.store import reads
from gateway.store.reads import CallLine, Cursor
from gateway.store.store import SqlStore

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def call(name: str, at_s: int = 0, *, ended: bool = False, ani: str = "13800138000") -> Commit:
    """One call `name`, seized `at_s` seconds after noon."""
    seized_at = NOON + timedelta(seconds=at_s)
    row = CallRow(
        call_id=name, pbx="p1", state="ENDED" if ended else "ANSWERED", seized_at=seized_at,
        ended_at=seized_at if ended else None, ani=ani, dialed="110", end_reason=None, alarm_class=None,
        nature="robbery", priority=1, department=None, agents="1101 1102", duration_ms=None,
    )  # fmt: skip
    state = AggregateRow(kind="call", key=name, rev=1, closed=ended, state=f'"{name}"', changed_at=NOON)
    return Commit(calls=[row], aggregates=[state])


def said(name: str, index: int, started_ms: int, speaker: str = "caller") -> SegmentRow:
    return SegmentRow(
        call_id=name, speaker=speaker, index=index, started_ms=started_ms, text=f"{index}", payload="{}"
    )


def field(name: str, field_name: str) -> CardFieldRow:
    return CardFieldRow(call_id=name, name=field_name, rev=1, payload="[]")


def names(lines: Sequence[CallLine]) -> list[str]:
    return [line.state.strip('"') for line in lines]


async def test_the_board_shows_live_calls_longest_first_with_place_and_last_words(store: SqlStore) -> None:
    for commit in (call("b", 5), call("a", 1), call("over", 0, ended=True)):
        await store.commit(commit)
    await store.commit(
        Commit(
            segments=[
                said("a", 0, 100),
                said("a", 1, 900),
                said("a", 0, 400, "call_taker"),
                said("over", 0, 1),
            ],
            card_fields=[field("a", "address"), field("a", "nature"), field("b", "position")],
        )
    )
    lines = await store.database.read(reads.live_calls)
    assert names(lines) == ["a", "b"]
    assert [line.last and line.last.started_ms for line in lines] == [900, None]
    assert [[row.name for row in line.place] for line in lines] == [["address"], ["position"]]


async def test_ended_calls_come_page_by_page_newest_first_without_gap_or_repeat(store: SqlStore) -> None:
    for number in range(7):
        await store.commit(call(f"c{number}", number // 2, ended=True))
    seen: list[str] = []
    before: Cursor | None = None
    while lines := await store.database.read(reads.ended_calls, before=before, limit=3):
        seen += names(lines)
        before = lines[-1].cursor
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


async def test_search_finds_by_id_nature_desk_and_number_only_where_numbers_may_be_seen(
    store: SqlStore,
) -> None:
    await store.commit(call("hz-p1-1.1", ended=True))
    await store.commit(call("hz-p1-2.2", ended=True, ani="057188880000"))

    async def found(search: str, by_number: bool = True) -> list[str]:
        return names(await store.database.read(reads.ended_calls, search=search, by_number=by_number))

    assert await found("1-1.1") == ["hz-p1-1.1"]
    assert await found("0571") == ["hz-p1-2.2"]
    assert await found("0571", by_number=False) == []
    assert len(await found("robbery")) == 2
    assert len(await found("1102")) == 2
    assert await found("%") == []


async def test_one_call_comes_whole_with_its_newest_assessment(store: SqlStore) -> None:
    await store.commit(call("a"))
    await store.commit(
        Commit(
            segments=[said("a", 0, 1)],
            card_fields=[field("a", "nature")],
            assessments=[AssessmentRow(call_id="a", segments=1, at=NOON, payload=f'"{n}"') for n in (1, 2)],
        )
    )
    whole = await store.database.read(reads.call_whole, "a")
    assert whole is not None
    assert (whole.state, len(whole.segments), len(whole.card)) == ('"a"', 1, 1)
    assert whole.assessment is not None
    assert whole.assessment.payload == '"2"'
    assert await store.database.read(reads.call_whole, "nobody") is None


async def test_signals_of_a_call_are_read_from_its_journal_without_the_erased_ones(store: SqlStore) -> None:
    head = await store.head()
    entries = [
        Entry(
            at=NOON + timedelta(minutes=n),
            kind="call",
            key=key,
            type=kind,
            version=1,
            payload=f'"{n}"',
            salt=b"s",
        )
        for n, (key, kind) in enumerate(
            [("a", "VetoFired"), ("b", "VetoFired"), ("a", "CallEnded"), ("a", "VetoFired")]
        )
    ]
    rows = link(head.journal_seq, head.journal_hash, entries)
    await store.commit(Commit(journal=[*rows[:3], erase(rows[3])]))
    assert list(await store.database.read(reads.signals_of, "a", "VetoFired")) == [(1, '"0"')]
    assert (
        list(await store.database.read(reads.signals_of, "a", "VetoFired", NOON + timedelta(minutes=1))) == []
    )
