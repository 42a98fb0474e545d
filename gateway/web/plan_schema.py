"""Response plans over the HTTP API: bodies taken and given."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from gateway.desk.plans.model import MAX_NOTE_CHARS
from gateway.web.schema import Incoming, Outgoing

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PlanAsked(Incoming):
    """The same `request_id` gets the same answer."""

    request_id: UUID


class StartBody(PlanAsked):
    code: Code


class TickBody(PlanAsked):
    """`done` false: the tick is taken back."""

    item_id: Code
    done: bool = True
    note: Note = ""


class EndBody(PlanAsked):
    note: Note = ""


class PlanDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int


class PlanStarted(PlanDone):
    run_id: str


class PlanWords(Outgoing):
    zh: str
    en: str


class PlanItem(PlanWords):
    item_id: str
    kind: Literal["do", "tell"]
    number: str


class PlanShown(Outgoing):
    code: str
    title_zh: str
    title_en: str
    major: bool
    items: list[PlanItem]
    announcements: list[PlanWords]


class PlanReason(PlanWords):
    code: str
    value: str


class PlanSuggested(Outgoing):
    code: str
    reasons: list[PlanReason]


class Ticked(Outgoing):
    by: str
    at: AwareDatetime
    note: str


class RunItem(PlanItem):
    done: Ticked | None


class RunShown(Outgoing):
    run_id: str
    rev: int
    code: str
    title_zh: str
    title_en: str
    major: bool
    call_id: str
    incident_id: str | None
    reasons: list[PlanReason]
    started_at: AwareDatetime
    started_by: str
    ended_at: AwareDatetime | None
    ended_by: str | None
    note: str
    done: int
    items: list[RunItem]
    announcements: list[PlanWords]


class RunBrief(Outgoing):
    """A line of the banner; `done` of `items`."""

    run_id: str
    rev: int
    code: str
    title_zh: str
    title_en: str
    major: bool
    call_id: str
    incident_id: str | None
    started_at: AwareDatetime
    started_by: str
    done: int
    items: int
    over: bool


class PlanList(Outgoing):
    plans: list[PlanShown]
    running: list[RunBrief]


class CallPlans(Outgoing):
    suggested: list[PlanSuggested]
    runs: list[RunShown]


class Waiting(Outgoing):
    """`since`: when the alarm, or the instruction, was."""

    kind: Literal["ack", "sign_off"]
    call_id: str
    unit: str
    instruction_id: str | None
    since: AwareDatetime


class WaitingList(Outgoing):
    items: list[Waiting]
