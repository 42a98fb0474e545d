"""One row of a site's own tables: a subscriber by number, a cell by name. Headings in English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gateway.location.alirecord import datum_of, sector
from gateway.location.fields import MAX_RADIUS_M, Fields
from gateway.location.model import Additional, BodyFault, BodyReading, Datum, Extent, Shape, Stated
from gateway.location.numbering import CHINA, national

HEADINGS = {
    "number": ("number", "phone", "telephone", "ani", "号码", "电话", "电话号码", "主叫号码"),
    "cell": ("cell", "cell_id", "cgi", "ecgi", "ncgi", "小区", "小区号", "基站小区"),
    "name": ("name", "subscriber", "姓名", "用户名", "户名", "机主", "站名", "基站名称"),
    "address": ("address", "addr", "地址", "装机地址", "安装地址", "站址"),
    "latitude": ("latitude", "lat", "纬度"),
    "longitude": ("longitude", "lon", "lng", "经度"),
    "datum": ("datum", "crs", "坐标系"),
    "radius_m": ("radius_m", "radius", "uncertainty_m", "半径", "覆盖半径", "误差"),
    "inner_m": ("inner_m", "内径"),
    "azimuth_deg": ("azimuth_deg", "azimuth", "方位角"),
    "opening_deg": ("opening_deg", "opening", "beamwidth", "波瓣宽度", "扇区角"),
    "class_of_service": ("class_of_service", "cos", "class", "用户类别", "业务类别"),
    "provider": ("provider", "carrier", "运营商"),
}  # fmt: skip
"""Our name of a column, and how it may be headed."""
CIVIC = {
    "country", "A1", "A2", "A3", "A4", "A5", "A6", "RD", "RDSEC", "HNO", "HNS", "LMK", "LOC", "NAM", "PC",
    "BLD", "UNIT", "FLR", "ROOM", "PLC", "PCN",
}  # fmt: skip
"""Columns with these headings are elements of a civic address (RFC 5139)."""
_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}


def column(heading: str) -> str:
    """Our name for a column, or the heading as it stands."""
    bare = heading.strip().lstrip("\ufeff")
    if bare in CIVIC:
        return bare
    return _BY_HEADING.get(bare.lower(), bare)


def subscriber(row: Mapping[str, str]) -> BodyReading:
    """Where a subscriber's line ends, and who has it. `row` by our column names."""
    faults: list[BodyFault] = []
    stated = _place(Fields(row, faults))
    return BodyReading(
        kind="subscriber",
        locations=() if stated is None else (stated,),
        additional=_additional(row, {"number", *HEADINGS, *CIVIC}),
        faults=tuple(faults),
    )


def cell(row: Mapping[str, str]) -> BodyReading:
    """The sector that a cell serves: an arc band from the mast, or a circle around it."""
    faults: list[BodyFault] = []
    fields = Fields(row, faults)
    stated = _place(fields)
    if stated is None:
        return BodyReading(kind="cell", faults=tuple(faults))
    azimuth, opening = fields.number("azimuth_deg", 0, 360), fields.number("opening_deg", 0, 360)
    outer = stated.extent.outer_m if stated.extent is not None else None
    stated = replace(stated, method="Cell")
    if stated.latitude is not None and outer and azimuth is not None and opening and opening < 360:
        extent = sector(azimuth, opening, outer, fields.number("inner_m", 0, outer) or 0.0)
        stated = replace(stated, shape=Shape.ARC_BAND, extent=extent)
    return BodyReading(kind="cell", locations=(stated,), faults=tuple(faults))


def _place(fields: Fields) -> Stated | None:
    position = fields.position("latitude", "longitude")
    datum: Datum | None = None
    if (told := fields.text("datum")) is not None and (datum := datum_of(told)) is None:
        fields.fault(
            "datum", f"unknown datum {told[:20]!r}: the position is not used; write {', '.join(Datum)}"
        )
        position = None
    civic = tuple((name, text) for name in fields.values if name in CIVIC and (text := fields.text(name)))
    address = fields.text("address")
    if position is None and not civic and address is None:
        if not fields.faults:
            fields.fault("row", "neither a position nor an address in it")
        return None
    radius = fields.number("radius_m", 0, MAX_RADIUS_M, unit=" m") or None
    stated = Stated(
        shape=Shape.CIVIC,
        civic=civic,
        address=address,
        provided_by=fields.text("provider"),
    )
    if position is None:
        return stated
    shape = Shape.POINT if radius is None else Shape.CIRCLE
    return replace(
        stated,
        shape=shape,
        latitude=position[0],
        longitude=position[1],
        datum=datum,
        extent=None if radius is None else Extent(shape=shape, outer_m=radius),
    )


def _additional(row: Mapping[str, str], known: set[str]) -> tuple[Additional, ...]:
    subscriber = [("Name", row["name"].strip())] if row.get("name", "").strip() else []
    subscriber += [(name, text.strip()) for name, text in row.items() if name not in known and text.strip()]
    service = [("ClassOfService", text)] if (text := row.get("class_of_service", "").strip()) else []
    found = (("SubscriberInfo", subscriber), ("ServiceInfo", service))
    return tuple(Additional(block=block, fields=tuple(fields)) for block, fields in found if fields)


def number_key(digits: str) -> int:
    """A number as an integer that keeps its leading noughts and its length; 0 when it is none."""
    return int(f"1{digits}") if digits and len(digits) <= 18 else 0


_RANGE = re.compile(r"\.\.|~|至|～")


_ROUNDED = re.compile(r"\d[eE][+-]?\d|^\d+\.0+$")
"""2.16E+10, or 02161234567.0: read as digits it would be somebody else's number."""


def number_span(text: str, country_code: str = CHINA) -> tuple[int, int] | str:
    """The first and last key that a row speaks for: one number, `02161234500..02161234599`, or the prefix as
    text for `0216123*`. Raises ValueError with the cure.
    """
    bare = text.strip()
    if _ROUNDED.search(bare):
        raise ValueError(
            f"a number that a spreadsheet made of it: {bare[:40]!r}; make the column text and export it anew"
        )
    if bare.endswith("*"):
        prefix = national(bare[:-1], country_code)
        if not prefix:
            raise ValueError(f"no digits before the * in {bare[:40]!r}")
        return prefix
    parts = [number_key(national(part, country_code)) for part in _RANGE.split(bare)]
    if len(parts) > 2 or not all(parts):
        raise ValueError(f"no number: {bare[:40]!r}; write 02161234567, 02161234500..02161234599 or 0216123*")
    first, last = parts[0], parts[-1]
    if first > last or len(str(first)) != len(str(last)):
        raise ValueError(f"the range {bare[:60]!r} runs backwards, or its ends differ in length")
    return first, last


_CELL_PARTS = re.compile(r"[^0-9]+")


def cell_name(text: str) -> str:
    """`460-00-1234-5678` however it was parted and filled with noughts; empty when it is none."""
    parts = [part for part in _CELL_PARTS.split(text) if part]
    if len(parts) in (2, 3) and len(parts[0]) in (5, 6):
        parts = [parts[0][:3], parts[0][3:], *parts[1:]]
    if len(parts) not in (3, 4) or len(parts[0]) != 3:
        return ""
    return "-".join([parts[0], parts[1].zfill(2), *(part.lstrip("0") or "0" for part in parts[2:])])
