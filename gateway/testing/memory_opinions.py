"""The `ModelLibrary` port in memory: same rules as the databases, and it can be told to fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.ports import StoreUnavailable
from gateway.triage.packfile import content_hash


@dataclass
class MemoryOpinions:
    """Implements `gateway.ports.ModelLibrary`."""

    models: dict[str, dict[str, bytes]] = field(default_factory=dict)
    failing: bool = False

    async def keep(self, files: Mapping[str, bytes], at: datetime, by: str) -> str:
        self._answering()
        digest = content_hash(files)
        self.models.setdefault(digest, dict(files))
        return digest

    async def files(self, digest: str) -> Mapping[str, bytes] | None:
        self._answering()
        return self.models.get(digest)

    def _answering(self) -> None:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")
