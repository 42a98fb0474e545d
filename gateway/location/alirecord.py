"""The fixed-field records of a provider's ALI database: where each field stands is configuration.

NENA-STA-015 (02-010) describes the family: a query of position and number, a record between STX and ETX with
a status in front. No two providers lay it out alike, so the layout is data here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from gateway.location.angle import Notation, degrees
from gateway.location.fields import MAX_VALUE_CHARS, Fields, look_swapped
from gateway.location.model import Additional, BodyFault, BodyReading, Datum, Extent, Shape, Stated

MAX_RECORD_BYTES = 4_096
"""A record beyond this is none: providers' have some hundred."""
STX, ETX = b"\x02", b"\x03"


class FieldKind(StrEnum):
    """What a field is taken for."""

    STATUS = "status"
    NUMBER = "number"
    SEQUENCE = "sequence"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    DATUM = "datum"
    UNCERTAINTY = "uncertainty"
    CONFIDENCE = "confidence"
    ALTITUDE = "altitude"
    INNER_RADIUS = "inner_radius"
    AZIMUTH = "azimuth"
    OPENING = "opening"
    TIME = "time"
    METHOD = "method"
    PROVIDER = "provider"
    ADDRESS = "address"
    CIVIC = "civic"
    TEXT = "text"


class Answer(StrEnum):
    """What the provider says to a query."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordField:
    """One field. `start` counts from 1, in the layout's unit.

    `name`: the civic element of a civic field (RD, HNO), the name on the card of a text. `codes`: what stands
    there and what it means (`1` GCJ-02). `block`: the RFC 7852 block of a text. `decimals`: digits after a
    point that is not written. `scale`: multiplies a number. `pattern`: of a time (strptime).
    """

    kind: FieldKind
    start: int
    length: int
    name: str = ""
    notation: Notation = Notation.DEGREES
    decimals: int = 0
    scale: float = 1.0
    codes: tuple[tuple[str, str], ...] = ()
    block: str = "SubscriberInfo"
    pattern: str = "%Y%m%d%H%M%S"
    utc_offset_h: float = 0.0

    @property
    def label(self) -> str:
        return self.name or self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLayout:
    """A record as one provider writes it. `in_bytes`: starts and lengths count bytes, not characters: so it
    is in most databases with Chinese text. `length`: of the whole, where it is fixed.
    """

    fields: tuple[RecordField, ...]
    encoding: str = "gb18030"
    in_bytes: bool = True
    length: int | None = None
    datum: Datum | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliRecord:
    """A record that was read. `number` and `sequence`: the query's, as it comes back, to match them."""

    answer: Answer
    reading: BodyReading
    number: str | None = None
    sequence: str | None = None


def read_record(record: bytes, layout: RecordLayout) -> AliRecord:
    """Total: what cannot be read stands in the reading's faults."""
    faults: list[BodyFault] = []
    if len(record) > MAX_RECORD_BYTES:
        told = f"{len(record)} bytes; a record has at most {MAX_RECORD_BYTES}"
        return AliRecord(
            answer=Answer.REFUSED, reading=_reading([], [], [BodyFault(what=told, where="record")])
        )
    values = _cut(record, layout, faults)
    answer = _answer(values, layout, faults)
    number, sequence = _first(values, FieldKind.NUMBER), _first(values, FieldKind.SEQUENCE)
    if answer is not Answer.FOUND:
        return AliRecord(answer=answer, reading=_reading([], [], faults), number=number, sequence=sequence)
    stated = _stated(values, layout, faults)
    reading = _reading([stated] if stated is not None else [], _additional(values), faults)
    return AliRecord(answer=answer, reading=reading, number=number, sequence=sequence)


def _reading(locations: list[Stated], additional: list[Additional], faults: list[BodyFault]) -> BodyReading:
    return BodyReading(
        kind="ali", locations=tuple(locations), additional=tuple(additional), faults=tuple(faults)
    )


_Values = list[tuple[RecordField, str]]


def _cut(record: bytes, layout: RecordLayout, faults: list[BodyFault]) -> _Values:
    """Every field's text; empty where the record ends before it."""
    if layout.length is not None and len(record) != layout.length and layout.in_bytes:
        told = f"{len(record)} bytes; the layout has {layout.length}"
        faults.append(BodyFault(what=told, where="record"))
    text = record.decode(layout.encoding, "replace")
    values: _Values = []
    for field in layout.fields:
        first, end = field.start - 1, field.start - 1 + field.length
        value = record[first:end].decode(layout.encoding, "replace") if layout.in_bytes else text[first:end]
        value = value.replace("\x00", " ").strip(" \u3000\t")
        if "\ufffd" in value:
            told = f"not {layout.encoding}: {value.replace(chr(0xFFFD), '?')[:40]!r}"
            faults.append(BodyFault(what=told, where=field.label))
            value = value.replace("\ufffd", "")
        values.append((field, value))
    return values


