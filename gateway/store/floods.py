"""What the store holds of a flood, for the case: its calls, and the journal rows that prove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from gateway.calls.linked import CallSuspected
from gateway.calls.signals import CallerIdentified
from gateway.desk.incidents.flood import FloodSeen
from gateway.journal.codec import from_text
from gateway.ports import JournalRow
from gateway.store import tables
from gateway.store.rows import made, selected
from gateway.store.together import session_of, states_of

AT_ONCE = 500
"""Calls read from the store at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodCall:
    """One call of a flood, as the evidence lists it. `caller`: number, SIP address and Call-ID as the network
    gave them (CallerIdentified in the journal). `sha256`: of its recordings."""

    call_id: str
    pbx: str
    line: str
    seized_at: datetime
    ended_at: datetime | None
    answered_at: datetime | None
    number: str | None
    number_source: str | None
    anonymous: bool
    dialed: str | None
    sip_address: str | None
    sip_call_id: str | None
    end_reason: str | None
    kind: str
    key: str
    cleared: str | None
    sha256: tuple[str, ...]


def suspected(connection: Connection, since: datetime, until: datetime) -> dict[str, dict[str, str]]:
    """By call_id, the suspicion as it was journaled in that time; also of calls that were cleared later."""
    rows = tables.journal.c
    query = select(rows.key, rows.payload).where(
        rows.type == CallSuspected.__name__, rows.at >= since, rows.at <= until, rows.payload.is_not(None)
    )
    return {
        row.key: from_text(row.payload)["suspicion"] for row in connection.execute(query.order_by(rows.seq))
    }


def calls(connection: Connection, since: datetime, until: datetime) -> list[FloodCall]:
    """All calls that were suspected in that time, the oldest first; also those that came before the flood was
    noticed and were still on the line."""
    told = suspected(connection, since, until)
    found: list[FloodCall] = []
    ids = list(told)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        addresses = _addresses(connection, part)
        for call_id, state in states_of(connection, part).items():
            found.append(_call(state, told[call_id], addresses.get(call_id)))
    return sorted(found, key=lambda each: (each.seized_at, each.call_id))


def _addresses(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    rows = tables.journal.c
    query = select(rows.key, rows.payload).where(
        rows.kind == "call", rows.key.in_(ids), rows.type == CallerIdentified.__name__,
        rows.payload.is_not(None),
    )  # fmt: skip
    told = ((row.key, from_text(row.payload).get("remote_address")) for row in connection.execute(query))
    return {key: address for key, address in told if address}


def _call(state: str, told: dict[str, str], address: str | None) -> FloodCall:
    session = session_of(state)
    return FloodCall(
        call_id=session.call_id, pbx=session.pbx, line=session.line, seized_at=session.seized_at,
        ended_at=session.ended_at, answered_at=session.answered_at, number=session.ani,
        number_source=session.ani_source, anonymous=session.anonymous, dialed=session.dialed,
        sip_address=address, sip_call_id=session.sip_call_id,
        end_reason=session.end_reason.value if session.end_reason else None,
        kind=told["kind"], key=told["key"], cleared=session.together.cleared,
        sha256=tuple(file.sha256 for each in session.recordings for file in each.files),
    )  # fmt: skip


def journal_of(
    connection: Connection, ids: Sequence[str], since: datetime, until: datetime
) -> list[JournalRow]:
    """The rows of these calls, and what detectors said in that time: each carries its place in the chain."""
    rows = tables.journal.c
    found: list[JournalRow] = []
    for start in range(0, len(ids), AT_ONCE):
        of_calls = and_(rows.kind == "call", rows.key.in_(ids[start : start + AT_ONCE]))
        found += made(JournalRow, connection.execute(selected(tables.journal, JournalRow).where(of_calls)))
    seen = and_(rows.type == FloodSeen.__name__, rows.at >= since, rows.at <= until)
    found += made(JournalRow, connection.execute(selected(tables.journal, JournalRow).where(or_(seen))))
    return sorted(found, key=lambda row: row.seq)
