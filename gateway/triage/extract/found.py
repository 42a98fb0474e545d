"""A value found in one utterance, before it is an entry of the card."""

from __future__ import annotations

from typing import NamedTuple

from gateway.triage.model import Extracted, Span, Utterance
from gateway.triage.words import times


class Found(NamedTuple):
    """`field` and `value` as in Extracted; `start` and `end` count characters of the utterance."""

    field: str
    value: str
    start: int
    end: int
    confidence: float


def made(utterance: Utterance, found: Found) -> Extracted:
    """The value with its words and where to hear them."""
    started, ended = times(utterance, found.start, found.end)
    return Extracted(
        field=found.field,
        value=found.value,
        segment_index=utterance.segment_index,
        speaker=utterance.speaker,
        span=Span(start=found.start, end=found.end),
        quote=utterance.text[found.start : found.end],
        started_ms=started,
        ended_ms=ended,
        confidence=found.confidence,
    )
