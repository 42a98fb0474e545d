"""What of a text call stands on every line of the board."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class TextShown(BaseModel):
    """Who has a text call. `waiting_since`: nobody has it since then, by `due_at` somebody must; `overdue`:
    nobody had in time. `unanswered_since`: when the newest message came that nobody has answered.
    `undelivered`: answers that failed or of which nobody knows. `answerable`: there is a way back
    to the caller; `answers_by`: as a text to the number, or back to the app (`channel`)."""

    model_config = ConfigDict(extra="forbid")

    provider: str
    state: Literal["waiting", "claimed", "over"]
    claimed_by: str | None
    position: str | None
    waiting_since: AwareDatetime | None
    due_at: AwareDatetime | None
    overdue: bool
    unanswered_since: AwareDatetime | None
    received: int
    written: int
    undelivered: int
    answerable: bool
    answers_by: Literal["sms", "channel", "none"]
