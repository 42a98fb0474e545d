"""The text of an AML message (ETSI TS 103 625): `A"ML=1;lt=+54.76397;lg=-0.18305;rd=50;…` and version 2,
`A"ML=2;et=1593187189;lo=-37.42175,-122.08461,20.1;lt=-3;…`. Coordinates are WGS-84, times UTC.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from gateway.location.fields import Fields, unix_or_iso
from gateway.location.model import Additional, BodyFault, Datum, Extent, Shape, Stated

MAX_MESSAGES = 16
"""Messages in one body that are read: a phone sends a few a call. Further ones are named in the faults."""
MAX_FIELDS = 64
"""Fields of one message that are read; the standard has about twenty."""
MAX_NAME_CHARS = 40
"""Of a field that the standard does not know; the rest is cut."""
HEADER = re.compile(r"A(?:\\?[\"“”″＂]){0,2}ML[ \t]*=(?=[ \t]*[0-9])", re.IGNORECASE)
"""`A"ML=`: the quote may be missing, doubled (out of a CSV file) or typographic (out of a mail)."""
METHODS = {
    "G": "GNSS", "GPS": "GNSS", "GNSS": "GNSS", "W": "Wifi", "WIFI": "Wifi", "WI-FI": "Wifi", "WLAN": "Wifi",
    "C": "Cell", "CELL": "Cell", "NETWORK": "Cell", "F": "Fused", "FUSED": "Fused",
    "N": None, "NONE": None, "U": None, "UNKNOWN": None,
}  # fmt: skip
"""How the phone found itself; None: it does not say, or found nothing."""
NO_PLACE = "the phone found no place (yet)"

_SEPARATOR = re.compile(r"[;；\r\n]+")
_DEVICE = {"si": "IMSI", "ei": "IMEI", "number": "Number", "msisdn": "Number", "dn": "Number"}
_SERVICE_V1 = {"mcc": "MCC", "mnc": "MNC", "en": "EmergencyNumber"}
_READ_V1 = {"lt", "lg", "rd", "top", "lc", "pm", "ml"}
_READ_V2 = {"et", "lo", "lt", "lc", "lz", "ls", "nc", "hc", "lg", "en", "ml"}


def messages(text: str) -> list[str]:
    """Each message of the text from its header on."""
    starts = [match.start() for match in HEADER.finditer(text)]
    return [text[one:other] for one, other in zip(starts, [*starts[1:], len(text)], strict=False)]


def read_message(
    text: str, faults: list[BodyFault], where: str = ""
) -> tuple[Stated | None, list[Additional]]:
    """One message that begins with its header."""
    header = HEADER.match(text)
    if header is None:
        raise ValueError("a message begins with its header")
    canonical = 'A"ML=' + text[header.end() :].strip().strip("\"'`“”@\x00").strip()
    values = _values(canonical, faults, where)
    fields, version = Fields(values, faults, where=where), values.get('a"ml', "").strip()
    if version not in ("1", "2"):
        second = "lo" in values
        fields.fault('A"ML', f"version {version[:8]!r} is not known; read as version {2 if second else 1}")
        version = "2" if second else "1"
    if version == "2":
        return _second(fields), _additional_v2(fields)
    _check_length(fields, canonical)
    return _first(fields), _additional_v1(fields)


def _values(text: str, faults: list[BodyFault], where: str) -> dict[str, str]:
    """By lower-case name; the first of a name counts."""
    values: dict[str, str] = {}
    for part in _SEPARATOR.split(text)[: MAX_FIELDS + 1]:
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not part.strip():
            continue
        if not equals:
            faults.append(BodyFault(what=f"no name=value: {part.strip()[:40]!r}", where=f"{where}message"))
        elif name in values:
            faults.append(BodyFault(what=f"{name} stands twice; the first counts", where=f"{where}{name}"))
        elif len(values) >= MAX_FIELDS:
            faults.append(BodyFault(what=f"more than {MAX_FIELDS} fields", where=f"{where}message"))
        else:
            values[name] = value.strip().strip('"').strip()
    return values


def _check_length(fields: Fields, text: str) -> None:
    """`ml` is the whole message's length. Phones are known to count wrong, so the place still stands."""
    told = fields.number("ml", 0, 10_000)
    end = re.search(r";[ \t]*ml[ \t]*=[ \t]*[0-9]+", text, re.IGNORECASE)
    length = end.end() if end else len(text)
    if told is not None and told != length:
        fields.fault("ml", f"the message says {told:.0f} characters and has {length}: cut or miscounted")


