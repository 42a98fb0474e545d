"""What the world is told of work orders: every step to the site, without personal data; and to the department
that has the order, all that it needs for its work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.dispatch.site_events import SiteEvent


class OrderState(StrEnum):
    """Where a work order (工单) is.

    reassigned: with another department, which has not accepted it yet. told: the caller knows the answer.
    disputed: nobody wants it; the department that received it first deals with it until a supervisor decides.
    """

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    IN_WORK = "in_work"
    ANSWERED = "answered"
    TOLD = "told"
    CLOSED = "closed"
    DISPUTED = "disputed"


class OrderDeadline(StrEnum):
    """What a department must have done by a time."""

    ACCEPT = "accept"
    ANSWER = "answer"


class Satisfaction(StrEnum):
    """What the caller said in the follow-up call (回访)."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    NOT_REACHED = "not_reached"


class OrderStep(StrEnum):
    """What happened to a work order. supervised: a deadline passed, the hall's supervisor has an eye on it
    (督办). withdrawn: told to a department whose order went to another one."""

    DRAFTED = "drafted"
    EDITED = "edited"
    SENT = "sent"
    ACCEPTED = "accepted"
    STARTED = "started"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    WITHDRAWN = "withdrawn"
    NOTED = "noted"
    ANSWERED = "answered"
    TOLD = "told"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    DISPUTED = "disputed"
    DECIDED = "decided"
    SUPERVISED = "supervised"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderChange(SiteEvent):
    """A work order went a step (ours). No personal data: those of the caller go to the department alone.

    `department` has the order after this step, `previous` had it before when that is another one. `by`: who
    did it, null: a deadline. `deadline`: which one passed, of `supervised`.
    """

    order_id: str
    rev: int
    step: OrderStep
    state: OrderState
    department: str
    previous: str | None = None
    first_receiver: str | None = None
    call_id: str | None = None
    by: str | None = None
    reason: str | None = None
    accept_by: datetime | None = None
    answer_by: datetime | None = None
    deadline: OrderDeadline | None = None
    satisfaction: Satisfaction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder(SiteEvent):
    """A work order as its department may see it, after each step (ours); `rev` grows with every step.

    `caller_name`, `phone` and `place` are null once the order is closed or was returned; subject and text too
    once it went to another department (withdrawn). `note`: what was said at this step. `overdue`: deadlines
    that have passed and still run.
    """

    department: str
    order_id: str
    rev: int
    step: OrderStep
    state: OrderState
    subject: str | None = None
    text: str | None = None
    caller_name: str | None = None
    phone: str | None = None
    place: str | None = None
    sent_at: datetime | None = None
    accept_by: datetime | None = None
    answer_by: datetime | None = None
    overdue: tuple[OrderDeadline, ...] = ()
    note: str | None = None
