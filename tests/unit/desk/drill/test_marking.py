"""What counts in a result sheet, and how a trainee's progress is told."""

from __future__ import annotations

from typing import Any

from gateway.desk.calendar import Words
from gateway.desk.card import CardValue, Source
from gateway.desk.drill.marking import Marks, progress, sheet
from gateway.desk.drill.model import Gold, GoldField, Reply, Scenario, ScriptedCall
from gateway.triage.model import AlarmClass, Nature, VetoCode


def scenario(**gold: Any) -> Scenario:
    call = ScriptedCall(
        id="main", number="1",
        replies=(Reply(asks=("Where", "哪里"), say="here", field="address"), Reply(asks=("x",), say="y")),
    )  # fmt: skip
    words = Words(zh="一", en="One")
    told = Gold(classes=(AlarmClass.VALID_ALARM,), **gold)
    return Scenario(code="one", title=words, brief=words, language="zh", calls=(call,), gold=told)


def checks(made: dict[str, Any]) -> dict[str, bool]:
    return {each["what"]: each["right"] for each in made["checks"]}


def test_a_danger_counts_when_it_stood_and_was_acted_on() -> None:
    one = scenario(dangers=(VetoCode.FIRE,))
    assert not checks(sheet(one, Marks(), {}))["danger"]
    assert not checks(sheet(one, Marks(dangers={"fire": 2.0}), {}))["danger"]
    acted = Marks(dangers={"fire": 2.0}, handed={"fire_119": 5.0})
    assert checks(sheet(one, acted, {}))["danger"]
    assert not checks(sheet(one, Marks(alarm_class="valid_alarm"), {}))["danger"]


def test_a_field_is_right_by_its_leading_value_and_says_who_filled_it() -> None:
    one = scenario(fields=(GoldField(name="address", any=("Main Road",)),))
    card = {"address": (CardValue(value="12 MAIN ROAD", source=Source.SPEECH),)}
    (_, found) = sheet(one, Marks(), card)["checks"]
    assert (found["right"], found["by_person"]) == (True, False)
    (_, found) = sheet(one, Marks(entered={"address": 7.5}), card)["checks"]
    assert (found["by_person"], found["at_s"]) == (True, 7.5)
    (_, found) = sheet(one, Marks(), {})["checks"]
    assert (found["right"], found["found"]) == (False, "")


def test_what_was_asked_is_found_by_words_and_a_reply_for_no_field_is_not_counted() -> None:
    told = sheet(scenario(), Marks(said=["WHERE are you?"]), {})
    assert told["asked"] == [{"field": "address", "question": "Where", "asked": True}]


def test_a_hand_over_that_may_not_be_makes_a_sheet_worse() -> None:
    one = scenario(never=("public_hotline_12345",), natures=(Nature.FIGHT,))
    clean = sheet(one, Marks(alarm_class="valid_alarm", nature="fight"), {})
    assert clean["percent"] == 100
    wrong = Marks(alarm_class="valid_alarm", nature="fight", handed={"public_hotline_12345": 3.0})
    assert sheet(one, wrong, {})["percent"] == 67


def run(percent: int, answer: float | None) -> dict[str, Any]:
    return {"sheet": {"percent": percent, "times": {"answer": answer}}}


def test_progress_compares_the_first_runs_with_the_last() -> None:
    runs = [run(percent, 5.0) for percent in (20, 40, 60, 80, 100, 100, 100)]
    told = progress([*runs, {"state": "broken_off"}])
    assert (told["runs"], told["percent_first"], told["percent_last"]) == (7, 60, 88)
    assert told["times_last"]["answer"] == 5.0
    assert told["times_last"]["verdict"] is None
