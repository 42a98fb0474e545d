"""What is learnt of how a call is heard, beside its text: signals like those of `signals`."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.signals import CallSignal
from gateway.speech.differ import WordChange
from gateway.speech.model import HearingState, Leg, TranscriptSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingChanged(CallSignal):
    """The watchdog of the listener: how a live tap is heard now. `since_ms`: from where in the call on."""

    leg: Leg
    tap_id: str
    state: HearingState
    reason: str | None = None
    since_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundLost(CallSignal):
    """A span of a side's sound never came, though its tap lives."""

    leg: Leg
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(CallSignal):
    """The caller pressed the key of another language, or the dialplan says what the caller speaks
    (`by_dialplan`): the caller's own key counts for more."""

    language: str
    by_dialplan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TapSpeaks(CallSignal):
    """The listener was told that this tap speaks another language now."""

    tap_id: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFilled(CallSignal):
    """What the recording says in these gaps has been transcribed; its segments came before this."""

    leg: Leg
    recording_id: str
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapUnfilled(CallSignal):
    """A try to fill gaps failed; `final`: no further one will be made."""

    leg: Leg
    fault: str
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReviewed(CallSignal):
    """The second pass over one side of a recording. `segments` are numbered from the review's own first.

    `difference`: share of characters in which it differs from the live text; `changes` are the first words
    that differ, in order. `trusted` False: it heard so much less that the live text stands.
    """

    leg: Leg
    recording_id: str
    model_id: str
    segments: tuple[TranscriptSegment, ...]
    difference: float
    changes: tuple[WordChange, ...] = ()
    trusted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFailed(CallSignal):
    """A try of the second pass failed; `final`: no further one will be made. The live text stands."""

    leg: Leg
    fault: str
    final: bool = False
