"""Performs StartTap, and brings what the listener hears into the loop: segments for good, partial text in
passing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog

from gateway.calls import numbering
from gateway.calls.effects import StartTap
from gateway.calls.model import CallSession, TapStatus
from gateway.calls.signals import CallSignal, SegmentTranscribed, TapAnnounced, TapEnded, TapLive
from gateway.clock import Clock
from gateway.dispatch.encode import partial_message
from gateway.ids import CallId
from gateway.ports import Message
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Judging
from gateway.runtime.supervise import Tasks
from gateway.speech.model import INDEXES_EACH, Leg, TranscriptSegment

log = structlog.get_logger(__name__)

LISTENER_WITHIN_S = 10.0
"""How long a tap waits for a listener to be there: one that was killed is back by then, its model loaded,
also on a busy machine. Then the try counts as failed and the next one is
owed."""


class Listener(Protocol):
    """`gateway.speech.fleet.Fleet`, as far as the loop needs it."""

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, within_s: float
    ) -> str | None:
        """Tell the listener of a tap to come; the host:port the PBX shall send it to (without a host: this
        machine), None when no listener is there."""
        ...

    async def ack(self, seq: int) -> None: ...


class Pbx(Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as hearing needs it."""

    @property
    def up(self) -> bool:
        """Whether it can be asked at all."""
        ...

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        """Ask for the sound of a leg towards host:port; None when the PBX accepted, else why not."""
        ...


class Hearing:
    """`listener` None: speech is switched off; a call says "no transcript", its verdict is unsure."""

    def __init__(
        self, *, listener: Listener | None, pbxs: Mapping[str, Pbx], intake: Intake, judging: Judging,
        hub: Hub, clock: Clock, tell: Callable[[Message], None],
    ) -> None:  # fmt: skip
        self._listener, self._pbxs, self._intake, self._judging = listener, pbxs, intake, judging
        self._hub, self._clock, self._tell = hub, clock, tell
        self._tasks = Tasks(limit=512)

    # ---- effects

    async def start_tap(self, effect: StartTap) -> Iterable[CallSignal]:
        """Announce the tap to the listener, then ask the PBX for it; each can fail, and both failures are
        answers.

        While the link to the PBX is down no try is spent: the tap stays owed, and is asked for when the link
        is back.
        """
        session, pbx = self._session(effect.call_id), self._pbxs[effect.pbx]
        if self._listener is None:
            return (
                replace(
                    self._ended(
                        effect.call_id, effect.leg, effect.tap_id, "speech is switched off", failed=True
                    ),
                    final=True,
                ),
            )
        if session is None or not pbx.up:
            return ()
        offset_ms = max(0, round((self._clock.now() - session.seized_at).total_seconds() * 1000))
        address = await self._listener.announce(
            tap_id=effect.tap_id, call_id=effect.call_id, leg=effect.leg, offset_ms=offset_ms,
            within_s=LISTENER_WITHIN_S,
        )  # fmt: skip
        refused = "no listener" if address is None else await pbx.start_tap(effect, address)
        if refused is not None:
            return (self._ended(effect.call_id, effect.leg, effect.tap_id, refused, failed=True),)
        return (
            TapAnnounced(call_id=effect.call_id, at=self._clock.now(), leg=effect.leg, tap_id=effect.tap_id),
        )

    # ---- from the listener

    def present(self, live: frozenset[str]) -> None:
        """The listener tells which taps send sound now: one believed live and not among them has ended
        unseen."""
        for call_id, held in self._intake.book.of_kind("call").items():
            for tap in held.state.taps:
                if tap.status is TapStatus.LIVE and tap.tap_id not in live:
                    self.tap_ended(call_id, tap.leg, tap.tap_id, "ended while nobody listened", True)

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None:
        self._offer(TapLive(call_id=CallId(call_id), at=self._clock.now(), leg=leg, tap_id=tap_id))

    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None:
        self._offer(self._ended(call_id, leg, tap_id, reason, failed=failed))

    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None:
        """Shown and published at once; danger in it is a signal, for good. Of a call that is closed:
        nothing."""
        session = self._session(call_id)
        if session is None:
            return
        data: dict[str, Any] = {
            "call_id": call_id,
            "speaker": leg.value,
            "text": text,
            "started_ms": started_ms,
        }
        self._hub.publish("partial", call_id, data)
        self._tell(partial_message(site=session.site, **data))
        for danger in self._judging.danger_in(CallId(call_id), leg, text, started_ms, ended_ms):
            self._offer(danger)

    def first_index(self, call_id: str, leg: Leg, origin: int) -> int:
        """From where on a listener of this origin numbers the segments of a leg."""
        session = self._session(call_id)
        return numbering.first_index(session, leg, origin) if session else origin * INDEXES_EACH

    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None = None) -> None:
        """A final segment; the listener keeps it until it is committed here."""
        self._tasks.start("segment", self._keep(seq, call_id, segment, source))

    async def _keep(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None:
        await self._intake.settled(
            SegmentTranscribed(call_id=CallId(call_id), at=self._clock.now(), segment=segment, source=source)
        )
        if self._listener is not None:
            await self._listener.ack(seq)

    def _ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, *, failed: bool) -> TapEnded:
        return TapEnded(
            call_id=CallId(call_id),
            at=self._clock.now(),
            leg=leg,
            tap_id=tap_id,
            reason=reason[:200],
            failed=failed,
        )

    def _offer(self, signal: Any) -> None:
        self._tasks.start("hearing", self._intake.offer(signal))

    def _session(self, call_id: str) -> CallSession | None:
        live = self._intake.book.get(("call", call_id))
        return live.state if live else None

    async def close(self) -> None:
        await self._tasks.close()
