"""What back-tests are made on, the stored calls, and what they found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from gateway.journal.codec import decode, encode, from_text, to_text
from gateway.store import said, tables
from gateway.store.database import Database
from gateway.store.rows import made, selected, upsert
from gateway.store.said import Said
from gateway.triage.backtest import Case, Result, Source, judgement
from gateway.triage.model import Context
from gateway.triage.tried_on import Corpora

KEPT = 10
"""Results of one draft; older ones are deleted (their figures stand in the journal)."""
Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTestRow:
    run_id: str
    draft_id: str
    at: datetime
    payload: str


def keep(connection: Connection, row: BackTestRow) -> None:
    upsert(connection, tables.back_tests, [row])
    rows = tables.back_tests.c
    newest = select(rows.run_id).where(rows.draft_id == row.draft_id).order_by(rows.at.desc()).limit(KEPT)
    known = list(connection.scalars(newest))
    connection.execute(
        delete(tables.back_tests).where(rows.draft_id == row.draft_id, rows.run_id.not_in(known))
    )


def newest(connection: Connection, draft_id: str, run_id: str | None = None) -> BackTestRow | None:
    """The last result of a draft, or that of one run."""
    rows = tables.back_tests.c
    query = selected(tables.back_tests, BackTestRow).where(rows.draft_id == draft_id)
    if run_id is not None:
        query = query.where(rows.run_id == run_id)
    return next(iter(made(BackTestRow, connection.execute(query.order_by(rows.at.desc()).limit(1)))), None)


def read(row: BackTestRow) -> Result:
    result: Result = decode(Result, from_text(row.payload))
    return result


def texts_of(connection: Connection, call_ids: Sequence[str]) -> dict[str, str]:
    """What was said in these calls, for who looks at a result; results themselves hold no caller's words."""
    found = {call_id: said.said_in(connection, call_id) for call_id in dict.fromkeys(call_ids)}
    return {
        call_id: " / ".join(one.text for one in call.utterances) for call_id, call in found.items() if call
    }


def case_of(call: Said, zone: ZoneInfo) -> Case:
    """A stored call; the truth is the label of who looked again, else the disposition."""
    session = call.session
    truth = session.label or session.disposition
    return Case(
        name=session.call_id, call_id=session.call_id, utterances=call.utterances,
        context=Context(ended=True, local_hour=session.seized_at.astimezone(zone).hour),
        truth=judgement(truth.alarm_class, truth.nature, truth.department) if truth else None,
        source=Source.PERSON if truth else Source.ACTIVE,
    )  # fmt: skip


def _page(
    connection: Connection, before: Place | None, zone: ZoneInfo
) -> tuple[Sequence[Case], Place | None]:
    calls = said.ended_before(connection, before)
    if not calls:
        return (), None
    last = calls[-1].session
    return [case_of(call, zone) for call in calls], (last.seized_at, last.call_id)


class StoredMaterial:
    """Implements `gateway.runtime.backtests.Material`. `corpora`: reads the site's corpora (in a thread)."""

    def __init__(self, database: Database, zone: ZoneInfo, corpora: Callable[[], Corpora]) -> None:
        self._database, self._zone, self._corpora = database, zone, corpora

    async def calls(self, before: Any | None) -> tuple[Sequence[Case], Any | None]:
        return await self._database.read(_page, before, self._zone)

    async def corpora(self) -> Corpora:
        return await asyncio.to_thread(self._corpora)

    async def keep(self, run_id: str, draft_id: str, at: datetime, result: Result) -> None:
        payload = to_text(encode(result))
        row = BackTestRow(run_id=run_id, draft_id=draft_id, at=at, payload=payload)
        await self._database.write(keep, row)
