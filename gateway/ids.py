"""Names of things: how calls, events and everything else are told apart,
the same after adoption or replay."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NewType

CallId = NewType("CallId", str)
"""`<site>-<pbx>-<uniqueid of the caller's channel>`:
derived, so a replay or an adoption names the call alike."""

SITE_NAME = r"^[a-z0-9][a-z0-9_]{0,31}$"
"""Site and PBX names: they stand in topics and ids, so no `-`, `/`, `+`, `#` or blanks."""

_UNIQUEID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{2,120}\Z")


def is_uniqueid(text: str) -> bool:
    """Whether `text` can be a PBX's own id of a channel (it becomes part of topics and file names)."""
    return _UNIQUEID.match(text) is not None


def call_id(site: str, pbx: str, uniqueid: str) -> CallId:
    """The id of the call that the channel `uniqueid` of `pbx` brought to `site`."""
    return CallId(f"{site}-{pbx}-{uniqueid}")


MANUAL_PBX = "man"
"""Stands where a call's PBX stands, of a record that a person entered; no PBX may be called so."""
_MANUAL = re.compile(
    r"(?P<site>[a-z0-9][a-z0-9_]{0,31})-(?P<uniqueid>man-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


def manual_id(site: str, uuid: str) -> CallId:
    """The id of a record without a call."""
    return CallId(f"{site}-{MANUAL_PBX}-{uuid}")


def is_manual(call: str) -> bool:
    return _MANUAL.fullmatch(call) is not None


def uniqueid_of(record: str) -> str:
    """What stands for the caller's leg where a record has none: legs that we make for it bear it."""
    found = _MANUAL.fullmatch(record)
    return found["uniqueid"] if found else record


def call_of(site: str, pbx: str, uniqueid: str) -> CallId:
    """The call whose leg, or whose record's id, is `uniqueid`."""
    record = CallId(f"{site}-{uniqueid}")
    return record if is_manual(record) else call_id(site, pbx, uniqueid)


_MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}\Z")


def text_uniqueid(provider: str, message_id: str) -> str:
    """What a text call is named by: its provider and that one's id of the first message; an id that cannot
    stand in topics and file names by its digest."""
    if _MESSAGE_ID.match(message_id) is None:
        message_id = sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"{provider}.{message_id}"


def event_id(call: str, call_seq: int) -> str:
    """The id of a published event: unique, and the same when it is sent a second time."""
    return f"{call}:{call_seq}"


def uuid7(unix_ms: int, entropy: bytes) -> str:
    """A UUIDv7 (RFC 9562, 5.7) of a time in milliseconds and at least ten random bytes,
    both given by the edge."""
    if len(entropy) < 10:
        raise ValueError("uuid7 needs ten bytes of entropy")
    value = (unix_ms & (1 << 48) - 1) << 80 | int.from_bytes(entropy[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
