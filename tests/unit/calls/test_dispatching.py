"""What the dispatch core does with a call: steps by their own time, each lack told once, the state small."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from gateway.calls import dispatching, reducer
from gateway.calls.answers import Accepted, Refused
from gateway.calls.dispatched import DispatchReported
from gateway.calls.effects import SetTimer
from gateway.calls.instructions import ReportKind
from gateway.calls.model import TEST_MARK, CallSession, CallState, Party, PartyRole
from gateway.calls.signals import CallEnded, SetDisposition, TimerFired
from gateway.ids import CallId
from gateway.journal.codec import encode_lean, to_text
from gateway.triage.model import AlarmClass, Nature

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALL = CallId("hz-pbx1-1.1")
WITHIN = timedelta(seconds=15)
TAKER = Party(role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-2", joined_at=AT)
CALLED = CallSession(
    call_id=CALL, site="hz", pbx="pbx1", uniqueid="1.1", linkedid="1.1", line="PJSIP/t-1", seized_at=AT,
    state=CallState.ANSWERED,
)  # fmt: skip


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def report(kind: ReportKind, seconds: float = 0, name: str = "i1", **more: Any) -> DispatchReported:
    known = {"request_id": f"{kind}-{name}-{seconds}", "actor": "core", "instruction_id": name}
    return DispatchReported(
        call_id=CALL, at=later(3600), source_at=later(seconds), kind=kind, **{**known, **more}
    )


def decide(what: AlarmClass = AlarmClass.VALID_ALARM) -> SetDisposition:
    return SetDisposition(
        call_id=CALL, at=AT, request_id="d", actor="wang", alarm_class=what, nature=Nature.FIGHT
    )


def after(session: CallSession, *signals: Any) -> CallSession:
    for signal in signals:
        step = reducer.reduce(session, signal, ack_within=WITHIN)
        assert step.state is not None
        session = step.state
    return session


def timers(session: CallSession) -> dict[str, datetime]:
    return {each.name: each.due_at for each in reducer.owed(session) if isinstance(each, SetTimer)}


STEPS = (
    report(ReportKind.INSTRUCTION, 0, text="去建国路", unit="101"),
    report(ReportKind.SIGN_OFF, 20),
    report(ReportKind.DEPARTURE, 30),
    report(ReportKind.ARRIVAL, 90),
    report(ReportKind.FEEDBACK, 300, text="已控制"),
)


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_steps_told_in_any_order_leave_the_same_instruction(order: tuple[int, ...]) -> None:
    plain, turned = after(CALLED, *STEPS), after(CALLED, *(STEPS[n] for n in order))
    assert turned.dispatch == plain.dispatch
    assert timers(turned) == {}


def test_a_step_stands_by_its_earliest_time_and_words_by_their_latest() -> None:
    session = after(
        CALLED, report(ReportKind.INSTRUCTION, 10, text="新", unit="102"),
        report(ReportKind.INSTRUCTION, 0, text="旧", unit="101"),
        report(ReportKind.SIGN_OFF, 50), report(ReportKind.SIGN_OFF, 40), report(ReportKind.SIGN_OFF, 60),
        report(ReportKind.FEEDBACK, 90, text="后"), report(ReportKind.FEEDBACK, 80, text="先"),
    )  # fmt: skip
    [each] = session.dispatch.instructions
    assert (each.issued_at, each.text, each.unit) == (later(0), "新", "102")
    assert (each.signed_at, each.feedback, each.feedbacks) == (later(40), "后", 2)


def test_what_is_said_again_changes_and_tells_nothing() -> None:
    session = after(CALLED, *STEPS[:2])
    step = reducer.reduce(session, report(ReportKind.SIGN_OFF, 20, request_id="again"))
    assert step.state is session
    assert (step.events, step.answer) == ((), Accepted(rev=session.rev))


def test_a_step_without_its_instruction_is_refused() -> None:
    step = reducer.reduce(CALLED, report(ReportKind.ARRIVAL, name=""))
    assert isinstance(step.answer, Refused)
    assert step.state is CALLED


def test_reports_make_nobodys_entry_stale() -> None:
    session = after(CALLED, decide(), *STEPS)
    assert session.person_rev < session.rev


@pytest.mark.parametrize(
    "sign", [ReportKind.SIGN_OFF, ReportKind.DEPARTURE, ReportKind.ARRIVAL, ReportKind.CANCEL]
)
def test_an_instruction_is_watched_until_anything_shows_that_the_unit_knows(sign: ReportKind) -> None:
    session = after(CALLED, STEPS[0])
    assert timers(session) == {"dispatch:sign:i1": later(180)}
    assert timers(after(session, report(sign, 20))) == {}


def test_a_lack_is_told_once_watched_for_half_an_hour_and_then_let_go() -> None:
    session = after(replace(CALLED, parties=(TAKER,)), STEPS[0], CallEnded(call_id=CALL, at=AT))
    assert not session.closed
    woken = TimerFired(call_id=CALL, at=later(180), name="dispatch:sign:i1")
    first = reducer.reduce(session, woken)
    again = reducer.reduce(first.state, woken)
    assert [len(step.events) for step in (first, again)] == [1, 0]
    assert again.state is first.state
    assert first.state is not None
    assert timers(first.state) == {"dispatch:sign:i1": later(1800)}
    gone = after(first.state, replace(woken, at=later(1800)))
    assert timers(gone) == {}
    assert gone.dispatch.instructions[0].late


def test_a_waking_that_comes_too_early_changes_nothing() -> None:
    session = after(CALLED, decide())
    early = TimerFired(call_id=CALL, at=later(14), name="dispatch:ack")
    step = reducer.reduce(session, early)
    assert step.state is not None
    assert (step.state.dispatch, step.events) == (session.dispatch, ())


def test_an_alarm_is_awaited_from_the_first_verdict_on_and_no_later_one_moves_it() -> None:
    session = after(CALLED, decide())
    again = after(session, replace(decide(), at=later(10), request_id="d2"))
    assert timers(again) == {"dispatch:ack": later(15)}
    acked = after(again, report(ReportKind.ACK, 5, name="", by="台3"))
    assert timers(after(acked, replace(decide(), at=later(30), request_id="d3"))) == {}
    assert acked.dispatch.alarm is not None
    assert (acked.dispatch.alarm.acked_at, acked.dispatch.alarm.acked_by) == (later(5), "台3")


def test_a_test_call_waits_for_no_acknowledgement() -> None:
    assert timers(after(replace(CALLED, marks=(TEST_MARK,)), decide())) == {}


def test_an_acknowledgement_that_nobody_awaits_stands_all_the_same() -> None:
    session = after(CALLED, report(ReportKind.ACK, 5, name=""))
    assert session.dispatch.alarm is not None
    assert session.dispatch.alarm.acked_at == later(5)


def test_of_too_many_instructions_the_done_ones_go_first_and_the_state_stays_small() -> None:
    words = {"text": "字" * 2_000, "unit": "单" * 64}
    most = dispatching.MAX_INSTRUCTIONS
    rows = [report(ReportKind.INSTRUCTION, n, name=f"{n:064}", **words) for n in range(most + 3)]
    done = report(ReportKind.FEEDBACK, 50, name=f"{3:064}", text="字" * 2_000)
    session = after(CALLED, *rows[:most], done, *rows[most:])
    kept = [each.instruction_id for each in session.dispatch.instructions]
    assert len(kept) == most
    assert f"{3:064}" not in kept
    assert session.dispatch.forgotten == 3
    assert len(to_text(encode_lean(session.dispatch)).encode()) < 3 * 1024
