"""Finishing a call: once, by a person, and open again only by a supervisor's word."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.events import DispositionSet, WrapUpChange, WrapUpStep
from gateway.calls.model import CallState
from gateway.calls.reducer import Accepted
from gateway.calls.seats import WrapUpBegun, WrapUpDone
from gateway.calls.signals import CallEnded, CallerIdentified, SetCardField, SetDisposition
from gateway.calls.wrapped import FinishCall, MarkAsked, PassCard, ReopenCall
from gateway.calls.wrapup import MAX_ASKED, MAX_WRITTEN, keeper
from gateway.desk import card
from gateway.triage.model import AlarmClass, Nature

ZHANG, LI = {"request_id": "r1", "actor": "zhang"}, {"request_id": "r2", "actor": "li"}
ROBBERY = {"alarm_class": AlarmClass.VALID_ALARM, "nature": Nature.ROBBERY, "note": "持刀抢包，已派警"}


def test_a_person_decides_and_closes_the_card_with_one_word(call: Any) -> None:
    call.answered().tell(CallEnded)
    step = call.step(FinishCall, **ZHANG, **ROBBERY)
    assert step.answer == Accepted(rev=step.state.rev)
    assert (step.state.disposition.nature, step.state.wrap.finished.by) == (Nature.ROBBERY, "zhang")
    assert call.published(DispositionSet)[0].by == "zhang"
    assert [(one.step, one.by) for one in call.published(WrapUpChange)] == [(WrapUpStep.FINISHED, "zhang")]


def test_who_finishes_second_is_told_who_was_first_and_nothing_is_done_twice(call: Any) -> None:
    seen = call.answered().tell(CallEnded).rev
    first = call.step(FinishCall, **ZHANG, **ROBBERY, expected_rev=seen)
    second = call.step(FinishCall, **LI, **{**ROBBERY, "nature": Nature.THEFT}, expected_rev=seen)
    at = first.state.wrap.finished.at.isoformat(timespec="seconds")
    assert (second.answer.code, second.answer.text) == ("already_finished", f"zhang, {at}")
    assert (second.state, second.events, second.tells) == (first.state, (), ())


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (SetCardField, {"name": "name", "value": "x"}),
        (SetDisposition, {"alarm_class": AlarmClass.UNSURE, "nature": Nature.NONE}),
        (PassCard, {"to": "1102"}),
    ],
)
def test_a_finished_card_takes_no_entries_until_it_is_opened_again(
    call: Any, kind: Any, facts: dict[str, Any]
) -> None:
    call.answered().tell(CallEnded)
    call.tell(FinishCall, **ZHANG, **ROBBERY)
    assert call.step(kind, **LI, **facts).answer.code == "finished"
    opened = call.step(ReopenCall, **{**LI, "actor": "boss"}, reason="地点有误")
    assert (opened.state.wrap.finished, opened.state.wrap.reopened) == (None, 1)
    assert call.published(WrapUpChange)[-1].reason == "地点有误"
    assert isinstance(call.step(kind, **LI, **facts).answer, Accepted)


def test_an_open_card_is_not_opened_and_opening_needs_a_reason(call: Any) -> None:
    assert call.answered().step(ReopenCall, **LI, reason="x").answer.code == "not_finished"
    call.tell(FinishCall, **ZHANG, **ROBBERY)
    assert call.step(ReopenCall, **LI, reason=" ").answer.code == "reason_needed"


def test_the_desk_has_work_from_the_end_of_the_talk_until_the_card_is_finished(call: Any) -> None:
    call.answered()
    ended = call.step(CallEnded)
    assert [(type(one), one.agent, one.pbx) for one in ended.tells] == [(WrapUpBegun, "1101", "main")]
    passed = call.step(PassCard, **ZHANG, to="1102", note="请回访")
    assert [(type(one), one.agent) for one in passed.tells] == [(WrapUpDone, "1101"), (WrapUpBegun, "1102")]
    assert keeper(passed.state) == "1102"
    finished = call.step(FinishCall, **LI, **ROBBERY)
    assert [(type(one), one.agent) for one in finished.tells] == [(WrapUpDone, "1102")]


def test_a_call_that_nobody_answered_and_one_that_tests_the_line_give_no_desk_work(
    call: Any, another_call: Any
) -> None:
    assert call.queued().step(CallEnded).tells == ()
    test = another_call().answered()
    test.tell(CallerIdentified, ani="19990000000", ani_source="PAI", test=True)
    assert test.step(CallEnded).tells == ()


def test_a_call_finished_while_it_goes_on_leaves_no_work_behind(call: Any) -> None:
    call.answered().tell(FinishCall, **ZHANG, **ROBBERY)
    ended = call.step(CallEnded)
    assert (ended.state.state, ended.tells) == (CallState.ENDED, ())


def test_a_question_is_marked_as_asked_and_makes_nobodys_entry_stale(call: Any) -> None:
    before = call.answered().session
    step = call.step(MarkAsked, **ZHANG, question="人还在现场吗？")
    assert (step.state.wrap.asked, step.state.person_rev) == (("人还在现场吗？",), before.person_rev)
    for number in range(MAX_ASKED + 5):
        call.tell(MarkAsked, **ZHANG, question=f"问题 {number}")
    assert len(call.session.wrap.asked) == MAX_ASKED
    assert call.step(MarkAsked, **ZHANG, question=" ").answer.code == "invalid"


def test_writers_are_remembered_up_to_a_limit(call: Any) -> None:
    call.answered()
    for number in range(MAX_WRITTEN + 3):
        call.tell(SetCardField, **ZHANG, name=f"field{number}", value="x")
    assert len(call.session.wrap.written) == MAX_WRITTEN
    assert call.session.wrap.written[-1].part == f"field:field{MAX_WRITTEN + 2}"


def test_the_summary_of_who_finished_stands_on_the_card(call: Any) -> None:
    state = call.answered().tell(FinishCall, **ZHANG, **ROBBERY)
    fields = card.update({}, call.signal(FinishCall, **ZHANG, **ROBBERY), state)
    summary = fields["summary"][0]
    assert (summary.value, summary.confirmed_by) == ("持刀抢包，已派警", "zhang")
