"""The simulated exchange: callers who ring as a script says, ears that hear what stands in it, no recordings.

What it tells the loop are the same signals that a real PBX and a real listener bring. It has no line to
anybody: whatever the house asks of it is done in here or refused. The scenarios of the tests use it too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from gateway.archive.model import NotStored
from gateway.calls.effects import MovePeople, StartTap
from gateway.calls.handing import Why
from gateway.calls.model import PartyRole
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    CallSignal,
    DeskRang,
    DeskStoppedRinging,
    KeyPressed,
    LocationAnswered,
    PartyJoined,
    SegmentTranscribed,
    TalkingChanged,
    TapLive,
)
from gateway.clock import Clock
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.canary import CanaryPlan
from gateway.runtime.moving import Outcome
from gateway.speech.model import Leg, TranscriptSegment

QUEUE = "q110"
SPOKEN_MS = 180
"""So long one character is spoken, as far as the transcript's times are concerned."""
S = TypeVar("S", bound=CallSignal)


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as the simulator needs it."""

    async def offer_pbx(self, signal: Any) -> None: ...

    async def offer(self, signal: Any) -> None: ...


class ScriptedPbx:
    """Accepts every tap; whoever wants more of it makes a subclass. `taps`: accepted, not live yet;
    `named`: numbers that stand behind the others."""

    up = True

    def __init__(self) -> None:
        self.taps: list[StartTap] = []
        self.named: dict[str, datetime] = {}

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        self.taps.append(effect)
        return None

    async def live_taps(self, loop: Loop, clock: Clock) -> None:
        """The first frame of each accepted tap has come."""
        while self.taps:
            tap = self.taps.pop(0)
            await loop.offer(
                TapLive(call_id=tap.call_id, at=clock.now(), leg=tap.leg, tap_id=tap.tap_id)
            )  # fmt: skip

    async def name_number(self, number: str, until: datetime | None) -> str | None:
        if until is None:
            self.named.pop(number, None)
        else:
            self.named[number] = until
        return None

    async def place_canary(self, plan: CanaryPlan) -> str | None:
        return "this PBX is a script"

    async def move(self, effect: MovePeople) -> Outcome:
        return Outcome(why=Why.PBX_DOWN)

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        return None


class ScriptedEars:
    """A listener that is always there; what it hears stands in the script."""

    async def announce(
        self, *, tap_id: str, call_id: str, leg: Leg, offset_ms: int, within_s: float, language: str
    ) -> str | None:
        return "127.0.0.1:9092"

    async def speak(self, tap_id: str, language: str) -> None:
        return None

    async def ack(self, seq: int) -> None:
        return None


class NoRecordings:
    """The archive of a PBX that records nothing."""

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> NotStored:
        return NotStored(text="this PBX is a script", final=True)


class ScriptedCaller:
    """One call, told as PBX and ears would tell it. `uniqueid`: as the PBX would name the caller's leg."""

    def __init__(
        self, loop: Loop, clock: Clock, *, site: str, pbx: str, uniqueid: str, line: str, ani: str | None,
        source: str = "10.0.0.1",
    ) -> None:  # fmt: skip
        self._loop, self._clock, self._site, self._pbx = loop, clock, site, pbx
        self.call_id = CallId(f"{site}-{pbx}-{uniqueid}")
        self._unique, self._line, self._ani, self._source = uniqueid, line, ani, source
        self._said = {Leg.CALLER: 0, Leg.CALL_TAKER: 0}
        self._seized_at = clock.now()

    async def tell(self, signal: type[S], /, **more: Any) -> None:
        await self._loop.offer_pbx(signal(call_id=self.call_id, at=self._clock.now(), **more))

    async def seizes(self, **more: Any) -> None:
        """The line is taken. `more`: of a call that we placed."""
        self._seized_at = self._clock.now()
        facts = {"linkedid": self._unique, "dialed": "110", **more}
        await self.tell(
            CallSeized, site=self._site, pbx=self._pbx, uniqueid=self._unique, line=self._line, **facts
        )

    async def is_identified(self) -> None:
        await self.tell(
            CallerIdentified, ani=self._ani, ani_source="PAI", anonymous=self._ani is None,
            remote_address=self._source,
        )  # fmt: skip

    async def is_queued(self) -> None:
        await self.tell(CallQueued, queue=QUEUE)

    async def rings_at(self, desk: str) -> None:
        await self.tell(DeskRang, agent=desk)

    async def stops_ringing_at(self, desk: str) -> None:
        await self.tell(DeskStoppedRinging, agent=desk)

    async def speaks_with(self, desk: str) -> None:
        await self.tell(PartyJoined, role=PartyRole.CALL_TAKER, number=desk, line=self.desk_line(desk))

    def desk_line(self, desk: str) -> str:
        return f"PJSIP/{desk}-{self.call_id[-4:]}"

    async def is_located(self, latitude: float, longitude: float, radius_m: float, name: str) -> None:
        fix = Location(
            location_id=name, source=LocationSource.AML, obtained_at=self._clock.now(),
            latitude=latitude, longitude=longitude, datum=Datum.WGS_84, uncertainty_m=radius_m, method="gps",
        )  # fmt: skip
        await self.tell(LocationAnswered, location=fix)

    async def is_heard(self, leg: Leg, text: str, *, duration_ms: int | None = None) -> None:
        """Final text of one side."""
        index = self._said[leg]
        ms = round((self._clock.now() - self._seized_at) / timedelta(milliseconds=1)) + index
        spoken = SPOKEN_MS * len(text) if duration_ms is None else duration_ms
        segment = TranscriptSegment(
            index=index, speaker=leg, started_ms=ms, ended_ms=ms + spoken, text=text, model_id="script"
        )
        self._said[leg] = index + 1
        await self.tell(SegmentTranscribed, segment=segment)

    async def presses(self, keys: str) -> None:
        for key in keys:
            await self.tell(KeyPressed, key=key)

    async def sounds(self) -> None:
        """Noise without words: tapping, breathing."""
        for talking in (True, False):
            await self.tell(TalkingChanged, leg=Leg.CALLER, talking=talking)

    async def leaves(self, *, answered: bool) -> None:
        if not answered:
            await self.tell(CallAbandoned)
        await self.tell(CallEnded)
