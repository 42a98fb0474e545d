"""What the world owes a call: imperative, restorable (may be performed again at will) or once.

`owed(session)` in `reducer` lists them; the runtime performs `owed(after) - owed(before)`, and after a
restart all of `owed(state)`: the same path. Equality is identity here, so an effect carries all that makes
it another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gateway.calls.handing import MoveKind
from gateway.ids import CallId
from gateway.speech.model import Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the world owes an aggregate of any kind."""

    once: ClassVar[bool] = False
    """True: moves people. `Attempted` is committed before it is sent, and it is never sent again after a
    restart.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer(Effect):
    """Wake this aggregate when `due_at` has come. The commit that owes it writes it into the table of timers,
    the one that owes it no more takes it out: nobody performs it, and no restart forgets it."""

    kind: str
    key: str
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseMember(Effect):
    """Take a desk out of the PBX's queues, or put it back. Sent once; PauseAnswered says how it went."""

    once: ClassVar[bool] = True

    pbx: str
    agent: str
    paused: bool
    reason: str
    order: str
    """The request that asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEffect(Effect):
    """What the world owes a call."""

    call_id: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTap(CallEffect):
    """Ask the PBX for a live copy of one leg's sound towards the listener, under an announced UUID."""

    pbx: str
    leg: Leg
    line: str
    tap_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessTriage(CallEffect):
    """Judge what has been said so far. `segments` makes a later, longer text another effect."""

    segments: int
    pack: str = ""
    """Hash of the pack that judges the call, as far as the call knows: another pack makes another effect."""
    speech_dead: bool = False
    """The caller is not heard now, or much of the call is not transcribed yet."""
    ended: bool = False
    reviewed: tuple[Leg, ...] = ()
    """Sides whose text is that of the second pass; of the others the live text counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRecording(CallEffect):
    """Measure, repair where needed, hash and keep the recorder's files."""

    pbx: str
    recording_id: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakLanguage(CallEffect):
    """Tell the listener that a live tap speaks another language."""

    tap_id: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillGap(CallEffect):
    """Transcribe from the recording what no live ear heard of one side. Asked again under the same `job_id`
    it doubles nothing."""

    leg: Leg
    recording_id: str
    path: str
    base_ms: int
    """Where the recording begins in the call."""
    spans: tuple[tuple[int, int], ...]
    """What the recogniser hears: the gaps and a little beside them."""
    gaps: tuple[tuple[int, int], ...]
    job_id: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecording(CallEffect):
    """Hear one side of a whole recording again, with the accurate model."""

    leg: Leg
    recording_id: str
    path: str
    base_ms: int
    first_index: int
    job_id: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLocation(CallEffect):
    """Ask every source that is concerned where the caller is. One round: each source is told with
    LocationQuerySent and LocationQueryEnded, what it knows with LocationAnswered and the like, and
    LocationRoundEnded comes last, whatever happened: until then the round is owed."""

    round: int
    """Counts from 1: what makes another round another effect."""
    ani: str | None = None
    sip_call_id: str | None = None
    references: tuple[str, ...] = ()
    """URIs that came with the call and have not expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateSpoken(CallEffect):
    """Look for places in what the caller said; owed until SpokenPlacesRead says so many segments were
    read."""

    segments: int
    """Final segments of the caller so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestTogether(CallEffect):
    """Compare the call with others of the last hour around it; owed until SuggestionsMade names the same
    basis, if only with nothing in it."""

    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribePlace(CallEffect):
    """Say of the leading fix, a position or an address, in whose district and jurisdiction it lies and what
    is near it; owed until PlaceDescribed names the same fix, if only with nothing in it."""

    location_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendShareLink(CallEffect):
    """Send the caller a link, once: a phone that rings twice may betray. LinkSent or LinkUnsent answers."""

    once: ClassVar[bool] = True

    n: int
    number: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePeople(CallEffect):
    """One action that moves people, as `calls.handing.Move` keeps it. Written down before it is sent, sent
    once; MoveSent, MoveRefused or MoveUnseen answers."""

    once: ClassVar[bool] = True

    pbx: str
    uniqueid: str
    """Of the caller's leg: what the move's own leg is named after."""
    n: int
    kind: MoveKind
    line: str = ""
    beside: str = ""
    number: str = ""
    position: str = ""
    room: str = ""
    shown: str = ""
