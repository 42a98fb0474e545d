"""Looks after the live taps of a listener: tells how each is heard and how the caller sounds, and mends what
can be mended here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog

from gateway.clock import Clock
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.control import LegState, Sounded
from gateway.speech.model import HearingState
from gateway.speech.scribe import Script
from gateway.speech.taps import Tap
from gateway.speech.watch import Told

log = structlog.get_logger(__name__)


class Ward:
    def __init__(
        self,
        *,
        again: Callable[[Script, int], None],
        tell: Callable[[LegState | Sounded], None],
        clock: Clock,
    ):
        """`again(script, byte)`: a fresh recognizer hears this leg from that byte of its sound on."""
        self._again, self._tell, self._clock = again, tell, clock

    def look(self, taps: Iterable[Tap]) -> None:
        """Once a second; of a tap without sound so far there is nothing to say."""
        now = self._clock.monotonic()
        for tap in taps:
            script = tap.script
            if script is None or script.watch is None or tap.over is not None:
                continue
            if script.meter is not None and (seconds := script.meter.take()):
                self._tell(Sounded(call_id=tap.call_id, leg=tap.leg, seconds=seconds))
            track = script.track
            told = script.watch.look(
                heard_ms=track.base_ms + track.heard // BYTES_PER_MS,
                silent_s=now - tap.heard_at,
                late=_late(script),
            )
            if told is not None:
                self._act(tap, script, told)

    def _act(self, tap: Tap, script: Script, told: Told) -> None:
        say = log.info if told.state is HearingState.LIVE else log.warning
        say("leg is heard otherwise", tap_id=tap.tap_id, state=told.state.value, reason=told.reason)
        if told.mend:
            self._again(script, (told.since_ms - script.track.base_ms) * BYTES_PER_MS)
        self._tell(
            LegState(
                tap_id=UUID(tap.tap_id),
                call_id=tap.call_id,
                leg=tap.leg,
                state=told.state,
                reason=told.reason,
                since_ms=max(0, told.since_ms),
            )
        )


def _late(script: Script) -> HearingState | None:
    """What is amiss with its text though words come."""
    if script.track.hearing is not HearingState.LIVE:
        return script.track.hearing
    return HearingState.NO_MODEL if script.foreign else None
