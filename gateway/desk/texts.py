"""What pages show of a text call: who has it, since when it waits, its thread. Plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.calls.model import CallSession
from gateway.calls.texting import answerable
from gateway.desk.stamp import stamp
from gateway.desk.threads.model import Thread


def text_json(session: CallSession) -> dict[str, Any] | None:
    """The card's and the board's part; None: no text call. `waits_since`: nobody has it, or the caller's
    newest message is not answered yet: pages count from it."""
    text = session.text
    if text is None:
        return None
    unanswered = text.heard_at if text.wrote_at is None or _later(text.heard_at, text.wrote_at) else None
    return {
        "provider": text.provider,
        "state": "over" if session.ended_at else "claimed" if text.claimed_by else "waiting",
        "claimed_by": text.claimed_by,
        "position": text.position or None,
        "waiting_since": stamp(text.waiting_since),
        "due_at": stamp(text.due_at),
        "overdue": text.overdue,
        "unanswered_since": stamp(unanswered),
        "received": text.received,
        "written": text.written,
        "undelivered": text.undelivered,
        "answerable": answerable(session),
        "answers_by": text.way.value,
    }


def _later(one: Any, other: Any) -> bool:
    return one is not None and other is not None and one > other


def message_json(told: Mapping[str, Any], state: Mapping[str, Any] | None) -> dict[str, Any]:
    """One message: `told` as its event told it; `state`: how it stands with an answer now."""
    return {
        "speaker": told["speaker"],
        "index": told["index"],
        "text": told["text"],
        "sent_at": told["sent_at"],
        "by": told.get("by"),
        "missing": list(told.get("missing") or ()),
        "attachments": list(told.get("attachments") or ()),
        "state": state["state"] if state else told["state"],
        "reason": (state["reason"] or None) if state else None,
    }


def awaited_json(thread: Thread | None, call_id: str) -> list[dict[str, Any]]:
    """Messages of which parts are still to come."""
    if thread is None or thread.call_id != call_id:
        return []
    return [
        {"there": [n for n, _, _ in each.parts], "of": each.of, "since": stamp(each.since)}
        for each in thread.awaited
    ]
