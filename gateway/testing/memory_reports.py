"""The `ReportAsides` port in memory: same rules as the databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.ports import StoreUnavailable
from gateway.ports_asides import ReportAside


class MemoryReportAsides:
    """Implements `gateway.ports_asides.ReportAsides`."""

    def __init__(self) -> None:
        self.rows: dict[str, ReportAside] = {}
        self.failing = False

    async def keep(self, row: ReportAside) -> bool:
        self._answering()
        known = row.digest in self.rows
        self.rows.setdefault(row.digest, row)
        return not known

    async def waiting_for(self, call_id: str) -> Sequence[ReportAside]:
        self._answering()
        found = [row for row in self.rows.values() if row.call_id == call_id and row.code == "unknown_call"]
        return sorted(found, key=lambda row: (row.at, row.digest))

    async def awaited(self, limit: int) -> Sequence[str]:
        self._answering()
        return sorted({row.call_id for row in self.rows.values() if row.code == "unknown_call"})[:limit]

    async def given(self, digest: str) -> None:
        self._answering()
        self.rows.pop(digest, None)

    async def forget(self, before: datetime, most: int) -> Sequence[ReportAside]:
        self._answering()
        order = sorted(sorted(self.rows), key=lambda digest: self.rows[digest].at, reverse=True)
        gone = [
            digest for place, digest in enumerate(order) if place >= most or self.rows[digest].at < before
        ]
        return [self.rows.pop(digest) for digest in gone]

    def _answering(self) -> None:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")
