"""Any body that says where a caller is: what kind it is, and all that it says.

`read` never raises: what cannot be used is a fault with its place, the rest counts. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.location import ali, alirecord, aml
from gateway.location.bodies import additional, geo, held, jsonbody, mime, packed, pidf, sip, web
from gateway.location.bodies.civic import ELEMENTS
from gateway.location.bodies.encoding import decode, is_wide, undeclared
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.gml import SHAPES
from gateway.location.bodies.sip import MAX_NESTING, UNKNOWN
from gateway.location.bodies.tree import Node, parse
from gateway.location.model import BodyReading

MAX_BODY_BYTES = 1_048_576
"""A larger body is refused unread: the largest in the field, an EIDO with its history, has some 100 kB."""

MAX_BEFORE_BYTES = 8_192
"""What a capture may write before its first SIP message."""

_CHARSET = re.compile(r'charset\s*=\s*"?([A-Za-z0-9._:-]{1,40})', re.IGNORECASE)
_PLAIN: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], BodyReading]], ...] = (
    (aml.recognises, aml.read),
    (alirecord.recognises, alirecord.read),
    (ali.recognises, ali.read),
)
"""Bodies that are neither XML nor MIME: a phone's own message, a provider's record, a carrier's header."""
_FIRST_TAG = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z][\w.-]{0,60})")
"""Of a document that is broken before its first element is whole: for the name of its kind only."""
_PRESENCE = {"presence", "geopriv", "location-info", *SHAPES, *ELEMENTS}


def read(body: bytes, *, content_type: str | None = None) -> BodyReading:
    """All that it says. The kind is seen in the bytes; `content_type` helps where they leave it open (a
    boundary, a character set).
    """
    gather = Gather()
    if len(body) > MAX_BODY_BYTES:
        gather.fault(f"a body of more than {MAX_BODY_BYTES:,} bytes: it is not read", "body")
        return gather.reading(UNKNOWN)
    return gather.reading(_read(body, gather, content_type or "", 0))


def _read(body: bytes, gather: Gather, content_type: str, depth: int) -> str:
    """Gathers what stands in it and gives its kind."""
    if depth > MAX_NESTING:
        gather.fault(f"bodies nested deeper than {MAX_NESTING} are not read", "body")
        return UNKNOWN
    charset = _CHARSET.search(content_type)
    if body.startswith(packed.GZIP):
        content = packed.unpacked(body, gather, "body")
        return UNKNOWN if content is None else _read(content, gather, content_type, depth + 1)
    if is_wide(body):
        body = undeclared(decode(body, gather)).encode("utf-8", "replace")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2_048]
    if not start:
        gather.fault("an empty body", "body")
        return UNKNOWN
    if mime.START.match(start):
        return sip.read_messages(body, gather, depth, _read)
    if web.START.match(start):
        return web.read_message(body.lstrip(b"\xef\xbb\xbf \t\r\n"), gather, depth, _read)
    if mime.is_multipart(start, content_type):
        return sip.read_multipart(body, gather, content_type, depth, _read)
    for recognises, reader in _PLAIN:
        if start[:1] != b"<" and recognises(body):
            found = reader(body)
            gather.take(found)
            return found.kind
    if start[:1] == b"<":
        return _xml(decode(body, gather, charset=charset.group(1) if charset else ""), gather)
    if start[:1] in (b"{", b"["):
        return _json(decode(body, gather), gather, depth)
    if start[:4].lower() == b"geo:":
        found_there = geo.read(start.decode("utf-8", "replace").strip(), gather, "body")
        gather.locations += [found_there] if found_there is not None else []
        return "geo-uri"
    if mime.START_WITHIN.search(body[:MAX_BEFORE_BYTES]):
        return sip.read_messages(body, gather, depth, _read)
    gather.fault(
        "no kind of body that is known: expected PIDF-LO, HELD, LoST, additional data, SIP, HTTP, multipart, "
        "EIDO, vCon, AML or an ALI record",
        "body",
    )
    return UNKNOWN


def _xml(text: str, gather: Gather) -> str:
    root = parse(text, gather)
    if root is None:
        first = _FIRST_TAG.search(text)
        return _kind(Node(name=first.group(1))) if first is not None else UNKNOWN
    kind = _kind(root)
    if kind == "lost":
        held.read_lost(root, gather)
    else:
        if root.name in (*SHAPES, *ELEMENTS):
            # a bare shape: something round it, as a location-info would be
            holder = Node(name="location-info", whole=True, children=[root])
            gather.locations += pidf.shapes(holder, gather)
        pidf.read(root, gather)
    if kind == "held":
        held.read_held(root, gather)
    additional.read(root, gather)
    if kind == UNKNOWN and not gather.faults:
        gather.fault(f"a {root.name[:60]} document with no location in it", root.where)
    return kind


def _kind(root: Node) -> str:
    """From the outermost element that is known."""
    for node in root.walk():
        if node.namespace.startswith(held.HELD_NAMESPACE) or node.name in (
            "locationResponse", "locationRequest", "locationUriSet",
        ):  # fmt: skip
            return "held"
        if node.namespace.startswith(held.LOST_NAMESPACE) or node.name in (
            "findService",
            "findServiceResponse",
        ):
            return "lost"
        if node.name == "conference-info":
            return "conference-info"
        if additional.block_name(node) is not None:
            return "additional-data"
        if node.name in _PRESENCE:
            return "pidf-lo"
    return UNKNOWN


def _json(text: str, gather: Gather, depth: int) -> str:
    try:
        value = jsonbody.parse(text)
    except jsonbody.NotJson as error:
        gather.fault(str(error), "body")
        return UNKNOWN
    kind, before = jsonbody.kind(value), len(gather.faults)
    jsonbody.read(value, gather, lambda body, inner: _inner(body, inner, depth))
    if kind in ("json", "jws"):
        found = gather.locations or gather.additional or len(gather.faults) > before
        if not found:
            gather.fault("a JSON document with no location in it", "$")
        return kind if gather.locations or gather.additional else UNKNOWN
    return kind


def _inner(body: bytes, gather: Gather, depth: int) -> None:
    """A body within another: having nothing to say is no fault of its own there."""
    inner = Gather()
    kind = _read(body, inner, "", depth + 1)
    if kind == UNKNOWN and not inner.locations and not inner.additional:
        return
    gather.take(inner)
