"""Performs FetchRecording: the recorder's files measured, hashed and kept; a doubt is told, a fault is a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from gateway.calls.effects import FetchRecording
from gateway.calls.model import RecordedFile
from gateway.calls.signals import CallSignal, RecordingFaulted, RecordingStored
from gateway.clock import Clock
from gateway.runtime.book import Book

log = structlog.get_logger(__name__)


class Kept(Protocol):
    """In the archive; `doubts` are remarks for the auditor."""

    @property
    def files(self) -> tuple[RecordedFile, ...]: ...

    @property
    def doubts(self) -> tuple[str, ...]: ...


class NotKept(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def final(self) -> bool: ...


class Archive(Protocol):
    """`gateway.archive.recording.Recordings` of one PBX."""

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> Kept | NotKept: ...


class Keeping:
    def __init__(self, *, archives: Mapping[str, Archive], book: Book, clock: Clock) -> None:
        self._archives, self._book, self._clock = archives, book, clock

    async def fetch(self, effect: FetchRecording) -> Iterable[CallSignal]:
        """Not final: the recorder still writes or the disk is full; the sweep comes back to it."""
        live = self._book.get(("call", effect.call_id))
        if live is None:
            return ()
        lasted = (live.state.ended_at - live.state.seized_at).total_seconds() if live.state.ended_at else None
        kept = await self._archives[effect.pbx].store(
            effect.file, call_id=effect.call_id, started_at=live.state.seized_at, expected_s=lasted
        )
        at = self._clock.now()
        if isinstance(text := getattr(kept, "text", None), str):
            return (RecordingFaulted(
                call_id=effect.call_id, at=at, recording_id=effect.recording_id, fault=text, final=bool(getattr(kept, "final", True)),
            ),)  # fmt: skip
        for doubt in kept.doubts:
            log.warning("a recording was kept with a doubt", call_id=effect.call_id, doubt=doubt)
        return (RecordingStored(call_id=effect.call_id, at=at, recording_id=effect.recording_id, files=kept.files),)
