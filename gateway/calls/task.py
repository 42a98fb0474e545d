"""The task that a caller leaves who hung up before anybody answered: ring back, within a time. A part of the
call's state; moved in `tasking`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.ids import CallId


class TaskOutcome(StrEnum):
    """REACHED_SAFE, REACHED_EMERGENCY: by the word of who spoke with the caller. NO_ANSWER: tried so often in
    vain. UNREACHABLE: there is no way to ring this caller. MERGED: the same number called again and was
    answered. LAPSED: nobody dealt with it for a day."""

    REACHED_SAFE = "reached_safe"
    REACHED_EMERGENCY = "reached_emergency"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    MERGED = "merged"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackTask:
    """`since`: the caller hung up; `due_at`: to be rung by then. `tries`: call-backs that nobody answered."""

    since: datetime
    due_at: datetime
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    tries: int = 0
    unconfirmed: bool = False
    """The last try was counted off the PBX; a person's word that nobody answered is about the same one."""
    overdue_at: datetime | None = None
    """When it was told as overdue."""
    aside: bool = False
    """The call looks like part of a flood: counted for the hall, listed for nobody; cleared, it is listed."""
    outcome: TaskOutcome | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    """None: it closed itself."""
    merged_into: CallId | None = None

    @property
    def open(self) -> bool:
        """Somebody has to deal with it."""
        return self.outcome is None and not self.aside
