"""The ports behind which messages are kept that came in and could not be done: of departments, of the
dispatch core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideRow:
    """What a department sent that could not be done: kept as it came, for the hall to look at.

    `code`: unreadable, unknown_order, unknown_department, wrong_key. `route`: mqtt.
    """

    digest: str
    """SHA-256 of route and payload: the same sent again is kept once."""
    at: datetime
    route: str
    department: str | None
    order_id: str | None
    code: str
    why: str
    payload: bytes


class Asides(Protocol):
    """Where such messages are kept. Every method may raise StoreUnavailable."""

    async def keep(self, row: AsideRow) -> bool:
        """False: the same one is there already."""
        ...

    async def forget(self, before: datetime, keep: int) -> int:
        """Delete what came before then, and all but the newest `keep`; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAside:
    """A report of the dispatch core that could not be put on a call, as it came.

    `code`: unknown_call (it waits for its call), unreadable, wrong_key; what could be read of it beside.
    """

    digest: str
    """SHA-256 of the payload: the same sent again is kept once."""
    at: datetime
    code: str
    why: str
    message_id: str
    call_id: str
    kind: str
    payload: bytes


class ReportAsides(Protocol):
    """Where such reports are kept. Every method may raise StoreUnavailable."""

    async def keep(self, row: ReportAside) -> bool:
        """False: the same one is there already."""
        ...

    async def waiting_for(self, call_id: str) -> Sequence[ReportAside]:
        """Those of an unknown call, in the order in which they came."""
        ...

    async def awaited(self, limit: int) -> Sequence[str]:
        """Calls for which reports wait, at most so many."""
        ...

    async def given(self, digest: str) -> None:
        """Its call has it: it is kept no more."""
        ...

    async def forget(self, before: datetime, most: int) -> Sequence[ReportAside]:
        """Delete what came before then, and all but the newest `most`; gives what was deleted."""
        ...
