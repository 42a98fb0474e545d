"""One worker and the legs it hears: what is sent to it next, and what its answers mean for each leg."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.model import Word
from gateway.speech.pipe import Line
from gateway.speech.recognizer import Final, Partial
from gateway.speech.track import AFTERWARDS, CATCH_UP_BYTES, CHUNK_BYTES, LIVE_CALL_TAKER, Track
from gateway.speech.worker import HEARD_KIND, pack_json, pack_sound

PIECES_IN_FLIGHT = 4
"""Pieces on their way to one worker: enough to keep it busy, few enough that a caller's sound waits for no
backlog."""
REFILL_AT = 2
"""At so few more are sent, two at a time: half the wake-ups."""
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


class Seat:
    """`may_send`: whether new pieces may go out at all."""

    def __init__(self, number: int, line: Line, clock: Clock, may_send: Callable[[], bool]) -> None:
        self.number, self.line = number, line
        self._clock, self._may_send = clock, may_send
        self._tracks: dict[int, Track] = {}
        self._numbers: dict[Track, int] = {}
        self._unsent: list[dict[Track, None]] = [{}, {}, {}]
        """Those with sound that was not sent yet, by rank, in the order of their turns."""
        self._flight: deque[_Piece] = deque()
        line.on_messages = self._take

    @property
    def tracks(self) -> list[Track]:
        return list(self._numbers)

    @property
    def load(self) -> tuple[int, int]:
        """Live legs, all legs: where a new leg goes to is decided by the least."""
        return sum(track.live for track in self._numbers), len(self._numbers)

    @property
    def waits_since(self) -> float | None:
        """When the oldest piece that is not heard yet was sent."""
        return self._flight[0].at if self._flight else None

    @property
    def blamed(self) -> Track | None:
        """The track whose piece is being heard."""
        return self._flight[0].track if self._flight else None

    def __contains__(self, track: Track) -> bool:
        return track in self._numbers

    def open(self, track: Track, number: int) -> None:
        """Hears it from `resume` on; `number` is new to this worker."""
        self._tracks[number], self._numbers[track] = track, number
        track.sent = track.heard = track.resume
        track.finishing = False
        self.line.write(pack_json({"type": "open", "leg": number, **track.opening}))
        self.feed(track)

    def switch(self, track: Track) -> None:
        """Another model from here on; what was being said is ended and told by the one before."""
        if not track.finishing:
            self._sent(track, last=True)
            self.line.write(pack_json({"type": "switch", "leg": self._numbers[track], **track.opening}))

    def feed(self, track: Track | None = None) -> None:
        """Sends the most urgent pieces while there is room. A whole track's end is sent after its last
        piece."""
        if track is not None and track.sent < track.sound.size and not self._waits(track):
            self._unsent[track.rank][track] = None
        out = []
        if len(self._flight) <= REFILL_AT and self._may_send():
            while len(self._flight) < PIECES_IN_FLIGHT and (next_one := self._next()) is not None:
                out.append(self._piece(next_one))
        if track is not None and track.whole:
            out.append(self._end(track))
        if out:
            self.line.write(b"".join(out))

    def _piece(self, track: Track) -> bytes:
        waits = track.sound.size - track.sent
        pcm = track.take(CATCH_UP_BYTES if waits > CATCH_UP_BYTES else CHUNK_BYTES)
        self._sent(track)
        packed = pack_sound(self._numbers[track], pcm)
        if track.sent < track.sound.size:
            self._unsent[track.rank][track] = None  # its next turn, after the others'
            return packed
        return packed + self._end(track)

    def _waits(self, track: Track) -> bool:
        return any(track in turns for turns in self._unsent)

    def _next(self) -> Track | None:
        """The most urgent track whose turn it is, taken out."""
        live = self._unsent[LIVE_CALL_TAKER]
        for track in [track for track in live if track.aside]:
            del live[track]
            self._unsent[AFTERWARDS][track] = None
        for turns in self._unsent:
            if turns:
                track = next(iter(turns))
                del turns[track]
                return track
        return None

    def _end(self, track: Track) -> bytes:
        if not track.whole or track.finishing or track.sent < track.sound.size:
            return b""
        track.finishing = True
        self._sent(track, last=True)
        return pack_json({"type": "finish", "leg": self._numbers[track]})

    def _sent(self, track: Track, *, last: bool = False) -> None:
        self._flight.append(_Piece(track, track.sent, self._clock.monotonic(), last))

    # ---- what the worker says

    def _take(self, messages: list[tuple[int, bytes]]) -> None:
        for kind, body in messages:
            if kind == HEARD_KIND:
                piece = self._flight.popleft()
                piece.track.heard = piece.end
                piece.track.judge()
            else:
                self._told(json.loads(body))
        self.feed()

    def _told(self, message: dict[str, Any]) -> None:
        track = self._tracks[message["leg"]]
        match message["type"]:
            case "partial":
                track.on_partial(
                    Partial(
                        text=message["text"], started_ms=message["started_ms"], ended_ms=message["ended_ms"]
                    )
                )
            case "final":
                words = tuple(Word(**word) for word in message["words"])
                self._final(track, Final(words=words, model=message["model"], late=message["late"]))
            case "chosen":
                track.choose, track.model = (), message["model"]
                track.on_model(track.model)
            case "switched":
                track.heard = self._flight.popleft().end
            case "done":
                self._flight.popleft()
                del self._tracks[message["leg"]], self._numbers[track]
                track.heard = track.resume = track.sound.size
                track.on_done()

    def _final(self, track: Track, final: Final) -> None:
        piece, words = self._flight[0], final.words
        rewound = 0 if final.late else piece.end if piece.last else piece.end - REWIND_BYTES
        said = (words[-1].ended_ms - track.base_ms) * BYTES_PER_MS if words else 0
        track.resume = max(track.resume, said, rewound) // 2 * 2
        track.on_final(final, track.resume)
