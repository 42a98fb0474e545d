"""A subscriber table in a database: a configured SELECT with `:number`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.clock import Clock, within
from gateway.location import row
from gateway.location.heldrequest import international
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import BodyReading, Datum
from gateway.location.numbering import CHINA, national
from gateway.locators.by_number import ByNumber

CONNECTIONS = 4
"""Questions at a time; further ones wait for a free connection, within their own limit."""
MAX_ANSWERS = 8
"""Rows of one answer that are read: a number has one place, or a few extensions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSettings:
    """`select` may use `:number` (as it is dialled at home) and `:e164` (with plus and country code). Its
    columns are named as in a CSV table (`location.row`).
    """

    name: str
    url: str
    select: str
    datum: Datum | None = None
    country_code: str = CHINA
    within_s: float = 3.0


class SubscriberSql(ByNumber):
    """Implements `Locator`. PostgreSQL is asked over asyncpg, any other database in threads of our own."""

    def __init__(self, settings: SqlSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._settings, self._clock = settings, clock
        self._select = text(settings.select)
        url = make_url(settings.url)
        self._threads: ThreadPoolExecutor | None = None
        if url.get_backend_name() == "postgresql":
            self._engine = create_async_engine(
                url.set(drivername="postgresql+asyncpg"),
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_pre_ping=True,
                connect_args={"timeout": settings.within_s},
            )
        else:
            self._plain = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True)
            self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix=f"sql-{settings.name}")

    async def locate(self, asked: Asked) -> BodyReading:
        number = national(asked.ani or "", self._settings.country_code)
        if not number:
            return BodyReading(kind="subscriber")
        named = {"number": number, "e164": international(number, self._settings.country_code)}
        values = {name: value for name, value in named.items() if name in self._select.compile().params}
        try:
            rows = await within(self._clock, self._settings.within_s, self._rows(values))
        except TimeoutError:
            raise LocatorFailed(
                f"{self.name}: the database gives no answer within {self._settings.within_s:g} s"
            ) from None
        except (SQLAlchemyError, OSError) as error:
            told = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
            raise LocatorFailed(f"{self.name}: the database refuses the question: {told}") from error
        return _joined([row.subscriber(_texts(found)) for found in rows])

    async def close(self) -> None:
        if self._threads is None:
            await self._engine.dispose()
            return
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._plain.dispose()

    async def _rows(self, values: dict[str, str]) -> Sequence[RowMapping]:
        if self._threads is None:
            async with self._engine.connect() as connection:
                await connection.execution_options(postgresql_readonly=True)
                return (await connection.execute(self._select, values)).mappings().fetchmany(MAX_ANSWERS)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._blocking, values)

    def _blocking(self, values: dict[str, str]) -> Sequence[RowMapping]:
        with self._plain.connect() as connection:
            return connection.execute(self._select, values).mappings().fetchmany(MAX_ANSWERS)


def _texts(found: RowMapping) -> dict[str, str]:
    return {row.column(str(name)): "" if value is None else str(value) for name, value in found.items()}


def _joined(readings: Sequence[BodyReading]) -> BodyReading:
    if not readings:
        return BodyReading(kind="subscriber")
    return replace(
        readings[0],
        locations=tuple(place for reading in readings for place in reading.locations),
        additional=tuple(block for reading in readings for block in reading.additional),
        faults=tuple(fault for reading in readings for fault in reading.faults),
    )
