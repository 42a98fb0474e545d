"""The kinds of aggregates the loop knows: the call, the hall around the calls, the site's rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls import (
    dispatched,
    entered,
    erased,
    hall,
    handed,
    heard,
    linked,
    located,
    printed,
    quieted,
    reducer,
    seats,
    shared,
    signals,
    tasked,
    texted,
    wrapped,
)
from gateway.calls.effects import Effect
from gateway.calls.erasing import is_erased
from gateway.calls.events import (
    CardFieldChange,
    CardUpdate,
    TranscriptReviewed,
    TranscriptSegmentEvent,
    TriageAssessedEvent,
)
from gateway.calls.hall import HallSignal
from gateway.calls.model import CallSession, Medium
from gateway.calls.seats import SeatSignal
from gateway.calls.signals import CallSeized, CallSignal
from gateway.desk import board, card, counted, positions
from gateway.desk.hall import HallState, reduce_hall
from gateway.desk.incidents import facts, flood
from gateway.desk.incidents import signals as incident
from gateway.desk.orders import from_call
from gateway.desk.orders import signals as ordered
from gateway.desk.orders.signals import OrderSignal
from gateway.desk.plans import signals as planned
from gateway.desk.threads import from_call as of_thread
from gateway.desk.threads import signals as threaded
from gateway.journal.codec import Codec, encode, encode_as, to_text
from gateway.ports import AssessmentRow, CallRow, CardFieldRow, Commit, Erasure, SegmentRow
from gateway.rulebook import reducer as rulebook
from gateway.rulebook import signals as asked
from gateway.rulebook.model import Rulebook
from gateway.rulebook.signals import RulebookSignal
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.runtime.book import Change, Live, Moved
from gateway.runtime.text_rows import text_rows, text_state_rows
from gateway.speech.model import Reading, TranscriptSegment

BODIES_AROUND = timedelta(seconds=600)
"""How long before and after a call a body under its number may be meant for it."""


class CallMachine:
    """The call: state, card and transcript move together."""

    kind = "call"
    state_type: type = CallSession
    signals: type = CallSignal

    def __init__(
        self, ack_within: timedelta | None = None, call_back_within: timedelta | None = None,
        text_within: timedelta | None = None,
    ) -> None:  # fmt: skip
        """`ack_within`: how soon the dispatch core acknowledges an alarm; None: no core does here.
        `call_back_within`: how soon an abandoned call is rung back; `text_within`: how soon somebody has a
        text call."""
        self._limits = {
            "ack_within": ack_within, "call_back_within": call_back_within, "text_within": text_within,
        }  # fmt: skip

    def key(self, signal: CallSignal) -> str:
        return signal.call_id

    def begins(self, signal: CallSignal) -> bool:
        """A leg that the PBX has just made; what a gap tells may be known."""
        return isinstance(signal, CallSeized) and not signal.inferred

    def move(self, live: Live | None, signal: CallSignal) -> Moved:
        before = live.state if live else None
        step = reducer.reduce(before, signal, **self._limits)
        if step.state is None:
            return Moved(after=None, answer=answer_of(step.answer))
        if isinstance(signal, erased.EraseCall) and step.state is not before and is_erased(step.state):
            return Moved(after=Live(state=step.state), answer=answer_of(step.answer), erased=before)
        fields = (
            card.update(live.card if live else {}, signal, step.state) if step.state is not before else {}
        )
        events = (*step.events, *_card_events(fields, step.state, signal))
        known = live.card if live else {}
        after = Live(
            state=step.state,
            card={**known, **fields},
            last=_last_segment(step.events, live),
        )
        tells = (
            *step.tells,
            *facts.tells(before, step.state, known, after.card, signal),
            *from_call.tells(before, step.state, after.card, after.last, signal),
            *of_thread.tells(before, step.state, signal),
        )
        if after.state is before and not events:
            return Moved(after=None, answer=answer_of(step.answer), tells=tells)
        return Moved(
            after=after,
            events=events,
            tells=tells,
            answer=answer_of(step.answer),
            card_fields=tuple(fields),
        )

    def owed(self, state: CallSession) -> frozenset[Effect]:
        return reducer.owed(state)

    def closed(self, state: CallSession) -> bool:
        return state.closed

    def rev(self, state: CallSession) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        first = live.state.call_seq
        return replace(live, state=replace(live.state, call_seq=first + published)), first

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        newest = {change.address: change.after for change in changes}
        fields = {(change.address, name) for change in changes for name in change.card_fields}
        events = [(change, event) for change in changes for event in change.events]
        return Commit(
            calls=tuple(_call_row(live.state) for live in newest.values()),
            segments=(
                *(_segment_row(c, e.segment) for c, e in events if isinstance(e, TranscriptSegmentEvent)),
                *(row for c, e in events if isinstance(e, TranscriptReviewed) for row in _review_rows(c)),
            ),
            card_fields=tuple(_field_row(newest[address], name) for address, name in sorted(fields)),
            assessments=tuple(_assessment_row(c, e) for c, e in events if isinstance(e, TriageAssessedEvent)),
            texts=text_rows(changes),
            text_states=text_state_rows(changes),
            instructions=counted.instructions((newest[c.address].state, e) for c, e in events),
            erased=tuple(_erasure(change.before) for change in changes if change.before is not None),
        )


class HallMachine:
    """The hall of one site; its events are numbered by the site alone."""

    kind = "hall"
    state_type: type = HallState
    signals: type = HallSignal

    def __init__(self, site: str) -> None:
        self._site = site

    def key(self, signal: HallSignal) -> str:
        return self._site

    def begins(self, signal: HallSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: HallSignal) -> Moved:
        before = live.state if live else HallState(site=self._site)
        if isinstance(signal, SeatSignal):
            outcome = positions.reduce(before, signal)
            after, events, answer = outcome.state, outcome.events, answer_of(outcome.answer)
        else:
            (after, events), answer = reduce_hall(before, signal), None
        if after is before:
            return Moved(after=None, answer=answer)
        return Moved(after=Live(state=after), events=events, answer=answer)

    def owed(self, state: HallState) -> frozenset[Effect]:
        return positions.owed(state)

    def closed(self, state: HallState) -> bool:
        return False

    def rev(self, state: HallState) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        return Commit()


class RulebookMachine:
    """The rulebook of one site; its events are numbered by the site alone."""

    kind = "rulebook"
    state_type: type = Rulebook
    signals: type = RulebookSignal

    def __init__(self, site: str) -> None:
        self._site = site

    def key(self, signal: RulebookSignal) -> str:
        return self._site

    def begins(self, signal: RulebookSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: RulebookSignal) -> Moved:
        before = live.state if live else Rulebook(site=self._site)
        outcome = rulebook.reduce(before, signal)
        answer = answer_of(outcome.answer)
        if outcome.state is before and not outcome.events:
            return Moved(after=None, answer=answer)
        return Moved(after=Live(state=outcome.state), events=outcome.events, answer=answer)

    def owed(self, state: Rulebook) -> frozenset[Effect]:
        return frozenset[Effect](rulebook.owed(state))

    def closed(self, state: Rulebook) -> bool:
        return False

    def rev(self, state: Rulebook) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        return Commit()


def journal_codec() -> Codec:
    """Every signal that the journal may hold."""
    named = (each for module in JOURNALED for each in vars(module).values() if isinstance(each, type))
    return Codec(cls for cls in dict.fromkeys(named) if issubclass(cls, KINDS) and cls not in BASES)


JOURNALED = (
    signals,
    heard,
    located,
    linked,
    handed,
    dispatched,
    tasked,
    quieted,
    shared,
    texted,
    wrapped,
    entered,
    erased,
    printed,
    hall,
    seats,
    asked,
    ordered,
    incident,
    flood,
    planned,
    threaded,
)
"""The modules in which signals stand."""
KINDS = (
    CallSignal, HallSignal, RulebookSignal, OrderSignal, incident.IncidentSignal, flood.FloodSignal,
    planned.PlanSignal, threaded.ThreadSignal,
)  # fmt: skip
BASES = (
    *KINDS,
    signals.CallRequest,
    handed.MoveSignal,
    wrapped.WrapRequest,
    shared.LinkRequest,
    seats.SeatSignal,
    seats.HallRequest,
    asked.RulebookRequest,
    asked.DraftRequest,
    ordered.OrderRequest,
    incident.IncidentRequest,
    planned.PlanRequest,
    texted.TextRequest,
)
"""What others are made of: never journaled themselves."""


def answer_of(answer: Any) -> Answer | None:
    """The reducer's answer as data, in the runtime's words."""
    match answer:
        case reducer.Accepted(rev=rev):
            return Accepted(rev=rev)
        case reducer.Refused(code=code, text=text):
            return Refused(code=code, text=text)
        case _:
            return None


def _card_events(
    fields: dict[str, tuple[card.CardValue, ...]], state: CallSession, signal: CallSignal
) -> tuple[CardUpdate, ...]:
    if not fields:
        return ()
    changed = tuple(
        CardFieldChange(
            name=name,
            value=value.value,
            source=value.source,
            confidence=value.confidence,
            speaker=value.speaker,
            started_ms=value.started_ms,
            ended_ms=value.ended_ms,
            confirmed_by=value.confirmed_by,
        )
        for name, values in fields.items()
        for value in values
    )
    return (CardUpdate(occurred_at=signal.when, inferred=signal.inferred, rev=state.rev, fields=changed),)


def _last_segment(events: Sequence[Any], live: Live | None) -> Any:
    """What was said last, not what came last: a gap is filled long after."""
    said = [event.segment for event in events if isinstance(event, TranscriptSegmentEvent)]
    known = [live.last] if live and live.last else []
    return max((*reversed(said), *known), key=lambda segment: segment.started_ms, default=None)


def _call_row(state: CallSession) -> CallRow:
    verdict = state.triage
    return CallRow(
        call_id=state.call_id,
        pbx=state.pbx,
        state=state.state,
        seized_at=state.seized_at,
        ended_at=state.ended_at,
        ani=state.ani,
        dialed=state.dialed,
        end_reason=state.end_reason,
        alarm_class=verdict.alarm_class if verdict else None,
        nature=verdict.nature if verdict else None,
        priority=verdict.priority if verdict else None,
        department=verdict.department if verdict else None,
        agents=" ".join(board.agents(state)),
        duration_ms=board.duration_ms(state),
        sip_call_id=state.sip_call_id,
        medium=state.medium,
        part_of=state.callback_of,
        same_as=state.same_as if state.medium is Medium.MANUAL else None,
        sheet=state.manual.sheet if state.manual else None,
        **counted.figures(state),
    )


def _erasure(before: CallSession) -> Erasure:
    """Bodies may have been handed in a while before the call, and until some time after it."""
    last = before.ended_at or before.seized_at
    return Erasure(
        call_id=before.call_id, sip_call_id=before.sip_call_id, number=before.ani,
        since=before.seized_at - BODIES_AROUND, until=last + BODIES_AROUND,
    )  # fmt: skip


def _segment_row(change: Change, segment: TranscriptSegment, reading: Reading = Reading.LIVE) -> SegmentRow:
    return SegmentRow(
        call_id=change.address[1],
        speaker=segment.speaker,
        reading=reading,
        index=segment.index,
        started_ms=segment.started_ms,
        text=segment.text,
        payload=to_text(encode(segment)),
    )


def _review_rows(change: Change) -> list[SegmentRow]:
    """The signal has the words that the event leaves out."""
    return [_segment_row(change, segment, Reading.REVIEW) for segment in change.signal.segments]


def _field_row(live: Live, name: str) -> CardFieldRow:
    values = encode_as(tuple[card.CardValue, ...], live.card[name])
    return CardFieldRow(call_id=live.state.call_id, name=name, rev=live.state.rev, payload=to_text(values))


def _assessment_row(change: Change, event: TriageAssessedEvent) -> AssessmentRow:
    return AssessmentRow(
        call_id=change.address[1],
        segments=event.segments,
        at=event.occurred_at,
        payload=to_text(encode(event.assessment)),
    )
