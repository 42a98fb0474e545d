"""Locations as Asterisk's res_geolocation hands them over: `name="value"` pairs of a GML shape or of a civic
address. They are read as the elements they once were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gateway.location.bodies import civic, gml, held
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.pidf import MAX_TEXT
from gateway.location.bodies.tree import Node
from gateway.location.fix import fixes, renamed
from gateway.location.model import BodyReading, Location, LocationRefusal, LocationSource, Shape, Stated

_PAIR = re.compile(r'(?<![A-Za-z0-9])([A-Za-z0-9]+)\s*=\s*(?:"([^"]*)"|([^",]+))')
_CRS = {"2d": "EPSG:4326", "3d": "EPSG:4979", "": "EPSG:4326"}
"""Its two names, and what it takes when none is given; a longer name is a srsName already."""
_LENGTHS = {
    "radius",
    "semiMajorAxis",
    "semiMinorAxis",
    "verticalAxis",
    "innerRadius",
    "outerRadius",
    "height",
}
_NOT_CIVIC = {"lang", "country"}
MAX_REASON = 200


def fix(fields: Mapping[str, str], *, obtained_at: datetime) -> Location | LocationRefusal:
    """A fix out of the fields of Alarm110, or why there is none."""
    reading = read(fields)
    found = fixes(reading, source=LocationSource.PIDF, obtained_at=obtained_at)
    if found:
        return renamed(found[0], _text(fields)) if isinstance(found[0], Location) else found[0]
    if reading.locations:
        reason = "a location by reference: it must be fetched"
    else:
        reason = next((fault.what for fault in reading.faults), "no location in it")
    return LocationRefusal(source=LocationSource.PIDF, reason=reason[:MAX_REASON])


def read(fields: Mapping[str, str]) -> BodyReading:
    """The fields of Alarm110, already URI-decoded: GeoFormat, GeoInfo, GeoEff, GeoMethod, GeoSource, GeoConf.

    The effective location (GeoEff) is what the administrator's profile made of the sent one (GeoInfo), and
    goes first. A reference (format URI) is a stated place that must be fetched.
    """
    gather, form = Gather(), fields.get("GeoFormat", "")
    pairs = _pairs(_text(fields))
    if form == "GML":
        stated = _shape(pairs, gather)
    elif form == "civicAddress":
        kept = [(name, value) for name, value in pairs if name not in _NOT_CIVIC]
        stated = civic.stated(kept, gather, "GeoInfo")
    elif form == "URI":
        stated = held.reference(dict(pairs).get("URI", ""), gather, "GeoInfo")
    else:
        stated = None
        gather.fault(f"unknown format {form[:40]!r}", "GeoFormat")
    if stated is not None:
        gather.locations.append(_described(stated, fields, gather))
    return gather.reading("asterisk")


def _text(fields: Mapping[str, str]) -> str:
    return fields.get("GeoEff") or fields.get("GeoInfo") or ""


def _pairs(text: str) -> list[tuple[str, str]]:
    """A value that was cut at the end loses its quote, and with it itself."""
    return [(name, quoted or bare.strip()) for name, quoted, bare in _PAIR.findall(text)]


def _shape(pairs: list[tuple[str, str]], gather: Gather) -> Stated | None:
    values = dict(pairs)
    name, crs = values.get("shape", ""), values.get("crs", "")
    if name not in gml.SHAPES:
        gather.fault(f"unknown shape {name[:40]!r}", "shape")
        return None
    node = Node(name=name, attributes={"srsName": _CRS.get(crs, crs)}, whole=True)
    for key, value in pairs:
        if key not in ("shape", "crs"):
            node.children.append(_element(node, key, value))
    return gml.read(node, gather)


def _element(parent: Node, name: str, value: str) -> Node:
    """Lengths are in metres; an angle may say `0.5 radians` and is in degrees otherwise."""
    unit = {"uom": "m"} if name in _LENGTHS else {}
    if name in ("orientation", "startAngle", "openingAngle"):
        value, _, stated = value.strip().partition(" ")
        unit = {"uom": stated.strip() or "degrees"}
    return Node(name=name, attributes=unit, parent=parent, pieces=[value], whole=True)


def _described(stated: Stated, fields: Mapping[str, str], gather: Gather) -> Stated:
    more = dict(_pairs(fields.get("GeoConf", "")))
    said = more.get("value", "")
    known = said.isascii() and said.isdigit() and 0 < int(said) <= 100
    if said and not known and said != "unknown":
        gather.fault(f"confidence not read: {said[:40]!r}", "GeoConf")
    return replace(
        stated,
        method=fields.get("GeoMethod", "")[:MAX_TEXT] or None,
        provided_by=fields.get("GeoSource", "")[:MAX_TEXT] or None,
        confidence_percent=float(said) if known and stated.shape is not Shape.REFERENCE else None,
        distribution=more.get("pdf") if more.get("pdf") in ("normal", "rectangular") else None,
    )
