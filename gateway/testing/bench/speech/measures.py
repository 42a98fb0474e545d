"""The rounds and what is told of them.

The sides take turns in short rounds on the same legs, so that what else the machine does hits all of them; a
ratio is the median of the rounds' ratios. Legs a core: seconds of sound for a second of processor time of
the side's own processes. `speech_legs_…`: bare speech from end to end, given as fast as the side takes it.
`speech_conversation_…`: legs that are silent half of the time, as a real one is while the other side speaks.
`speech_paced_…`: bare speech at its own pace, where each side pays for its wake-ups too; legs are short, so
what a leg's beginning and end cost counts for more than on a call. First partial text: legs spoken at their
own pace; a leg's time is counted from when the end of its first word was sent.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from itertools import cycle, islice
from pathlib import Path

from gateway.testing.bench.measure import Measure, median
from gateway.testing.bench.speech.clips import AT_ONCE, Clip, Due, Job, clips, with_pauses
from gateway.testing.bench.speech.sides import BenchError, Ours, Raw, Round, Side, VoskServer, pss_mb
from gateway.testing.lab.cache import Cache

ROUNDS = 5
TRIAL_S = 1.0
"""Rounds shorter than this show only that the benchmark runs: there is one of each, without warming up, and
paced sides share it."""
TRIAL_CLIPS = 3
"""The shortest; legs at their own pace speak these alone in a trial."""
AUDIO_A_SECOND = 60
"""Sound of a round, for each second that a round shall last: about what two cores hear."""
PAUSED_ROUNDS = 3
PACED_LEGS = (5, 10, 20)
PACED_ROUNDS = 3
SERVER_GOAL, RAW_GOAL, FIRST_GOAL_MS, MEMORY_GOAL = 1.3, 0.95, 600.0, 1.1
MEMORY_LEGS, MEMORY_FROM = 1000, 0.1
Found = dict[str, list[Round]]


async def speech(
    folder: Path, model: Path, *, seconds: float, say: Callable[[str], None]
) -> AsyncIterator[Measure]:
    """`seconds`: about the length of a round. Raises BenchError, ServiceError, ModelError."""
    say("making the voices")
    said = await clips(folder, model, Cache())
    if not said:
        raise BenchError(f"{model} hears nothing in the invented voices; give a Mandarin model")
    ours = Ours(model, folder)
    sides: list[Side] = [ours, VoskServer(model), Raw(model, "threads"), Raw(model, "forks")]
    try:
        for side in sides:
            say(f"starting {side.name}")
            await side.start()
        trial = seconds < TRIAL_S
        if not trial:
            await _flat_out(sides, said, seconds=0.3, rounds=1, say=say)
        found = await _flat_out(sides, said, seconds=seconds, rounds=1 if trial else ROUNDS, say=say)
        for measure in _throughput(found):
            yield measure
        yield _same_words(found, said)
        say("as legs of a conversation")
        paused = with_pauses(said, folder)
        found = await _flat_out(sides, paused, seconds=seconds, rounds=1 if trial else PAUSED_ROUNDS, say=say)
        for measure in _in_conversation(found):
            yield measure
        paced = sorted(said, key=lambda clip: clip.seconds)[:TRIAL_CLIPS] if trial else said
        for legs in PACED_LEGS:
            found = await _paced(sides[:3], paced, legs, seconds, say)
            for measure in _first_partial(found, legs):
                yield measure
        for measure in _at_their_own_pace(found):
            yield measure
        yield await _memory(ours, said, seconds, say)
    finally:
        await asyncio.gather(*(side.close() for side in sides))


# ---- as fast as they can


def _job(said: list[Clip], seconds: float) -> Job:
    due: list[Due] = []
    left = seconds * AUDIO_A_SECOND
    for clip in cycle(said):
        if left <= 0 and len(due) >= AT_ONCE:
            break
        due.append(Due(at_s=0.0, clip=clip))
        left -= clip.seconds
    return Job(due=due, paced=False, at_once=AT_ONCE)


async def _flat_out(
    sides: list[Side], said: list[Clip], *, seconds: float, rounds: int, say: Callable[[str], None]
) -> Found:
    found: Found = defaultdict(list)
    job = _job(said, seconds)
    for number in range(rounds):
        for side in sides:
            say(f"as fast as it can, round {number + 1} of {rounds}: {side.name}")
            found[side.name].append(await side.run(job))
    return found


def _throughput(found: Found) -> list[Measure]:
    raw, server, bare = _best_raw(found), "vosk-server", "real-time legs a core, speech without a pause"
    return [
        _ratio(
            "speech_legs_a_core",
            bare,
            found,
            server,
            _a_core,
            SERVER_GOAL,
            "of vosk-server",
        ),
        _ratio(
            "speech_legs_a_core_of_raw",
            bare,
            found,
            raw,
            _a_core,
            RAW_GOAL,
            f"of {raw}",
        ),
        _ratio("speech_legs_wall", "real-time legs, this machine, senders too", found, server, _wall),
        _ratio("speech_legs_wall_of_raw", f"real-time legs, this machine; peer: {raw}", found, raw, _wall),
    ]


def _in_conversation(found: Found) -> list[Measure]:
    """What one core holds of real legs, where each side is silent while the other speaks."""
    unit, raw = "real-time legs a core, half of each silent", _best_raw(found)
    return [
        _ratio(
            "speech_conversation_legs_a_core",
            unit,
            found,
            "vosk-server",
            _a_core,
            SERVER_GOAL,
            "of vosk-server",
        ),
        _ratio("speech_conversation_legs_a_core_of_raw", unit, found, raw, _a_core, RAW_GOAL, f"of {raw}"),
    ]


def _best_raw(found: Found) -> str:
    return max((name for name in found if "libvosk" in name), key=lambda name: median(_a_core(found[name])))


def _a_core(rounds: list[Round]) -> list[float]:
    return [one.audio_s / max(one.cpu_s, 0.01) for one in rounds]


def _wall(rounds: list[Round]) -> list[float]:
    return [one.audio_s / one.wall_s for one in rounds]


def _ratio(
    name: str,
    unit: str,
    found: Found,
    peer: str,
    figure: Callable[[list[Round]], list[float]],
    goal: float | None = None,
    of: str = "",
) -> Measure:
    ours, theirs = figure(found["ours"]), figure(found[peer])
    ratio = median([mine / other for mine, other in zip(ours, theirs, strict=True)])
    return Measure(
        name=name,
        unit=unit,
        ours=median(ours),
        peer=median(theirs),
        limit=None if goal is None else goal * median(theirs),
        ratio=ratio,
        goal=None if goal is None else f"ratio >= {goal:g} {of}",
        met=goal is None or ratio >= goal,
    )


def _same_words(found: Found, said: list[Clip]) -> Measure:
    """Of the legs of all rounds: in how many our words, and every peer's, are those of the model."""
    texts = [clip.text for clip in islice(cycle(said), len(found["ours"][0].texts))]

    def share(names: list[str]) -> float:
        right = [
            heard == text
            for name in names
            for one in found[name]
            for heard, text in zip(one.texts, texts, strict=True)
        ]
        return sum(right) / len(right)

    ours, peers = share(["ours"]), share([name for name in found if name != "ours"])
    return Measure(
        name="speech_same_words",
        unit="share of legs",
        ours=ours,
        peer=peers,
        limit=1.0,
        ratio=ours,
        goal="every leg's words are the same on all sides",
        met=ours == peers == 1.0,
    )


