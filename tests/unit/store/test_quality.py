"""The quality watch's tables follow the journal, on both databases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.calls.model import Label
from gateway.calls.signals import KeyPressed, LabelCall
from gateway.ports import AggregateRow, Commit
from gateway.reports.judged import About
from gateway.reports.quality import Calls, Followed, Key, Measure, calls, total
from gateway.store import disagreements, quality
from gateway.store.store import SqlStore
from gateway.testing.judged_calls import ALARM, CIVIL, NOON, a_call, commit, disposed
from gateway.triage.model import Nature

ZONE = ZoneInfo("Asia/Shanghai")


async def follow(store: SqlStore, limit: int = quality.ROWS_AT_ONCE) -> Followed:
    return await quality.follow(store.database, ZONE, limit)


async def counted(store: SqlStore) -> dict[str, Any]:
    return dict(await store.database.read(quality.counted, "2026-01-01", "2026-12-31"))


async def test_an_ended_call_is_counted_on_its_day_and_only_once(store: SqlStore) -> None:
    await commit(store, a_call(0, ALARM, ALARM))
    assert await follow(store) == Followed(rows=1, calls=1)
    assert await follow(store) == Followed()
    await commit(store, a_call(0, ALARM, ALARM))
    await follow(store)
    made = await counted(store)
    assert list(made) == ["2026-01-05"]
    assert calls(made["2026-01-05"], Calls.DECIDED) == 1


async def test_what_a_person_decides_later_counts_on_the_day_of_the_call(store: SqlStore) -> None:
    call = a_call(0, CIVIL)
    await commit(store, call)
    await follow(store)
    await commit(store, replace(call, disposition=disposed(ALARM)), LabelCall)
    await follow(store)
    made = (await counted(store))["2026-01-05"]
    assert (calls(made, Calls.JUDGED), calls(made, Calls.MISSED)) == (1, 1)
    await commit(store, replace(call, disposition=disposed(CIVIL)), LabelCall)
    await follow(store)
    made = (await counted(store))["2026-01-05"]
    assert (calls(made, Calls.JUDGED), calls(made, Calls.MISSED)) == (1, 0)
    assert all(number > 0 for number in made.values())


async def test_signals_that_change_no_verdict_are_passed_over(store: SqlStore) -> None:
    await commit(store, a_call(0), KeyPressed)
    assert await follow(store) == Followed(rows=1, calls=0)
    assert await counted(store) == {}


async def test_a_long_journal_is_followed_in_parts_and_gives_the_same_sums(store: SqlStore) -> None:
    for number in range(7):
        await commit(store, a_call(number % 4, CIVIL if number % 2 else ALARM, ALARM))
    while (await follow(store, 2)).rows:
        pass
    in_parts = await counted(store)
    await store.database.write(_forget)
    await follow(store)
    assert in_parts == await counted(store)
    assert sum(calls(made, Calls.JUDGED) for made in in_parts.values()) == 4


def _forget(connection: Any) -> None:
    """As after a change in the way of counting."""
    connection.exec_driver_sql("UPDATE quality_followed SET counting = -1")


async def test_a_call_that_cannot_be_read_is_told_and_holds_up_no_other(store: SqlStore) -> None:
    await commit(store, a_call(0))
    await commit(store, a_call(1))
    row = AggregateRow(
        kind="call", key=a_call(0).call_id, rev=2, closed=True, state='{"odd": 1}', changed_at=NOON
    )
    await store.commit(Commit(aggregates=[row]))
    assert await follow(store) == Followed(rows=2, calls=2, unreadable=1)
    assert list(await counted(store)) == ["2026-01-06"]


async def test_who_follows_at_the_same_time_and_comes_second_counts_nothing_twice(store: SqlStore) -> None:
    for number in range(2):
        await commit(store, a_call(number, ALARM, ALARM))
        one, other = [await store.database.read(quality.look, ZONE) for _ in range(2)]
        assert await store.database.write(quality.keep, one)
        assert not await store.database.write(quality.keep, other)
    assert sum(calls(made, Calls.JUDGED) for made in (await counted(store)).values()) == 2


async def test_the_last_day_of_each_rule_is_known_however_long_ago(store: SqlStore) -> None:
    rows = [
        quality.CountRow(day=day, pack=pack, measure=Measure.RULE, key="r1", other="fired", calls=1)
        for day, pack in (("2025-03-01", "new"), ("2025-03-01", "old"), ("2025-01-01", "old"))
    ]
    await store.database.write(lambda c: quality.upsert(c, quality.tables.quality_counts, rows))
    assert await store.database.read(quality.last_fired) == {"r1": "2025-03-01"}
    spoke = await store.database.read(quality.summed, "2025-01-01", "2025-03-01", Measure.RULE)
    assert spoke == {(Measure.RULE, "r1", "fired"): 3}
    old = await store.database.read(quality.summed, "2025-01-01", "2025-03-01", Measure.RULE, "old")
    assert old == {(Measure.RULE, "r1", "fired"): 2}
    assert await store.database.read(quality.summed, "2025-03-02", "2025-04-01", Measure.RULE) == {}


async def test_each_pack_has_its_own_sums_and_a_call_judged_anew_goes_to_the_pack_that_did(
    store: SqlStore,
) -> None:
    first = a_call(0, CIVIL, ALARM)
    for call in (first, a_call(1, ALARM, ALARM)):
        await commit(store, call)
    await follow(store)
    assert first.triage is not None
    again = replace(first, triage=replace(first.triage, alarm_class=ALARM, pack_hash="q"))
    await commit(store, again, LabelCall)
    await follow(store)
    found = await store.database.read(quality.by_pack, "2026-01-01", "2026-12-31")
    assert [(one.pack_hash, one.since, one.until, one.sums.judged, one.sums.missed) for one in found] == [
        ("p", "2026-01-06", "2026-01-06", 1, 0), ("q", "2026-01-05", "2026-01-05", 1, 0),
    ]  # fmt: skip
    of_q = await store.database.read(quality.counted, "2026-01-01", "2026-12-31", tuple(Measure), "q")
    assert list(of_q) == ["2026-01-05"]
    assert len(await counted(store)) == 2


# ---- the queue of disagreements


async def queue(store: SqlStore, **asked: Any) -> list[disagreements.Line]:
    found = await store.database.read(disagreements.queue, since=NOON - timedelta(days=90), **asked)
    return list(found)


async def test_the_queue_shows_the_gravest_first_then_the_newest_page_by_page(store: SqlStore) -> None:
    for number, (said, person) in enumerate([(ALARM, CIVIL), (CIVIL, ALARM), (CIVIL, ALARM), (ALARM, ALARM)]):
        await commit(store, a_call(number, said, person))
    await follow(store)
    seen: list[tuple[str, About]] = []
    after = None
    while lines := await queue(store, after=after, limit=2):
        seen += [(line.call.call_id, line.about) for line in lines]
        after = lines[-1].place
    assert seen == [("hz-p1-2", About.MISSED), ("hz-p1-1", About.MISSED), ("hz-p1-0", About.CLASS)]
    assert await queue(store, about=About.NATURE) == []
    assert len(await queue(store, pair="rules-person")) == 3
    assert await queue(store, pair="rules-model") == []
    waiting = await store.database.read(disagreements.waiting, NOON - timedelta(days=90))
    assert waiting == {About.MISSED: 2, About.CLASS: 1, About.NATURE: 0, About.DEPARTMENT: 0}


async def test_a_labelled_call_leaves_the_queue_and_stands_among_the_labelled(store: SqlStore) -> None:

    call = a_call(0, CIVIL, ALARM)
    await commit(store, call)
    await follow(store)
    label = Label(alarm_class=ALARM, nature=Nature.THEFT, department=None, note="", by="r", at=NOON)
    await commit(store, replace(call, label=label), LabelCall)
    await follow(store)
    assert await queue(store) == []
    assert [line.call.call_id for line in await queue(store, labelled=True)] == [call.call_id]


def test_the_sum_of_days_is_the_sum_of_their_counts() -> None:
    one: Counter[Key] = Counter({(Measure.CALLS, "judged", ""): 2})
    assert total({"a": one, "b": one}) == {(Measure.CALLS, "judged", ""): 4}
