"""What can happen to a call: past participles, each with `at` (arrival) and, where the PBX said so,
`source_at`.

A signal names its call; `inferred` marks what was learnt afterwards from CEL, CDR, the recording folder or
a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.model import EndReason, PartyRole, RecordedFile, ReleasedBy, TransferKind, TransferResult
from gateway.ids import CallId
from gateway.location.model import Location
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import AlarmClass, Assessment, Department, Nature, Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSignal:
    """What all signals about a call share."""

    call_id: CallId
    at: datetime
    source_at: datetime | None = None
    inferred: bool = False

    @property
    def when(self) -> datetime:
        """The PBX's own time where it gave one, else the arrival."""
        return self.source_at or self.at


# ---- from the PBX


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeized(CallSignal):
    """A caller took a 110 line. Adoption after a gap sends it too, marked inferred, and is harmless when
    known.
    """

    site: str
    pbx: str
    uniqueid: str
    linkedid: str
    line: str
    dialed: str | None = None
    outgoing: bool = False
    """We ring: the leg of whom we call."""
    callback_of: CallId | None = None
    callback_move: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentified(CallSignal):
    """The number as the network asserts it; `ani` None: it withheld it. `ani_source`: PAI or From."""

    ani: str | None
    ani_source: str | None
    dialed: str | None = None
    anonymous: bool = False
    sip_call_id: str | None = None
    remote_address: str | None = None
    test: bool = False
    """One of the numbers that only test the line: traced from end to end, never counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallSignal):
    queue: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRang(CallSignal):
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStoppedRinging(CallSignal):
    """Not answered, refused, or another desk was quicker."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAbandoned(CallSignal):
    """The caller left the queue unanswered; the end of the call itself follows as CallEnded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyJoined(CallSignal):
    """A call-taker or a department is connected with the caller. The first call-taker is the answer."""

    role: PartyRole
    number: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLeft(CallSignal):
    role: PartyRole
    number: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld(CallSignal):
    """A person put the caller on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResumed(CallSignal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStarted(CallSignal):
    kind: TransferKind
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEnded(CallSignal):
    """`kind` may differ from how it started: an attended transfer merged is a threeway."""

    kind: TransferKind
    target: str
    result: TransferResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceJoined(CallSignal):
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(CallSignal):
    """A key pressed by the caller: someone who cannot speak may answer so."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingChanged(CallSignal):
    """Speech energy began or ended on a leg (the PBX's own detection)."""

    leg: Leg
    talking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(CallSignal):
    recording_id: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStopped(CallSignal):
    recording_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallSignal):
    """The caller's leg is gone. `reason` only where the source decides it (LOST, FAILED); else the reducer
    does.

    `released_by` as the translator could tell; None: not known. `cause` is the Q.850 cause, for the record.
    """

    released_by: ReleasedBy | None = None
    reason: EndReason | None = None
    cause: int | None = None


# ---- from our own adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationAnswered(CallSignal):
    """`query_id`: the question it answers; None: it came with the call, was handed in, heard or entered."""

    location: Location
    query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRefused(CallSignal):
    """A location that came but could not be read: kept with its reason, the call goes on."""

    source: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TapAnnounced(CallSignal):
    """A tap has been asked of the PBX under `tap_id` (StartTap went out and was accepted)."""

    leg: Leg
    tap_id: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TapLive(CallSignal):
    """The first frame of a leg has come."""

    leg: Leg
    tap_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TapEnded(CallSignal):
    """A tap's stream closed. Owed again while its leg lives, at most `MAX_TAP_ATTEMPTS`, unless `final`."""

    leg: Leg
    tap_id: str
    reason: str
    failed: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTranscribed(CallSignal):
    """A final segment. Its `index` comes from the listener; one seen before is ignored. `source`: the tap
    that heard it, or the job that read it from a recording."""

    segment: TranscriptSegment
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoFired(CallSignal):
    """The safety layer heard danger, perhaps in partial text: it stands whatever the final text says."""

    veto: Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageAssessed(CallSignal):
    """`segments`: how many final segments the verdict rests on. `language_model` note lives in the pack
    hash.
    """

    assessment: Assessment
    segments: int
    speech_dead: bool = False
    """Judged as a call whose caller is not heard."""
    pack: str = ""
    """Hash of the pack that judged, veto lists and all; empty: not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFailed(CallSignal):
    """A broken rule set means "unsure", never "not an alarm"."""

    reason: str
    segments: int
    speech_dead: bool = False
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReplaced(CallSignal):
    """Another rule pack judges from now on: what this pack has not judged is judged again."""

    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStored(CallSignal):
    recording_id: str
    files: tuple[RecordedFile, ...]
    review: bool = False
    """The site wants a second pass by the accurate model."""
    doubts: tuple[str, ...] = ()
    """Remarks of the archive: a part is missing, or it is not as long as the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFaulted(CallSignal):
    """A recording is missing, too short or unreadable; `final`: no further try will be made."""

    recording_id: str
    fault: str
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpectedReported(CallSignal):
    """A message about this call that does not hang together; kept for the auditor, changes nothing."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(CallSignal):
    name: str


# ---- requests of people (imperative; answered after the commit)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest(CallSignal):
    """What a person asks. The same `request_id` gets the same answer; `expected_rev` None: whatever it is
    now.
    """

    request_id: str
    actor: str
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDisposition(CallRequest):
    alarm_class: AlarmClass
    nature: Nature
    department: Department | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCall(CallRequest):
    """Somebody who looked again says what the call is: to teach rules and model, not to change the call."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCardField(CallRequest):
    """A person's entry for one field of the card: it always wins and is never overwritten by a machine."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmCardField(CallRequest):
    """A person vouches for what the machine proposed."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecording(CallRequest):
    """Somebody wants to listen; granted, and written down, before the first byte is served."""

    recording_id: str
    purpose: str
