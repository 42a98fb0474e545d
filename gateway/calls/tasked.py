"""Abandoned calls as signals: what people ask of the task, what is learnt of it, what is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.calls.events import CallEvent
from gateway.calls.signals import CallRequest, CallSignal
from gateway.calls.task import TaskOutcome
from gateway.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask(CallRequest):
    """A person takes the call-back on. Others are told by whom, for as long as the claim is fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTask(CallRequest):
    """How it went, by the person's word. NO_ANSWER counts a try."""

    outcome: TaskOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAnswered(CallSignal):
    """The same number called again, and a call-taker answered: `call`."""

    call: CallId


class TaskStep(StrEnum):
    OPENED = "opened"
    SET_ASIDE = "set_aside"
    CLAIMED = "claimed"
    TRIED = "tried"
    OVERDUE = "overdue"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackTaskChange(CallEvent):
    """The task of an abandoned call went a step (ours). `callback_number` None: withheld, nobody can ring.

    `set_aside`: the call looks like part of a flood; cleared of that it is `opened` again. `overdue` is told
    once. `by` None: it was no person. `merged_into`: the call in which the same number was answered.
    """

    step: TaskStep
    since: datetime
    due_at: datetime
    callback_number: str | None = None
    tries: int = 0
    by: str | None = None
    outcome: TaskOutcome | None = None
    merged_into: str | None = None
