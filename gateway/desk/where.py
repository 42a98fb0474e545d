"""All that is known of where a caller is, as the card's map needs it: every fix in both frames, which one
leads and why, what contradicts it, who was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.calls.locating import PlaceDescription
from gateway.calls.model import CallSession
from gateway.calls.places import contradictions, selection
from gateway.desk.board import stamp
from gateway.journal.codec import encode
from gateway.location import datum
from gateway.location.model import Additional, Datum, Location

Around = Callable[[Location], Mapping[str, Any] | None]
"""What the gazetteer says of a fix: `standard_address`, `road`, `district`, `jurisdiction`, `outside`, and
`junctions` as pages draw them; None: nothing."""


def where(
    session: CallSession, *, now: datetime, additional: Iterable[Additional] = (),
    evidence: Mapping[str, Any] | None = None, around: Around = lambda fix: None,
) -> dict[str, Any]:  # fmt: skip
    """As /api/v1/calls/{id} shows it. `evidence`: by location_id, the words that a spoken place rests on."""
    at = _judged_at(session, now)
    near = {fix.location_id: around(fix) for fix in session.locations}
    chosen = selection(session, at) if session.locations else None
    state = session.locating
    return {
        "locations": [_fix(fix, session, near, evidence or {}) for fix in session.locations],
        "leading_location": chosen.leading.location_id if chosen else None,
        "leading_reason": chosen and {
            "code": chosen.reason.value, "zh": chosen.sentence.zh, "en": chosen.sentence.en
        },
        "conflicts": [
            {
                "one": each.one, "other": each.other, "kind": each.kind.value,
                "distance_m": each.distance_m, "zh": each.zh, "en": each.en,
            }
            for each in contradictions(session, at)
        ],
        "description": _described(state.description, near),
        "queries": [
            {
                "name": each.name, "source": each.source.value, "state": each.state.value,
                "asked_at": stamp(each.asked_at), "ended_at": each.ended_at and stamp(each.ended_at),
                "fault": each.fault, "by": each.by,
            }
            for each in state.queries
        ],
        "trail": [
            {
                "at": stamp(each.at), "wgs84": [each.latitude, each.longitude], "radius_m": each.radius_m,
                "source": each.source.value,
            }
            for each in state.trail
        ],
        "additional": [
            {"block": block.block, "fields": [list(pair) for pair in block.fields]}
            for block in dict.fromkeys(additional)
        ],
    }  # fmt: skip


def _judged_at(session: CallSession, now: datetime) -> datetime:
    """A call that is over is judged as it was at its end, or when the last of its fixes came."""
    if session.ended_at is None:
        return now
    return max((session.ended_at, *(fix.obtained_at for fix in session.locations)))


def _fix(
    fix: Location, session: CallSession, near: Mapping[str, Mapping[str, Any] | None],
    evidence: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    told, described = near.get(fix.location_id), session.locating.description
    district = told["district"] if told else None
    if district is None and described is not None and described.location_id == fix.location_id:
        district = described.district
    return {
        **encode(fix),
        "wgs84": in_frame(fix, Datum.WGS_84),
        "gcj02": in_frame(fix, Datum.GCJ_02),
        "district": district,
        "evidence": evidence.get(fix.location_id),
    }


def in_frame(fix: Location, frame: Datum) -> list[float] | None:
    """Latitude and longitude in that frame, to a centimetre."""
    if fix.latitude is None or fix.longitude is None or fix.datum is None:
        return None
    latitude, longitude = datum.convert((fix.latitude, fix.longitude), fix.datum, frame)
    return [round(latitude, 7), round(longitude, 7)]


def _described(
    known: PlaceDescription | None, near: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, Any] | None:
    """Junctions with their direction where the gazetteer is there, else as they were told."""
    if known is None:
        return None
    told = near.get(known.location_id)
    junctions = told["junctions"] if told else [
        {"name": name, "distance_m": None, "bearing": None, "wgs84": None} for name in known.junctions
    ]  # fmt: skip
    return {**asdict(known), "junctions": junctions}
