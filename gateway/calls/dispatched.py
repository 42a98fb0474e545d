"""What the dispatch core tells of a call, as a signal like those of `signals`, and what the world is told of
it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.calls.events import CallEvent
from gateway.calls.instructions import ReportKind
from gateway.calls.signals import CallRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReported(CallRequest):
    """One message of the dispatch core, done once by its id (`request_id`). `source_at`: the core's own time.

    `text`: the words of an instruction or a feedback. `by`: the person or console. `event_id`: of an ACK, the
    event that it answers.
    """

    kind: ReportKind
    instruction_id: str = ""
    unit: str = ""
    text: str = ""
    by: str = ""
    event_id: str = ""


class DispatchStep(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    ACK_MISSING = "ack_missing"
    INSTRUCTED = "instructed"
    SIGNED_OFF = "signed_off"
    SIGN_OFF_LATE = "sign_off_late"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    FED_BACK = "fed_back"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchChange(CallEvent):
    """What became of the alarm at the dispatch core (ours). `occurred_at` is the core's own time of it.

    `ack_missing`, `sign_off_late`: what should have come did not; told once. `after_s`: how long after the
    alarm, or the instruction, as far as both times are known. `late`: it came after its lack had been told.
    """

    step: DispatchStep
    instruction_id: str | None = None
    unit: str | None = None
    text: str | None = None
    by: str | None = None
    after_s: float | None = None
    late: bool = False
