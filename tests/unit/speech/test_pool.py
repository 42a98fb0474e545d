"""The pool with real processes and a recognizer whose text is its sound."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.clock import Clock, SystemClock
from gateway.speech.pool import HEARD_WITHIN_S, Pool
from gateway.speech.recognizer import Final, Partial, RecognizerError, joined
from gateway.speech.spool import Sound
from gateway.speech.track import AFTERWARDS, BEHIND_MS, LIVE_CALLER, SET_ASIDE_MS, Track
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import ABORT, HANG, MODULE, pause, say

SENTENCES = ("中山路二号", "有人打架", "快来人", "他有刀", "我在三楼")


class Heard:
    """What became of one track."""

    def __init__(
        self, sound: Sound, *, base_ms: int = 0, urgency: int = 0, resume: int = 0, whole: bool = False
    ) -> None:
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.partials: list[str] = []
        self.behind: list[bool] = []
        self.models: list[str] = []
        self.chosen: list[str] = []
        self.done = asyncio.Event()
        self.track = Track(
            name="t",
            sound=sound,
            base_ms=base_ms,
            urgency=urgency,
            resume=resume,
            whole=whole,
            on_final=self._final,
            on_partial=self._partial,
            on_done=self.done.set,
            on_behind=self.behind.append,
            on_model=self.chosen.append,
        )

    def _final(self, final: Final, resume: int) -> None:
        assert resume % 2 == 0
        if final.words:
            self.texts.append(joined(final.words))
            self.starts.append(final.words[0].started_ms)
            self.models.append(final.model)

    def _partial(self, partial: Partial) -> None:
        self.partials.append(partial.text)

    async def finished(self) -> list[str]:
        async with asyncio.timeout(30):
            await self.done.wait()
        return self.texts


def sentences(mischief: int | None = None, *, before: int = 2) -> bytes:
    parts = [say(text) + pause() for text in SENTENCES]
    if mischief is not None:
        parts.insert(before, say(chr(mischief)))
    return b"".join(parts)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    return tmp_path / "model"


@pytest.fixture
async def pools(model: Path) -> AsyncIterator[list[Pool]]:
    made: list[Pool] = []
    yield made
    for pool in made:
        await pool.close()


async def started(made: list[Pool], model: Path, clock: Clock | None = None, workers: int = 1) -> Pool:
    made.append(Pool(models={"": model}, workers=workers, clock=clock or SystemClock(), engine=MODULE))
    await made[-1].start()
    return made[-1]


async def test_live_sound_becomes_partial_text_and_segments_at_their_times(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    heard = Heard(Sound.of(b""), base_ms=5000)
    pool.add(heard.track)
    for at in range(0, len(sentences()), 1600):
        heard.track.sound.append(sentences()[at : at + 1600])
        pool.pump(heard.track)
    pool.finish(heard.track)
    assert await heard.finished() == list(SENTENCES)
    assert heard.starts[:2] == [5000, 5000 + 500 + 600]
    assert "中山路" in heard.partials


async def test_worker_that_aborts_is_replaced_and_no_word_is_lost_or_doubled(
    pools: list[Pool], model: Path
) -> None:
    (model / "once").touch()
    pool = await started(pools, model)
    heard, other = Heard(Sound.of(sentences(ABORT)), whole=True), Heard(Sound.of(sentences()), whole=True)
    pool.add(heard.track)
    pool.add(other.track)
    assert [t.strip("\x07") for t in await heard.finished()] == list(SENTENCES)
    assert await other.finished() == list(SENTENCES)


async def test_worker_killed_from_outside_is_replaced_too(pools: list[Pool], model: Path) -> None:
    pool = await started(pools, model, workers=2)
    legs = [Heard(Sound.of(sentences() * 3)) for _ in range(4)]
    for leg in legs:
        pool.add(leg.track)
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    for leg in legs:
        pool.finish(leg.track)
    assert [await leg.finished() for leg in legs] == [list(SENTENCES) * 3] * 4


async def test_sound_that_always_ends_recognizers_is_left_out_and_the_leg_goes_on(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    heard = Heard(Sound.of(sentences(ABORT, before=5)[:-2]), whole=True)
    pool.add(heard.track)
    assert await heard.finished() == list(SENTENCES)
    assert len(heard.track.muted) == 1


async def test_stuck_worker_is_killed_and_its_legs_go_on(pools: list[Pool], model: Path) -> None:
    (model / "once").touch()
    clock = ManualClock()
    pool = await started(pools, model, clock)
    heard = Heard(Sound.of(sentences(HANG)), whole=True)
    pool.add(heard.track)
    async with asyncio.timeout(30):
        while not (model / "spent").exists():
            await clock.settle()
        (stuck,) = pool.pids
        await clock.advance(HEARD_WITHIN_S + 2)
        while pool.pids in ((), (stuck,)):
            await clock.advance(0.1)
    await heard.finished()
    assert [t.strip("\x08") for t in heard.texts] == list(SENTENCES)


async def test_caller_is_heard_before_desk_and_desk_before_what_comes_afterwards(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    order: list[int] = []
    legs = [Heard(Sound.of(sentences()), urgency=urgency) for urgency in (2, 1, 0)]
    pool.paused = True
    for leg in legs:
        pool.add(leg.track)
        leg.track.on_done = lambda leg=leg: (order.append(leg.track.urgency), leg.done.set())[1]  # type: ignore[misc]
        pool.finish(leg.track)
    pool.paused = False
    pool.pump()
    for leg in legs:
        await leg.finished()
    assert order == [0, 1, 2]


async def test_leg_that_waits_for_the_recognizer_says_so_and_says_when_it_caught_up(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    heard = Heard(Sound.of(b""))
    pool.add(heard.track)
    pool.paused = True
    heard.track.sound.append(pause(BEHIND_MS + 100))
    pool.pump(heard.track)
    assert heard.behind == [True]
    pool.paused = False
    pool.finish(heard.track)
    await heard.finished()
    assert heard.behind == [True, False]


async def test_call_takers_leg_far_behind_is_set_aside_for_callers_and_heard_afterwards(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    desk, caller = Heard(Sound.of(b""), urgency=1), Heard(Sound.of(b""), urgency=0)
    order: list[str] = []
    for name, leg in (("desk", desk), ("caller", caller)):
        leg.track.on_done = lambda name=name, leg=leg: (order.append(name), leg.done.set())[1]  # type: ignore[misc]
        pool.add(leg.track)
    pool.paused = True
    for leg in (desk, caller):
        leg.track.sound.append(sentences() + pause(SET_ASIDE_MS))
        pool.pump(leg.track)
    assert (desk.track.aside, caller.track.aside) == (True, False)
    assert (desk.track.rank, caller.track.rank) == (AFTERWARDS, LIVE_CALLER)
    pool.paused = False
    pool.finish(desk.track)
    pool.finish(caller.track)
    assert await desk.finished() == await caller.finished() == list(SENTENCES)
    assert order == ["caller", "desk"]
    assert not desk.track.aside


@pytest.fixture
async def two_tongues(pools: list[Pool], model: Path, tmp_path: Path) -> Pool:
    """The default model knows SENTENCES' letters, "en" the Latin ones."""
    (model / "letters").write_text("".join(SENTENCES))
    english = tmp_path / "en"
    english.mkdir()
    (english / "letters").write_text("abcdefghijklmnopqrstuvwxyz")
    pools.append(Pool(models={"": model, "en": english}, workers=1, clock=SystemClock(), engine=MODULE))
    await pools[-1].start()
    return pools[-1]


