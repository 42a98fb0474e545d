"""The `Asides` port in memory: same rules as the databases."""

from __future__ import annotations

from datetime import datetime

from gateway.ports import StoreUnavailable
from gateway.ports_asides import AsideRow


class MemoryAsides:
    """Implements `gateway.ports_asides.Asides`."""

    def __init__(self) -> None:
        self.rows: dict[str, AsideRow] = {}
        self.failing = False

    async def keep(self, row: AsideRow) -> bool:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")
        return self.rows.setdefault(row.digest, row) is row

    async def forget(self, before: datetime, keep: int) -> int:
        order = sorted(self.rows.values(), key=lambda row: (row.at, row.digest), reverse=True)
        gone = [row for place, row in enumerate(order) if row.at < before or place >= keep]
        for row in gone:
            del self.rows[row.digest]
        return len(gone)
