from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.calls.entered import EnterRecord
from gateway.calls.manual import Origin
from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallerIdentified,
    ConfirmCardField,
    LocationAnswered,
    SetCardField,
    SetDisposition,
    TriageAssessed,
)
from gateway.desk import card
from gateway.desk.card import CardValue, Source
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Assessment, Department, Extracted, Nature, Span

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ID = CallId("demo-pbx1-1.0")
WHO = {"call_id": ID, "at": NOW, "request_id": "r1", "actor": "wang"}


def session(**fields: Any) -> CallSession:
    return CallSession(
        call_id=ID, site="demo", pbx="pbx1", uniqueid="1.0", linkedid="1.0", line="L", seized_at=NOW, **fields
    )


def extracted(field: str, value: str, confidence: float = 0.9) -> Extracted:
    return Extracted(
        field=field,
        value=value,
        segment_index=0,
        speaker=Leg.CALLER,
        span=Span(start=0, end=1),
        quote=value,
        started_ms=100,
        ended_ms=900,
        confidence=confidence,
    )


def assessed(*found: Extracted, nature: Nature = Nature.ROBBERY) -> TriageAssessed:
    assessment = Assessment(
        alarm_class=AlarmClass.VALID_ALARM,
        nature=nature,
        nature_alternatives=((nature, 0.8),),
        priority=1,
        department=None,
        department_reason_zh=None,
        department_reason_en=None,
        partners=(),
        findings=(),
        vetoes=(),
        extracted=found,
        next_question_zh="人还在现场吗",
        next_question_en="Is the person still there?",
        pack_hash="p",
        veto_hash="v",
        basis="text",
    )
    return TriageAssessed(call_id=ID, at=NOW, assessment=assessment, segments=1)


def only(values: tuple[CardValue, ...]) -> CardValue:
    assert len(values) == 1
    return values[0]


def test_caller_number_comes_from_the_pbx() -> None:
    changed = card.update(
        {},
        CallerIdentified(call_id=ID, at=NOW, ani="13800138000", ani_source="PAI"),
        session(ani="13800138000"),
    )
    assert only(changed["caller_number"]).source is Source.AMI


def test_verdict_and_spoken_facts_stand_with_their_sound() -> None:
    changed = card.update({}, assessed(extracted("weapon", "刀")), session())
    assert only(changed["nature"]).value == "robbery"
    weapon = only(changed["weapon"])
    assert (weapon.value, weapon.source, weapon.started_ms) == ("刀", Source.SPEECH, 100)
    assert only(changed["next_question"]).value == "人还在现场吗\nIs the person still there?"


def test_several_plates_stand_in_one_line_and_are_no_conflict() -> None:
    changed = card.update(
        {}, assessed(extracted("plate", "京A12345"), extracted("plate", "沪B00001")), session()
    )
    assert only(changed["plate"]).value == "京A12345、沪B00001"


def test_network_address_and_spoken_address_stand_side_by_side_the_network_first() -> None:
    before = card.update({}, assessed(extracted("address_text", "建国路八十八号")), session())
    fix = Location(
        location_id="l1",
        source=LocationSource.PIDF,
        obtained_at=NOW,
        civic=(("A3", "新港市"), ("RD", "建国路")),
    )
    after = card.update(before, LocationAnswered(call_id=ID, at=NOW, location=fix), session())
    assert [value.source for value in after["address"]] == [Source.PIDF, Source.SPEECH]
    assert after["address"][0].value == "新港市建国路"


def test_position_is_never_shown_without_datum_and_radius() -> None:
    fix = Location(
        location_id="l1",
        source=LocationSource.ALI,
        obtained_at=NOW,
        latitude=31.2304,
        longitude=121.4737,
        datum=Datum.GCJ_02,
        uncertainty_m=50,
    )
    changed = card.update({}, LocationAnswered(call_id=ID, at=NOW, location=fix), session())
    assert only(changed["position"]).value == "31.23040,121.47370 GCJ-02 ± 50 m"


def test_a_newer_machine_value_replaces_only_its_own_source() -> None:
    first = card.update({}, assessed(nature=Nature.ROBBERY), session())
    second = card.update(first, assessed(nature=Nature.THEFT), session())
    assert only(second["nature"]).value == "theft"


def test_a_persons_entry_leads_and_no_machine_overwrites_it() -> None:
    before = card.update({}, assessed(nature=Nature.ROBBERY), session())
    by_hand = card.update(before, SetCardField(**WHO, name="nature", value="theft"), session())
    assert [(value.value, value.confirmed_by) for value in by_hand["nature"]] == [
        ("theft", "wang"),
        ("robbery", None),
    ]
    again = card.update({**before, **by_hand}, assessed(nature=Nature.FIGHT), session())
    assert [value.value for value in again["nature"]] == ["theft", "fight"]


def test_confirming_keeps_the_evidence_of_the_machine() -> None:
    before = card.update({}, assessed(extracted("weapon", "刀")), session())
    confirmed = only(
        card.update(before, ConfirmCardField(**WHO, name="weapon", value="刀"), session())["weapon"]
    )
    assert (confirmed.source, confirmed.started_ms, confirmed.confirmed_by) == (Source.SPEECH, 100, "wang")


def test_a_second_person_changes_what_the_first_confirmed() -> None:
    before = card.update({}, SetCardField(**WHO, name="name", value="王五"), session())
    later = SetCardField(call_id=ID, at=NOW, request_id="r2", actor="li", name="name", value="王武")
    assert [(v.value, v.confirmed_by) for v in card.update(before, later, session())["name"]] == [
        ("王武", "li")
    ]


def test_disposition_stands_on_the_card_as_a_persons_word() -> None:
    signal = SetDisposition(
        **WHO, alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, department=Department.LABOUR_BUREAU
    )
    changed = card.update({}, signal, session())
    assert {name: only(values).source for name, values in changed.items()} == dict.fromkeys(
        ("class", "nature", "department"), Source.PERSON
    )


def test_what_changes_nothing_is_not_reported() -> None:
    before = card.update({}, assessed(extracted("weapon", "刀")), session())
    assert card.update(before, assessed(extracted("weapon", "刀")), session()) == {}


@pytest.mark.parametrize("length", [10, card.MAX_VALUE_CHARS, card.MAX_VALUE_CHARS + 1000])
def test_long_values_are_cut(length: int) -> None:
    changed = card.update({}, SetCardField(**WHO, name="summary", value="长" * length), session())
    assert len(only(changed["summary"]).value) == min(length, card.MAX_VALUE_CHARS)


def test_what_a_person_enters_of_a_record_without_a_call_stands_on_its_card_as_theirs() -> None:
    entered = EnterRecord(**WHO, site="demo", origin=Origin.WALK_IN, happened_at=NOW, number="13800138000")
    shown = card.update({}, entered, session(ani="13800138000"))
    for name in ("caller_number", "callback_number"):
        assert [(each.value, each.source, each.confirmed_by) for each in shown[name]] == [
            ("13800138000", Source.PERSON, "wang")
        ]
