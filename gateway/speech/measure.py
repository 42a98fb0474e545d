"""How many legs this machine hears, and how soon: the pool alone, as fast as it can or in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.pool import CHUNK_BYTES, Pool, Track
from gateway.speech.recognizer import Final, Partial
from gateway.speech.spool import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """`legs`: how many legs in real time the machine would hold at this speed (seconds of sound a second)."""

    legs: float
    seconds_of_sound: float
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Milliseconds from the end of an utterance's last word to its segment, from a leg's first word's
    beginning to its first partial text; sorted, one a final or a leg. `lag_ms`: the worst that a leg's
    sound waited."""

    final_ms: Sequence[int]
    partial_ms: Sequence[int]
    lag_ms: int


async def speed(sound: bytes, *, legs: int, model: Path, workers: int, clock: Clock) -> Speed:
    """`legs` times the same sound, as fast as the workers hear it (start-up not counted)."""
    pool = Pool(model=model, workers=workers, clock=clock)
    await pool.start()
    try:
        while pool.workers < workers:
            await clock.sleep(0.05)
        done = [asyncio.Event() for _ in range(legs)]
        began = clock.monotonic()
        for event in done:
            pool.add(_track(Sound.of(sound), _Timing(), clock, began, whole=True, done=event))
        for event in done:
            await event.wait()
        took = clock.monotonic() - began
    finally:
        await pool.close()
    seconds = legs * len(sound) / BYTES_PER_MS / 1000
    return Speed(legs=seconds / took, seconds_of_sound=seconds, took_s=took)


@dataclass(slots=True)
class _Timing:
    final_ms: list[int] = field(default_factory=list)
    first_partial_ms: int | None = None
    first_word_ms: int | None = None


def _track(
    sound: Sound, timing: _Timing, clock: Clock, began: float, *, whole: bool, done: asyncio.Event
) -> Track:
    def now_ms() -> int:
        return round((clock.monotonic() - began) * 1000)

    def final(heard: Final, _: int) -> None:
        if heard.words:
            timing.final_ms.append(now_ms() - heard.words[-1].ended_ms)
            if timing.first_word_ms is None:
                timing.first_word_ms = heard.words[0].started_ms

    def partial(_: Partial) -> None:
        if timing.first_partial_ms is None:
            timing.first_partial_ms = now_ms()

    return Track(
        name="measure",
        sound=sound,
        base_ms=0,
        urgency=0,
        whole=whole,
        on_final=final,
        on_partial=partial,
        on_done=done.set,
        on_behind=lambda _: None,
    )


async def delay(sound: bytes, *, legs: int, model: Path, workers: int, clock: Clock) -> Delay:
    """`legs` callers at once, in real time, each beginning a little after the one before."""
    pool = Pool(model=model, workers=workers, clock=clock)
    await pool.start()
    timings = [_Timing() for _ in range(legs)]
    lags: list[int] = [0]

    async def ring(number: int) -> None:
        await clock.sleep(number * 0.1 / legs)
        began, done = clock.monotonic(), asyncio.Event()
        track = _track(Sound.of(b""), timings[number], clock, began, whole=False, done=done)
        pool.add(track)
        for at in range(0, len(sound), CHUNK_BYTES):
            await clock.sleep(began + (at + CHUNK_BYTES) / BYTES_PER_MS / 1000 - clock.monotonic())
            track.sound.append(sound[at : at + CHUNK_BYTES])
            pool.pump(track)
            lags.append(track.lag_ms)
        pool.finish(track)
        await done.wait()

    try:
        await asyncio.gather(*(ring(number) for number in range(legs)))
    finally:
        await pool.close()
    return Delay(
        final_ms=sorted(ms for timing in timings for ms in timing.final_ms),
        partial_ms=sorted(
            timing.first_partial_ms - timing.first_word_ms
            for timing in timings
            if timing.first_partial_ms is not None and timing.first_word_ms is not None
        ),
        lag_ms=max(lags),
    )
