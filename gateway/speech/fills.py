"""Recordings transcribed afterwards: the spans of a call that no live tap heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from gateway.speech import wav
from gateway.speech.control import Transcribe
from gateway.speech.scribe import Scribe

MAX_JOBS = 64
"""Recordings that wait to be transcribed; more are refused, the gateway asks again later."""


class Fills:
    """`on_done(job, failed)` tells the end of each job, with why it could not be done."""

    def __init__(self, scribe: Scribe, on_done: Callable[[Transcribe, str | None], None]) -> None:
        self._scribe, self._on_done = scribe, on_done
        self._tasks: set[asyncio.Task[None]] = set()

    def fill(self, job: Transcribe) -> None:
        if len(self._tasks) >= MAX_JOBS:
            self._on_done(job, f"{MAX_JOBS} recordings wait already; ask again later")
            return
        task = asyncio.create_task(self._fill(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _fill(self, job: Transcribe) -> None:
        try:
            channels = await asyncio.to_thread(wav.read, Path(job.path))
        except wav.WavError as error:
            self._on_done(job, str(error))
            return
        if job.channel >= len(channels):
            self._on_done(job, f"{job.path}: has {len(channels)} channels, not {job.channel + 1}")
            return
        done = asyncio.Event()
        self._scribe.fill(job, channels[job.channel], done.set)
        await done.wait()
        self._on_done(job, None)
