"""Recordings transcribed afterwards: the spans of a call that no live tap heard, and whole sides again."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from gateway.clock import Clock, within
from gateway.speech import wav
from gateway.speech.control import REVIEWED_AT_ONCE, Review, Reviewed, Sound, Transcribe, Want
from gateway.speech.languages import NoModel
from gateway.speech.offline import hear_whole
from gateway.speech.scribe import Scribe
from gateway.speech.spool import Sound as Kept

MAX_JOBS = 64
"""Recordings that wait to be transcribed; more are refused, the gateway asks again later."""
GIVEN_WITHIN_S = 30.0
"""For each piece of a recording that the gateway gives; then the job has failed, and is asked for again."""


class Fills:
    """`on_done(job, failed)` tells the end of each job, with why it could not be done; before that `tell`
    says what a review heard, and which sound is wanted of a gateway on another machine."""

    def __init__(
        self,
        scribe: Scribe,
        on_done: Callable[[Transcribe | Review, str | None], None],
        tell: Callable[[BaseModel], None],
        clock: Clock,
    ) -> None:
        self._scribe, self._on_done, self._tell, self._clock = scribe, on_done, tell, clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._wanted: dict[UUID, asyncio.Future[Sound]] = {}

    def given(self, told: Sound) -> None:
        """A piece of a recording; one that nobody waits for is dropped."""
        answer = self._wanted.get(told.job_id)
        if answer is not None and not answer.done():
            answer.set_result(told)

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
        self._scribe.fill(job, await self._sound(job), done.set)
        await done.wait()

    async def _review(self, job: Review) -> None:
        scribe, sound = self._scribe, Kept.of(await self._sound(job))
        heard = await hear_whole(
            scribe.pool, job.leg, sound, models=scribe.languages.review_keys(job.language),
            model_ids=scribe.languages.model_ids, base_ms=job.base_ms, first_index=job.first_index,
        )  # fmt: skip
        for at in range(0, len(heard), REVIEWED_AT_ONCE):
            self._tell(Reviewed(job_id=job.job_id, segments=heard[at : at + REVIEWED_AT_ONCE]))

    async def _sound(self, job: Transcribe | Review) -> bytes:
        """The channel that the job names. Raises WavError."""
        if job.sound_bytes is not None:
            return await self._asked_for(job, job.sound_bytes)
        channels = await asyncio.to_thread(wav.read, Path(job.path))
        if job.channel >= len(channels):
            raise wav.WavError(f"{job.path}: has {len(channels)} channels, not {job.channel + 1}")
        return channels[job.channel]

    async def _asked_for(self, job: Transcribe | Review, size: int) -> bytes:
        """The gateway's sound, one piece after another. Raises WavError."""
        got = bytearray()
        while len(got) < size:
            answer = self._wanted[job.job_id] = asyncio.get_running_loop().create_future()
            self._tell(Want(job_id=job.job_id, at=len(got)))
            try:
                told = await within(self._clock, GIVEN_WITHIN_S, answer)
                piece = base64.b64decode(told.pcm, validate=True)
            except TimeoutError as error:
                raise wav.WavError(
                    f"the gateway did not give the recording within {GIVEN_WITHIN_S:g} s; ask again later"
                ) from error
            except binascii.Error as error:
                raise wav.WavError(f"the gateway's sound cannot be read: {error}") from error
            finally:
                del self._wanted[job.job_id]
            if told.at != len(got) or not piece or len(piece) % 2:
                raise wav.WavError("the gateway gave another piece of the recording than was asked for")
            got += piece
        return bytes(got[:size])
