"""What the pack in shadow says of calls beside the active pack: one row a call and pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from gateway.store import said, tables
from gateway.store.backtests import case_of
from gateway.store.database import Database
from gateway.store.rows import made, selected, upsert
from gateway.triage.backtest import Case, Said

LISTED = 500
"""Flipped calls that a list shows: the newest; the counts are of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRow:
    """Codes of both verdicts on one call; an empty text for no department."""

    pack: str
    call_id: str
    base: str
    at: datetime
    active_class: str
    active_nature: str
    active_department: str
    shadow_class: str
    shadow_nature: str
    shadow_department: str
    flipped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """So many calls of which the active pack says `active` and the shadow `shadow`; `what`: class, nature or
    department."""

    what: str
    active: str
    shadow: str
    calls: int


def keep(connection: Connection, row: ShadowRow) -> None:
    """The newest word on a call takes the place of an older one."""
    upsert(connection, tables.shadow_verdicts, [row])


def agreement(connection: Connection, pack: str) -> Sequence[Agreement]:
    rows = tables.shadow_verdicts.c
    found: list[Agreement] = []
    for what in ("class", "nature", "department"):
        active, shadow = rows[f"active_{what}"], rows[f"shadow_{what}"]
        query = select(active, shadow, func.count()).where(rows.pack == pack).group_by(active, shadow)
        found += [
            Agreement(what=what, active=one, shadow=other, calls=calls)
            for one, other, calls in connection.execute(query.order_by(active, shadow))
        ]
    return found


def counts(connection: Connection, pack: str) -> tuple[int, int]:
    """(calls compared, of them flipped)."""
    rows = tables.shadow_verdicts.c
    query = select(rows.flipped, func.count()).where(rows.pack == pack).group_by(rows.flipped)
    found = {bool(flipped): calls for flipped, calls in connection.execute(query)}
    return sum(found.values()), found.get(True, 0)


def flipped(connection: Connection, pack: str, limit: int = LISTED) -> Sequence[ShadowRow]:
    """Newest first."""
    rows = tables.shadow_verdicts.c
    query = selected(tables.shadow_verdicts, ShadowRow).where(rows.pack == pack, rows.flipped)
    query = query.order_by(rows.at.desc(), rows.call_id).limit(limit)
    return made(ShadowRow, connection.execute(query))


def _case(connection: Connection, call_id: str, zone: ZoneInfo) -> Case | None:
    call = said.said_in(connection, call_id)
    return case_of(call, zone) if call else None


class StoredShadow:
    """Implements `gateway.runtime.shadow.Notes`."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    async def case(self, call_id: str) -> Case | None:
        return await self._database.read(_case, call_id, self._zone)

    async def keep(
        self, *, pack: str, base: str, call_id: str, at: datetime, active: Said, shadow: Said, flipped: bool
    ) -> None:
        row = ShadowRow(
            pack=pack, call_id=call_id, base=base, at=at, flipped=flipped,
            active_class=active.alarm_class, active_nature=active.nature,
            active_department=active.department or "", shadow_class=shadow.alarm_class,
            shadow_nature=shadow.nature, shadow_department=shadow.department or "",
        )  # fmt: skip
        await self._database.write(keep, row)
