"""Fixes of a call: all told, one put first, a person's word above all; what contradicts is flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.effects import DescribePlace
from gateway.calls.events import (
    AdditionalDataResponse,
    LocationDescription,
    LocationFault,
    LocationFlag,
    LocationResponse,
    LocationWithdrawal,
)
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationRoundEnded,
    PlaceDescribed,
    SetPosition,
    WithdrawPosition,
)
from gateway.calls.places import MAX_CORNERS, MAX_LOCATIONS, MAX_TEXT, MOVING_MARK
from gateway.calls.reducer import Accepted, owed
from gateway.calls.requests import MAX_VALUE_CHARS
from gateway.calls.signals import CallEnded, CallerIdentified, LocationAnswered, LocationRefused
from gateway.location.model import Additional, Datum, Extent, Location, LocationSource, Shape
from gateway.location.select import Reason

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ALI, AML, HELD, PIDF = LocationSource.ALI, LocationSource.AML, LocationSource.HELD, LocationSource.PIDF
SPEECH, PERSON = LocationSource.SPEECH, LocationSource.PERSON
WHO = {"request_id": "r1", "actor": "zhang"}
HERE = {"latitude": 31.2, "longitude": 121.5, "datum": Datum.GCJ_02}


def fix(name: str, source: LocationSource = ALI, radius: float = 50.0, **more: Any) -> Location:
    place = {"latitude": 31.0, "longitude": 121.0, "datum": Datum.WGS_84, "obtained_at": T0, **more}
    return Location(location_id=name, source=source, uncertainty_m=radius, **place)


def ring(corners: int) -> Extent:
    return Extent(shape=Shape.POLYGON, points=tuple((31.0 + n / 10_000, 121.0) for n in range(corners)))


def place(call: Any, *fixes: Location) -> Any:
    for each in fixes:
        call.tell(LocationAnswered, location=each)
    return call


def flags(call: Any) -> list[str]:
    return [event.code for event in call.published(LocationFlag)]


# ---- kept, told, led


def test_the_smallest_circle_leads_and_every_fix_is_told_once(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 500), fix("b", PIDF, 20), fix("b", PIDF, 20))
    assert call.session.leading_location == "b"
    first, second = call.published(LocationResponse)
    assert (first.reason_code, second.leading, second.reason_code) == (
        Reason.ONLY_ONE,
        "b",
        Reason.SMALLEST_AREA,
    )
    assert (second.reason, second.reason_zh) == ("the smallest area", "范围最小")


def test_a_fix_is_published_whole_and_kept_without_what_only_the_journal_needs(call: Any) -> None:
    whole = fix("a", raw="lat=…", provided_by="p" * 300, civic=(("RD", "路" * 300),), extent=ring(60))
    place(call.seized(), whole)
    (event,) = call.published(LocationResponse)
    assert event.location == whole
    (kept,) = call.session.locations
    assert (kept.raw, kept.extent) == (None, None)
    assert (len(kept.provided_by), len(kept.civic[0][1])) == (MAX_TEXT, MAX_TEXT)


def test_of_all_rings_the_state_keeps_so_many_corners_the_leading_ones_first(call: Any) -> None:
    place(call.seized(), fix("a", PIDF, 50, extent=ring(MAX_CORNERS)))
    assert call.session.locations[0].extent is not None
    place(call, fix("b", HELD, 20, extent=ring(5)), fix("c", ALI, 90, extent=ring(6)))
    assert [each.extent is None for each in call.session.locations] == [True, False, False]
    place(call, fix("d", AML, 40, extent=ring(6)))
    assert [each.extent is None for each in call.session.locations] == [True, False, True, False]


def test_a_plain_circle_is_kept_as_its_radius(call: Any) -> None:
    place(call.seized(), fix("a", PIDF, 50, extent=Extent(shape=Shape.CIRCLE, outer_m=50)))
    assert call.published(LocationResponse)[0].location.extent is not None
    assert call.session.locations[0].extent is None


def test_the_age_of_a_fix_and_the_question_it_answers_are_told(call: Any) -> None:
    old = fix("a", obtained_at=T0 - timedelta(seconds=30))
    call.seized().tell(LocationAnswered, location=old, query_id="q1", at=T0)
    (event,) = call.published(LocationResponse)
    assert (event.age_ms, event.query_id) == (30_000, "q1")


def test_kept_are_the_leading_one_the_first_and_the_newest_of_each_source(call: Any) -> None:
    place(call.seized(), fix("first", ALI, 900), fix("best", ALI, 5), fix("spoken", SPEECH, 90))
    place(call, *(fix(f"held{n}", HELD, 400 + n) for n in range(3 * MAX_LOCATIONS)))
    kept = [each.location_id for each in call.session.locations]
    assert len(kept) == MAX_LOCATIONS
    assert {"first", "best", "spoken", "held23"} <= set(kept)
    assert call.session.leading_location == "best"
    assert len(call.published(LocationResponse)) == 3 + 3 * MAX_LOCATIONS


def test_the_first_one_goes_when_every_other_has_a_better_claim(call: Any) -> None:
    place(call.seized(), fix("first", HELD, 900), *(fix(f"{s.value}0", s, 50) for s in LocationSource))
    place(call, fix("p1", PERSON, 10), fix("first2", HELD, 901), fix("a1", ALI, 1), fix("a2", ALI, 2))
    assert len(call.session.locations) == MAX_LOCATIONS


def test_the_same_place_measured_anew_is_news_and_one_fix(call: Any) -> None:
    again = fix("a", HELD, obtained_at=T0 + timedelta(seconds=30))
    place(call.seized(), fix("a", HELD), again, again)
    assert [each.obtained_at for each in call.session.locations] == [again.obtained_at]
    assert len(call.published(LocationResponse)) == 2


def test_a_register_that_says_the_same_again_is_no_news(call: Any) -> None:
    place(call.seized(), fix("a", ALI), fix("a", ALI, obtained_at=T0 + timedelta(seconds=30)))
    assert len(call.published(LocationResponse)) == 1


def test_time_alone_puts_another_fix_first_and_that_is_told(call: Any) -> None:
    call.seized().tell(CallerIdentified, ani="13800130001", ani_source="PAI")
    place(call, fix("phone", AML, 10, method="GNSS"), fix("house", ALI, 60))
    assert call.session.leading_location == "phone"
    call.tell(LocationRoundEnded, round=1, at=T0 + timedelta(minutes=10))
    assert call.session.leading_location == "house"
    assert call.published(LocationResponse)[-1].location.location_id == "house"


def test_a_location_nobody_can_read_is_told_and_changes_nothing(call: Any) -> None:
    before = call.seized().session
    assert call.step(LocationRefused, source="PIDF", reason="no datum", raw="…").state is before
    assert call.published(LocationFault)[0].reason == "no datum"


def test_the_number_decides_what_a_registered_address_is_worth(call: Any) -> None:
    home = Location(location_id="home", source=ALI, obtained_at=T0, civic=(("HNO", "8号"),))
    call.seized().tell(CallerIdentified, ani="13800130001", ani_source="PAI")
    place(call, home, fix("cell", HELD, 1500))
    assert call.session.leading_location == "cell"
    assert call.published(LocationResponse)[-1].reason_code is Reason.REGISTERED_LAST


# ---- a person's word


def test_a_spot_on_the_map_is_a_fix_of_that_person_and_leads(call: Any) -> None:
    place(call.seized(), fix("phone", AML, 5, method="GNSS"))
    step = call.step(SetPosition, **WHO, **HERE, address="人民大道200号")
    leading = next(f for f in step.state.locations if f.location_id == step.state.leading_location)
    assert isinstance(step.answer, Accepted)
    assert (leading.source, leading.provided_by, leading.address) == (PERSON, "zhang", "人民大道200号")
    assert call.published(LocationResponse)[-1].reason_code is Reason.PERSON
    place(call, fix("newer", AML, 1, method="GNSS"))
    assert call.session.leading_location == leading.location_id


def test_a_fix_that_a_person_chose_leads_and_stays_until_another_word(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 900), fix("b", PIDF, 5))
    call.tell(SetPosition, **WHO, location_id="a")
    place(call, *(fix(f"n{n}", HELD, 3) for n in range(2 * MAX_LOCATIONS)))
    assert call.session.leading_location == "a"
    call.tell(SetPosition, request_id="r2", actor="li", location_id="b")
    assert call.session.leading_location == "b"


def test_a_person_may_set_the_place_after_the_call(call: Any) -> None:
    call.answered().tell(CallEnded)
    assert isinstance(call.step(SetPosition, **WHO, address="某路8号").answer, Accepted)


def test_a_spot_keeps_how_it_was_set_and_what_was_remarked(call: Any) -> None:
    call.seized().tell(SetPosition, **WHO, **HERE, note=" 加油站后面 ")
    (kept,) = call.session.locations
    assert (kept.method, kept.note, kept.datum) == ("Manual", "加油站后面", Datum.GCJ_02)
    (told,) = call.published(LocationResponse)
    assert (told.location.note, told.location.provided_by) == ("加油站后面", "zhang")


def test_a_spot_that_is_taken_back_goes_and_the_best_of_the_machines_leads(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 900), fix("b", PIDF, 5))
    spot = call.step(SetPosition, **WHO, **HERE).state.leading_location
    step = call.step(WithdrawPosition, request_id="r2", actor="li", location_id=spot)
    assert isinstance(step.answer, Accepted)
    assert [each.location_id for each in step.state.locations] == ["a", "b"]
    assert (step.state.leading_location, step.state.locating.chosen) == ("b", None)
    (told,) = call.published(LocationWithdrawal)
    assert (told.location_id, told.by, told.leading, told.reason_code) == (
        spot, "li", "b", Reason.SMALLEST_AREA,
    )  # fmt: skip


def test_a_choice_that_is_taken_back_leaves_the_fix_where_it_was(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 900), fix("b", PIDF, 5))
    call.tell(SetPosition, **WHO, location_id="a")
    call.tell(WithdrawPosition, request_id="r2", actor="zhang", location_id="a")
    assert [each.location_id for each in call.session.locations] == ["a", "b"]
    assert call.session.leading_location == "b"


def test_behind_a_spot_that_is_taken_back_stands_the_one_before_it(call: Any) -> None:
    place(call.seized(), fix("b", PIDF, 5))
    first = call.step(SetPosition, **WHO, **HERE).state.leading_location
    later = {"request_id": "r2", "actor": "li", "at": T0 + timedelta(minutes=1)}
    second = call.step(SetPosition, **{**later, **HERE, "latitude": 31.3}).state.leading_location
    call.tell(WithdrawPosition, request_id="r3", actor="li", location_id=second)
    assert call.session.leading_location == first


def test_where_nobody_else_says_anything_a_spot_taken_back_leaves_no_place(call: Any) -> None:
    spot = call.seized().step(SetPosition, **WHO, **HERE).state.leading_location
    call.tell(PlaceDescribed, location_id=spot, district="某区")
    call.tell(WithdrawPosition, request_id="r2", actor="zhang", location_id=spot)
    session = call.session
    assert (session.locations, session.leading_location, session.locating.description) == ((), None, None)
    assert call.published(LocationWithdrawal)[0].leading is None
    place(call, fix("a", ALI, 500))
    assert call.session.leading_location == "a"


@pytest.mark.parametrize("name", ["a", "b", "nowhere"])
def test_only_a_persons_word_can_be_taken_back(call: Any, name: str) -> None:
    before = place(call.seized(), fix("a", ALI, 900), fix("b", PIDF, 5)).session
    step = call.step(WithdrawPosition, **WHO, location_id=name)
    assert (step.answer.code, step.state) == ("not_set", before)


def test_a_colleagues_newer_word_is_not_taken_back_unseen(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 900))
    seen = call.step(SetPosition, **WHO, **HERE).state
    call.step(SetPosition, request_id="r2", actor="li", **HERE)
    stale = {"location_id": seen.leading_location, "expected_rev": seen.rev}
    step = call.step(WithdrawPosition, request_id="r3", actor="zhang", **stale)
    assert step.answer.code == "written_before"


@pytest.mark.parametrize(
    ("wish", "code", "words"),
    [
        ({"location_id": "x"}, "unknown_location", "no such fix"),
        ({}, "invalid", "a position or an address"),
        ({"address": " "}, "invalid", "a position or an address"),
        ({"address": "路" * (MAX_VALUE_CHARS + 1)}, "invalid", "at most"),
        ({**HERE, "longitude": None}, "invalid", "latitude and longitude"),
        ({"longitude": 121.0, "address": "某路", "datum": Datum.WGS_84}, "invalid", "latitude and longitude"),
        ({**HERE, "datum": None}, "invalid", "needs its datum"),
        ({**HERE, "latitude": float("nan")}, "invalid", "is a number"),
        ({**HERE, "latitude": 95.0}, "invalid", "-90 to 90"),
        ({**HERE, "uncertainty_m": -1.0}, "invalid", "a radius"),
        ({**HERE, "note": "路" * (MAX_TEXT + 1)}, "invalid", "a remark"),
        ({**HERE, "uncertainty_m": float("nan")}, "invalid", "a radius"),
    ],
)
def test_a_place_that_is_none_is_refused_and_says_why(
    call: Any, wish: dict[str, Any], code: str, words: str
) -> None:
    before = call.seized().session
    step = call.step(SetPosition, **WHO, **wish)
    assert (step.answer.code, step.state) == (code, before)
    assert words in step.answer.text


# ---- contradictions


def test_a_spoken_place_three_kilometres_away_is_flagged_once_and_nothing_is_merged(call: Any) -> None:
    there = fix("spoken", SPEECH, 100, latitude=31.03)
    place(call.seized(), fix("a", HELD, 30), there, fix("c", ALI, 80))
    assert flags(call) == ["conflict_spoken", "conflict_spoken"]
    assert call.published(LocationFlag)[0].locations == ("a", "spoken")
    assert "3.3公里" in call.published(LocationFlag)[0].zh
    assert [each.location_id for each in call.session.locations] == ["a", "spoken", "c"]
    conflict = call.published(LocationResponse)[1].conflicts[0]
    assert (conflict.one, conflict.other) == ("a", "spoken")
    place(call, fix("b", HELD, 30, obtained_at=T0 + timedelta(seconds=1)))
    assert len(flags(call)) == 2, "the device measured anew: no news"
    place(call, fix("spoken2", SPEECH, 100, latitude=31.06))
    assert len(flags(call)) == 4, "another place named: news"


def test_a_device_that_moves_is_flagged_and_leaves_a_trail(call: Any) -> None:
    call.seized()
    for number in range(4):
        at = T0 + timedelta(seconds=20 * number)
        place(call, fix(f"a{number}", AML, 20, latitude=31.0 + number / 1000, obtained_at=at))
    assert [round(point.latitude, 3) for point in call.session.locating.trail] == [
        31.0,
        31.001,
        31.002,
        31.003,
    ]
    assert flags(call) == ["moving"]
    assert MOVING_MARK in call.session.marks


# ---- the gazetteer and additional data


def test_the_leading_place_is_described_be_it_a_position_or_an_address(call: Any) -> None:
    address = Location(location_id="x", source=SPEECH, obtained_at=T0, address="人民大道")
    place(call.seized(), address)
    assert described(call) == ["x"]
    place(call, fix("a", ALI, 500))
    assert described(call) == ["a"]
    call.tell(PlaceDescribed, location_id="a", district="某区", jurisdiction="某所", junctions=("x",) * 9)
    assert described(call) == []
    assert call.session.locating.description.jurisdiction == "某所"
    (event,) = call.published(LocationDescription)
    assert len(event.junctions) == 9
    call.tell(PlaceDescribed, location_id="a", district="某区", jurisdiction="某所", junctions=("x",) * 9)
    assert len(call.published(LocationDescription)) == 1
    place(call, fix("b", PIDF, 5))
    assert described(call) == ["b"]


def described(call: Any) -> list[str]:
    return [effect.location_id for effect in owed(call.session) if isinstance(effect, DescribePlace)]


def test_a_description_of_a_fix_that_leads_no_more_came_late(call: Any) -> None:
    place(call.seized(), fix("a", ALI, 500), fix("b", PIDF, 5))
    before = call.session
    assert call.step(PlaceDescribed, location_id="a", district="某区").state is before


def test_a_fix_that_moved_under_its_own_name_is_described_anew_and_told_only_if_that_differs(
    call: Any,
) -> None:
    place(call.seized(), fix("a", AML))
    call.tell(PlaceDescribed, location_id="a", district="某区")
    later = T0 + timedelta(seconds=9)
    place(call, fix("a", AML, obtained_at=later))
    assert described(call) == [], "measured again where it was"
    place(call, fix("a", AML, obtained_at=later + timedelta(seconds=9), latitude=31.01))
    assert described(call) == ["a"]
    assert call.session.locating.description.district == "某区", "shown until it is known better"
    call.tell(PlaceDescribed, location_id="a", district="某区")
    assert described(call) == []
    assert len(call.published(LocationDescription)) == 1


def test_who_leaves_the_jurisdictions_is_flagged_each_time_but_not_every_fix_outside(call: Any) -> None:
    call.seized()
    for number, outside in enumerate((False, True, True, False, True)):
        at = T0 + timedelta(seconds=20 * number)
        place(call, fix(f"a{number}", AML, obtained_at=at))
        call.tell(PlaceDescribed, location_id=f"a{number}", outside=outside)
    assert flags(call) == ["outside_jurisdiction", "outside_jurisdiction"]


def test_a_place_outside_the_jurisdictions_is_flagged_once(call: Any) -> None:
    place(call.seized(), fix("a"))
    call.tell(PlaceDescribed, location_id="a", outside=True)
    call.tell(PlaceDescribed, location_id="a", outside=True, district="邻区")
    assert flags(call) == ["outside_jurisdiction"]
    assert call.session.locating.description.outside


def test_additional_data_is_told_once_however_often_it_comes(call: Any) -> None:
    block = Additional(block="SubscriberInfo", fields=(("FN", "某某"),))
    call.seized()
    for blocks in ((block,), (block,), (), (replace(block, block="Comment"),)):
        call.tell(AdditionalDataAnswered, blocks=blocks, source=HELD)
    assert [event.blocks[0].block for event in call.published(AdditionalDataResponse)] == [
        "SubscriberInfo",
        "Comment",
    ]