def _first(fields: Fields) -> Stated | None:
    method = _method(fields, "pm")
    position = fields.position("lt", "lg")
    radius = None if (fields.text("rd") or "").upper() in ("N", "-1") else fields.radius("rd")
    if position is None or position == (0.0, 0.0):
        if position is not None or (fields.text("lt") is None and fields.text("lg") is None):
            fields.fault("lt", NO_PLACE)
        return None
    if (fields.text("pm") or "").upper() == "N":
        fields.fault("pm", "pm=N says that no place was found, but there is one: it is taken as it stands")
    confidence = fields.number("lc", 0, 100, unit=" %")
    return stated(position, radius, confidence, method=method, obtained_at=fields.compact_time("top"))


def _second(fields: Fields) -> Stated | None:
    parts = [part.strip() for part in (fields.text("lo") or "").split(",")]
    if not any(parts):
        fields.fault("lo", NO_PLACE)
        return None
    if len(parts) not in (2, 3):
        fields.fault("lo", f"{len(parts)} values; it holds latitude,longitude,accuracy with decimal points")
        return None
    split = Fields(
        {"latitude": parts[0], "longitude": parts[1], "accuracy": parts[2] if len(parts) == 3 else ""},
        fields.faults,
        where="lo.",
    )
    position, radius = split.position("latitude", "longitude"), split.radius("accuracy")
    if position is None or position == (0.0, 0.0):
        if position is not None:
            fields.fault("lo", NO_PLACE)
        return None
    vertical = [part.strip() for part in (fields.text("lz") or "").split(",")]
    height = Fields({"altitude": vertical[0]}, fields.faults, where="lz.")
    return stated(
        position,
        radius,
        fields.number("lc", 0, 100, unit=" %"),
        method=_method(fields, "ls"),
        obtained_at=_located_at(fields),
        altitude_m=height.number("altitude", -12_000, 100_000, unit=" m"),
    )


def _located_at(fields: Fields) -> datetime | None:
    """`et` is when the emergency call began, `lt` the seconds from there to the fix."""
    began, after = fields.unix_time("et"), fields.number("lt", -1e7, 1e7, unit=" s")
    if began is None or after is None:
        return began
    return began + timedelta(seconds=after)


def _method(fields: Fields, name: str) -> str | None:
    text = fields.text(name)
    if text is None:
        return None
    if text.upper() not in METHODS:
        fields.fault(name, f"positioning method {text[:20]!r} is not in the standard; kept as it stands")
        return text[:20]
    return METHODS[text.upper()]


def stated(
    position: tuple[float, float],
    radius: float | None,
    confidence: float | None,
    *,
    method: str | None,
    obtained_at: datetime | None,
    altitude_m: float | None = None,
) -> Stated:
    """A circle, or a point where the radius is not known. A confidence of nought says nothing."""
    shape = Shape.POINT if radius is None else Shape.CIRCLE
    return Stated(
        shape=shape,
        latitude=position[0],
        longitude=position[1],
        altitude_m=altitude_m,
        extent=None if radius is None else Extent(shape=shape, outer_m=radius),
        datum=Datum.WGS_84,
        confidence_percent=min(confidence, 100.0) if confidence is not None and confidence > 0 else None,
        method=method,
        obtained_at=obtained_at,
    )


def _additional_v1(fields: Fields) -> list[Additional]:
    named = {name: text for name in fields.values if (text := fields.text(name))}
    device = [(label, named[name]) for name, label in _DEVICE.items() if name in named]
    service = [(label, named[name]) for name, label in _SERVICE_V1.items() if name in named]
    known = {'a"ml', *_READ_V1, *_DEVICE, *_SERVICE_V1}
    return blocks(device + [(name, text) for name, text in named.items() if name not in known], service)


def _additional_v2(fields: Fields) -> list[Additional]:
    named = {name: text for name in fields.values if (text := fields.text(name))}
    device = [(label, named[name]) for name, label in _DEVICE.items() if name in named]
    if "lg" in named:
        device.append(("Languages", named["lg"]))
    vertical = named.get("lz", "").split(",")
    if len(vertical) > 1 and vertical[1].strip().strip("0."):  # nought: not known
        device.append(("VerticalAccuracy", vertical[1].strip()))
    service = [("EmergencyNumber", named["en"])] if "en" in named else []
    if (began := unix_or_iso(named.get("et", ""))) is not None:
        service.append(("CallBegan", began.isoformat()))
    for name, label in (("nc", ""), ("hc", "Home")):
        code = named.get(name, "")
        if code:
            service += [(f"{label}MCC", code[:3]), (f"{label}MNC", code[3:])]
    known = {'a"ml', *_READ_V2, *_DEVICE}
    return blocks(device + [(name, text) for name, text in named.items() if name not in known], service)


def blocks(device: list[tuple[str, str]], service: list[tuple[str, str]]) -> list[Additional]:
    """As RFC 7852 divides it: what the phone says of itself, and of the network that carries the call."""
    found = (("DeviceInfo", device), ("ServiceInfo", service))
    return [
        Additional(block=block, fields=tuple((name[:MAX_NAME_CHARS], value) for name, value in fields))
        for block, fields in found
        if fields
    ]
