"""What pages show of the call-backs that abandoned calls leave: plain JSON values. Pages count from the times
that stand here."""

from __future__ import annotations

from typing import Any

from gateway.calls.model import CallSession
from gateway.desk.stamp import stamp


def task_json(session: CallSession) -> dict[str, Any] | None:
    """The card's part; None: the call left no task. `state`: open, claimed, aside (of a flood) or closed."""
    task = session.task
    if task is None:
        return None
    if task.outcome is not None:
        state = "closed"
    elif task.aside:
        state = "aside"
    else:
        state = "open" if task.claimed_by is None else "claimed"
    return {
        "state": state,
        "since": stamp(task.since),
        "due_at": stamp(task.due_at),
        "overdue": task.overdue_at is not None,
        "reachable": session.callback_number is not None,
        "claimed_by": task.claimed_by,
        "claimed_at": stamp(task.claimed_at),
        "tries": task.tries,
        "outcome": task.outcome.value if task.outcome else None,
        "closed_at": stamp(task.closed_at),
        "closed_by": task.closed_by,
        "merged_into": task.merged_into,
    }
