"""What drafts are tried on and where the shadow's words are kept, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.ports import StoreUnavailable
from gateway.triage.backtest import Case, Result
from gateway.triage.tried_on import Corpora


@dataclass
class MemoryMaterial:
    """Implements `gateway.runtime.backtests.Material`; `pages` are the stored calls, newest first."""

    pages: list[list[Case]] = field(default_factory=list)
    tried_on: Corpora = field(default_factory=Corpora)
    results: dict[str, Result] = field(default_factory=dict)

    async def calls(self, before: Any | None) -> tuple[Sequence[Case], Any | None]:
        at = before or 0
        page = self.pages[at] if at < len(self.pages) else []
        return page, at + 1 if at + 1 < len(self.pages) else None

    async def corpora(self) -> Corpora:
        return self.tried_on

    async def keep(self, run_id: str, draft_id: str, at: datetime, result: Result) -> None:
        self.results[run_id] = result


@dataclass
class MemoryShadow:
    """Implements `gateway.runtime.shadow.Notes`."""

    cases: dict[str, Case] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    failing: bool = False

    async def case(self, call_id: str) -> Case | None:
        if self.failing:
            raise StoreUnavailable("told to fail by the test")
        return self.cases.get(call_id)

    async def keep(self, **compared: Any) -> None:
        self.kept.append(compared)
