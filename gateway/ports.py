"""What the runtime needs of the world. Each port has a shipped fake in
`gateway.testing` and one contract suite.

Failure is an answer, not an exception: a method raises only
`StoreUnavailable` / `BrokerUnavailable` where said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.ports_desk import Erasure as Erasure
from gateway.ports_desk import IncidentRow as IncidentRow
from gateway.ports_desk import InstructionRow as InstructionRow
from gateway.ports_desk import OrderRow as OrderRow
from gateway.ports_desk import PlanRow as PlanRow
from gateway.ports_desk import TextRow as TextRow
from gateway.ports_desk import TextStateRow as TextStateRow


class StoreUnavailable(Exception):
    """The database does not answer or refused the write. The batch is kept and tried again;
    pages say "not saved"."""


class FencedOut(StoreUnavailable):
    """Another gateway writes this journal now. This one must stop writing."""


class BrokerUnavailable(Exception):
    """The broker does not answer. Events wait in the outbox and go out in order when it is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One signal as it was taken, chained. `payload` is JSON text, None after lawful erasure;
    see journal.chain."""

    seq: int
    at: datetime
    kind: str
    """Aggregate kind: call, hall, document …"""
    key: str
    """The aggregate's id (a call_id for calls)."""
    type: str
    version: int
    payload: str | None
    salt: bytes | None
    commitment: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateRow:
    """The state of one aggregate after the commit, JSON text by journal.codec;
    `closed` leaves memory and restarts."""

    kind: str
    key: str
    rev: int
    closed: bool
    state: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """What lists and searches need of a call, beside its full state."""

    call_id: str
    pbx: str
    state: str
    seized_at: datetime
    ended_at: datetime | None
    ani: str | None
    dialed: str | None
    end_reason: str | None
    alarm_class: str | None
    nature: str | None
    priority: int | None
    department: str | None
    agents: str
    """Extensions, space separated, in order of connection."""
    duration_ms: int | None
    sip_call_id: str | None = None
    """Call-ID of the caller's INVITE: under it bodies are handed in by what stands in front of the PBX."""
    medium: str = "voice"
    part_of: str | None = None
    """The call for which we rang somebody: this one is a part of its record, and not counted by itself."""
    same_as: str | None = None
    """Of a record without a call: the PBX's call that a person found to be the same. It counts, not this."""
    sheet: str | None = None
    """Of such a record: the number of the paper it was copied from."""
    test: bool = False
    """It only tests the line, and is counted nowhere."""
    answer_ms: int | None = None
    """From the seizure of the line to a call-taker's voice."""
    decided_class: str | None = None
    decided_nature: str | None = None
    """By the person who finished it."""
    handed: int = 0
    """Hand-overs to others, by key or by the phone's own; `came_back`: those that ended with us again."""
    came_back: int = 0
    unrecorded: int = 0
    """Recordings that are missing or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """A final segment of a call, as JSON of TranscriptSegment; unique by (call_id, speaker, reading, index).

    `reading`: live, or review for the second pass over the whole recording.
    """

    call_id: str
    speaker: str
    index: int
    started_ms: int
    text: str
    payload: str
    reading: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFieldRow:
    """The newest value(s) of one field of a card: JSON list of CardField alternatives, leading first."""

    call_id: str
    name: str
    rev: int
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """One verdict with findings, JSON; `segments` orders them. The last one is what the card shows."""

    call_id: str
    segments: int
    at: datetime
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An event that must leave, committed with the state. Marked after the broker's acknowledgement."""

    site_seq: int
    call_id: str | None
    call_seq: int | None
    event_id: str
    topic: str
    payload: bytes
    expiry_s: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What a person's request was answered: the same request_id gets it again. `outcome`:
    accepted or refused."""

    request_id: str
    actor: str
    at: datetime
    outcome: str
    rev: int | None
    code: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """A timer as an effect stored by due time; `due_at` None removes it."""

    kind: str
    key: str
    name: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """An effect that moves people was about to be sent; after a restart it is never sent again."""

    key: str
    effect: str
    at: datetime
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """All that one group of signals changes: written in ONE transaction, or nothing of it."""

    journal: Sequence[JournalRow] = ()
    aggregates: Sequence[AggregateRow] = ()
    calls: Sequence[CallRow] = ()
    orders: Sequence[OrderRow] = ()
    segments: Sequence[SegmentRow] = ()
    card_fields: Sequence[CardFieldRow] = ()
    assessments: Sequence[AssessmentRow] = ()
    outbox: Sequence[OutboxRow] = ()
    answers: Sequence[AnswerRow] = ()
    timers: Sequence[TimerRow] = ()
    attempts: Sequence[AttemptRow] = ()
    incidents: Sequence[IncidentRow] = ()
    plans: Sequence[PlanRow] = ()
    texts: Sequence[TextRow] = ()
    text_states: Sequence[TextStateRow] = ()
    instructions: Sequence[InstructionRow] = ()
    erased: Sequence[Erasure] = ()
    """Done last, after all rows are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the journal and the outbox end: what the one writer needs to go on."""

    journal_seq: int
    journal_hash: bytes
    site_seq: int
    at: datetime | None = None
    """When the last row was taken: a gap in what we know begins no earlier than here. None:
    an empty journal."""


class Store(Protocol):
    """The database, as the loop sees it. Pages read through query functions of `gateway.store` instead."""

    async def head(self) -> Head: ...

    async def commit(self, commit: Commit) -> None:
        """Write all or nothing. Raises StoreUnavailable; FencedOut when a journal seq is already taken."""
        ...

    async def open_aggregates(self) -> Sequence[AggregateRow]:
        """All that are not closed: what memory holds after a restart."""
        ...

    async def aggregate(self, kind: str, key: str) -> AggregateRow | None: ...

    async def call_ids(self, pbx: str, since: datetime) -> frozenset[str]:
        """All calls of one PBX that were seized since then: what needs no telling again after a gap."""
        ...

    async def calls_of(self, ani: str, since: datetime, before: datetime) -> int:
        """How many calls of this number were seized since then and before."""
        ...

    async def segments(self, call_id: str) -> Sequence[SegmentRow]:
        """Of both readings, by started_ms, then speaker, reading and index."""
        ...

    async def card_fields(self, call_id: str) -> Sequence[CardFieldRow]: ...

    async def answer(self, request_id: str) -> AnswerRow | None: ...

    async def timers_due(self, until: datetime, limit: int = 500) -> Sequence[TimerRow]: ...

    async def attempts(self, key_prefix: str) -> Sequence[AttemptRow]: ...

    async def outbox_pending(self, after_site_seq: int, limit: int = 100) -> Sequence[OutboxRow]:
        """Not yet acknowledged and not parked, in site_seq order."""
        ...

    async def outbox_sent(self, site_seqs: Sequence[int]) -> None: ...

    async def outbox_park(self, site_seq: int, reason: str) -> None:
        """The broker refused it three times: set aside and reported, the rest goes on."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """A location body as it was handed in: evidence, whatever could be read of it.

    `key`: the Call-ID of the SIP call (`key_kind` sip_call_id), or the caller's number in national form
    (number). `route`: how it came (http, aml, mqtt). `kind`, `found`, `faults` (JSON): what was read.
    """

    digest: str
    """SHA-256 over route, key, content type and body: the same handed in twice is kept once."""
    received_at: datetime
    route: str
    key_kind: str
    key: str
    content_type: str
    body: bytes
    kind: str
    found: int
    faults: str
    call_id: str | None = None
    matched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Bodies whose call is not known yet."""

    count: int
    size_bytes: int


