"""Runs of response plans as pages read them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select

from gateway.desk.plans.model import PlanRun
from gateway.desk.plans.reducer import KIND
from gateway.journal.codec import decode, from_text
from gateway.store import loop, tables

RUNS_LIMIT = 50
"""Runs of one call and its incident that a page gets: the newest."""

_ROWS = tables.plan_runs.c


def runs_of(connection: Connection, call_ids: Sequence[str], incident_id: str | None) -> list[PlanRun]:
    """Those of these calls, and of the incident; running ones first, then the newest."""
    named: list[ColumnElement[bool]] = [_ROWS.call_id.in_(call_ids)]
    if incident_id is not None:
        named.append(_ROWS.incident_id == incident_id)
    query = select(_ROWS.run_id).where(or_(*named))
    query = query.order_by(_ROWS.ended_at.is_not(None), _ROWS.started_at.desc(), _ROWS.run_id)
    ids = connection.scalars(query.limit(RUNS_LIMIT)).all()
    return [run for each in ids if (run := run_of(connection, each)) is not None]


def run_of(connection: Connection, run_id: str) -> PlanRun | None:
    row = loop.aggregate(connection, KIND, run_id)
    if row is None:
        return None
    found: PlanRun = decode(PlanRun, from_text(row.state))
    return found


def ended_before(connection: Connection, code: str, call_ids: Sequence[str]) -> int:
    """How often this plan was run for these calls and is over: the next run is named by it."""
    query = select(func.count()).where(
        _ROWS.code == code, _ROWS.call_id.in_(call_ids), _ROWS.ended_at.is_not(None)
    )
    return connection.scalar(query) or 0
