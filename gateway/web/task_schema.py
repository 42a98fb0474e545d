"""What people ask of the call-backs that abandoned calls leave, and what they are shown of them."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from gateway.web.handover_schema import MovingRequest
from gateway.web.schema import Outgoing, TaskShown


class ResolveRequest(MovingRequest):
    """How it went. `no_answer` counts a try; the task stays open until enough of them were in vain."""

    outcome: Literal["reached_safe", "reached_emergency", "no_answer", "unreachable"]


class TaskLine(TaskShown):
    """One open task of the list. `number` is masked by role."""

    call_id: str
    number: str | None
    district: str | None
    waited_ms: int
    """From the seizure of the line to the hang-up."""


class TaskList(Outgoing):
    """Open tasks, the oldest first. `beyond`: more than are listed. `aside`: abandoned calls that look like
    part of a flood, counted since `aside_since`: in no list, kept with the evidence of the flood."""

    items: list[TaskLine]
    beyond: int
    aside: int
    aside_since: AwareDatetime | None
    tries: int
    """So many call-backs in vain close a task."""
    server_time: AwareDatetime


class TaskDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    task: TaskShown
