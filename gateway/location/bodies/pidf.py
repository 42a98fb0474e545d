"""PIDF-LO: places in presence documents (RFC 4119, 5491, 7459), and in whatever else carries location-info.

Locations come in the order in which RFC 5491 (section 3.4) wants them used: a device's, then a tuple's, then
a person's, in document order among each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from gateway.location.bodies import civic, gml
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.tree import Node
from gateway.location.model import Element, Stated

MAX_INFOS = 64
"""location-info elements of one document that are read; the rest is told and left."""
MAX_TEXT = 200
"""Characters of a method or of a provider's name that are kept."""

_ORDER = {Element.DEVICE: 0, Element.TUPLE: 1, Element.PERSON: 2, None: 3}
_HOLDERS = {element.value: element for element in Element}
_WRAPPERS = {"location", "geometry", "geometryProperty", "pointProperty", "position"}
"""What older documents and other schemas put round a shape."""
_BESIDE = {"confidence", "Dynamic", "dynamic", "measurements", "locationMeasurements", "timestamp", "method"}
"""What may stand in a location-info and is no place."""
_TIME = re.compile(
    r"(-?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,12})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def read(root: Node, gather: Gather) -> None:
    """Every location-info of the tree."""
    infos = root.all("location-info")
    if not infos and root.name in ("presence", "geopriv"):
        if root.whole:
            gather.fault(f"no location-info in this {root.name} document", root.where)
        return
    if len(infos) > MAX_INFOS:
        gather.fault(f"{len(infos)} location-info; only the first {MAX_INFOS} are read", root.where)
    providers: dict[Node, str | None] = {}
    found = [stated for info in infos[:MAX_INFOS] for stated in _info(info, providers, gather)]
    gather.locations += sorted(found, key=lambda stated: _ORDER[stated.element])


def shapes(holder: Node, gather: Gather) -> list[Stated]:
    """The shapes and addresses right within an element, in its order: a location-info, a LoST location."""
    found: list[Stated | None] = []
    for child in holder.children:
        if not child.whole or child.name in _BESIDE:
            continue
        if child.name in gml.SHAPES:
            found.append(gml.read(child, gather))
        elif child.name in civic.ELEMENTS:
            found.append(civic.read(child, gather))
        elif child.name in _WRAPPERS and child.children:
            found += shapes(child, gather)
        else:
            gather.fault(f"unknown shape {child.name[:60]!r}: it is not read", child.where)
    if not holder.children and holder.whole:
        said = f"text where a shape belongs in {holder.name}" if holder.text else f"an empty {holder.name}"
        gather.fault(said, holder.where)
    return [stated for stated in found if stated is not None]


def _info(info: Node, providers: dict[Node, str | None], gather: Gather) -> Iterable[Stated]:
    found = shapes(info, gather)
    geopriv = next((node for node in info.ancestors() if node.name == "geopriv"), info.parent or info)
    if geopriv not in providers:
        providers[geopriv] = _provider(geopriv)
    element, holder = _holder(info)
    sure = info.child("confidence") or geopriv.child("confidence")
    confidence, distribution = _confidence(sure, gather)
    method = geopriv.child("method") or info.child("method")
    obtained = _time(holder, gather, "timestamp") or _time(geopriv, gather, "timestamp")
    rules = geopriv.child("usage-rules")
    expires = _time(rules, gather, "retention-expiry", "retention-expires")
    return [
        replace(
            stated,
            element=element,
            method=(method.text[:MAX_TEXT] or None) if method is not None else None,
            provided_by=providers[geopriv],
            confidence_percent=confidence,
            distribution=distribution,
            obtained_at=obtained,
            expires_at=expires,
        )
        for stated in found
    ]


def _holder(info: Node) -> tuple[Element | None, Node | None]:
    """Whose place it is: the nearest device, tuple or person around it; else the whole document's."""
    outermost = None
    for node in info.ancestors():
        if node.name in _HOLDERS:
            return _HOLDERS[node.name], node
        if node.name == "presence":
            outermost = node
    return None, outermost


def _confidence(node: Node | None, gather: Gather) -> tuple[float | None, str | None]:
    """RFC 7459, section 7: per cent, or "unknown"; 95 is meant when none is stated, and stays unsaid here."""
    if node is None or not node.whole:
        return None, None
    distribution = node.attributes.get("pdf", "").strip().lower()
    known = distribution if distribution in ("normal", "rectangular") else None
    if node.text.lower() == "unknown":
        return None, known
    try:
        value = gml.number(node.text)
    except gml.Unusable as unusable:
        gather.fault(f"confidence not read: {unusable}", node.where)
        return None, known
    if not 0 < value <= 100:
        gather.fault(f"confidence not read: {value:g} is not within 0 and 100 per cent", node.where)
        return None, known
    return value, known


def _provider(geopriv: Node) -> str | None:
    """The provider's name out of RFC 7852 data by value, else the text of provided-by, else nothing."""
    node = geopriv.child("provided-by")
    if node is None:
        return None
    for name in ("DataProviderString", "DataProviderReference", "ProviderID"):
        for found in node.all(name):
            if found.text:
                return found.text[:MAX_TEXT]
    if node.all("EmergencyCallDataReference"):
        return None
    return node.leaves()[:MAX_TEXT] or None


def _time(holder: Node | None, gather: Gather, *names: str) -> datetime | None:
    node = holder.child(*names) if holder is not None else None
    return None if node is None or not node.whole else instant(node.text, gather, node.where)


def instant(text: str, gather: Gather, where: str) -> datetime | None:
    """An xs:dateTime with its zone (RFC 3339). Without a zone it could be hours off: it is not taken."""
    found = _TIME.fullmatch(text)
    if found is None:
        gather.fault(f"not a time: {text[:40]!r}" if text else "an empty time", where)
        return None
    day, fraction, zone = found.groups()
    if zone is None:
        gather.fault(f"the time {text[:40]!r} has no zone (Z or +08:00): it is not read", where)
        return None
    try:
        value = datetime.fromisoformat(f"{day}{(fraction or '')[:7]}{zone.replace('z', 'Z')}")
    except ValueError:
        gather.fault(f"no such time: {text[:40]!r}", where)
        return None
    if value.utcoffset() is None or not 1900 <= value.year <= 9990:
        gather.fault(f"no such time: {text[:40]!r}", where)
        return None
    return value
