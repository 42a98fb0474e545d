"""Performs FillGap and ReviewRecording: what no live ear heard, and the second pass, both from recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog

from gateway.calls.effects import CallEffect, FillGap, ReviewRecording
from gateway.calls.heard import (
    GapFilled,
    GapUnfilled,
    RecordingReviewed,
    ReviewFailed,
)
from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallSignal,
)
from gateway.calls.speech import MIN_GAP_MS
from gateway.clock import Clock
from gateway.journal.codec import decode, from_text
from gateway.ports import Store
from gateway.runtime.book import Book
from gateway.speech.differ import difference
from gateway.speech.model import WRITTEN_FROM, Leg, Reading, TranscriptSegment

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Recordings that are transcribed at the same time; the others stay owed, the sweep comes back to them."""
WITHIN_S = 3_600.0
"""One recording takes no longer; then the try has failed."""
TRY_FOR = timedelta(hours=6)
"""After the call's end, while no listener is there: then its gaps and its second pass are given up, and
told."""
NOT_NOW = "ask again later"
"""In a listener's refusal: it has enough to do; no try is spent."""


class Reader(Protocol):
    """`gateway.speech.client.SpeechClient`, as far as recordings are concerned. Paths are absolute."""

    async def fill_gaps(
        self, *, job_id: str, call_id: str, leg: Leg, path: Path, ranges: list[tuple[int, int]],
        base_ms: int, language: str, within_s: float,
    ) -> str | None:  # fmt: skip
        """Why not, or None; the text came as segments before."""
        ...

    async def review(
        self, *, job_id: str, call_id: str, leg: Leg, path: Path, base_ms: int, first_index: int,
        language: str, within_s: float,
    ) -> tuple[TranscriptSegment, ...] | str:  # fmt: skip
        """What the accurate model hears in a whole side, or why not."""
        ...


