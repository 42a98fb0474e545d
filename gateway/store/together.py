"""What earlier calls say of a number and of the last hour, and the incidents that people made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gateway.calls.model import CallSession, EndReason
from gateway.desk.card import Card, CardValue
from gateway.desk.incidents.flood import Floods
from gateway.desk.incidents.model import Incident
from gateway.desk.incidents.shield import WAITED_IN_VAIN_S
from gateway.journal.codec import decode, from_text
from gateway.ports import CardFieldRow, IncidentRow
from gateway.store import loop, tables
from gateway.store.database import Database
from gateway.store.rows import made, selected
from gateway.triage.model import Nature

COMPARED_FIELDS = ("address", "plate", "name", "phone")
"""Fields of the card by which calls are compared."""
NEVER_SUSPECTED = (Nature.DOMESTIC_VIOLENCE, Nature.KIDNAPPING, Nature.SUICIDE_RISK, Nature.SEXUAL_OFFENCE)
"""Natures of earlier calls after which a number is never suspected."""
WAITED_IN_VAIN_MS = round(WAITED_IN_VAIN_S * 1000)
"""Who hung up unanswered after this long wanted us."""
EARLIER_CALLS = 5
"""Earlier calls of a number that a card shows: the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Earlier calls of one number. `states`: the last of them, newest first, as JSON of CallSession."""

    count: int
    abandoned: int
    violence: int
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCursor:
    """The last line of a page: the next one holds what was touched before it."""

    touched_at: datetime
    incident_id: str


def recent(
    connection: Connection, since: datetime, limit: int, until: datetime | None = None
) -> list[tuple[CallSession, Card]]:
    """Calls seized since then (and until then), the oldest first; of more than `limit` the newest."""
    calls = tables.calls.c
    query = select(calls.call_id).where(calls.seized_at >= since).order_by(calls.seized_at.desc())
    if until is not None:
        query = query.where(calls.seized_at <= until)
    ids = list(connection.scalars(query.limit(limit)))[::-1]
    states = states_of(connection, ids)
    cards = _cards(connection, ids)
    return [(session_of(states[each]), cards.get(each, {})) for each in ids if each in states]


def session_of(state: str) -> CallSession:
    session: CallSession = decode(CallSession, from_text(state))
    return session


def states_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    rows = tables.aggregates.c
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(ids))
    return {row.key: row.state for row in connection.execute(query)}


def _cards(connection: Connection, ids: Sequence[str]) -> dict[str, Card]:
    rows = tables.card_fields.c
    query = selected(tables.card_fields, CardFieldRow).where(
        rows.call_id.in_(ids), rows.name.in_(COMPARED_FIELDS)
    )
    cards: dict[str, dict[str, tuple[CardValue, ...]]] = defaultdict(dict)
    for row in made(CardFieldRow, connection.execute(query)):
        cards[row.call_id][row.name] = decode(tuple[CardValue, ...], from_text(row.payload))
    return dict(cards)


def _in_vain() -> ColumnElement[bool]:
    calls = tables.calls.c
    return and_(calls.end_reason == EndReason.ABANDONED.value, calls.duration_ms > WAITED_IN_VAIN_MS)


def protected(connection: Connection, number: str, since: datetime) -> bool:
    """Violence at home and the like, or a caller who waited for us in vain."""
    calls = tables.calls.c
    reason = or_(calls.nature.in_([nature.value for nature in NEVER_SUSPECTED]), _in_vain())
    query = select(calls.call_id).where(calls.ani == number, calls.seized_at >= since, reason).limit(1)
    return connection.scalar(query) is not None


def earlier(connection: Connection, number: str, since: datetime, before: datetime) -> Earlier:
    """What is known of a number before a call of it."""
    calls = tables.calls.c
    mine = (calls.ani == number, calls.seized_at >= since, calls.seized_at < before, tables.COUNTED)
    how_many = (
        func.count(),
        func.count().filter(calls.end_reason == EndReason.ABANDONED.value),
        func.count().filter(calls.nature == Nature.DOMESTIC_VIOLENCE.value),
    )
    count, abandoned, violence = connection.execute(select(*how_many).where(*mine)).one()
    newest = select(calls.call_id).where(*mine).order_by(calls.seized_at.desc(), calls.call_id.desc())
    ids = list(connection.scalars(newest.limit(EARLIER_CALLS)))
    states = states_of(connection, ids)
    return Earlier(
        count=count, abandoned=abandoned, violence=violence,
        states=tuple(states[each] for each in ids if each in states),
    )  # fmt: skip


def incidents(
    connection: Connection, before: IncidentCursor | None, limit: int, *, only_open: bool
) -> Sequence[IncidentRow]:
    """Newest touched first."""
    rows = tables.incidents.c
    query = selected(tables.incidents, IncidentRow)
    if only_open:
        query = query.where(rows.over.is_(False))
    if before is not None:
        same = and_(rows.touched_at == before.touched_at, rows.incident_id < before.incident_id)
        query = query.where(or_(rows.touched_at < before.touched_at, same))
    query = query.order_by(rows.touched_at.desc(), rows.incident_id.desc()).limit(limit)
    return made(IncidentRow, connection.execute(query))


def incident_of(connection: Connection, incident_id: str) -> Incident | None:
    row = loop.aggregate(connection, "incident", incident_id)
    return None if row is None else decode(Incident, from_text(row.state))


def sessions_of(connection: Connection, ids: Sequence[str]) -> dict[str, CallSession]:
    return {call_id: session_of(state) for call_id, state in states_of(connection, ids).items()}


def floods_of(connection: Connection, site: str) -> Floods:
    row = loop.aggregate(connection, "flood", site)
    return Floods(site=site) if row is None else decode(Floods, from_text(row.state))


class StoredPast:
    """Implements `gateway.runtime.together.Past`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(
        self, since: datetime, limit: int, until: datetime | None = None
    ) -> Sequence[tuple[CallSession, Card]]:
        return await self._database.read(recent, since, limit, until)

    async def protected(self, number: str, since: datetime) -> bool:
        return await self._database.read(protected, number, since)
