"""A pause is sent once; whatever happens, somebody is told."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.calls.effects import PauseMember
from gateway.runtime.pausing import UNKNOWN, Pausing
from gateway.testing.clock import ManualClock

PAUSE = PauseMember(pbx="main", agent="1101", paused=True, reason="meal", order="r1")


class Queue:
    def __init__(self, answer: str | None = None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bool, str]] = []

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        self.asked.append((agent, paused, reason))
        return self.answer


def pausing(queue: Queue) -> Pausing:
    return Pausing(pbxs={"main": queue}, clock=ManualClock(datetime(2026, 1, 5, tzinfo=UTC)))


async def test_what_the_pbx_says_is_the_answer() -> None:
    queue = Queue()
    [answered] = await pausing(queue).pause(PAUSE)
    assert (answered.order, answered.fault, queue.asked) == ("r1", None, [("1101", True, "meal")])
    [refused] = await pausing(Queue("Interface not found")).pause(PAUSE)
    assert refused.fault == "Interface not found"


async def test_after_a_restart_it_is_unknown_and_not_sent_again() -> None:
    queue = Queue()
    [answered] = await pausing(queue).unknown(PAUSE)
    assert (answered.fault, queue.asked) == (UNKNOWN, [])


async def test_a_pbx_that_is_configured_no_more_and_a_fault_are_told() -> None:
    [answered] = await Pausing(pbxs={}, clock=ManualClock(datetime(2026, 1, 5, tzinfo=UTC))).pause(PAUSE)
    assert answered.fault == "no PBX main is configured"
    [failed] = pausing(Queue()).failed(PAUSE, TimeoutError())
    assert failed.fault == "TimeoutError"
