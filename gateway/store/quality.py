"""The quality watch's tables: it follows the journal, and counts each call anew when something of it changes.

Only rows that came since the last time are looked at. Two that follow at once do not count twice: who comes
second finds the mark moved, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallEnded,
    LabelCall,
    SetDisposition,
    TriageAssessed,
    TriageFailed,
    VetoFired,
)
from gateway.journal.codec import CodecError, decode, encode, from_text, to_text
from gateway.reports.judged import About, JudgedCall, Party, disagreement, judged
from gateway.reports.quality import COUNTING, Counts, Followed, Key, Measure, RuleCount, counts
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import upsert
from gateway.triage.model import Assessment

ROWS_AT_ONCE = 5_000
"""Journal rows in one transaction; further ones in the next."""
CALLS_AT_ONCE = 500
_CHANGING = frozenset(
    cls.__name__ for cls in (CallEnded, LabelCall, SetDisposition, TriageAssessed, TriageFailed, VetoFired)
)
"""Signals after which an ended call may count otherwise."""
GRADES = tuple(About)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """`grade`: place of what is disagreed about in `GRADES`; None: all agree. `pairs`: who differs from whom,
    as ` rules-person model-person `."""

    call_id: str
    day: str
    seized_at: datetime
    grade: int | None
    pairs: str
    labelled: bool
    taught: bool
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    day: str
    measure: str
    key: str
    other: str
    calls: int


def follow(connection: Connection, zone: ZoneInfo, limit: int = ROWS_AT_ONCE) -> Followed:
    """Count what came since the last time, at most `limit` rows of the journal."""
    at = _mark(connection)
    journal = tables.journal.c
    rows = connection.execute(
        select(journal.seq, journal.kind, journal.key, journal.type)
        .where(journal.seq > at)
        .order_by(journal.seq)
        .limit(limit)
    ).all()
    if not rows or not _moved(connection, at, rows[-1].seq):
        return Followed()
    touched = sorted({row.key for row in rows if row.kind == "call" and row.type in _CHANGING})
    unreadable = sum(
        _count(connection, touched[at : at + CALLS_AT_ONCE], zone)
        for at in range(0, len(touched), CALLS_AT_ONCE)
    )
    return Followed(rows=len(rows), calls=len(touched), unreadable=unreadable)


def _mark(connection: Connection) -> int:
    """How far the journal was followed; another way of counting begins anew."""
    followed = tables.quality_followed
    at = connection.scalar(select(followed.c.seq).where(followed.c.counting == COUNTING))
    if at is not None:
        return int(at)
    for table in (tables.judged_calls, tables.quality_counts, followed):
        connection.execute(delete(table))
    connection.execute(insert(followed).values(counting=COUNTING, seq=0))
    return 0


def _moved(connection: Connection, at: int, to: int) -> bool:
    followed = tables.quality_followed
    here = and_(followed.c.counting == COUNTING, followed.c.seq == at)
    return connection.execute(update(followed).where(here).values(seq=to)).rowcount == 1


def _count(connection: Connection, call_ids: Sequence[str], zone: ZoneInfo) -> int:
    """How many of them cannot be read."""
    before = _known(connection, call_ids)
    assessed = _assessments(connection, call_ids)
    change, rows, unreadable = Counter[tuple[str, Key]](), [], 0
    for call_id, state in _states(connection, call_ids).items():
        try:
            found = assessed.get(call_id)
            assessment = decode(Assessment, from_text(found)) if found else None
            call = judged(decode(CallSession, from_text(state)), assessment, zone)
        except CodecError:
            unreadable += 1
            continue
        old = before.get(call_id)
        if call is None or call == old:
            continue
        rows.append(_row(call))
        for one, sign in ((old, -1), (call, 1)):
            for key, number in counts(one).items() if one else ():
                assert one is not None
                change[one.day, key] += sign * number
    upsert(connection, tables.judged_calls, rows)
    _add(connection, change)
    return unreadable


def _row(call: JudgedCall) -> JudgedRow:
    differ = disagreement(call)
    return JudgedRow(
        call_id=call.call_id, day=call.day, seized_at=call.seized_at,
        grade=GRADES.index(differ.about) if differ else None,
        pairs=" ".join(pair_name(*pair) for pair in differ.pairs).join("  ") if differ else "",
        labelled=call.label is not None, taught=call.truth is not None, payload=to_text(encode(call)),
    )  # fmt: skip


def pair_name(one: Party, other: Party) -> str:
    return f"{one}-{other}"


def _add(connection: Connection, change: Mapping[tuple[str, Key], int]) -> None:
    rows = tables.quality_counts.c
    days = sorted({day for (day, _), number in change.items() if number})
    if not days:
        return
    known = {
        (row.day, (row.measure, row.key, row.other)): row.calls
        for row in connection.execute(
            select(rows.day, rows.measure, rows.key, rows.other, rows.calls).where(rows.day.in_(days))
        )
    }
    upsert(connection, tables.quality_counts, [
        CountRow(day=day, measure=key[0], key=key[1], other=key[2], calls=known.get((day, key), 0) + number)
        for (day, key), number in change.items() if number
    ])  # fmt: skip
    connection.execute(delete(tables.quality_counts).where(rows.day.in_(days), rows.calls == 0))


def _known(connection: Connection, call_ids: Sequence[str]) -> dict[str, JudgedCall]:
    rows = tables.judged_calls.c
    query = select(rows.call_id, rows.payload).where(rows.call_id.in_(call_ids))
    return {row.call_id: read_judged(row.payload) for row in connection.execute(query)}


def read_judged(payload: str) -> JudgedCall:
    call: JudgedCall = decode(JudgedCall, from_text(payload))
    return call


def _states(connection: Connection, call_ids: Sequence[str]) -> dict[str, str]:
    rows = tables.aggregates.c
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(call_ids))
    return {row.key: row.state for row in connection.execute(query)}


def _assessments(connection: Connection, call_ids: Sequence[str]) -> dict[str, str]:
    """The last one of each call."""
    rows = tables.assessments.c
    newest = select(func.max(rows.id)).where(rows.call_id.in_(call_ids)).group_by(rows.call_id)
    query = select(rows.call_id, rows.payload).where(rows.id.in_(newest))
    return {row.call_id: row.payload for row in connection.execute(query)}


# ---- what pages ask


def counted(
    connection: Connection, since: str, until: str, of: Collection[Measure] = tuple(Measure)
) -> dict[str, Counts]:
    """Counts by day, both days included."""
    rows = tables.quality_counts.c
    days: dict[str, Counter[Key]] = {}
    query = select(rows.day, rows.measure, rows.key, rows.other, rows.calls).where(
        rows.day >= since, rows.day <= until, rows.measure.in_(of)
    )
    for day, measure, key, other, number in connection.execute(query):
        days.setdefault(day, Counter())[Measure(measure), key, other] = number
    return dict(days)


def last_fired(connection: Connection) -> dict[str, str]:
    """The day on which each rule spoke last."""
    rows = tables.quality_counts.c
    query = select(rows.key, func.max(rows.day)).where(
        rows.measure == Measure.RULE, rows.other == RuleCount.FIRED
    )
    return {str(rule_id): str(day) for rule_id, day in connection.execute(query.group_by(rows.key))}


class QualityTables:
    """The queries above, for whoever waits in an event loop (`gateway.runtime.quality.Tables`)."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    async def follow(self) -> Followed:
        return await self._database.write(follow, self._zone)

    async def counted(self, since: str, until: str, of: Collection[Measure]) -> Mapping[str, Counts]:
        return await self._database.read(counted, since, until, of)
