"""Plans are read with every fault told, suggested with their reasons, and run by people alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.calls.answers import Accepted, Refused
from gateway.calls.model import CallSession
from gateway.desk.card import CardValue, Source
from gateway.desk.plans.model import MAX_NOTE_CHARS, Condition, Plan, PlanRun, Words
from gateway.desk.plans.plan_file import MAX_PLANS, PlanError, read_plan, read_plans
from gateway.desk.plans.reducer import reduce
from gateway.desk.plans.signals import EndPlan, PlanSignal, StartPlan, TickItem, UntickItem
from gateway.desk.plans.suggest import Facts, facts_of, suggested
from gateway.ids import CallId
from gateway.journal.codec import encode_lean, to_text
from gateway.runtime.plan_desk import texts
from gateway.triage.model import Nature, VetoCode

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
RUN = "0198c3a0-0000-7000-8000-0000000000d1"
SHIPPED = Path(gateway.__file__).parent.parent / "conf/plans"
TEXT = """code = "fire"
title_zh = "火灾"
title_en = "Fire"
[[suggest]]
natures = ["fire"]
[[do]]
id = "a"
zh = "问"
en = "ask"
[[do]]
id = "b"
zh = "派"
en = "send"
[[tell]]
id = "c"
zh = "消防"
en = "fire service"
number = "119"
"""


# ---- files


def test_the_shipped_plans_load_and_one_is_suggested_for_each_kind() -> None:
    plans = read_plans(texts(SHIPPED))
    assert len(plans) >= 8
    for plan in plans:
        assert plan.suggest
        assert {item.kind.value for item in plan.items} == {"do", "tell"}
    codes = [one.plan.code for one in suggested(plans, Facts(natures=(Nature.FIRE,), injured=2))]
    assert codes == ["fire_trapped"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "fire"', 'code = "Fire!"', "line 1: code:"),
        ('title_en = "Fire"\n', "", "title_en: is missing; write it"),
        ('natures = ["fire"]', 'natures = ["flames"]', "line 5: suggest.0.natures.0:"),
        ('natures = ["fire"]', 'nature = ["fire"]', "did you mean 'natures'?"),
        ('natures = ["fire"]\n', "", "line 4: suggest.0: is empty; name natures"),
        ('id = "b"', 'id = "a"', "line 11: do.1.id: 'a' stands 2 times"),
        ('number = "119"', 'number = "call them"', "line 18: tell.0.number:"),
        ('zh = "问"', f'zh = "{"问" * 201}"', "line 8: do.0.zh:"),
        ('code = "fire"', "code = ", "not TOML"),
    ],
)
def test_each_fault_is_told_with_its_line_and_cure(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(PlanError) as caught:
        read_plan(TEXT.replace(old, new, 1), "fire.toml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("fire.toml")


def test_two_files_of_one_code_and_too_many_files_are_refused() -> None:
    with pytest.raises(PlanError, match=r"b.toml, line 1: code: 'fire' stands in a.toml too"):
        read_plans({"a.toml": TEXT, "b.toml": TEXT})
    with pytest.raises(PlanError, match="at most"):
        read_plans({f"{n}.toml": TEXT for n in range(MAX_PLANS + 1)})


# ---- suggestions

CALL = CallSession(
    call_id=CallId("hz-pbx1-1.1"), site="hz", pbx="pbx1", uniqueid="1.1", linkedid="1.1", line="l",
    seized_at=AT,
)  # fmt: skip


def plan_for(*ways: Condition) -> Plan:
    return Plan(code="p", title=Words(zh="预案", en="plan"), suggest=ways)


@pytest.mark.parametrize(
    ("way", "facts", "reasons"),
    [
        (Condition(natures=(Nature.FIRE,)), Facts(natures=(Nature.FIRE,)), ["nature:fire"]),
        (Condition(natures=(Nature.FIRE,)), Facts(), None),
        (Condition(natures=(Nature.FIRE,), injured=2), Facts(natures=(Nature.FIRE,), injured=1), None),
        (Condition(priority=2), Facts(priority=1), ["priority:1"]),
        (Condition(priority=2), Facts(priority=3), None),
        (Condition(priority=2), Facts(), None),
        (
            Condition(vetoes=(VetoCode.WEAPON, VetoCode.INJURY), calls=3),
            Facts(vetoes=(VetoCode.INJURY,), calls=4),
            ["veto:injury", "calls:4"],
        ),
    ],
)
def test_a_plan_is_suggested_when_everything_named_holds_and_says_why(
    way: Condition, facts: Facts, reasons: list[str] | None
) -> None:
    found = suggested([plan_for(way)], facts)
    assert [f"{r.code}:{r.value}" for one in found for r in one.reasons] == (reasons or [])


def test_the_plan_with_most_reasons_stands_first() -> None:
    one, two = plan_for(Condition(priority=2)), plan_for(Condition(priority=2, natures=(Nature.FIRE,)))
    found = suggested([one, two], Facts(natures=(Nature.FIRE,), priority=1))
    assert [each.plan for each in found] == [two, one]


@pytest.mark.parametrize(("told", "count"), [("3", 3), ("三人", 3), ("十二个", 12), ("有人", 1), ("0", 0)])
def test_the_injured_are_counted_as_the_card_says_them(told: str, count: int) -> None:
    card = {"people_injured": (CardValue(value=told, source=Source.SPEECH),)}
    assert facts_of(CALL, card).injured == count


# ---- runs

PLAN = read_plan(TEXT, "fire.toml")


def known(**more: Any) -> dict[str, Any]:
    return {"run_id": RUN, "at": AT, "request_id": "r", "actor": "wang", **more}


STARTED = reduce(None, StartPlan(**known(plan=PLAN, call_id=CALL.call_id))).state


def after(*signals: PlanSignal) -> PlanRun:
    run = STARTED
    for signal in signals:
        run = reduce(run, signal).state
    assert run is not None
    return run


def refused(run: PlanRun | None, signal: PlanSignal) -> str:
    outcome = reduce(run, signal)
    assert outcome.state is run
    assert outcome.events == ()
    assert isinstance(outcome.answer, Refused)
    return outcome.answer.code


def test_a_run_is_started_ticked_off_by_name_and_time_taken_back_and_ended() -> None:
    tick = TickItem(**known(item_id="a", note=" 已问 "))
    run = after(tick, TickItem(**known(item_id="c", actor="li")), UntickItem(**known(item_id="c")))
    assert [(each.item_id, each.by, each.at, each.note) for each in run.ticks] == [("a", "wang", AT, "已问")]
    over = reduce(run, EndPlan(**known(note="已扑灭")))
    assert over.state is not None
    assert (over.state.over, over.state.ended_by, over.state.note) == (True, "wang", "已扑灭")
    [told] = over.events
    assert (told.step, told.done, told.items, told.note) == ("ended", 1, 3, "已扑灭")


def test_what_is_asked_twice_is_done_once() -> None:
    run = after(TickItem(**known(item_id="a")))
    for again in (TickItem(**known(item_id="a", actor="li")), UntickItem(**known(item_id="b"))):
        outcome = reduce(run, again)
        assert outcome.state is run
        assert (outcome.events, outcome.answer) == ((), Accepted(rev=2))


def test_refusals_change_nothing() -> None:
    over = after(EndPlan(**known()))
    assert refused(STARTED, StartPlan(**known(plan=PLAN, call_id=CALL.call_id))) == "plan_running"
    assert refused(None, TickItem(**known(item_id="a"))) == "unknown_run"
    assert refused(STARTED, TickItem(**known(item_id="z"))) == "unknown_item"
    assert refused(over, TickItem(**known(item_id="a"))) == "plan_over"
    assert refused(over, EndPlan(**known())) == "plan_over"
    assert refused(STARTED, TickItem(**known(item_id="a", note="字" * (MAX_NOTE_CHARS + 1)))) == "invalid"


def test_two_people_tick_at_once_and_both_ticks_stand() -> None:
    one, two = TickItem(**known(item_id="a")), TickItem(**known(item_id="b", actor="li"))
    first, turned = after(one, two), after(two, one)
    assert {each.item_id for each in first.ticks} == {each.item_id for each in turned.ticks} == {"a", "b"}


def test_a_run_with_the_largest_plan_stays_small() -> None:
    big = replace(PLAN, items=tuple(
        replace(PLAN.items[0], item_id=f"i{n}", zh="字" * 200, en="w" * 200) for n in range(40)
    ))  # fmt: skip
    run = replace(after(), plan=big)
    assert len(to_text(encode_lean(run)).encode()) < 64 * 1024
