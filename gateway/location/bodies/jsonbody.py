"""JSON that carries a place: NENA's EIDO (STA-021), vCon, a GeoJSON position, and signed wrappings (JWS) of
these.

XML within (locationByValue, additionalDataByValue, a logged SIP message) is read as any other body.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from typing import Any

from gateway.location.bodies import civic, gml, held
from gateway.location.bodies.gather import Gather
from gateway.location.model import Datum, Shape, Stated

MAX_VALUES = 20_000
"""Values of one document that are looked at; the rest is told and left."""
MAX_DEPTH = 32
MAX_EMBEDDED = 128
"""Bodies as text within one document that are read; the rest is told and left."""

_BY_REFERENCE = {"locationbyreferenceurl", "locationbyreference", "locationbyreferenceuri", "locationuri"}
_CIVIC = {"civicaddress", "civic_address"}

Within = Callable[[bytes, Gather], None]
"""Reads a body that stands as text in the document."""


class NotJson(Exception):
    """Why."""


def parse(text: str) -> Any:
    """Raises NotJson."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise NotJson(f"malformed JSON: {error.msg}, line {error.lineno}") from None
    except RecursionError:
        raise NotJson("JSON nested too deep") from None
    except ValueError as error:
        raise NotJson(f"malformed JSON: {error}") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def kind(value: Any) -> str:
    """eido, vcon, jws, geojson, json."""
    if not isinstance(value, dict):
        return "json"
    if "eidoVersion" in value or any(name.endswith("Component") for name in value):
        return "eido"
    if "vcon" in value or {"parties", "dialog"} <= value.keys():
        return "vcon"
    if "payload" in value and ("signature" in value or "signatures" in value):
        return "jws"
    if _is_geojson(value):
        return "geojson"
    return "json"


def read(value: Any, gather: Gather, within: Within) -> None:
    """Every place in it, in its order."""
    embedded = 0
    for count, (path, name, item, parent) in enumerate(_walk(value, "$", 0)):
        if count >= MAX_VALUES:
            gather.fault(f"more than {MAX_VALUES:,} values; the rest is not looked at", path)
            return
        if isinstance(item, str):
            embedded += _holds_body(item)
            if embedded > MAX_EMBEDDED:
                gather.fault(f"more than {MAX_EMBEDDED} bodies in it; the rest is not looked at", path)
                return
            _text(name, item, path, gather, within, parent)
        elif isinstance(item, dict):
            if name.lower() in _CIVIC:
                _civic(item, path, gather)
            elif _is_geojson(item):
                _geojson(item, path, gather)


def _walk(
    value: Any, path: str, depth: int, name: str = "", parent: Any = None
) -> Iterator[tuple[str, str, Any, Any]]:
    yield path, name, value, parent
    if depth >= MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key[:40]}", depth + 1, key, value)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, f"{path}[{number}]", depth + 1, name, value)


def _text(name: str, text: str, path: str, gather: Gather, within: Within, parent: Any) -> None:
    inner = Gather()
    if name.lower() in _BY_REFERENCE:
        stated = held.reference(text.strip(), inner, "")
        inner.locations += [stated] if stated is not None else []
    elif name == "gmlpos":
        _gmlpos(text, inner)
    elif name == "payload" and isinstance(parent, dict) and kind(parent) == "jws":
        if (content := _base64(text)) is not None and content.lstrip()[:1] in (b"{", b"<"):
            within(content, inner)
    elif _holds_body(text):
        within(text.encode("utf-8", "replace"), inner)
    gather.take(inner, where=f"{path}: " if inner.faults else "")


def _holds_body(text: str) -> bool:
    start = text.lstrip()[:1]
    if start == "<":
        return "location-info" in text or "EmergencyCallData" in text or "locationResponse" in text
    return (start == "{" and "ocation" in text) or (" SIP/2.0" in text[:600] and "\n" in text)


def _base64(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def _gmlpos(text: str, gather: Gather) -> None:
    """vCon: latitude and longitude with a space between."""
    numbers = text.split()
    try:
        if len(numbers) not in (2, 3):
            raise gml.Unusable(f"{len(numbers)} numbers where a position has two or three")
        latitude, longitude, *more = [gml.number(part) for part in numbers]
        gml.check_position(latitude, longitude)
    except gml.Unusable as unusable:
        gather.fault(f"gmlpos not read: {unusable}", "")
        return
    gather.locations.append(
        Stated(
            shape=Shape.POINT,
            latitude=latitude,
            longitude=longitude,
            altitude_m=more[0] if more else None,
            datum=Datum.WGS_84,
        )
    )


def _civic(value: dict[str, Any], path: str, gather: Gather) -> None:
    pairs = [
        (_element(name), str(text).strip()) for name, text in value.items() if isinstance(text, str | int)
    ]
    found = civic.stated(pairs, gather, path)
    gather.locations += [found] if found is not None else []


def _element(name: str) -> str:
    return name if name.lower() == "country" or not name.islower() else name.upper()


def _is_geojson(value: dict[str, Any]) -> bool:
    return value.get("type") == "Point" and isinstance(value.get("coordinates"), list)


def _geojson(value: dict[str, Any], path: str, gather: Gather) -> None:
    """RFC 7946: longitude first, WGS-84."""
    numbers = value["coordinates"]
    try:
        if len(numbers) not in (2, 3) or not all(type(item) in (int, float) for item in numbers):
            raise gml.Unusable("a position has two or three numbers")
        longitude, latitude, *more = [gml.number(repr(item)) for item in numbers]
        gml.check_position(latitude, longitude)
    except gml.Unusable as unusable:
        gather.fault(f"Point not read: {unusable}", path)
        return
    altitude = more[0] if more else None
    gather.locations.append(
        Stated(
            shape=Shape.POINT, latitude=latitude, longitude=longitude, altitude_m=altitude, datum=Datum.WGS_84
        )
    )
