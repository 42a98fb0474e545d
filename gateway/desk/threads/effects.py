"""What a thread owes: to be woken, and to hand its answers to the provider, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from gateway.calls.effects import Effect, SetTimer
from gateway.calls.text import TextState
from gateway.desk.threads.model import KIND, Thread

PARTS_WITHIN = timedelta(seconds=20)
"""So long a message waits for its missing parts; then it is shown without them."""
QUIET = timedelta(hours=4)
"""So long after the last word of either side a call that somebody has is over: the next message begins
another."""
PARTS, QUIETNESS = "parts", "quiet"


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


def owed(thread: Thread) -> Iterator[Effect]:
    if thread.awaited:
        due_at = min(each.since for each in thread.awaited) + PARTS_WITHIN
        yield SetTimer(kind=KIND, key=thread.thread, name=PARTS, due_at=due_at)
    if thread.call_id is not None and thread.last_at is not None:
        yield SetTimer(kind=KIND, key=thread.thread, name=QUIETNESS, due_at=thread.last_at + QUIET)
    for each in thread.outgoing:
        if each.state is TextState.QUEUED and thread.number is not None:
            yield SendText(
                thread=thread.thread, number=thread.number, text=each.text, message_id=each.message_id,
                tries=each.tries,
            )  # fmt: skip
