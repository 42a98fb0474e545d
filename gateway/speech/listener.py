"""The listener: the process that hears. A child of the gateway, in a session of its own, so that it
outlives it.

It owns an AudioSocket port, the spool and the recognizers, and is led over a Unix socket in the state
folder, or by a gateway on another machine (`led`). When the gateway dies it goes on hearing; the next gateway
finds it there and gets every segment not yet acknowledged. Nobody speaks to it for ORPHAN_S and no tap is
live: it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel

from gateway import logs
from gateway.clock import Clock, SystemClock
from gateway.speech.assemble import Hole as Missing
from gateway.speech.control import (
    PROTOCOL,
    Ack,
    Announce,
    Announced,
    Hello,
    Hole,
    ListenerConfig,
    PartialText,
    Review,
    Revoke,
    Segment,
    SetHotWords,
    Sound,
    Speak,
    Status,
    Stop,
    TapEnded,
    TapLive,
    Transcribe,
    Transcribed,
    told_shortly,
)
from gateway.speech.fills import Fills
from gateway.speech.hotwords import HotWords
from gateway.speech.languages import ACCURATE, DEFAULT, Languages
from gateway.speech.led import Door, Led
from gateway.speech.model import MAX_ORIGIN
from gateway.speech.models import ModelCard, ModelError, check_all
from gateway.speech.pool import Pool
from gateway.speech.recognizer import VOSK, Partial, RecognizerError
from gateway.speech.scribe import Scribe, Script
from gateway.speech.spool import Spool
from gateway.speech.taps import Tap, Taps
from gateway.speech.ward import Ward

log = structlog.get_logger(__name__)

TEND_EVERY_S = 1.0
SWEEP_EVERY = 30
"""Rounds of tending between two looks at the spool's size."""
LOCK_WITHIN_S = 5.0
LEGS_A_WORKER = 10
"""Live legs that one recognizer process follows on a usual core; `scripts/bench speech` measures it."""
ORIGIN_FILE = "origin"


class ListenerError(Exception):
    """The listener cannot work: the message says why and how to mend it."""


