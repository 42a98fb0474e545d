"""Runs query functions on a database: each takes a SQLAlchemy connection and works in one transaction.

Queries are plain synchronous functions, the same for both databases. On SQLite a whole transaction runs in
the writer's own thread: one change of thread a commit (aiosqlite changes threads three times a statement). On
PostgreSQL `run_sync` runs them over asyncpg.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.ports import StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")
Query = Callable[Concatenate[Connection, P], T]

READERS = 4
"""Reads at a time; further ones wait for a free connection."""
BUSY_S = 5.0
"""How long SQLite waits for another process's write before it gives up (StoreUnavailable)."""
CONNECT_S = 5.0
CHECKPOINT_COMMITS = 400
"""Writes after which SQLite's log is moved into the file: some ms, between two commits."""
WAL_PAGES = 20_000
"""A log of 80 MB is moved within a commit: only where something kept it from being moved before."""
COMMAND_S = 10.0
"""Limits for PostgreSQL: to connect, and for one statement; then StoreUnavailable."""


class Database(Protocol):
    """Where query functions run. What the database raises comes out as StoreUnavailable with its cause."""

    async def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def write(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """In one transaction: all of it or nothing, and on the disk when this returns."""
        ...

    async def note(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `write`, for what may be lost with the power and is then done again (an event sent twice)."""
        ...

    async def close(self) -> None: ...


def open_database(url: str) -> Database:
    """`sqlite:///path` or `postgresql://…`; a driver named in the URL is replaced by the one used here."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return SqliteDatabase(parsed)
    if backend == "postgresql":
        return PostgresDatabase(parsed)
    raise ValueError(f"unknown database {backend!r}: use sqlite:///path or postgresql://user@host/name")


class SqliteDatabase:
    """One writer connection in its own thread, read-only ones beside it (WAL: none waits for another)."""

    def __init__(self, url: URL) -> None:
        if url.database is None or url.database in ("", ":memory:"):
            raise ValueError("SQLite needs a file: sqlite:///path/to/intake110.db")
        _make_private(url.database)
        self._where = f"SQLite {url.database}"
        plain = url.set(drivername="sqlite+pysqlite")
        self._writing = _sqlite_engine(plain, "BEGIN IMMEDIATE", connections=1)
        self._noting = _sqlite_engine(
            plain, "BEGIN IMMEDIATE", connections=1, pragma="PRAGMA synchronous=NORMAL"
        )
        self._reading = _sqlite_engine(plain, "BEGIN", connections=READERS, pragma="PRAGMA query_only=ON")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._unmoved = 0

    async def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run(self._readers, self._reading, query, *args, **kwargs)

    async def write(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        result = await self._run(self._writer, self._writing, query, *args, **kwargs)
        self._unmoved += 1
        if self._unmoved >= CHECKPOINT_COMMITS:
            self._unmoved = 0
            self._writer.submit(_checkpoint, self._writing)
        return result

    async def note(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run(self._writer, self._noting, query, *args, **kwargs)

    async def _run(
        self,
        executor: ThreadPoolExecutor,
        engine: Engine,
        query: Query[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def work() -> T:
            with engine.begin() as connection:
                return query(connection, *args, **kwargs)

        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work)
        except (SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(f"{self._where}: {_sentence(error)}") from error

    async def close(self) -> None:
        """Waits for the write that runs, then lets go of the file."""
        for executor in (self._readers, self._writer):
            await asyncio.to_thread(executor.shutdown)
        for engine in (self._reading, self._noting, self._writing):
            engine.dispose()


def _make_private(path: str) -> None:
    """A new database is for its owner's eyes alone (SQLite's log files take after it)."""
    with suppress(OSError):  # SQLite itself then says what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _sqlite_engine(url: URL, begin: str, connections: int, pragma: str | None = None) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = (
            None  # else the driver opens deferred transactions of its own and updates get lost
        )
        limit = f"PRAGMA wal_autocheckpoint={WAL_PAGES}"
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", limit, pragma):
            if statement:
                raw.execute(statement).close()

    @event.listens_for(engine, "begin")
    def take(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _checkpoint(engine: Engine) -> None:
    """Move the log into the database file, waiting for no reader (PASSIVE); a failure costs nothing."""
    with suppress(SQLAlchemyError), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")


class PostgresDatabase:
    """A pool of asyncpg connections."""

    def __init__(self, url: URL) -> None:
        self._where = f"PostgreSQL {url.host}:{url.port or 5432}/{url.database}"
        self._engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"), pool_size=READERS + 1, max_overflow=0,
            pool_timeout=COMMAND_S, pool_pre_ping=True,
            connect_args={"timeout": CONNECT_S, "command_timeout": COMMAND_S},
        )  # fmt: skip

    async def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.write(query, *args, **kwargs)

    async def write(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        import asyncpg

        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(query, *args, **kwargs)
        except (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise StoreUnavailable(f"{self._where}: {_sentence(error)}") from error

    async def note(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.write(query, *args, **kwargs)

    async def close(self) -> None:
        await self._engine.dispose()


def _sentence(error: BaseException) -> str:
    """The driver's own words without SQL and parameters, which may hold personal data."""
    return str(getattr(error, "orig", None) or error).split("\n", 1)[0] or type(error).__name__
