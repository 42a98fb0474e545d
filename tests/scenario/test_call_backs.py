"""Abandoned calls through the whole gateway: the clock, a restart, the caller who rings again, a flood."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.linked import CallSuspected
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallQueued, CallSeized, PartyJoined
from gateway.calls.task import TaskOutcome
from gateway.calls.tasked import ClaimTask, ResolveTask
from gateway.calls.together import FloodKind, Suspicion
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Refused
from gateway.testing.whole import PBX, SITE, Whole

NUMBER = "13800138000"
WITHIN_S = 60


async def started(gateways: list[Whole], before: Whole | None = None) -> Whole:
    """`before`: the one that died; store and broker outlive it."""
    more = {name: getattr(before, name) for name in ("store", "broker", "clock")} if before else {}
    made = Whole(**more, call_back_within=timedelta(seconds=WITHIN_S))
    gateways.append(made)
    await made.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


def name(n: int) -> CallId:
    return CallId(f"{SITE}-{PBX}-1767600000.{n}")


async def rings(gateway: Whole, n: int, number: str | None = NUMBER) -> None:
    at: dict[str, Any] = {"call_id": name(n), "at": gateway.clock.now()}
    uniqueid = f"1767600000.{n}"
    await gateway.give(
        CallSeized(**at, site=SITE, pbx=PBX, uniqueid=uniqueid, linkedid=uniqueid, line=f"PJSIP/t-{n}"),
        *([CallerIdentified(**at, ani=number, ani_source="PAI")] if number else []),
        CallQueued(**at, queue="q110"),
    )


async def is_answered(gateway: Whole, n: int) -> None:
    at: dict[str, Any] = {"call_id": name(n), "at": gateway.clock.now()}
    await gateway.give(PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line=f"PJSIP/1101-{n}"))
    await gateway.settle()


async def hangs_up(gateway: Whole, n: int) -> None:
    await gateway.give(CallEnded(call_id=name(n), at=gateway.clock.now()))
    await gateway.settle()


async def session(gateway: Whole, n: int) -> CallSession:
    found = await gateway.house.intake.call(name(n))
    assert found is not None
    return found


def listed(gateway: Whole) -> list[str]:
    return [call.call_id for call in gateway.house.call_backs.waiting()]


def steps(gateway: Whole) -> list[str]:
    return [told["step"] for told in gateway.events("CallBackTaskChange")]


async def test_an_abandoned_call_waits_to_be_rung_back_is_told_once_when_late_and_closed_by_a_person(
    gateways: list[Whole], gateway: Whole
) -> None:
    await rings(gateway, 1)
    await gateway.pass_time(8)
    await hangs_up(gateway, 1)
    await rings(gateway, 2, None)
    await hangs_up(gateway, 2)
    assert listed(gateway) == [name(1), name(2)]
    await gateway.crash()
    gateway = await started(gateways, gateway)
    assert listed(gateway) == [name(1), name(2)]
    await gateway.pass_time(WITHIN_S + 2)
    assert steps(gateway) == ["opened", "opened", "overdue", "overdue"]
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await gateway.pass_time(WITHIN_S + 2)
    assert steps(gateway).count("overdue") == 2
    at: dict[str, Any] = {"call_id": name(1), "at": gateway.clock.now()}
    assert isinstance(await gateway.ask(ClaimTask(**at, request_id="a", actor="wang")), Accepted)
    taken = await gateway.ask(ClaimTask(**at, request_id="b", actor="li"))
    assert isinstance(taken, Refused)
    assert (taken.code, taken.text) == ("task_claimed", "wang")
    done = ResolveTask(**at, request_id="c", actor="wang", outcome=TaskOutcome.REACHED_SAFE)
    assert asdict(await gateway.ask(done)) == asdict(await gateway.ask(done))
    await gateway.settle()
    assert listed(gateway) == [name(2)]
    assert gateway.events("CallBackTaskChange")[-1]["outcome"] == "reached_safe"
    assert (await session(gateway, 1)).closed


@pytest.mark.parametrize(
    ("outcome", "open_still"),
    [
        (TaskOutcome.REACHED_SAFE, False), (TaskOutcome.REACHED_EMERGENCY, False),
        (TaskOutcome.UNREACHABLE, False), (TaskOutcome.NO_ANSWER, True),
    ],
)  # fmt: skip
async def test_what_a_call_back_came_to_is_a_persons_word_and_outlives_a_restart(
    gateways: list[Whole], gateway: Whole, outcome: TaskOutcome, open_still: bool
) -> None:
    """Not answered once is a try; the task goes on."""
    await rings(gateway, 1)
    await hangs_up(gateway, 1)
    at: dict[str, Any] = {"call_id": name(1), "at": gateway.clock.now(), "actor": "wang"}
    assert isinstance(await gateway.ask(ResolveTask(**at, request_id="r", outcome=outcome)), Accepted)
    await gateway.settle()
    await gateway.crash()
    after = await started(gateways, gateway)
    task = (await session(after, 1)).task
    assert task is not None
    assert task.open is open_still
    assert task.outcome == (None if open_still else outcome)
    assert (await session(after, 1)).disposition is None


async def test_a_caller_who_rings_again_and_is_answered_needs_no_call_back(gateway: Whole) -> None:
    await rings(gateway, 1)
    await hangs_up(gateway, 1)
    await rings(gateway, 2, "13900139000")
    await hangs_up(gateway, 2)
    await gateway.pass_time(5)
    await rings(gateway, 3)
    assert listed(gateway) == [name(1), name(2)]
    await is_answered(gateway, 3)
    assert listed(gateway) == [name(2)]
    task = (await session(gateway, 1)).task
    assert task is not None
    assert (task.outcome, task.merged_into) == (TaskOutcome.MERGED, name(3))


async def test_a_gateway_that_dies_as_the_caller_is_answered_again_closes_the_task_after_its_start(
    gateways: list[Whole], gateway: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rings(gateway, 1)
    await hangs_up(gateway, 1)
    monkeypatch.setattr(gateway.house.call_backs, "committed", lambda changes: None)
    await gateway.pass_time(5)
    await rings(gateway, 2)
    await is_answered(gateway, 2)
    assert listed(gateway) == [name(1)]
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await gateway.settle()
    assert listed(gateway) == []


async def test_calls_of_a_flood_are_counted_in_one_figure_and_fill_no_list(
    gateways: list[Whole], gateway: Whole
) -> None:
    for n in range(1, 6):
        await rings(gateway, n)
        suspicion = Suspicion(kind=FloodKind.ONE_RING, key=NUMBER, calls=6, at=gateway.clock.now())
        await gateway.give(CallSuspected(call_id=name(n), at=gateway.clock.now(), suspicion=suspicion))
        await hangs_up(gateway, n)
    assert (listed(gateway), gateway.house.hall.aside) == ([], 5)
    assert gateway.house.intake.book.get(("call", name(1))) is None
    await gateway.crash()
    gateway = await started(gateways, gateway)
    assert gateway.house.hall.aside == 5
    await gateway.pass_time(25 * 3600)
    await rings(gateway, 6)
    await gateway.give(CallSuspected(call_id=name(6), at=gateway.clock.now(), suspicion=suspicion))
    await hangs_up(gateway, 6)
    assert gateway.house.hall.aside == 1
