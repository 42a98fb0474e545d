"""One work order (工单): who has it, since when, until when, and what each side said last.

Only the newest word of a kind stands here (the last return, the answer); every step ever taken stands in the
journal, where the page of an order reads its history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.dispatch.order_events import OrderDeadline, OrderState, Satisfaction

MAX_SUBJECT_CHARS = 200
MAX_TEXT_CHARS = 2_000
MAX_NOTE_CHARS = 1_000
"""Longer words of a person are refused, not cut: nobody's words are changed silently."""
MAX_FIELD_CHARS = 300
"""Name, telephone number and place of the caller, each."""
MAX_HANDED = 20
"""Times an order goes to a department, the same one or another; one more is refused: close it instead."""
MAX_FOLLOW_UPS = 10
"""Follow-up calls that are kept; one more is refused."""

UNSENT = frozenset({OrderState.DRAFT})
WAITING = frozenset({OrderState.SENT, OrderState.REASSIGNED})
"""Nobody has accepted it: the deadline to accept runs."""
WORKING = frozenset({OrderState.ACCEPTED, OrderState.IN_WORK, OrderState.DISPUTED, OrderState.RETURNED})
"""Not answered: with WAITING, where the deadline to answer runs. The caller's clock does not stop while
departments send an order to and fro."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody said. `department`: for which one; None: for the hall."""

    text: str
    by: str
    at: datetime
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """A deadline passed (督办). Told once for each deadline and due time."""

    deadline: OrderDeadline
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A follow-up call (回访): what the caller said of it all."""

    satisfaction: Satisfaction
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Who says that the order is somebody else's, and what a supervisor decided; None: not yet."""

    raised: Note
    decision: Note | None = None
    decided_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`department` has it now; `first_receiver` was sent it first and owns it while it is disputed."""

    order_id: str
    state: OrderState
    department: str
    subject: str
    text: str
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    rev: int = 1
    call_id: str | None = None
    caller_name: str = ""
    phone: str = ""
    place: str = ""
    first_receiver: str | None = None
    handed: int = 0
    """How often it was given to a department."""
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    told_at: datetime | None = None
    closed_at: datetime | None = None
    accept_by: datetime | None = None
    answer_by: datetime | None = None
    accept_within: str = ""
    answer_within: str = ""
    """The spans by which both were reckoned when it was sent, as "3 working days"."""
    supervised: tuple[Supervision, ...] = ()
    returned: Note | None = None
    answer: Note | None = None
    told: Note | None = None
    closing: Note | None = None
    dispute: Dispute | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def decided(self) -> bool:
        """A supervisor said whose it is: no department sends it back any more."""
        return self.dispute is not None and self.dispute.decision is not None

    @property
    def running(self) -> tuple[tuple[OrderDeadline, datetime], ...]:
        """The deadlines that run now, each with its due time."""
        found = []
        if self.state in WAITING and self.accept_by is not None:
            found.append((OrderDeadline.ACCEPT, self.accept_by))
        if self.state in WAITING | WORKING and self.answer_by is not None:
            found.append((OrderDeadline.ANSWER, self.answer_by))
        return tuple(found)

    @property
    def overdue(self) -> tuple[OrderDeadline, ...]:
        """Those of `running` that have passed, as far as was told."""
        past = {(one.deadline, one.due_at) for one in self.supervised}
        return tuple(deadline for deadline, due_at in self.running if (deadline, due_at) in past)
