"""Performs StartTap, and brings what the listener hears into the loop: segments for good, partial text in
passing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from gateway.calls import numbering, speech
from gateway.calls.effects import SpeakLanguage, StartTap
from gateway.calls.heard import (
    HearingChanged,
    LanguageChosen,
    SoundLost,
    TapSpeaks,
)
from gateway.calls.model import CallSession, Tap, TapStatus
from gateway.calls.signals import (
    CallSignal,
    SegmentTranscribed,
    TapAnnounced,
    TapEnded,
    TapLive,
)
from gateway.clock import Clock
from gateway.dispatch.encode import partial_message
from gateway.ids import CallId
from gateway.ports import Message
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Judging
from gateway.runtime.supervise import Tasks
from gateway.speech.level import Second
from gateway.speech.model import INDEXES_EACH, HearingState, Leg, TranscriptSegment

log = structlog.get_logger(__name__)

LISTENER_WITHIN_S = 10.0
"""How long a tap waits for a listener to be there: one that was killed is back by then, its model loaded,
also on a busy machine. Then the try counts as failed and the next one is
owed."""

AWAY = "the gateway was away"


class Listener(Protocol):
    """`gateway.speech.fleet.Fleet`, as far as the loop needs it."""

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, within_s: float, language: str
    ) -> str | None:
        """Tell the listener of a tap to come; the host:port the PBX shall send it to (without a host: this
        machine), None when no listener is there. `language`: a tag, "" for the configured one, "auto": found
        by listening."""
        ...

    async def speak(self, tap_id: str, language: str) -> None:
        """From now on this tap is heard with that language."""
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


class Plan(Protocol):
    """`gateway.pbx.languages.LanguagePlan`."""

    def of_call(self, dialed: str | None, line: str) -> str | None: ...

    def of_key(self, key: str) -> str | None: ...


class Hearing:
    """`listener` None: speech is switched off; a call says "no transcript", its verdict is unsure."""

    def __init__(
        self, *, listener: Listener | None, pbxs: Mapping[str, Pbx], intake: Intake, judging: Judging,
        hub: Hub, clock: Clock, tell: Callable[[Message], None], plans: Mapping[str, Plan] | None = None,
    ) -> None:  # fmt: skip
        self._listener, self._pbxs, self._intake, self._judging = listener, pbxs, intake, judging
        self._hub, self._clock, self._tell = hub, clock, tell
        self._plans = {} if plans is None else plans
        self.several_languages = False
        """The listener has models of other languages beside the default one; kept current by the house."""
        self._away: dict[str, int] = {}
        """Taps that lived when a gateway before this one ended: since when (ms) nobody knows of them."""
        self.on_sounded: Callable[[str, Leg, Sequence[Second]], None] = lambda *_: None
        """Who shows how a caller sounds; set by the house."""
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
            within_s=LISTENER_WITHIN_S, language=(language := self._language(session)),
        )  # fmt: skip
        refused = "no listener" if address is None else await pbx.start_tap(effect, address)
        if refused is not None:
            return (self._ended(effect.call_id, effect.leg, effect.tap_id, refused, failed=True),)
        return (
            TapAnnounced(
                call_id=effect.call_id, at=self._clock.now(), leg=effect.leg, tap_id=effect.tap_id,
                language=language or None,
            ),
        )  # fmt: skip

    async def speak(self, effect: SpeakLanguage) -> Iterable[CallSignal]:
        """A tap that is there hears with another language from now on."""
        if self._listener is None:
            return ()
        await self._listener.speak(effect.tap_id, effect.language)
        return (
            TapSpeaks(
                call_id=effect.call_id, at=self._clock.now(), tap_id=effect.tap_id, language=effect.language
            ),
        )

    def _language(self, session: CallSession) -> str:
        """By key, by the dialplan's word, by number or trunk; else found by listening where there are
        several models."""
        plan = self._plans.get(session.pbx)
        chosen = session.language or (plan.of_call(session.dialed, session.line) if plan else None)
        return chosen or ("auto" if self.several_languages else "")

    def key_pressed(self, session: CallSession, key: str) -> None:
        """A key of the caller, committed: perhaps the one of another language."""
        plan = self._plans.get(session.pbx)
        language = plan.of_key(key) if plan else None
        if language is not None and (language != session.language or not session.language_by_key):
            self._offer(LanguageChosen(call_id=session.call_id, at=self._clock.now(), language=language))

    # ---- from the listener

    def present(self, live: frozenset[str]) -> None:
        """The listener tells which taps send sound now: one believed live and not among them has ended
        unseen, one among them was heard all the time."""
        for session, tap in self._live_taps():
            if tap.tap_id not in live:
                self.tap_ended(session.call_id, tap.leg, tap.tap_id, "ended while nobody listened", True)
            elif (since_ms := self._away.pop(tap.tap_id, None)) is not None:
                self.leg_state(session.call_id, tap.leg, tap.tap_id, HearingState.LIVE, None, since_ms)

    def away_since(self, when: datetime) -> None:
        """This gateway was away: until the listener says that it heard its taps, nobody did."""
        for session, tap in self._live_taps():
            since_ms = self._away[tap.tap_id] = speech.ms_of(session, when)
            self.leg_state(session.call_id, tap.leg, tap.tap_id, HearingState.NO_FRAMES, AWAY, since_ms)

    def _live_taps(self) -> list[tuple[CallSession, Tap]]:
        sessions: list[CallSession] = [held.state for held in self._intake.book.of_kind("call").values()]
        return [(one, tap) for one in sessions for tap in one.taps if tap.status is TapStatus.LIVE]

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

    def leg_state(
        self,
        call_id: str,
        leg: Leg,
        tap_id: str,
        state: HearingState,
        reason: str | None,
        since_ms: int | None,
    ) -> None:
        """The watchdog's word on a live tap."""
        self._offer(
            HearingChanged(
                call_id=CallId(call_id), at=self._clock.now(), leg=leg, tap_id=tap_id, state=state,
                reason=reason[:200] if reason else None, since_ms=since_ms,
            )
        )  # fmt: skip

    def sounded(self, call_id: str, leg: Leg, seconds: Sequence[Second]) -> None:
        """How a live leg sounded, second by second."""
        self.on_sounded(call_id, leg, seconds)

    def hole(self, call_id: str, leg: Leg, started_ms: int, ended_ms: int) -> None:
        """Sound of a live tap that never came."""
        self._offer(
            SoundLost(
                call_id=CallId(call_id),
                at=self._clock.now(),
                leg=leg,
                started_ms=started_ms,
                ended_ms=ended_ms,
            )
        )

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
