"""Scenarios as files, and those that are shipped: each can be solved by what its callers say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.desk.drill.model import Act, Answered, Scenario, replies_to
from gateway.desk.drill.scenario_file import ScenarioError, read_scenario, read_scenarios
from gateway.runtime.drill.desk import texts
from gateway.speech.model import Leg
from gateway.triage.engine import Triage, read_sources
from gateway.triage.model import Context, Utterance

CONF = Path(__file__).parents[4] / "conf"
SHIPPED = read_scenarios(texts(CONF / "training"))
HARD_CASES = {
    "silent_call", "abandoned_call", "repeat_domestic", "crash_many", "flood", "code_words", "child", "drunk",
    "dialect", "moving", "wages", "returned_order",
}  # fmt: skip


def test_every_hard_case_has_a_scenario_and_some_are_in_english() -> None:
    assert {one.code for one in SHIPPED} >= HARD_CASES
    assert len([one for one in SHIPPED if one.language == "en"]) >= 2


@pytest.fixture(scope="module")
def rules() -> Triage:
    return Triage.build(read_sources(CONF / "rules"))


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda one: one.code)
def test_the_gold_of_a_shipped_scenario_can_be_reached(scenario: Scenario, rules: Triage) -> None:
    heard: set[str] = set()
    told = ""
    for call in scenario.calls:
        said = [event.text for event in (*call.events, *call.back) if event.act is Act.SAY]
        said += [reply.say for reply in call.replies]
        turns = [
            Utterance(
                segment_index=n, speaker=Leg.CALLER, text=text, started_ms=n * 3_000, ended_ms=n * 3_000 + 900
            )
            for n, text in enumerate(said)
        ]
        if turns:
            heard |= {veto.code.value for veto in rules.assess(turns, Context()).vetoes}
            told += "".join(said)
    assert {danger.value for danger in scenario.gold.dangers} <= heard
    assert (
        any(call.answered is Answered.TRAINEE for call in scenario.calls) or scenario.gold.call_back
    )  # fmt: skip
    for wanted in scenario.gold.fields:
        assert any(each in told for each in wanted.any), wanted
    for reply in scenario.main.replies:
        assert replies_to(scenario.main, reply.asks[0])


FILE = """\
code = "one"
title_zh = "一"
title_en = "One"
brief_zh = "简"
brief_en = "Brief"
[gold]
classes = ["valid_alarm"]
[[gold.field]]
name = "address"
any = ["路"]
[[call]]
id = "main"
number = "13900000000"
event = [
  { at_s = 2, say = "喂" },
]
[[call.reply]]
asks = ["哪里"]
say = "路口"
field = "address"
[[order]]
after_s = 1
act = "return"
department = "labour_bureau"
text = "不属"
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "one"', 'code = "One!"', "one.toml, line 1: code"),
        ("[gold]", "[gold", "not TOML"),
        ('"valid_alarm"', '"alarm"', "line 7: gold.classes.0"),
        ('name = "address"\nany', 'name = "adress"\nany', "line 9: field: the card has no 'adress'"),
        ('field = "address"', 'field = "where"', "line 20: field: the card has no 'where'"),
        ('say = "喂"', 'says = "喂"', "line 15: call.0.event.0.says: unknown key"),
        ('say = "喂" }', 'say = "喂", key = "1" }', "an event is one of say, desk, key"),
        ('say = "喂" }', "fix = [91.0, 1.0, 5.0] }", "fix: latitude, longitude"),
        (', say = "喂" }', " }", "line 15: call.0.event.0: an event is one of"),
        ('id = "main"', 'id = "main"\nanswered = "nobody"', "nobody hears this caller"),
        ('id = "main"', 'id = "main"\nanswered = "other"', "the trainee has nothing to do"),
        ('number = "13900000000"', 'number = "1-2"', "line 13: call.0.number"),
        ("[[order]]", '[[call]]\nid = "main"\n[[order]]', "'main' stands twice"),
        ('"return"', '"burn"', "line 23: order.0.act"),
        ("[[gold.field]]", 'reassign = "labour_bureau"\n[[gold.field]]', None),
        ('act = "return"', 'act = "accept"', None),
    ],
)
def test_a_fault_names_its_line_its_key_and_the_cure(old: str, new: str, told: str | None) -> None:
    assert old in FILE
    changed = FILE.replace(old, new, 1)
    if told is None:
        assert read_scenario(changed, "one.toml").code == "one"
        return
    with pytest.raises(ScenarioError) as fault:
        read_scenario(changed, "one.toml")
    assert told in str(fault.value)
    assert str(fault.value).startswith("one.toml")


def test_a_reassignment_that_nobody_causes_and_a_code_that_stands_twice_are_faults() -> None:
    lonely = FILE.replace("[[gold.field]]", 'reassign = "labour_bureau"\n[[gold.field]]', 1)
    with pytest.raises(ScenarioError, match="no department returns anything"):
        read_scenario(lonely.replace('act = "return"', 'act = "accept"'), "one.toml")
    with pytest.raises(ScenarioError, match=r"two\.toml, line 1: code: 'one' stands in another file"):
        read_scenarios({"one.toml": FILE, "two.toml": FILE})


def test_several_questions_in_one_breath_are_answered_in_order_and_no_more_than_a_person_remembers() -> None:
    (call,) = read_scenario(FILE, "one.toml").calls
    more = tuple(replace(call.replies[0], asks=(f"q{n}",), say=str(n)) for n in range(5))
    asked = replies_to(replace(call, replies=more), "Q3 q1 q0 q4")
    assert [reply.say for reply in asked] == ["0", "1", "3"]
    assert replies_to(call, "?") == ()
