"""Locations in SIP (RFC 6442, 8787) and in multipart bodies: which part says what, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from gateway.location import ali
from gateway.location.bodies import additional, held, mime
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.pidf import MAX_TEXT

UNKNOWN = "unknown"
"""The kind of a body that says nothing we know."""
MAX_NESTING = 4
"""Bodies within bodies (a document in a part in a part in a message); deeper ones are told and left."""

MAX_HEADER_CHARS = 8_192
"""Characters of one header that are looked at for references."""

XALI = "x-ali"
"""The header of local gateways under its usual name; a site's own name and pattern are its configuration."""

Read = Callable[[bytes, Gather, str, int], str]
"""Reads a body of any kind: its bytes, where it goes, its content type, how deep it lies. Gives its kind."""

_REFERENCE = re.compile(
    r"""(?:"[^"]*"\s*|[^\s,;<>"]+\s+)?<\s*(cid:<[^<>]{1,1000}>|[^<>]{1,2000})>((?:"[^"]*"|[^,"])*)"""
    r"""|([^\s,;<>"]+)((?:\s*;(?:"[^"]*"|[^,"])*)?)""",
    re.IGNORECASE,
)
"""A name, which tells nothing here, and a URI in brackets (a cid with those of its Content-ID too); or a bare
URI. Parameters follow.
"""
_PARAMETER = re.compile(r';\s*([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|([^;,\s]*))')
_TELLING = ("pidf", "emergencycalldata", "held")
"""Content types whose silence is a fault."""


def read_messages(body: bytes, gather: Gather, depth: int, read: Read) -> str:
    for message in mime.messages(body, gather):
        inner = Gather()
        _message(message, inner, depth, read)
        gather.take(inner)
    return "sip"


def read_multipart(body: bytes, gather: Gather, content_type: str, depth: int, read: Read) -> str:
    data = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    whole = mime.entity(data, "") if mime.HEADER.match(data) else mime.Entity(body=data)
    if not whole.get("content-type"):
        whole = mime.Entity((("content-type", content_type), *whole.headers), whole.body)
    if not mime.content_type(whole).startswith("multipart/") and not mime.DELIMITED.match(whole.body):
        return read(whole.body, gather, whole.get("content-type"), depth + 1)
    declared = _stated_boundary(whole)
    for part in _parts(declared, gather, depth, read):
        gather.take(part[1], where=part[0].where)
    return "multipart"


def _stated_boundary(whole: mime.Entity) -> mime.Entity:
    """A bare body has its boundary in its first line; that is no fault."""
    if "boundary" in whole.get("content-type").lower():
        return whole
    first = whole.body.lstrip().partition(b"\n")[0].strip()
    if not first.startswith(b"--"):
        return whole
    stated = f'multipart/mixed; boundary="{first[2:].decode("latin-1")}"'
    return mime.Entity((("content-type", stated),), whole.body, whole.where)


def _parts(whole: mime.Entity, gather: Gather, depth: int, read: Read) -> list[tuple[mime.Entity, Gather]]:
    """Every part with what it says, the parts of parts too."""
    if depth > MAX_NESTING:
        gather.fault(f"parts nested deeper than {MAX_NESTING} are not read", whole.where)
        return []
    found = []
    for part in mime.parts(whole, gather):
        if mime.content_type(part).startswith("multipart/"):
            found += _parts(part, gather, depth + 1, read)
        else:
            inner = Gather()
            if _may_tell(part):
                _inner_part(part, inner, depth, read)
            found.append((part, inner))
    return found


def _inner_part(part: mime.Entity, gather: Gather, depth: int, read: Read) -> None:
    inner = Gather()
    kind = read(part.body, inner, part.get("content-type"), depth + 1)
    telling = any(word in part.get("content-type").lower() for word in _TELLING)
    if kind != UNKNOWN or inner.locations or inner.additional or telling:
        gather.take(inner)


def _may_tell(part: mime.Entity) -> bool:
    """Media descriptions, pictures and text are nobody's location."""
    kind = mime.content_type(part)
    if part.spoiled:
        return False
    if kind in ("application/sdp", "text/plain") or kind.startswith(("image/", "audio/", "video/")):
        return False
    return part.body.lstrip(b"\xef\xbb\xbf \t\r\n\0\xff\xfe")[:1] in (b"<", b"{") or "pidf" in kind


def _message(message: mime.Entity, gather: Gather, depth: int, read: Read) -> None:
    """RFC 6442: the Geolocation headers name the locations and their order, by reference or as a part of the
    body; a part that none names comes after. Geolocation-Routing forbids other elements to route by it and
    tells a call-taker nothing.
    """
    found = _message_parts(message, gather, depth, read)
    waiting = {part.content_id.casefold(): inner for part, inner in found if part.content_id}
    for header in message.all("geolocation"):
        for uri, parameters in _uris(header):
            _geolocation(uri, parameters, waiting, gather, f"{message.where}Geolocation")
    for part, inner in found:
        if inner.locations or inner.additional or inner.faults:
            gather.take(inner, where=part.where)
    for header in message.all("geolocation-error"):
        told = f"the receiver could not use the location: {header[:MAX_TEXT]}"
        gather.fault(told, f"{message.where}Geolocation-Error")
    for header in message.all(XALI):
        gather.take(ali.read(header.encode()), where=f"{message.where}X-ALI ")
    for header in message.all("call-info"):
        for uri, parameters in _uris(header):
            block = additional.by_reference(parameters.get("purpose", ""), uri)
            if block is not None and not uri.lower().startswith("cid:"):
                gather.additional.append(block)


def _message_parts(
    message: mime.Entity, gather: Gather, depth: int, read: Read
) -> list[tuple[mime.Entity, Gather]]:
    if not message.body.strip():
        return []
    bare = mime.DELIMITED.match(message.body.lstrip())
    if mime.content_type(message).startswith("multipart/") or (bare and not message.get("content-type")):
        return _parts(message, gather, depth + 1, read)
    inner = Gather()
    plain = mime.decoded(message, inner)
    if _may_tell(plain):
        _inner_part(plain, inner, depth, read)
    return [(message, inner)]


def _geolocation(
    uri: str, parameters: dict[str, str], waiting: dict[str, Gather], gather: Gather, where: str
) -> None:
    if uri.lower().startswith("cid:"):
        part = waiting.get(unquote(uri[4:]).strip(" <>").casefold())
        if part is None:
            gather.fault(f"no part of the body has the Content-ID {uri[4:84]!r}", where)
            return
        gather.locations += part.locations
        part.locations = []
        return
    stated = held.reference(uri, gather, where)
    if stated is not None:
        source = parameters.get("loc-src", "")[:MAX_TEXT]  # RFC 8787: who put the reference there
        gather.locations.append(replace(stated, provided_by=source or None))


def _uris(header: str) -> list[tuple[str, dict[str, str]]]:
    """`<uri>;name=value, <uri>`; the angle brackets are missing in the wild."""
    found: list[tuple[str, dict[str, str]]] = []
    for one, one_more, other, other_more in _REFERENCE.findall(header[:MAX_HEADER_CHARS]):
        parameters = _PARAMETER.findall(one_more or other_more)
        found.append(
            ((one or other).strip(), {name.lower(): quoted or bare for name, quoted, bare in parameters})
        )
    return found
