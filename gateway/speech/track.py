"""One leg's sound on its way through a recognizer.

A track is a leg's sound with three places in it: `sent` (given to a worker), `heard` (the worker said so)
and `resume` (all before it has become segments).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import HearingState
from gateway.speech.recognizer import Final, Partial
from gateway.speech.spool import Sound

log = structlog.get_logger(__name__)

LIVE_CALLER, LIVE_CALL_TAKER, AFTERWARDS = range(3)
CHUNK_BYTES = 100 * BYTES_PER_MS
CATCH_UP_BYTES = 400 * BYTES_PER_MS
STRIKES = 2
"""Workers that may die over the same piece; then it is left out, and said so."""
MAX_MUTED = 20
"""Pieces left out of one leg; a leg that ends recognizers more often is given up (its recording remains)."""
BEHIND_MS, CAUGHT_UP_MS = 3000, 500
SET_ASIDE_MS = 8000
"""A call-taker's leg so far behind is set aside: callers are heard first, it is transcribed from its sound
when there is room, at the latest after the call; caught up, it is live again. A caller's leg is never set
aside."""


@dataclass(slots=True, eq=False, kw_only=True)
class Track:
    """One leg's sound on its way through a recognizer. Made by the listener, moved by the pool."""

    name: str
    sound: Sound
    base_ms: int
    urgency: int
    """LIVE_CALLER, LIVE_CALL_TAKER or AFTERWARDS."""
    on_final: Callable[[Final, int], None]
    """What was said, and the byte from which the sound is still to be heard."""
    on_partial: Callable[[Partial], None]
    on_done: Callable[[], None]
    on_behind: Callable[[bool], None]
    on_model: Callable[[str], None] = lambda _: None
    """Which model was chosen by listening."""
    model: str = ""
    """Key of the model that hears it."""
    choose: tuple[str, ...] = ()
    """Keys of the models among which listening decides; the default first; none when that is done."""
    resume: int = 0
    whole: bool = False
    """No more sound will come."""
    sent: int = 0
    heard: int = 0
    strikes: int = 0
    struck_at: int = -1
    muted: list[tuple[int, int]] = field(default_factory=list)
    """Spans that ended recognizers; silence is given for them."""
    behind: bool = False
    aside: bool = False
    """Transcribed when there is room; what it says is no news any more."""
    finishing: bool = False

    @property
    def rank(self) -> int:
        """Whose piece is sent next: the lowest's."""
        return AFTERWARDS if self.aside else self.urgency

    @property
    def hearing(self) -> HearingState:
        """In the words of the call."""
        if self.aside:
            return HearingState.SET_ASIDE
        return HearingState.BEHIND if self.behind else HearingState.LIVE

    @property
    def live(self) -> bool:
        return self.rank < AFTERWARDS

    @property
    def lag_ms(self) -> int:
        return (self.sound.size - self.heard) // BYTES_PER_MS

    @property
    def opening(self) -> dict[str, Any]:
        """What a worker is told when it begins to hear this track at `sent`."""
        return {
            "started_ms": self.base_ms + self.sent // BYTES_PER_MS,
            "models": self.choose or (self.model,),
        }

    def hear_with(self, models: tuple[str, ...]) -> None:
        """One key, or several among which listening decides."""
        self.model, self.choose = models[0], models if len(models) > 1 else ()

    def take(self, most: int) -> bytes:
        """The next piece of sound, at most `most` bytes."""
        at, pcm = self.sent, self.sound.read(self.sent, most)
        self.sent += len(pcm)
        for began, ended in self.muted:
            low, high = max(began, at) - at, min(ended, self.sent) - at
            if low < high:
                pcm = pcm[:low] + bytes(high - low) + pcm[high:]
        return pcm

    def judge(self) -> None:
        """Tells when it has fallen behind, when it is set aside, and when it has caught up."""
        lag, was = self.lag_ms, (self.behind, self.aside)
        if lag < CAUGHT_UP_MS:
            self.behind = self.aside = False
        elif lag > BEHIND_MS:
            self.behind = True
            self.aside = self.aside or (self.urgency == LIVE_CALL_TAKER and lag > SET_ASIDE_MS)
        if was != (self.behind, self.aside):
            self.on_behind(self.behind)

    def strike(self) -> bool:
        """A worker died over this track. False: give the track up, it ends workers even at its end.

        Over the same piece again and again: silence is given for it, and the leg goes on.
        """
        same = abs(self.heard - self.struck_at) <= CATCH_UP_BYTES
        self.strikes = self.strikes + 1 if same else 1
        self.struck_at = self.heard
        if self.strikes < STRIKES:
            return True
        if (self.heard >= self.sound.size and self.whole) or len(self.muted) >= MAX_MUTED:
            return False
        self.muted.append((self.heard, self.heard + CATCH_UP_BYTES))
        self.strikes = 0
        log.error(
            "sound that ends recognizers is left out",
            track=self.name,
            from_ms=self.base_ms + self.heard // BYTES_PER_MS,
            span_ms=CATCH_UP_BYTES // BYTES_PER_MS,
        )
        return True
