"""Calls of which rules, model and person say different things: a queue for whoever looks again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from gateway.reports.judged import About, JudgedCall
from gateway.store import tables
from gateway.store.quality import GRADES, read_judged

QUEUE_DAYS = 90
"""Older ones are not shown: nobody remembers such a call, and newer ones teach the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The last line of a page; the next one holds what comes after it."""

    grade: int
    seized_at: datetime
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    place: Place
    about: About
    pairs: tuple[str, ...]
    call: JudgedCall


def queue(
    connection: Connection,
    *,
    since: datetime,
    about: About | None = None,
    pair: str = "",
    labelled: bool = False,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Line]:
    """The gravest first, of these the newest. `pair`: `rules-person`, `rules-model` or `model-person`."""
    rows = tables.judged_calls.c
    query = select(rows.call_id, rows.seized_at, rows.grade, rows.pairs, rows.payload).where(
        tables.DIFFERENT, rows.seized_at >= since, rows.labelled == labelled
    )
    if about is not None:
        query = query.where(rows.grade == GRADES.index(about))
    if pair:
        query = query.where(rows.pairs.contains(f" {pair} ", autoescape=True))
    if after is not None:
        older = or_(
            rows.seized_at < after.seized_at,
            and_(rows.seized_at == after.seized_at, rows.call_id < after.call_id),
        )
        query = query.where(or_(rows.grade > after.grade, and_(rows.grade == after.grade, older)))
    ordered = query.order_by(rows.grade, rows.seized_at.desc(), rows.call_id.desc()).limit(limit)
    return [
        Line(
            place=Place(grade=row.grade, seized_at=row.seized_at, call_id=row.call_id),
            about=GRADES[row.grade], pairs=tuple(row.pairs.split()), call=read_judged(row.payload),
        )
        for row in connection.execute(ordered)
    ]  # fmt: skip


def waiting(connection: Connection, since: datetime) -> dict[About, int]:
    """How many nobody has labelled yet."""
    rows = tables.judged_calls.c
    query = select(rows.grade, func.count()).where(tables.DIFFERENT, rows.seized_at >= since, ~rows.labelled)
    found = {int(grade): int(number) for grade, number in connection.execute(query.group_by(rows.grade))}
    return {about: found.get(grade, 0) for grade, about in enumerate(GRADES)}
