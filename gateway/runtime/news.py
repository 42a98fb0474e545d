"""After a commit: the pages, the relay and the caches hear what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from gateway.calls.events import (
    CallStateChange,
    RecMediaEnd,
    RecMediaStart,
    RecordingFailed,
    TranscriptReviewed,
    TranscriptSegmentEvent,
    TriageAssessedEvent,
    VetoRaised,
)
from gateway.calls.handed import MoveSignal, Supervise
from gateway.calls.handing import MoveKind
from gateway.calls.handing_events import CallBackChange, ReferralChange, SupervisionChange
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRoundEnded,
    PlaceDescribed,
    SetPosition,
    WithdrawPosition,
)
from gateway.calls.signals import LocationAnswered, PartyJoined, PartyLeft, TimerFired
from gateway.clock import Clock
from gateway.desk import board, seatmap
from gateway.desk.handing import handing_json
from gateway.dispatch.encode import card_message
from gateway.dispatch.site_events import RulePackChange
from gateway.journal.codec import encode
from gateway.ports import Commit, Message, OutboxRow
from gateway.runtime.book import Change, Live
from gateway.runtime.hub import Hub
from gateway.runtime.judging import Judging
from gateway.speech.model import Reading

_OF_PLACES = (
    AdditionalDataAnswered, LocationAnswered, LocationQueryEnded, LocationQuerySent, LocationReferenced,
    LocationRoundEnded, PlaceDescribed, SetPosition, WithdrawPosition,
)  # fmt: skip
"""Signals after which a page fetches the place of its call anew."""


_OF_HANDING = (ReferralChange, CallBackChange, SupervisionChange, CallStateChange, VetoRaised)
"""Events after which a page shows anew who can be, and is being, handed over."""


_OF_MOVES = (PartyJoined, PartyLeft, MoveSignal, TimerFired)
"""Signals that tell how far a take-over has come without an event of their own."""


def _packs(change: Change) -> list[RulePackChange]:
    return [event for event in change.events if isinstance(event, RulePackChange)]


class Outlet(Protocol):
    """`gateway.dispatch.relay.Relay`: what leaves through the outbox, and the retained states beside it."""

    def offer(self, rows: Sequence[OutboxRow]) -> None: ...

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None: ...


class News:
    """Called by the loop once for each committed group; never waits."""

    def __init__(self, *, hub: Hub, judging: Judging, outlet: Outlet, clock: Clock) -> None:
        self._hub, self._judging, self._outlet, self._clock = hub, judging, outlet, clock

    def committed(self, changes: Sequence[Change], commit: Commit) -> None:
        if commit.outbox:
            self._outlet.offer(commit.outbox)
        calls = [change for change in changes if change.address[0] == "call"]
        if steps := [event.step for change in changes for event in _packs(change)]:
            self._hub.publish("rules", None, {"steps": steps})
        for change in changes:
            if change.address[0] == "hall":
                self._hall(change)
        for change in calls:
            self._details(change)
        for live in {change.address: change.after for change in calls}.values():
            self._hub.publish("call", live.state.call_id, board.summary(live.state, live.card, live.last))
            self.retain(live)
            if live.state.closed:
                self._judging.forget(live.state.call_id)

    def _hall(self, change: Change) -> None:
        """Positions that look different now; their names are the pages' own."""
        state = change.after.state
        for position in seatmap.touched(change.signal, change.events):
            self._hub.publish("position", None, seatmap.shown(state, position, {}))

    def retain(self, live: Live) -> None:
        """The card as it is now, for a dispatch core that comes in late."""
        session = live.state
        card = card_message(
            site=session.site,
            call_id=session.call_id,
            rev=session.rev,
            at=self._clock.now(),
            ended=session.ended_at is not None,
            call=board.summary(session, live.card, live.last),
            fields=board.card_json(live.card),
        )
        self._outlet.show(card, ended_at=session.ended_at)

    def _details(self, change: Change) -> None:
        call_id, live = change.address[1], change.after
        if change.card_fields:
            fields = board.card_json({name: live.card[name] for name in change.card_fields})
            self._push("card", call_id, rev=live.state.rev, fields=fields)
        if isinstance(change.signal, Supervise) and change.signal.kind is MoveKind.ESCALATE:
            asked = change.signal
            self._push("escalation", call_id, by=asked.actor, position=asked.position, rev=live.state.rev)
        if isinstance(change.signal, _OF_PLACES):
            self._push("location", call_id)
        moving = bool(live.state.moves) and isinstance(change.signal, _OF_MOVES)
        if moving or any(isinstance(event, _OF_HANDING) for event in change.events):
            self._push("handing", call_id, handing=handing_json(live.state))
        for event in change.events:
            match event:
                case TranscriptSegmentEvent(segment=segment):
                    self._judging.heard(call_id, segment)
                    self._push("segment", call_id, segment=encode(segment))
                case TranscriptReviewed():
                    for segment in change.signal.segments:
                        self._judging.heard(call_id, segment, Reading.REVIEW)
                    self._push("review", call_id, review=encode(replace(event, segments=())))
                case TriageAssessedEvent(assessment=assessment):
                    self._push("assessment", call_id, assessment=board.assessment_json(assessment))
                case VetoRaised(veto=veto):
                    self._judging.stands(call_id, veto)
                    self._push("veto", call_id, veto=encode(veto))
                case RecMediaStart() | RecMediaEnd() | RecordingFailed():
                    for recording in live.state.recordings:
                        if recording.recording_id == event.recording_id:
                            self._push(
                                "recording",
                                call_id,
                                recording=board.recording_json(recording, live.state.seized_at),
                            )

    def _push(self, kind: str, call_id: str, **data: Any) -> None:
        self._hub.publish(kind, call_id, {"call_id": call_id, **data})
