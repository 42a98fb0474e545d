"""The second pass as jobs for any machine (extra `cluster`): the gateway defers, workers hear, the result
comes back through the database.

A job is named by what it is to hear, so the same one is never queued twice, also after a restart or from
another gateway; a worker that died leaves its job to the next one. Recordings are named relative to the
archive's folder, which every machine must see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import structlog
from pydantic import TypeAdapter

from gateway.clock import Clock
from gateway.speech import wav
from gateway.speech.languages import Languages
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.offline import hear_whole
from gateway.speech.pool import Pool
from gateway.speech.spool import Sound

log = structlog.get_logger(__name__)

QUEUE = "intake110-review"
TASK = "intake110.review"
ATTEMPTS = 3
"""A job whose recording cannot be read, or whose worker died over it, is tried so often; then its fault is
the answer."""
STALLED_S = 60.0
"""A worker that gave no sign of life for so long is taken for dead; its jobs go to others."""
LOOK_EVERY_S = 2.0
KEEP = timedelta(days=1)
"""Results that no gateway came for."""
_SEGMENTS: TypeAdapter[tuple[TranscriptSegment, ...]] = TypeAdapter(tuple[TranscriptSegment, ...])


class ClusterMissing(Exception):
    """Jobs on several machines need PostgreSQL and the extra `cluster`: pip install 'intake110[cluster]',
    and write store.url or store.url_env; or leave speech.second_pass at "local"."""


class Results(Protocol):
    """`gateway.store.reviews` on the gateway's database."""

    async def save(self, job_id: str, payload: str | None, fault: str | None, at: datetime) -> None: ...

    async def take(self, job_id: str) -> tuple[str | None, str | None] | None: ...

    async def forget(self, before: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewJob:
    """One side of one recording. `path` is relative to the archive's folder, with slashes."""

    job_id: str
    call_id: str
    leg: str
    path: str
    base_ms: int
    first_index: int
    language: str


Defer = Callable[[ReviewJob], Awaitable[None]]
"""Queues a job; one that is queued already is left alone. Raises ClusterMissing while there is no queue."""


class JobReader:
    """A `Reader` (runtime.transcripts) that lets other machines do the second pass; gaps are filled as
    before."""

    def __init__(self, reader: Any, *, kept: Path, defer: Defer, results: Results, clock: Clock) -> None:
        self._kept, self._defer, self._results, self._clock = kept, defer, results, clock
        self.fill_gaps = reader.fill_gaps

    async def review(
        self, *, job_id: str, call_id: str, leg: Leg, path: Path, base_ms: int, first_index: int, language:
        str, within_s: float,
    ) -> tuple[TranscriptSegment, ...] | str:  # fmt: skip
        """Waits for whichever worker takes it. Asked again it finds the result, or waits on for the same
        job."""
        job = ReviewJob(
            job_id=job_id, call_id=call_id, leg=leg.value, base_ms=base_ms, first_index=first_index,
            path=PurePosixPath(path.relative_to(self._kept)).as_posix(), language=language,
        )  # fmt: skip
        until = self._clock.monotonic() + within_s
        done = await self._results.take(job_id)
        if done is None:
            try:
                await self._defer(job)
            except ClusterMissing as error:
                return f"{error}; ask again later"
        while done is None and self._clock.monotonic() < until:
            await self._clock.sleep(LOOK_EVERY_S)
            done = await self._results.take(job_id)
        if done is None:
            return f"no worker has heard it within {within_s:.0f} s; is `intake110 work` running?"
        payload, fault = done
        return fault or "" if payload is None else _SEGMENTS.validate_json(payload)


class Hearer:
    """What a worker does with a job. `kept`: the archive's folder as this machine sees it."""

    def __init__(
        self, pool: Pool, languages: Languages, *, kept: Path, results: Results, clock: Clock
    ) -> None:
        self._pool, self._languages = pool, languages
        self._kept, self._results, self._clock = kept.resolve(), results, clock

    async def hear(self, job: ReviewJob) -> None:
        """Hears the side and saves its segments. Raises WavError, NoModel: then it is tried again."""
        sound = await self._sound(job)
        heard = await hear_whole(
            self._pool, Leg(job.leg), sound, models=self._languages.review_keys(job.language),
            model_ids=self._languages.model_ids, base_ms=job.base_ms, first_index=job.first_index,
        )  # fmt: skip
        payload = _SEGMENTS.dump_json(tuple(heard)).decode()
        await self._results.save(job.job_id, payload, None, self._clock.now())
        log.info("recording heard a second time", call_id=job.call_id, leg=job.leg, segments=len(heard))

    async def give_up(self, job: ReviewJob, fault: str) -> None:
        """The last try failed: the gateway is told, and keeps the live text."""
        log.error("recording cannot be heard a second time", call_id=job.call_id, leg=job.leg, fault=fault)
        await self._results.save(job.job_id, None, fault[:500], self._clock.now())

    async def tidy(self) -> None:
        await self._results.forget(self._clock.now() - KEEP)

    async def _sound(self, job: ReviewJob) -> Sound:
        path = (self._kept / job.path).resolve()
        if not path.is_relative_to(self._kept):
            raise wav.WavError(f"{job.path}: lies outside the archive; such a job is not done")
        channels = await asyncio.to_thread(wav.read, path)
        return Sound.of(channels[0])


def as_arguments(job: ReviewJob) -> dict[str, Any]:
    return asdict(job)


def from_arguments(told: Mapping[str, Any]) -> ReviewJob:
    return TypeAdapter(ReviewJob).validate_python(dict(told))