async def test_leg_is_heard_with_the_model_it_names(two_tongues: Pool) -> None:
    heard = Heard(Sound.of(say("fire") + pause() + say("help")), whole=True)
    heard.track.hear_with(("en",))
    two_tongues.add(heard.track)
    assert await heard.finished() == ["f i r e", "h e l p"]
    assert heard.models == ["en", "en"]


@pytest.mark.parametrize(("spoken", "key"), [("thereisafire", "en"), ("中山路二号有人打架快来人", "")])
async def test_language_is_found_by_listening_and_nothing_of_the_other_is_told(
    two_tongues: Pool, spoken: str, key: str
) -> None:
    sound = (say(spoken) + pause()) * 3
    heard = Heard(Sound.of(sound), whole=True)
    heard.track.hear_with(("", "en"))
    two_tongues.add(heard.track)
    assert await heard.finished() == [" ".join(spoken) if key else spoken] * 3
    assert heard.models == [key] * 3
    assert heard.chosen == [key]
    assert heard.track.choose == ()


async def test_language_that_is_changed_in_the_middle_counts_from_there(two_tongues: Pool) -> None:
    heard = Heard(Sound.of(b""))
    two_tongues.add(heard.track)
    heard.track.sound.append(say("有人打架"))
    two_tongues.pump(heard.track)
    two_tongues.hear_with(heard.track, "en")
    heard.track.sound.append(say("fire"))
    two_tongues.finish(heard.track)
    assert await heard.finished() == ["有人打架", "f i r e"]
    assert heard.models == ["", "en"]
    assert heard.starts == [0, 400]


