"""Invented events of a call-back that is owed and of a link that a caller was sent, for the written contract
and its tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.calls.shared import CallerShared, SharedPicture, ShareLinkChange, ShareStep
from gateway.calls.tasked import CallBackTaskChange, TaskStep

_AT = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)

SHARED_EVENTS = (
    CallBackTaskChange(
        occurred_at=_AT, step=TaskStep.OVERDUE, since=_AT - timedelta(seconds=180), due_at=_AT,
        callback_number="13800131234", tries=1,
    ),
    ShareLinkChange(
        occurred_at=_AT, step=ShareStep.SENT, link=1, expires_at=_AT + timedelta(minutes=30), by="zhang.san"
    ),
    CallerShared(
        occurred_at=_AT, link=1,
        picture=SharedPicture(
            digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            media_type="image/jpeg", size_bytes=184_320, width=1600, height=1200,
        ),
    ),
)  # fmt: skip
