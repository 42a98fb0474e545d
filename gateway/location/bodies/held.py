"""HELD (RFC 5985, 6155, 6753) and LoST (RFC 5222) messages: what stands beside a presence document."""

from __future__ import annotations

from dataclasses import replace

from gateway.location.bodies import geo, pidf
from gateway.location.bodies.additional import MAX_FIELD_CHARS
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.tree import Node
from gateway.location.model import Additional, Shape, Stated

HELD_NAMESPACE = "urn:ietf:params:xml:ns:geopriv:held"
LOST_NAMESPACE = "urn:ietf:params:xml:ns:lost1"
MAX_URI_CHARS = 1_024
"""A longer reference is none of ours: it is refused."""


def read_held(root: Node, gather: Gather) -> None:
    """References, a refusal, or who a request asks about. The presence document itself is read by `pidf`."""
    for error in root.all("error"):
        if error.namespace in (HELD_NAMESPACE, ""):
            _error(error, gather)
    for uris in root.all("locationUriSet", "locationURISet"):
        _references(uris, gather)
    for request in root.all("locationRequest"):
        _request(request, gather)
    for response in root.all("locationResponse"):
        if response.whole and not response.all("location-info", "locationURI"):
            gather.fault("a locationResponse with neither a location nor a reference", response.where)


def read_lost(root: Node, gather: Gather) -> None:
    """The location that was asked about. A service's boundary is no caller's place and is left alone."""
    for location in root.all("location"):
        if location.parent is not None and not any(
            node.name == "serviceBoundary" for node in location.ancestors()
        ):
            gather.locations += pidf.shapes(location, gather)
    for errors in root.all("errors"):
        for error in errors.children:
            said = error.attributes.get("message", "") or error.leaves()
            gather.fault(f"LoST answers {error.name}: {said}", error.where)


def reference(uri: str, gather: Gather, where: str) -> Stated | None:
    """A place that must be fetched; whether it may be, its host decides later. A geo URI is its own place."""
    scheme, colon, rest = uri.partition(":")
    if scheme.lower() == geo.SCHEME:
        return geo.read(uri, gather, where)
    if not colon or not rest or not scheme.isascii() or not scheme.replace("+", "").isalnum():
        gather.fault(f"not a URI: {uri[:80]!r}" if uri else "an empty reference", where)
        return None
    if len(uri) > MAX_URI_CHARS or any(letter.isspace() or not letter.isprintable() for letter in uri):
        gather.fault(f"a reference of {len(uri)} characters, or with spaces in it, is not taken", where)
        return None
    return Stated(shape=Shape.REFERENCE, uri=uri)


def _error(node: Node, gather: Gather) -> None:
    code = node.attributes.get("code", "").strip()[:60] or "no code"
    message = node.child("message")
    said = message.leaves() if message is not None else node.attributes.get("message", "") or node.text
    told = f"the location server answers {code}"
    gather.fault(f"{told}: {said}" if said else told, node.where)


def _references(node: Node, gather: Gather) -> None:
    expires = node.attributes.get("expires", "").strip()
    until = pidf.instant(expires, gather, f"{node.where}, expires") if expires else None
    for child in node.all("locationURI"):
        if child.whole and (found := reference(child.text, gather, child.where)) is not None:
            gather.locations.append(replace(found, expires_at=until))


def _request(node: Node, gather: Gather) -> None:
    """What is asked for, and about whom (RFC 6155)."""
    fields = [(name, value) for name, value in node.attributes.items() if name == "responseTime"]
    kind = node.child("locationType")
    if kind is not None:
        fields += [("locationType", kind.text), ("exact", kind.attributes.get("exact", ""))]
    device = node.child("device")
    identity = [
        (child.name[:60], child.leaves()) for child in (device.children if device is not None else [])
    ]
    for block, pairs in (("LocationRequest", fields), ("DeviceIdentity", identity)):
        kept = tuple((name, value[:MAX_FIELD_CHARS]) for name, value in pairs if value)
        if kept:
            gather.additional.append(Additional(block=block, fields=kept))
