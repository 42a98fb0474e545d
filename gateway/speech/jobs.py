"""What a gateway asks its listener to read from recordings, and the answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from gateway.clock import Clock, within
from gateway.speech import wav
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.control import (
    MAX_SOUND_BYTES,
    PIECE_BYTES,
    Review,
    Reviewed,
    Sound,
    Transcribe,
    Transcribed,
    Want,
)
from gateway.speech.model import Leg, TranscriptSegment


class Jobs:
    """`first_index(call_id, leg)`: from where on this listener numbers what it reads. `gives_sound`: it is on
    another machine, where the gateway's files are not: it is given the sound itself, as it asks for it."""

    def __init__(
        self,
        *,
        send: Callable[[BaseModel], None],
        up: Callable[[], bool],
        first_index: Callable[[str, Leg], int],
        clock: Clock,
        gives_sound: bool,
    ) -> None:
        self._gives_sound = gives_sound
        self._sounds: dict[UUID, bytes] = {}
        self._send, self._up, self._first_index, self._clock = send, up, first_index, clock
        self._waiting: dict[UUID, asyncio.Future[str | None]] = {}
        self._reviewing: dict[UUID, list[TranscriptSegment]] = {}

    async def fill_gaps(
        self,
        *,
        job_id: str,
        call_id: str,
        leg: Leg,
        path: Path,
        ranges: list[tuple[int, int]],
        base_ms: int = 0,
        channel: int = 0,
        language: str = "",
        model: Literal["", "accurate"] = "",
        within_s: float = 600.0,
    ) -> str | None:
        """Transcribe spans (milliseconds of the call) of a recording (an absolute path); they come as
        segments with `gap`. Why not, or None.

        The same `job_id` asked again, also after a restart, doubles nothing.
        """
        job = Transcribe(
            job_id=UUID(job_id),
            call_id=call_id,
            leg=leg,
            path=str(path),
            channel=channel,
            base_ms=base_ms,
            ranges=ranges,
            first_index=self._first_index(call_id, leg),
            language=language,
            model=model,
        )
        span = (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None
        return await self._done(job, within_s, span)

    async def review(
        self,
        *,
        job_id: str,
        call_id: str,
        leg: Leg,
        path: Path,
        base_ms: int,
        first_index: int,
        language: str = "",
        within_s: float,
    ) -> tuple[TranscriptSegment, ...] | str:
        """One side of a whole recording (an absolute path) through the accurate model, or why not."""
        job = Review(
            job_id=UUID(job_id),
            call_id=call_id,
            leg=leg,
            path=str(path),
            channel=0,
            base_ms=base_ms,
            first_index=first_index,
            language=language,
        )
        self._reviewing[job.job_id] = []
        failed = await self._done(job, within_s)
        segments = self._reviewing.pop(job.job_id)
        return tuple(segments) if failed is None else failed

    def heard(self, told: Reviewed) -> None:
        self._reviewing.get(told.job_id, []).extend(told.segments)

    def done(self, told: Transcribed) -> None:
        settle(self._waiting.get(told.job_id), told.failed)

    def lost(self) -> None:
        """The listener: what it was asked must be asked again."""
        for answer in self._waiting.values():
            settle(answer, "listener lost")

    def give(self, wanted: Want) -> None:
        """The piece of sound that the listener wants; of a job that is over: nothing."""
        sound = self._sounds.get(wanted.job_id)
        if sound is not None:
            piece = base64.b64encode(sound[wanted.at : wanted.at + PIECE_BYTES]).decode()
            self._send(Sound(job_id=wanted.job_id, at=wanted.at, pcm=piece))

    async def _done(
        self, job: Transcribe | Review, within_s: float, span: tuple[int, int] | None = None
    ) -> str | None:
        """Why not, or None. `span`: the only part of the recording that is needed (milliseconds of the
        call)."""
        if not self._up():
            return "no listener"
        if self._gives_sound:
            try:
                job = await self._with_sound(job, span)
            except wav.WavError as error:
                return str(error)
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[job.job_id] = answer
        self._send(job)
        failed = await answered(answer, within_s, self._clock)
        self._waiting.pop(job.job_id, None)
        self._sounds.pop(job.job_id, None)
        return failed

    async def _with_sound(
        self, job: Transcribe | Review, span: tuple[int, int] | None
    ) -> Transcribe | Review:
        """The job without a path, its sound at hand. Raises WavError."""
        channels = await asyncio.to_thread(wav.read, Path(job.path))
        if job.channel >= len(channels):
            raise wav.WavError(f"{job.path}: has {len(channels)} channels, not {job.channel + 1}")
        sound, base_ms = channels[job.channel], job.base_ms
        if span is not None:
            low, high = max(span[0], base_ms), max(span[1], base_ms)
            sound = sound[(low - base_ms) * BYTES_PER_MS : (high - base_ms) * BYTES_PER_MS]
            base_ms = low
        if len(sound) > MAX_SOUND_BYTES:
            raise wav.WavError(
                f"{job.path}: longer than {MAX_SOUND_BYTES // BYTES_PER_MS // 3_600_000} h; a listener on"
                " another machine is not given so much, set speech.local = true"
            )
        self._sounds[job.job_id] = sound
        return job.model_copy(
            update={"path": "", "channel": 0, "sound_bytes": len(sound), "base_ms": base_ms}
        )


async def answered(answer: asyncio.Future[str | None], within_s: float, clock: Clock) -> str | None:
    """None when nothing was wrong."""
    try:
        return await within(clock, within_s, answer)
    except TimeoutError:
        return f"no answer within {within_s:g} s"


def settle(future: asyncio.Future[str | None] | None, told: str | None) -> None:
    if future is not None and not future.done():
        future.set_result(told)
