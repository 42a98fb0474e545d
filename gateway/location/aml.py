"""Advanced Mobile Location (ETSI TS 103 625): the phone itself says where it is, by text SMS, by data SMS
(the same text in packed 7-bit characters, behind whatever headers the carrier left) or by HTTPS.

IMEI, IMSI and the number are personal data: they come back as additional data, never in a location.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from gateway.location.aml_https import read_report, reports, verified
from gateway.location.aml_text import HEADER, MAX_MESSAGES, blocks, messages, read_message
from gateway.location.bodies.gather import whole_text
from gateway.location.model import Additional, BodyFault, BodyReading, Stated

MAX_BODY_BYTES = 65_536
"""A body beyond this is no AML message: it is not looked into."""
MAX_DATA_BYTES = 4_096
"""A data SMS has 140 bytes, several joined ones some hundred."""

_HEX = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{2}[\s:]?){12,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What packed bytes have and written words have not."""
_GSM_CONTROLS = str.maketrans({0: "@", 2: "$", 17: "_"})
"""Characters of GSM 03.38 that are controls in ASCII and stand in addresses and language tags."""
_LETTERS = tuple(f"{ord(second):07b}{ord(first):07b}" for first in "Mm" for second in "Ll")
"""ML as bits, the highest first: the second letter stands above the first."""
_SENDER = ("from", "sender", "msisdn", "originator", "source_number", "number")
_TEXTS = ("text", "message", "body", "content", "sms", "msg", "data", "payload")


def recognises(body: bytes) -> bool:
    return _found(body) is not None


def read(body: bytes) -> BodyReading:
    """Every place and all data of the body. Kinds aml-sms, aml-data-sms, aml-https.

    What is no AML message at all gives a reading with one fault.
    """
    found = _found(body)
    if found is None:
        told = 'no AML message: it begins with A"ML=, or is a form with location_latitude'
        return BodyReading(kind="aml-sms", faults=(BodyFault(what=told, where="body"),))
    stated: list[Stated] = []
    additional: list[Additional] = []
    faults: list[BodyFault] = []
    count = len(found.texts) + len(found.reports)
    if count > MAX_MESSAGES:
        told = f"{count} messages; only the first {MAX_MESSAGES} are read"
        faults.append(BodyFault(what=told, where="body"))
    wheres = [f"message {number}: " if count > 1 else "" for number in range(1, MAX_MESSAGES + 1)]
    answers = [
        *(read_message(text, faults, where) for text, where in zip(found.texts, wheres, strict=False)),
        *(read_report(values, faults, where) for values, where in zip(found.reports, wheres, strict=False)),
    ]
    for place, more in answers:
        stated += [place] if place is not None else []
        additional += [block for block in more if block not in additional]
    if found.sender is not None:
        additional += blocks([("Number", found.sender)], [])
    return BodyReading(
        kind=found.kind, locations=tuple(stated), additional=tuple(additional), faults=tuple(faults)
    )


def caller(reading: BodyReading) -> str | None:
    """The phone's own number, where the message names it: how an AML message finds its call."""
    named = [value for block in reading.additional for name, value in block.fields if name == "Number"]
    return named[0] if named else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a body holds: texts of messages, or reports by name; `sender` as its SMS gateway tells it."""

    kind: str
    texts: list[str] = field(default_factory=list)
    reports: list[dict[str, str]] = field(default_factory=list)
    sender: str | None = None


def _found(body: bytes) -> _Found | None:
    if not 0 < len(body) <= MAX_BODY_BYTES:
        return None
    text = _text(body)
    if text is not None:
        if forms := reports(text):
            return _Found("aml-https", reports=forms)
        if found := _in_envelope(text):
            return found
        if texts := messages(text):
            return _Found("aml-sms", texts)
    unpacked = _data_sms(body, text)
    return None if unpacked is None else _Found("aml-data-sms", messages(unpacked))


def _text(body: bytes) -> str | None:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else text


def _in_envelope(text: str) -> _Found | None:
    """The message as an SMS gateway hands it on: JSON or a form with its text and the sender."""
    values: dict[str, str] = {}
    stripped = text.strip()
    if stripped[:1] == "{":
        try:
            body = json.loads(stripped)
        except (ValueError, RecursionError):
            return None
        values = {
            whole_text(name).lower(): whole_text(value)
            for name, value in body.items()
            if isinstance(value, str)
        }
    elif "A%22ML" in stripped:
        values = {name.lower(): value for name, value in parse_qsl(stripped[:MAX_DATA_BYTES])}
    if not values:
        return None
    sender = next((values[name].strip() for name in _SENDER if values.get(name, "").strip()), None)
    for name in _TEXTS:
        value = values.get(name, "")
        if texts := messages(value):
            return _Found("aml-sms", texts, sender=sender)
        if (unpacked := _data_sms(value.encode(), value)) is not None:
            return _Found("aml-data-sms", messages(unpacked), sender=sender)
    return None


def _data_sms(body: bytes, text: str | None) -> str | None:
    """The message in a data SMS: raw, hexadecimal or base64; eight, sixteen or seven bits a
    character.
    """
    for data in _binaries(body, text):
        for plain in (data, data.replace(b"\0", b"")):  # of sixteen bits: its letters are all ASCII
            if HEADER.search(message := plain.decode("latin-1")):
                return message
        if (found := _unpacked(data)) is not None:
            return found
    return None


def _binaries(body: bytes, text: str | None) -> list[bytes]:
    if len(body) > MAX_DATA_BYTES:
        return []
    if text is None:
        return [body]
    stripped = text.strip()
    if _HEX.fullmatch(stripped):
        return [bytes.fromhex(re.sub(r"^0x|[\s:]", "", stripped))]
    joined = "".join(stripped.split())
    if _BASE64.fullmatch(joined):
        padded = joined.rstrip("=").replace("-", "+").replace("_", "/")
        with suppress(binascii.Error, ValueError):
            return [base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)]
    return []


def _unpacked(data: bytes) -> str | None:
    """Packed septets (3GPP TS 23.038, section 6.1.2), least significant bit first.

    Ports, user data headers and whole PDUs may stand before them, with fill bits: the message is looked for
    at each of the seven places a character can begin, where its letters stand at all.
    """
    for fill in _fills(data):
        if (start := HEADER.search(text := _septets(data, fill))) is not None:
            return text[start.start() :].rstrip("\x00\r\n ").translate(_GSM_CONTROLS)
    return None


def _fills(data: bytes) -> list[int]:
    """How many bits may be passed over so that a header appears: those where ML stands, in any case."""
    bits = f"{int.from_bytes(data, 'little'):0{8 * len(data)}b}"
    found: set[int] = set()
    for letters in _LETTERS:
        at = bits.find(letters)
        while at >= 0 and len(found) < 7:
            found.add((len(bits) - at - len(letters)) % 7)
            at = bits.find(letters, at + 1)
    return sorted(found)


def _septets(data: bytes, fill: int) -> str:
    """The characters when `fill` bits are passed over first."""
    held, bits, characters = data[0] >> fill, 8 - fill, []
    for byte in data[1:]:
        while bits >= 7:
            characters.append(held & 0x7F)
            held, bits = held >> 7, bits - 7
        held, bits = held | byte << bits, bits + 8
    while bits >= 7:
        characters.append(held & 0x7F)
        held, bits = held >> 7, bits - 7
    return bytes(characters).decode("ascii")


__all__ = ["caller", "read", "recognises", "verified"]
