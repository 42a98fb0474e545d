"""AML over HTTPS (ETSI TS 103 625; Android's Emergency Location Service): a form, or the same names in JSON,
with its signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from gateway.location.aml_text import METHODS, NO_PLACE, blocks, stated
from gateway.location.bodies.gather import whole_text
from gateway.location.fields import Fields, unix_or_iso
from gateway.location.model import Additional, BodyFault, Stated

MAX_FIELDS = 128
"""Fields of one form that are read; ELS sends about thirty."""
MAX_REPORTS = 16
"""Reports in one JSON body that are read."""
MAX_DEPTH = 4
"""Objects within objects of a JSON body that are read."""

_DEVICE = {
    "device_number": "Number", "device_imei": "IMEI", "device_imsi": "IMSI", "device_iccid": "ICCID",
    "device_model": "DeviceModelNr", "device_os": "OperatingSystem", "device_languages": "Languages",
    "location_floor": "Floor", "location_bearing": "Bearing", "location_speed": "Speed",
    "location_vertical_accuracy": "VerticalAccuracy", "adr_carcrash_time": "CarCrashTime",
}  # fmt: skip
_SERVICE = {
    "emergency_number": "EmergencyNumber", "source": "Activation", "time": "CallBegan",
    "cell_network_mcc": "MCC", "cell_network_mnc": "MNC", "cell_home_mcc": "HomeMCC",
    "cell_home_mnc": "HomeMNC", "cell_id": "CellId", "cell_carrier": "Carrier",
}  # fmt: skip
_LOCATION = {
    "location_latitude", "location_longitude", "location_time", "location_altitude", "location_accuracy",
    "location_source", "location_confidence", "location_certainty",
}  # fmt: skip
_NOT_KEPT = {"v", "hmac", "thunderbird_version"}
_KNOWN = {*_DEVICE, *_SERVICE, *_LOCATION} - {"source", "time"}
_SIGNED = re.compile(rb"(?:^|&)hmac=([^&]*)$")
_DIGESTS = {20: hashlib.sha1, 32: hashlib.sha256}
"""By length in bytes: the endpoints of ELS sign with SHA-1 or SHA-256."""


def reports(text: str) -> list[dict[str, str]]:
    """The reports of a form or a JSON body; none when it is neither, or speaks of something else."""
    stripped = text.strip()
    found = _json_reports(stripped) if stripped[:1] in ("{", "[") else [_form(stripped)]
    return [report for report in found if is_report(report)]


def is_report(values: Iterable[str]) -> bool:
    names = set(values)
    return "location_latitude" in names or len(names & _KNOWN) >= 2


def _form(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name.strip().lower(), value)
    if values.get("device_number", "").startswith(" "):
        values["device_number"] = "+" + values["device_number"].strip()
    return values


def _json_reports(text: str) -> list[dict[str, str]]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return []
    items = body if isinstance(body, list) else [body]
    return [_flat(item) for item in items[:MAX_REPORTS] if isinstance(item, dict)]


def _flat(item: dict[str, object], before: str = "", depth: int = 1) -> dict[str, str]:
    """`{"location": {"latitude": 31.2}}` says the same as `{"location_latitude": 31.2}`."""
    values: dict[str, str] = {}
    for name, value in item.items():
        key = whole_text(f"{before}{name}").strip().lower()
        if isinstance(value, dict) and depth < MAX_DEPTH:
            values |= _flat(value, f"{key}_", depth + 1)
        elif isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        elif len(values) < MAX_FIELDS:
            values[key] = whole_text(value) if isinstance(value, str) else repr(value)
    return values


def read_report(
    values: dict[str, str], faults: list[BodyFault], where: str = ""
) -> tuple[Stated | None, list[Additional]]:
    fields = Fields(values, faults, where=where)
    return _stated(fields), _additional(fields)


def _stated(fields: Fields) -> Stated | None:
    position = fields.position("location_latitude", "location_longitude")
    if position is None or position == (0.0, 0.0):
        if position is not None or fields.text("location_latitude") is None:
            fields.fault("location_latitude", NO_PLACE)
        return None
    source = fields.text("location_source")
    return stated(
        position,
        fields.radius("location_accuracy"),
        _confidence(fields),
        method=METHODS.get(source.upper(), source[:20]) if source else None,
        obtained_at=fields.unix_time("location_time"),
        altitude_m=fields.number("location_altitude", -12_000, 100_000, unit=" m"),
    )


def _confidence(fields: Fields) -> float | None:
    """Per cent. `location_certainty` is that already; `location_confidence` is a share of one."""
    for name in ("location_certainty", "location_confidence"):
        value = fields.number(name, 0, 100)
        if value is None:
            continue
        text = fields.text(name) or ""
        share = value <= 1 if name == "location_confidence" else value < 1 and "." in text
        return value * 100 if share else value
    return None


def _additional(fields: Fields) -> list[Additional]:
    named = {name: text for name in fields.values if (text := fields.text(name))}
    device = [(label, named[name]) for name, label in _DEVICE.items() if name in named]
    if (began := unix_or_iso(named.get("time", ""))) is not None:
        named["time"] = began.isoformat()
    service = [(label, named[name]) for name, label in _SERVICE.items() if name in named]
    known = {*_DEVICE, *_SERVICE, *_LOCATION, *_NOT_KEPT}
    return blocks(device + [(name, text) for name, text in named.items() if name not in known], service)


def verified(body: bytes, signature: str | bytes | None, secret: str | bytes) -> bool:
    """Whether `body` was signed with `secret` (HMAC with SHA-1 or SHA-256, whichever length was sent).

    `signature`: what a header said, hexadecimal or base64, also as `sha256=…`; None: the form's last field
    `hmac`, which signs all that stands before it (TS 103 625). An empty secret verifies nothing.
    """
    key = secret.encode() if isinstance(secret, str) else secret
    signed = body
    if signature is None:
        match = _SIGNED.search(body.rstrip())
        if match is None:
            return False
        signed, signature = body[: match.start()], match[1]
    told = _digest(signature.decode("ascii", "replace") if isinstance(signature, bytes) else signature)
    if told is None or not key:
        return False
    return hmac.compare_digest(hmac.new(key, signed, _DIGESTS[len(told)]).digest(), told)


def _digest(text: str) -> bytes | None:
    """The bytes of a written digest; None when it is neither of the two."""
    text = re.sub(r"^(?:hmac[-_])?sha-?(?:1|256)[=:]", "", text.strip(), flags=re.IGNORECASE)
    text = text.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/")
    try:
        found = bytes.fromhex(text)
    except ValueError:
        try:
            found = base64.b64decode(text, altchars=b"-_" if set("-_") & set(text) else None, validate=True)
        except (binascii.Error, ValueError):
            return None
    return found if len(found) in _DIGESTS else None
