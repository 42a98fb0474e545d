"""`intake110 bench intake`: AMI event to MQTT message, calls a second, and AMI intake alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.testing.bench import reading, rounds
from gateway.testing.bench.measure import Measure, median, p99
from gateway.testing.bench.rig import Rig
from gateway.testing.bench.stream import events_per_call

RATES = (5.0, 20.0)
"""Calls a second: the load that is held, and the peak."""
ROUNDS = 3
"""Of each kind, ours and the bare script in turn; the median of the rounds is told."""
COMMIT_GOAL, RATE_GOAL, READING_GOAL = 3.0, 0.9, 3.0


@dataclass(slots=True)
class Run:
    """What the rounds gave, by side."""

    say: Callable[[str], None]
    next_call: int = 1
    commit: list[float] = field(default_factory=list)
    """p99 of single raw commits, a figure for each look, in ms."""


async def intake(folder: Path, *, seconds: float, say: Callable[[str], None]) -> AsyncIterator[Measure]:
    """`seconds`: length of one round. `say`: what is going on, for a person. Raises Missing, ServiceError."""
    for measure in await asyncio.to_thread(_reading, seconds, say):
        yield measure
    say("starting broker, gateway and bare script")
    async with Rig(folder) as rig:
        run = Run(say)
        await _warm_up(rig, run)
        for rate in RATES:
            yield await _latency(rig, run, folder, rate, seconds)
        yield Measure(name="raw_commit_p99", unit="ms", ours=None, peer=median(run.commit))
        yield await _throughput(rig, run, seconds)


def _reading(seconds: float, say: Callable[[str], None]) -> list[Measure]:
    say("AMI intake alone")
    filtered, whole = reading.chunks(filtered=True), reading.chunks(filtered=False)
    with_filter, without, peer = [], [], []
    for _ in range(ROUNDS):
        with_filter.append(reading.calls_a_second(reading.ours, filtered, seconds=seconds / 5))
        without.append(reading.calls_a_second(reading.ours, whole, seconds=seconds / 5))
        peer.append(reading.calls_a_second(reading.panoramisk, whole, seconds=seconds / 5))
    theirs = median(peer)
    told = f"{events_per_call(filtered=True)} of {events_per_call(filtered=False)} events pass the filter"
    return [
        _at_least("ami_intake", f"calls/s ({told})", median(with_filter), theirs, READING_GOAL, "of panoramisk alone, without the filter"),
        Measure(name="ami_intake_without_filter", unit="calls/s", ours=median(without), peer=theirs, ratio=median(without) / theirs),
        Measure(name="ami_filter_gives", unit="calls/s", ours=median(with_filter), peer=median(without), ratio=median(with_filter) / median(without)),
    ]  # fmt: skip


async def _warm_up(rig: Rig, run: Run) -> None:
    run.say("warming up")
    for side in (rig.ours, rig.bare):
        count, _ = await rounds.steady(side, run.next_call, rate=20.0, seconds=1.0)
        run.next_call += count


async def _latency(rig: Rig, run: Run, folder: Path, rate: float, seconds: float) -> Measure:
    ours: list[float] = []
    bare: list[float] = []
    size = await asyncio.to_thread(rounds.commit_bytes, rig.database)
    with rounds.RawCommits(folder, size) as raw:
        for number in range(ROUNDS):
            for side, found in ((rig.ours, ours), (rig.bare, bare)):
                run.say(f"{rate:g} calls a second, round {number + 1} of {ROUNDS}: {side.name}")
                count, latencies = await rounds.steady(side, run.next_call, rate=rate, seconds=seconds)
                run.next_call += count
                found.append(p99(latencies))
    commit, extra = p99(raw.took_ms), median(ours) - median(bare)
    run.commit.append(commit)
    return Measure(
        name=f"ami_to_mqtt_p99_{rate:g}_calls_a_second", unit="ms", ours=median(ours), peer=median(bare),
        limit=median(bare) + COMMIT_GOAL * commit, ratio=extra / commit,
        goal=f"ours - peer <= {COMMIT_GOAL:g} x p99 of one raw commit of {size} bytes ({commit:.2f} ms)", met=extra <= COMMIT_GOAL * commit,
    )  # fmt: skip


async def _throughput(rig: Rig, run: Run, seconds: float) -> Measure:
    ours: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS):
        for side, found in ((rig.ours, ours), (rig.bare, bare)):
            run.say(f"as many calls as it can, round {number + 1} of {ROUNDS}: {side.name}")
            count, rate = await rounds.flat_out(side, run.next_call, seconds=seconds)
            run.next_call += count
            found.append(rate)
    return _at_least("calls_sustained", "calls/s", median(ours), median(bare), RATE_GOAL, "of the bare script")


def _at_least(name: str, unit: str, ours: float, peer: float, goal: float, of: str) -> Measure:
    return Measure(
        name=name, unit=unit, ours=ours, peer=peer, limit=goal * peer, ratio=ours / peer, goal=f"ratio >= {goal:g} {of}",
        met=ours >= goal * peer,
    )  # fmt: skip
