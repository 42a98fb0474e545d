"""Fields of cards that were heard and that a person then vouched for: what speech is measured by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gateway.desk.card import CardValue, Source
from gateway.journal.codec import decode, from_text
from gateway.speech.accuracy import FieldCheck, model_of
from gateway.store import tables

MAX_FIELDS = 20_000
"""Of the newest calls; older ones of the span are left out."""
BATCH = 500


def checked_fields(connection: Connection, since: datetime, limit: int = MAX_FIELDS) -> list[FieldCheck]:
    """Newest first. A field that no person touched, or that was not heard, is not among them."""
    fields, calls = tables.card_fields.c, tables.calls.c
    query = (
        select(fields.call_id, fields.name, fields.payload, calls.pbx)
        .join(tables.calls, calls.call_id == fields.call_id)
        .where(calls.seized_at >= since, fields.payload.contains('"confirmed_by":"', autoescape=True))
        .order_by(calls.seized_at.desc())
        .limit(limit)
    )
    found = [
        (row.call_id, row.pbx, row.name, *pair)
        for row in connection.execute(query)
        if (pair := vouched(decode(tuple[CardValue, ...], from_text(row.payload)))) is not None
    ]
    ids = sorted({call_id for call_id, *_ in found})
    lines, models = dict(_trunks(connection, ids)), dict(_models(connection, ids))
    return [_check(one, lines, models) for one in found]


def vouched(values: Sequence[CardValue]) -> tuple[CardValue, str] | None:
    """(what was heard, what a person let stand), of one field."""
    stands = next((value for value in values if value.confirmed_by is not None), None)
    if stands is None:
        return None
    if stands.source is Source.SPEECH:
        return stands, stands.value
    heard = next((value for value in values if value.source is Source.SPEECH), None)
    return None if heard is None else (heard, stands.value)


Said = tuple[str, str, int]
"""(call_id, speaker, index) of a segment."""


def _check(
    one: tuple[str, str, str, CardValue, str], trunks: Mapping[str, str], models: Mapping[Said, str]
) -> FieldCheck:
    call_id, pbx, name, heard, said = one
    speaker = heard.speaker.value if heard.speaker else ""
    engine, model = model_of(models.get((call_id, speaker, heard.segment_index or 0), ""))
    return FieldCheck(
        engine=engine, model=model, pbx=pbx, trunk=trunks.get(call_id, ""), speaker=speaker, field=name,
        heard=heard.value, said=said,
    )  # fmt: skip


def _trunks(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The endpoint over which a call came: `trunk` of the line PJSIP/trunk-0000002a."""
    rows = tables.aggregates.c
    for part in _parts(ids):
        query = select(rows.key, rows.state).where(rows.kind == "call", rows.key.in_(part))
        for key, state in connection.execute(query):
            line = str(json.loads(state).get("line", ""))
            yield key, line.partition("/")[2].rpartition("-")[0] or line


def _models(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[Said, str]]:
    said = tables.segments.c
    for part in _parts(ids):
        query = select(said.call_id, said.speaker, said.index, said.payload).where(
            said.call_id.in_(part), said.reading == "live"
        )
        for call_id, speaker, index, payload in connection.execute(query):
            told: dict[str, Any] = json.loads(payload)
            yield (call_id, speaker, index), str(told.get("model_id", ""))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
