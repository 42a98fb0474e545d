"""The one function in which a call changes: `reduce(session, signal)`. Pure, total, no clock, never raises.

What the signals of the PBX do to the call stands in `people`, text and verdicts in `findings`, taps and
recordings in `evidence`, how each side is heard in `speech`, fixes in `places`, asking for them in `asking`,
other calls in `linking`, callers who cannot speak in `quieting`, people's wishes in `requests`; the state is
decided in `transitions` alone, what is owed in `owed`.

A signal that is late, doubled or about another call changes nothing. Nothing changes the course of a call
that has ended, but its text, its verdict and its recordings still come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateway.calls import (
    asking,
    callback,
    dispatching,
    entering,
    evidence,
    findings,
    linking,
    moves,
    people,
    places,
    quieting,
    referral,
    sharing,
    speech,
    tasking,
    textdue,
    texting,
    wrapup,
)
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.entered import EnterRecord, RecordLinked, RecordUnlinked
from gateway.calls.erased import EraseCall
from gateway.calls.events import CallEnd, CallEvent, CallStateChange
from gateway.calls.handed import (
    CallBackOver,
    CallBackPlaced,
    MoveLegGone,
    MoveLegUp,
    MoveRefused,
    MoveSent,
    MoveUnseen,
    PartNamed,
)
from gateway.calls.heard import (
    GapFilled,
    GapUnfilled,
    HearingChanged,
    LanguageChosen,
    RecordingReviewed,
    ReviewFailed,
    SoundLost,
    TapSpeaks,
)
from gateway.calls.linked import (
    CallSuspected,
    IncidentJoined,
    IncidentLeft,
    PairCompared,
    SuggestionsMade,
)
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRefreshDue,
    LocationRoundEnded,
    PlaceDescribed,
    SpokenPlacesRead,
)
from gateway.calls.model import CallSession, CallState, EndReason
from gateway.calls.owed import owed
from gateway.calls.people import Changed
from gateway.calls.quieted import CodeWordHeard, PromptStepped, TapsHeard
from gateway.calls.requests import request
from gateway.calls.shared import LinkDelivery, LinkSent, LinkUnsent, PositionShared
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallerIdentified,
    CallHeld,
    CallQueued,
    CallRequest,
    CallSeized,
    CallSignal,
    ConferenceJoined,
    DeskRang,
    DeskStoppedRinging,
    KeyPressed,
    LocationAnswered,
    LocationRefused,
    PackReplaced,
    PartyJoined,
    PartyLeft,
    RecordingFaulted,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
    SegmentTranscribed,
    TalkingChanged,
    TapAnnounced,
    TapEnded,
    TapLive,
    TimerFired,
    TransferEnded,
    TransferStarted,
    TriageAssessed,
    TriageFailed,
    UnexpectedReported,
    VetoFired,
)
from gateway.calls.taps import with_taps
from gateway.calls.tasked import CallerAnswered
from gateway.calls.texted import ClaimText, PassText, TextCallOpened, TextDelivery, TextTold, TextWentQuiet
from gateway.calls.transitions import next_state

__all__ = ["Accepted", "Answer", "Refused", "Step", "owed", "reduce"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one signal makes of one call. `state` is the very object given when nothing changed; None: no
    such call.
    """

    state: CallSession | None
    events: tuple[CallEvent, ...] = ()
    tells: tuple[Any, ...] = ()
    """Signals for other aggregates, taken in the same commit."""
    answer: Answer | None = None


Handler = Callable[[CallSession, Any], Changed]

WHILE_LIVE: Mapping[type[CallSignal], Handler] = {
    CallQueued: people.queued,
    DeskRang: people.desk_rang,
    DeskStoppedRinging: people.desk_stopped,
    CallAbandoned: people.abandoned,
    PartyJoined: people.joined,
    PartyLeft: people.left,
    CallHeld: people.held,
    TransferStarted: people.transfer_started,
    TransferEnded: people.transfer_ended,
    ConferenceJoined: people.conference,
    KeyPressed: people.key_pressed,
    TalkingChanged: people.talking,
    CallEnded: people.ended,
    TimerFired: findings.timer,
    PromptStepped: quieting.stepped,
    TapsHeard: quieting.tapped,
}
"""The course of the call: after its end these are late, and change nothing."""

