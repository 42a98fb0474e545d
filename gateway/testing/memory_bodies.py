"""The `Bodies` port in memory: same rules as the databases, and it can be told to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.ports import BodyRow, CallRow, StoreUnavailable, Waiting


class MemoryBodies:
    """Implements `gateway.ports.Bodies`. `calls` are the rows it finds calls in; a test fills them."""

    def __init__(self, calls: dict[str, CallRow] | None = None) -> None:
        self.rows: dict[str, BodyRow] = {}
        self.calls = {} if calls is None else calls
        self.failing = False

    def _answering(self) -> None:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")

    async def keep(self, row: BodyRow) -> BodyRow:
        self._answering()
        return self.rows.setdefault(row.digest, row)

    async def waiting_for(self, key_kind: str, key: str, since: datetime) -> Sequence[BodyRow]:
        self._answering()
        found = [row for row in self._unmatched(since) if (row.key_kind, row.key) == (key_kind, key)]
        return sorted(found, key=lambda row: (row.received_at, row.digest))

    async def matched(self, digest: str, call_id: str, at: datetime) -> None:
        self._answering()
        row = self.rows.get(digest)
        if row is not None and row.call_id is None:
            self.rows[digest] = replace(row, call_id=call_id, matched_at=at)

    async def waiting(self, since: datetime) -> Waiting:
        self._answering()
        found = self._unmatched(since)
        return Waiting(count=len(found), size_bytes=sum(len(row.body) for row in found))

    async def of_call(self, call_id: str) -> int:
        self._answering()
        return sum(row.call_id == call_id for row in self.rows.values())

    async def call_of(self, key_kind: str, keys: Sequence[str], since: datetime) -> str | None:
        self._answering()
        found = [
            row
            for row in self.calls.values()
            if (row.ani if key_kind == "number" else row.sip_call_id) in keys
            and (row.seized_at >= since or row.ended_at is None)
        ]
        return max(found, key=lambda row: row.seized_at).call_id if found else None

    async def forget(self, before: datetime) -> int:
        self._answering()
        old = [digest for digest, row in self.rows.items() if row.received_at < before]
        for digest in old:
            del self.rows[digest]
        return len(old)

    def _unmatched(self, since: datetime) -> list[BodyRow]:
        return [row for row in self.rows.values() if row.call_id is None and row.received_at >= since]
