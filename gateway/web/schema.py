"""The bodies of the HTTP API.

Requests are checked by these models, OpenAPI is made of them, and tests hold the answers to them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from gateway.calls.manual import Origin
from gateway.calls.model import Medium
from gateway.calls.task import TaskOutcome
from gateway.desk.card import MAX_VALUE_CHARS
from gateway.speech.model import HearingState, Reading
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.web.quiet_schema import QuietShown
from gateway.web.schema_base import Incoming as Incoming
from gateway.web.schema_base import Outgoing as Outgoing
from gateway.web.share_shown import ShareShown
from gateway.web.text_shown import TextShown

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_VALUE_CHARS)]
Language = Literal["zh-CN", "en"]


# ---- session


Position = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$")]


class SignIn(Incoming):
    """`position` is the extension of the desk one sits at. `take_over`: whoever sits there is gone."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    position: Position | None = None
    take_over: bool = False


class SessionChange(Incoming):
    language: Language


class SiteInfo(Outgoing):
    name: str
    demo: bool
    training: bool
    speech_demo_languages: list[str]


class Me(Outgoing):
    username: str
    display_name: str
    roles: list[str]
    permissions: list[str]
    position: str | None
    department: str | None
    language: Language
    site: SiteInfo
    server_time: AwareDatetime


# ---- calls


