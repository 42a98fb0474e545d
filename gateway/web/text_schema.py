"""What providers, call-takers and pages say and are shown of text calls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.calls.text import TextState
from gateway.calls.texting import MAX_ANSWER_CHARS
from gateway.dispatch.text_contract import TextAnswer
from gateway.web.handover_schema import MovingRequest
from gateway.web.schema import CallSummary, Outgoing, Position
from gateway.web.text_shown import TextShown


class TextTaken(Outgoing):
    """`known`: it was here already. `call_id` null: its call is over."""

    outcome: Literal["accepted", "known"]
    call_id: str | None


class AnswersWanted(BaseModel):
    """Of which app: its name as in its messages."""

    model_config = ConfigDict(extra="forbid")

    provider: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,31}$")]


class TextAnswers(Outgoing):
    """`beyond`: so many more wait behind these."""

    answers: list[TextAnswer]
    beyond: int


class ClaimRequest(MovingRequest):
    """At the position one sits at. `take_over`: from who has it; supervisors only."""

    take_over: bool = False


class PassOnRequest(MovingRequest):
    """To who sits at this position."""

    to: Position


class AnswerRequest(MovingRequest):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ANSWER_CHARS)]


class AgainRequest(MovingRequest):
    """`index`: of the answer that was not delivered."""

    index: Annotated[int, Field(ge=0)]


class TextDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    text: TextShown | None


class TextList(Outgoing):
    """Text calls that nobody has, in the order in which to take them, and those that somebody has. `beyond`:
    more than are listed."""

    waiting: list[CallSummary]
    claimed: list[CallSummary]
    beyond: int
    server_time: AwareDatetime


class MessageShown(Outgoing):
    """`state` of an answer is as it stands now; `missing`: numbers of parts that did not come."""

    speaker: Literal["caller", "call_taker"]
    index: int
    text: str
    sent_at: AwareDatetime
    by: str | None
    missing: list[int]
    attachments: list[dict[str, Any]]
    state: TextState
    reason: str | None


class AwaitedShown(Outgoing):
    """A message of which only these parts are there."""

    there: list[int]
    of: int
    since: AwareDatetime


class ThreadShown(Outgoing):
    """`sending`: a sender of texts is configured. Words are masked by role like those of a transcript."""

    text: TextShown
    messages: list[MessageShown]
    awaited: list[AwaitedShown]
    sending: bool
    max_chars: int
