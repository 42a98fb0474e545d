"""Words of a call as somebody reads them who may not see places: what names a spot is covered, character by
character, so that spans of findings still fit. Districts stay, as they do on the card.

Where nothing shows that words name a place (a name without its suffix), they are not covered: who may listen
to recordings hears them anyway, and that is logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.text.address import parse
from gateway.text.address.model import Kind
from gateway.text.addresses import find_addresses
from gateway.text.facts import FactKind
from gateway.text.fold import fold
from gateway.text.normalise import normalise

COVER = "▇"
_OF_A_PERSON = frozenset({FactKind.PHONE, FactKind.PLATE, FactKind.ID_CARD})
_FIGURES = re.compile(r"\d(?:[\s-]?\d){6,}")
"""Seven figures in a row, whatever they are."""
_OPEN = frozenset({Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT})
"""As coarse as what everybody sees."""


def veiled(text: str) -> str:
    """The text with places covered; as long as it was."""
    covered = list(text)
    for start, end in _spots(text):
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


def veiled_segment(segment: Mapping[str, Any]) -> dict[str, Any]:
    """A segment of the transcript, its single words too."""
    text, at, words = veiled(segment["text"]), 0, []
    for word in segment["words"]:
        begins = segment["text"].find(word["text"], at)
        ends = begins + len(word["text"])
        hidden = begins < 0 or COVER in text[begins:ends]
        words.append({**word, **({"text": COVER * len(word["text"]), "heard": ""} if hidden else {})})
        at = at if begins < 0 else ends
    return {**segment, "text": text, "words": words}


def _spots(text: str) -> Iterator[tuple[int, int]]:
    for element in parse(text).elements:
        if element.kind not in _OPEN:
            yield element.start, element.end
    if text.isascii():
        for place, _ in find_addresses(fold(text)):
            yield place.start, place.end
