"""Work orders as lists and their pages read them, and what departments sent that fits none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    TextClause,
    and_,
    delete,
    func,
    or_,
    select,
)

from gateway.ports_asides import AsideRow
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.rows import insert_new, made, selected

KIND = "order"
Condition = ColumnElement[bool] | TextClause
HISTORY_LIMIT = 500
"""Steps of one order that are read, the newest; an order has far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last line of a page: the next one holds what was opened before it."""

    opened_at: datetime
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders. `department`: only those that it has, drafts not among them when `sent_only`. `states`:
    none named means every one that is not closed. `search`: in subject (unless
    `in_subject` is False: it may name a place), the end of an id, or a call's id."""

    department: str | None = None
    sent_only: bool = False
    states: tuple[str, ...] = ()
    overdue: bool = False
    call_id: str | None = None
    search: str = ""
    in_subject: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many of the open orders that a reader may see stand where: by state, by department, and how many
    are overdue."""

    states: dict[str, int]
    departments: dict[str, int]
    overdue: int


def page(
    connection: Connection, wanted: Wanted, *, before: Cursor | None = None, limit: int = 50
) -> Sequence[tuple[Cursor, str]]:
    """Newest first: each with its state as JSON text."""
    rows = tables.orders.c
    query: Select[Any] = select(rows.order_id, rows.opened_at).where(*_conditions(wanted))
    if before is not None:
        earlier = and_(rows.opened_at == before.opened_at, rows.order_id < before.order_id)
        query = query.where(or_(rows.opened_at < before.opened_at, earlier))
    query = query.order_by(rows.opened_at.desc(), rows.order_id.desc()).limit(limit)
    found = [Cursor(opened_at=row.opened_at, order_id=row.order_id) for row in connection.execute(query)]
    states = _states(connection, [cursor.order_id for cursor in found])
    return [(cursor, states[cursor.order_id]) for cursor in found if cursor.order_id in states]


def _conditions(wanted: Wanted) -> list[Condition]:
    rows = tables.orders.c
    found: list[Condition] = [rows.state.in_(wanted.states) if wanted.states else tables.OPEN_ORDERS]
    found += _visible(wanted)
    if wanted.overdue:
        found.append(rows.overdue)
    if wanted.call_id is not None:
        found.append(rows.call_id == wanted.call_id)
    if wanted.search:
        columns = (rows.subject, rows.call_id) if wanted.in_subject else (rows.call_id,)
        end = rows.order_id.endswith(wanted.search.lower(), autoescape=True)
        found.append(or_(end, *(column.contains(wanted.search, autoescape=True) for column in columns)))
    return found


def _visible(wanted: Wanted) -> list[Condition]:
    rows = tables.orders.c
    found: list[Condition] = []
    if wanted.department is not None:
        found.append(rows.department == wanted.department)
    if wanted.sent_only:
        found.append(rows.state != "draft")
    return found


def _states(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    rows = tables.aggregates.c
    query = select(rows.key, rows.state).where(rows.kind == KIND, rows.key.in_(ids))
    return {row.key: row.state for row in connection.execute(query)}


def facets(connection: Connection, wanted: Wanted) -> Facets:
    """Counted over what the reader may see, whatever is chosen beside it."""
    rows, count = tables.orders.c, func.count()
    still = [*_visible(wanted), tables.OPEN_ORDERS]
    by_state = select(rows.state, count).where(*still).group_by(rows.state)
    by_department = select(rows.department, count).where(*still).group_by(rows.department)
    overdue = connection.scalar(select(count).where(*still, rows.overdue))
    return Facets(
        states={row[0]: row[1] for row in connection.execute(by_state)},
        departments={row[0]: row[1] for row in connection.execute(by_department)},
        overdue=overdue or 0,
    )


def history(connection: Connection, order_id: str) -> Sequence[tuple[datetime, str, str]]:
    """(time, type, payload) of every journaled step, in order; erased ones are left out."""
    rows = tables.journal.c
    query = select(rows.at, rows.type, rows.payload).where(
        rows.kind == KIND, rows.key == order_id, rows.payload.is_not(None)
    )
    found = connection.execute(query.order_by(rows.seq.desc()).limit(HISTORY_LIMIT))
    return [(row.at, row.type, row.payload) for row in found][::-1]


# ---- what was set aside


def keep_aside(connection: Connection, row: AsideRow) -> bool:
    known = connection.scalar(
        select(func.count()).where(tables.order_asides.c.digest == row.digest)
    )  # fmt: skip
    insert_new(connection, tables.order_asides, [row])
    return not known


def asides(connection: Connection, limit: int) -> Sequence[AsideRow]:
    """Newest first."""
    rows = tables.order_asides.c
    query = selected(tables.order_asides, AsideRow).order_by(rows.at.desc(), rows.digest).limit(limit)
    return made(AsideRow, connection.execute(query))


def forget_asides(connection: Connection, before: datetime, keep: int) -> int:
    rows = tables.order_asides.c
    newest = select(rows.digest).order_by(rows.at.desc(), rows.digest).limit(keep)
    old = or_(rows.at < before, rows.digest.not_in(newest))
    return connection.execute(delete(tables.order_asides).where(old)).rowcount


class StoredAsides:
    """Implements `gateway.ports_asides.Asides` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: AsideRow) -> bool:
        return await self._database.write(keep_aside, row)

    async def forget(self, before: datetime, keep: int) -> int:
        return await self._database.write(forget_asides, before, keep)
