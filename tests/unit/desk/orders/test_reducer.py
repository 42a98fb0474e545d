"""A work order goes only the ways of its table; what is refused changes nothing and is told in one word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.answers import Accepted
from gateway.calls.effects import SetTimer
from gateway.desk.orders import signals as ask
from gateway.desk.orders.model import MAX_FOLLOW_UPS, MAX_HANDED, MAX_SUBJECT_CHARS, Order
from gateway.desk.orders.owed import owed
from gateway.desk.orders.reducer import HANDLERS, reduce
from gateway.desk.orders.signals import OrderDue, OrderOpened, OrderRequest, OrderSignal
from gateway.desk.orders.terms import Terms
from gateway.desk.orders.transitions import MOVES, possible
from gateway.dispatch.order_events import (
    OrderDeadline,
    OrderState,
    OrderStep,
    Satisfaction,
    WorkOrder,
    WorkOrderChange,
)

from .conftest import ID, LABOUR, MARKET, NOON, PATHS, TERMS, Desk, code

S = OrderState
WORDS: dict[type[OrderRequest], dict[str, Any]] = {
    ask.ReturnOrder: {"reason": "不属职责"}, ask.DisputeOrder: {"reason": "不属职责"},
    ask.ReassignOrder: {"reason": "属于市场监管", "department": MARKET},
    ask.AnswerOrder: {"answer": "已处理"},
    ask.DecideOrder: {"reason": "按职责分工", "department": MARKET}, ask.NoteOrder: {"note": "补充"},
    ask.FollowUpOrder: {"satisfaction": Satisfaction.SATISFIED}, ask.CloseOrder: {"reason": "来电人撤回"},
}  # fmt: skip
"""What each request needs to be taken."""
HALL_ONLY = [kind for kind, move in MOVES.items() if move.hall]
THEIRS = [kind for kind, move in MOVES.items() if not move.hall]


def test_every_request_of_the_table_is_handled_and_none_beside_it() -> None:
    every = {one for one in vars(ask).values() if isinstance(one, type) and issubclass(one, OrderRequest)}
    assert set(HANDLERS) == set(MOVES) == every - {OrderRequest, ask.OpenOrder}


@pytest.mark.parametrize("state", list(PATHS))
@pytest.mark.parametrize("kind", list(MOVES))
def test_a_request_leads_where_the_table_says_or_changes_nothing(
    desk: Desk, state: OrderState, kind: type[OrderRequest]
) -> None:
    before = desk.reach(state)
    answer = desk.ask(kind, **WORDS.get(kind, {}))
    if state in MOVES[kind].sources:
        assert desk.now.state is (MOVES[kind].to or state)
        assert answer == Accepted(rev=before.rev + 1) == Accepted(rev=desk.now.rev)
    else:
        assert code(answer) == ("order_closed" if state is S.CLOSED else "wrong_state")
        assert desk.now is before


@pytest.mark.parametrize("kind", [ask.ReturnOrder, ask.DisputeOrder, ask.ReassignOrder])
def test_without_its_reason_nothing_is_sent_back_or_on(desk: Desk, kind: type[OrderRequest]) -> None:
    before = desk.reach(S.SENT)
    words = {**WORDS[kind], "reason": "  "}
    assert code(desk.ask(kind, **words)) == "reason_needed"
    assert desk.now is before


def test_an_answer_needs_words(desk: Desk) -> None:
    desk.reach(S.ACCEPTED)
    assert code(desk.ask(ask.AnswerOrder, answer=" ")) == "answer_needed"
    assert code(desk.ask(ask.NoteOrder, note="")) == "invalid"


def test_closing_needs_a_reason_unless_the_caller_was_told(desk: Desk) -> None:
    desk.reach(S.ANSWERED)
    assert code(desk.ask(ask.CloseOrder)) == "reason_needed"
    desk.ask(ask.TellCaller)
    assert code(desk.ask(ask.CloseOrder)) == "accepted"


# ---- who may


@pytest.mark.parametrize("kind", HALL_ONLY)
def test_what_is_the_halls_no_department_does(desk: Desk, kind: type[OrderRequest]) -> None:
    before = desk.reach(S.SENT)
    assert code(desk.ask(kind, for_department=LABOUR, **WORDS.get(kind, {}))) == "hall_only"
    assert desk.now is before


@pytest.mark.parametrize("kind", THEIRS)
def test_no_department_touches_the_order_of_another_one(desk: Desk, kind: type[OrderRequest]) -> None:
    before = desk.reach(S.SENT)
    assert code(desk.ask(kind, for_department=MARKET, **WORDS.get(kind, {}))) == "not_yours"
    assert desk.now is before


def test_a_department_knows_nothing_of_drafts(desk: Desk) -> None:
    desk.open()
    assert desk.to(LABOUR) == []
    assert code(desk.ask(ask.AcceptOrder, for_department=LABOUR)) == "not_yours"


def test_only_the_hall_opens_orders(desk: Desk) -> None:
    assert code(desk.open(for_department=LABOUR)) == "hall_only"
    assert desk.order is None


def test_of_two_departments_at_once_the_one_that_has_it_wins(desk: Desk) -> None:
    desk.reach(S.SENT)
    desk.ask(ask.ReassignOrder, department=MARKET, reason="职责调整")
    late = desk.ask(ask.AcceptOrder, for_department=LABOUR)
    first = desk.ask(ask.AcceptOrder, for_department=MARKET)
    assert (code(late), code(first)) == ("not_yours", "accepted")


def test_of_two_people_who_saw_the_same_the_second_is_told_to_look_again(desk: Desk) -> None:
    seen = desk.reach(S.ACCEPTED).rev
    assert code(desk.ask(ask.NoteOrder, note="一", expected_rev=seen)) == "accepted"
    assert code(desk.ask(ask.NoteOrder, note="二", expected_rev=seen)) == "stale_rev"


def test_what_does_not_exist_or_exists_already_is_told(desk: Desk) -> None:
    assert code(desk.ask(ask.AcceptOrder)) == "unknown_order"
    desk.open()
    assert code(desk.open()) == "exists"


@pytest.mark.parametrize(
    "words",
    [
        {"subject": "字" * (MAX_SUBJECT_CHARS + 1)}, {"subject": "  "}, {"department": "劳动局"},
        {"department": "a/b"}, {"phone": "1" * 301},
    ],
)  # fmt: skip
def test_words_without_measure_are_refused_and_not_cut(desk: Desk, words: dict[str, Any]) -> None:
    assert code(desk.open(**words)) == "invalid"
    assert desk.order is None


# ---- hand-over


def opened(**more: Any) -> OrderOpened:
    known = {"order_id": ID, "at": NOON, "call_id": "hz-p1-1.0", "department": LABOUR, "subject": "欠薪"}
    return OrderOpened(**{**known, **more})


def test_a_call_that_is_handed_over_opens_its_order_at_once_and_once(desk: Desk) -> None:
    desk.take(opened(phone="13800138000", by="wang"))
    assert (desk.now.state, desk.now.call_id, desk.now.first_receiver) == (S.SENT, "hz-p1-1.0", LABOUR)
    [notice] = desk.to(LABOUR)
    assert (notice.step, notice.phone) == (OrderStep.SENT, "13800138000")
    before = desk.now
    desk.take(opened())
    assert desk.now is before


def test_what_a_call_tells_is_cut_to_measure_for_nobody_could_be_asked(desk: Desk) -> None:
    desk.take(opened(subject="字" * 500))
    assert len(desk.now.subject) == MAX_SUBJECT_CHARS
    other = Desk()
    other.take(opened(department="no such/one"))
    assert other.order is None


# ---- deadlines


def due(deadline: OrderDeadline, hours: float) -> OrderDue:
    return OrderDue(order_id=ID, at=NOON + timedelta(hours=hours), deadline=deadline)


def timers(order: Order) -> dict[str, timedelta]:
    found = [one for one in owed(order) if isinstance(one, SetTimer)]
    return {one.name: one.due_at - NOON for one in found}


def test_the_deadlines_are_those_of_the_department(desk: Desk) -> None:
    desk.open()
    assert timers(desk.now) == {}
    desk.ask(ask.SendOrder, hours=0)
    assert timers(desk.now) == {"accept": timedelta(hours=1), "answer": timedelta(hours=24)}
    desk.ask(ask.AcceptOrder)
    assert timers(desk.now) == {"answer": timedelta(hours=24)}
    desk.ask(ask.AnswerOrder, answer="已处理")
    assert timers(desk.now) == {}


def test_the_callers_clock_runs_on_while_an_order_goes_to_and_fro(desk: Desk) -> None:
    desk.open()
    desk.ask(ask.SendOrder, hours=0)
    desk.ask(ask.ReturnOrder, reason="不属职责", hours=0.5)
    assert timers(desk.now) == {"answer": timedelta(hours=24)}
    desk.ask(ask.ReassignOrder, department=MARKET, reason="属市场监管", hours=3)
    assert timers(desk.now) == {"accept": timedelta(hours=5), "answer": timedelta(hours=24)}


def test_an_answer_that_does_not_content_the_caller_begins_anew(desk: Desk) -> None:
    desk.reach(S.TOLD)
    desk.ask(ask.FollowUpOrder, satisfaction=Satisfaction.DISSATISFIED, note="仍未支付")
    desk.ask(ask.ReassignOrder, department=LABOUR, reason="来电人不满意", hours=50)
    assert timers(desk.now) == {"accept": timedelta(hours=51), "answer": timedelta(hours=74)}
    assert desk.now.follow_ups[0].note == "仍未支付"


def test_a_deadline_that_passes_is_supervised_once(desk: Desk) -> None:
    desk.open()
    desk.ask(ask.SendOrder, hours=0)
    desk.take(due(OrderDeadline.ACCEPT, 1))
    assert desk.now.overdue == (OrderDeadline.ACCEPT,)
    assert timers(desk.now) == {"answer": timedelta(hours=24)}
    before, count = desk.now, len(desk.told)
    desk.take(due(OrderDeadline.ACCEPT, 1.001))
    assert (desk.now, len(desk.told)) == (before, count)
    change = [one for one in desk.told if isinstance(one, WorkOrderChange)][-1]
    assert (change.step, change.deadline, change.by) == (OrderStep.SUPERVISED, OrderDeadline.ACCEPT, None)
    assert desk.to(LABOUR)[-1].overdue == (OrderDeadline.ACCEPT,)


def test_a_waking_for_nothing_changes_nothing(desk: Desk) -> None:
    assert reduce(None, due(OrderDeadline.ACCEPT, 9), TERMS).state is None
    desk.reach(S.ACCEPTED)
    before = desk.now
    desk.take(due(OrderDeadline.ACCEPT, 9))
    desk.take(due(OrderDeadline.ANSWER, 1))
    assert desk.now is before


def test_what_is_done_late_is_overdue_no_more_but_stays_supervised(desk: Desk) -> None:
    desk.open()
    desk.ask(ask.SendOrder, hours=0)
    desk.take(due(OrderDeadline.ACCEPT, 1))
    desk.ask(ask.AcceptOrder, hours=2)
    assert desk.now.overdue == ()
    assert [one.deadline for one in desk.now.supervised] == [OrderDeadline.ACCEPT]


# ---- whose it is


def test_the_first_receiver_has_a_disputed_order_and_may_answer_it(desk: Desk) -> None:
    desk.reach(S.SENT)
    desk.ask(ask.ReassignOrder, department=MARKET, reason="属市场监管")
    desk.ask(ask.DisputeOrder, for_department=MARKET, reason="属人社")
    assert (desk.now.state, desk.now.department) == (S.DISPUTED, LABOUR)
    assert desk.to(MARKET)[-1].step is OrderStep.WITHDRAWN
    assert desk.to(LABOUR)[-1].step is OrderStep.DISPUTED
    assert code(desk.ask(ask.AnswerOrder, for_department=LABOUR, answer="已先行处理")) == "accepted"


def test_after_a_decision_no_department_sends_the_order_back(desk: Desk) -> None:
    desk.reach(S.DISPUTED)
    desk.ask(ask.DecideOrder, department=MARKET, reason="按三定方案")
    assert (desk.now.state, desk.now.department, desk.now.first_receiver) == (S.REASSIGNED, MARKET, LABOUR)
    for kind in (ask.ReturnOrder, ask.DisputeOrder):
        assert code(desk.ask(kind, for_department=MARKET, reason="不属职责")) == "decided"
    assert code(desk.ask(ask.AcceptOrder, for_department=MARKET)) == "accepted"


def test_the_hall_may_hand_on_what_was_decided_and_the_next_may_return_it(desk: Desk) -> None:
    desk.reach(S.DISPUTED)
    desk.ask(ask.DecideOrder, department=MARKET, reason="按三定方案")
    desk.ask(ask.ReassignOrder, department="urban_construction", reason="现场核实属城建")
    assert code(desk.ask(ask.ReturnOrder, for_department="urban_construction", reason="否")) == "accepted"


def test_an_order_does_not_wander_for_ever(desk: Desk) -> None:
    desk.reach(S.SENT)
    answers = [
        code(desk.ask(ask.ReassignOrder, department=(MARKET, LABOUR)[n % 2], reason="转"))
        for n in range(MAX_HANDED)
    ]
    assert answers == ["accepted"] * (MAX_HANDED - 1) + ["limit"]


# ---- what is told


def test_a_department_sees_the_caller_only_while_it_has_to_do_with_them(desk: Desk) -> None:
    desk.reach(S.CLOSED)
    told = desk.to(LABOUR)
    assert [one.phone for one in told[:-1]] == ["13800138000"] * 4
    assert (told[-1].state, told[-1].phone, told[-1].caller_name) == (S.CLOSED, None, None)


def test_a_department_that_has_an_order_no_more_is_told_nothing_of_it_but_that(desk: Desk) -> None:
    desk.reach(S.ACCEPTED)
    desk.ask(ask.ReassignOrder, department=MARKET, reason="职责调整")
    gone = desk.to(LABOUR)[-1]
    assert gone.step is OrderStep.WITHDRAWN
    assert (gone.subject, gone.text, gone.phone, gone.note) == (None, None, None, None)


def test_the_site_is_told_every_step_and_no_personal_data(desk: Desk) -> None:
    desk.reach(S.CLOSED)
    changes = [one for one in desk.told if isinstance(one, WorkOrderChange)]
    assert [one.rev for one in changes] == list(range(1, desk.now.rev + 1))
    assert "13800138000" not in repr(changes)
    assert "张某" not in repr(changes)


def test_follow_up_calls_are_kept_up_to_a_limit_also_after_closing(desk: Desk) -> None:
    desk.reach(S.CLOSED)
    answers = [
        code(desk.ask(ask.FollowUpOrder, satisfaction=Satisfaction.NOT_REACHED))
        for _ in range(MAX_FOLLOW_UPS + 1)
    ]
    assert answers == ["accepted"] * MAX_FOLLOW_UPS + ["limit"]


def test_a_page_offers_what_the_table_allows() -> None:
    assert possible(S.CLOSED, department=False) == ("FollowUpOrder",)
    assert possible(S.CLOSED, department=True) == ()
    assert possible(S.SENT, department=True) == ("AcceptOrder", "ReturnOrder", "NoteOrder", "DisputeOrder")


def test_a_signal_nobody_knows_changes_nothing(desk: Desk) -> None:
    before = desk.reach(S.SENT)
    assert reduce(before, OrderSignal(order_id=ID, at=NOON), Terms()).state is before


def test_a_decision_without_a_dispute_is_refused(desk: Desk) -> None:
    """Reached by no path of the table; the reducer is total all the same."""
    desk.reach(S.DISPUTED)
    desk.order = replace(desk.now, dispute=None)
    assert code(desk.ask(ask.DecideOrder, department=MARKET, reason="按职责")) == "wrong_state"


def test_notices_of_one_order_follow_each_other_by_rev(desk: Desk) -> None:
    desk.reach(S.CLOSED)
    revs = [one.rev for one in desk.told if isinstance(one, WorkOrder)]
    assert revs == sorted(revs)