async def test_worker_that_dies_while_languages_are_weighed_costs_no_word(
    two_tongues: Pool, model: Path
) -> None:
    (model / "once").touch()
    sound = say("fire") + pause() + say("a" + chr(ABORT) + "b") + pause() + say("thehouseburns" * 2)
    heard = Heard(Sound.of(sound), whole=True)
    heard.track.hear_with(("", "en"))
    two_tongues.add(heard.track)
    texts = await heard.finished()
    assert texts[0] == "f i r e"
    assert texts[2].replace(" ", "") == "thehouseburns" * 2
    assert set(heard.models) == {"en"}


async def test_model_that_cannot_be_loaded_is_told_before_any_leg(tmp_path: Path) -> None:
    pool = Pool(models={"": tmp_path / "none"}, workers=1, clock=SystemClock(), engine=MODULE)
    with pytest.raises(RecognizerError, match="no such model"):
        await pool.start()
    await pool.close()


async def test_further_models_that_cannot_be_loaded_or_kill_are_left_out_and_the_default_hears(
    pools: list[Pool], model: Path, tmp_path: Path
) -> None:
    (tmp_path / "deadly").mkdir()
    (tmp_path / "deadly" / "deadly").touch()
    models = {"": model, "en": tmp_path / "deadly", "fr": tmp_path / "none", "accurate": model}
    pool = Pool(models=models, workers=1, clock=SystemClock(), engine=MODULE)
    pools.append(pool)
    await pool.start()
    assert {*pool.left_out} == {"en", "fr"}
    assert str(tmp_path / "none") in pool.left_out["fr"]
    for key in ("", "accurate"):
        heard = Heard(Sound.of(say("救命")), whole=True)
        heard.track.hear_with((key,))
        pool.add(heard.track)
        assert await heard.finished() == ["救命"]


def loader_of(pid: int) -> int:
    """The process that this worker was forked from."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_process_that_holds_the_models_may_die_and_every_leg_goes_on(
    pools: list[Pool], model: Path
) -> None:
    pool = await started(pools, model)
    heard = Heard(Sound.of(sentences()), whole=True)
    (worker,) = pool.pids
    os.kill(loader_of(worker), signal.SIGKILL)
    pool.add(heard.track)
    assert await heard.finished() == list(SENTENCES)
    assert pool.pids == (worker,)
    os.kill(worker, signal.SIGKILL)
    after = Heard(Sound.of(sentences()), whole=True)
    pool.add(after.track)
    assert await after.finished() == list(SENTENCES)


async def test_killed_listener_leaves_no_recognizer_behind_not_even_one_that_hangs(model: Path) -> None:
    script = f"""
import asyncio
from pathlib import Path
from gateway.clock import SystemClock
from gateway.speech.pool import Pool
from gateway.speech.spool import Sound
from gateway.speech.track import Track
from gateway.testing.fake_recognizer import MODULE, say

async def main():
    pool = Pool(models={{"": Path({str(model)!r})}}, workers=2, clock=SystemClock(), engine=MODULE)
    await pool.start()
    while pool.workers < 2:
        await asyncio.sleep(0.01)
    print(*pool.pids, flush=True)
    ignore = lambda *_: None
    pool.add(Track(name="t", sound=Sound.of(say(chr({HANG}))), base_ms=0, urgency=0, whole=True,
                   on_final=ignore, on_partial=ignore, on_done=ignore, on_behind=ignore))
    await asyncio.Event().wait()

asyncio.run(main())
"""
    listener = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    assert listener.stdout is not None
    workers = [int(pid) for pid in (await listener.stdout.readline()).split()]
    ends = [os.pidfd_open(pid) for pid in (*workers, loader_of(workers[0]))]
    listener.kill()
    await listener.wait()
    for end in ends:
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(end, ended.set)
        async with asyncio.timeout(20):
            await ended.wait()
        asyncio.get_running_loop().remove_reader(end)
        os.close(end)


async def test_workers_end_with_their_pool(pools: list[Pool], model: Path) -> None:
    pool = await started(pools, model)
    (pid,) = pool.pids
    await pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
