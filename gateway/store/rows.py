"""Rows to parameters and back, and the statements that write them.

Statements are SQLAlchemy's, compiled once per table and dialect. Each commit of the loop runs half a dozen of
them, so SQLite gets the compiled text with its values at once: SQLAlchemy's way from statement to text costs
more than SQLite needs to execute it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Insert, Result, Select, Table, or_, select
from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R")
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _names(row_type: Any) -> tuple[str, ...]:
    return tuple(row_type.__dataclass_fields__)


def selected(table: Table, row_type: type) -> Select[Any]:
    """The columns of `table` that make a `row_type`."""
    return select(*(table.c[name] for name in _names(row_type)))


def made(row_type: type[R], result: Result[Any]) -> list[R]:
    return [row_type(**row) for row in result.mappings()]


def insert(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """New rows; a key already there is an IntegrityError."""
    _write(connection, table, rows, _plain)


def insert_new(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """Rows whose key is already there stay as they are."""
    _write(connection, table, rows, _ignoring)


def upsert(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """The newest row of each key; one that says nothing new is not written."""
    _write(connection, table, rows, _replacing)


Make = Callable[[Table, str, tuple[str, ...]], Insert]
"""(table, dialect, column names) to the statement."""


def _plain(table: Table, dialect: str, names: tuple[str, ...]) -> Insert:
    statement: Insert = _INSERT[dialect](table).values(dict.fromkeys(names))
    return statement


def _ignoring(table: Table, dialect: str, names: tuple[str, ...]) -> Insert:
    statement: Any = _plain(table, dialect, names)
    done: Insert = statement.on_conflict_do_nothing(index_elements=list(table.primary_key.columns))
    return done


def _replacing(table: Table, dialect: str, names: tuple[str, ...]) -> Insert:
    statement: Any = _plain(table, dialect, names)
    key = table.primary_key.columns
    new = {name: statement.excluded[name] for name in names if name not in key}
    differs = or_(*(table.c[name].is_distinct_from(value) for name, value in new.items()))
    done: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=new, where=differs)
    return done


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement ready for the driver: its text, and how a row becomes its values in their order."""

    statement: Insert
    text: str
    values: Callable[[Any], tuple[Any, ...]]
    names: tuple[str, ...]
    processors: tuple[tuple[int, Callable[[Any], Any]], ...]


def _write(connection: Connection, table: Table, rows: Sequence[Any], make: Make) -> None:
    if not rows:
        return
    names = _names(type(rows[0]))
    prepared = _prepare(table, make, names, connection.dialect)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(prepared.text, [_driver_values(prepared, row) for row in rows])
    else:
        values = map(prepared.values, rows)
        connection.execute(
            prepared.statement, [dict(zip(prepared.names, one, strict=True)) for one in values]
        )


def _driver_values(prepared: _Prepared, row: Any) -> tuple[Any, ...]:
    values = list(prepared.values(row))
    for position, process in prepared.processors:
        values[position] = process(values[position])
    return tuple(values)


@cache
def _prepare(table: Table, make: Make, names: tuple[str, ...], dialect: Dialect) -> _Prepared:
    statement = make(table, dialect.name, names)
    compiled = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup or names)
    processes = ((at, table.c[name].type.bind_processor(dialect)) for at, name in enumerate(order))
    return _Prepared(
        statement=statement,
        text=str(compiled),
        values=attrgetter(*order),
        names=order,
        processors=tuple((at, process) for at, process in processes if process is not None),
    )
