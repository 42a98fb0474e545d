import asyncio
import itertools

from gateway.runtime.supervise import Tasks, attempt, supervise
from gateway.testing.clock import ManualClock


async def test_a_failing_part_starts_again_after_a_pause_that_grows() -> None:
    clock, starts = ManualClock(), []

    async def part() -> None:
        starts.append(clock.monotonic())
        if len(starts) < 4:
            raise OSError("gone")

    running = asyncio.ensure_future(supervise("part", part, clock))
    await clock.advance(60)
    await running
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(starts) == 4
    assert 0.1 <= gaps[0] <= 0.2
    assert 0.4 <= gaps[2] <= 0.8


async def test_a_part_that_returns_is_done() -> None:
    async def part() -> None:
        return

    await supervise("part", part, ManualClock())


async def test_cancelling_ends_supervision() -> None:
    clock = ManualClock()

    async def part() -> None:
        await clock.sleep(1000)

    running = asyncio.ensure_future(supervise("part", part, clock))
    await clock.settle()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()


async def test_failure_is_a_value() -> None:
    async def fails() -> int:
        raise ValueError("no")

    async def works() -> int:
        return 3

    assert isinstance(await attempt(fails()), ValueError)
    assert await attempt(works()) == 3


async def test_background_work_beyond_the_limit_waits_its_turn() -> None:
    tasks, gate, running = Tasks(limit=2), asyncio.Event(), []

    async def work(number: int) -> None:
        running.append(number)
        await gate.wait()

    for number in range(3):
        tasks.start("work", work(number))
    await ManualClock().settle()
    assert running == [0, 1]
    gate.set()
    await ManualClock().settle()
    assert running == [0, 1, 2]
    await tasks.close()
