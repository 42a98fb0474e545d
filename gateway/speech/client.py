"""The gateway's side of one listener: keeps the line to it, announces taps, takes what was heard.

Its own listener is found or started; one that still lives from an earlier gateway is taken over when its
configuration is the same, else replaced. One on another machine is only ever hung up on. When a listener is
lost, every tap it had is reported as ended and failed, so that new ones are asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError

from gateway.clock import Clock, within
from gateway.speech.control import (
    TO_GATEWAY,
    Ack,
    Announce,
    Announced,
    Hello,
    Hole,
    LegState,
    PartialText,
    Reviewed,
    Revoke,
    Segment,
    SetHotWords,
    Sounded,
    Speak,
    Status,
    TapEnded,
    TapLive,
    Transcribed,
    Want,
)
from gateway.speech.handshake import HandshakeError
from gateway.speech.jobs import Jobs, answered, settle
from gateway.speech.model import Leg
from gateway.speech.state import ControlLine, Hearer, SpeechState, Trouble

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
STATUS_EVERY_S = 5.0
SILENT_S = 15.0
"""A listener that says nothing for so long, though asked every STATUS_EVERY_S, is killed and replaced."""


DOUBTED_S = 3.0
"""A listener that the broker says is gone, and whose line stands, gets so long for a word."""
MAX_LOST_TAPS = 1000
"""Taps of a listener that was lost, remembered until it is back; then the oldest is forgotten, and what it
still brings is not marked as a gap filled."""
PASSING = ("busy", "garbled")
"""Refusals that may be over by themselves; after others only a person's hand helps, and tries are rare."""


