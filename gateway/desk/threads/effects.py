"""What a thread owes: to be woken, and to hand its answers to the provider or back to the app, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from gateway.calls.effects import Effect, SetTimer
from gateway.calls.text import TextState
from gateway.desk.threads.model import KIND, Thread
from gateway.ids import CallId

PARTS_WITHIN = timedelta(seconds=20)
"""So long a message waits for its missing parts; then it is shown without them."""
QUIET = timedelta(hours=4)
"""So long after the last word of either side a call that somebody has is over: the next message begins
another."""
CONFIRMED_WITHIN = timedelta(seconds=60)
"""So soon an app says that it took an answer; then nobody knows whether it has it, and a person may send it
again under the same id."""
PARTS, QUIETNESS, CONFIRM = "parts", "quiet", "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText(Effect):
    """Hand one answer to the provider. Written down before it is sent and never sent again by itself; `tries`
    makes what a person wants sent again another effect."""

    once: ClassVar[bool] = True

    thread: str
    number: str
    text: str
    message_id: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAnswer(Effect):
    """Tell an app's topic of one answer. Written down before it is sent and never sent again by itself;
    `conversation`: what the app calls it."""

    once: ClassVar[bool] = True

    thread: str
    provider: str
    conversation: str
    call_id: CallId
    text: str
    message_id: str
    written_at: datetime
    tries: int


def owed(thread: Thread) -> Iterator[Effect]:
    if thread.awaited:
        due_at = min(each.since for each in thread.awaited) + PARTS_WITHIN
        yield SetTimer(kind=KIND, key=thread.thread, name=PARTS, due_at=due_at)
    if thread.call_id is not None and thread.last_at is not None:
        yield SetTimer(kind=KIND, key=thread.thread, name=QUIETNESS, due_at=thread.last_at + QUIET)
    waiting = [each for each in thread.outgoing if each.state is TextState.QUEUED]
    if unconfirmed := [each.at for each in waiting if each.channel]:
        due_at = min(unconfirmed) + CONFIRMED_WITHIN
        yield SetTimer(kind=KIND, key=thread.thread, name=CONFIRM, due_at=due_at)
    for each in waiting:
        if each.channel and not each.published:
            yield PublishAnswer(
                thread=thread.thread, provider=thread.provider, conversation=thread.sender,
                call_id=each.call_id, text=each.text, message_id=each.message_id, written_at=each.at,
                tries=each.tries,
            )  # fmt: skip
        elif not each.channel and thread.number is not None:
            yield SendText(
                thread=thread.thread, number=thread.number, text=each.text, message_id=each.message_id,
                tries=each.tries,
            )  # fmt: skip