class Heard(Protocol):
    """`gateway.speech.client.SpeechState`, as far as recordings are concerned."""

    @property
    def up(self) -> bool: ...

    @property
    def reason(self) -> str: ...

    @property
    def behind(self) -> int: ...

    @property
    def languages(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nobody:
    up: bool = False
    reason: str = "no listener"
    behind: int = 0
    languages: Any = None


class Transcripts:
    """`reader` None: speech is switched off. `state` is kept current by the house."""

    def __init__(self, *, reader: Reader | None, kept: Path, store: Store, book: Book, clock: Clock) -> None:
        self._reader, self._kept, self._store, self._book, self._clock = reader, kept, store, book, clock
        self.state: Heard = _Nobody()
        self._running = 0

    async def fill(self, effect: FillGap) -> Iterable[CallSignal]:
        """While the listener is away no try is spent: the gap stays owed, for TRY_FOR."""
        if (waiting := self._waiting(effect)) is not None:
            return self._unfilled(effect, waiting, final=True) if waiting else ()
        assert self._reader is not None
        self._running += 1
        try:
            ranges = without(effect.spans, await self._live(effect.call_id, effect.leg))
            failed = ranges and await self._reader.fill_gaps(
                job_id=effect.job_id, call_id=effect.call_id, leg=effect.leg, path=self._kept / effect.path,
                ranges=ranges, base_ms=effect.base_ms, within_s=WITHIN_S,
                language=await self._language(effect),
            )  # fmt: skip
        finally:
            self._running -= 1
        if not failed:
            return (
                GapFilled(
                    call_id=effect.call_id, at=self._clock.now(), leg=effect.leg,
                    recording_id=effect.recording_id, gaps=effect.gaps,
                ),
            )  # fmt: skip
        return () if _not_now(failed) else self._unfilled(effect, failed)

    async def review(self, effect: ReviewRecording) -> Iterable[CallSignal]:
        """Waits while live legs are behind: what is said now comes first."""
        waiting = self._waiting(effect)
        if waiting is not None or self.state.behind:
            return self._unreviewed(effect, waiting, final=True) if waiting else ()
        assert self._reader is not None
        self._running += 1
        try:
            heard = await self._reader.review(
                job_id=effect.job_id, call_id=effect.call_id, leg=effect.leg, path=self._kept / effect.path,
                base_ms=effect.base_ms, first_index=effect.first_index, within_s=WITHIN_S,
                language=await self._language(effect),
            )  # fmt: skip
        finally:
            self._running -= 1
        if isinstance(heard, str):
            return () if _not_now(heard) else self._unreviewed(effect, heard)
        return (await self._compared(effect, heard),)

    def fill_failed(self, effect: FillGap, error: Exception) -> Iterable[CallSignal]:
        return self._unfilled(effect, repr(error)[:300])

    def review_failed(self, effect: ReviewRecording, error: Exception) -> Iterable[CallSignal]:
        return self._unreviewed(effect, repr(error)[:300])

    async def _compared(
        self, effect: ReviewRecording, heard: Sequence[TranscriptSegment]
    ) -> RecordingReviewed:
        live = await self._live(effect.call_id, effect.leg)
        differing = difference(live, heard)
        return RecordingReviewed(
            call_id=effect.call_id,
            at=self._clock.now(),
            leg=effect.leg,
            recording_id=effect.recording_id,
            model_id=heard[0].model_id if heard else "",
            segments=tuple(heard),
            difference=differing.share,
            changes=differing.changes,
            trusted=differing.trusted,
        )

    async def _language(self, effect: FillGap | ReviewRecording) -> str:
        """What the caller chose by key; else the language of the model that heard this side live."""
        if effect.language:
            return effect.language
        others: dict[str, str] = {name: tag for tag, name in (self.state.languages or {}).items()}
        if not others:
            return ""
        live = await self._live(effect.call_id, effect.leg)
        by = [others.get(segment.model_id, "") for segment in live]
        if not by:
            return "auto"
        return max(set(by), key=by.count)

    async def _live(self, call_id: str, leg: Leg) -> list[TranscriptSegment]:
        """The live text of a side as it was heard, by time."""
        return [
            decode(TranscriptSegment, from_text(row.payload))
            for row in await self._store.segments(call_id)
            if row.reading == Reading.LIVE and row.speaker == leg and row.index < WRITTEN_FROM
        ]

    def _waiting(self, effect: CallEffect) -> str | None:
        """None: go on. Empty: not now. Else why it is given up."""
        if self._reader is None:
            return "speech is switched off"
        live = self._book.get(("call", effect.call_id))
        if live is None or self._running >= AT_ONCE:
            return ""
        if self.state.up:
            return None
        return self.state.reason if self._too_late(live.state) else ""

    def _too_late(self, session: CallSession) -> bool:
        return session.ended_at is not None and self._clock.now() - session.ended_at > TRY_FOR

    def _unfilled(self, effect: FillGap, fault: str, *, final: bool = False) -> tuple[CallSignal, ...]:
        log.warning("a gap in a call's text was not filled", call_id=effect.call_id, fault=fault)
        return (
            GapUnfilled(
                call_id=effect.call_id, at=self._clock.now(), leg=effect.leg, fault=fault[:300], final=final
            ),
        )

    def _unreviewed(
        self, effect: ReviewRecording, fault: str | None, *, final: bool = False
    ) -> tuple[CallSignal, ...]:
        log.warning("a recording was not heard again", call_id=effect.call_id, fault=fault)
        return (
            ReviewFailed(
                call_id=effect.call_id, at=self._clock.now(), leg=effect.leg, fault=(fault or "")[:300],
                final=final,
            ),
        )  # fmt: skip


def without(spans: Sequence[tuple[int, int]], live: Sequence[TranscriptSegment]) -> list[tuple[int, int]]:
    """The spans without what has its text already: a listener that was out of reach heard it, or an earlier
    try filled it."""
    left = list(spans)
    for segment in live:
        low, high = segment.started_ms, segment.ended_ms
        pieces = [
            ((a, min(b, low)), (max(a, high), b)) if low < b and high > a else ((a, b),) for a, b in left
        ]
        left = [(a, b) for piece in pieces for a, b in piece if b > a]
    return [(a, b) for a, b in left if b - a >= MIN_GAP_MS]


def _not_now(failed: str) -> bool:
    """The listener was lost or is busy: no fault of the recording."""
    return NOT_NOW in failed or failed in ("no listener", "listener lost")
