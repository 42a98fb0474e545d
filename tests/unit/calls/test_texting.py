"""A text call's own course: who has it, what it answers, when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.answers import Accepted, Refused
from gateway.calls.handed import CallBack, HandOver
from gateway.calls.handing import HandOverKind
from gateway.calls.model import CallSession, CallState, EndReason
from gateway.calls.quieted import StartPrompt
from gateway.calls.reducer import Step, owed, reduce
from gateway.calls.signals import CallerIdentified, CallQueued, CallRequest, CallSignal, TimerFired
from gateway.calls.text import TextState
from gateway.calls.texted import (
    ClaimText,
    PassText,
    ReleaseText,
    ResendText,
    TextCallOpened,
    TextDelivery,
    TextTold,
    TextWentQuiet,
    WriteText,
)
from gateway.calls.texting import MAX_ANSWER_CHARS, MAX_WRITTEN
from gateway.calls.wrapped import FinishCall, ReopenCall
from gateway.ids import CallId
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import AlarmClass, Nature

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
CALL = CallId("hz-txt-sms.m1")
_n = iter(range(10_000))


def opened(number: str | None = "13800138000") -> CallSession:
    state: CallSession | None = None
    for signal in (
        TextCallOpened(
            call_id=CALL, at=NOON, site="hz", pbx="txt", uniqueid="sms.m1", linkedid="", line="", thread="t",
            provider="sms",
        ),
        CallerIdentified(call_id=CALL, at=NOON, ani=number, ani_source="sms", anonymous=number is None),
        CallQueued(call_id=CALL, at=NOON, queue="texts"),
    ):  # fmt: skip
        state = reduce(state, signal).state
    assert state is not None
    return state


def told(index: int, text: str = "救命", **more: Any) -> TextTold:
    said = TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=0, ended_ms=0, text=text, model_id="sms"
    )
    return TextTold(call_id=CALL, at=NOON, segment=said, message_id=f"m{index}", sent_at=NOON, **more)


def ask(made: type[CallRequest], actor: str = "wang", *, after_s: float = 0, **more: Any) -> Any:
    at = NOON + timedelta(seconds=after_s)
    return made(call_id=CALL, at=at, request_id=f"r{next(_n)}", actor=actor, **more)


def done(state: CallSession, *signals: CallSignal) -> CallSession:
    for signal in signals:
        step = reduce(state, signal)
        assert not isinstance(step.answer, Refused), step.answer
        assert step.state is not None
        state = step.state
    return state


def refused(state: CallSession, signal: CallSignal) -> str:
    step = reduce(state, signal)
    assert isinstance(step.answer, Refused)
    assert step.state is state
    return step.answer.code


def claimed(**more: Any) -> CallSession:
    return done(opened(**more), ask(ClaimText, position="1101"))


def names(step: Step) -> list[str]:
    return [type(event).__name__ for event in step.events]


def test_a_text_call_waits_and_nothing_of_it_is_listened_to() -> None:
    state = opened()
    assert (state.state, state.taps, state.hearing) == (CallState.QUEUED, (), ())
    assert state.text is not None
    assert state.text.due_at == NOON + timedelta(seconds=180)


def test_a_message_is_an_utterance_once() -> None:
    step = reduce(opened(), told(0))
    assert names(step) == ["TranscriptSegmentEvent", "TextMessageChange"]
    assert step.state is not None
    assert step.state.segments == 1
    again = reduce(step.state, told(0))
    assert again.state is step.state
    assert again.events == ()


def test_a_message_stands_where_it_was_sent_but_never_before_its_call_or_in_the_future() -> None:
    for sent_s, ms in ((-60, 0), (5, 5_000), (600, 30_000)):
        message = replace(told(0), at=NOON + timedelta(seconds=30), sent_at=NOON + timedelta(seconds=sent_s))
        step = reduce(opened(), message)
        assert step.events[0].segment.started_ms == ms  # type: ignore[attr-defined]


def test_one_gets_it_and_the_same_person_again_changes_nothing() -> None:
    state = claimed()
    assert (state.state, state.queue_wait_ms) == (CallState.ANSWERED, 0)
    assert refused(state, ask(ClaimText, "li", position="1102")) == "text_claimed"
    again = reduce(state, ask(ClaimText, position="1101"))
    assert isinstance(again.answer, Accepted)
    assert again.state is state
    assert refused(opened(), ask(ClaimText, position="")) == "no_seat"


def test_only_a_supervisor_takes_over() -> None:
    state = claimed()
    assert refused(state, ask(ClaimText, "li", position="1102", take_over=True)) == "text_claimed"
    after = done(state, ask(ClaimText, "chen", position="1190", take_over=True, supervisor=True))
    assert after.text is not None
    assert after.text.claimed_by == "chen"
    assert [party.left_at is None for party in after.parties] == [False, True]


def test_who_sits_where_it_is_after_a_change_of_shift_goes_on_with_it() -> None:
    after = done(claimed(), ask(ClaimText, "li", position="1101"))
    assert after.text is not None
    assert (after.text.claimed_by, after.state) == ("li", CallState.ANSWERED)
    assert [party.left_at is None for party in after.parties] == [False, True]
    assert refused(after, ask(WriteText, text="您好")) == "text_claimed"


def test_given_back_it_waits_anew_with_its_whole_time() -> None:
    after = done(claimed(), ask(ReleaseText, after_s=100))
    assert after.text is not None
    assert (after.state, after.text.due_at) == (CallState.QUEUED, NOON + timedelta(seconds=280))
    assert after.queue_wait_ms == 0, "the first wait is the caller's wait"


def test_what_nobody_takes_in_time_is_told_once() -> None:
    state = opened()
    early = TimerFired(call_id=CALL, at=NOON + timedelta(seconds=179), name="text:due")
    assert reduce(state, early).state is state
    due = replace(early, at=NOON + timedelta(seconds=180))
    step = reduce(state, due)
    assert names(step) == ["TextCallChange"]
    assert step.state is not None
    assert reduce(step.state, due).state is step.state


@pytest.mark.parametrize("text", ["", "   ", "长" * (MAX_ANSWER_CHARS + 1)])
def test_an_answer_has_words_and_not_too_many(text: str) -> None:
    assert refused(claimed(), ask(WriteText, text=text)) == "invalid"


def test_who_has_it_answers_and_nobody_else() -> None:
    assert refused(opened(), ask(WriteText, text="您好")) == "text_unclaimed"
    state = claimed()
    assert refused(state, ask(WriteText, "li", text="您好", supervisor=True)) == "text_claimed"
    step = reduce(state, ask(WriteText, text=" 您好 "))
    assert names(step) == ["TranscriptSegmentEvent", "TextMessageChange"]
    assert step.events[1].text == "您好"  # type: ignore[attr-defined]
    assert refused(claimed(number=None), ask(WriteText, text="您好")) == "no_number"


def test_answers_are_bounded() -> None:
    state = claimed()
    assert state.text is not None
    full = replace(state, text=replace(state.text, written=MAX_WRITTEN))
    assert refused(full, ask(WriteText, text="您好")) == "limit"


def test_undelivered_answers_are_counted_until_they_are_delivered() -> None:
    state = done(claimed(), ask(WriteText, text="您好"))
    failed = TextDelivery(call_id=CALL, at=NOON, index=0, state=TextState.FAILED, was=TextState.QUEUED)
    state = done(state, failed)
    assert state.text is not None
    assert state.text.undelivered == 1
    assert refused(state, ask(ResendText, index=1, text="x")) == "unknown_message"
    assert isinstance(reduce(state, ask(ResendText, index=0, text="您好")).answer, Accepted)
    state = done(state, replace(failed, state=TextState.QUEUED, was=TextState.FAILED))
    assert state.text is not None
    assert state.text.undelivered == 0


def test_with_its_card_it_is_over_and_leaves_no_call_back() -> None:
    finish = ask(FinishCall, after_s=60, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT)
    step = reduce(claimed(), finish)
    assert step.state is not None
    assert (step.state.state, step.state.end_reason) == (CallState.ENDED, EndReason.COMPLETED)
    assert {"CallStateChange", "CallEnd", "WrapUpChange"} <= set(names(step))
    assert step.state.task is None
    assert refused(step.state, ask(ClaimText, "li", position="1102")) == "ended"
    again = done(step.state, ask(ReopenCall, reason="改"))
    assert again.state is CallState.ENDED
    assert refused(again, ask(WriteText, text="您好")) == "ended"


def test_a_long_quiet_ends_what_somebody_has_and_nothing_else() -> None:
    quiet = TextWentQuiet(call_id=CALL, at=NOON + timedelta(hours=4))
    waits = opened()
    assert reduce(waits, quiet).state is waits
    after = done(claimed(), quiet)
    assert (after.state, after.wrap.finished) == (CallState.ENDED, None)
    assert after.hearing == ()


def test_what_needs_a_line_is_refused() -> None:
    assert refused(claimed(), ask(CallBack, position="1101")) == "no_line"
    hand_over = ask(HandOver, kind=HandOverKind.BLIND, wanted="fire_119", target=None, position="1101")
    assert refused(claimed(), hand_over) == "no_line"
    assert refused(claimed(), ask(StartPrompt)) == "no_line"


def test_a_spoken_call_is_no_text_call() -> None:
    spoken = replace(opened(), text=None)
    assert refused(spoken, ask(ClaimText, position="1101")) == "not_text"
    assert refused(claimed(), ask(PassText, to="1102")) == "nobody_there"


def test_nothing_owed_of_a_text_call_asks_a_pbx() -> None:
    state = done(claimed(), told(0))
    kinds = {type(effect).__name__ for effect in owed(state)}
    assert not kinds & {"StartTap", "FetchRecording", "FillGap", "MovePeople"}