class Bodies(Protocol):
    """Where location bodies are kept. Every method may raise StoreUnavailable."""

    async def keep(self, row: BodyRow) -> BodyRow:
        """The row as it is kept: the older one when the same body is there already."""
        ...

    async def waiting_for(self, key_kind: str, key: str, since: datetime) -> Sequence[BodyRow]:
        """Those under this key that no call has yet, received since then, oldest first."""
        ...

    async def matched(self, digest: str, call_id: str, at: datetime) -> None: ...

    async def waiting(self, since: datetime) -> Waiting: ...

    async def of_call(self, call_id: str) -> int:
        """How many this call has."""
        ...

    async def call_of(self, key_kind: str, keys: Sequence[str], since: datetime) -> str | None:
        """The newest call under one of these keys that was seized since then, or has not ended."""
        ...

    async def forget(self, before: datetime) -> int:
        """Delete what was received before then; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One MQTT 5 message. `retain` messages carry the latest state with `rev`;
    `expiry_s` where stale data hurts."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = None
    content_type: str = "application/cloudevents+json"
    user_properties: Mapping[str, str] = field(default_factory=dict)


class Broker(Protocol):
    """The MQTT link. `publish` returns when the broker has acknowledged (QoS 1)."""

    @property
    def connected(self) -> bool: ...

    async def publish(self, message: Message) -> None:
        """Raises BrokerUnavailable when the link is down or lost before the acknowledgement,
        BrokerRefused when refused."""
        ...

    async def subscribe(self, topic_filter: str, handler: Callable[[Message], Awaitable[None]]) -> None: ...


class BrokerRefused(Exception):
    """The broker answered with a reason code that forbids this message (not authorised, too large,
    topic invalid)."""


class ModelLibrary(Protocol):
    """Where models of the second opinion are kept, by the hash of their files; none is ever deleted. Every
    method may raise StoreUnavailable."""

    async def keep(self, files: Mapping[str, bytes], at: datetime, by: str) -> str:
        """Keep a model; its hash. The same files are kept once."""
        ...

    async def files(self, digest: str) -> Mapping[str, bytes] | None:
        """Its files; None: no such model was ever kept."""
        ...


class Library(Protocol):
    """Where rule packs are kept, by the hash of their content; none is ever deleted. Every method may raise
    StoreUnavailable."""

    async def keep(self, sources: Mapping[str, bytes], at: datetime, by: str) -> str:
        """Keep a pack (file name to content); its hash. The same content is kept once."""
        ...

    async def sources(self, content_hash: str) -> Mapping[str, bytes] | None:
        """The files of a pack; None: no such pack was ever kept."""
        ...
