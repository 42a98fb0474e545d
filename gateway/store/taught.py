"""Ended calls of which a person said what they are, with the words of both sides: what teaches rules and
model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from gateway.calls.model import CallSession
from gateway.desk.board import basis_of
from gateway.journal.codec import decode, from_text
from gateway.reports.judged import Judgement
from gateway.speech.model import Leg, Reading, counts
from gateway.store import tables
from gateway.store.quality import read_judged

PAGE = 200
"""Calls in one read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtCall:
    """`turns` in the order of speaking, of the reading that verdict and card rest on. `labelled`: `truth` is
    the word of somebody who looked again, not the disposition alone."""

    call_id: str
    seized_at: datetime
    number: str | None
    language: str | None
    turns: tuple[tuple[Leg, str], ...]
    truth: Judgement
    labelled: bool


def taught(
    connection: Connection,
    *,
    since: datetime,
    labelled: bool = False,
    before: TaughtCall | None = None,
    limit: int = PAGE,
) -> Sequence[TaughtCall]:
    """Newest first; `labelled`: no others."""
    rows = tables.judged_calls.c
    query = select(rows.call_id, rows.seized_at, rows.labelled, rows.payload).where(
        tables.TAUGHT, rows.seized_at >= since
    )
    if labelled:
        query = query.where(rows.labelled)
    if before is not None:
        same = and_(rows.seized_at == before.seized_at, rows.call_id < before.call_id)
        query = query.where(or_(rows.seized_at < before.seized_at, same))
    found = connection.execute(query.order_by(rows.seized_at.desc(), rows.call_id.desc()).limit(limit)).all()
    ids = [row.call_id for row in found]
    sessions, said = dict(_sessions(connection, ids)), _said(connection, ids)
    made = []
    for row in found:
        truth = read_judged(row.payload).truth
        session = sessions.get(row.call_id)
        if truth is None or session is None:
            continue
        basis = {each.leg.value: basis_of(each) for each in session.hearing}
        turns = tuple(
            (Leg(speaker), text)
            for speaker, reading, index, text in said.get(row.call_id, ())
            if counts(index, reading, basis.get(speaker, Reading.LIVE))
        )
        made.append(TaughtCall(
            call_id=row.call_id, seized_at=row.seized_at, number=session.ani, language=session.language,
            turns=turns, truth=truth, labelled=row.labelled,
        ))  # fmt: skip
    return made


def _sessions(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, CallSession]]:
    rows = tables.aggregates.c
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(ids))
    for key, state in connection.execute(query):
        yield key, decode(CallSession, from_text(state))


def _said(connection: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str, int, str]]]:
    rows = tables.segments.c
    query = select(rows.call_id, rows.speaker, rows.reading, rows.index, rows.text).where(
        rows.call_id.in_(ids)
    )
    said: dict[str, list[tuple[str, str, int, str]]] = {}
    for call_id, speaker, reading, index, text in connection.execute(
        query.order_by(rows.call_id, rows.started_ms, rows.speaker, rows.index)
    ):
        said.setdefault(call_id, []).append((speaker, reading, index, text))
    return said
