"""Calls that looked like part of a flood, read for the shield's page out of the newest calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from gateway.calls.together import FloodKind
from gateway.desk.incidents.ranked import Suspect
from gateway.journal.codec import from_text
from gateway.store import tables

LOOKED_AT = 5_000
"""Calls looked at, the newest; of a longer flood the page says that it shows the newest part."""


def suspects(
    connection: Connection, since: datetime, looked_at: int = LOOKED_AT
) -> tuple[list[Suspect], bool]:
    """Newest first; and whether there were more calls since then than are looked at."""
    calls, rows = tables.calls.c, tables.aggregates.c
    newest = (
        select(calls.call_id)
        .where(calls.seized_at >= since)
        .order_by(calls.seized_at.desc(), calls.call_id.desc())
        .limit(looked_at + 1)
    )
    ids = list(connection.scalars(newest))
    within = newest.limit(looked_at).subquery()
    marked = or_(rows.state.contains('"suspicion"'), rows.state.contains('"cleared"'))
    query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(select(within)), marked)
    found = [_suspect(row.key, from_text(row.state)) for row in connection.execute(query)]
    shown = [each for each in found if each is not None]
    shown.sort(key=lambda each: (each.seized_at, each.call_id), reverse=True)
    return shown, len(ids) > looked_at


def _suspect(call_id: str, state: Mapping[str, Any]) -> Suspect | None:
    """Of the stored form only what the page shows: decoding whole calls by the thousand takes too long.
    Calls that words of danger have cleared are not told from those never suspected, and left out."""
    together = state.get("together") or {}
    suspicion, cleared = together.get("suspicion"), together.get("cleared")
    if suspicion is None and cleared in (None, "veto"):
        return None
    endpoint = str(state.get("line", "")).partition("/")[2].rpartition("-")[0]
    return Suspect(
        call_id=call_id, seized_at=datetime.fromisoformat(state["seized_at"]),
        number=None if state.get("anonymous") else state.get("ani"), source=together.get("source"),
        trunk=f"{state['pbx']}/{endpoint}" if endpoint else None,
        kind=FloodKind(suspicion["kind"]) if suspicion else None,
        key=suspicion["key"] if suspicion else "", calls=suspicion["calls"] if suspicion else 0,
        answered_at=_moment(state.get("answered_at")), ended_at=_moment(state.get("ended_at")),
        cleared=cleared,
    )  # fmt: skip


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
