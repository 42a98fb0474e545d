"""The quality watch's tables: it follows the journal, and counts each call anew when something of it changes.

Only rows that came since the last time are looked at. Looking and counting only read; what came of it is
written in one short transaction, so that calls never wait for it. Two that follow at once do not count twice:
who comes second finds the mark moved, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallEnded,
    LabelCall,
    SetDisposition,
    TriageAssessed,
    TriageFailed,
    VetoFired,
)
from gateway.calls.wrapped import FinishCall
from gateway.journal.codec import CodecError, decode, encode, from_text, to_text
from gateway.reports.judged import About, JudgedCall, Party, disagreement, judged
from gateway.reports.quality import (
    COUNTING,
    Counts,
    Followed,
    Key,
    Measure,
    PackFigures,
    RuleCount,
    counts,
    sums,
)
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import upsert
from gateway.triage.model import Assessment

ROWS_AT_ONCE = 5_000
"""Journal rows in one transaction; further ones in the next."""
CALLS_AT_ONCE = 500
_CHANGING = frozenset(
    cls.__name__
    for cls in (CallEnded, FinishCall, LabelCall, SetDisposition, TriageAssessed, TriageFailed, VetoFired)
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
    """`pack`: hash of the rules that judged these calls, as their verdicts cite it; "": none did."""

    day: str
    pack: str
    measure: str
    key: str
    other: str
    calls: int


Sum = tuple[str, str, Key]
"""One count: its day, the pack, and what it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the journal says beyond `at`, up to `to`: ready to be kept in one short transaction. `at` None:
    the tables were counted another way, and are to be emptied first."""

    at: int | None
    to: int
    seen: Followed
    rows: Sequence[JudgedRow] = ()
    change: Mapping[Sum, int] = field(default_factory=dict)


def look(connection: Connection, zone: ZoneInfo, limit: int = ROWS_AT_ONCE) -> Found:
    """The work, which only reads: calls go on being committed meanwhile."""
    followed, journal = tables.quality_followed.c, tables.journal.c
    at = connection.scalar(select(followed.seq).where(followed.counting == COUNTING))
    begin, end = at or 0, connection.scalar(select(func.max(journal.seq))) or 0
    to = min(end, begin + limit)
    changed = select(journal.key).where(  # without the kind, whose index would be read as a whole
        journal.seq > begin, journal.seq <= to, journal.type.in_(_CHANGING)
    )
    touched = sorted(connection.scalars(changed.distinct()))
    judged_rows: list[JudgedRow] = []
    change, unreadable = Counter[Sum](), 0
    for first in range(0, len(touched), CALLS_AT_ONCE):
        part = touched[first : first + CALLS_AT_ONCE]
        before = _known(connection, part) if at is not None else {}
        calls, odd = _judged(connection, part, zone)
        unreadable += odd
        for call in calls:
            if call != (old := before.get(call.call_id)):
                judged_rows.append(_row(call))
                _add_change(change, old, -1)
                _add_change(change, call, 1)
    seen = Followed(rows=to - begin, calls=len(touched), unreadable=unreadable)
    return Found(at=at, to=to, seen=seen, rows=judged_rows, change=change)


def keep(connection: Connection, found: Found) -> bool:
    """False: another one has followed meanwhile, and nothing was changed."""
    followed = tables.quality_followed
    if found.at is None:
        if connection.scalar(select(followed.c.seq).where(followed.c.counting == COUNTING)) is not None:
            return False
        for table in (tables.judged_calls, tables.quality_counts, followed):
            connection.execute(delete(table))
        connection.execute(insert(followed).values(counting=COUNTING, seq=found.to))
    else:
        here = and_(followed.c.counting == COUNTING, followed.c.seq == found.at)
        if not connection.execute(update(followed).where(here).values(seq=found.to)).rowcount:
            return False
    upsert(connection, tables.judged_calls, found.rows)
    _add(connection, found.change)
    return True


async def follow(database: Database, zone: ZoneInfo, limit: int = ROWS_AT_ONCE) -> Followed:
    """Count what came since the last time, at most `limit` rows of the journal."""
    found = await database.read(look, zone, limit)
    if found.at is not None and found.to == found.at:
        return found.seen
    kept = await database.write(keep, found)
    return found.seen if kept else Followed()


def _judged(connection: Connection, call_ids: Sequence[str], zone: ZoneInfo) -> tuple[list[JudgedCall], int]:
    """The calls as they are now, and how many cannot be read."""
    assessed, calls, unreadable = _assessments(connection, call_ids), [], 0
    for call_id, state in _states(connection, call_ids).items():
        try:
            found = assessed.get(call_id)
            assessment = decode(Assessment, from_text(found)) if found else None
            call = judged(decode(CallSession, from_text(state)), assessment, zone)
        except CodecError:
            unreadable += 1
            continue
        if call is not None:
            calls.append(call)
    return calls, unreadable


def _add_change(change: Counter[Sum], call: JudgedCall | None, sign: int) -> None:
    if call is not None:
        for key, number in counts(call).items():
            change[call.day, call.pack_hash, key] += sign * number


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


def _add(connection: Connection, change: Mapping[Sum, int]) -> None:
    rows = tables.quality_counts.c
    days = sorted({day for (day, _, _), number in change.items() if number})
    if not days:
        return
    known = {
        (row.day, row.pack, (row.measure, row.key, row.other)): row.calls
        for row in connection.execute(select(tables.quality_counts).where(rows.day.in_(days)))
    }
    upsert(connection, tables.quality_counts, [
        CountRow(
            day=one[0], pack=one[1], measure=one[2][0], key=one[2][1], other=one[2][2],
            calls=known.get(one, 0) + number,
        )
        for one, number in change.items() if number
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
    connection: Connection, since: str, until: str, of: Collection[Measure] = tuple(Measure),
    pack: str | None = None,
) -> dict[str, Counts]:  # fmt: skip
    """Counts by day, both days included. `pack`: of the calls that it judged; None: of all."""
    rows = tables.quality_counts.c
    days: dict[str, Counter[Key]] = {}
    query = select(rows.day, rows.measure, rows.key, rows.other, func.sum(rows.calls)).where(
        rows.day >= since, rows.day <= until, rows.measure.in_(of), *_by(pack)
    )
    for day, measure, key, other, number in connection.execute(
        query.group_by(rows.day, rows.measure, rows.key, rows.other)
    ):
        days.setdefault(day, Counter())[Measure(measure), key, other] = int(number)
    return dict(days)


def summed(connection: Connection, since: str, until: str, of: Measure, pack: str | None = None) -> Counts:
    """One measure over all these days."""
    rows = tables.quality_counts.c
    query = select(rows.key, rows.other, func.sum(rows.calls)).where(
        rows.day >= since, rows.day <= until, rows.measure == of, *_by(pack)
    )
    found = connection.execute(query.group_by(rows.key, rows.other))
    return {(of, str(key), str(other)): int(number) for key, other, number in found}


def _by(pack: str | None) -> list[ColumnElement[bool]]:
    return [] if pack is None else [tables.quality_counts.c.pack == pack]


def by_pack(connection: Connection, since: str, until: str) -> list[PackFigures]:
    """Every pack that judged calls of these days, the one that judged last first."""
    rows = tables.quality_counts.c
    query = select(
        rows.pack,
        rows.measure,
        rows.key,
        rows.other,
        func.sum(rows.calls),
        func.min(rows.day),
        func.max(rows.day),
    ).where(rows.day >= since, rows.day <= until, rows.measure.in_((Measure.CALLS, Measure.CLASS)))
    made: dict[str, Counter[Key]] = {}
    spans: dict[str, tuple[str, str]] = {}
    for pack, measure, key, other, number, first, last in connection.execute(
        query.group_by(rows.pack, rows.measure, rows.key, rows.other)
    ):
        made.setdefault(pack, Counter())[Measure(measure), key, other] = int(number)
        known = spans.get(pack, (first, last))
        spans[pack] = (min(known[0], first), max(known[1], last))
    found = [
        PackFigures(pack_hash=pack, since=spans[pack][0], until=spans[pack][1], sums=sums(counts))
        for pack, counts in made.items()
    ]
    return sorted(found, key=lambda one: (one.until, one.since, one.pack_hash), reverse=True)


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
        return await follow(self._database, self._zone)

    async def counted(self, since: str, until: str, of: Collection[Measure]) -> Mapping[str, Counts]:
        return await self._database.read(counted, since, until, of)
