"""The `Library` port in memory: same rules as the databases, and it can be told to fail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gateway.ports import StoreUnavailable
from gateway.rulebook.content import content_of


class MemoryPacks:
    """Implements `gateway.ports.Library`."""

    def __init__(self) -> None:
        self.packs: dict[str, dict[str, bytes]] = {}
        self.failing = False

    def _answering(self) -> None:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")

    async def keep(self, sources: Mapping[str, bytes], at: datetime, by: str) -> str:
        self._answering()
        content_hash = content_of(sources).hash
        self.packs.setdefault(content_hash, dict(sources))
        return content_hash

    async def sources(self, content_hash: str) -> Mapping[str, bytes] | None:
        self._answering()
        return self.packs.get(content_hash)
