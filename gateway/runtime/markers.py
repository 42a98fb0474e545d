"""Units and cameras near a caller, as the dispatch core tells over MQTT: shown on the map, never kept.

A marker is where its owner says it is. One that is not told again in time leaves the map rather than lie
there.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.clock import Clock
from gateway.desk.board import stamp
from gateway.location import datum
from gateway.location.model import Datum
from gateway.runtime.hub import Hub

KINDS = ("units", "cameras")
AGES_S = {"units": 15 * 60.0, "cameras": 24 * 3600.0}
"""A unit that has been silent for a quarter of an hour is not shown; cameras stand still."""
MAX_MARKERS = 5_000
"""Of one kind; at the limit the one that was told of longest ago gives way."""
MAX_PAYLOAD_BYTES = 256 * 1024
"""As much as the shipped broker configuration passes on."""
MAX_AT_ONCE = 200
"""Markers in one message; a longer list is refused whole: each is news of its own to every page."""
MAX_TEXT = 100
AHEAD_S = 300.0
"""A marker's own time may be so far ahead of ours; later ones come from a clock that is wrong."""
KEPT_FAULTS = 20
"""Of what was set aside the last ones are shown; all are counted."""


class BadMarker(ValueError):
    """What is wrong with it, and how it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """`at`: when its owner saw it there; `heard_at`: when we were told."""

    kind: str
    id: str
    name: str
    latitude: float
    longitude: float
    datum: Datum
    state: str | None
    at: datetime
    heard_at: datetime

    def json(self) -> dict[str, Any]:
        """As pages have it: in both frames, so that no page converts."""
        point = (self.latitude, self.longitude)
        return {
            "kind": self.kind, "id": self.id, "name": self.name, "state": self.state, "at": stamp(self.at),
            "datum": self.datum.value,
            "wgs84": rounded(datum.convert(point, self.datum, Datum.WGS_84)),
            "gcj02": rounded(datum.convert(point, self.datum, Datum.GCJ_02)),
        }  # fmt: skip


def rounded(point: tuple[float, float]) -> list[float]:
    """Seven decimals are a centimetre."""
    return [round(point[0], 7), round(point[1], 7)]


class Markers:
    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub, self._clock = hub, clock
        self._there: dict[str, dict[str, Marker]] = {kind: {} for kind in KINDS}
        self.taken = self.set_aside = 0
        self.faults: deque[str] = deque(maxlen=KEPT_FAULTS)

    def told(self, kind: str, payload: bytes) -> None:
        """One message of `in/units` or `in/cameras`: an object, or a list of them. Never raises: a bad one is
        set aside with its reason, the others count."""
        try:
            items = _items(payload)
        except BadMarker as error:
            return self._aside(f"{kind}: {error}")
        for position, item in enumerate(items):
            try:
                marker = _marker(kind, item, self._clock.now())
            except BadMarker as error:
                self._aside(f"{kind}[{position}]: {error}")
                continue
            if self._keep(marker):
                self._hub.publish("marker", None, marker.json())
        return None

    def shown(self) -> list[dict[str, Any]]:
        """All that are not too old."""
        self._let_go()
        return [marker.json() for there in self._there.values() for marker in there.values()]

    @property
    def counts(self) -> dict[str, int]:
        self._let_go()
        return {kind: len(there) for kind, there in self._there.items()}

    def _keep(self, marker: Marker) -> bool:
        """False: we know something newer. The newest told of stands last."""
        there = self._there[marker.kind]
        known = there.get(marker.id)
        if known is not None and known.at > marker.at:
            return False
        there.pop(marker.id, None)
        there[marker.id] = marker
        self.taken += 1
        if len(there) > MAX_MARKERS:
            del there[next(iter(there))]
        return True

    def _let_go(self) -> None:
        now = self._clock.now()
        for kind, there in self._there.items():
            oldest = now - timedelta(seconds=AGES_S[kind])
            for name in [name for name, marker in there.items() if marker.heard_at < oldest]:
                del there[name]

    def _aside(self, reason: str) -> None:
        self.set_aside += 1
        self.faults.append(reason)


def _items(payload: bytes) -> Sequence[Any]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BadMarker(f"{len(payload)} bytes, and {MAX_PAYLOAD_BYTES} are read at most: send fewer at once")
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        raise BadMarker("not JSON: send an object, or a list of objects") from None
    items = told if isinstance(told, list) else [told]
    if len(items) > MAX_AT_ONCE:
        raise BadMarker(f"{len(items)} markers at once, and {MAX_AT_ONCE} are taken at most")
    return items


def _marker(kind: str, item: Any, now: datetime) -> Marker:
    if not isinstance(item, Mapping):
        raise BadMarker("a marker is an object with id, name, lat, lon, datum, state and at")
    identity = _text(item, "id")
    at = _moment(item, now)
    if at < now - timedelta(seconds=AGES_S[kind]):
        raise BadMarker(f"at {item.get('at')} is older than {AGES_S[kind]:.0f} s: it would not be shown")
    return Marker(
        kind=kind, id=identity, name=_text(item, "name", identity), state=_text(item, "state", "") or None,
        latitude=_degrees(item, "lat", 90), longitude=_degrees(item, "lon", 180), datum=_datum(item), at=at,
        heard_at=now,
    )  # fmt: skip


def _text(item: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = item.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None and default is not None:
        value = default
    if not isinstance(value, str) or (not value.strip() and default is None) or len(value) > MAX_TEXT:
        raise BadMarker(f"{name}: a text of 1 to {MAX_TEXT} characters is needed")
    return value.strip()


def _degrees(item: Mapping[str, Any], name: str, limit: int) -> float:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -limit <= value <= limit:
        raise BadMarker(f"{name}: degrees between -{limit} and {limit} are needed, as a number")
    return float(value)


def _datum(item: Mapping[str, Any]) -> Datum:
    try:
        return Datum(str(item.get("datum")))
    except ValueError:
        raise BadMarker(f"datum: one of {', '.join(Datum)} is needed; none is guessed") from None


def _moment(item: Mapping[str, Any], now: datetime) -> datetime:
    told = item.get("at")
    if told is None:
        return now
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        raise BadMarker("at: a time like 2026-01-05T08:00:00Z is needed") from None
    if at.tzinfo is None:
        raise BadMarker("at: the time needs its zone, such as Z or +08:00")
    if at > now + timedelta(seconds=AHEAD_S):
        raise BadMarker(f"at {told} lies ahead of our clock: set the clock right")
    return at
