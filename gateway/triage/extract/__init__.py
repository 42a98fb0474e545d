"""Values for the card, read from the caller's words: each with its quote and its place in the recording.

Nothing is added that was not said. What was denied or taken back is left out; a denied injury is the value 0.
`extract` reads one utterance by itself; `settle` looks at the whole call: answers to questions, corrections,
an address told in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.extract.found import Found, made
from gateway.triage.extract.looks import directions, moments, suspects
from gateway.triage.extract.people import children, groups, injuries, names, relations
from gateway.triage.extract.places import places
from gateway.triage.extract.settle import settle
from gateway.triage.extract.things import goods, losses, phones, plates, vehicles, weapons
from gateway.triage.extract.tongue import language
from gateway.triage.match import MASK
from gateway.triage.model import Extracted, Utterance

__all__ = ["MAX_CHARACTERS", "MAX_VALUES", "extract", "settle"]

MAX_CHARACTERS = 4_000
"""Characters of one utterance that are read for values; no one says more without a pause."""
LONGEST_NUMBER = 48
"""Figures in a row that somebody says (two telephone numbers and an identity card's are 40). In a longer run
no value is looked for: expressions that read numbers try each of its characters as a beginning."""
MAX_VALUES = 60
"""Values taken from one utterance, and at most MAX_OF_A_FIELD of one field."""
MAX_OF_A_FIELD = 8
_UNSAID = re.compile(rf"[\d零〇幺洞拐一二两俩三仨四五六七八九十百千万亿]{{{LONGEST_NUMBER + 1},}}")

_READERS: tuple[Callable[[str], Iterable[Found]], ...] = (
    places, plates, phones, weapons, injuries, groups, vehicles, suspects, directions, moments, losses, goods,
    relations, children, names, language,
)  # fmt: skip


def extract(utterance: Utterance) -> tuple[Extracted, ...]:
    """Every value that the caller's utterance holds; a call-taker's words give none."""
    if utterance.speaker is not Leg.CALLER or not utterance.text.strip():
        return ()
    text = _UNSAID.sub(lambda run: MASK * len(run[0]), fold(utterance.text[:MAX_CHARACTERS]))
    found = [one for reader in _READERS for one in list(reader(text))[:MAX_OF_A_FIELD]]
    return tuple(made(utterance, one) for one in found[:MAX_VALUES])