# ---- at their own pace


async def _paced(
    sides: list[Side], said: list[Clip], legs: int, seconds: float, say: Callable[[str], None]
) -> Found:
    """`legs` at the same time, each place taken by the next leg when one ends; beginnings are spread out."""
    due = []
    for place in range(legs):
        at, number = place * 0.237 % 1.0, place
        while at < max(seconds, 1.0):
            due.append(Due(at_s=at, clip=said[number % len(said)]))
            at, number = at + due[-1].clip.seconds, number + legs
    job = Job(due=sorted(due, key=lambda one: one.at_s), paced=True, at_once=legs)
    found: Found = defaultdict(list)
    if seconds < TRIAL_S:
        say(f"{legs} legs at their own pace, all sides at the same time: a trial, no measurement")
        for side, told in zip(sides, await asyncio.gather(*(side.run(job) for side in sides)), strict=True):
            found[side.name].append(told)
    for number in range(PACED_ROUNDS if seconds >= TRIAL_S else 0):
        for side in sides:
            say(f"{legs} legs at their own pace, round {number + 1} of {PACED_ROUNDS}: {side.name}")
            found[side.name].append(await side.run(job))
    return found


def _first_partial(found: Found, legs: int) -> list[Measure]:
    ours, server = ([ms for one in found[name] for ms in one.first_ms] for name in ("ours", "vosk-server"))
    if not ours or not server:
        raise BenchError("no partial text came")
    p95 = share_below(ours, 0.95)
    unit = "ms from the end of the first word to its text"
    limit = FIRST_GOAL_MS if legs == max(PACED_LEGS) else None
    return [
        Measure(
            name=f"speech_first_partial_p50_at_{legs}",
            unit=unit,
            ours=median(ours),
            peer=median(server),
        ),
        Measure(
            name=f"speech_first_partial_p95_at_{legs}",
            unit=unit,
            ours=p95,
            peer=share_below(server, 0.95),
            limit=limit,
            goal=None if limit is None else f"<= {limit:g} ms",
            met=limit is None or p95 <= limit,
        ),
    ]


def _at_their_own_pace(found: Found) -> list[Measure]:
    unit, raw = "real-time legs a core, spoken at their own pace", _best_raw(found)
    return [
        _ratio("speech_paced_legs_a_core", unit, found, "vosk-server", _a_core),
        _ratio("speech_paced_legs_a_core_of_raw", unit, found, raw, _a_core),
    ]


def share_below(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


# ---- memory


async def _memory(ours: Ours, said: list[Clip], seconds: float, say: Callable[[str], None]) -> Measure:
    """Listener, loader and recognizers together, after a tenth of the legs and after all."""
    legs = min(MEMORY_LEGS, max(2 * round(1 / MEMORY_FROM), round(seconds * 200)))
    short = min(said, key=lambda clip: clip.seconds)
    sizes = []
    part = Job(due=[Due(at_s=0.0, clip=short)] * round(legs * MEMORY_FROM), paced=False, at_once=2 * AT_ONCE)
    for number in range(round(1 / MEMORY_FROM)):
        say(f"memory: legs {number * len(part.due)} to {(number + 1) * len(part.due)} of {legs}")
        await ours.run(part)
        sizes.append(pss_mb(ours.pid))
    early, late = sizes[0], sizes[-1]
    return Measure(
        name=f"speech_memory_at_leg_{legs}",
        unit=f"MB; peer: ours at leg {round(legs * MEMORY_FROM)}",
        ours=late,
        peer=early,
        limit=MEMORY_GOAL * early,
        ratio=late / early,
        goal=f"ratio <= {MEMORY_GOAL:g}",
        met=late <= MEMORY_GOAL * early,
    )
