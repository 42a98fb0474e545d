"""What a call tells aggregates above it, in the same commit. Here, for a call knows nothing of what is above.

A work order is told by what all its signals share: its id and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSignal:
    """What all signals to a work order (工单) share. `order_id` is a UUID, made at the edge."""

    order_id: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOpened(OrderSignal):
    """A call is handed over: its work order goes to the department at once. Told twice, it is opened once.

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
