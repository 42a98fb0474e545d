"""The second pass as jobs on a real PostgreSQL: heard by a worker, never twice, rescued from a dead one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.speech.cluster import Queue
from gateway.speech.languages import ACCURATE, DEFAULT, Languages
from gateway.speech.model import Leg
from gateway.speech.models import check
from gateway.speech.pool import Pool
from gateway.speech.queued import ClusterMissing, Hearer, JobReader, ReviewJob
from gateway.store.reviews import Reviews
from gateway.store.store import SqlStore, open_store
from gateway.testing.lab import Cache
from gateway.testing.lab.postgres import LabPostgres

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "asr_models/demo-cn"
CLOCK = SystemClock()


@pytest.fixture
async def postgres(cache: Cache) -> AsyncIterator[LabPostgres]:
    async with LabPostgres(cache=cache, durable=False) as running:
        yield running


@pytest.fixture
async def store(postgres: LabPostgres) -> AsyncIterator[SqlStore]:
    opened = await open_store(postgres.url)
    yield opened
    await opened.close()


class NoListener:
    async def fill_gaps(self, **job: object) -> str | None:
        return "no listener"


async def test_a_worker_hears_what_a_gateway_queued(
    postgres: LabPostgres, store: SqlStore, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "tests/data/speech/fight.wav", tmp_path / "fight-rx.wav")
    results = Reviews(store.database)
    models = dict.fromkeys((DEFAULT, ACCURATE), DEMO)
    languages = Languages(model_ids=dict.fromkeys(models, check(DEMO).model_id))
    pool = Pool(models=models, workers=1, clock=CLOCK)
    async with Queue(postgres.url, CLOCK) as asking, Queue(postgres.url, CLOCK) as working:
        await pool.start()
        hearer = Hearer(pool, languages, kept=tmp_path, results=results, clock=CLOCK)
        worker = asyncio.create_task(working.work(hearer, at_once=1))
        reader = JobReader(NoListener(), kept=tmp_path, defer=asking.defer, results=results, clock=CLOCK)

        async def review(name: str) -> object:
            return await reader.review(
                job_id=name, call_id="c", leg=Leg.CALLER, path=tmp_path / f"{name}-rx.wav", base_ms=0,
                first_index=0, language="", within_s=60.0,
            )  # fmt: skip

        heard, missing = await asyncio.gather(review("fight"), review("gone"))
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await pool.close()
    assert isinstance(heard, tuple)
    assert "打架" in "".join(segment.text for segment in heard)
    assert "cannot be read" in str(missing)


async def test_a_job_is_queued_once_and_goes_back_when_its_worker_died(postgres: LabPostgres) -> None:
    job = ReviewJob(
        job_id="j", call_id="c", leg="caller", path="a.wav", base_ms=0, first_index=0, language=""
    )
    async with Queue(postgres.url, CLOCK) as queue, Queue(postgres.url, CLOCK) as other:
        await queue.defer(job)
        await other.defer(job)
        assert len(list(await queue.app.job_manager.list_jobs_async())) == 1
        worker_id = await queue.app.job_manager.register_worker()
        taken = await queue.app.job_manager.fetch_job(None, worker_id)
        assert taken is not None
        assert await other.rescue(silent_s=60.0) == 0
        assert await other.rescue(silent_s=0.0) == 1
        assert (await other.app.job_manager.fetch_job(None, worker_id)) is not None


async def test_another_database_or_none_is_told_with_the_cure() -> None:
    with pytest.raises(ClusterMissing):
        Queue("sqlite:///x.db", CLOCK)
    with pytest.raises(ClusterMissing, match="cannot be reached"):
        await Queue("postgresql://nobody@127.0.0.1:1/none", CLOCK).open()
