from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.speech.languages import Languages
from gateway.speech.model import Leg
from gateway.speech.pool import Pool
from gateway.speech.queued import ClusterMissing, Hearer, JobReader, ReviewJob, as_arguments, from_arguments
from gateway.speech.wav import WavError
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import MODULE, pause, say

HEAD = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0"
JOB = ReviewJob(
    job_id="j1", call_id="c1", leg="caller", path="2026/a-rx.wav", base_ms=500, first_index=3, language=""
)


class Results:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[str | None, str | None]] = {}

    async def save(self, job_id: str, payload: str | None, fault: str | None, at: datetime) -> None:
        self.kept[job_id] = (payload, fault)

    async def take(self, job_id: str) -> tuple[str | None, str | None] | None:
        return self.kept.pop(job_id, None)

    async def forget(self, before: datetime) -> None:
        self.kept.clear()


class Local:
    async def fill_gaps(self, **job: object) -> str | None:
        return "local"


class Rig:
    def __init__(self, folder: Path) -> None:
        self.results, self.clock, self.queued = Results(), ManualClock(), list[ReviewJob]()
        self.missing = False
        self.reader = JobReader(
            Local(), kept=folder, defer=self.defer, results=self.results, clock=self.clock
        )
        self.folder = folder

    async def defer(self, job: ReviewJob) -> None:
        if self.missing:
            raise ClusterMissing("no queue")
        self.queued.append(job)

    async def review(self, within_s: float = 60.0) -> object:
        return await self.reader.review(
            job_id="j1", call_id="c1", leg=Leg.CALLER, path=self.folder / "2026/a-rx.wav", base_ms=500,
            first_index=3, language="", within_s=within_s,
        )  # fmt: skip


async def test_a_second_pass_is_queued_once_and_its_result_is_what_a_worker_heard(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    (tmp_path / "2026").mkdir()
    (tmp_path / JOB.path).write_bytes(HEAD + say("有人打架") + pause())
    asked = asyncio.create_task(rig.review())
    await rig.clock.settle()
    assert rig.queued == [JOB]
    (tmp_path / "model").mkdir()
    models = dict.fromkeys(("", "accurate"), tmp_path / "model")
    pool = Pool(models=models, workers=1, clock=SystemClock(), engine=MODULE)
    await pool.start()
    try:
        languages = Languages(model_ids={"": "fake", "accurate": "fake-large"})
        hearer = Hearer(pool, languages, kept=tmp_path, results=rig.results, clock=rig.clock)
        await hearer.hear(JOB)
        with pytest.raises(WavError, match="outside the archive"):
            await hearer.hear(from_arguments(as_arguments(JOB) | {"path": "../secret.wav"}))
    finally:
        await pool.close()
    await rig.clock.advance(3.0)
    (segment,) = await asked
    assert (segment.text, segment.index, segment.started_ms) == ("有人打架", 3, 500)
    assert segment.model_id == "fake-large"


async def test_a_result_that_is_there_already_is_taken_without_a_job(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.results.kept["j1"] = ("[]", None)
    assert await rig.review() == ()
    assert rig.queued == []


async def test_a_fault_of_the_last_try_is_the_answer(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    hearer = Hearer(
        Pool(models={"": tmp_path}, workers=1, clock=rig.clock, engine=MODULE),
        Languages(model_ids={"": "fake"}), kept=tmp_path, results=rig.results, clock=rig.clock,
    )  # fmt: skip
    await hearer.give_up(JOB, "not a WAV file")
    assert await rig.review() == "not a WAV file"


async def test_without_a_worker_the_wait_ends_and_says_what_to_look_at(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    asked = asyncio.create_task(rig.review(within_s=10.0))
    await rig.clock.advance(11.0)
    assert "is `intake110 work` running?" in str(await asked)


async def test_while_there_is_no_queue_no_try_is_spent(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.missing = True
    assert str(await rig.review()).endswith("ask again later")


async def test_gaps_are_filled_by_the_own_listener_as_before(tmp_path: Path) -> None:
    assert await Rig(tmp_path).reader.fill_gaps() == "local"
