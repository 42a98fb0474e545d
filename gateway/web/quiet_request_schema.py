"""What people ask for a caller who cannot speak."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from gateway.calls.quieting import MAX_NOTE_CHARS
from gateway.web.handover_schema import MovingRequest
from gateway.web.quiet_schema import QuietShown
from gateway.web.schema_base import Outgoing


class PromptRequest(MovingRequest):
    """start: the caller alone hears "press 1 if you need the police and cannot speak"; stop: no more."""

    action: Literal["start", "stop"]


class EndAlarmRequest(MovingRequest):
    """`note`: why it is no alarm, or none any more."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE_CHARS)]


class QuietDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    quiet: QuietShown | None
