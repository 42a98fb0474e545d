"""Work orders over the HTTP API: what is asked and what is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from gateway.desk.orders.model import MAX_FIELD_CHARS, MAX_NOTE_CHARS, MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from gateway.dispatch.order_events import OrderDeadline, OrderState, OrderStep, Satisfaction
from gateway.ids import SITE_NAME
from gateway.web.schema import Incoming, Outgoing

DepartmentName = Annotated[str, StringConstraints(pattern=SITE_NAME)]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SUBJECT_CHARS)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT_CHARS)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_FIELD_CHARS)]
StateName = Literal[
    "draft", "sent", "accepted", "returned", "reassigned", "in_work", "answered", "told", "closed", "disputed"
]
LIMIT = 200
REQUEST_ID = "0198c3a0-0000-7000-8000-0000000000a1"


class OrderQuery(Incoming):
    """Without `state` every order that is not closed. `q`: in the subject, a call's id, or the end of an
    order's id."""

    state: StateName | None = None
    department: DepartmentName | None = None
    overdue: bool = False
    call_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    cursor: Annotated[str, StringConstraints(max_length=300)] | None = None
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 50


# ---- what is asked


def _with(**example: Any) -> ConfigDict:
    """An incoming body with its example in OpenAPI."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


class OpenOrderBody(Incoming):
    """The new order takes the id of this request: sent twice, it is opened once."""

    model_config = _with(
        request_id=REQUEST_ID, department="labour_bureau", subject="工地拖欠工资",
        text="二十人两个月未领工资，现聚在工地门口。", caller_name="张某", phone="13900139000",
        place="滨河路12号", send=True,
    )  # fmt: skip

    request_id: UUID
    department: DepartmentName
    subject: Subject
    text: Text = ""
    call_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    caller_name: Short = ""
    phone: Short = ""
    place: Short = ""
    send: bool = False


class OrderAction(Incoming):
    """The same `request_id` (of one department, or of the hall) gets the same answer. `expected_rev`: the
    order as the reader saw it; null: whatever it is now."""

    request_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    expected_rev: Annotated[int, Field(ge=1)] | None = None


class EditBody(OrderAction):
    department: DepartmentName | None = None
    subject: Subject | None = None
    text: Text | None = None
    caller_name: Short | None = None
    phone: Short | None = None
    place: Short | None = None


class ReasonBody(OrderAction):
    model_config = _with(request_id="lb-2026-00017-return", expected_rev=2, reason="属市场监管部门职责")

    reason: Words = ""


class NoteBody(OrderAction):
    model_config = _with(request_id="lb-2026-00017-note", note="已约劳资双方明日到场")

    note: Words = ""


class AnswerBody(OrderAction):
    model_config = _with(request_id="lb-2026-00017-answer", answer="已责令用人单位三日内支付。")

    answer: Text = ""


class DepartmentBody(ReasonBody):
    model_config = _with(
        request_id=REQUEST_ID, department="market_supervision", reason="预付卡退费属市场监管职责"
    )

    department: DepartmentName


class FollowUpBody(NoteBody):
    model_config = _with(request_id=REQUEST_ID, satisfaction="satisfied", note="工资已到账")

    satisfaction: Satisfaction


# ---- what is answered


class OrderDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    order_id: str


class NoteShown(Outgoing):
    """`by` is null where a department reads what somebody of the hall said."""

    text: str
    by: str | None
    at: AwareDatetime
    department: str | None


class SupervisionShown(Outgoing):
    deadline: OrderDeadline
    due_at: AwareDatetime
    at: AwareDatetime


class DisputeShown(Outgoing):
    raised: NoteShown
    decision: NoteShown | None
    decided_for: str | None


class FollowUpShown(Outgoing):
    satisfaction: Satisfaction
    note: str
    by: str | None
    at: AwareDatetime


class OrderShown(Outgoing):
    """`number`: the end of the id, as people say it. `may`: what this reader may ask of it now."""

    order_id: str
    number: str
    rev: int
    state: OrderState
    department: str
    subject: str
    text: str
    caller_name: str | None
    phone: str | None
    place: str | None
    call_id: str | None
    first_receiver: str | None
    handed: int
    opened_by: str | None
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    sent_at: AwareDatetime | None
    accepted_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    told_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    accept_by: AwareDatetime | None
    answer_by: AwareDatetime | None
    accept_within: str | None
    answer_within: str | None
    overdue: list[OrderDeadline]
    supervised: list[SupervisionShown]
    returned: NoteShown | None
    answer: NoteShown | None
    told: NoteShown | None
    closing: NoteShown | None
    dispute: DisputeShown | None
    follow_ups: list[FollowUpShown]
    may: list[str]


class OrderFacets(Outgoing):
    """How many open orders of those that the reader may see stand where."""

    states: dict[OrderState, int]
    departments: dict[str, int]
    overdue: int


class OrderList(Outgoing):
    items: list[OrderShown]
    next: str | None
    facets: OrderFacets
    departments: list[str]
    """Names of the directory to which an order can go."""
    server_time: AwareDatetime


class StepShown(Outgoing):
    at: AwareDatetime
    step: OrderStep
    by: str | None
    by_department: str | None
    department: str | None
    text: str | None
    deadline: OrderDeadline | None
    satisfaction: Satisfaction | None


class OrderDetail(Outgoing):
    order: OrderShown
    history: list[StepShown]
    server_time: AwareDatetime


class AsideShown(Outgoing):
    """What a department sent that could not be done, as it came."""

    at: AwareDatetime
    route: str
    department: str | None
    order_id: str | None
    code: str
    why: str
    payload: str


class AsideList(Outgoing):
    items: list[AsideShown]
