"""Words of a call as somebody reads them who may not see places: what names a spot is covered, character by
character, so that spans of findings still fit. Districts stay, as they do on the card.

A place is known by its form (a suffix, a house number, a coordinate), or by its name where the site's own
list of places has it. What neither shows is not covered: who may listen to recordings hears it anyway, and
that is logged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gateway.text.address import parse
from gateway.text.address.model import AddressElement, Kind
from gateway.text.addresses import find_addresses
from gateway.text.facts import FactKind
from gateway.text.fold import fold
from gateway.text.normalise import normalise

COVER = "▇"
Spots = Callable[[str], Iterable[tuple[int, int]]]
"""Where a text names places of a list: start and end of each."""
_OF_A_PERSON = frozenset({FactKind.PHONE, FactKind.PLATE, FactKind.ID_CARD})
_FIGURES = re.compile(r"\d(?:[\s-]?\d){6,}")
"""Seven figures in a row, whatever they are."""
_OPEN = frozenset({Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT})
"""As coarse as what everybody sees."""
_CERTAIN = frozenset({*_OPEN, Kind.DEV_ZONE, Kind.TOWN, Kind.COMMUNITY, Kind.ROAD, Kind.SUB_ROAD})
"""One of these makes a line a written address: 老公 or 苹果手机 alone would be read as a shop by one."""
_TOWARDS = re.compile("[往向]|朝(?!阳)|奔(?![驰跑])")
_N = r"[\d零〇一二三四五六七八九十百点.]"
_COORDINATES = re.compile(
    r"(?<![\d.:])\d{1,3}\.\d{3,}(?!\d*\.\d)"
    rf"|(?:东经|西经|北纬|南纬|经度|纬度)[是为:：\s]*{_N}+(?:度{_N}*分?{_N}*秒?)?"
    rf"|\d{{1,3}}\s*[°度]\s*\d{{1,2}}\s*['′分]\s*(?:[\d.]+\s*(?:\"|″|秒))?"
)
"""Decimal degrees, as figures with three places or more; degrees that are called so; degrees and minutes."""


def nothing_known(text: str) -> Iterable[tuple[int, int]]:
    """`Spots` of a site without a list of places."""
    return ()


def veiled(text: str, known: Spots = nothing_known) -> str:
    """The text with places covered; as long as it was."""
    if not _may_name(text):
        return text
    covered = list(text)
    for start, end in _spots(text, known):
        covered[start:end] = COVER * (end - start)
    return "".join(covered)


def unnumbered(text: str) -> str:
    """The text with telephone numbers, plates and identity cards covered, as figures or spoken; as long as it
    was."""
    covered = list(text)
    for fact in normalise(text).facts:
        if fact.kind in _OF_A_PERSON:
            covered[fact.start : fact.end] = COVER * (fact.end - fact.start)
    return _FIGURES.sub(lambda found: COVER * len(found.group()), "".join(covered))


def veiled_segment(segment: Mapping[str, Any], known: Spots = nothing_known) -> dict[str, Any]:
    """A segment of the transcript, its single words too."""
    text, at, words = veiled(segment["text"], known), 0, []
    for word in segment["words"]:
        begins = segment["text"].find(word["text"], at)
        ends = begins + len(word["text"])
        hidden = begins < 0 or COVER in text[begins:ends]
        words.append({**word, **({"text": COVER * len(word["text"]), "heard": ""} if hidden else {})})
        at = at if begins < 0 else ends
    return {**segment, "text": text, "words": words}


def _may_name(text: str) -> bool:
    """False for codes, ids, times: most strings, and none of them names a place."""
    return not text.isascii() or " " in text or "." in text


def _spots(text: str, known: Spots) -> Iterator[tuple[int, int]]:
    for element in _elements(text):
        if element.kind not in _OPEN:
            yield element.start, min(element.end, len(text))
    if text.isascii():
        for place, _ in find_addresses(fold(text)):
            yield place.start, place.end
    for found in _COORDINATES.finditer(text):
        yield found.span()
    yield from known(text)


def _elements(text: str) -> Iterator[AddressElement]:
    """As speech, for what stands here was said, or written as one speaks; a line that is an address and
    nothing else is read as one too. Where somebody went is a place as well: 往建国路方向.
    """
    there = _TOWARDS.sub("在", text).replace("方向", "附近")
    yield from parse(there + "。").elements
    written = parse(text).elements
    if any(element.kind in _CERTAIN for element in written):
        yield from written
