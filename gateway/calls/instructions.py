"""What the dispatch core said of a call, as the call carries it: its acknowledgement, and the instructions it
gave units, step by step. A part of the call's state; moved in `dispatching`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """ACK: the core has the alarm. INSTRUCTION: a unit is told to go (派警). SIGN_OFF: it has it (签收).
    DEPARTURE, ARRIVAL: it set out, it is there (出动, 到场). FEEDBACK: what came of it (反馈). CANCEL: the
    instruction is taken back.
    """

    ACK = "ack"
    INSTRUCTION = "instruction"
    SIGN_OFF = "sign_off"
    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    FEEDBACK = "feedback"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The call is a valid alarm, and the dispatch core is to say that it has it."""

    since: datetime
    due_at: datetime | None = None
    """By when the acknowledgement is expected; None: nobody expects one here."""
    acked_at: datetime | None = None
    acked_by: str = ""
    missing_at: datetime | None = None
    """When it was told that none came."""
    left: bool = False
    """None came for so long that the gateway watches no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One unit's instruction. Times are those of the dispatch core; a step that was told before the
    instruction itself stands without `issued_at` until that comes. Long words are cut here: the journal and
    the events have them whole.
    """

    instruction_id: str
    unit: str = ""
    text: str = ""
    told_at: datetime | None = None
    """Of the words: those told last count."""
    issued_at: datetime | None = None
    signed_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    cancelled_at: datetime | None = None
    feedback: str = ""
    feedback_at: datetime | None = None
    feedbacks: int = 0
    late: bool = False
    """That nobody signed it in time was told."""
    left: bool = False
    """Nobody signed it for so long that the gateway watches no more."""

    @property
    def unsigned(self) -> bool:
        """The unit has shown no sign that it knows of it. Who is on the way has it."""
        steps = (self.signed_at, self.departed_at, self.arrived_at, self.feedback_at, self.cancelled_at)
        return self.issued_at is not None and not any(steps)

    @property
    def done(self) -> bool:
        return self.cancelled_at is not None or self.feedback_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    alarm: Alarm | None = None
    instructions: tuple[Instruction, ...] = ()
    """In the order in which they were heard of."""
    forgotten: int = 0
    """Instructions that the state holds no more; the journal does."""
