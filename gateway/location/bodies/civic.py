"""Civic addresses: RFC 5139 with the elements of RFC 6848 (PN, MP, STP, HNP) and what an operator adds."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.location.bodies.gather import Gather, whole_text
from gateway.location.bodies.tree import Node
from gateway.location.model import Shape, Stated

ELEMENTS = ("civicAddress", "civicLocation", "civilAddress")
"""The last one is that of the drafts before RFC 4119."""
MAX_CIVIC = 40
"""Elements of a civic address that are kept; the two standards together know 36."""
MAX_CIVIC_CHARS = 200
"""Characters of one element that are kept."""


def read(node: Node, gather: Gather) -> Stated | None:
    """One address; None, with a fault, when nothing is in it. Names are local names, whatever their
    namespace.
    """
    pairs = [(child.name, child.leaves()) for child in node.children]
    language = node.attributes.get("xml:lang")
    return stated(pairs, gather, node.where, language=language)


def stated(
    pairs: Sequence[tuple[str, str]], gather: Gather, where: str, *, language: str | None = None
) -> Stated | None:
    kept = [(whole_text(name[:40]), whole_text(value)) for name, value in pairs if value]
    if not kept:
        gather.fault("an empty civic address", where)
        return None
    if len(kept) > MAX_CIVIC:
        gather.fault(f"{len(kept)} elements of an address; only the first {MAX_CIVIC} are read", where)
    for name, value in kept:
        if len(value) > MAX_CIVIC_CHARS:
            gather.fault(f"{name} is cut to {MAX_CIVIC_CHARS} characters", where)
    elements = tuple((name, value[:MAX_CIVIC_CHARS]) for name, value in kept[:MAX_CIVIC])
    return Stated(shape=Shape.CIVIC, civic=elements, language=(language or "")[:35] or None)
