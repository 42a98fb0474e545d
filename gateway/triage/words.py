"""From characters of an utterance to its place in the recording."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache

from gateway.speech.model import TranscriptSegment, Word
from gateway.triage.model import Span, Utterance

TIMED_KEPT = 16
"""Utterances whose words were found in their text and are kept so: every finding of one asks for them."""
NEXT_WORD_WITHIN = 200
"""Characters of text after a word within which the next one stands."""


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
    begins, ends, spoken = _found(utterance)
    first, last = bisect_right(ends, start), bisect_left(begins, end) - 1
    if first < len(spoken) and last >= 0 and spoken[last].ended_ms >= spoken[first].started_ms:
        return spoken[first].started_ms, spoken[last].ended_ms
    length = max(1, len(utterance.text))
    total = utterance.ended_ms - utterance.started_ms
    return utterance.started_ms + total * start // length, utterance.started_ms + total * end // length


@lru_cache(maxsize=TIMED_KEPT)
def _found(utterance: Utterance) -> tuple[list[int], list[int], list[Word]]:
    """Where the words begin and end that the text holds, in the order they were spoken. A word that is not
    near the one before it (a number written in figures) is passed over."""
    begins: list[int] = []
    ends: list[int] = []
    spoken: list[Word] = []
    position = 0
    for word in utterance.words:
        at = utterance.text.find(word.text, position, position + len(word.text) + NEXT_WORD_WITHIN)
        if at < 0:
            continue
        position = at + len(word.text)
        begins.append(at)
        ends.append(position)
        spoken.append(word)
    return begins, ends, spoken
