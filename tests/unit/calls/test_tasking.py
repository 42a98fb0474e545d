"""The call-back that an abandoned call leaves: opened, claimed, tried, late, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.calls import reducer, tasking
from gateway.calls.answers import Accepted, Refused
from gateway.calls.effects import SetTimer
from gateway.calls.hall import CallSetAside
from gateway.calls.handed import CallBack, CallBackOver, MoveLegUp, MoveSent
from gateway.calls.handing import Why
from gateway.calls.linked import CallSuspected, ClearSuspicion
from gateway.calls.model import TEST_MARK, CallSession
from gateway.calls.signals import CallEnded, CallerIdentified, TimerFired, VetoFired
from gateway.calls.task import TaskOutcome
from gateway.calls.tasked import CallBackTaskChange, CallerAnswered, ClaimTask, ResolveTask
from gateway.calls.together import FloodKind, Suspicion
from gateway.ids import CallId
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

from .conftest import T0

NUMBER = "13800138000"
LATER = CallId("city-main-pbx1-1700000099.0")
SUSPICION = Suspicion(kind=FloodKind.ONE_RING, key=NUMBER, calls=6, at=T0)
VETO = Veto(
    code=VetoCode.WEAPON, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="刀",
    started_ms=0, ended_ms=1, list_hash="h",
)  # fmt: skip


def abandoned(call: Any, number: str | None = NUMBER) -> Any:
    call.queued()
    if number is not None:
        call.tell(CallerIdentified, ani=number, ani_source="PAI")
    call.tell(CallEnded)
    return call


def ask(call: Any, kind: type, who: str = "wang", **more: Any) -> Any:
    return call.step(kind, request_id=f"{kind.__name__}{call.seconds}", actor=who, **more).answer


def says(call: Any, outcome: TaskOutcome, who: str = "wang") -> Any:
    return ask(call, ResolveTask, who, outcome=outcome)


def steps(call: Any) -> list[str]:
    return [event.step.value for event in call.published(CallBackTaskChange)]


def timers(session: CallSession) -> dict[str, datetime]:
    owed = [each for each in reducer.owed(session) if isinstance(each, SetTimer)]
    return {each.name: each.due_at for each in owed if each.name.startswith(tasking.TIMER)}


def called_back(call: Any, why: Why) -> None:
    """A call-back from asking to its end."""
    ask(call, CallBack, position="1101")
    n = call.session.moves[-1].n
    call.tell(MoveSent, n=n)
    call.tell(MoveLegUp, n=n)
    call.tell(CallBackOver, n=n, call=CallId(f"back-{n}"), why=why)


# ---- opening


def test_who_hung_up_unanswered_leaves_a_call_back_that_keeps_the_call_open_until_it_is_due(
    call: Any,
) -> None:
    session = abandoned(call).session
    assert session.task is not None
    assert session.task.open
    assert not session.closed
    assert timers(session) == {"task:due": session.ended_at + tasking.WITHIN}
    assert steps(call) == ["opened"]
    (told,) = call.published(CallBackTaskChange)
    assert (told.callback_number, told.since) == (NUMBER, session.ended_at)


def test_the_time_to_call_back_is_that_of_the_configuration(call: Any) -> None:
    call.queued()
    step = reducer.reduce(call.session, call.signal(CallEnded), call_back_within=timedelta(seconds=60))
    assert step.state is not None
    assert step.state.task is not None
    assert step.state.task.due_at - step.state.task.since == timedelta(seconds=60)


def test_an_answered_call_a_test_call_and_our_own_call_leave_none(call: Any, another_call: Any) -> None:
    assert call.answered().tell(CallEnded).task is None
    for facts in ({"marks": (TEST_MARK,)}, {"outgoing": True}):
        other = another_call().queued()
        other.session = replace(other.session, **facts)
        assert other.tell(CallEnded).task is None


def test_a_withheld_number_leaves_a_task_too_that_nobody_can_try(call: Any) -> None:
    assert abandoned(call, None).session.task.open
    assert call.published(CallBackTaskChange)[0].callback_number is None
    refused = says(call, TaskOutcome.NO_ANSWER)
    assert isinstance(refused, Refused)
    assert refused.code == "no_number"
    assert isinstance(says(call, TaskOutcome.UNREACHABLE), Accepted)
    assert call.session.task.outcome is TaskOutcome.UNREACHABLE


# ---- the clock


def test_a_task_that_is_late_is_told_once_and_stays_open(call: Any) -> None:
    due_at = abandoned(call).session.task.due_at
    for at in (due_at - timedelta(seconds=1), due_at, due_at + timedelta(seconds=1)):
        call.tell(TimerFired, name="task:due", at=at)
    assert steps(call) == ["opened", "overdue"]
    session = call.session
    assert session.task.open
    assert timers(session) == {"task:kept": session.task.since + tasking.KEPT}


def test_after_a_day_a_task_nobody_dealt_with_lapses_says_so_and_lets_the_call_go(call: Any) -> None:
    task = abandoned(call).session.task
    call.tell(TimerFired, name="task:due", at=task.due_at)
    call.tell(TimerFired, name="task:kept", at=task.since + tasking.KEPT)
    assert (call.session.task.outcome, call.session.task.closed_by) == (TaskOutcome.LAPSED, None)
    assert steps(call) == ["opened", "overdue", "closed"]
    assert timers(call.session) == {}


# ---- claiming


def test_a_claimed_task_is_told_to_the_next_person_by_name_until_the_claim_is_old(call: Any) -> None:
    abandoned(call)
    assert isinstance(ask(call, ClaimTask), Accepted)
    refused = ask(call, ClaimTask, "li")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.text) == ("task_claimed", "wang")
    assert says(call, TaskOutcome.REACHED_SAFE, "li").code == "task_claimed"
    assert isinstance(ask(call, ClaimTask), Accepted)
    assert steps(call) == ["opened", "claimed"]
    call.seconds += tasking.CLAIM_HOLDS.total_seconds()
    assert isinstance(ask(call, ClaimTask, "li"), Accepted)
    assert call.session.task.claimed_by == "li"


def test_a_call_without_a_task_says_so(call: Any) -> None:
    call.answered()
    for answer in (ask(call, ClaimTask), says(call, TaskOutcome.REACHED_SAFE)):
        assert answer.code == "no_task"


# ---- outcomes


@pytest.mark.parametrize(
    "outcome", [TaskOutcome.REACHED_SAFE, TaskOutcome.REACHED_EMERGENCY, TaskOutcome.UNREACHABLE]
)
def test_a_persons_word_closes_the_task_once(call: Any, outcome: TaskOutcome) -> None:
    abandoned(call)
    assert isinstance(says(call, outcome), Accepted)
    task = call.session.task
    assert (task.outcome, task.closed_by, timers(call.session)) == (outcome, "wang", {})
    for again in (says(call, TaskOutcome.REACHED_SAFE, "li"), ask(call, ClaimTask, "li")):
        assert again.code == "task_closed"
    assert steps(call) == ["opened", "closed"]


@pytest.mark.parametrize("outcome", [TaskOutcome.MERGED, TaskOutcome.LAPSED])
def test_what_comes_by_itself_is_not_for_a_person_to_say(call: Any, outcome: TaskOutcome) -> None:
    abandoned(call)
    assert says(call, outcome).code == "invalid"
    assert call.session.task.open


def test_no_answer_leaves_it_open_until_enough_tries_were_in_vain(call: Any) -> None:
    abandoned(call)
    for tries in range(1, tasking.TRIES):
        says(call, TaskOutcome.NO_ANSWER)
        assert (call.session.task.tries, call.session.task.open) == (tries, True)
    says(call, TaskOutcome.NO_ANSWER)
    assert call.session.task.outcome is TaskOutcome.NO_ANSWER
    assert steps(call) == ["opened", *["tried"] * (tasking.TRIES - 1), "closed"]


@pytest.mark.parametrize("why", [Why.NO_ANSWER, Why.BUSY, Why.DEAD_NUMBER])
def test_a_call_back_in_vain_counts_by_itself_and_the_persons_word_on_it_not_again(
    call: Any, why: Why
) -> None:
    abandoned(call)
    called_back(call, why)
    assert (call.session.task.tries, steps(call)) == (1, ["opened", "tried"])
    assert isinstance(says(call, TaskOutcome.NO_ANSWER), Accepted)
    assert call.session.task.tries == 1
    says(call, TaskOutcome.NO_ANSWER)
    assert call.session.task.tries == 2


def test_while_the_callers_phone_rings_nobody_says_that_it_was_not_answered(call: Any) -> None:
    abandoned(call)
    ask(call, CallBack, position="1101")
    assert says(call, TaskOutcome.NO_ANSWER).code == "pending"


@pytest.mark.parametrize("why", [Why.REACHED, Why.DESK_NO_ANSWER])
def test_a_call_back_that_was_answered_or_never_rang_the_caller_is_no_try(call: Any, why: Why) -> None:
    abandoned(call)
    called_back(call, why)
    assert (call.session.task.tries, call.session.task.open) == (0, True)


def test_the_last_call_back_in_vain_closes_in_the_name_of_who_rang(call: Any) -> None:
    abandoned(call)
    for _ in range(tasking.TRIES):
        called_back(call, Why.NO_ANSWER)
    task = call.session.task
    assert (task.outcome, task.closed_by) == (TaskOutcome.NO_ANSWER, "wang")
    called_back(call, Why.NO_ANSWER)
    assert call.session.task == task


def test_a_caller_who_was_answered_later_needs_no_call_back(call: Any) -> None:
    abandoned(call)
    call.tell(CallerAnswered, call=call.session.call_id)
    assert call.session.task.open
    for _ in range(2):
        call.tell(CallerAnswered, call=LATER)
    task = call.session.task
    assert (task.outcome, task.merged_into, task.closed_by) == (TaskOutcome.MERGED, LATER, None)
    assert steps(call) == ["opened", "closed"]
    assert call.published(CallBackTaskChange)[-1].merged_into == LATER


def test_a_call_without_a_task_takes_no_notice_of_the_callers_next_call(call: Any) -> None:
    before = call.answered().session
    assert call.tell(CallerAnswered, call=LATER) is before


# ---- floods


def told_aside(step: Any) -> list[bool]:
    return [each.back for each in step.tells if isinstance(each, CallSetAside)]


def test_a_call_of_a_flood_is_counted_and_keeps_nothing_open(call: Any) -> None:
    call.queued().tell(CallSuspected, suspicion=SUSPICION)
    step = call.step(CallEnded)
    assert told_aside(step) == [False]
    assert (call.session.task.aside, call.session.task.open, timers(call.session)) == (True, False, {})
    assert steps(call) == ["set_aside"]


def test_a_call_that_turns_out_to_be_of_a_flood_leaves_the_list_unless_somebody_has_it(
    call: Any, another_call: Any
) -> None:
    abandoned(call)
    assert told_aside(call.step(CallSuspected, suspicion=SUSPICION)) == [False]
    assert steps(call) == ["opened", "set_aside"]
    claimed = abandoned(another_call())
    ask(claimed, ClaimTask)
    assert told_aside(claimed.step(CallSuspected, suspicion=SUSPICION)) == []
    assert claimed.session.task.open


@pytest.mark.parametrize("how", ["person", "veto"])
def test_cleared_of_it_the_task_is_back_with_its_whole_time(call: Any, how: str) -> None:
    abandoned(call)
    call.tell(CallSuspected, suspicion=SUSPICION)
    call.seconds += 3600
    at = T0 + timedelta(seconds=call.seconds)
    if how == "veto":
        step = call.step(VetoFired, veto=VETO)
    else:
        step = call.step(ClearSuspicion, request_id="c", actor="wang")
    assert told_aside(step) == [True]
    assert call.session.task.open
    assert not call.session.closed
    assert timers(call.session) == {"task:due": at + tasking.WITHIN}
    assert steps(call) == ["opened", "set_aside", "opened"]


def test_who_claims_a_task_set_aside_has_it(call: Any) -> None:
    abandoned(call)
    call.tell(CallSuspected, suspicion=SUSPICION)
    step = call.step(ClaimTask, request_id="c", actor="wang")
    assert told_aside(step) == [True]
    assert call.session.task.open


def test_a_task_set_aside_whose_caller_was_answered_is_counted_no_more(call: Any) -> None:
    abandoned(call)
    call.tell(CallSuspected, suspicion=SUSPICION)
    assert told_aside(call.step(CallerAnswered, call=LATER)) == [True]
    assert call.session.task.outcome is TaskOutcome.MERGED
