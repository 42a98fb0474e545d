"""From characters of an utterance to its place in the recording."""

from __future__ import annotations

from gateway.speech.model import TranscriptSegment
from gateway.triage.model import Span, Utterance


def utterance_of(segment: TranscriptSegment) -> Utterance:
    """A final segment in triage's words."""
    return Utterance(
        segment_index=segment.index,
        speaker=segment.speaker,
        text=segment.text,
        started_ms=segment.started_ms,
        ended_ms=segment.ended_ms,
        words=segment.words,
    )


def span_of(pair: tuple[int, int]) -> Span:
    return Span(start=pair[0], end=pair[1])


def times(utterance: Utterance, start: int, end: int) -> tuple[int, int]:
    """When the characters `start`..`end` were spoken, in milliseconds of the call.

    From the recognizer's word times where they fit the text; else in proportion to the length of the
    utterance.
    """
    position = 0
    first: int | None = None
    last: int | None = None
    for word in utterance.words:
        at = utterance.text.find(word.text, position)
        if at < 0:
            continue
        position = at + len(word.text)
        if position > start and first is None:
            first = word.started_ms
        if at < end:
            last = word.ended_ms
    if first is not None and last is not None and last >= first:
        return first, last
    length = max(1, len(utterance.text))
    total = utterance.ended_ms - utterance.started_ms
    return utterance.started_ms + total * start // length, utterance.started_ms + total * end // length
