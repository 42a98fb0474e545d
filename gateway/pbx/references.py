"""References to places and data that come in SIP headers: Geolocation (RFC 6442) and Call-Info with a purpose
EmergencyCallData (RFC 7852). The dialplan hands the headers on, URI-encoded and cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from gateway.pbx.message import AmiMessage

CUT_AT = 900
"""Characters of a header, URI-encoded, that the dialplan passes on: AMI lines are short. What reaches them
was perhaps longer, and its last reference is not whole."""
MAX_REFERENCES = 8
"""References of one call's headers; further ones are told and not fetched."""
MAX_URI_CHARS = 900

_FETCHED = ("https", "http")
_BY_VALUE = "cid"
"""The body itself is the place: Asterisk reads it, or a border element hands it in."""
_GEOLOCATION = ("GeoHeader", "GeoHeader2")
_CALL_INFO = ("CallInfo1", "CallInfo2", "CallInfo3", "CallInfo4")
_ENTRY = re.compile(r"<([^<>]*)>([^,<]*)")
_PURPOSE = re.compile(r';\s*purpose\s*=\s*"?EmergencyCallData\b', re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_GEO_INFO = re.compile(r'URI\s*=\s*"?([^",]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A reference that is not fetched: why, and its text."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referenced:
    uris: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def referenced(message: AmiMessage) -> Referenced:
    """What the headers of one UserEvent refer to, each once, in their order."""
    uris: dict[str, None] = {}
    refused: list[Refused] = []
    for uri in _told(message, refused):
        scheme = _SCHEME.match(uri)
        kind = scheme[1].lower() if scheme else ""
        if kind == _BY_VALUE or uri in uris:
            continue
        if kind not in _FETCHED:
            reason = f"a reference of the kind {kind or 'unknown'}: it cannot be fetched, only http(s) can"
            refused.append(Refused(reason=reason, raw=uri))
        elif len(uri) > MAX_URI_CHARS or not uri.isprintable():
            refused.append(Refused(reason="a reference that is no URI: it is not fetched", raw=uri))
        elif len(uris) >= MAX_REFERENCES:
            reason = f"more than {MAX_REFERENCES} references: this one is not fetched"
            refused.append(Refused(reason=reason, raw=uri))
        else:
            uris[uri] = None
    return Referenced(uris=tuple(uris), refused=tuple(refused))


def _told(message: AmiMessage, refused: list[Refused]) -> Iterator[str]:
    if unquote(message.get("GeoFormat") or "") == "URI":
        info = unquote(message.get("GeoEff") or "") or unquote(message.get("GeoInfo") or "")
        yield from (found.strip() for found in _GEO_INFO.findall(info))
    for name in _GEOLOCATION:
        yield from (uri for uri, _ in _entries(message, name, refused))
    for name in _CALL_INFO:
        for uri, parameters in _entries(message, name, refused):
            if _PURPOSE.search(parameters):
                yield uri


def _entries(message: AmiMessage, name: str, refused: list[Refused]) -> Iterator[tuple[str, str]]:
    """The whole `<uri>;parameters` of one header; a cut one gives what stands before the cut."""
    encoded = message.get(name) or ""
    text = unquote(encoded)
    if len(encoded) >= CUT_AT:
        whole = text.rfind(",")
        reason = f"the header is longer than {CUT_AT} characters: its last reference is cut and not fetched"
        refused.append(Refused(reason=reason, raw=text))
        text = text[: max(whole, 0)]
    for uri, parameters in _ENTRY.findall(text):
        yield uri.strip(), parameters
