"""What was said, by whom and when: the words that every later stage rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Leg(StrEnum):
    """One side of a call. `speaker` in published events uses the same words."""

    CALLER = "caller"
    CALL_TAKER = "call_taker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word with its place on the call's time line and the recognizer's confidence (0 to 1)."""

    text: str
    started_ms: int
    ended_ms: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment:
    """What one side said without a long pause. Times are milliseconds since the call was seized.

    `index` counts within the call and speaker from 0; the pair (speaker, index) names a final segment for
    good, so one delivered twice is kept once. `gap` marks text filled in afterwards from spool or recording.
    """

    index: int
    speaker: Leg
    started_ms: int
    ended_ms: int
    text: str
    words: tuple[Word, ...] = ()
    final: bool = True
    model_id: str
    gap: bool = False
