"""What pages read of calls: lists with everything a line shows, and one call as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from gateway.ports import AssessmentRow, CardFieldRow, SegmentRow
from gateway.store import loop, tables
from gateway.store.rows import made, selected

LIVE_LIMIT = 500
"""Live calls on a board at most; the oldest ones are shown."""
PLACE_FIELDS = ("address", "position")
"""Fields of the card that a line of the board shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last line of a page: the next one holds what was seized before it."""

    seized_at: datetime
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """What a list shows of a call. `state` is its CallSession as JSON text."""

    cursor: Cursor
    state: str
    place: Sequence[CardFieldRow]
    last: SegmentRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWhole:
    """All that the store holds of one call, beside its journal and its events."""

    state: str
    card: Sequence[CardFieldRow]
    segments: Sequence[SegmentRow]
    assessment: AssessmentRow | None


def live_calls(connection: Connection, limit: int = LIVE_LIMIT) -> Sequence[CallLine]:
    """Calls that have not ended, the longest first."""
    return _lines(connection, _page().where(tables.LIVE).order_by(tables.calls.c.seized_at).limit(limit))


def ended_calls(
    connection: Connection,
    *,
    before: Cursor | None = None,
    limit: int = 50,
    search: str = "",
    by_number: bool = False,
) -> Sequence[CallLine]:
    """Calls that are over, newest first; what was made for another stands on that one's card, and is found
    by searching. `by_number`: `search` may also match the caller's number.

    Who may not see numbers must not find calls by them either.
    """
    calls = tables.calls.c
    query = _page().where(calls.ended_at.is_not(None))
    if before is not None:
        earlier = and_(calls.seized_at == before.seized_at, calls.call_id < before.call_id)
        query = query.where(or_(calls.seized_at < before.seized_at, earlier))
    if search:
        query = query.where(_matches(search, by_number))
    else:
        whole = tables.calls.alias().c
        query = query.where(~select(whole.call_id).where(whole.call_id == calls.part_of).exists())
    return _lines(connection, query.order_by(calls.seized_at.desc(), calls.call_id.desc()).limit(limit))


def lines_of(connection: Connection, ids: Sequence[str]) -> Sequence[CallLine]:
    """These calls as lists show them, in no order."""
    return _lines(connection, _page().where(tables.calls.c.call_id.in_(ids))) if ids else ()


def _page() -> Select[tuple[str, datetime]]:
    """Which calls; their states are fetched by name afterwards (a join tempts SQLite to read all states)."""
    return select(tables.calls.c.call_id, tables.calls.c.seized_at)


def _matches(search: str, by_number: bool) -> ColumnElement[bool]:
    calls = tables.calls.c
    columns = [
        calls.call_id,
        calls.nature,
        calls.department,
        calls.agents,
        *([calls.ani] if by_number else []),
    ]
    return or_(*(column.contains(search, autoescape=True) for column in columns))


def _lines(connection: Connection, query: Select[tuple[str, datetime]]) -> Sequence[CallLine]:
    found = [Cursor(seized_at=row.seized_at, call_id=row.call_id) for row in connection.execute(query)]
    ids = [cursor.call_id for cursor in found]
    states, places, lasts = (
        _states(connection, ids),
        _places(connection, ids),
        _last_segments(connection, ids),
    )
    return [
        CallLine(
            cursor=cursor,
            state=states[cursor.call_id],
            place=places[cursor.call_id],
            last=lasts.get(cursor.call_id),
        )
        for cursor in found
        if cursor.call_id in states
    ]


def _states(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    rows = tables.aggregates.c
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(ids))
    return {row.key: row.state for row in connection.execute(query)}


def _places(connection: Connection, ids: Sequence[str]) -> dict[str, list[CardFieldRow]]:
    fields = tables.card_fields.c
    query = selected(tables.card_fields, CardFieldRow).where(
        fields.call_id.in_(ids), fields.name.in_(PLACE_FIELDS)
    )
    places: dict[str, list[CardFieldRow]] = defaultdict(list)
    for row in made(CardFieldRow, connection.execute(query)):
        places[row.call_id].append(row)
    return places


def _last_segments(connection: Connection, ids: Sequence[str]) -> dict[str, SegmentRow]:
    said = tables.segments.c
    newest = (
        select(said.call_id, func.max(said.started_ms).label("started_ms"))
        .where(said.call_id.in_(ids), said.reading == "live")
        .group_by(said.call_id)
        .subquery()
    )
    same = and_(said.call_id == newest.c.call_id, said.started_ms == newest.c.started_ms)
    query = selected(tables.segments, SegmentRow).join(newest, same).where(said.reading == "live")
    query = query.order_by(said.speaker, said.index)
    return {row.call_id: row for row in made(SegmentRow, connection.execute(query))}


def call_whole(connection: Connection, call_id: str) -> CallWhole | None:
    row = loop.aggregate(connection, "call", call_id)
    if row is None:
        return None
    return CallWhole(
        state=row.state,
        card=loop.card_fields(connection, call_id),
        segments=loop.segments(connection, call_id),
        assessment=_last_assessment(connection, call_id),
    )


def _last_assessment(connection: Connection, call_id: str) -> AssessmentRow | None:
    rows = tables.assessments.c
    query = selected(tables.assessments, AssessmentRow).where(rows.call_id == call_id)
    return next(iter(made(AssessmentRow, connection.execute(query.order_by(rows.id.desc()).limit(1)))), None)


def signals_of(
    connection: Connection, call_id: str, signal_type: str, since: datetime | None = None
) -> Sequence[tuple[int, str]]:
    """(version, payload) of a call's journaled signals of one type, in order; erased ones are left out."""
    rows = tables.journal.c
    query = select(rows.version, rows.payload).where(
        rows.kind == "call", rows.key == call_id, rows.type == signal_type, rows.payload.is_not(None)
    )
    if since is not None:
        query = query.where(rows.at >= since)
    return [(version, payload) for version, payload in connection.execute(query.order_by(rows.seq))]