ALWAYS: Mapping[type[CallSignal], Handler] = {
    CallerIdentified: people.identified,
    LocationAnswered: places.located,
    LocationRefused: places.location_refused,
    LocationReferenced: asking.referenced,
    LocationQuerySent: asking.query_sent,
    LocationQueryEnded: asking.query_ended,
    LocationRoundEnded: asking.round_ended,
    LocationRefreshDue: asking.refresh_due,
    SpokenPlacesRead: asking.spoken_read,
    AdditionalDataAnswered: places.additional,
    PlaceDescribed: places.described,
    SegmentTranscribed: findings.segment,
    TriageAssessed: findings.assessed,
    TriageFailed: findings.judging_failed,
    PackReplaced: findings.pack_replaced,
    VetoFired: findings.veto,
    UnexpectedReported: findings.unexpected,
    TapLive: evidence.tap_live,
    TapEnded: evidence.tap_ended,
    TapAnnounced: speech.tap_announced,
    TapSpeaks: speech.tap_speaks,
    HearingChanged: speech.changed,
    SoundLost: speech.sound_lost,
    LanguageChosen: speech.language_chosen,
    GapFilled: speech.gap_filled,
    GapUnfilled: speech.gap_unfilled,
    RecordingReviewed: speech.reviewed,
    ReviewFailed: speech.review_failed,
    RecordingStarted: evidence.recording_started,
    RecordingStopped: evidence.recording_stopped,
    RecordingStored: evidence.recording_stored,
    RecordingFaulted: evidence.recording_faulted,
    SuggestionsMade: linking.suggested,
    PairCompared: linking.compared,
    CallSuspected: linking.suspected,
    IncidentJoined: linking.joined,
    IncidentLeft: linking.left,
    MoveSent: moves.sent,
    MoveRefused: moves.refused,
    MoveUnseen: moves.unseen,
    MoveLegUp: moves.leg_up,
    MoveLegGone: moves.leg_gone,
    CallBackPlaced: moves.placed,
    CallBackOver: moves.over,
    PartNamed: callback.named,
    CallerAnswered: tasking.answered,
    RecordLinked: entering.linked,
    RecordUnlinked: entering.unlinked,
    CodeWordHeard: quieting.code_word,
    LinkSent: sharing.sent,
    LinkUnsent: sharing.unsent,
    LinkDelivery: sharing.delivery,
    PositionShared: sharing.position,
    TextTold: texting.told,
    TextDelivery: texting.delivery,
}
"""What may still be learnt of a call that has ended."""


TIMERS: Mapping[str, Handler] = {
    moves.TIMER: moves.timer, moves.STAYED: moves.stayed, dispatching.TIMER: dispatching.timer,
    tasking.TIMER: tasking.timer, sharing.TIMER: sharing.timer,
    textdue.TIMER: texting.timer,
}  # fmt: skip
"""Timers that count after the end of the call too, by how their names begin."""


def reduce(
    session: CallSession | None, signal: CallSignal, *, ack_within: timedelta | None = None,
    call_back_within: timedelta | None = None, text_within: timedelta | None = None,
) -> Step:  # fmt: skip
    """The call after `signal`, what the world is told, and a request's answer. `ack_within`: how soon the
    dispatch core acknowledges an alarm; None: no core does here. `call_back_within`: how soon an abandoned
    call is rung back; `text_within`: how soon somebody has a text call."""
    if session is None:
        return _first(signal)
    if signal.call_id != session.call_id:
        return Step(state=session)
    if isinstance(signal, CallRequest):
        after, events, answer = request(session, signal)
        if isinstance(signal, EraseCall):
            return Step(state=after, events=events, answer=answer)
        after = dispatching.follow(session, texting.finished(session, after, signal), signal, ack_within)
        after, told = tasking.follow(session, after, signal, call_back_within)
        told = (*told, *_course(session, after, signal))
        if after is not session:
            after = replace(after, closed=after.state is CallState.ENDED and not owed(after))
        return Step(
            state=after, events=(*events, *told), answer=answer, tells=_asked_tells(session, after, signal)
        )
    if isinstance(signal, TextWentQuiet):
        over = texting.quiet(session, signal)
        limits = {
            "ack_within": ack_within, "call_back_within": call_back_within, "text_within": text_within,
        }  # fmt: skip
        return Step(state=session) if over is None else reduce(session, over, **limits)
    handler = ALWAYS.get(type(signal))
    if isinstance(signal, TimerFired):
        handler = next((take for name, take in TIMERS.items() if signal.name.startswith(name)), handler)
    if handler is None and session.state is not CallState.ENDED:
        handler = WHILE_LIVE.get(type(signal))
    after, events = handler(session, signal) if handler else (session, ())
    if session.state is not CallState.ENDED:
        after = replace(after, state=next_state(after, signal))
    after, handed = referral.follow(after, signal)
    after, signs = quieting.follow(session, after, signal)
    events = (*events, *handed, *signs)
    after = speech.follow(replace(after, taps=with_taps(after)), signal)
    after = asking.follow(session, after, signal)
    after = linking.follow(session, after, signal)
    after = dispatching.follow(session, after, signal, ack_within)
    after, task = tasking.follow(session, after, signal, call_back_within)
    after, waits = texting.follow(session, after, signal, text_within)
    events = (*events, *task, *waits)
    if speech.doubtful(after) is not speech.doubtful(session):
        after = replace(after, judged=-1)
    return _step(session, after, events, signal)


