"""What a text call (12110 SMS, app messages) is beside a spoken one: its thread, who has it, what waits. A
part of the call's state; moved in `texting`. The messages themselves stand in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TEXT_PBX = "txt"
"""Stands in a text call's id where the PBX's name stands in others'; no PBX may be called so."""
TEXT_QUEUE = "texts"
"""The queue in which text calls wait for a call-taker."""


class TextState(StrEnum):
    """RECEIVED: whole, as it came; INCOMPLETE: parts of it did not come in time. QUEUED: written, not handed
    to the provider yet, or no app has said that it took it; SENT: the provider has it; DELIVERED: the phone
    has it; READ: it was opened there, as an app tells; FAILED: it was not sent, or not delivered; UNKNOWN:
    it may have gone out, a person looks and sends it again or does not."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


UNDELIVERED = frozenset({TextState.FAILED, TextState.UNKNOWN})
"""Somebody has to look at it."""


class AnswerWay(StrEnum):
    """How answers reach the caller. SMS: as a text to the number, by the sender of texts; CHANNEL: back to
    the app that the messages came from; NONE: not at all."""

    SMS = "sms"
    CHANNEL = "channel"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAttachment:
    """A picture or file that came with a message: only named here, never fetched. `digest`: SHA-256."""

    digest: str
    size_bytes: int
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCall:
    """`thread` names the aggregate of the number's messages, `provider` who brought them."""

    thread: str
    provider: str
    way: AnswerWay = AnswerWay.SMS
    waiting_since: datetime | None = None
    """Nobody has it since then; None: somebody has."""
    due_at: datetime | None = None
    """By then somebody has it."""
    within_s: int = 180
    """How soon, each time it waits."""
    overdue: bool = False
    """That was told."""
    claimed_by: str | None = None
    position: str = ""
    heard_at: datetime | None = None
    """When the caller's newest message came."""
    wrote_at: datetime | None = None
    """When a call-taker wrote last."""
    received: int = 0
    written: int = 0
    undelivered: int = 0
    """Answers that were not delivered, or of which nobody knows."""
