"""Text calls as signals: what their thread tells the call, what people ask, what the world is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.calls.events import CallEvent
from gateway.calls.signals import CallRequest, CallSeized, CallSignal, SegmentTranscribed
from gateway.calls.text import AnswerWay, TextAttachment, TextState
from gateway.speech.model import Leg

# ---- told by the thread, in the same commit


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCallOpened(CallSeized):
    """The first message of a number that has no open call. `uniqueid`: provider and its id of the message."""

    thread: str
    provider: str
    way: AnswerWay = AnswerWay.SMS


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTold(SegmentTranscribed):
    """A message of the caller: an utterance like a spoken one, with what only texts have. `missing`: numbers
    of the parts that did not come in time."""

    message_id: str
    sent_at: datetime
    missing: tuple[int, ...] = ()
    attachments: tuple[TextAttachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelivery(CallSignal):
    """How it went with an answer; `was`: how it stood before."""

    index: int
    state: TextState
    was: TextState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWentQuiet(CallSignal):
    """Nobody has written for long. One that somebody has is over with it; one that waits goes on waiting."""


# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest(CallRequest):
    """What they share. `supervisor`: who asks may do so with what others have."""

    supervisor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimText(TextRequest):
    """Take it, at this position. `take_over`: from who has it (a supervisor)."""

    position: str
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseText(TextRequest):
    """Give it back: it waits again, with its whole time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassText(TextRequest):
    """On to who sits at this position (`to_user`; empty: nobody does)."""

    to: str
    to_user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteText(TextRequest):
    """Answer the caller."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendText(TextRequest):
    """Send an answer again that was not delivered; `text`: its words, as stored."""

    index: int
    text: str


# ---- what the world is told


class TextStep(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    GIVEN_BACK = "given_back"
    PASSED = "passed"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCallChange(CallEvent):
    """Who has a text call (ours). `overdue` is told once for each wait; `to`: the position it is at."""

    step: TextStep
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    by: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessageChange(CallEvent):
    """A message of a text call, or how it goes with one (ours). (`speaker`, `index`) is its name within the
    call, the same as of its TranscriptSegment. `text` is there when it came or was written; `missing`: parts
    that did not come. `reason`: why it was not delivered."""

    speaker: Leg
    index: int
    state: TextState
    text: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    by: str | None = None
    missing: tuple[int, ...] = ()
    attachments: tuple[TextAttachment, ...] = ()
    reason: str | None = None
