"""After a commit: the pages, the relay and the caches hear what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gateway.calls.events import RecMediaEnd, RecMediaStart, RecordingFailed, TranscriptSegmentEvent, TriageAssessedEvent, VetoRaised
from gateway.desk import board
from gateway.journal.codec import encode
from gateway.ports import Commit, OutboxRow
from gateway.runtime.book import Change, Live
from gateway.runtime.hub import Hub
from gateway.runtime.judging import Judging


class News:
    """Called by the loop once for each committed group; never waits."""

    def __init__(
        self, *, hub: Hub, judging: Judging, wake_relay: Callable[[Sequence[OutboxRow]], None],
        retain_card: Callable[[Live], None],
    ) -> None:  # fmt: skip
        self._hub, self._judging = hub, judging
        self._wake_relay, self._retain_card = wake_relay, retain_card

    def committed(self, changes: Sequence[Change], commit: Commit) -> None:
        if commit.outbox:
            self._wake_relay(commit.outbox)
        calls = [change for change in changes if change.address[0] == "call"]
        for change in calls:
            self._details(change)
        for live in {change.address: change.after for change in calls}.values():
            self._hub.publish("call", live.state.call_id, board.summary(live.state, live.card, live.last))
            self._retain_card(live)
            if live.state.closed:
                self._judging.forget(live.state.call_id)

    def _details(self, change: Change) -> None:
        call_id, live = change.address[1], change.after
        if change.card_fields:
            fields = board.card_json({name: live.card[name] for name in change.card_fields})
            self._push("card", call_id, rev=live.state.rev, fields=fields)
        for event in change.events:
            match event:
                case TranscriptSegmentEvent(segment=segment):
                    self._judging.heard(call_id, segment)
                    self._push("segment", call_id, segment=encode(segment))
                case TriageAssessedEvent(assessment=assessment):
                    self._push("assessment", call_id, assessment=board.assessment_json(assessment))
                case VetoRaised(veto=veto):
                    self._judging.stands(call_id, veto)
                    self._push("veto", call_id, veto=encode(veto))
                case RecMediaStart() | RecMediaEnd() | RecordingFailed():
                    for recording in live.state.recordings:
                        if recording.recording_id == event.recording_id:
                            self._push("recording", call_id, recording=board.recording_json(recording, live.state.seized_at))

    def _push(self, kind: str, call_id: str, **data: Any) -> None:
        self._hub.publish(kind, call_id, {"call_id": call_id, **data})
