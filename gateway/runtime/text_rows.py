"""Rows of a text call's messages, out of the events that told of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.calls.texted import TextMessageChange
from gateway.journal.codec import encode, to_text
from gateway.ports import TextRow, TextStateRow
from gateway.runtime.book import Change
from gateway.speech.model import Leg


def text_rows(changes: Sequence[Change]) -> tuple[TextRow, ...]:
    """Messages that came or were written."""
    return tuple(
        TextRow(
            call_id=call_id, speaker=told.speaker.value, index=told.index,
            sent_at=told.sent_at or told.occurred_at, at=told.occurred_at, message_id=told.message_id or "",
            payload=to_text(encode(told)),
        )
        for call_id, told in _told(changes)
        if told.text is not None
    )  # fmt: skip


def text_state_rows(changes: Sequence[Change]) -> tuple[TextStateRow, ...]:
    """How it stands with each answer that these changes concern, once each."""
    newest = {
        (call_id, told.index): TextStateRow(
            call_id=call_id, index=told.index, state=told.state.value, reason=told.reason or "",
            at=told.occurred_at,
        )
        for call_id, told in _told(changes)
        if told.speaker is Leg.CALL_TAKER
    }  # fmt: skip
    return tuple(newest.values())


def _told(changes: Sequence[Change]) -> Iterator[tuple[str, TextMessageChange]]:
    for change in changes:
        for event in change.events:
            if isinstance(event, TextMessageChange):
                yield change.address[1], event