class SpeechClient:
    """Implements `gateway.runtime.hearing.Listener` for a gateway with one listener; `fleet.Fleet` has
    several."""

    def __init__(
        self,
        line: ControlLine,
        *,
        clock: Clock,
        on_state: Callable[[SpeechState], None] = lambda _: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._line, self._clock, self._jitter = line, clock, jitter
        self.on_state = on_state
        self._hearer: Hearer | None = None
        self._nudged, self._word = asyncio.Event(), asyncio.Event()
        self._lost_taps: OrderedDict[str, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._state = SpeechState(up=False, reason="not started")
        self._taps: dict[str, tuple[str, Leg]] = {}
        self._announcing: dict[UUID, asyncio.Future[str | None]] = {}
        self._jobs = Jobs(
            send=line.send, up=self._up.is_set, first_index=self._first_index, clock=clock,
            gives_sound=not line.own,
        )  # fmt: skip
        self.fill_gaps, self.review = self._jobs.fill_gaps, self._jobs.review
        self._heard_at = 0.0
        self._hot_words: SetHotWords | None = None
        self._trouble: Trouble = "lost"

    @property
    def load(self) -> int:
        """Taps it has, or was told of."""
        return max(len(self._taps), len(self._state.live))

    def has(self, tap_id: str) -> bool:
        return tap_id in self._taps

    @property
    def state(self) -> SpeechState:
        return self._state

    @property
    def port(self) -> int | None:
        """The AudioSocket port the PBX shall send to; None while nobody hears."""
        return self._state.port if self._state.up else None

    async def start(self, hearer: Hearer) -> None:
        """Begins to keep a listener; returns at once, `wait_up` waits for it."""
        self._hearer = hearer
        self._task = asyncio.create_task(self._keep())

    async def wait_up(self, within_s: float) -> bool:
        """Whether somebody hears by then."""
        try:
            return await within(self._clock, within_s, self._up.wait())
        except TimeoutError:
            return False

    async def close(self, *, stop_listener: bool = True) -> None:
        """A clean stop ends the listener too; what is not acknowledged waits in the spool for the next
        start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if stop_listener:
            await self._line.stop()
        self._lost("gateway stops", tell=False)

    # ---- what the loop asks

    async def announce(
        self,
        *,
        tap_id: str,
        call_id: str,
        leg: Leg,
        offset_ms: int,
        within_s: float,
        language: str = "",
    ) -> str | None:
        """The host:port for the PBX (without a host: this machine), None when no listener took the
        announcement in time.

        `language`: a tag, "" for the configured default, "auto" to decide by listening.
        """
        began = self._clock.monotonic()
        if not await self.wait_up(within_s):
            return None
        waited_ms = round((self._clock.monotonic() - began) * 1000)
        told = Announce(
            tap_id=UUID(tap_id),
            call_id=call_id,
            leg=leg,
            offset_ms=offset_ms + waited_ms,
            first_index=self._first_index(call_id, leg),
            language=language,
        )
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._announcing[told.tap_id] = answer
        self._taps[tap_id] = (call_id, leg)
        self._line.send(told)
        refused = await answered(answer, within_s, self._clock)
        self._announcing.pop(told.tap_id, None)
        if refused is not None:
            self._taps.pop(tap_id, None)
            log.warning("tap was not taken", tap_id=tap_id, reason=refused)
            return None
        return f"{self._line.tap_host}:{self._state.port}"

    async def speak(self, tap_id: str, language: str) -> None:
        """From now on this leg is heard with that language (a tag, "" or "auto")."""
        self._line.send(Speak(tap_id=UUID(tap_id), language=language))

    async def revoke(self, tap_id: str) -> None:
        """This tap is not wanted any more."""
        self._line.send(Revoke(tap_id=UUID(tap_id)))

    def set_hot_words(self, words: Sequence[str]) -> None:
        """Hot words from now on; a listener that comes later is told too."""
        self._hot_words = SetHotWords(words=list(words))
        if self._up.is_set():
            self._line.send(self._hot_words)

    async def ack(self, seq: int) -> None:
        """This segment is committed. Lost with the connection it comes again, and is acknowledged again."""
        self._line.send(Ack(seq=seq))

    def _first_index(self, call_id: str, leg: Leg) -> int:
        origin = self._state.origin
        return self._hearer.first_index(call_id, leg, origin) if self._hearer else 0

    # ---- keeping a listener

    def nudge(self) -> None:
        """It may be there again: try now."""
        self._nudged.set()

    async def doubt(self) -> None:
        """Somebody says that it is gone: it must say a word at once, or its line is closed."""
        self._word.clear()
        self._line.send(Status())
        try:
            await within(self._clock, DOUBTED_S, self._word.wait())
        except TimeoutError:
            self._trouble = "silent"
            self._line.hang_up()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            self._nudged.clear()
            try:
                reader = await self._line.connect()
                pause = FIRST_PAUSE_S if await self._listen(reader) else min(LONGEST_PAUSE_S, pause * 2)
            except HandshakeError as error:
                self._lost(str(error), error.cause)
                pause = min(LONGEST_PAUSE_S, pause * 2) if error.cause in PASSING else LONGEST_PAUSE_S
            except (ConnectionError, OSError) as error:
                self._lost(f"listener cannot be reached: {error}", "unreachable")
                pause = min(LONGEST_PAUSE_S, pause * 2)
            with contextlib.suppress(TimeoutError):
                spread = 1.0 if self._line.own else 0.5 + self._jitter() / 2
                await within(self._clock, pause * spread, self._nudged.wait())

    async def _listen(self, reader: asyncio.StreamReader) -> bool:
        """Takes messages until the connection ends. Whether the listener ever heard (its fault is no
        reason to hurry)."""
        self._heard_at, self._trouble = self._clock.monotonic(), "lost"
        watching = asyncio.create_task(self._watch())
        try:
            while told := await reader.readline():
                self._heard_at = self._clock.monotonic()
                self._word.set()
                if not await self._take(TO_GATEWAY.validate_json(told)):
                    break
        except (ValidationError, ValueError) as error:
            log.error("listener speaks another language", error=str(error)[:300], own=self._line.own)
            self._trouble = "garbled"
            await self._line.stop()
        except ConnectionError as error:
            log.warning("listener's connection broke", error=str(error))
        finally:
            watching.cancel()
        heard = self._state.up
        self._lost(self._state.reason or "listener lost", self._state.trouble or self._trouble)
        return heard

    async def _watch(self) -> None:
        """Asks how it is; one that does not answer is killed, or hung up on where it is not ours."""
        while True:
            await self._clock.sleep(STATUS_EVERY_S)
            self._line.send(Status())
            if self._clock.monotonic() - self._heard_at > SILENT_S:
                log.error("listener does not answer", within_s=SILENT_S, killed=self._line.own)
                self._trouble = "silent"
                self._line.kill()

    async def _take(self, told: Any) -> bool:
        """False: this listener is of no use, start another one."""
        hearer = self._hearer
        assert hearer is not None
        if isinstance(told, Segment):
            late = told.source in self._lost_taps
            segment = replace(told.segment, gap=True) if late else told.segment
            hearer.segment(told.seq, told.call_id, segment, told.source)
        elif isinstance(told, PartialText):
            hearer.partial(told.call_id, told.leg, told.text, told.started_ms, told.ended_ms)
        elif isinstance(told, TapLive) and str(told.tap_id) in self._lost_taps:
            self._line.send(Revoke(tap_id=told.tap_id))  # another tap has taken its place
        elif isinstance(told, TapLive):
            self._taps[str(told.tap_id)] = (told.call_id, told.leg)
            self._state = replace(self._state, live=self._state.live | {str(told.tap_id)})
            hearer.tap_live(told.call_id, told.leg, str(told.tap_id))
        elif isinstance(told, TapEnded):
            self._taps.pop(str(told.tap_id), None)
            self._state = replace(self._state, live=self._state.live - {str(told.tap_id)})
            hearer.tap_ended(told.call_id, told.leg, str(told.tap_id), told.reason, told.failed)
        elif isinstance(told, Announced):
            settle(self._announcing.get(told.tap_id), told.refused)
        elif isinstance(told, Transcribed):
            self._jobs.done(told)
        elif isinstance(told, LegState):
            hearer.leg_state(told.call_id, told.leg, str(told.tap_id), told.state, told.reason, told.since_ms)
        elif isinstance(told, Sounded):
            hearer.sounded(told.call_id, told.leg, told.seconds)
        elif isinstance(told, Hole):
            hearer.hole(told.call_id, told.leg, told.started_ms, told.ended_ms)
        elif isinstance(told, Reviewed):
            self._jobs.heard(told)
        elif isinstance(told, Want):
            self._jobs.give(told)
        elif isinstance(told, Hello):
            return await self._met(told)
        return True

    async def _met(self, hello: Hello) -> bool:
        if (unfit := self._line.unfit(hello)) is not None:
            log.warning("listener is not used", pid=hello.pid, reason=unfit, replaced=self._line.own)
            self._state = SpeechState(up=False, trouble="twin", reason="" if self._line.own else unfit)
            await self._line.stop()
            return False
        up = hello.port is not None and hello.fault is None
        self._state = SpeechState(
            up=up,
            trouble="model" if hello.fault else "" if up else "loading",
            reason=hello.fault or ("" if up else "the model loads"),
            port=hello.port,
            model_id=hello.model_id,
            languages=hello.languages,
            accurate_id=hello.accurate_id,
            left_out=hello.left_out,
            synthetic_only=hello.synthetic_only,
            workers=hello.workers,
            behind=hello.behind,
            set_aside=hello.set_aside,
            live=frozenset(map(str, hello.live)) - self._lost_taps.keys(),
            legs=hello.legs,
            origin=hello.origin,
        )
        if up:
            if self._hot_words is not None and not self._up.is_set():
                self._line.send(self._hot_words)
            self._up.set()
            self._ended_meanwhile({*map(str, hello.live), *map(str, hello.announced)})
        self.on_state(self._state)
        if hello.fault is not None:
            log.error("listener cannot hear", reason=hello.fault)
            await self._line.stop()
            return False
        return True

    def _ended_meanwhile(self, there: set[str]) -> None:
        """Taps that ended while the connection was away."""
        for tap_id in [t for t in self._taps if t not in there and UUID(t) not in self._announcing]:
            self._end_tap(tap_id, "ended while the listener was out of reach")

    def _lost(self, reason: str, trouble: Trouble = "lost", *, tell: bool = True) -> None:
        self._up.clear()
        self._line.hang_up()
        for answer in self._announcing.values():
            settle(answer, "listener lost")
        self._jobs.lost()
        if tell:
            for tap_id in tuple(self._taps):
                self._end_tap(tap_id, "listener lost")
        self._state = SpeechState(up=False, reason=reason, trouble=trouble)
        self.on_state(self._state)

    def _end_tap(self, tap_id: str, reason: str) -> None:
        call_id, leg = self._taps.pop(tap_id)
        if not self._line.own:
            self._lost_taps[tap_id] = None
            if len(self._lost_taps) > MAX_LOST_TAPS:
                self._lost_taps.popitem(last=False)
        if self._hearer is not None:
            self._hearer.tap_ended(call_id, leg, tap_id, reason, True)