class Listener:
    """`door`: where gateways on other machines may lead it; None: only this machine's own. `on_news` is
    called when something that others are told of this listener may have changed."""

    def __init__(
        self,
        config: ListenerConfig,
        clock: Clock,
        *,
        door: Door | None = None,
        legs: int = 0,
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self._config, self._clock, self._on_news = config, clock, on_news
        self._stop = asyncio.Event()
        self._led = Led(config, clock, door, on_line=self._resend, on_told=self._take)
        self._is_away, self._origin = door is not None, 0
        self._legs = legs or config.processes() * LEGS_A_WORKER
        self._port: int | None = None
        self._fault: str | None = None
        self._card: ModelCard | None = None
        self._languages: Languages | None = None
        self._pool = Pool(
            models=config.models(), workers=config.processes(), clock=clock, engine=config.engine
        )
        self._scribe: Scribe | None = None
        self._taps: Taps | None = None
        self._fills: Fills | None = None
        self._ward: Ward | None = None

    @property
    def pool(self) -> Pool:
        return self._pool

    @property
    def control_port(self) -> int | None:
        """Where gateways on other machines may lead it, once it is open."""
        return self._led.port

    @property
    def news(self) -> Hello:
        """How it is now."""
        return self._hello()

    def stop(self) -> None:
        self._stop.set()

    async def run(self) -> None:
        """Until it is told to stop or nobody needs it. Raises ListenerError when another one holds the
        folder."""
        self._config.state_dir.mkdir(parents=True, exist_ok=True)
        with await self._locked():
            if self._is_away:
                self._origin = _origin(self._config.state_dir / ORIGIN_FILE)
            await self._led.start()
            tending = asyncio.create_task(self._tend())
            hearing = asyncio.create_task(self._hear())
            try:
                await self._stop.wait()
            finally:
                await self._end(tending, hearing)

    async def _end(self, *tasks: asyncio.Task[None]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._fills is not None:
            await self._fills.close()
        if self._taps is not None:
            await self._taps.close()
        await self._pool.close()
        await self._led.close()
        log.info("listener ended")

    async def _hear(self) -> None:
        """Model, recognizers, spool, port; a fault is told to the gateway, which decides about the next
        try."""
        config = self._config
        try:
            cards = await self._start_pool()
            card = cards.get(DEFAULT)
            spool = Spool(config.state_dir / "spool", max_bytes=config.spool_max_mb << 20)
            self._languages = Languages(
                model_ids={
                    key: cards[key].model_id if cards else f"{config.engine}:{key}".rstrip(":")
                    for key in config.models() if key not in self._pool.left_out
                },
                default_language=card.language if card else "",
                left_out=dict(self._pool.left_out),
            )  # fmt: skip
            self._scribe = Scribe(
                pool=self._pool,
                spool=spool,
                languages=self._languages,
                clock=self._clock,
                send=self._segment,
                on_partial=self._partial,
                on_behind=self._behind,
            )
            recovered = self._scribe.recover()
            self._fills = Fills(self._scribe, self._transcribed, self._send, self._clock)
            self._taps = Taps(
                scribe=self._scribe, clock=self._clock, on_live=self._live, on_ended=self._ended,
                on_hole=self._hole,
            )  # fmt: skip
            self._ward = Ward(again=self._scribe.again, tell=self._send, clock=self._clock)
            self._port = await self._taps.start(config.host, config.port)
        except OSError as error:
            self._fault = (
                f"sound cannot be taken at {config.host}:{config.port} or spooled: {error.strerror}; "
                "free the port or change speech.listener_port"
            )
        except (ModelError, RecognizerError) as error:
            self._fault = str(error)
        else:
            self._card = card
            log.info("listener hears", port=self._port, workers=self._pool.workers, recovered_legs=recovered)
        if self._fault is not None:
            log.error("listener cannot hear", reason=self._fault)
        self._resend()

    async def _start_pool(self) -> dict[str, ModelCard]:
        """The models' cards; a further model that cannot be used is left out, the default one must do.
        Raises ModelError, RecognizerError."""
        config = self._config
        looked_at = config.models() if config.engine == VOSK else {}
        cards, faults = check_all(looked_at, needed=DEFAULT)
        for key, fault in faults.items():
            log.error("speech model is left out, the others go on", model=key, reason=fault)
            self._pool.leave_out(key, fault)
        await self._pool.start()
        return cards

    async def _tend(self) -> None:
        rounds = 0
        while True:
            await self._clock.sleep(TEND_EVERY_S)
            rounds += 1
            self._led.tend()
            live = []
            if self._taps is not None and self._scribe is not None:
                self._taps.tend()
                self._look()
                live = self._taps.live
                if rounds % SWEEP_EVERY == 0:
                    self._scribe.sweep()
            if not live and self._clock.monotonic() - self._led.spoken_at > self._config.orphan_s:
                log.info("no gateway and no live tap, listener ends", after_s=self._config.orphan_s)
                self.stop()

    # ---- control

    async def _locked(self) -> Any:
        """One listener a folder: two would write into each other's spool."""
        lock = (self._config.state_dir / "listener.lock").open("a")
        for _ in range(round(LOCK_WITHIN_S / 0.1)):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            await self._clock.sleep(0.1)
        lock.close()
        raise ListenerError(
            f"another listener works in {self._config.state_dir}; "
            "stop it, or give this one a state folder of its own"
        )

    def _take(self, told: Any) -> None:
        if isinstance(told, Stop):
            self.stop()
        elif isinstance(told, Status):
            self._send(self._hello())
        elif self._taps is None or self._scribe is None or self._fills is None:
            if isinstance(told, Announce):
                self._send(
                    Announced(tap_id=told.tap_id, refused=self._fault or "the listener does not hear yet")
                )
            elif isinstance(told, Transcribe | Review):
                self._transcribed(told, self._fault or "the listener does not hear yet")
        elif isinstance(told, Announce):
            self._send(Announced(tap_id=told.tap_id, refused=self._taps.announce(told)))
        elif isinstance(told, Speak):
            self._taps.speak(str(told.tap_id), told.language)
        elif isinstance(told, Revoke):
            self._taps.revoke(str(told.tap_id))
        elif isinstance(told, SetHotWords):
            self._scribe.hot_words = HotWords.of(told.words)
        elif isinstance(told, Ack):
            self._scribe.acked(told.seq)
        elif isinstance(told, Transcribe):
            self._fills.fill(told)
        elif isinstance(told, Review):
            self._fills.review(told)
        elif isinstance(told, Sound):
            self._fills.given(told)

    def _resend(self) -> None:
        """The whole picture for a gateway that has just come, or since this listener hears."""
        self._send(self._hello())
        if self._scribe is not None and self._taps is not None:
            for tap_id in self._taps.live:
                self._live(self._taps.find(tap_id))
            for segment in self._scribe.unacked():
                self._send(segment)

    def _hello(self) -> Hello:
        taps, scribe, card, languages = self._taps, self._scribe, self._card, self._languages
        return Hello(
            protocol=PROTOCOL,
            fingerprint=self._config.fingerprint(),
            pid=os.getpid(),
            port=self._port,
            fault=self._fault,
            model_id=card.model_id if card else None,
            languages=languages.others if languages else {},
            accurate_id=languages.model_ids.get(ACCURATE) if languages else None,
            left_out=told_shortly(languages.left_out) if languages else {},
            synthetic_only=card.synthetic_only if card else False,
            workers=self._pool.workers,
            streams=len(taps.live) if taps else 0,
            behind=scribe.behind if scribe else 0,
            set_aside=scribe.set_aside if scribe else 0,
            origin=self._origin,
            legs=self._legs,
            announced=[UUID(t) for t in taps.announced] if taps else [],
            live=[UUID(t) for t in taps.live] if taps else [],
        )

    def _send(self, message: BaseModel) -> None:
        self._led.send(message)
        if not isinstance(message, PartialText | Segment):
            self._on_news()

    # ---- what happens to legs

    def _live(self, tap: Tap | None) -> None:
        if tap is not None:
            self._send(TapLive(tap_id=UUID(tap.tap_id), call_id=tap.call_id, leg=tap.leg))

    def _ended(self, tap: Tap, reason: str, failed: bool) -> None:
        self._send(
            TapEnded(tap_id=UUID(tap.tap_id), call_id=tap.call_id, leg=tap.leg, reason=reason, failed=failed)
        )

    def _segment(self, segment: Segment) -> None:
        """Until this listener hears, segments wait: those an earlier one left go first, in their order."""
        if self._port is not None:
            self._send(segment)

    def _partial(self, script: Script, partial: Partial) -> None:
        if self._led.has_room:
            self._send(
                PartialText(
                    call_id=script.call_id,
                    leg=script.leg,
                    text=partial.text,
                    started_ms=partial.started_ms,
                    ended_ms=partial.ended_ms,
                )
            )

    def _behind(self, script: Script, behind: bool) -> None:
        if script.tap_id is not None:
            log.warning(
                "leg waits for the recognizer" if behind else "leg has caught up",
                tap_id=script.tap_id,
                lag_ms=script.track.lag_ms,
                set_aside=script.track.aside,
            )
            self._look()

    def _look(self) -> None:
        """Whoever is heard otherwise than before is told, and mended."""
        if self._ward is not None and self._taps is not None:
            self._ward.look(self._taps.there)

    def _hole(self, tap: Tap, hole: Missing) -> None:
        self._send(Hole(call_id=tap.call_id, leg=tap.leg, started_ms=hole.started_ms, ended_ms=hole.ended_ms))

    def _transcribed(self, job: Transcribe | Review, failed: str | None) -> None:
        self._send(Transcribed(job_id=job.job_id, call_id=job.call_id, leg=job.leg, failed=failed))


def _origin(file: Path) -> int:
    """By what this listener's segment numbers are told from another's: drawn once for each state folder, as
    what is numbered is kept there too."""
    if not file.exists():
        fresh = file.with_suffix(".new")
        fresh.write_text(str(1 + secrets.randbelow(MAX_ORIGIN)))
        fresh.rename(file)
    try:
        return min(max(int(file.read_text()), 1), MAX_ORIGIN)
    except ValueError as error:
        raise ListenerError(f"{file} does not hold a number; remove it when the spool is empty") from error


async def serve(config: ListenerConfig, on_made: Callable[[Listener], None] = lambda _: None) -> None:
    """Runs a listener until SIGTERM or its own end."""
    listener = Listener(config, SystemClock())
    on_made(listener)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, listener.stop)
    await listener.run()


def main() -> int:
    """`python -m gateway.speech.listener CONFIG-AS-JSON`: how the gateway starts its child."""
    config = ListenerConfig.model_validate_json(sys.argv[1])
    logs.configure(config.log_level)
    try:
        asyncio.run(serve(config))
    except ListenerError as error:
        log.error("listener ends", reason=str(error))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
