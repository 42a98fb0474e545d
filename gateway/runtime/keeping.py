"""Performs FetchRecording: the recorder's files measured, hashed and kept; doubts are told with it, a
fault is a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from gateway.archive.model import Archive, NotStored
from gateway.calls.effects import FetchRecording
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal, RecordingFaulted, RecordingStored
from gateway.clock import Clock
from gateway.runtime.book import Book

TRY_FOR = timedelta(hours=1)
"""After the call's end a recording that does not come is given up, told as failed, and left to
reconciliation."""

log = structlog.get_logger(__name__)


class Keeping:
    """`review`: a second pass by the accurate model is owed for every recording that is stored."""

    def __init__(
        self, *, archives: Mapping[str, Archive], book: Book, clock: Clock, review: bool = False
    ) -> None:
        self._archives, self._book, self._clock, self._review = archives, book, clock, review

    async def fetch(self, effect: FetchRecording) -> Iterable[CallSignal]:
        """Not final: the recorder still writes or the disk is full; the sweep comes back to it for
        TRY_FOR."""
        live = self._book.get(("call", effect.call_id))
        if live is None:
            return ()
        kept = await self._archives[effect.pbx].store(
            effect.file,
            call_id=effect.call_id,
            started_at=live.state.seized_at,
            expected_s=_lasted(live.state, effect.recording_id),
        )
        at = self._clock.now()
        if isinstance(kept, NotStored):
            final = kept.final or self._too_late(live.state.ended_at, at)
            return (RecordingFaulted(
                call_id=effect.call_id, at=at, recording_id=effect.recording_id, fault=kept.text, final=final,
            ),)  # fmt: skip
        for doubt in kept.doubts:
            log.warning("a recording was kept with a doubt", call_id=effect.call_id, doubt=doubt)
        return (
            RecordingStored(
                call_id=effect.call_id, at=at, recording_id=effect.recording_id, files=kept.files,
                review=self._review, doubts=kept.doubts,
            ),
        )  # fmt: skip

    def _too_late(self, ended_at: datetime | None, now: datetime) -> bool:
        return ended_at is not None and now - ended_at > TRY_FOR


def _lasted(session: CallSession, recording_id: str) -> float | None:
    """Seconds from the start of the only recorder of a call to the end of it. None: it has not ended,
    or another recorder took over at a time that nobody knows."""
    match session.recordings:
        case (only,) if session.ended_at is not None and only.recording_id == recording_id:
            return (session.ended_at - only.started_at).total_seconds()
        case _:
            return None
