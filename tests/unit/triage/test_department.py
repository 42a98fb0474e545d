from __future__ import annotations

from typing import Any

from gateway.speech.model import Leg
from gateway.triage.department import CIVIL, civil_wish, is_no_request
from gateway.triage.model import AlarmClass, Department, Finding, Nature, Span

LABOUR, URBAN = Department.LABOUR_BUREAU, Department.URBAN_CONSTRUCTION
HOTLINE = Department.PUBLIC_HOTLINE_12345


def found(department: Department | None, weight: float, rule: str = "r", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule_id": rule, "alarm_class": AlarmClass.NON_POLICE, "nature": None, "department": department,
        "priority": 4, "partners": (), "segment_index": 0, "speaker": Leg.CALLER, "quote": rule,
        "span": Span(start=0, end=2), "started_ms": 0, "ended_ms": 100, "explanation_zh": "说明",
        "explanation_en": "told", "weight": weight,
    }  # fmt: skip
    return Finding(**values | changes)


def test_a_strong_phrase_is_a_wish_of_its_department() -> None:
    wish = civil_wish([found(LABOUR, 0.8)])
    assert (wish.department, wish.near) == (LABOUR, ())
    assert wish.weight >= CIVIL


def test_names_of_places_never_make_a_wish_however_many_there_are() -> None:
    places = [found(URBAN, 0.3, rule=f"r{index}", quote=str(index)) for index in range(20)]
    wish = civil_wish(places)
    assert wish.weight < CIVIL
    assert wish.department is URBAN


def test_names_of_places_and_a_request_in_writing_make_a_wish() -> None:
    places = [found(URBAN, 0.3, rule=f"r{index}", quote=str(index)) for index in range(3)]
    asking = [found(None, 0.5, rule="letter"), found(None, 0.4, rule="asks")]
    assert civil_wish([*places, *asking]).weight >= CIVIL


def test_a_wish_that_nobody_owns_goes_to_the_hotline() -> None:
    asking = [found(None, 0.5, rule="letter"), found(None, 0.4, rule="asks")]
    assert civil_wish(asking).weight < CIVIL  # asking alone is not enough: of what?
    wish = civil_wish([*asking, found(URBAN, 0.2, rule="hint")])
    assert (wish.department, wish.weight >= CIVIL) == (HOTLINE, True)


def test_the_department_with_more_evidence_leads_and_a_near_one_is_named() -> None:
    wish = civil_wish([found(LABOUR, 0.8), found(HOTLINE, 0.7, rule="h"), found(URBAN, 0.2, rule="u")])
    assert wish.department is LABOUR
    assert [one for one, _ in wish.near] == [HOTLINE]
    assert wish.near[0][1] == 0.75


def test_the_same_word_said_again_adds_nothing_and_another_word_less_than_the_first() -> None:
    once = civil_wish([found(LABOUR, 0.5)]).weight
    again = civil_wish([found(LABOUR, 0.5), found(LABOUR, 0.5)]).weight
    further = civil_wish([found(LABOUR, 0.5), found(LABOUR, 0.5, quote="other")]).weight
    assert once == again < further < civil_wish([found(LABOUR, 0.5), found(LABOUR, 0.5, rule="b")]).weight


def test_what_a_letter_names_first_outweighs_what_its_story_mentions_late() -> None:
    late = {"span": Span(start=900, end=902)}
    assert civil_wish([found(LABOUR, 0.7), found(URBAN, 0.8, rule="u", **late)]).department is LABOUR


def test_play_is_a_request_of_nobody() -> None:
    play = found(None, 0.85, nature=Nature.NONE)
    assert is_no_request(play)
    assert civil_wish([play, found(URBAN, 0.3, rule="u")]).department is None
    assert civil_wish([play, found(URBAN, 0.9, rule="u")]).department is URBAN


def test_a_matter_told_at_length_outweighs_a_danger_named_in_passing() -> None:
    long = civil_wish([found(LABOUR, 0.8, rule=f"r{index}") for index in range(4)])
    assert long.told > 5
    assert long.outweighs(alarm=0.8, doubt=0.72)
    assert not long.outweighs(alarm=0.95, doubt=0.0)
    assert not long.outweighs(alarm=0.0, doubt=0.95)


def test_a_short_wish_outweighs_no_danger() -> None:
    assert not civil_wish([found(LABOUR, 0.95)]).outweighs(alarm=0.3, doubt=0.0)
