"""Callers who say little: how they sound is shown in passing, knocks and the site's code words become
signals."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.calls.events import TranscriptSegmentEvent
from gateway.calls.model import CallSession, CallState
from gateway.calls.quieted import CodeWordHeard, TapsHeard
from gateway.clock import Clock
from gateway.ids import CallId
from gateway.runtime.book import Change
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.supervise import Tasks
from gateway.speech.level import Kind, Second
from gateway.speech.model import Leg
from gateway.text.codewords import code_words, found_in

SHOWN = 60
"""Seconds of a caller's sound that a page gets; older ones are in the recording."""
KNOCKS = 2
"""A single click is the line's; so many within GROUP_MS are somebody's."""
GROUP_MS = 5_000
MAX_GROUPS = 20
"""Groups of knocks noted in one call; further ones are in the strip of sound alone."""
AT_ONCE = 64
"""Signals offered together; more wait their turn."""


@dataclass
class _Sound:
    """How one caller sounds."""

    seconds: deque[Second] = field(default_factory=lambda: deque(maxlen=SHOWN))
    taps: int = 0
    since_ms: int = 0
    """Of the group of knocks that goes on; `taps` 0: there is none."""
    groups: int = 0


class QuietDesk:
    """Keeps the last minute of each live caller's sound in memory; nothing of it is journaled but knocks."""

    def __init__(self, *, intake: Intake, hub: Hub, clock: Clock, words: Sequence[str] = ()) -> None:
        """`words`: the site's own code words."""
        self._intake, self._hub, self._clock = intake, hub, clock
        self._words = code_words(words)
        self._sounds: dict[str, _Sound] = {}
        self._tasks = Tasks(limit=AT_ONCE)

    def levels(self, call_id: str) -> list[dict[str, Any]]:
        """The last minute, second by second; empty: nobody hears this caller live, or heard them so far."""
        sound = self._sounds.get(call_id)
        return [_shown(second) for second in sound.seconds] if sound else []

    def sounded(self, call_id: str, leg: Leg, seconds: Sequence[Second]) -> None:
        """From the listener. Of a call that is over: nothing."""
        live = self._intake.book.get(("call", call_id))
        if leg is not Leg.CALLER or live is None or live.state.state is CallState.ENDED:
            return
        sound = self._sounds.setdefault(call_id, _Sound())
        for second in seconds:
            sound.seconds.append(second)
            self._knocks(call_id, sound, second)
        self._hub.publish(
            "level", call_id, {"call_id": call_id, "seconds": [_shown(second) for second in seconds]}
        )

    def _knocks(self, call_id: str, sound: _Sound, second: Second) -> None:
        if second.kind is Kind.TAPS:
            sound.since_ms = sound.since_ms if sound.taps else second.at_ms
            sound.taps += second.taps
        goes_on = second.kind is Kind.TAPS and second.at_ms - sound.since_ms < GROUP_MS
        if goes_on or not sound.taps:
            return
        if sound.taps >= KNOCKS and sound.groups < MAX_GROUPS:
            sound.groups += 1
            self._offer(
                TapsHeard(
                    call_id=CallId(call_id), at=self._clock.now(), taps=sound.taps, started_ms=sound.since_ms
                )
            )
        sound.taps = 0

    def committed(self, changes: Sequence[Change]) -> None:
        """After each commit: code words in what callers said; of calls that are over nothing is kept."""
        for change in changes:
            if change.address[0] != "call":
                continue
            session: CallSession = change.after.state
            if session.state is CallState.ENDED:
                self._sounds.pop(session.call_id, None)
            for event in change.events if self._words else ():
                if isinstance(event, TranscriptSegmentEvent) and event.segment.speaker is Leg.CALLER:
                    self._look(session, event)

    def _look(self, session: CallSession, event: TranscriptSegmentEvent) -> None:
        said = event.segment
        word = found_in(said.text, self._words)
        if word is not None:
            self._offer(
                CodeWordHeard(
                    call_id=session.call_id, at=self._clock.now(), segment_index=said.index,
                    started_ms=said.started_ms, ended_ms=said.ended_ms, quote=word,
                )
            )  # fmt: skip

    def _offer(self, signal: Any) -> None:
        self._tasks.start("a sign of a caller", self._intake.offer(signal))

    async def close(self) -> None:
        await self._tasks.close()


def _shown(second: Second) -> dict[str, Any]:
    return {**asdict(second), "kind": second.kind.value}
