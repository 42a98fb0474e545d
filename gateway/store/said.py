"""What was said in stored calls, as triage reads it: the text that a call's verdict rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from gateway.calls.model import TEST_MARK, CallSession
from gateway.desk.board import basis_of
from gateway.journal.codec import decode, from_text
from gateway.ports import SegmentRow
from gateway.speech.model import Reading, TranscriptSegment, counts
from gateway.store import loop, tables
from gateway.store.rows import made, selected
from gateway.triage.model import Utterance
from gateway.triage.words import utterance_of

CALLS_AT_ONCE = 200
"""Calls of one page; the next page begins behind the last of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One call and its final utterances in the order of speaking."""

    session: CallSession
    utterances: tuple[Utterance, ...]


def said_in(connection: Connection, call_id: str) -> Said | None:
    """One call; None: nobody knows it."""
    row = loop.aggregate(connection, "call", call_id)
    return None if row is None else _said(row.state, loop.segments(connection, call_id))


def ended_before(
    connection: Connection, before: tuple[datetime, str] | None, limit: int = CALLS_AT_ONCE
) -> Sequence[Said]:
    """Calls that are over and in which something was said, newest first; calls that only test the line are
    left out, so a page may be shorter, but is empty at the end only."""
    calls = tables.calls.c
    query = select(calls.call_id, calls.seized_at).where(calls.ended_at.is_not(None))
    while True:
        page = query
        if before is not None:
            earlier = and_(calls.seized_at == before[0], calls.call_id < before[1])
            page = page.where(or_(calls.seized_at < before[0], earlier))
        page = page.order_by(calls.seized_at.desc(), calls.call_id.desc()).limit(limit)
        found = [(row.seized_at, row.call_id) for row in connection.execute(page)]
        if not found:
            return []
        before = found[-1]
        if spoken := _spoken(connection, [call_id for _, call_id in found]):
            return spoken


def _spoken(connection: Connection, ids: Sequence[str]) -> list[Said]:
    rows, said = tables.aggregates.c, tables.segments.c
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(ids))
    states = {row.key: row.state for row in connection.execute(query)}
    segments: dict[str, list[SegmentRow]] = {}
    wanted = selected(tables.segments, SegmentRow).where(said.call_id.in_(ids))
    order = (said.call_id, said.started_ms, said.speaker, said.reading, said.index)
    for one in made(SegmentRow, connection.execute(wanted.order_by(*order))):
        segments.setdefault(one.call_id, []).append(one)
    calls = [_said(states[call_id], segments.get(call_id, ())) for call_id in ids if call_id in states]
    return [call for call in calls if call.utterances and TEST_MARK not in call.session.marks]


def _said(state: str, rows: Sequence[SegmentRow]) -> Said:
    session: CallSession = decode(CallSession, from_text(state))
    basis = {each.leg.value: basis_of(each) for each in session.hearing}
    spoken = [row for row in rows if counts(row.index, row.reading, basis.get(row.speaker, Reading.LIVE))]
    utterances = [utterance_of(decode(TranscriptSegment, from_text(row.payload))) for row in spoken]
    return Said(session=session, utterances=tuple(utterances))
