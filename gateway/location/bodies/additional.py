"""Additional data of a call (RFC 7852): provider, service, device, subscriber, comment; by value in a body of
its own, in provided-by, or by reference.

The blocks go to the card as they are: texts by element name. An xCard (RFC 6351) is brought to its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.location.bodies.gather import Gather
from gateway.location.bodies.tree import Node
from gateway.location.model import Additional

MAX_FIELDS = 64
"""Texts of one block that are kept; further ones are dropped, with a fault that says so."""
MAX_FIELD_CHARS = 500
"""Characters of one text that are kept; a comment may be a paragraph."""
PREFIX = "EmergencyCallData."

_NAMESPACE = re.compile(r"EmergencyCallData[:.]([A-Za-z0-9.]+)$")
_CARD_LINES = {"adr": ", ", "n": " ", "gender": " "}
"""Parts of an xCard that make one line together, and what stands between."""
_UNSEEN = {"parameters", "photo", "key", "logo", "sound"}
"""What of an xCard is no text for a person."""
_CARD = {"text", "uri", "date", "date-time", "language-tag", "timestamp", "date-and-or-time", "utc-offset"}
"""Elements that are a value's type: the value's name is their parent's."""
_HIDDEN_ATTRIBUTES = {"xml:lang", "schemaLocation", "id"}


def read(root: Node, gather: Gather) -> None:
    """Every block of the tree, in its order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        name = block_name(node)
        if name is not None:
            _block(node, name, gather)
        elif node.name == "EmergencyCallDataReference":
            gather.additional += _reference(node)
        else:
            waiting.extend(reversed(node.children))


def by_reference(purpose: str, uri: str) -> Additional | None:
    """A block that must be fetched; None when the purpose is another one."""
    kind = purpose.strip().strip('"')
    if not kind.lower().startswith(PREFIX.lower()) or not uri:
        return None
    return Additional(block=kind[len(PREFIX) :][:60], fields=(("uri", uri[:MAX_FIELD_CHARS]),))


def block_name(node: Node) -> str | None:
    """`ProviderInfo` of EmergencyCallData.ProviderInfo; None for any other element. A vehicle's own report
    (RFC 8148) has a name of its own.
    """
    if node.name == "AutomatedCrashNotification":
        return "VEDS"
    if node.name.startswith(PREFIX):
        return node.name[len(PREFIX) :][:60]
    found = _NAMESPACE.search(node.namespace)
    return node.name if found is not None and found.group(1) == node.name else None


def _reference(node: Node) -> Iterator[Additional]:
    uri = node.attributes.get("ref", "") or node.attributes.get("uri", "") or node.text
    block = by_reference(node.attributes.get("purpose", ""), uri)
    if block is not None:
        yield block


def _block(node: Node, name: str, gather: Gather) -> None:
    if not node.whole:
        return
    fields = list(_fields(node))
    if not fields:
        gather.fault(f"an empty block {name}", node.where)
        return
    if len(fields) > MAX_FIELDS:
        gather.fault(f"{len(fields)} texts in {name}; only the first {MAX_FIELDS} are read", node.where)
    kept = tuple((field, text[:MAX_FIELD_CHARS]) for field, text in fields[:MAX_FIELDS])
    gather.additional.append(Additional(block=name, fields=kept))


def _fields(node: Node) -> Iterator[tuple[str, str]]:
    for name, value in node.attributes.items():
        if value.strip() and name not in _HIDDEN_ATTRIBUTES:
            yield name[:60], " ".join(value.split())
    for child in node.children:
        if child.name in _UNSEEN:
            continue
        if child.name in _CARD_LINES and child.children:
            parts = [part.leaves() for part in child.children if part.name not in _UNSEEN]
            if line := _CARD_LINES[child.name].join(filter(None, parts)):
                yield child.name, line
        else:
            yield from _fields(child)
    if text := node.text:
        named = node.parent if node.name in _CARD and node.parent is not None else node
        yield named.name[:60], text
