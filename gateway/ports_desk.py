"""Rows of what stands beside the calls: work orders, incidents, runs of response plans, instructions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """What lists and searches need of a work order, beside its full state."""

    order_id: str
    department: str
    state: str
    opened_at: datetime
    changed_at: datetime
    call_id: str | None
    subject: str
    due_at: datetime | None
    """When the next running deadline passes, or passed."""
    overdue: bool
    """A deadline that runs has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """What lists need of an incident, beside its full state. `over`: merged or dissolved."""

    incident_id: str
    title: str
    opened_at: datetime
    touched_at: datetime
    calls: int
    over: bool
    surge_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One message of a text call. (`speaker`, `index`) as in its TranscriptSegment. `payload`: JSON of the
    event that told of it."""

    call_id: str
    speaker: str
    index: int
    sent_at: datetime
    at: datetime
    message_id: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStateRow:
    """How it stands with an answer; the newest counts."""

    call_id: str
    index: int
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """Which call and incident a plan's run is for, beside its full state. `ended_at` None: it runs."""

    run_id: str
    code: str
    call_id: str
    incident_id: str | None
    major: bool
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionRow:
    """What the dispatch core told a unit, for counting: its own times of it."""

    call_id: str
    instruction_id: str
    issued_at: datetime | None
    signed_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A call of which nothing personal may be left: rows of the journal lose payload and salt, all else goes,
    location bodies too. `sip_call_id`, `number`: by these bodies may wait that never found it; by the number
    those received from `since` to `until`."""

    call_id: str
    sip_call_id: str | None
    number: str | None
    since: datetime
    until: datetime
