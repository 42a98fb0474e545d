"""Spreads legs over recognizer processes, feeds them from their sound, and replaces a process that dies or
sticks.

Every worker has every model; a track says which one hears it (track.py), or among which it is chosen by
listening (choose.py). There is no queue of sound: what has not been sent stays in the spool, and at most
CHUNKS_IN_FLIGHT pieces are on their way to a worker; the next piece is a live caller's first, then a live
call-taker's, then what is caught up with. After a worker's death each of its tracks goes on in another one
from where its sound had become segments: the lost seconds come again, nothing twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from gateway.clock import Clock
from gateway.speech import pipe
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import Word
from gateway.speech.recognizer import VOSK, Final, Partial, RecognizerError
from gateway.speech.track import CATCH_UP_BYTES, CHUNK_BYTES, Track
from gateway.speech.worker import pack_json, pack_sound

log = structlog.get_logger(__name__)

CHUNKS_IN_FLIGHT = 6
"""Pieces on their way to one worker: enough to keep it busy, few enough that a caller's sound waits for no
backlog."""
HEARD_WITHIN_S = 10.0
"""A worker that has not heard a piece by then is stuck: it is killed and replaced."""
LOADED_WITHIN_S = 90.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0
"""Before a worker that died young is started again; doubles."""
CALM_S = 30.0
REWIND_BYTES = 500 * BYTES_PER_MS
"""Sound given to a recognizer when it found the end of an utterance may already hold the next word's
beginning."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """On its way to a worker: sound of `track` up to byte `end`; `last`: the word that its recognizer ends
    there."""

    track: Track
    end: int
    at: float
    last: bool = False


@dataclass(slots=True, eq=False)
class _Seat:
    """One worker process and the legs it hears."""

    number: int
    process: asyncio.subprocess.Process
    tracks: dict[int, Track] = field(default_factory=dict)
    numbers: dict[Track, int] = field(default_factory=dict)
    flight: deque[_Piece] = field(default_factory=deque)


class Pool:
    """`models`: key -> folder; "" is the default one."""

    def __init__(self, *, models: Mapping[str, Path], workers: int, clock: Clock, engine: str = VOSK) -> None:
        self._models, self._count, self._clock, self._engine = models, max(1, workers), clock, engine
        self._seats: list[_Seat] = []
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
        return tuple(seat.process.pid for seat in self._seats)

    async def start(self) -> None:
        """Returns when the first worker hears. Raises RecognizerError with what the model lacks."""
        first = await self._spawn(0)
        for number in range(self._count):
            self._task(self._keep(number, first if number == 0 else None))
        self._task(self._watch())

    async def close(self) -> None:
        """Workers end at once; their tracks stay where `resume` says."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for seat in self._seats:  # started, but nobody had come to read from it
            await pipe.end(seat.process)
        self._seats.clear()

    @property
    def _folders(self) -> str:
        return ", ".join(map(str, self._models.values()))

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
        if track is not None:
            track.judge()
        for seat in self._seats:
            if track is None or track in seat.numbers:
                self._feed(seat)

    def finish(self, track: Track) -> None:
        """No more sound will come; `on_done` is called when all of it has been heard."""
        track.whole = True
        self.pump(track)

    def hear_with(self, track: Track, *models: str) -> None:
        """From the next piece on, this model hears the track; of several, the one that is found by listening.

        What was being said is ended there and told by the model that heard it.
        """
        track.hear_with(models)
        for seat in self._seats:
            if (number := seat.numbers.get(track)) is not None and not track.finishing:
                seat.flight.append(_Piece(track, track.sent, self._clock.monotonic(), last=True))
                self._write(seat, pack_json({"type": "switch", "leg": number, **track.opening}))

    def _place(self, track: Track) -> None:
        if not self._seats:
            self._waiting.append(track)
            return
        seat = min(self._seats, key=lambda seat: len(seat.tracks))
        number = next(self._numbers)
        seat.tracks[number], seat.numbers[track] = track, number
        track.sent = track.heard = track.resume
        track.finishing = False
        self._write(seat, pack_json({"type": "open", "leg": number, **track.opening}))
        self._feed(seat)

    def _feed(self, seat: _Seat) -> None:
        """Sends the most urgent pieces while there is room. A whole track's end is sent after its last
        piece."""
        while len(seat.flight) < CHUNKS_IN_FLIGHT and not self.paused:
            ready = [t for t in seat.numbers if t.sent < t.sound.size]
            if not ready:
                break
            track = min(ready, key=lambda t: (t.urgency, -(t.sound.size - t.sent)))
            most = CATCH_UP_BYTES if track.sound.size - track.sent > CATCH_UP_BYTES else CHUNK_BYTES
            pcm = track.take(most)
            seat.flight.append(_Piece(track, track.sent, self._clock.monotonic()))
            self._write(seat, pack_sound(seat.numbers[track], pcm))
        for track, number in seat.numbers.items():
            if track.whole and not track.finishing and track.sent >= track.sound.size:
                track.finishing = True
                seat.flight.append(_Piece(track, track.sent, self._clock.monotonic(), last=True))
                self._write(seat, pack_json({"type": "finish", "leg": number}))

    def _write(self, seat: _Seat, data: bytes) -> None:
        assert seat.process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):  # its death is seen at its output
            seat.process.stdin.write(data)

    # ---- workers

    async def _spawn(self, number: int) -> _Seat:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.speech.worker",
            "--engine",
            self._engine,
            "--models",
            json.dumps({key: str(folder) for key, folder in self._models.items()}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            message = await asyncio.wait_for(pipe.read(process), LOADED_WITHIN_S)
        except TimeoutError:
            message = None
            why = f"the model did not load within {LOADED_WITHIN_S:.0f} s"
        except BaseException:
            await pipe.end(process)
            raise
        else:
            why = ""
        if message is None or message.get("type") != "ready":
            why = why or await pipe.last_words(process)
            await pipe.end(process)
            raise RecognizerError(f"{self._folders}: no recognizer: {why}")
        self._task(pipe.log_words(process))
        return self._seat(_Seat(number, process))

    def _seat(self, seat: _Seat) -> _Seat:
        """A worker that hears; legs that waited for one are its first."""
        self._seats.append(seat)
        waiting, self._waiting = self._waiting, []
        for track in waiting:
            self._place(track)
        return seat

    async def _keep(self, number: int, first: _Seat | None) -> None:
        """One worker, for ever: when it ends, its tracks go elsewhere and another takes its seat."""
        pause, seat = FIRST_PAUSE_S, first
        while True:
            began = self._clock.monotonic()
            try:
                seat = seat or await self._spawn(number)
                await self._run(seat)
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

    async def _run(self, seat: _Seat) -> None:
        try:
            while (message := await pipe.read(seat.process)) is not None:
                self._take(seat, message)
        finally:
            self._seats.remove(seat)
            await pipe.end(seat.process)
            if not self._closing:
                log.error(
                    "recognizer ended, its legs go on in another",
                    worker=seat.number,
                    code=seat.process.returncode,
                    legs=len(seat.tracks),
                )
                self._move(seat)

    def _move(self, seat: _Seat) -> None:
        """Its tracks again from where they had become segments; the piece it died over is remembered."""
        blamed = seat.flight[0].track if seat.flight else None
        given_up = blamed is not None and not blamed.strike()
        for track in list(seat.numbers):
            if given_up and track is blamed:
                log.error("leg is given up, it ends every recognizer", track=track.name)
                track.on_done()
            else:
                self._place(track)

    def _take(self, seat: _Seat, message: dict[str, Any]) -> None:
        track = seat.tracks.get(message.get("leg", 0))
        if track is None:
            return
        kind = message["type"]
        if kind == "fed":
            track.heard = seat.flight.popleft().end
            track.judge()
        elif kind == "partial":
            track.on_partial(
                Partial(text=message["text"], started_ms=message["started_ms"], ended_ms=message["ended_ms"])
            )
        elif kind == "final":
            words = tuple(Word(**word) for word in message["words"])
            self._final(seat, track, Final(words=words, model=message["model"], late=message["late"]))
        elif kind == "chosen":
            track.choose, track.model = (), message["model"]
            track.on_model(track.model)
        elif kind == "switched":
            track.heard = seat.flight.popleft().end
        elif kind == "done":
            seat.flight.popleft()
            del seat.tracks[message["leg"]], seat.numbers[track]
            track.heard = track.resume = track.sound.size
            track.on_done()
        self._feed(seat)

    def _final(self, seat: _Seat, track: Track, final: Final) -> None:
        piece, words = seat.flight[0], final.words
        rewound = 0 if final.late else piece.end if piece.last else piece.end - REWIND_BYTES
        said = (words[-1].ended_ms - track.base_ms) * BYTES_PER_MS if words else 0
        track.resume = max(track.resume, said, rewound) // 2 * 2
        track.on_final(final, track.resume)

    async def _watch(self) -> None:
        """Kills a worker that is stuck: the oldest piece on its way to it is too old."""
        while True:
            await self._clock.sleep(1.0)
            now = self._clock.monotonic()
            for seat in self._seats:
                if seat.flight and now - seat.flight[0].at > HEARD_WITHIN_S:
                    log.error(
                        "recognizer is stuck and is replaced", worker=seat.number, within_s=HEARD_WITHIN_S
                    )
                    with contextlib.suppress(ProcessLookupError):
                        seat.process.kill()