def _first(values: _Values, kind: FieldKind) -> str | None:
    return next((text for field, text in values if field.kind is kind and text), None)


def _coded(field: RecordField, text: str) -> str:
    return dict(field.codes).get(text, text)


def _answer(values: _Values, layout: RecordLayout, faults: list[BodyFault]) -> Answer:
    """Without a status field every record is an answer."""
    for field, text in values:
        if field.kind is FieldKind.STATUS:
            try:
                return Answer(_coded(field, text))
            except ValueError:
                known = ", ".join(code for code, _ in field.codes)
                told = f"status {text[:20]!r} is not in the layout's codes ({known})"
                faults.append(BodyFault(what=told, where=field.label))
                return Answer.REFUSED
    return Answer.FOUND


def _stated(values: _Values, layout: RecordLayout, faults: list[BodyFault]) -> Stated | None:
    """The place: a position with its shape, an address, or both; None when it says neither."""
    named = {field.label: text for field, text in values}
    by_kind = {field.kind: field for field, _ in values}
    reader = _Reader(Fields(named, faults), by_kind)
    position, datum = _position(values, faults), None
    try:
        datum = _datum(values, layout)
    except _UnknownDatum as error:
        position = None
        faults.append(BodyFault(what=str(error), where="datum"))
    civic = tuple((field.name, text) for field, text in values if field.kind is FieldKind.CIVIC and text)
    address = _first(values, FieldKind.ADDRESS)
    if position is None and not civic and not address:
        if not faults:
            faults.append(BodyFault(what="neither a position nor an address in it", where="record"))
        return None
    stated = Stated(
        shape=Shape.CIVIC,
        civic=civic,
        address=address,
        method=_coded_first(values, FieldKind.METHOD),
        provided_by=_coded_first(values, FieldKind.PROVIDER),
        obtained_at=_time(values, faults),
    )
    if position is None:
        return stated
    extent = reader.extent()
    return replace(
        stated,
        shape=extent.shape if extent is not None else Shape.POINT,
        latitude=position[0],
        longitude=position[1],
        altitude_m=reader.number(FieldKind.ALTITUDE, -12_000, 100_000),
        extent=extent,
        datum=datum,
        confidence_percent=reader.number(FieldKind.CONFIDENCE, 0, 100) or None,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Fields
    by_kind: Mapping[FieldKind, RecordField]

    def number(self, kind: FieldKind, low: float, high: float) -> float | None:
        field = self.by_kind.get(kind)
        if field is None:
            return None
        factor = field.scale / 10**field.decimals
        value = self.fields.number(field.label, low / factor, high / factor)
        return None if value is None else value * factor

    def extent(self) -> Extent | None:
        outer = self.number(FieldKind.UNCERTAINTY, 0, 1_000_000) or None
        azimuth, opening = self.number(FieldKind.AZIMUTH, 0, 360), self.number(FieldKind.OPENING, 0, 360)
        if outer is None:
            return None
        if azimuth is None or opening is None or not 0 < opening < 360:
            return Extent(shape=Shape.CIRCLE, outer_m=outer)
        inner = self.number(FieldKind.INNER_RADIUS, 0, outer) or 0.0
        return sector(azimuth, opening, outer, inner)


def sector(azimuth_deg: float, opening_deg: float, outer_m: float, inner_m: float = 0.0) -> Extent:
    """A cell's sector as an arc band: `azimuth_deg` is the middle of the beam, an arc band names its start
    (RFC 5491, section 5.2.5).
    """
    return Extent(
        shape=Shape.ARC_BAND,
        outer_m=outer_m,
        inner_m=inner_m,
        orientation_deg=(azimuth_deg - opening_deg / 2) % 360,
        opening_deg=opening_deg,
    )


def _position(values: _Values, faults: list[BodyFault]) -> tuple[float, float] | None:
    found: dict[FieldKind, float] = {}
    broken = False
    for field, text in values:
        limit = {FieldKind.LATITUDE: 90, FieldKind.LONGITUDE: 180}.get(field.kind)
        if limit is None or not text:
            continue
        try:
            value = degrees(text, field.notation, field.decimals)
            if abs(value) > limit:
                hint = "; is it the longitude?" if limit == 90 and abs(value) <= 180 else ""
                raise ValueError(f"{text} is beyond ±{limit}°{hint}")
            found[field.kind] = value
        except ValueError as error:
            broken = True
            faults.append(BodyFault(what=str(error), where=field.label))
    if len(found) == 2:
        position = found[FieldKind.LATITUDE], found[FieldKind.LONGITUDE]
        if told := look_swapped(*position):
            faults.append(BodyFault(what=told, where="latitude"))
            return None
        return None if position == (0.0, 0.0) else position
    if found and not broken:
        (kind,) = found
        told = f"only a {kind.value}: a position needs both coordinates"
        faults.append(BodyFault(what=told, where=kind.value))
    return None


class _UnknownDatum(Exception):
    """The record names a frame that nobody here knows: its position cannot be used."""


def _datum(values: _Values, layout: RecordLayout) -> Datum | None:
    """None: the record names none, and whoever asked knows the source's own. Raises _UnknownDatum."""
    for field, text in values:
        if field.kind is FieldKind.DATUM and text:
            found = datum_of(_coded(field, text))
            if found is None:
                raise _UnknownDatum(
                    f"datum {text[:20]!r} is none of {', '.join(Datum)} nor in the layout's codes: "
                    "the position is not used"
                )
            return found
    return layout.datum


_DATUMS = {
    "WGS84": Datum.WGS_84, "EPSG4326": Datum.WGS_84, "GPS": Datum.WGS_84, "GCJ02": Datum.GCJ_02,
    "CGCS2000": Datum.CGCS2000, "EPSG4490": Datum.CGCS2000,
}  # fmt: skip


def datum_of(text: str) -> Datum | None:
    """`wgs84`, `GCJ-02`, `CGCS 2000`, `EPSG:4326`; None for others."""
    return _DATUMS.get(re.sub(r"[-_:\s]", "", text).upper())


def _coded_first(values: _Values, kind: FieldKind) -> str | None:
    for field, text in values:
        if field.kind is kind and text:
            return _coded(field, text)[:MAX_VALUE_CHARS]
    return None


def _time(values: _Values, faults: list[BodyFault]) -> datetime | None:
    for field, text in values:
        if field.kind is not FieldKind.TIME or not text:
            continue
        try:
            zone = timezone(timedelta(hours=field.utc_offset_h))
            return datetime.strptime(text, field.pattern).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            told = f"not a time: {text[:40]!r}; the layout's pattern is {field.pattern}"
            faults.append(BodyFault(what=told, where=field.label))
    return None


def _additional(values: _Values) -> list[Additional]:
    found: dict[str, list[tuple[str, str]]] = {}
    for field, text in values:
        if field.kind is FieldKind.TEXT and text:
            found.setdefault(field.block, []).append((field.label, _coded(field, text)[:MAX_VALUE_CHARS]))
    return [Additional(block=block, fields=tuple(fields)) for block, fields in found.items()]


SHIPPED = RecordLayout(
    length=210,
    fields=(
        RecordField(
            kind=FieldKind.STATUS,
            start=1,
            length=1,
            codes=(("R", "found"), ("N", "not_found"), ("E", "refused"), ("H", "heartbeat")),
        ),
        RecordField(kind=FieldKind.SEQUENCE, start=2, length=6),
        RecordField(kind=FieldKind.NUMBER, start=8, length=16),
        RecordField(
            kind=FieldKind.TEXT,
            start=24,
            length=1,
            name="ClassOfService",
            block="ServiceInfo",
            codes=(("R", "residence"), ("B", "business"), ("M", "mobile"), ("P", "payphone"), ("V", "VoIP")),
        ),
        RecordField(
            kind=FieldKind.DATUM,
            start=25,
            length=1,
            codes=(("W", "WGS-84"), ("G", "GCJ-02"), ("C", "CGCS2000")),
        ),
        RecordField(kind=FieldKind.LATITUDE, start=26, length=11),
        RecordField(kind=FieldKind.LONGITUDE, start=37, length=11),
        RecordField(kind=FieldKind.UNCERTAINTY, start=48, length=6),
        RecordField(kind=FieldKind.CONFIDENCE, start=54, length=3),
        RecordField(kind=FieldKind.TIME, start=57, length=14),
        RecordField(kind=FieldKind.PROVIDER, start=71, length=20),
        RecordField(kind=FieldKind.TEXT, start=91, length=40, name="Name"),
        RecordField(kind=FieldKind.ADDRESS, start=131, length=80),
    ),
)
"""The layout of the fake provider and of a site that has the choice: 210 bytes, GB18030."""


def recognises(body: bytes) -> bool:
    """A framed record in the shipped layout; others need their configuration."""
    bare = body.strip(b"\r\n")
    framed = bare[:1] == STX and bare[-1:] == ETX and len(bare) == (SHIPPED.length or 0) + 2
    return framed and bare[1:2] in (b"R", b"N", b"E", b"H")


def read(body: bytes) -> BodyReading:
    return read_record(body.strip(b"\r\n").removeprefix(STX).removesuffix(ETX), SHIPPED).reading
