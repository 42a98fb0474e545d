"""Which ear heard which part of a leg: what two of them heard is kept once.

A listener that is cut off from the gateway goes on hearing its taps, while a tap at another listener already
takes its place. When the first is back, its words up to the change are new and those after it are not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.calls.model import CallSession, Ear, Tap
from gateway.speech.model import TranscriptSegment
from gateway.speech.recognizer import joined

MAX_EARS = 16
"""Ears of a call that are remembered; beyond, the one that began first is forgotten, and what it still
brings is kept whole."""


def opened(session: CallSession, tap: Tap, at: datetime) -> CallSession:
    """A tap lives: from now on this leg is heard by it."""
    if any(ear.source == tap.tap_id for ear in session.ears):
        return session
    ear = Ear(leg=tap.leg, line=tap.line, source=tap.tap_id, from_ms=_ms(session, at))
    return _with(session, (*session.ears, ear))


def closed(session: CallSession, tap_id: str, at: datetime) -> CallSession:
    """A tap ended; what it heard so far may still come."""
    ears = tuple(
        replace(ear, until_ms=_ms(session, at)) if ear.source == tap_id and ear.until_ms is None else ear
        for ear in session.ears
    )
    return session if ears == session.ears else replace(session, ears=ears)


def filled(session: CallSession, segment: TranscriptSegment, source: str | None) -> CallSession:
    """Text from a recording: the span it covers needs no other ear any more."""
    if not segment.gap or source is None or any(ear.source == source and ear.line for ear in session.ears):
        return session
    known = next((ear for ear in session.ears if ear.source == source), None)
    span = Ear(
        leg=segment.speaker,
        line="",
        source=source,
        from_ms=min(segment.started_ms, known.from_ms) if known else segment.started_ms,
        until_ms=max(segment.ended_ms, known.until_ms or 0) if known else segment.ended_ms,
    )
    return _with(session, (*(ear for ear in session.ears if ear is not known), span))


def own_part(
    session: CallSession, segment: TranscriptSegment, source: str | None
) -> TranscriptSegment | None:
    """The words of a segment that no later ear of the same leg heard as well; None: all of them were.

    What comes after another ear has taken over is marked as filled in afterwards.
    """
    own = next((ear for ear in session.ears if ear.source == source and ear.line), None)
    if own is None:
        return segment
    later = [ear for ear in session.ears if _takes_over(ear, own)]
    if not later:
        return segment
    words = tuple(
        word
        for word in segment.words
        if not any(_covers(ear, (word.started_ms + word.ended_ms) // 2) for ear in later)
    )
    if len(words) == len(segment.words):
        middle = (segment.started_ms + segment.ended_ms) // 2
        doubled = not words and any(_covers(ear, middle) for ear in later)
        return None if doubled else replace(segment, gap=True)
    if not words:
        return None
    return replace(
        segment,
        words=words,
        text=joined(words),
        started_ms=words[0].started_ms,
        ended_ms=words[-1].ended_ms,
        gap=True,
    )


def _takes_over(ear: Ear, own: Ear) -> bool:
    return (
        ear.source != own.source
        and ear.leg is own.leg
        and ear.line in (own.line, "")
        and ear.from_ms >= own.from_ms
    )


def _covers(ear: Ear, ms: int) -> bool:
    return ear.from_ms <= ms and (ear.until_ms is None or ms < ear.until_ms)


def _ms(session: CallSession, at: datetime) -> int:
    return max(0, round((at - session.seized_at).total_seconds() * 1000))


def _with(session: CallSession, ears: tuple[Ear, ...]) -> CallSession:
    first = min(ears, key=lambda ear: ear.from_ms)
    return replace(session, ears=tuple(ear for ear in ears if len(ears) <= MAX_EARS or ear is not first))
