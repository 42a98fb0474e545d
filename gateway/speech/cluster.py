"""The queue of jobs itself: procrastinate on the gateway's PostgreSQL. Only this file imports it."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from gateway.clock import Clock, within
from gateway.speech.languages import NoModel
from gateway.speech.queued import (
    ATTEMPTS,
    QUEUE,
    STALLED_S,
    TASK,
    ClusterMissing,
    Hearer,
    ReviewJob,
    as_arguments,
    from_arguments,
)
from gateway.speech.wav import WavError

try:
    import procrastinate
    from procrastinate import exceptions
    from psycopg_pool import PoolTimeout
except ImportError as error:  # the extra is not installed, or libpq is missing
    raise ClusterMissing(f"{ClusterMissing.__doc__} ({error})") from error

log = structlog.get_logger(__name__)

OPENED_WITHIN_S = 5.0


class Queue:
    """`async with Queue(url, clock) as queue:`; its tables are made when they are missing."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock, self._opened = clock, False
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=_plain(url)))

    async def __aenter__(self) -> Queue:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Once, however often it is asked for. Raises ClusterMissing when the database does not answer."""
        if self._opened:
            return
        try:
            await within(self._clock, OPENED_WITHIN_S, self.app.open_async())
            await self._set_up()
            self._opened = True
        except (exceptions.ConnectorException, TimeoutError, PoolTimeout) as error:
            await self.app.close_async()
            reason = error.__cause__ or error or f"no answer within {OPENED_WITHIN_S:.0f} s"
            raise ClusterMissing(f"the queue of jobs cannot be reached: {reason}") from error

    async def close(self) -> None:
        self._opened = False
        await self.app.close_async()

    async def _set_up(self) -> None:
        """Two machines may do this at the same time: who comes second finds the tables of the first."""
        if await self._is_set_up():
            return
        try:
            await self.app.schema_manager.apply_schema_async()
        except exceptions.ConnectorException:
            if not await self._is_set_up():
                raise

    async def _is_set_up(self) -> bool:
        query = "SELECT to_regclass('procrastinate_jobs') AS found"
        found = await self.app.connector.execute_query_one_async(query)
        return found["found"] is not None

    async def defer(self, job: ReviewJob) -> None:
        """Queue a job; the same one is not queued a second time. Raises ClusterMissing."""
        await self.open()
        later = self.app.configure_task(TASK, queue=QUEUE, lock=job.job_id, queueing_lock=job.job_id)
        try:
            await later.defer_async(**as_arguments(job))
        except exceptions.AlreadyEnqueued:
            log.info("a second pass is queued already", call_id=job.call_id, leg=job.leg)

    async def work(self, hearer: Hearer, *, at_once: int) -> None:
        """Takes jobs until it is told to stop (SIGTERM, Ctrl+C)."""

        @self.app.task(name=TASK, queue=QUEUE, pass_context=True, retry=ATTEMPTS - 1)
        async def review(context: procrastinate.JobContext, /, **told: Any) -> None:
            job = from_arguments(told)
            try:
                await hearer.hear(job)
            except (WavError, NoModel) as error:
                if context.job.attempts + 1 < ATTEMPTS:
                    raise
                await hearer.give_up(job, str(error))

        rescuing = asyncio.create_task(self._rescue(hearer))
        try:
            await self.app.run_worker_async(
                queues=[QUEUE], concurrency=at_once, wait=True, delete_jobs="successful",
                shutdown_graceful_timeout=30.0,
            )  # fmt: skip
        finally:
            rescuing.cancel()
            await asyncio.gather(rescuing, return_exceptions=True)

    async def _rescue(self, hearer: Hearer) -> None:
        """Jobs of workers that died go back to the queue; results that nobody took go away."""
        while True:
            await self.rescue(STALLED_S)
            await hearer.tidy()
            await self._clock.sleep(STALLED_S)

    async def rescue(self, silent_s: float) -> int:
        """How many jobs were given back: their workers said nothing for so long."""
        stalled = list(
            await self.app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silent_s)
        )
        for job in stalled:
            log.warning("a worker died over a job, another takes it", job=job.id, attempts=job.attempts)
            await self.app.job_manager.retry_job(job)
        return len(stalled)


def _plain(url: str) -> str:
    """`postgresql://…` whatever driver the URL names. Raises ClusterMissing for another database."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ClusterMissing
    return f"postgresql://{rest}"