def _asked_tells(before: CallSession, after: CallSession, signal: CallRequest) -> tuple[Any, ...]:
    """What a person's request tells others."""
    return (
        *wrapup.tells(before, after, signal), *tasking.tells(before, after, signal),
        *entering.tells(before, after, signal),
    )  # fmt: skip


def _first(signal: CallSignal) -> Step:
    if isinstance(signal, EnterRecord):
        record, told, answer = entering.enter(signal)
        if record is None:
            return Step(state=None, answer=answer)
        record = replace(record, closed=not owed(record))
        return Step(state=record, events=told, answer=answer, tells=wrapup.tells(None, record, signal))
    if isinstance(signal, CallRequest):
        return Step(state=None, answer=Refused(code="unknown_call", text=f"no call {signal.call_id}"))
    if not isinstance(signal, CallSeized):
        return Step(state=None)
    opened = texting.opened if isinstance(signal, TextCallOpened) else people.seized
    session, events = opened(signal)  # type: ignore[arg-type]
    return Step(
        state=replace(session, rev=1), events=events, tells=callback.tells(None, session, signal)
    )  # fmt: skip


def _step(before: CallSession, after: CallSession, events: tuple[CallEvent, ...], signal: CallSignal) -> Step:
    """Count the change, tell the new state, close what is done."""
    if after == before:
        return Step(state=before, events=events, tells=entering.tells(before, after, signal))
    events = (*events, *_course(before, after, signal))
    after = replace(after, rev=before.rev + 1, inferred=before.inferred or signal.inferred)
    after = replace(after, closed=after.state is CallState.ENDED and not owed(after))
    tells = (
        *wrapup.tells(before, after, signal), *callback.tells(before, after, signal),
        *tasking.tells(before, after, signal), *entering.tells(before, after, signal),
    )  # fmt: skip
    return Step(state=after, events=events, tells=tells)


def _course(before: CallSession, after: CallSession, signal: CallSignal) -> Iterator[CallEvent]:
    """The new state, and the end."""
    if after.state is not before.state:
        yield _state_change(before, after, signal)
    if after.end_reason is not None and before.end_reason is None:
        yield _end(after, after.end_reason, signal)


def _state_change(before: CallSession, after: CallSession, signal: CallSignal) -> CallStateChange:
    agent = (
        signal.agent
        if isinstance(signal, DeskRang)
        else signal.number
        if isinstance(signal, PartyJoined)
        else after.text.position
        if after.text and isinstance(signal, ClaimText | PassText)
        else None
    )
    answered = after.answered_at is not None and before.answered_at is None
    return CallStateChange(
        occurred_at=signal.when,
        inferred=signal.inferred,
        state=after.state,
        previous=before.state,
        agent=agent,
        queue=after.queue if after.state is CallState.QUEUED else None,
        queue_wait_ms=after.queue_wait_ms if answered else None,
    )


def _end(after: CallSession, reason: EndReason, signal: CallSignal) -> CallEnd:
    lasted = (signal.when - after.seized_at).total_seconds()
    return CallEnd(
        occurred_at=signal.when,
        inferred=signal.inferred,
        end_reason=reason,
        released_by=after.released_by,
        duration_ms=max(0, round(lasted * 1000)),
        queue_wait_ms=after.queue_wait_ms,
        unheard=tuple(each.leg for each in after.hearing if each.gaps),
    )
