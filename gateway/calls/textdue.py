"""What a text call owes: to be told of when nobody has it in time. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.calls.effects import SetTimer
from gateway.calls.model import CallSession, CallState

TIMER = "text:"
"""Timers of this part are called `text:due`."""
DUE = f"{TIMER}due"


def owed(session: CallSession) -> Iterator[SetTimer]:
    text = session.text
    if text is None or text.due_at is None or text.overdue or session.state is CallState.ENDED:
        return
    yield SetTimer(kind="call", key=session.call_id, name=DUE, due_at=text.due_at)
