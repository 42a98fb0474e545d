"""Incidents, earlier calls of a number and floods, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.calls.linked import CallSuspected
from gateway.calls.model import CallSession, CallState, EndReason
from gateway.calls.together import FloodKind, Suspicion
from gateway.desk.card import CardValue, Source
from gateway.desk.incidents.model import Incident
from gateway.ids import CallId
from gateway.journal.chain import Entry, link
from gateway.journal.codec import Codec, encode, encode_as, to_text
from gateway.ports import AggregateRow, CallRow, CardFieldRow, Commit, IncidentRow
from gateway.store import floods, together
from gateway.store.store import SqlStore
from gateway.store.together import IncidentCursor, StoredPast

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NUMBER = "13800138000"
YEAR = timedelta(days=365)


def call(
    number: int, *, lasts_s: float = 30, nature: str | None = None, end: EndReason = EndReason.COMPLETED
) -> tuple[CallSession, CallRow]:
    session = CallSession(
        call_id=CallId(f"hz-p1-1.{number}"), site="hz", pbx="p1", uniqueid=f"1.{number}", linkedid="1",
        line="PJSIP/t-1", seized_at=NOON + timedelta(minutes=number), state=CallState.ENDED, ani=NUMBER,
        ended_at=NOON + timedelta(minutes=number, seconds=lasts_s), end_reason=end, closed=True,
    )  # fmt: skip
    row = CallRow(
        call_id=session.call_id, pbx="p1", state=session.state, seized_at=session.seized_at,
        ended_at=session.ended_at, ani=NUMBER, dialed="110", end_reason=end, alarm_class=None, nature=nature,
        priority=None, department=None, agents="", duration_ms=round(lasts_s * 1000),
    )  # fmt: skip
    return session, row


async def put(store: SqlStore, *calls: tuple[CallSession, CallRow]) -> None:
    await store.commit(
        Commit(
            aggregates=[
                AggregateRow(
                    kind="call", key=session.call_id, rev=1, closed=True, state=to_text(encode(session)),
                    changed_at=NOON,
                )
                for session, _ in calls
            ],
            calls=[row for _, row in calls],
            card_fields=[
                CardFieldRow(
                    call_id=session.call_id, name="plate", rev=1,
                    payload=to_text(
                        encode_as(
                            tuple[CardValue, ...], (CardValue(value="某A12345", source=Source.SPEECH),)
                        )
                    ),
                )
                for session, _ in calls
            ],
        )
    )  # fmt: skip


async def test_the_last_hour_is_read_with_what_calls_are_compared_by(store: SqlStore) -> None:
    await put(store, call(1), call(50), call(55))
    past = StoredPast(store.database)
    found = await past.recent(NOON + timedelta(minutes=30), 10)
    assert [session.call_id for session, _ in found] == ["hz-p1-1.50", "hz-p1-1.55"]
    assert found[0][1]["plate"][0].value == "某A12345"
    assert [session.call_id for session, _ in await past.recent(NOON, 1)] == ["hz-p1-1.55"]
    until = await past.recent(NOON, 10, NOON + timedelta(minutes=29))
    assert all(session.seized_at <= NOON + timedelta(minutes=29) for session, _ in until)
    assert len(until) < len(await past.recent(NOON, 10))


@pytest.mark.parametrize(
    ("earlier", "protected"),
    [
        (call(1, nature="noise"), False),
        (call(1, nature="domestic_violence"), True),
        (call(1, lasts_s=2, end=EndReason.ABANDONED), False),
        (call(1, lasts_s=40, end=EndReason.ABANDONED), True),
    ],
    ids=["noise", "violence at home", "one ring", "waited in vain"],
)
async def test_what_protects_a_number(
    store: SqlStore, earlier: tuple[CallSession, CallRow], protected: bool
) -> None:
    await put(store, earlier)
    past = StoredPast(store.database)
    assert await past.protected(NUMBER, NOON - YEAR) is protected
    assert await past.protected("13900000000", NOON - YEAR) is False


async def test_earlier_calls_of_a_number_are_counted_and_the_last_ones_read(store: SqlStore) -> None:
    calls = [call(number) for number in range(1, 8)]
    await put(store, *calls, call(8, nature="domestic_violence"), call(9, end=EndReason.ABANDONED))
    found = await store.database.read(
        together.earlier, NUMBER, NOON - YEAR, NOON + timedelta(minutes=9, seconds=1)
    )
    assert (found.count, found.violence, found.abandoned) == (9, 1, 1)
    assert [together.session_of(state).call_id for state in found.states][:2] == ["hz-p1-1.9", "hz-p1-1.8"]


async def test_incidents_are_listed_page_by_page_newest_touched_first(store: SqlStore) -> None:
    rows = [
        IncidentRow(
            incident_id=f"i{number}", title="", opened_at=NOON,
            touched_at=NOON + timedelta(minutes=number // 2),
            calls=2, over=number == 3, surge_since=None,
        )
        for number in range(6)
    ]  # fmt: skip
    await store.commit(Commit(incidents=rows))
    first = await store.database.read(together.incidents, None, 2, only_open=True)
    assert [row.incident_id for row in first] == ["i5", "i4"]
    cursor = IncidentCursor(touched_at=first[-1].touched_at, incident_id="i4")
    rest = await store.database.read(together.incidents, cursor, 9, only_open=True)
    assert [row.incident_id for row in rest] == ["i2", "i1", "i0"]
    await store.commit(Commit(incidents=[replace(rows[0], title="某路口", over=True)]))
    everything = await store.database.read(together.incidents, None, 9, only_open=False)
    assert {row.incident_id: row.title for row in everything}["i0"] == "某路口"


async def test_an_incident_is_read_as_it_was_written(store: SqlStore) -> None:
    incident = Incident(incident_id="i1", site="hz", opened_at=NOON, touched_at=NOON, title="某路口")
    row = AggregateRow(
        kind="incident", key="i1", rev=1, closed=False, state=to_text(encode(incident)), changed_at=NOON
    )
    await store.commit(Commit(aggregates=[row]))
    assert await store.database.read(together.incident_of, "i1") == incident
    assert await store.database.read(together.incident_of, "i2") is None


async def test_calls_of_a_flood_are_found_by_what_the_journal_says(store: SqlStore) -> None:
    await put(store, call(1), call(2))
    suspicion = Suspicion(kind=FloodKind.ONE_RING, key=NUMBER, calls=4, at=NOON)
    signal = CallSuspected(call_id=CallId("hz-p1-1.2"), at=NOON, suspicion=suspicion)
    name, version, payload = Codec([CallSuspected]).dump(signal)
    entry = Entry(
        at=NOON, kind="call", key="hz-p1-1.2", type=name, version=version, payload=payload, salt=b"s" * 32
    )
    head = await store.head()
    await store.commit(Commit(journal=link(head.journal_seq, head.journal_hash, [entry])))
    hour = timedelta(hours=1)
    (found,) = await store.database.read(floods.calls, NOON - hour, NOON + hour)
    assert (found.call_id, found.kind, found.key) == ("hz-p1-1.2", "one_ring", NUMBER)
    assert await store.database.read(floods.calls, NOON + hour, NOON + 2 * hour) == []
    (row,) = await store.database.read(floods.journal_of, [found.call_id], NOON - hour, NOON + hour)
    assert row.type == "CallSuspected"
