"""Spreads legs over recognizer processes, feeds them from their sound, and replaces a process that dies or
sticks.

Every worker has every model; a track says which one hears it (track.py), or among which it is chosen by
listening (choose.py). Workers are forked from a process that has loaded the models (loader.py): the memory
is shared, a new one hears at once. There is no queue of sound: what has not been sent stays in the spool,
and few pieces are on their way to a worker (seat.py); the next one is a live caller's first, then a live
call-taker's, then what is transcribed afterwards. After a worker's death each of its tracks goes on in
another one from where its sound had become segments: the lost seconds come again, nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from gateway.clock import Clock
from gateway.speech.pipe import Loader
from gateway.speech.recognizer import VOSK, RecognizerError
from gateway.speech.seat import Seat
from gateway.speech.track import Track

log = structlog.get_logger(__name__)

HEARD_WITHIN_S = 10.0
"""A worker that has not heard a piece by then is stuck: it is killed and replaced."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0
"""Before a worker that died young is started again; doubles."""
CALM_S = 30.0


class Pool:
    """`models`: key -> folder; "" is the default one."""

    def __init__(self, *, models: Mapping[str, Path], workers: int, clock: Clock, engine: str = VOSK) -> None:
        self._count, self._clock = max(1, workers), clock
        self._loader = Loader(engine, models)
        self._seats: list[Seat] = []
        self._waiting: list[Track] = []
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.paused = False
        """No new pieces are sent: the segments' reader does not keep up (listener.py)."""

    @property
    def workers(self) -> int:
        """Recognizer processes that hear now."""
        return len(self._seats)

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(seat.line.pid for seat in self._seats)

    @property
    def left_out(self) -> dict[str, str]:
        """Models that do not hear, by key, and why: known once it has started."""
        return self._loader.left_out

    def leave_out(self, model: str, why: str) -> None:
        """Before it starts: this one shall not even be tried."""
        self._loader.leave_out(model, why)

    async def start(self) -> None:
        """Returns when the first worker hears; models other than the default that cannot be used are then
        left out. Raises RecognizerError with what the default one lacks."""
        try:
            first = await self._spawn(0)
        except BaseException:
            await self._loader.close()
            raise
        for number in range(self._count):
            self._task(self._keep(number, first if number == 0 else None))
        self._task(self._watch())

    async def close(self) -> None:
        """Workers end at once; their tracks stay where `resume` says."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for seat in self._seats:
            seat.line.close()
        self._seats.clear()
        await self._loader.close()

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- tracks

    def add(self, track: Track) -> None:
        """A new leg; its sound is heard from `resume` on."""
        track.sent = track.heard = track.resume
        self._place(track)

    def pump(self, track: Track | None = None) -> None:
        """More sound is there (of `track`), or room in a worker: send what may be sent."""
        if track is None:
            for each in self._seats:
                each.feed()
            return
        track.judge()
        if (seat := self._seat_of(track)) is not None:
            seat.feed(track)

    def finish(self, track: Track) -> None:
        """No more sound will come; `on_done` is called when all of it has been heard."""
        track.whole = True
        self.pump(track)

    def hear_with(self, track: Track, *models: str) -> None:
        """From the next piece on, this model hears the track; of several, the one that is found by listening.

        What was being said is ended there and told by the model that heard it.
        """
        track.hear_with(models)
        if (seat := self._seat_of(track)) is not None:
            seat.switch(track)

    def again(self, track: Track, at: int) -> None:
        """A fresh recognizer hears the track from byte `at` on: the one before found no words since."""
        if (seat := self._seat_of(track)) is not None and not track.finishing:
            track.sent = min(max(0, at // 2 * 2), track.sent)
            seat.switch(track)
            seat.feed(track)

    def _seat_of(self, track: Track) -> Seat | None:
        return next((seat for seat in self._seats if track in seat), None)

    def _place(self, track: Track) -> None:
        if self._seats:
            min(self._seats, key=lambda seat: seat.load).open(track, next(self._numbers))
        else:
            self._waiting.append(track)

    # ---- workers

    async def _spawn(self, number: int) -> Seat:
        """A worker that hears; legs that waited for one are its first."""
        line = await self._loader.fork()
        seat = Seat(number, line, self._clock, lambda: not self.paused)
        self._seats.append(seat)
        waiting, self._waiting = self._waiting, []
        for track in waiting:
            self._place(track)
        return seat

    async def _keep(self, number: int, first: Seat | None) -> None:
        """One worker, for ever: when it ends, its tracks go elsewhere and another takes its seat."""
        pause = FIRST_PAUSE_S
        seat: Seat | None = first
        while True:
            began = self._clock.monotonic()
            try:
                await self._run(seat or await self._spawn(number))
            except (RecognizerError, OSError) as error:
                log.error(
                    "recognizer cannot start, next try after a pause",
                    worker=number,
                    error=str(error),
                    pause_s=pause,
                )
            seat = None
            pause = (
                FIRST_PAUSE_S if self._clock.monotonic() - began > CALM_S else min(LONGEST_PAUSE_S, pause * 2)
            )
            await self._clock.sleep(pause)

    async def _run(self, seat: Seat) -> None:
        await seat.line.ended.wait()
        self._seats.remove(seat)
        seat.line.close()
        log.error(
            "recognizer ended, its legs go on in another",
            worker=seat.number,
            pid=seat.line.pid,
            code=self._loader.code(seat.line.pid),
            legs=len(seat.tracks),
        )
        self._move(seat)

    def _move(self, seat: Seat) -> None:
        """Its tracks again from where they had become segments; the piece it died over is remembered."""
        blamed = seat.blamed
        given_up = blamed is not None and not blamed.strike()
        for track in seat.tracks:
            if given_up and track is blamed:
                log.error("leg is given up, it ends every recognizer", track=track.name)
                track.on_done()
            else:
                self._place(track)

    async def _watch(self) -> None:
        """Kills a worker that is stuck: the oldest piece on its way to it is too old."""
        while True:
            await self._clock.sleep(1.0)
            now = self._clock.monotonic()
            for seat in self._seats:
                if seat.waits_since is not None and now - seat.waits_since > HEARD_WITHIN_S:
                    log.error(
                        "recognizer is stuck and is replaced", worker=seat.number, within_s=HEARD_WITHIN_S
                    )
                    seat.line.kill()
