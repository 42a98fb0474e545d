"""Recordings transcribed afterwards: the spans of a call that no live tap heard, and whole sides again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from gateway.speech import wav
from gateway.speech.control import REVIEWED_AT_ONCE, Review, Reviewed, Transcribe
from gateway.speech.languages import NoModel
from gateway.speech.offline import hear_whole
from gateway.speech.scribe import Scribe
from gateway.speech.spool import Sound

MAX_JOBS = 64
"""Recordings that wait to be transcribed; more are refused, the gateway asks again later."""


class Fills:
    """`on_done(job, failed)` tells the end of each job, with why it could not be done; before that
    `on_reviewed` what a review heard."""

    def __init__(
        self,
        scribe: Scribe,
        on_done: Callable[[Transcribe | Review, str | None], None],
        on_reviewed: Callable[[Reviewed], None],
    ) -> None:
        self._scribe, self._on_done, self._on_reviewed = scribe, on_done, on_reviewed
        self._tasks: set[asyncio.Task[None]] = set()

    def fill(self, job: Transcribe) -> None:
        self._start(job, self._fill(job))

    def review(self, job: Review) -> None:
        self._start(job, self._review(job))

    def _start(self, job: Transcribe | Review, work: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= MAX_JOBS:
            work.close()
            self._on_done(job, f"{MAX_JOBS} recordings wait already; ask again later")
            return
        task = asyncio.create_task(self._done(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _done(self, job: Transcribe | Review, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (wav.WavError, NoModel) as error:
            self._on_done(job, str(error))
        else:
            self._on_done(job, None)

    async def _fill(self, job: Transcribe) -> None:
        done = asyncio.Event()
        self._scribe.fill(job, await _sound(job), done.set)
        await done.wait()

    async def _review(self, job: Review) -> None:
        scribe, sound = self._scribe, Sound.of(await _sound(job))
        heard = await hear_whole(
            scribe.pool, job.leg, sound, models=scribe.languages.review_keys(job.language),
            model_ids=scribe.languages.model_ids, base_ms=job.base_ms, first_index=job.first_index,
        )  # fmt: skip
        for at in range(0, len(heard), REVIEWED_AT_ONCE):
            self._on_reviewed(Reviewed(job_id=job.job_id, segments=heard[at : at + REVIEWED_AT_ONCE]))


async def _sound(job: Transcribe | Review) -> bytes:
    """The channel that the job names. Raises WavError."""
    channels = await asyncio.to_thread(wav.read, Path(job.path))
    if job.channel >= len(channels):
        raise wav.WavError(f"{job.path}: has {len(channels)} channels, not {job.channel + 1}")
    return channels[job.channel]
