"""Figures of the day for the wall: every query is bounded by a span and goes by an index on its time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Integer, and_, case, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from gateway.calls.model import Medium
from gateway.reports import wall
from gateway.reports.wall import Chart, Counted, Day, Returned, SignedOff, Span
from gateway.store import tables
from gateway.store.database import Database

_CALLS = tables.calls.c
_REAL = and_(tables.COUNTED, _CALLS.test.is_(False))
"""Each call once, and none that only tests the line."""
_RANG = _CALLS.medium != Medium.MANUAL.value


class StoredWall:
    """The day as the store has it. Both raise StoreUnavailable."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    async def day(self, now: datetime) -> Day:
        return await self._database.read(day, wall.today(now, self._zone), wall.yesterday(now, self._zone))

    async def chart(self, now: datetime) -> Chart:
        return await self._database.read(chart, wall.last_minute(now), self._zone)


def day(connection: Connection, today: Span, before: Span) -> Day:
    return Day(
        today=counted(connection, today), before=counted(connection, before),
        signed=signed_off(connection, today), orders=orders(connection),
    )  # fmt: skip


def counted(connection: Connection, span: Span) -> list[Counted]:
    """Calls seized in `span`, by class and nature: a person's word goes before the machine's."""
    alarm_class = func.coalesce(_CALLS.decided_class, _CALLS.alarm_class)
    nature = func.coalesce(_CALLS.decided_nature, _CALLS.nature)
    answered = and_(_RANG, _CALLS.answer_ms.is_not(None))
    within = [_number(and_(answered, _CALLS.answer_ms <= s * 1000)) for s in wall.ANSWERED_S]
    query = select(
        alarm_class.label("alarm_class"), nature.label("nature"), func.count().label("calls"),
        _number(_RANG).label("rang"), _number(answered).label("answered"),
        _number(and_(_RANG, _CALLS.end_reason == "ABANDONED")).label("abandoned"),
        _number(_CALLS.decided_class.is_not(None)).label("decided"),
        *(_sum(_CALLS[name]).label(name) for name in ("handed", "came_back", "unrecorded")), *within,
    ).where(_CALLS.seized_at >= span.since, _CALLS.seized_at < span.until, _REAL)  # fmt: skip
    rows = connection.execute(query.group_by(alarm_class, nature)).all()
    return [_counted(row) for row in rows]


def _counted(row: Any) -> Counted:
    *own, within_1, within_2, within_3 = row
    names = (
        *("alarm_class", "nature", "calls", "rang", "answered", "abandoned", "decided", "handed"),
        *("came_back", "unrecorded"),
    )
    return Counted(**dict(zip(names, own, strict=True)), within=(within_1, within_2, within_3))


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return _sum(case((condition, 1), else_=0))


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL's sum of integers is wider than what we count."""
    return cast(func.coalesce(func.sum(column), 0), Integer)


def signed_off(connection: Connection, span: Span) -> SignedOff:
    """Of instructions issued in `span`, by the core's own time. Those taken back unsigned are left out."""
    rows = tables.instructions.c
    query = select(rows.issued_at, rows.signed_at).where(
        rows.issued_at >= span.since, rows.issued_at < span.until,
        or_(rows.signed_at.is_not(None), rows.cancelled_at.is_(None)),
    )  # fmt: skip
    buckets, not_yet = [0] * (len(wall.SIGNED_S) + 1), 0
    for issued_at, signed_at in connection.execute(query):
        if signed_at is None:
            not_yet += 1
            continue
        took = (signed_at - issued_at).total_seconds()
        buckets[next((at for at, s in enumerate(wall.SIGNED_S) if took <= s), len(wall.SIGNED_S))] += 1
    return SignedOff(within=tuple(buckets[:-1]), later=buckets[-1], not_yet=not_yet)


def orders(connection: Connection) -> Returned:
    """Open work orders by state: few, and found by an index of their own."""
    rows = tables.orders.c
    query = select(rows.state, rows.overdue, func.count()).where(tables.OPEN_ORDERS)
    found = connection.execute(query.group_by(rows.state, rows.overdue)).all()
    return Returned(
        open=sum(number for *_, number in found),
        overdue=sum(number for _, overdue, number in found if overdue),
        returned=sum(number for state, _, number in found if state == "returned"),
    )


# ---- calls by minute


def chart(connection: Connection, until: datetime, zone: ZoneInfo) -> Chart:
    """The last minutes, and the same of the days before. Days before the first call of the store are not
    known, and do not count as quiet ones."""
    own = Span(since=until - wall.CHART_LENGTH, until=until)
    first = connection.scalar(select(_CALLS.seized_at).order_by(_CALLS.seized_at).limit(1))
    spans = [wall.minutes_before(until, zone, days) for days in range(1, wall.BAND_DAYS + 1)]
    known = [span for span in spans if first is not None and first <= span.since]
    before = [wall.by_minute(span, minutes(connection, span)) for span in known]
    return wall.chart(until, wall.by_minute(own, minutes(connection, own)), before)


def minutes(connection: Connection, span: Span) -> Mapping[datetime, int]:
    """Calls that came in each minute of `span`; records without a call do not count."""
    if connection.dialect.name == "sqlite":
        minute: ColumnElement[str] = func.substr(_CALLS.seized_at, 1, 16)
    else:
        minute = func.to_char(func.timezone("UTC", _CALLS.seized_at), 'YYYY-MM-DD"T"HH24:MI')
    query = select(minute, func.count()).where(
        _CALLS.seized_at >= span.since, _CALLS.seized_at < span.until, _REAL, _RANG
    )
    rows = connection.execute(query.group_by(minute))
    return {datetime.fromisoformat(text).replace(tzinfo=UTC): number for text, number in rows}
