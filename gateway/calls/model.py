"""The state of one call, frozen, changed in `reducer.reduce` alone. Small: 16 KB
after an hour of everything, 26 KB at worst (tests/unit/calls/test_size.py).

The call's own life (`CallState`) and the small machines beside it (recording, live speech, triage,
hand-over) are a joint state, not one product machine: each moves by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.calls.handing import Move, Referral
from gateway.calls.instructions import Dispatch
from gateway.calls.locating import Locating
from gateway.calls.manual import Manual, Part
from gateway.calls.quiet import Quiet
from gateway.calls.share import Share
from gateway.calls.task import CallBackTask
from gateway.calls.text import TextCall
from gateway.calls.together import Together
from gateway.calls.wrapping import Wrap
from gateway.ids import CallId
from gateway.location.model import Location
from gateway.speech.model import HearingState, Leg
from gateway.triage.model import AlarmClass, Department, Nature, VetoCode

TEST_MARK = "test-call"
"""In `CallSession.marks`: this call only tests the line. It is shown as one and counted nowhere."""


class Medium(StrEnum):
    """How a call comes: over the PBX, as text, or typed in by a call-taker as a record without a call."""

    VOICE = "voice"
    TEXT = "text"
    MANUAL = "manual"


class CallState(StrEnum):
    """Where a call stands. SEIZED: the line is taken; QUEUED: waits; RINGING: a desk rings; ENDED: final."""

    SEIZED = "SEIZED"
    QUEUED = "QUEUED"
    RINGING = "RINGING"
    ANSWERED = "ANSWERED"
    HELD = "HELD"
    TRANSFERRING = "TRANSFERRING"
    ENDED = "ENDED"


class EndReason(StrEnum):
    """How the machine saw a call end (a person's `Disposition` is another thing).

    ABANDONED before a call-taker answered; COMPLETED with the call-taker or in a conference with one;
    TRANSFERRED with a department alone; LOST when the PBX vanished and no source knows the end; FAILED when
    it could not be carried, or when nobody answered whom we rang.
    """

    COMPLETED = "COMPLETED"
    ABANDONED = "ABANDONED"
    TRANSFERRED = "TRANSFERRED"
    FAILED = "FAILED"
    LOST = "LOST"


class ReleasedBy(StrEnum):
    """Who put the phone down first."""

    CALLER = "caller"
    CALL_TAKER = "call_taker"
    DEPARTMENT = "department"
    SYSTEM = "system"


class TransferKind(StrEnum):
    """blind: the desk lets go at once (REFER too); attended: it speaks first; threeway: an attended one
    merged; redirect: AMI moved the caller.
    """

    BLIND = "blind"
    ATTENDED = "attended"
    THREEWAY = "threeway"
    REDIRECT = "redirect"


class TransferResult(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PartyRole(StrEnum):
    CALL_TAKER = "call_taker"
    DEPARTMENT = "department"


class TapStatus(StrEnum):
    """WANTED: a tap is owed; LIVE: frames come; DEAD: gave up; the recording alone has this leg."""

    WANTED = "wanted"
    LIVE = "live"
    DEAD = "dead"


class RecordingStatus(StrEnum):
    """RUNNING: the PBX writes; STOPPED: to be fetched; STORED: measured and hashed; FAILED: missing or
    wrong.
    """

    RUNNING = "running"
    STOPPED = "stopped"
    STORED = "stored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody connected with the caller. `number` is the desk's extension or the department's dialled
    number.
    """

    role: PartyRole
    number: str
    line: str
    """The PBX's own name of this leg, opaque outside `pbx/`: what a tap or a transfer is asked for."""
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    kind: TransferKind
    target: str
    result: TransferResult = TransferResult.PENDING
    started_at: datetime
    referral: int | None = None
    """The hand-over that a person asked for; None: the phone's own keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """The live ear on one leg. `tap_id` is the UUID announced to the listener; `attempt` counts from 1."""

    leg: Leg
    line: str
    tap_id: str
    status: TapStatus = TapStatus.WANTED
    attempt: int = 1
    language: str | None = None
    """What the listener was told to hear with; None: the model of the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReview:
    """The second pass over one side: the whole recording through the accurate model."""

    model_id: str
    recordings: tuple[str, ...]
    """Which recordings it has heard."""
    segments: int
    difference: float
    """Share of characters in which it differs from the live text, 0 to 1."""
    trusted: bool
    """The card rests on it. False: it heard so much less than the live ear that the live text stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegHearing:
    """How one side is, and was, heard. Spans are milliseconds since the call was seized."""

    leg: Leg
    state: HearingState
    since: datetime
    reason: str | None = None
    unheard_from_ms: int | None = None
    """Nobody hears it since then; None: somebody does, or it is gone."""
    gaps: tuple[tuple[int, int], ...] = ()
    """What no live ear heard: owed from the recording."""
    tries: int = 0
    fault: str | None = None
    """Why the gaps stay: filling them was given up."""
    misheard: bool = False
    """Some of its live text comes from a model of another language: no machine rests on it for good."""
    review: LegReview | None = None
    review_tries: int = 0
    review_fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """One ear on a leg from its first frame on. `source`: the tap, or the job that read the recording; then
    `line` is empty. Times are milliseconds since the call was seized; `until_ms` None: it still hears."""

    leg: Leg
    line: str
    source: str
    from_ms: int
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile:
    """One file of a recording as it was measured: `part` is mix, rx (the caller) or tx (the desk)."""

    part: str
    path: str
    seconds: float
    size_bytes: int
    sha256: str
    repaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    recording_id: str
    """The PBX's id of the recorder (MixMonitor id), the same in the trace and in the evidence."""
    file: str
    """Path of the mixed file as the PBX names it."""
    started_at: datetime
    status: RecordingStatus = RecordingStatus.RUNNING
    files: tuple[RecordedFile, ...] = ()
    fault: str | None = None
    """Why it FAILED or waits; of one that is STORED, what is doubtful about it."""
    review: bool = False
    """A second pass by the accurate model is owed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSummary:
    """The verdict as the call carries it; findings and spans live in tables of their own."""

    alarm_class: AlarmClass
    nature: Nature
    priority: int
    department: Department | None
    pack_hash: str
    segments: int
    """How many final segments it rests on: a newer verdict rests on at least as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What a person decided the call was. Never set by a machine."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What the call is by the word of a person who looked again, for rules and model to be taught and
    measured by. It stands beside the disposition and changes nothing of the call."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSession:
    """One call, from the line being taken to everything owed for it being done."""

    call_id: CallId
    site: str
    pbx: str
    uniqueid: str
    linkedid: str
    line: str
    """The PBX's own name of the caller's leg."""
    seized_at: datetime
    """By the PBX's clock where it gave one; every `_ms` of the call counts from here."""
    medium: Medium = Medium.VOICE
    state: CallState = CallState.SEIZED
    dialed: str | None = None
    ani: str | None = None
    ani_source: str | None = None
    anonymous: bool = False
    callback_number: str | None = None
    sip_call_id: str | None = None
    """The caller's Call-ID: by it a border element hands in what it knows of the place."""
    queue: str | None = None
    queued_at: datetime | None = None
    queue_wait_ms: int | None = None
    ringing: tuple[str, ...] = ()
    """Extensions that ring now."""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    released_by: ReleasedBy | None = None
    parties: tuple[Party, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    referrals: tuple[Referral, ...] = ()
    """Hand-overs that people asked for; see `calls.referral`."""
    moves: tuple[Move, ...] = ()
    """What the PBX was asked to do with people for this call; see `calls.moves`."""
    room: str = ""
    """The room in which the caller is by our doing, until it leaves it."""
    outgoing: bool = False
    """We rang: the caller's leg is the one that was called."""
    callback_of: CallId | None = None
    """The call that this one calls back, and which of its moves it is."""
    callback_move: int = 0
    part: Part | None = None
    """Of such a call: on whose word, to whom."""
    manual: Manual | None = None
    """Of a record without a call; see `calls.entering`."""
    same_as: CallId | None = None
    """The record and the PBX's call that a person found to be the same: of each the other."""
    ever_held: bool = False
    conference: bool = False
    locations: tuple[Location, ...] = ()
    leading_location: str | None = None
    locating: Locating = field(default=Locating())
    """How the place was looked for, and what is known of it; see `calls.places`."""
    recordings: tuple[Recording, ...] = ()
    taps: tuple[Tap, ...] = ()
    segments: int = 0
    """Final segments kept so far, both legs."""
    next_index: tuple[int, int] = (0, 0)
    """Next segment index of the caller's and of the call-taker's leg."""
    skipped: tuple[tuple[int, ...], ...] = ()
    """(leg, first, last) of segment numbers below `next_index` that have not come yet: later ones overtook
    them, or belong to another listener; see `calls.numbering`."""
    ears: tuple[Ear, ...] = ()
    """Which ear heard which part of a leg; see `calls.ears`."""
    speech_dead: bool = False
    """The caller's live ear was given up."""
    hearing: tuple[LegHearing, ...] = ()
    """One for each side that was ever to be heard."""
    language: str | None = None
    """Chosen by a key of the caller, else told by the dialplan; None: what the trunk's configuration says."""
    language_by_key: bool = False
    judged: int = -1
    """How many segments the last verdict, or failure of the rules, rests on; -1: none, or it must be made
    again.
    """
    pack: str = ""
    """Hash of the rule pack whose verdicts count; empty until the first one."""
    silence_due: bool = False
    """The caller has been silent long enough to be judged by that, though nothing new was said."""
    triage: TriageSummary | None = None
    vetoes: tuple[VetoCode, ...] = ()
    disposition: Disposition | None = None
    label: Label | None = None
    wrap: Wrap = field(default=Wrap())
    """What people did with its card; see `calls.wrapup`."""
    dispatch: Dispatch = field(default=Dispatch())
    """What the dispatch core said of it; see `calls.dispatching`."""
    task: CallBackTask | None = None
    """To ring back a caller who hung up before anybody answered; see `calls.tasking`."""
    quiet: Quiet = field(default=Quiet())
    """Keys, taps, the prompt for callers who cannot speak, the silent alarm; see `calls.quieting`."""
    share: Share | None = None
    """The link that the caller was sent, and what came over it; see `calls.sharing`."""
    text: TextCall | None = None
    """A text call: who has it, what waits; see `calls.texting`."""
    together: Together = field(default=Together())
    """Other calls that may tell of the same incident; see `calls.linking`."""
    inferred: bool = False
    """Something of this call was learnt from CEL, CDR, the recording folder or a snapshot, not as it
    happened.
    """
    call_seq: int = 0
    """Sequence number of the last published event of this call."""
    rev: int = 0
    """Counts the changes of the state; people's writes name the rev they saw."""
    person_rev: int = 0
    """The rev at which a person last wrote. Who saw an older one is refused; what machines add meanwhile is
    no reason.
    """
    closed: bool = False
    """Ended and nothing owed: it may leave memory."""
    erasure_asked_by: str | None = None
    """Who asked to have it erased by law; a second person does it."""
    marks: tuple[str, ...] = field(default=())
    """Small facts for pages and packs: silent, key:<digit>, test-call."""
