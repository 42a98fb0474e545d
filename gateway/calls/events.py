"""What the world is told of a call: NENA i3 LogEventType nouns without the suffix, and ours where i3 has no
word.

Each is plain data; `dispatch.encode` gives it its envelope, topic and sequence. JSON Schemas are made from
these types.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.calls.locating import QueryState
from gateway.calls.model import CallState, EndReason, Medium, ReleasedBy, TransferKind, TransferResult
from gateway.location.conflicts import Conflict
from gateway.location.model import Additional, Location, LocationSource
from gateway.location.select import Reason
from gateway.speech.differ import WordChange
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import AlarmClass, Assessment, Department, Nature, Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """What every event of a call carries. `inferred`: learnt after the fact (see DESIGN of gaps)."""

    occurred_at: datetime
    inferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStart(CallEvent):
    """i3 CallStart: a caller took a 110 line."""

    pbx: str
    linkedid: str
    dialed: str | None = None
    outgoing: bool = False
    """We rang: a call-back, or a call of our own."""
    callback_of: str | None = None
    """call_id of the call that is called back."""
    medium: Medium = Medium.VOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity(CallEvent):
    """The caller's number as the network asserts it (ours; i3 carries it in CallStart, where we do not yet
    know it).
    """

    ani: str | None
    ani_source: str | None
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStateChange(CallEvent):
    """i3 CallStateChange."""

    state: CallState
    previous: CallState | None = None
    agent: str | None = None
    queue: str | None = None
    queue_wait_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransfer(CallEvent):
    """i3 CallTransfer: a transfer begun, done, failed or cancelled. `target` is the dialled number,
    `referral` the hand-over that a person asked for; absent: the phone's own keys."""

    kind: TransferKind
    target: str
    result: TransferResult
    referral: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd(CallEvent):
    """i3 CallEnd."""

    end_reason: EndReason
    released_by: ReleasedBy | None
    duration_ms: int
    queue_wait_ms: int | None = None
    unheard: tuple[Leg, ...] = ()
    """Sides of which no live ear heard everything: the rest is transcribed from the recording, and
    SpeechStateChange tells when it is there (filled), or that it cannot be (unfilled)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecMediaStart(CallEvent):
    """i3 RecMediaStart: the PBX's recorder runs."""

    recording_id: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecMediaFile:
    part: str
    seconds: float
    size_bytes: int
    sha256: str
    repaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecMediaEnd(CallEvent):
    """i3 RecMediaEnd: the recording was measured and hashed."""

    recording_id: str
    files: tuple[RecMediaFile, ...]
    doubts: tuple[str, ...] = ()
    """What is not as it should be: a part that is missing, a length that is not that of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(CallEvent):
    """i3 RecordingFailed."""

    recording_id: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationResponse(CallEvent):
    """i3 LocationResponse: a fix came, or another one leads now. `location` says where, how exactly, and out
    of which source.

    `leading`: location_id of the fix that leads after it; `reason_code` why, one of `location.select.Reason`,
    `reason` and `reason_zh` the same in words. `age_ms`: how old the fix was when it came. `conflicts`: pairs
    of the call's fixes that cannot both be right, as of now. `query_id`: the question it answers.
    """

    location: Location
    leading: str
    reason: str
    reason_code: Reason | None = None
    reason_zh: str | None = None
    age_ms: int | None = None
    conflicts: tuple[Conflict, ...] = ()
    query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationWithdrawal(CallEvent):
    """A person took a person's word back (ours): the spot that was set, or the choice of a fix.

    `location_id`, `source`: of what was taken back; `by`: who did. `leading`, `reason_code`, `reason`,
    `reason_zh`: which fix leads now and why, as in LocationResponse; absent: none is left.
    """

    location_id: str
    source: LocationSource
    by: str
    leading: str | None = None
    reason_code: Reason | None = None
    reason: str | None = None
    reason_zh: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationQuery(CallEvent):
    """i3 LocationQuery: a location server, or a reference that came with the call, was asked. `name`: the
    source's key in gateway.toml. What it knows follows as LocationResponse, else LocationFault.
    """

    query_id: str
    name: str
    source: LocationSource
    round: int
    by: str | None = None
    """Who pressed refresh; absent: the gateway by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliLocationQuery(CallEvent):
    """i3 AliLocationQuery: a register was asked by the caller's number. Fields as in LocationQuery."""

    query_id: str
    name: str
    source: LocationSource
    round: int
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliLocationResponse(CallEvent):
    """i3 AliLocationResponse: how asking a register went. What it knew came before this, as LocationResponse
    and AdditionalDataResponse with the same query_id.
    """

    query_id: str
    name: str
    source: LocationSource
    outcome: QueryState
    fault: str | None = None
    took_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalDataResponse(CallEvent):
    """i3 AdditionalDataResponse: RFC 7852 blocks about subscriber, provider, device or service."""

    source: LocationSource
    blocks: tuple[Additional, ...]
    provided_by: str | None = None
    query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFault(CallEvent):
    """A location that could not be read, or a source that gave none (ours). `name` and `query_id`: the
    question that it ends.
    """

    source: str
    reason: str
    query_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFlag(CallEvent):
    """Something about the places needs a person's eye (ours), told once: `conflict_spoken`,
    `conflict_sources`, `moving` or `outside_jurisdiction`. `locations`: the fixes it is about.
    """

    code: str
    zh: str
    en: str
    locations: tuple[str, ...] = ()
    distance_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationDescription(CallEvent):
    """In whose district and jurisdiction the leading fix lies, its standard address and what junctions are
    near, out of the site's gazetteer (ours). `district_code`: GB/T 2260.
    """

    location_id: str
    standard_address: str | None = None
    district: str | None = None
    district_code: str | None = None
    jurisdiction: str | None = None
    junctions: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStateChange(CallEvent):
    """How a side is heard changed (ours): a HearingState; or its gaps were filled from the recording (filled)
    or could not be (unfilled), the second pass failed (unreviewed), its language was chosen (language).
    """

    leg: Leg
    state: str
    reason: str | None = None
    since_ms: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSegmentEvent(CallEvent):
    """TranscriptSegment (ours): one final segment."""

    segment: TranscriptSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReviewed(CallEvent):
    """One side of the recording was heard again, whole, by the accurate model (ours).

    `trusted`: the card rests on this text now, else the live text stands. `difference`: share of characters
    in which the two differ; `changes`: the first words that do.
    """

    leg: Leg
    recording_id: str
    model_id: str
    trusted: bool
    difference: float
    changes: tuple[WordChange, ...]
    segments: tuple[TranscriptSegment, ...]
    """Numbered by themselves, apart from the live segments; without their single words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageAssessedEvent(CallEvent):
    """TriageAssessed (ours): advice with its evidence, never a decision."""

    assessment: Assessment
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoRaised(CallEvent):
    """Danger was heard (ours). It can only raise, and it stands."""

    veto: Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionSet(CallEvent):
    """A person decided (ours)."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None
    by: str
    note: str = ""


class WrapUpStep(StrEnum):
    """FINISHED: a person closed the card; REOPENED: a supervisor opened it again; PASSED: another position
    goes on with it."""

    FINISHED = "finished"
    REOPENED = "reopened"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpChange(CallEvent):
    """What became of the card after the talk (ours). `to`: the desk that goes on with it."""

    step: WrapUpStep
    by: str
    to: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdate(CallEvent):
    """Fields of the card that changed, by name, as the card shows them (ours). Made by the card's
    projection.
    """

    rev: int
    fields: tuple[CardFieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFieldChange:
    """One value on the card with where it comes from. `span` is milliseconds in the audio of `speaker`."""

    name: str
    value: str
    source: str
    confidence: float | None = None
    speaker: Leg | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpectedSignal(CallEvent):
    """Something came that does not fit this call's state; kept, nothing changed (ours)."""

    what: str


def noun_of(event: CallEvent) -> str:
    """The published name: the class name, without the `Event` that tells it from the core type of the same
    name.
    """
    return type(event).__name__.removesuffix("Event")
