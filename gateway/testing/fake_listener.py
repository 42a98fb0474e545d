"""The listener as the loop sees it, without a process: taps are taken, and a test says what is heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from gateway.speech.client import Hearer
from gateway.speech.model import Leg, TranscriptSegment, Word


@dataclass(slots=True)
class AnnouncedTap:
    call_id: str
    leg: Leg
    offset_ms: int
    next_index: int


@dataclass(slots=True)
class FakeListener:
    """Implements `gateway.runtime.hearing.Listener`. Set `address` to None for a listener that is not
    there."""

    address: str | None = "127.0.0.1:9092"
    hearer: Hearer | None = None
    taps: dict[str, AnnouncedTap] = field(default_factory=dict)
    acked: list[int] = field(default_factory=list)
    unacked: dict[int, tuple[str, TranscriptSegment]] = field(default_factory=dict)
    _seqs: count[int] = field(default_factory=lambda: count(1))

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, first_index: int, within_s: float
    ) -> str | None:
        if self.address is not None:
            self.taps[tap_id] = AnnouncedTap(call_id, leg, offset_ms, first_index)
        return self.address

    async def ack(self, seq: int) -> None:
        self.acked.append(seq)
        self.unacked.pop(seq, None)

    def live(self, tap_id: str) -> None:
        """The tap's first sound came."""
        tap = self.taps[tap_id]
        self._told().tap_live(tap.call_id, tap.leg, tap_id)

    def end(self, tap_id: str, reason: str = "stream closed", *, failed: bool = False) -> None:
        tap = self.taps.pop(tap_id)
        self._told().tap_ended(tap.call_id, tap.leg, tap_id, reason, failed)

    def mumble(self, tap_id: str, text: str, started_ms: int, ended_ms: int) -> None:
        """Partial text."""
        tap = self.taps[tap_id]
        self._told().partial(tap.call_id, tap.leg, text, started_ms, ended_ms)

    def hear(
        self, tap_id: str, text: str, started_ms: int, ended_ms: int, confidence: float = 1.0
    ) -> TranscriptSegment:
        """A final segment of one word a letter, evenly spread."""
        tap = self.taps[tap_id]
        step = (ended_ms - started_ms) / max(1, len(text))
        words = tuple(
            Word(
                text=c,
                started_ms=round(started_ms + n * step),
                ended_ms=round(started_ms + (n + 1) * step),
                confidence=confidence,
            )
            for n, c in enumerate(text)
        )
        segment = TranscriptSegment(
            index=tap.next_index,
            speaker=tap.leg,
            started_ms=started_ms,
            ended_ms=ended_ms,
            text=text,
            words=words,
            model_id="fake",
        )
        tap.next_index += 1
        seq = next(self._seqs)
        self.unacked[seq] = (tap.call_id, segment)
        self._told().segment(seq, tap.call_id, segment)
        return segment

    def resend(self) -> None:
        """A gateway came back: everything unacknowledged again."""
        for seq, (call_id, segment) in tuple(self.unacked.items()):
            self._told().segment(seq, call_id, segment)

    def _told(self) -> Hearer:
        if self.hearer is None:
            raise AssertionError("set .hearer first")
        return self.hearer