class CallQuery(Incoming):
    state: Literal["live", "ended"]
    cursor: Annotated[str, StringConstraints(max_length=300)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class TransferShown(Outgoing):
    kind: str
    target: str
    result: str


class Decided(Outgoing):
    alarm_class: AlarmClass = Field(alias="class")
    nature: Nature


class Finished(Outgoing):
    """Who closed the card, and when."""

    by: str
    at: AwareDatetime


class HearingShown(Outgoing):
    """How one side is heard. `transcript` False: what is said now becomes no text, `reason` says why."""

    speaker: Literal["caller", "call_taker"]
    state: HearingState
    since: AwareDatetime
    reason: str | None
    transcript: bool
    language: str | None
    unheard_ms: int


class DispatchLine(Outgoing):
    """What the dispatch core has of a call: its acknowledgement, and the instruction that is farthest."""

    ack: Literal["none", "awaited", "acknowledged", "missing"]
    instructions: int
    unsigned: int
    unsigned_since: AwareDatetime | None
    """When the oldest instruction was given that no unit signed for."""
    step: str | None


class TaskShown(Outgoing):
    """The call-back that an abandoned call left. `reachable` false: the number was withheld, nobody can ring.
    `merged_into`: the call in which the same number was answered. `closed_by` null: it closed itself."""

    state: Literal["open", "claimed", "aside", "closed"]
    since: AwareDatetime
    due_at: AwareDatetime
    overdue: bool
    reachable: bool
    claimed_by: str | None
    claimed_at: AwareDatetime | None
    tries: int
    outcome: TaskOutcome | None
    closed_at: AwareDatetime | None
    closed_by: str | None
    merged_into: str | None


class ManualShown(Outgoing):
    """How a record without a call came. `late`: entered afterwards; it happened at `seized_at`."""

    origin: Origin
    by: str
    entered_at: AwareDatetime
    late: bool
    sheet: str | None


class CallSummary(Outgoing):
    """One line of the board. `ani` is masked by role; `last_text` is null for who may not see calls; who may
    not see places has the district as `location`."""

    call_id: str
    medium: Medium
    state: Literal["SEIZED", "QUEUED", "RINGING", "ANSWERED", "HELD", "TRANSFERRING", "ENDED"]
    ani: str | None
    anonymous: bool
    dialed: str | None
    agents: list[str]
    ringing: list[str]
    queue: str | None
    seized_at: AwareDatetime
    queued_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    queue_wait_ms: int | None
    duration_ms: int | None
    end_reason: str | None
    released_by: str | None
    alarm_class: AlarmClass | None = Field(alias="class")
    nature: Nature | None
    priority: int | None
    department: Department | None
    vetoes: list[str]
    location: str | None
    district: str | None
    last_text: str | None
    last_speaker: Literal["caller", "call_taker"] | None
    speech: Literal["none", "wanted", "live", "dead"]
    hearing: list[HearingShown]
    disposition: Decided | None
    finished: Finished | None
    keeper: str | None
    asked: list[str]
    transfers: list[TransferShown]
    conference: bool
    inferred: bool
    manual: ManualShown | None
    """Of a record without a call."""
    same_as: str | None
    """The record and the PBX's call that are the same: of each the other."""
    part_of: str | None
    """The call for which this one was made: a part of its record."""
    test: bool
    dispatch: DispatchLine
    task: TaskShown | None
    share: ShareShown | None
    text: TextShown | None
    quiet: QuietShown | None
    incident: str | None
    likely: int
    """How many other calls very likely tell of the same."""
    suspected: str | None
    """The kind of flood it looks like part of."""
    rev: int


class CallList(Outgoing):
    items: list[CallSummary]
    next: str | None
    server_time: AwareDatetime


class Value(Outgoing):
    """One value of a card's field with where it comes from; the first of a field leads."""

    value: str
    source: str
    confidence: float | None
    speaker: str | None
    segment_index: int | None
    started_ms: int | None
    ended_ms: int | None
    confirmed_by: str | None


class CardShown(Outgoing):
    rev: int
    fields: dict[str, list[Value]]


class RecordingPart(Outgoing):
    part: Literal["mix", "rx", "tx"]
    seconds: float
    size_bytes: int
    sha256: str
    repaired: bool


class RecordingShown(BaseModel):
    recording_id: str
    status: Literal["running", "stopped", "stored", "failed"]
    fault: str | None
    parts: list[RecordingPart]


class Change(Outgoing):
    """Words of one place in which live text and second pass differ; either may be empty."""

    started_ms: int
    ended_ms: int
    live: str
    review: str


class TranscriptSide(Outgoing):
    """One side's text: `basis` is the reading that verdict and card rest on. `gaps`: spans (ms) that no live
    ear heard and that are not filled yet; `difference`: share of characters in which a second pass differs.
    """

    speaker: Literal["caller", "call_taker"]
    basis: Reading
    model_ids: list[str]
    gaps: list[list[int]]
    gap_fault: str | None
    review_fault: str | None
    difference: float | None
    changes: list[Change]


class TranscriptShown(Outgoing):
    """`basis` review: every side was heard again, whole, by the accurate model. `other`: the segments of the
    reading that is not the basis, where there are two."""

    basis: Reading
    sides: list[TranscriptSide]
    other: list[dict[str, Any]]


class CallDetail(Outgoing):
    """One call as a whole. Segments, assessment, vetoes and locations are as published in events; segments
    are those that verdict and card rest on (`transcript`). Locations also have `wgs84` and `gcj02` (latitude,
    longitude), `district` and, of a spoken place, `evidence`; `leading_reason` is code, zh, en."""

    call: CallSummary
    card: CardShown
    segments: list[dict[str, Any]]
    transcript: TranscriptShown
    assessment: dict[str, Any] | None
    vetoes: list[dict[str, Any]]
    recordings: list[RecordingShown]
    locations: list[dict[str, Any]]
    leading_location: str | None
    leading_reason: dict[str, str] | None
    conflicts: list[dict[str, Any]]
    description: dict[str, Any] | None
    queries: list[dict[str, Any]]
    trail: list[dict[str, Any]] = Field(default_factory=list)
    additional: list[dict[str, Any]]
    handing: dict[str, Any] | None = None
    dispatch: dict[str, Any] | None = None
    """`HandingShown`: hand-overs, call-backs, supervision."""
    events_next: None = None


class EventQuery(Incoming):
    cursor: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class EventList(Outgoing):
    """CloudEvents in the order of their call."""

    items: list[dict[str, Any]]
    next: str | None


# ---- the site's map


class MapShown(Outgoing):
    """Addresses on this gateway of what the site has: vector or picture tiles (PMTiles, read by Range) and a
    GeoJSON collection (`kind`: road, water, park, building, district; `name`); null for what it has not.
    `tiles_fault`: why the archive of tiles that is configured is not used, in `zh` and `en`; `frame`:
    south-west and north-east corner of what the tiles cover.
    """

    tiles: str | None
    geojson: str | None
    tiles_fault: dict[str, str] | None
    frame: list[list[float]] | None
    attribution: str


# ---- recordings, health, errors


class PeaksQuery(Incoming):
    n: Annotated[int, Field(ge=10, le=10_000)] = 1000


class Peaks(Outgoing):
    """`peaks`: smallest and largest sample of each of `n` equal spans, -1 to 1."""

    seconds: float
    peaks: list[tuple[float, float]]


class StreamQuery(Incoming):
    call: Annotated[str, StringConstraints(max_length=200)] | None = None


class HealthShown(BaseModel):
    """`services`: name, state, since, and where the role allows it fault, cure and figures."""

    state: Literal["up", "degraded", "down"]
    services: list[dict[str, Any]]


class AccuracyQuery(Incoming):
    days: Annotated[int, Field(ge=1, le=366)] = 30


class AccuracyOfField(Outgoing):
    """Shares are 0 to 1, over the fields that were heard and that people vouched for."""

    field: str
    confirmed: int
    corrected: int
    field_accuracy: float
    character_accuracy: float


class AccuracyLine(Outgoing):
    engine: str
    model: str
    pbx: str
    trunk: str
    speaker: str
    confirmed: int
    corrected: int
    field_accuracy: float
    character_accuracy: float


class AccuracyShown(Outgoing):
    since: str
    fields: int
    lines: list[AccuracyLine]
    by_field: list[AccuracyOfField]


class ErrorBody(Outgoing):
    """`message` is in the language asked for; pages keep both, for a reader who changes it."""

    code: str
    message: str
    message_zh: str
    message_en: str
    field: str | None


class ErrorAnswer(Outgoing):
    error: ErrorBody
