"""The shipped packs: complete, and what they say holds for the whole set, not for one rule alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gateway.speech.model import Leg
from gateway.triage.engine import Triage
from gateway.triage.model import AlarmClass, Assessment, Department, Nature
from gateway.triage.ruleset import Rule

ENOUGH = 10
RULES = Path(__file__).parents[3] / "conf" / "rules"


def texts(
    triage: Triage, language: str
) -> dict[tuple[Nature | None, Department | None], tuple[set[str], set[str]]]:
    found: dict[tuple[Nature | None, Department | None], tuple[set[str], set[str]]] = defaultdict(
        lambda: (set(), set())
    )
    for rule in (compiled.rule for compiled in triage.rules.rules):
        if rule.id.startswith(language) and rule.speaker is Leg.CALLER:
            match, not_ = found[(rule.nature, rule.department)]
            match.update(rule.examples.match)
            not_.update(rule.examples.not_)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("nature", [*Nature])
def test_every_nature_has_ten_texts_that_match_and_ten_that_do_not(
    triage: Triage, language: str, nature: Nature
) -> None:
    match, not_ = texts(triage, language)[(nature, None)]
    assert len(match) >= ENOUGH
    assert len(not_) >= ENOUGH


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("department", [*Department])
def test_every_department_has_ten_texts_that_match_and_ten_that_do_not(
    triage: Triage, language: str, department: Department
) -> None:
    match, not_ = texts(triage, language)[(None, department)]
    assert len(match) >= ENOUGH
    assert len(not_) >= ENOUGH


def rules(triage: Triage, alarm_class: AlarmClass) -> list[Rule]:
    return [
        compiled.rule
        for compiled in triage.rules.rules
        if compiled.rule.class_ is alarm_class and compiled.rule.speaker is Leg.CALLER
    ]


def test_no_example_of_an_alarm_is_judged_non_police(
    triage: Triage, judged: Callable[..., Assessment]
) -> None:
    wrong = [
        (rule.id, text)
        for rule in rules(triage, AlarmClass.VALID_ALARM)
        for text in rule.examples.match
        if judged(text).alarm_class is AlarmClass.NON_POLICE
    ]
    assert wrong == []


def test_the_examples_of_alarms_are_valid_alarms(triage: Triage, judged: Callable[..., Assessment]) -> None:
    cases = [
        text
        for rule in rules(triage, AlarmClass.VALID_ALARM)
        if rule.weight >= 0.7
        for text in rule.examples.match
    ]
    unsure = [text for text in cases if judged(text).alarm_class is not AlarmClass.VALID_ALARM]
    assert len(unsure) <= len(cases) * 0.02, unsure


def test_the_examples_of_departments_reach_their_department(
    triage: Triage, judged: Callable[..., Assessment]
) -> None:
    cases = [
        (text, rule.department)
        for rule in rules(triage, AlarmClass.NON_POLICE)
        if rule.department is not None and rule.weight >= 0.7
        for text in rule.examples.match
    ]
    wrong = [
        (text, judged(text).department)
        for text, department in cases
        if judged(text).department is not department
    ]
    assert len(wrong) <= len(cases) * 0.1, wrong


def test_every_department_has_a_duty_to_cite(triage: Triage) -> None:
    assert set(triage.rules.duties) == set(Department)
    for duty in triage.rules.duties.values():
        assert "国办发〔2022〕12号" in duty.zh
        assert "State Council office 2022 no. 12" in duty.en


@pytest.mark.parametrize("file", sorted(RULES.rglob("*.yaml")), ids=lambda file: file.name)
def test_every_reader_of_yaml_understands_the_packs(file: Path) -> None:
    """libyaml takes more than PyYAML's own reader, which stands in where libyaml is missing."""
    assert yaml.load(file.read_bytes(), Loader=yaml.SafeLoader)
