"""The gateway's side of the listener: finds it or starts it, keeps it running, announces taps, takes what
was heard.

A listener that still lives from an earlier gateway is taken over when its configuration is the same, else
replaced. When the listener is lost, every tap it had is reported as ended and failed, so that new ones are
asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from gateway.clock import Clock, within
from gateway.speech.child import ListenerProcess
from gateway.speech.control import (
    PROTOCOL,
    TO_GATEWAY,
    Ack,
    Announce,
    Announced,
    Hello,
    LegState,
    ListenerConfig,
    PartialText,
    Revoke,
    Segment,
    SetHotWords,
    Speak,
    Status,
    TapEnded,
    TapLive,
    Transcribe,
    Transcribed,
)
from gateway.speech.model import Leg, TranscriptSegment

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
STATUS_EVERY_S = 5.0
SILENT_S = 15.0
"""A listener that says nothing for so long, though asked every STATUS_EVERY_S, is killed and replaced."""


class Hearer(Protocol):
    """Who is told what was heard; `gateway.runtime.hearing.Hearing` is one. Called in the event loop, must
    not wait."""

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None: ...
    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None: ...
    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None: ...
    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None: ...
    def first_index(self, call_id: str, leg: Leg, origin: int) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechState:
    """How the ears are. `up`: taps can be taken. `live`: taps that send sound now; one the gateway
    believes live and that is not here has ended while nobody listened."""

    up: bool
    reason: str = ""
    port: int | None = None
    model_id: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    """Language tag -> model_id of the model that hears it, beside the default one."""
    accurate_id: str | None = None
    """The model of the second pass, None: there is none of its own."""
    synthetic_only: bool = False
    """The model understands no people: pages must say so."""
    workers: int = 0
    behind: int = 0
    """Legs whose text comes late because the machine cannot hear so many at once."""
    live: frozenset[str] = frozenset()


class SpeechClient:
    """Implements `gateway.runtime.hearing.Listener`."""

    def __init__(
        self,
        config: ListenerConfig,
        *,
        clock: Clock,
        tap_host: str = "127.0.0.1",
        on_state: Callable[[SpeechState], None] = lambda _: None,
        on_leg_behind: Callable[[str, Leg, str, bool], None] = lambda *_: None,
    ) -> None:
        self._config, self._clock, self._tap_host = config, clock, tap_host
        self._on_state, self._on_leg_behind = on_state, on_leg_behind
        self._hearer: Hearer | None = None
        self._process = ListenerProcess(config, clock)
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._state = SpeechState(up=False, reason="not started")
        self._taps: dict[str, tuple[str, Leg]] = {}
        self._announcing: dict[UUID, asyncio.Future[str | None]] = {}
        self._filling: dict[UUID, asyncio.Future[str | None]] = {}
        self._heard_at = 0.0
        self._hot_words: SetHotWords | None = None

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
            await self._process.stop()
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
        """The host:port for the PBX, None when no listener took the announcement in time.

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
        self._process.send(told)
        refused = await self._told(answer, within_s)
        self._announcing.pop(told.tap_id, None)
        if refused is not None:
            self._taps.pop(tap_id, None)
            log.warning("tap was not taken", tap_id=tap_id, reason=refused)
            return None
        return f"{self._tap_host}:{self._state.port}"

    async def speak(self, tap_id: str, language: str) -> None:
        """From now on this leg is heard with that language (a tag, "" or "auto")."""
        self._process.send(Speak(tap_id=UUID(tap_id), language=language))

    async def revoke(self, tap_id: str) -> None:
        """This tap is not wanted any more."""
        self._process.send(Revoke(tap_id=UUID(tap_id)))

    def set_hot_words(self, words: Sequence[str]) -> None:
        """Hot words from now on; a listener that comes later is told too."""
        self._hot_words = SetHotWords(words=list(words))
        if self._up.is_set():
            self._process.send(self._hot_words)

    async def ack(self, seq: int) -> None:
        """This segment is committed. Lost with the connection it comes again, and is acknowledged again."""
        self._process.send(Ack(seq=seq))

    async def fill_gaps(
        self,
        *,
        job_id: str,
        call_id: str,
        leg: Leg,
        path: Path,
        ranges: list[tuple[int, int]],
        base_ms: int = 0,
        channel: int = 0,
        language: str = "",
        model: Literal["", "accurate"] = "",
        within_s: float = 600.0,
    ) -> str | None:
        """Transcribe spans (milliseconds of the call) of a recording (an absolute path); they come as
        segments with `gap`. Why not, or None.

        The same `job_id` asked again, also after a restart, doubles nothing.
        """
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._filling[UUID(job_id)] = answer
        self._process.send(
            Transcribe(
                job_id=UUID(job_id),
                call_id=call_id,
                leg=leg,
                path=str(path),
                channel=channel,
                base_ms=base_ms,
                ranges=ranges,
                first_index=self._first_index(call_id, leg),
                language=language,
                model=model,
            )
        )
        failed = await self._told(answer, within_s) if self._up.is_set() else "no listener"
        self._filling.pop(UUID(job_id), None)
        return failed

    def _first_index(self, call_id: str, leg: Leg) -> int:
        return self._hearer.first_index(call_id, leg, 0) if self._hearer else 0

    async def _told(self, answer: asyncio.Future[str | None], within_s: float) -> str | None:
        """None when nothing was wrong."""
        try:
            return await within(self._clock, within_s, answer)
        except TimeoutError:
            return f"no answer within {within_s:g} s"

    # ---- keeping a listener

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                reader = await self._process.connect()
                pause = FIRST_PAUSE_S if await self._listen(reader) else min(LONGEST_PAUSE_S, pause * 2)
            except (ConnectionError, OSError) as error:
                self._lost(f"listener cannot be reached: {error}")
                pause = min(LONGEST_PAUSE_S, pause * 2)
            await self._clock.sleep(pause)

    async def _listen(self, reader: asyncio.StreamReader) -> bool:
        """Takes messages until the connection ends. Whether the listener ever heard (its fault is no
        reason to hurry)."""
        self._heard_at = self._clock.monotonic()
        watching = asyncio.create_task(self._watch())
        try:
            while told := await reader.readline():
                self._heard_at = self._clock.monotonic()
                if not await self._take(TO_GATEWAY.validate_json(told)):
                    break
        except (ValidationError, ValueError) as error:
            log.error("listener speaks another language and is replaced", error=str(error)[:300])
            await self._process.stop()
        except ConnectionError as error:
            log.warning("listener's connection broke", error=str(error))
        finally:
            watching.cancel()
        heard = self._state.up
        self._lost(self._state.reason or "listener lost")
        return heard

    async def _watch(self) -> None:
        """Asks how it is; one that does not answer is killed."""
        while True:
            await self._clock.sleep(STATUS_EVERY_S)
            self._process.send(Status())
            if self._clock.monotonic() - self._heard_at > SILENT_S:
                log.error("listener does not answer and is killed", within_s=SILENT_S)
                self._process.kill()

    async def _take(self, told: Any) -> bool:
        """False: this listener is of no use, start another one."""
        hearer = self._hearer
        assert hearer is not None
        if isinstance(told, Segment):
            hearer.segment(told.seq, told.call_id, told.segment, told.source)
        elif isinstance(told, PartialText):
            hearer.partial(told.call_id, told.leg, told.text, told.started_ms, told.ended_ms)
        elif isinstance(told, TapLive):
            self._taps[str(told.tap_id)] = (told.call_id, told.leg)
            hearer.tap_live(told.call_id, told.leg, str(told.tap_id))
        elif isinstance(told, TapEnded):
            self._taps.pop(str(told.tap_id), None)
            hearer.tap_ended(told.call_id, told.leg, str(told.tap_id), told.reason, told.failed)
        elif isinstance(told, Announced):
            _answer(self._announcing.get(told.tap_id), told.refused)
        elif isinstance(told, Transcribed):
            _answer(self._filling.get(told.job_id), told.failed)
        elif isinstance(told, LegState):
            self._on_leg_behind(told.call_id, told.leg, str(told.tap_id), told.behind)
        elif isinstance(told, Hello):
            return await self._met(told)
        return True

    async def _met(self, hello: Hello) -> bool:
        if hello.protocol != PROTOCOL or hello.fingerprint != self._config.fingerprint():
            log.warning("listener of another configuration is replaced", pid=hello.pid)
            await self._process.stop()
            return False
        up = hello.port is not None and hello.fault is None
        self._state = SpeechState(
            up=up,
            reason=hello.fault or ("" if up else "the model loads"),
            port=hello.port,
            model_id=hello.model_id,
            languages=hello.languages,
            accurate_id=hello.accurate_id,
            synthetic_only=hello.synthetic_only,
            workers=hello.workers,
            behind=hello.behind,
            live=frozenset(map(str, hello.live)),
        )
        if up:
            if self._hot_words is not None and not self._up.is_set():
                self._process.send(self._hot_words)
            self._up.set()
            self._ended_meanwhile({*map(str, hello.live), *map(str, hello.announced)})
        self._on_state(self._state)
        if hello.fault is not None:
            log.error("listener cannot hear", reason=hello.fault)
            await self._process.stop()
            return False
        return True

    def _ended_meanwhile(self, there: set[str]) -> None:
        """Taps that ended while the connection was away."""
        for tap_id in [t for t in self._taps if t not in there and UUID(t) not in self._announcing]:
            self._end_tap(tap_id, "ended while the listener was out of reach")

    def _lost(self, reason: str, *, tell: bool = True) -> None:
        self._up.clear()
        self._process.hang_up()
        for answer in (*self._announcing.values(), *self._filling.values()):
            _answer(answer, "listener lost")
        if tell:
            for tap_id in tuple(self._taps):
                self._end_tap(tap_id, "listener lost")
        self._state = SpeechState(up=False, reason=reason)
        self._on_state(self._state)

    def _end_tap(self, tap_id: str, reason: str) -> None:
        call_id, leg = self._taps.pop(tap_id)
        if self._hearer is not None:
            self._hearer.tap_ended(call_id, leg, tap_id, reason, True)


def _answer(future: asyncio.Future[str | None] | None, told: str | None) -> None:
    if future is not None and not future.done():
        future.set_result(told)
