"""What was said, by whom and when: the words that every later stage rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

INDEXES_EACH = 100_000
"""Segment numbers of a leg that belong to one listener alone: more than a day of speech. The gateway's own
listener has those from 0 on."""
MAX_ORIGIN = 20_000
"""Listeners are told apart by a number up to this, `origin`; times INDEXES_EACH it gives where theirs
begin, and the largest fits into 31 bits."""
WRITTEN_FROM = (MAX_ORIGIN + 1) * INDEXES_EACH
"""Segments of a spoken call with numbers from here on were written by the caller: nobody heard them, no
recording has them, and they count whichever reading does."""


def counts(index: int, reading: str, basis: str) -> bool:
    """Whether a segment is of the text on which verdict and card rest; `basis`: the reading that does."""
    return reading == basis or index >= WRITTEN_FROM


class Leg(StrEnum):
    """One side of a call. `speaker` in published events uses the same words."""

    CALLER = "caller"
    CALL_TAKER = "call_taker"


class HearingState(StrEnum):
    """How one side of a call is heard now; pages and events use these words.

    WANTED: asked for, nothing came yet; LIVE: heard; BEHIND: heard, text comes late; SET_ASIDE: the
    machine cannot follow it, its sound is kept by the listener and transcribed when there is room;
    NO_FRAMES: its tap sends nothing; DEAF: speech without text, its recognizer is replaced; NO_WORDS: a
    second recognizer found no words in it either; NO_MODEL: its language's own model cannot be used, the
    default one writes words that may be wrong; BROKEN: its tap ended, another one is asked for; DEAD:
    given up; OVER: this side has left.
    """

    WANTED = "wanted"
    LIVE = "live"
    BEHIND = "behind"
    SET_ASIDE = "set_aside"
    NO_FRAMES = "no_frames"
    DEAF = "deaf"
    NO_WORDS = "no_words"
    NO_MODEL = "no_model"
    BROKEN = "broken"
    DEAD = "dead"
    OVER = "over"


class Reading(StrEnum):
    """Which hearing a text comes from: while they spoke (gaps filled in), or the whole recording heard again
    afterwards by the accurate model."""

    LIVE = "live"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word with its place on the call's time line and the recognizer's confidence (0 to 1)."""

    text: str
    started_ms: int
    ended_ms: int
    confidence: float
    heard: str = ""
    """What the recognizer itself wrote where a hot word of the same sound was put (`speech.hotwords`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegment:
    """What one side said without a long pause. Times are milliseconds since the call was seized.

    The pair (speaker, index) names a final segment within its call for good, so one delivered twice is kept
    once. `index` counts from 0, at another machine's listener from a number of its own: the order of what
    was said is told by the times. `gap` marks text filled in afterwards from spool or recording.
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
