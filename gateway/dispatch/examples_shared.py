"""Invented events of a link that a caller was sent, for the written contract and its tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.calls.shared import CallerShared, SharedPicture, ShareLinkChange, ShareStep

_AT = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)

SHARED_EVENTS = (
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
