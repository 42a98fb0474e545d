"""A text call's own course: opened by a message, claimed by one call-taker, answered in writing, over with
its card or with a long quiet. Everything else of it is like a spoken call. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls import findings, people
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.events import CallEvent, CallStart
from gateway.calls.model import CallSession, CallState, EndReason, Medium, PartyRole
from gateway.calls.people import Changed
from gateway.calls.signals import (
    CallEnded,
    CallQueued,
    CallRequest,
    CallSignal,
    PartyJoined,
    PartyLeft,
    SegmentTranscribed,
    TimerFired,
)
from gateway.calls.text import TEXT_QUEUE, UNDELIVERED, AnswerWay, TextCall, TextState
from gateway.calls.textdue import DUE, owed
from gateway.calls.texted import (
    ClaimText,
    PassText,
    ReleaseText,
    ResendText,
    TextCallChange,
    TextCallOpened,
    TextDelivery,
    TextMessageChange,
    TextRequest,
    TextStep,
    TextTold,
    TextWentQuiet,
    WriteText,
)
from gateway.calls.transitions import next_state
from gateway.speech.model import Leg, TranscriptSegment

ANSWER_WITHIN = timedelta(seconds=180)
"""The hotline's promise for other media than the telephone (GB/T 33358-2016); where the configuration says
nothing else."""
MAX_WRITTEN = 200
"""Answers of one text call; more are refused: finish it, the caller's next message begins another."""
MAX_ANSWER_CHARS = 500
"""As `gateway.ports_text`: a longer one is refused before it is sent."""
WRITTEN_MODEL = "person"
"""`model_id` of what a call-taker wrote."""

Told = tuple[CallSession, tuple[CallEvent, ...], Answer]


# ---- what the thread tells


def opened(signal: TextCallOpened) -> Changed:
    """A new text call; that it waits follows as CallQueued."""
    session, (begun, *rest) = people.seized(signal)
    text = TextCall(thread=signal.thread, provider=signal.provider, way=signal.way)
    start = replace(begun, medium=Medium.TEXT) if isinstance(begun, CallStart) else begun
    return replace(session, medium=Medium.TEXT, text=text), (start, *rest)


def follow(before: CallSession, after: CallSession, signal: CallSignal, within: timedelta | None) -> Changed:
    """It waits from the moment it stands in the queue, again when it was given back."""
    text = after.text
    if text is None or not isinstance(signal, CallQueued) or text.waiting_since is not None:
        return after, ()
    soon = replace(text, within_s=round((within or ANSWER_WITHIN).total_seconds()))
    return _waits(after, soon, signal.when, TextStep.WAITING)


def _waits(
    session: CallSession, text: TextCall, when: datetime, step: TextStep, by: str | None = None
) -> Changed:
    now = replace(
        text, waiting_since=when, due_at=when + timedelta(seconds=text.within_s), overdue=False,
        claimed_by=None, position="",
    )  # fmt: skip
    return replace(session, text=now), (_change(now, when, step, by=by),)


def told(session: CallSession, signal: TextTold) -> Changed:
    """A message of the caller: kept, judged and read like an utterance."""
    text = session.text
    if text is None:
        return session, ()
    sent = min(signal.sent_at, signal.at)
    said = replace(signal.segment, started_ms=_ms(session, sent), ended_ms=_ms(session, sent))
    after, events = findings.segment(session, replace(signal, segment=said))
    if not events:
        return after, events
    message = TextMessageChange(
        occurred_at=signal.when, speaker=said.speaker, index=said.index,
        state=TextState.INCOMPLETE if signal.missing else TextState.RECEIVED, text=said.text,
        sent_at=signal.sent_at, message_id=signal.message_id, missing=signal.missing,
        attachments=signal.attachments,
    )  # fmt: skip
    now = replace(text, heard_at=signal.at, received=text.received + 1)
    return replace(after, text=now), (*events, message)


