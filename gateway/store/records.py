"""Records without a call, and the calls that we made for one: what belongs to it, what may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from gateway.calls.model import CallSession, Medium
from gateway.journal.codec import decode, from_text
from gateway.ports import SegmentRow
from gateway.store import loop, tables
from gateway.store.rows import made, selected

SAME_WITHIN = timedelta(minutes=30)
"""A record and a call of the same number so far apart may be the same: people write times from memory."""
SAME_TIME = timedelta(minutes=5)
"""Where the PBX's call has no number, as one of which only the recording is left: the time alone."""
MAX_MATCHES = 5
MAX_COMPARED = 500
"""Of that time that are looked at; a hall has fewer records and calls without a number."""
MAX_PARTS = 20
"""Calls that we made for one, that its card shows: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A call of the PBX that may be this record, or the other way round."""

    call_id: str
    seized_at: datetime
    ani: str | None


def of_sheet(connection: Connection, sheet: str) -> CallSession | None:
    """The record that was copied from this paper."""
    calls = tables.calls.c
    query = select(calls.call_id).where(calls.sheet == sheet).order_by(calls.seized_at).limit(1)
    call_id = connection.scalar(query)
    row = None if call_id is None else loop.aggregate(connection, "call", call_id)
    return None if row is None else decode(CallSession, from_text(row.state))


def matches(connection: Connection, session: CallSession) -> Sequence[Match]:
    """By number and time, or by time alone where the PBX knows no number; those of the same number first, the
    nearest first; none once a person has linked it."""
    manual = session.medium is Medium.MANUAL
    if session.same_as is not None or session.callback_of is not None:
        return ()
    calls = tables.calls.c
    low, high = session.seized_at - SAME_WITHIN, session.seized_at + SAME_WITHIN
    other = calls.medium == (Medium.VOICE.value if manual else Medium.MANUAL.value)
    query = select(calls.call_id, calls.seized_at, calls.ani).where(
        calls.seized_at >= low, calls.seized_at <= high, other, tables.COUNTED
    )
    if not manual and session.ani is not None:
        query = query.where(calls.ani == session.ani)
    elif manual:
        query = query.where(or_(calls.ani.is_(None), calls.ani == session.ani))
    found = [Match(**row) for row in connection.execute(query.limit(MAX_COMPARED)).mappings()]
    near = [each for each in found if _same_number(each, session) or _apart(each, session) <= SAME_TIME]
    near.sort(key=lambda each: (not _same_number(each, session), _apart(each, session), each.call_id))
    return near[:MAX_MATCHES]


def _same_number(found: Match, session: CallSession) -> bool:
    return found.ani is not None and found.ani == session.ani


def _apart(found: Match, session: CallSession) -> timedelta:
    return abs(found.seized_at - session.seized_at)


def parts(connection: Connection, call_id: str) -> Sequence[tuple[CallSession, Sequence[SegmentRow]]]:
    """Calls that we made for this one, the oldest first, each with what was said in it."""
    calls = tables.calls.c
    query = select(calls.call_id).where(calls.part_of == call_id).order_by(calls.seized_at.desc())
    ids = list(connection.scalars(query.limit(MAX_PARTS)))[::-1]
    states, said = tables.aggregates.c, tables.segments.c
    rows = connection.execute(
        select(states.key, states.state).where(states.kind == "call", states.key.in_(ids))
    )
    sessions = {row.key: decode(CallSession, from_text(row.state)) for row in rows}
    wanted = selected(tables.segments, SegmentRow).where(said.call_id.in_(ids))
    order = (said.started_ms, said.speaker, said.reading, said.index)
    segments = made(SegmentRow, connection.execute(wanted.order_by(*order))) if ids else []
    return [
        (sessions[each], [row for row in segments if row.call_id == each]) for each in ids if each in sessions
    ]


def chain_of(connection: Connection, call_id: str) -> tuple[int, str]:
    """The newest row of the journal that tells of the call: its number, and its hash in hexadecimal digits,
    which every later row rests on."""
    rows = tables.journal.c
    query = select(rows.seq, rows.hash).where(rows.kind == "call", rows.key == call_id)
    row = connection.execute(query.order_by(rows.seq.desc()).limit(1)).first()
    return (row.seq, row.hash.hex()) if row else (0, "")
