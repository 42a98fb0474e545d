"""The site's own tables as files: who has a number and where the line ends; which sector a cell serves."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gateway.clock import Clock, within
from gateway.location import row
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import BodyFault, BodyReading, Datum, LocationSource
from gateway.location.numbering import CHINA, national
from gateway.locators.tablefile import Span, Stamp, TableError, TableFile

LOOK_EVERY_S = 2.0
"""A change of the file is noticed by the first question so long after it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSettings:
    """`datum`: of rows that name none; None: their coordinates are refused."""

    name: str
    file: Path
    datum: Datum | None = None
    country_code: str = CHINA
    within_s: float = 3.0
    load_within_s: float = 60.0


class _Table:
    """What both tables do: read the file in a thread of its own, keep it, read it anew when it changed."""

    def __init__(self, settings: TableSettings, clock: Clock, key: str, spans: Callable[[str], Span]) -> None:
        self._settings, self._clock, self._key, self._spans = settings, clock, key, spans
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"table-{settings.name}")
        self._table: TableFile | None = None
        self._looked_at: float | None = None
        self._unusable: str | None = None

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def source(self) -> LocationSource:
        return LocationSource.ALI

    @property
    def datum(self) -> Datum | None:
        return self._settings.datum

    def open(self) -> None:
        """Begin to read the file, so that the first call does not wait for it. What is wrong with it is told
        to who asks.
        """
        self._thread.submit(self._fresh)

    async def loaded(self) -> TableFile:
        """The file as it is read. Raises LocatorFailed."""
        return await self._in_time(self._fresh, self._settings.load_within_s)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._table is not None:
            self._table.close()

    async def _found(self, key: int, text: str) -> tuple[dict[str, str] | None, tuple[BodyFault, ...]]:
        """The row, and what is wrong with the file."""

        def look() -> dict[str, str] | None:
            return self._fresh().find(key, text)

        first = self._table is None
        limit = self._settings.load_within_s if first else self._settings.within_s
        found = await self._in_time(look, limit)
        told = () if self._unusable is None else (BodyFault(what=self._unusable, where="table"),)
        return found, told

    def _fresh(self) -> TableFile:
        """In the table's own thread. A file that became unusable leaves the last good one in use."""
        now = self._clock.monotonic()
        if self._table is not None and self._looked_at is not None and now - self._looked_at < LOOK_EVERY_S:
            return self._table
        self._looked_at = now
        try:
            if self._table is None or Stamp.of(self._settings.file) != self._table.stamp:
                self._table = self._taken(TableFile(self._settings.file, self._key, self._spans))
            self._unusable = None
        except (TableError, OSError) as error:
            if self._table is None:
                raise
            self._unusable = f"the table as it was before is in use: {error}"
        return self._table

    def _taken(self, fresh: TableFile) -> TableFile:
        """The new table in the place of the old; what looks like a failed export takes nobody's place. Raises
        TableError."""
        old = self._table
        if old is None:
            return fresh
        if len(old) and (fresh.problems.count > len(fresh) or not len(fresh)):
            fresh.close()
            raise _spoilt(fresh)
        old.close()
        return fresh

    async def _in_time(self, work: Callable[[], T], limit_s: float) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await within(self._clock, limit_s, loop.run_in_executor(self._thread, work))
        except TimeoutError:
            raise LocatorFailed(
                f"{self.name}: {self._settings.file} was not read within {limit_s:g} s; is the disk there?"
            ) from None
        except (TableError, OSError) as error:
            raise LocatorFailed(f"{self.name}: {error}") from error


def _spoilt(fresh: TableFile) -> TableError:
    wrong = fresh.problems.count
    if not wrong:
        return TableError(f"{fresh.path}: it has no rows; put the whole table in its place")
    first = fresh.problems.told[0]
    return TableError(
        f"{fresh.path}: {wrong} of {wrong + len(fresh)} rows cannot be used; the first: {first}"
    )


class SubscriberTable(_Table):
    """Implements `Locator`: number, range of numbers or prefix to name, address, coordinates, class."""

    def __init__(self, settings: TableSettings, clock: Clock) -> None:
        def spans(text: str) -> Span:
            return row.number_span(text, settings.country_code)

        super().__init__(settings, clock, "number", spans)

    def concerns(self, asked: Asked) -> bool:
        return bool(asked.ani and national(asked.ani, self._settings.country_code))

    async def locate(self, asked: Asked) -> BodyReading:
        digits = national(asked.ani or "", self._settings.country_code)
        found, told = await self._found(row.number_key(digits), digits)
        return _reading(found, row.subscriber, "subscriber", told)


class CellTable(_Table):
    """Implements `Locator`: the cell that a call came through to the sector that it serves."""

    def __init__(self, settings: TableSettings, clock: Clock) -> None:
        super().__init__(settings, clock, "cell", _cell_span)

    def concerns(self, asked: Asked) -> bool:
        return bool(asked.cell and row.cell_name(asked.cell))

    async def locate(self, asked: Asked) -> BodyReading:
        name = row.cell_name(asked.cell or "")
        found, told = await self._found(_hashed(name), "")
        if found is not None and row.cell_name(found.get("cell", "")) != name:
            found = None
        return _reading(found, row.cell, "cell", told)


def _cell_span(text: str) -> Span:
    name = row.cell_name(text)
    if not name:
        raise ValueError(f"no cell: {text.strip()[:40]!r}; write MCC-MNC-LAC-CI, as 460-00-1234-5678")
    return _hashed(name), _hashed(name)


def _hashed(name: str) -> int:
    """63 bits: two cells of a city share one with a chance of one in a thousand million."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1


def _reading(
    found: Mapping[str, str] | None,
    read: Callable[[Mapping[str, str]], BodyReading],
    kind: str,
    told: tuple[BodyFault, ...],
) -> BodyReading:
    if found is None:
        return BodyReading(kind=kind, faults=told)
    reading = read(found)
    return replace(reading, faults=(*told, *reading.faults))
