"""`intake110 bench intake`: AMI intake alone, AMI event to MQTT message, calls a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.testing.bench import reading, rounds
from gateway.testing.bench.measure import Measure, median, p99
from gateway.testing.bench.rig import Rig
from gateway.testing.bench.stream import events_per_call

RATES = (5.0, 20.0)
"""Calls a second: the load that is held, and the peak."""
ROUNDS = 3
"""Of each kind, ours and the bare script in turn; the median of the rounds is told."""
TRIAL_S = 1.0
"""Rounds shorter than this show only that the benchmark runs: there is one of each, without warming up."""
COMMIT_GOAL, RATE_GOAL, READING_GOAL = 3.0, 0.9, 3.0


@dataclass(slots=True)
class Run:
    """Goes through the rounds: no call comes twice."""

    say: Callable[[str], None]
    rounds: int = ROUNDS
    next_call: int = 1


async def intake(folder: Path, *, seconds: float, say: Callable[[str], None]) -> AsyncIterator[Measure]:
    """`seconds`: length of one round. `say`: what is going on, for a person. Raises Missing, ServiceError."""
    run = Run(say, 1 if seconds < TRIAL_S else ROUNDS)
    for measure in await asyncio.to_thread(_reading, seconds, run):
        yield measure
    say("starting broker, gateway and bare script")
    async with Rig(folder) as rig:
        if run.rounds > 1:
            await _warm_up(rig, run)
        for rate in RATES:
            for measure in await _at_rate(rig, run, folder, rate, seconds):
                yield measure
        for measure in await _flat_out(rig, run, seconds):
            yield measure


def _reading(seconds: float, run: Run) -> list[Measure]:
    run.say("AMI intake alone")
    filtered, whole = reading.chunks(filtered=True), reading.chunks(filtered=False)
    with_filter, without, peer = [], [], []
    for _ in range(run.rounds):
        with_filter.append(reading.calls_a_second(reading.ours, filtered, seconds=seconds / 5))
        without.append(reading.calls_a_second(reading.ours, whole, seconds=seconds / 5))
        peer.append(reading.calls_a_second(reading.panoramisk, whole, seconds=seconds / 5))
    theirs = median(peer)
    told = f"{events_per_call(filtered=True)} of {events_per_call(filtered=False)} events pass the filter"
    return [
        _at_least(
            "ami_intake",
            f"calls/s ({told})",
            median(with_filter),
            theirs,
            READING_GOAL,
            "of panoramisk alone, without the filter",
        ),
        Measure(
            name="ami_intake_without_filter",
            unit="calls/s",
            ours=median(without),
            peer=theirs,
            ratio=median(without) / theirs,
        ),
        Measure(
            name="ami_filter_gives",
            unit="calls/s",
            ours=median(with_filter),
            peer=median(without),
            ratio=median(with_filter) / median(without),
        ),
    ]


async def _warm_up(rig: Rig, run: Run) -> None:
    run.say("warming up")
    for side in (rig.ours, rig.bare, rig.every):
        run.next_call += (await rounds.steady(side, run.next_call, rate=20.0, seconds=1.0)).calls


async def _at_rate(rig: Rig, run: Run, folder: Path, rate: float, seconds: float) -> list[Measure]:
    ours: list[rounds.Steady] = []
    bare: list[rounds.Steady] = []
    size = await asyncio.to_thread(rounds.commit_bytes, rig.database)
    with rounds.RawCommits(folder, size) as raw:
        for number in range(run.rounds):
            for side, found in ((rig.ours, ours), (rig.bare, bare)):
                run.say(f"{rate:g} calls a second, round {number + 1} of {run.rounds}: {side.name}")
                found.append(await rounds.steady(side, run.next_call, rate=rate, seconds=seconds))
                run.next_call += found[-1].calls
    commit = p99(raw.took_ms)
    our_p99, bare_p99 = median([one.p99_ms for one in ours]), median([one.p99_ms for one in bare])
    our_rate, bare_rate = (
        median([one.calls_a_second for one in ours]),
        median([one.calls_a_second for one in bare]),
    )
    latency = Measure(
        name=f"ami_to_mqtt_p99_at_{rate:g}",
        unit="ms",
        ours=our_p99,
        peer=bare_p99,
        limit=bare_p99 + COMMIT_GOAL * commit,
        ratio=(our_p99 - bare_p99) / commit,
        met=our_p99 - bare_p99 <= COMMIT_GOAL * commit,
        goal=f"ours - peer <= {COMMIT_GOAL:g} x p99 of one raw commit of {size} bytes ({commit:.2f} ms)",
    )
    return [
        latency,
        _at_least(
            f"calls_carried_at_{rate:g}", "calls/s", our_rate, bare_rate, RATE_GOAL, "of the bare script"
        ),
    ]


async def _flat_out(rig: Rig, run: Run, seconds: float) -> list[Measure]:
    """Against a script that makes a message of every event, and against one that tells five moments alone."""
    ours: list[float] = []
    bare: list[float] = []
    every: list[float] = []
    for number in range(run.rounds):
        for side, found in ((rig.ours, ours), (rig.every, every), (rig.bare, bare)):
            run.say(f"as many calls as it can, round {number + 1} of {run.rounds}: {side.name}")
            count, rate = await rounds.flat_out(side, run.next_call, seconds=seconds)
            run.next_call += count
            found.append(rate)
    forwarding, telling = "of a bare script that forwards every event", "of one that tells five moments"
    return [
        _at_least("calls_flat_out", "calls/s", median(ours), median(every), RATE_GOAL, forwarding),
        _at_least("calls_flat_out_five_moments", "calls/s", median(ours), median(bare), RATE_GOAL, telling),
    ]


def _at_least(name: str, unit: str, ours: float, peer: float, goal: float, of: str) -> Measure:
    return Measure(
        name=name,
        unit=unit,
        ours=ours,
        peer=peer,
        limit=goal * peer,
        ratio=ours / peer,
        goal=f"ratio >= {goal:g} {of}",
        met=ours >= goal * peer,
    )
