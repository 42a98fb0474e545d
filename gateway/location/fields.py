"""Named text values of a message, a record or a table, read one by one: what cannot be used becomes a fault
with its name, and the rest counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.location.datum import in_china
from gateway.location.model import BodyFault

MAX_VALUE_CHARS = 200
"""Characters of a value that are kept or quoted; the rest is cut."""
MAX_RADIUS_M = 1_000_000.0
"""A radius beyond this is no place."""
ARCTIC_DEG = 73.0
"""The westernmost longitude of China: a latitude north of it is looked at twice."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_MILLISECONDS = 1e11
"""Unix times above this are milliseconds: as seconds they lie beyond the year 5000."""
_LAST_S = 253_402_300_799
"""The end of the year 9999, as far as dates go here."""


class Fields:
    """Reads `values`; every fault goes to `faults`, at `where` followed by the field's name."""

    def __init__(self, values: Mapping[str, str], faults: list[BodyFault], *, where: str = "") -> None:
        self.values, self.faults, self._where = values, faults, where

    def fault(self, name: str, what: str) -> None:
        self.faults.append(BodyFault(what=what, where=f"{self._where}{name}"))

    def text(self, name: str) -> str | None:
        """Stripped; None when it is not there or empty."""
        return self.values.get(name, "").strip()[:MAX_VALUE_CHARS] or None

    def number(self, name: str, low: float, high: float, *, unit: str = "") -> float | None:
        """None when it is missing, no plain decimal number, or beyond the limits; the latter two are
        faults.
        """
        text = self.text(name)
        if text is None:
            return None
        value = plain_number(text)
        if value is None:
            self.fault(name, not_a_number(text))
        elif not low <= value <= high:
            self.fault(name, f"{text} is not within {low:g} and {high:g}{unit}")
        else:
            return value
        return None

    def position(self, latitude: str, longitude: str) -> tuple[float, float] | None:
        """Degrees. A fault when only one is there, or when they look like each other's."""
        north, east = self.text(latitude), self.text(longitude)
        if north is None and east is None:
            return None
        if north is None or east is None:
            missing = latitude if north is None else longitude
            self.fault(missing, f"{missing} is empty or missing: a position needs both coordinates")
            return None
        found = plain_number(north), plain_number(east)
        if found[0] is not None and found[1] is not None and (told := look_swapped(found[0], found[1])):
            self.fault(latitude, told)
            return None
        lat = self.number(latitude, -90, 90, unit="°")
        lon = self.number(longitude, -180, 180, unit="°")
        return None if lat is None or lon is None else (lat, lon)

    def radius(self, name: str) -> float | None:
        """Metres; none and nought mean that the uncertainty is not known."""
        return self.number(name, 0, MAX_RADIUS_M, unit=" m") or None

    def unix_time(self, name: str) -> datetime | None:
        """Seconds or milliseconds since 1970, or an ISO 8601 time with its zone."""
        text = self.text(name)
        if text is None:
            return None
        found = unix_or_iso(text)
        if found is None:
            told = f"not a time: {text[:40]!r}; Unix seconds or milliseconds, or ISO 8601 with a zone"
            self.fault(name, told)
        return found

    def compact_time(self, name: str) -> datetime | None:
        """`20130717141935`, which is UTC."""
        text = self.text(name)
        if text is None:
            return None
        try:
            if not re.fullmatch(r"[0-9]{14}", text):
                raise ValueError
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            self.fault(name, f"not a time: {text[:40]!r}; the form is YYYYMMDDhhmmss, UTC")
            return None


def look_swapped(latitude: float, longitude: float) -> str | None:
    """Why these are probably each other's; None when they are not. Nobody lives beyond 73° north where the
    exchanged position lies in China.
    """
    if abs(latitude) > 90 >= abs(longitude):
        return f"latitude {latitude:g} is beyond ±90°; latitude and longitude look swapped"
    if latitude > ARCTIC_DEG and in_china((longitude, latitude)):
        return f"latitude {latitude:g} and longitude {longitude:g} look swapped: exchanged they lie in China"
    return None


def plain_number(text: str) -> float | None:
    """A decimal number as machines write it, ASCII only: no NaN, no infinity, no grouping."""
    return float(text) if _NUMBER.fullmatch(text) else None


def not_a_number(text: str) -> str:
    if _COMMA.fullmatch(text):
        return f"{text[:40]!r} has a comma for a decimal point; write {text[:40].replace(',', '.')}"
    return f"not a number: {text[:40]!r}"


def unix_or_iso(text: str) -> datetime | None:
    value = plain_number(text)
    if value is not None:
        seconds = value / 1000 if value > _MILLISECONDS else value
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= _LAST_S else None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
