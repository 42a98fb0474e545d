"""Teaching a second opinion: refused where there is too little, the same from the same, measured apart."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from gateway.testing.judged_calls import examples
from gateway.triage.learn import MIN_OF_CLASS, TooLittle, Trained, train
from gateway.triage.model import AlarmClass


@pytest.fixture(scope="module")
def made() -> Trained:
    return train(examples(), name="test", seed=1)


def test_the_same_calls_and_seed_give_the_same_files(made: Trained) -> None:
    again = train(examples(), name="test", seed=1)
    assert (again.weights, again.card_text) == (made.weights, made.card_text)
    assert train(examples(), name="test", seed=2).card["examples"] != made.card["examples"]


def test_the_card_tells_how_right_it_is_on_calls_it_has_not_seen(made: Trained) -> None:
    told = made.card["examples"]
    assert told["used"] == told["learnt"] + told["tempered"] + told["held_out"] == 360
    held = made.card["heads"]["class"]["held_out"]
    assert held["examples"] == told["held_out"] > 20
    assert held["accuracy"] >= 0.95
    assert held["calibration_error"] <= 0.1
    assert sum(cell["examples"] for cell in held["matrix"]) == held["examples"]
    assert made.card["weights"]["sha256"] == hashlib.sha256(made.weights).hexdigest()


def test_natures_and_departments_are_asked_of_their_own_class_alone(made: Trained) -> None:
    heads = made.card["heads"]
    assert heads["nature"]["labels"] == ("fraud", "robbery")
    assert heads["department"]["labels"] == ("labour_bureau", "urban_construction")
    assert heads["nature"]["held_out"]["accuracy"] >= 0.95


def test_examples_of_one_group_are_never_in_two_parts() -> None:
    one_group = [replace(one, group="the same") for one in examples()]
    with pytest.raises(TooLittle, match="measure"):
        train(one_group, name="test")


@pytest.mark.parametrize("alarms", [0, MIN_OF_CLASS - 1])
def test_too_few_calls_of_a_class_are_refused_with_how_many_it_takes(alarms: int) -> None:
    civil = [one for one in examples() if one.alarm_class is AlarmClass.NON_POLICE]
    told = [one for one in examples() if one.alarm_class is AlarmClass.VALID_ALARM][:alarms]
    more = [replace(one, name=f"{one.name}b", group=f"{one.group}b") for one in civil]
    with pytest.raises(TooLittle, match=f"{alarms} valid_alarm.*at least {MIN_OF_CLASS}"):
        train([*civil, *more, *told], name="test")


def test_what_people_are_unsure_of_teaches_nothing() -> None:
    unsure = [replace(one, alarm_class=AlarmClass.UNSURE) for one in examples()]
    with pytest.raises(TooLittle, match="0 calls"):
        train(unsure, name="test")


def test_what_one_group_alone_has_said_is_not_learnt(made: Trained) -> None:
    given = list(examples())
    named = [replace(given[0], turns=(*given[0].turns, "欧阳锋朔")), *given[1:]]
    assert train(named, name="test", seed=1).card["vocabulary"] == made.card["vocabulary"]
