"""What one call tells, brought to a form in which it can be compared with what others tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from gateway.calls.model import CallSession, CallState
from gateway.desk.card import Card
from gateway.ids import CallId
from gateway.location import datum
from gateway.location.exact import radius_m
from gateway.location.model import Datum, Location, Point
from gateway.text.address import Kind, parse
from gateway.triage.model import Nature

_SPLIT = re.compile(r"[、,;；]\s*")
_MIN_NAME = 2
_REMEMBERED_ADDRESSES = 4096
"""Addresses whose roads are not read a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One call for comparing. `point` is in WGS-84, `radius_m` holds the caller with 95 %; None: only words
    say where. `incident`: the one it is linked with."""

    call_id: CallId
    seized_at: datetime
    number: str | None = None
    point: Point | None = None
    radius_m: float = 0.0
    address: str | None = None
    roads: frozenset[str] = frozenset()
    junctions: frozenset[str] = frozenset()
    nature: Nature = Nature.NONE
    plates: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    incident: str | None = None
    ended: bool = False


def told(session: CallSession, card: Card) -> Told:
    """What the call tells by now. A person's disposition counts before the machine's verdict."""
    leading = next((fix for fix in session.locations if fix.location_id == session.leading_location), None)
    described = session.locating.description
    if described is not None and (leading is None or described.location_id != leading.location_id):
        described = None
    where = leading_text(card, "address")
    address = (described.standard_address if described else None) or None
    verdict = session.disposition or session.triage
    return Told(
        call_id=session.call_id,
        seized_at=session.seized_at,
        number=None if session.anonymous else session.ani,
        point=_point(leading),
        radius_m=radius_m(leading) if leading is not None else 0.0,
        address=address,
        roads=frozenset((*_civic_roads(session.locations), *roads_in(where or ""), *roads_in(address or ""))),
        junctions=frozenset(described.junctions[:1]) if described else frozenset(),
        nature=verdict.nature if verdict else Nature.NONE,
        plates=frozenset(values(card, "plate")),
        names=frozenset(name for name in values(card, "name") if len(name) >= _MIN_NAME),
        phones=frozenset(values(card, "phone")),
        words=frozenset(session.together.words),
        incident=session.together.incident,
        ended=session.state is CallState.ENDED,
    )


def leading_text(card: Card, name: str) -> str | None:
    """What leads in a field of the card."""
    found = card.get(name)
    return found[0].value if found else None


def values(card: Card, name: str) -> tuple[str, ...]:
    """Every value of a field; several stand in one line."""
    parts = (part.strip() for value in card.get(name, ()) for part in _SPLIT.split(value.value))
    return tuple(dict.fromkeys(part for part in parts if part))


def _point(fix: Location | None) -> Point | None:
    if fix is None or fix.latitude is None or fix.longitude is None or fix.datum is None:
        return None
    return datum.convert((fix.latitude, fix.longitude), fix.datum, Datum.WGS_84)


def _civic_roads(fixes: Iterable[Location]) -> Iterable[str]:
    return (value for fix in fixes for name, value in fix.civic if name == "RD" and value)


@lru_cache(maxsize=_REMEMBERED_ADDRESSES)
def roads_in(text: str) -> tuple[str, ...]:
    """Roads that an address names."""
    return parse(text).every(Kind.ROAD) if text else ()