def delivery(session: CallSession, signal: TextDelivery) -> Changed:
    text = session.text
    if text is None:
        return session, ()
    bad = (signal.state in UNDELIVERED) - (signal.was in UNDELIVERED)
    now = replace(text, undelivered=max(0, text.undelivered + bad))
    event = TextMessageChange(
        occurred_at=signal.when, speaker=Leg.CALL_TAKER, index=signal.index, state=signal.state,
        reason=signal.reason or None,
    )  # fmt: skip
    return replace(session, text=now), (event,)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    """Nobody has it in time: told once for each wait."""
    text = session.text
    due = next((each for each in owed(session) if each.name == signal.name == DUE), None)
    if text is None or due is None or signal.at < due.due_at:
        return session, ()
    late = replace(text, overdue=True)
    return replace(session, text=late), (_change(late, signal.when, TextStep.OVERDUE),)


def quiet(session: CallSession, signal: TextWentQuiet) -> CallEnded | None:
    """What a long quiet means: the end of a call that somebody has; nothing for one that waits."""
    text = session.text
    if text is None or text.claimed_by is None or session.state is CallState.ENDED:
        return None
    return CallEnded(
        call_id=session.call_id, at=signal.at, source_at=signal.source_at, reason=EndReason.COMPLETED
    )


def finished(before: CallSession, after: CallSession, signal: CallRequest) -> CallSession:
    """With its card a text call is over: nobody hangs up on it."""
    newly = after.wrap.finished is not None and before.wrap.finished is None
    if after.text is None or not newly or after.state is CallState.ENDED:
        return after
    over = CallEnded(call_id=after.call_id, at=signal.at, reason=EndReason.COMPLETED)
    done, _ = people.ended(after, over)
    return replace(done, state=next_state(done, over))


# ---- what people ask


def claim(session: CallSession, signal: ClaimText) -> Told:
    """One gets it; the other is told who has it. Claimed again by the same person it moves to their position;
    whoever sits now where it is, after a change of shift, goes on with it."""
    text = _open(session)
    if isinstance(text, Refused):
        return session, (), text
    other = text.claimed_by not in (None, signal.actor) and text.position != signal.position
    if other and not (signal.take_over and signal.supervisor):
        return session, (), Refused(code="text_claimed", text=f"{text.claimed_by}, {text.position}")
    if not signal.position:
        return session, (), Refused(code="no_seat", text="sit at a position first")
    if text.claimed_by == signal.actor and text.position == signal.position:
        return session, (), Accepted(rev=session.rev)
    return _given(session, text, signal, signal.actor, signal.position, TextStep.CLAIMED)


def pass_on(session: CallSession, signal: PassText) -> Told:
    text = _mine(session, signal)
    if isinstance(text, Refused):
        return session, (), text
    if not signal.to_user:
        return session, (), Refused(code="nobody_there", text=f"nobody sits at {signal.to}")
    return _given(session, text, signal, signal.to_user, signal.to, TextStep.PASSED)


def _given(
    session: CallSession, text: TextCall, signal: TextRequest, user: str, position: str, step: TextStep
) -> Told:
    """Who has it now is connected with the caller, as on a telephone the desk's leg is."""
    left = _let_go(session, text, signal)
    joins = PartyJoined(
        call_id=session.call_id, at=signal.at, role=PartyRole.CALL_TAKER, number=position,
        line=f"text:{position}",
    )  # fmt: skip
    joined, _ = people.joined(left, joins)
    now = replace(
        text, waiting_since=None, due_at=None, overdue=False, claimed_by=user, position=position
    )  # fmt: skip
    after = replace(joined, text=now, state=next_state(joined, joins))
    return _done(after, (_change(now, signal.when, step, by=signal.actor, to=position),))


def _let_go(session: CallSession, text: TextCall, signal: TextRequest) -> CallSession:
    leaves = PartyLeft(
        call_id=session.call_id, at=signal.at, role=PartyRole.CALL_TAKER, number=text.position,
        line=f"text:{text.position}",
    )  # fmt: skip
    return people.left(session, leaves)[0]


