"""Rows to parameters and back, and the statements that write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Result, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R")
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def _names(row_type: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row_type))


def parameters(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """One dictionary a row, by field name. All rows are of one type, which has at least two fields."""
    names = _names(type(rows[0]))
    values = attrgetter(*names)
    return [dict(zip(names, values(row), strict=True)) for row in rows]


def selected(table: Table, row_type: type) -> Select[Any]:
    """The columns of `table` that make a `row_type`."""
    return select(*(table.c[name] for name in _names(row_type)))


def made(row_type: type[R], result: Result[Any]) -> list[R]:
    return [row_type(**row) for row in result.mappings()]


def insert(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """New rows; a key already there is an IntegrityError."""
    if rows:
        connection.execute(table.insert(), parameters(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """Rows whose key is already there stay as they are."""
    if rows:
        connection.execute(_ignoring(table, connection.dialect.name), parameters(rows))


def upsert(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """The newest row of each key."""
    if rows:
        connection.execute(_replacing(table, connection.dialect.name), parameters(rows))


@cache
def _ignoring(table: Table, dialect: str) -> Insert:
    statement: Insert = _DIALECTS[dialect].insert(table).on_conflict_do_nothing(index_elements=_key(table))
    return statement


@cache
def _replacing(table: Table, dialect: str) -> Insert:
    statement = _DIALECTS[dialect].insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    done: Insert = statement.on_conflict_do_update(index_elements=_key(table), set_=changed)
    return done


def _key(table: Table) -> Iterable[Any]:
    return list(table.primary_key.columns)
