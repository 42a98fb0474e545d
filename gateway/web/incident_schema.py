"""Incidents, suggestions and floods over the HTTP API: bodies taken and given."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.desk.incidents.model import MAX_TITLE_CHARS
from gateway.web.schema import CallSummary, Incoming, Outgoing

CallRef = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Asked(Incoming):
    """The same `request_id` gets the same answer. `expected_rev`: what the person saw, null for any."""

    request_id: UUID
    expected_rev: Annotated[int, Field(ge=0)] | None = None


class LinkBody(_Asked):
    """`other`: the call it is linked with; or `incident_id`: the incident."""

    other: CallRef | None = None
    incident_id: UUID | None = None


class UnlinkBody(_Asked):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class NothingMore(_Asked):
    pass


class TitleBody(_Asked):
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TITLE_CHARS)]


class MergeBody(_Asked):
    into: UUID


class SeenBody(_Asked):
    call_id: CallRef
    upto: Annotated[int, Field(ge=0)]


class IncidentQuery(Incoming):
    state: Literal["open", "all"] = "open"
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReasonShown(Outgoing):
    code: str
    value: str
    zh: str
    en: str


class SuggestionShown(Outgoing):
    """`strong`: very likely the same."""

    call_id: str
    score: int
    strong: bool
    incident_id: str | None
    reasons: list[ReasonShown]
    call: CallSummary


class FactShown(Outgoing):
    number: int
    kind: str
    value: str
    quote: str
    call_id: str
    at: AwareDatetime
    by: str | None


class IncidentBrief(Outgoing):
    incident_id: str
    title: str
    rev: int
    calls: int
    opened_at: AwareDatetime
    surge_since: AwareDatetime | None
    over: bool
    merged_into: str | None
    facts_told: int


class OwnIncident(IncidentBrief):
    """`new`: what other calls told and nobody at this card has seen; `facts`: all of theirs."""

    new: list[FactShown]
    facts: list[FactShown]


class Asked(Outgoing):
    zh: str
    en: str


class SurgeShown(Outgoing):
    """The call very likely tells of an incident that many tell of: ask what is new."""

    incident_id: str
    title: str
    calls: int
    since: AwareDatetime | None
    nature: str
    questions: list[Asked]


class EarlierShown(Outgoing):
    call_id: str
    seized_at: AwareDatetime
    end_reason: str | None
    alarm_class: str | None = Field(alias="class")
    nature: str | None
    decided: dict[str, str] | None
    vetoes: list[str]
    incident_id: str | None


class RiskShown(Outgoing):
    code: str
    zh: str
    en: str


class RepeatShown(Outgoing):
    """Earlier calls of the number within a year, with both risks."""

    count: int
    abandoned: int
    violence: int
    risks: list[RiskShown]
    calls: list[EarlierShown]


class SuspicionShown(Outgoing):
    kind: str
    calls: int
    at: AwareDatetime
    zh: str
    en: str


class TogetherShown(Outgoing):
    """What the call has to do with others."""

    suggestions: list[SuggestionShown]
    incident: OwnIncident | None
    surge: SurgeShown | None
    repeat: RepeatShown | None
    suspicion: SuspicionShown | None
    cleared: str | None


class IncidentLine(Outgoing):
    incident_id: str
    title: str
    opened_at: AwareDatetime
    touched_at: AwareDatetime
    calls: int
    over: bool
    surge_since: AwareDatetime | None
    nature: str
    location: str | None


class IncidentList(Outgoing):
    items: list[IncidentLine]
    next: str | None


class Spot(Outgoing):
    wgs84: list[float]
    gcj02: list[float] | None
    radius_m: int
    source: str


class IncidentCall(Outgoing):
    call: CallSummary
    spot: Spot | None
    linked_at: AwareDatetime
    by: str
    score: int | None
    seen: int


class PastShown(Outgoing):
    step: str
    at: AwareDatetime
    by: str
    call_id: str | None
    note: str


class Rate(Outgoing):
    since: AwareDatetime | None
    recent: int
    peak: int
    begins_with: int
    within_s: float
    unlinked: list[str]


class IncidentWhole(IncidentBrief):
    touched_at: AwareDatetime
    nature: str
    surge: Rate
    facts: list[FactShown]
    history: list[PastShown]
    members: list[IncidentCall]


class Done(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    incident_id: str | None = None
