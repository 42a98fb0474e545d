"""Figures of the day, on both databases, from a store that was filled by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.ports import CallRow, Commit, InstructionRow, OrderRow
from gateway.reports import wall
from gateway.reports.wall import Returned, SignedOff
from gateway.store.store import SqlStore
from gateway.store.wall import StoredWall

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 5, 2, 30, 30, tzinfo=UTC)
"""10:30:30 in Shanghai."""


def call(number: int, seized_at: datetime, **more: Any) -> CallRow:
    usual: dict[str, Any] = {
        "pbx": "p1", "state": "ENDED", "ended_at": seized_at, "ani": None, "dialed": "110",
        "end_reason": "COMPLETED", "alarm_class": "valid_alarm", "nature": "theft", "priority": 3,
        "department": None, "agents": "", "duration_ms": 1,
    }  # fmt: skip
    return CallRow(call_id=f"c{number}", seized_at=seized_at, **(usual | more))


async def put(store: SqlStore, rows: Sequence[CallRow]) -> None:
    await store.commit(Commit(calls=rows))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


async def test_an_empty_store_has_an_empty_day_and_no_band(store: SqlStore) -> None:
    stored = StoredWall(store.database, SHANGHAI)
    day, chart = await stored.day(NOW), await stored.chart(NOW)
    assert (day.today, day.before, day.signed, day.orders) == ([], [], SignedOff(), Returned())
    assert (sum(chart.calls), len(chart.calls), chart.days, chart.high) == (0, 60, 0, None)


async def test_the_day_counts_answers_classes_hand_overs_and_what_people_decided(store: SqlStore) -> None:
    rows = [
        call(1, ago(hours=1), answer_ms=4_000),
        call(2, ago(hours=1), answer_ms=10_000, decided_class="non_police", decided_nature="none", handed=2),
        call(3, ago(hours=2), answer_ms=12_000, alarm_class="non_police", nature="none", handed=1),
        call(4, ago(hours=2), answer_ms=25_000, came_back=1, handed=1, unrecorded=1),
        call(5, ago(hours=2), end_reason="ABANDONED", alarm_class=None, nature=None),
        call(6, ago(hours=2), medium="manual", nature="fight"),
        call(7, ago(hours=2), answer_ms=1, test=True),
        call(8, ago(hours=2), answer_ms=1, part_of="c1"),
    ]
    await put(store, rows)
    day = await StoredWall(store.database, SHANGHAI).day(NOW)
    total = wall.summed(day.today)
    assert (total.calls, total.rang, total.answered, total.within) == (6, 5, 4, (2, 3, 3))
    assert (total.abandoned, total.decided, total.handed, total.came_back) == (1, 1, 4, 1)
    assert total.unrecorded == 1
    assert wall.by(day.today, "alarm_class") == {"valid_alarm": 3, "non_police": 2, None: 1}
    assert wall.by(day.today, "nature") == {"theft": 2, "none": 2, "fight": 1, None: 1}


async def test_a_day_begins_at_the_sites_midnight_and_yesterday_ends_at_this_time(store: SqlStore) -> None:
    midnight = datetime(2026, 1, 4, 16, 0, tzinfo=UTC)
    second = timedelta(seconds=1)
    rows = [
        call(1, midnight), call(2, midnight - second), call(3, ago(days=1) - second), call(4, ago(days=1)),
        call(5, midnight - timedelta(days=1)), call(6, midnight - timedelta(days=1) - second),
    ]  # fmt: skip
    await put(store, rows)
    day = await StoredWall(store.database, SHANGHAI).day(NOW)
    assert (wall.summed(day.today).calls, wall.summed(day.before).calls) == (1, 2)


@pytest.mark.parametrize("minutes", [0, 330, 345, -570])
async def test_each_zone_has_its_own_day(store: SqlStore, minutes: int) -> None:
    zone: Any = {
        0: ZoneInfo("UTC"), 330: ZoneInfo("Asia/Kolkata"), 345: ZoneInfo("Asia/Kathmandu"),
        -570: ZoneInfo("Pacific/Marquesas"),
    }[minutes]  # fmt: skip
    midnight = wall.midnight(NOW, zone)
    assert midnight.astimezone(zone).strftime("%H:%M") == "00:00"
    rows = [call(1, midnight), call(2, midnight - timedelta(seconds=1))]
    await put(store, rows)
    day = await StoredWall(store.database, zone).day(NOW)
    assert wall.summed(day.today).calls == 1


async def test_sign_offs_fall_into_their_buckets_by_the_cores_own_times(store: SqlStore) -> None:
    took = [1, 30, 31, 60, 120, 180, 181, None, None]
    rows = [
        InstructionRow(
            call_id="c1", instruction_id=f"i{n}", issued_at=ago(hours=1), cancelled_at=None,
            signed_at=None if s is None else ago(hours=1) + timedelta(seconds=s),
        )
        for n, s in enumerate(took)
    ]  # fmt: skip
    rows[-1] = InstructionRow(
        call_id="c1", instruction_id="i8", issued_at=ago(hours=1), signed_at=None, cancelled_at=ago(hours=1)
    )
    await store.commit(Commit(instructions=rows))
    day = await StoredWall(store.database, SHANGHAI).day(NOW)
    assert day.signed == SignedOff(within=(2, 2, 1, 1), later=1, not_yet=1)


async def test_open_work_orders_are_counted_by_what_is_late_and_what_came_back(store: SqlStore) -> None:
    def order(number: int, state: str, overdue: bool = False) -> OrderRow:
        return OrderRow(
            order_id=f"o{number}", department="labour_bureau", state=state, opened_at=NOW, changed_at=NOW,
            call_id=None, subject="s", due_at=None, overdue=overdue,
        )  # fmt: skip

    await store.commit(
        Commit(orders=[order(1, "sent"), order(2, "returned"), order(3, "sent", True), order(4, "closed")])
    )
    day = await StoredWall(store.database, SHANGHAI).day(NOW)
    assert day.orders == Returned(open=3, overdue=1, returned=1)


async def test_the_chart_shows_whole_minutes_beside_the_same_minutes_of_the_days_before(
    store: SqlStore,
) -> None:
    until = NOW.replace(second=0)
    rows = [call(0, until - timedelta(days=20))]
    for day in range(1, 8):
        rows += [
            call(day * 1000 + n, until - timedelta(days=day, minutes=n % 90, seconds=-10)) for n in range(180)
        ]
    rows += [call(90_000 + n, until - timedelta(minutes=1) + timedelta(seconds=n)) for n in range(9)]
    rows += [call(91_000, NOW), call(91_001, until - timedelta(minutes=60)), call(91_002, until, test=True)]
    await put(store, rows)
    chart = await StoredWall(store.database, SHANGHAI).chart(NOW)
    assert (chart.until, chart.days, len(chart.calls)) == (until, 7, 60)
    assert (chart.calls[0], chart.calls[-1], sum(chart.calls)) == (1, 9, 10)
    assert chart.middle is not None
    assert chart.low is not None
    assert chart.high is not None
    assert (chart.low[20], chart.middle[20], chart.high[20]) == (2.0, 2.0, 2.0)


async def test_days_before_the_first_call_are_not_quiet_days(store: SqlStore) -> None:
    await put(store, [call(1, ago(days=2, hours=3)), call(2, ago(minutes=5))])
    chart = await StoredWall(store.database, SHANGHAI).chart(NOW)
    assert (chart.days, chart.low) == (2, None)
    await put(store, [call(3, ago(days=9))])
    assert (await StoredWall(store.database, SHANGHAI).chart(NOW)).days == 7
