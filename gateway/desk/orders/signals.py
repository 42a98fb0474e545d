"""What can happen to a work order: what a call tells, a deadline, and what people ask.

`for_department` of a request: the person acts for that department, by its own page, REST or MQTT; None: for
the hall, which may also enter what a department said on the telephone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.dispatch.order_events import OrderDeadline, Satisfaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSignal:
    """What all signals to a work order (工单) share. `order_id` is a UUID."""

    order_id: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOpened(OrderSignal):
    """A call was handed over: its work order goes to the department at once. Told twice, it is opened once.

    `department`: a name of the directory. `subject` in one line, `text` what the caller wants; both are cut
    to the order's limits. `by`: the call-taker who handed over.
    """

    call_id: str
    department: str
    subject: str
    text: str = ""
    by: str = ""
    caller_name: str = ""
    phone: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDue(OrderSignal):
    """The time of a deadline has come."""

    deadline: OrderDeadline


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest(OrderSignal):
    """What a person asks. The same `request_id` gets the same answer; `expected_rev`: of the order as the
    person saw it, None: whatever it is now."""

    request_id: str
    actor: str
    for_department: str | None = None
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder(OrderRequest):
    """A new order, with a call or without one. `send`: to the department at once, else a draft."""

    department: str
    subject: str
    text: str = ""
    call_id: str | None = None
    caller_name: str = ""
    phone: str = ""
    place: str = ""
    send: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOrder(OrderRequest):
    """Another wording or department of a draft; None: as it is."""

    department: str | None = None
    subject: str | None = None
    text: str | None = None
    caller_name: str | None = None
    phone: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOrder(OrderRequest):
    """To its department; the deadlines begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOrder(OrderRequest):
    """The department takes it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOrder(OrderRequest):
    """It is not the department's, or cannot be done: back to the hall with the reason."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignOrder(OrderRequest):
    """To another department, or back to the same one when the caller was not content with its answer."""

    department: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOrder(OrderRequest):
    """Somebody works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOrder(OrderRequest):
    """A word between hall and department, either way; it stands in the history."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOrder(OrderRequest):
    """What was done: the caller is to be told."""

    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOrder(OrderRequest):
    """It is somebody else's, and that one does not agree."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideOrder(OrderRequest):
    """A supervisor says whose it is; after that no department sends it back."""

    department: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCaller(OrderRequest):
    """The caller knows the answer. `note`: how, and what they said."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpOrder(OrderRequest):
    """A follow-up call (回访)."""

    satisfaction: Satisfaction
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOrder(OrderRequest):
    """Nothing more is to be done. A reason is needed unless the caller was told."""

    reason: str = ""
