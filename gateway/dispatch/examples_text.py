"""Invented events of a text call, for the written contract and its tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.calls.text import TextAttachment, TextState
from gateway.calls.texted import TextCallChange, TextMessageChange, TextStep
from gateway.speech.model import Leg

_AT = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)

TEXT_EVENTS = (
    TextCallChange(
        occurred_at=_AT, step=TextStep.OVERDUE, waiting_since=_AT - timedelta(seconds=180), due_at=_AT
    ),
    TextMessageChange(
        occurred_at=_AT, speaker=Leg.CALLER, index=0, state=TextState.RECEIVED,
        text="有人跟着我，我不敢出声", sent_at=_AT, message_id="20260105-000731",
        attachments=(
            TextAttachment(
                digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", size_bytes=184_320,
                media_type="image/jpeg", name="现场.jpg",
            ),
        ),
    ),
)  # fmt: skip
