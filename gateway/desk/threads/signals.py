"""What can happen to a thread: messages in, answers out and what became of them, the end of its call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.text import AnswerWay, TextAttachment, TextState
from gateway.desk.threads.model import Part, Place
from gateway.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSignal:
    """What all signals to a thread share. `thread`: `model.thread_key`."""

    thread: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArrived(ThreadSignal):
    """A message, or a part of one, as a provider handed it in. The same `message_id` (and part) is one
    message. `sender`: what names the conversation to its provider; `way`: how it wants answers back."""

    site: str
    provider: str
    number: str | None
    message_id: str
    text: str
    sent_at: datetime
    part: Part | None = None
    place: Place | None = None
    attachments: tuple[TextAttachment, ...] = ()
    sender: str = ""
    way: AnswerWay = AnswerWay.SMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadDue(ThreadSignal):
    """A timer of it: `parts`, `quiet` or `confirm`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWritten(ThreadSignal):
    """A call-taker answered; the call has it already."""

    call_id: CallId
    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAgain(ThreadSignal):
    """A person wants an answer sent again that was not delivered."""

    call_id: CallId
    index: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHandled(ThreadSignal):
    """What became of handing an answer to the provider, or what its delivery report says. `tries`: of which
    hand-over; None: of whichever was the last."""

    message_id: str
    state: TextState
    tries: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPublished(ThreadSignal):
    """The broker has an answer that goes back to an app; whether the app has it, the app says."""

    message_id: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLetGo(ThreadSignal):
    """The call is over: the next message begins another."""

    call_id: CallId
