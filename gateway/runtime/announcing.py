"""Tells a hand-over's target of the call before it answers: a retained state under the target's own topic.

It goes on telling while the target rings and speaks: what is said meanwhile, a new danger, how it ended.
After a restart whoever is being called is told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from gateway.calls.events import TranscriptSegmentEvent, TriageAssessedEvent, VetoRaised
from gateway.calls.handing import Referral, ReferralState, under_way
from gateway.calls.handing_events import ReferralChange
from gateway.calls.model import CallSession
from gateway.desk import board
from gateway.dispatch.encode import announcement_message
from gateway.ports import Message, SegmentRow, Store, StoreUnavailable
from gateway.runtime.book import Change, Live
from gateway.runtime.supervise import Tasks

SAID = 30
"""Last utterances of a call that a target is told."""
AT_ONCE = 64
"""Calls being told of together; more wait their turn."""
_OF = (ReferralChange, TranscriptSegmentEvent, TriageAssessedEvent, VetoRaised)


class Outlet(Protocol):
    """`gateway.dispatch.relay.Relay`, as far as announcing needs it."""

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None: ...


class Announcing:
    """One a house. What cannot be read from the store is told without its text."""

    def __init__(self, *, store: Store, outlet: Outlet) -> None:
        self._store, self._outlet = store, outlet
        self._due: dict[str, Live] = {}
        self._busy: set[str] = set()
        self._tasks = Tasks(limit=AT_ONCE)

    def committed(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.address[0] == "call" and any(isinstance(event, _OF) for event in change.events):
                self._again(change.after)

    def recover(self, lives: Iterable[Live]) -> None:
        for live in lives:
            self._again(live)

    def _again(self, live: Live) -> None:
        session: CallSession = live.state
        if not session.referrals:
            return
        self._due[session.call_id] = live
        if session.call_id not in self._busy:
            self._busy.add(session.call_id)
            self._tasks.start("announcing", self._tell(session.call_id))

    async def _tell(self, call_id: str) -> None:
        try:
            while (live := self._due.pop(call_id, None)) is not None:
                try:
                    said = _said(await self._store.segments(call_id))
                except StoreUnavailable:
                    said = []
                for referral in _newest(live.state):
                    self._show(live, referral, said)
        finally:
            self._busy.discard(call_id)

    def _show(self, live: Live, referral: Referral, said: list[dict[str, Any]]) -> None:
        session: CallSession = live.state
        there = under_way(referral) or referral.state in (ReferralState.ANSWERED, ReferralState.COMPLETED)
        message = announcement_message(
            site=session.site, target=referral.target.code, call_id=session.call_id,
            state=_state(live, referral), said=said,
        )  # fmt: skip
        self._outlet.show(message, ended_at=session.ended_at or (None if there else referral.changed_at))

    async def idle(self) -> None:
        """Until everything committed so far is told."""
        await self._tasks.idle()

    async def close(self) -> None:
        await self._tasks.close()


def _newest(session: CallSession) -> Sequence[Referral]:
    """The last hand-over to each target: one topic, one state."""
    return tuple({referral.target.code: referral for referral in session.referrals}.values())


def _said(rows: Sequence[SegmentRow]) -> list[dict[str, Any]]:
    live = [row for row in rows if row.reading == "live"]
    return [{"speaker": row.speaker, "text": row.text, "started_ms": row.started_ms} for row in live[-SAID:]]


def _state(live: Live, referral: Referral) -> dict[str, Any]:
    session: CallSession = live.state
    verdict = session.triage
    fix = next((one for one in session.locations if one.location_id == session.leading_location), None)
    return {
        "call_id": session.call_id,
        "rev": session.rev,
        "referral": referral.n,
        "kind": referral.kind.value,
        "state": referral.state.value,
        "why": referral.why.value if referral.why else None,
        "number": referral.target.number,
        "by": referral.by,
        "at": board.stamp(referral.at),
        "changed_at": board.stamp(referral.changed_at),
        "caller": session.callback_number,
        "place": board.place(live.card),
        "latitude": fix.latitude if fix else None,
        "longitude": fix.longitude if fix else None,
        "datum": fix.datum.value if fix and fix.datum else None,
        "uncertainty_m": fix.uncertainty_m if fix else None,
        "class": verdict.alarm_class.value if verdict else None,
        "nature": verdict.nature.value if verdict else None,
        "priority": verdict.priority if verdict else None,
        "dangers": [code.value for code in session.vetoes],
    }
