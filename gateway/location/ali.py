"""The X-ALI header of a carrier or a local gateway: `lat=31.2304;lon=121.4737;r=50;cell=460-00-1234-5678`, or
whatever a configured pattern says. Its datum is configuration where it names none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import re2

from gateway.location.alirecord import datum_of
from gateway.location.angle import degrees
from gateway.location.fields import MAX_RADIUS_M, Fields, look_swapped, plain_number
from gateway.location.fix import location_id
from gateway.location.model import (
    BodyFault,
    BodyReading,
    Datum,
    Extent,
    Location,
    LocationRefusal,
    LocationSource,
    Shape,
    Stated,
)

MAX_CELL_CHARS = 64
MAX_HEADER_CHARS = 1_024
"""Characters of a header that are looked at; a longer one is refused."""
MAX_PATTERN_CHARS = 500
PATTERN_MEMORY_BYTES = 1 << 20
"""What one compiled pattern may take (re2)."""
GROUPS = ("lat", "lon", "r", "cell", "address", "datum", "confidence", "method", "provider")
"""Names a pattern's groups may have; lat and lon, an address or a cell must be among them."""

_NAMES = {
    "latitude": "lat",
    "longitude": "lon",
    "lng": "lon",
    "radius": "r",
    "uncertainty": "r",
    "crs": "datum",
}
_NAMED = re.compile(r"^[A-Za-z][A-Za-z0-9-]{0,40}:\s*")
"""The header's own name, where the whole line was copied."""
_LIKE = re.compile(r"(?:^|[;,&\s])lat(?:itude)?\s*=.*?(?:[;,&\s])(?:lon|lng|longitude)\s*=", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderPattern:
    """A regular expression with named groups (re2: its time is bounded by the text). Raises ValueError with
    the cure when it cannot be used.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_PATTERN_CHARS:
            raise ValueError(f"{len(self.text)} characters; a pattern has at most {MAX_PATTERN_CHARS}")
        names = set(self._compiled.groupindex)
        if unknown := sorted(names - set(GROUPS)):
            raise ValueError(f"unknown group {unknown[0]!r}; use {', '.join(GROUPS)}")
        if not ({"lat", "lon"} <= names or names & {"address", "cell"}):
            raise ValueError("it needs the groups lat and lon, or address, or cell: (?P<lat>[-0-9.]+)")

    @cached_property
    def _compiled(self) -> re2._Regexp:
        options = re2.Options()
        options.max_mem, options.log_errors, options.case_sensitive = PATTERN_MEMORY_BYTES, False, False
        try:
            return re2.compile(self.text, options)
        except re2.error as error:
            raise ValueError(f"no regular expression (re2): {error}") from None

    def values(self, header: str) -> dict[str, str] | None:
        """By group; None when the header does not match."""
        match = self._compiled.search(header)
        return None if match is None else {name: text for name, text in match.groupdict().items() if text}


def values_of(header: str, pattern: HeaderPattern | None = None) -> dict[str, str]:
    """What the header says by name. Raises ValueError when it cannot be read at all."""
    if len(header) > MAX_HEADER_CHARS:
        raise ValueError(f"{len(header)} characters; a header has at most {MAX_HEADER_CHARS}")
    if pattern is not None:
        found = pattern.values(header)
        if found is None:
            raise ValueError("the configured pattern does not match it")
        return found
    values: dict[str, str] = {}
    for part in re.split(r"[;&]", header):
        name, equals, value = part.partition("=")
        if equals:
            name = name.strip().lower()
            values.setdefault(_NAMES.get(name, name), value.strip())
    return values


def parse(
    text: str, *, datum: Datum | None, obtained_at: datetime, pattern: HeaderPattern | None = None
) -> Location | LocationRefusal:
    """A fix, or why there is none. `datum`: of a header that names none; None refuses those."""
    try:
        return _location(values_of(text, pattern), text, datum, obtained_at)
    except ValueError as error:
        return LocationRefusal(source=LocationSource.ALI, reason=str(error)[:200])


def _location(values: Mapping[str, str], text: str, datum: Datum | None, obtained_at: datetime) -> Location:
    position, own = _position(values), _datum(values)
    if position is not None and own is None and datum is None:
        raise ValueError("it names no datum and none is configured: set pbx.xali_datum")
    if position is None and "address" not in values:
        raise ValueError(f"no {'lon' if 'lat' in values else 'lat'} in it")
    confidence = plain_number(values.get("confidence", ""))
    return Location(
        location_id=location_id(LocationSource.ALI, text),
        source=LocationSource.ALI,
        obtained_at=obtained_at,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        datum=(own or datum) if position else None,
        datum_assumed=position is not None and own is None,
        uncertainty_m=_radius(values),
        confidence_percent=confidence if confidence is not None and 0 < confidence <= 100 else 95.0,
        method=values.get("method") or ("Cell" if "cell" in values else None),
        provided_by=(values.get("provider") or values.get("cell", ""))[:MAX_CELL_CHARS] or None,
        address=values.get("address"),
        raw=text,
    )


def _position(values: Mapping[str, str]) -> tuple[float, float] | None:
    if "lat" not in values and "lon" not in values:
        return None
    for name in ("lat", "lon"):
        if name not in values:
            raise ValueError(f"no {name} in it")
    position = degrees(values["lat"]), degrees(values["lon"])
    if told := look_swapped(*position):
        raise ValueError(told)
    return position


def _radius(values: Mapping[str, str]) -> float | None:
    if "r" not in values:
        return None
    radius = plain_number(values["r"])
    if radius is None or not 0 <= radius <= MAX_RADIUS_M:
        raise ValueError(f"a radius of {values['r'][:40]} m")
    return radius


def _datum(values: Mapping[str, str]) -> Datum | None:
    if "datum" not in values:
        return None
    found = datum_of(values["datum"])
    if found is None:
        raise ValueError(f"unknown datum {values['datum'][:40]!r}; it is one of {', '.join(Datum)}")
    return found


def cell_of(text: str, pattern: HeaderPattern | None = None) -> str | None:
    """The cell that the header names (MCC-MNC-LAC-CI): what a cell table is asked with."""
    try:
        return values_of(text, pattern).get("cell", "")[:MAX_CELL_CHARS] or None
    except ValueError:
        return None


def recognises(body: bytes) -> bool:
    """A header's value by itself, in the default form."""
    if not 0 < len(body) <= MAX_HEADER_CHARS:
        return False
    return _LIKE.search(body.decode("utf-8", "replace").strip()) is not None


def read(body: bytes) -> BodyReading:
    """The header as a body. A coordinate without a datum stays without one: its source's is configuration."""
    faults: list[BodyFault] = []
    try:
        values = values_of(_NAMED.sub("", body.decode("utf-8", "replace").strip()))
        fields = Fields(values, faults)
        position, datum = _position(values), _datum(values)
    except ValueError as error:
        return BodyReading(kind="x-ali", faults=(BodyFault(what=str(error), where="header"),))
    if position is None or abs(position[0]) > 90 or abs(position[1]) > 180:
        told = "no position in it" if position is None else f"no such position on earth: {position}"
        return BodyReading(kind="x-ali", faults=(BodyFault(what=told, where="header"),))
    radius = fields.radius("r")
    shape = Shape.POINT if radius is None else Shape.CIRCLE
    stated = Stated(
        shape=shape,
        latitude=position[0],
        longitude=position[1],
        extent=None if radius is None else Extent(shape=shape, outer_m=radius),
        datum=datum,
        confidence_percent=fields.number("confidence", 0, 100, unit=" %") or None,
        method=fields.text("method") or ("Cell" if "cell" in values else None),
        provided_by=fields.text("provider") or fields.text("cell"),
        address=fields.text("address"),
    )
    return BodyReading(kind="x-ali", locations=(stated,), faults=tuple(faults))