def release(session: CallSession, signal: ReleaseText) -> Told:
    text = _mine(session, signal)
    if isinstance(text, Refused):
        return session, (), text
    back = CallQueued(call_id=session.call_id, at=signal.at, queue=TEXT_QUEUE)
    left, _ = people.queued(_let_go(session, text, signal), back)
    after, events = _waits(left, text, signal.when, TextStep.GIVEN_BACK, by=signal.actor)
    return _done(replace(after, state=next_state(after, back)), events)


def write(session: CallSession, signal: WriteText) -> Told:
    """An answer stands in the thread from now on; its thread sends it."""
    text = _mine(session, signal)
    if isinstance(text, Refused):
        return session, (), text
    words = signal.text.strip()
    if not words or len(words) > MAX_ANSWER_CHARS:
        return session, (), Refused(code="invalid", text=f"an answer has 1 to {MAX_ANSWER_CHARS} characters")
    if not answerable(session):
        return session, (), Refused(code="no_number", text="this caller has no number to write to")
    if text.written >= MAX_WRITTEN:
        return session, (), Refused(code="limit", text=f"{MAX_WRITTEN} answers were written in this call")
    ms = _ms(session, signal.when)
    said = TranscriptSegment(
        index=text.written, speaker=Leg.CALL_TAKER, started_ms=ms, ended_ms=ms, text=words,
        model_id=WRITTEN_MODEL,
    )  # fmt: skip
    spoken = SegmentTranscribed(call_id=session.call_id, at=signal.at, segment=said)
    after, events = findings.segment(session, spoken)
    message = TextMessageChange(
        occurred_at=signal.when, speaker=Leg.CALL_TAKER, index=said.index, state=TextState.QUEUED,
        text=words, sent_at=signal.when, by=signal.actor,
    )  # fmt: skip
    now = replace(text, written=text.written + 1, wrote_at=signal.when)
    return _done(replace(after, text=now), (*events, message))


def answerable(session: CallSession) -> bool:
    """There is a way back to the caller: a number, or the app that the messages came from."""
    way = session.text.way if session.text is not None else AnswerWay.NONE
    return way is AnswerWay.CHANNEL or (way is AnswerWay.SMS and session.ani is not None)


def resend(session: CallSession, signal: ResendText) -> Told:
    """Accepted here; whether that answer is one to send again, its thread knows."""
    text = _mine(session, signal)
    if isinstance(text, Refused):
        return session, (), text
    if not 0 <= signal.index < text.written:
        return session, (), Refused(code="unknown_message", text="this call has no such answer")
    return _done(session, ())


def _open(session: CallSession) -> TextCall | Refused:
    if session.text is None:
        return Refused(code="not_text", text="this is no text call")
    if session.state is CallState.ENDED:
        return Refused(code="ended", text="the text call is over; the caller's next message begins another")
    return session.text


def _mine(session: CallSession, signal: TextRequest) -> TextCall | Refused:
    text = _open(session)
    if isinstance(text, Refused):
        return text
    if text.claimed_by is None:
        return Refused(code="text_unclaimed", text="claim it first")
    if text.claimed_by != signal.actor and not (signal.supervisor and not isinstance(signal, WriteText)):
        return Refused(code="text_claimed", text=f"{text.claimed_by}, {text.position}")
    return text


def _done(session: CallSession, events: tuple[CallEvent, ...]) -> Told:
    after = replace(session, rev=session.rev + 1)
    return after, events, Accepted(rev=after.rev)


def _change(text: TextCall, when: datetime, step: TextStep, **more: Any) -> TextCallChange:
    return TextCallChange(
        occurred_at=when, step=step, waiting_since=text.waiting_since, due_at=text.due_at, **more
    )


def _ms(session: CallSession, when: datetime) -> int:
    return max(0, round((when - session.seized_at).total_seconds() * 1000))
