"""The place of a call for the map: every fix in both frames, the leading one and why, what contradicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.calls.locating import Locating, PlaceDescription, QueryState, SourceQuery
from gateway.calls.model import CallSession, CallState
from gateway.desk.where import where
from gateway.ids import CallId
from gateway.location.model import Additional, Datum, Location, LocationSource

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CIRCLE = Location(
    location_id="PIDF-1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.2304, longitude=121.4737,
    datum=Datum.WGS_84, uncertainty_m=50.0,
)  # fmt: skip
SPOKEN = Location(
    location_id="speech-1", source=LocationSource.SPEECH, obtained_at=NOON, latitude=31.26, longitude=121.50,
    datum=Datum.GCJ_02, uncertainty_m=90.0, address="样例市石埠区建国路88号",
)  # fmt: skip
CALL = CallSession(
    call_id=CallId("hz-p1-1.1"), site="hz", pbx="p1", uniqueid="1.1", linkedid="1.1", line="PJSIP/trunk-1",
    seized_at=NOON, state=CallState.ANSWERED, locations=(CIRCLE, SPOKEN), leading_location="PIDF-1",
)  # fmt: skip


def test_every_fix_is_shown_in_both_frames_whatever_its_own() -> None:
    circle, spoken = where(CALL, now=NOON)["locations"]
    assert (circle["wgs84"], circle["datum"]) == ([31.2304, 121.4737], "WGS-84")
    assert circle["gcj02"] != circle["wgs84"]
    assert spoken["gcj02"] == [31.26, 121.5]


def test_an_address_alone_has_no_coordinates() -> None:
    civic = Location(
        location_id="ALI-1", source=LocationSource.ALI, obtained_at=NOON, civic=(("RD", "建国路"),)
    )
    (shown,) = where(replace(CALL, locations=(civic,)), now=NOON)["locations"]
    assert (shown["wgs84"], shown["gcj02"], shown["civic"]) == (None, None, [["RD", "建国路"]])


def test_the_leading_fix_comes_with_its_reason_in_both_languages() -> None:
    told = where(CALL, now=NOON)
    assert told["leading_location"] == "PIDF-1"
    assert set(told["leading_reason"]) == {"code", "zh", "en"}


def test_a_spoken_place_far_from_the_fix_is_a_conflict_with_its_distance() -> None:
    (conflict,) = where(CALL, now=NOON)["conflicts"]
    assert {conflict["one"], conflict["other"]} == {"PIDF-1", "speech-1"}
    assert 3000 < conflict["distance_m"] < 5000
    assert conflict["kind"] == "spoken"


def test_a_call_that_is_over_is_judged_as_at_its_end() -> None:
    ended = replace(CALL, state=CallState.ENDED, ended_at=NOON + timedelta(seconds=40))
    assert where(ended, now=NOON + timedelta(days=3)) == where(ended, now=NOON + timedelta(seconds=50))


def test_what_is_near_comes_from_the_gazetteer_and_without_it_from_what_was_told() -> None:
    described = PlaceDescription(
        location_id="PIDF-1", district="柳塘区", jurisdiction="柳塘派出所", junctions=("人民路口 东 80 m",)
    )
    session = replace(CALL, locating=Locating(description=described))
    near = {"district": "柳塘区", "junctions": [{"name": "人民路口", "distance_m": 80, "bearing": 270.0}]}
    told = where(session, now=NOON, around=lambda fix: near)["description"]
    assert (told["jurisdiction"], told["junctions"]) == ("柳塘派出所", near["junctions"])
    bare = where(session, now=NOON)
    assert bare["description"]["junctions"][0]["name"] == "人民路口 东 80 m"
    assert [fix["district"] for fix in bare["locations"]] == ["柳塘区", None]


def test_who_was_asked_and_what_they_gave_stand_there() -> None:
    query = SourceQuery(
        key="q", name="ali", source=LocationSource.ALI, round=1, asked_at=NOON, state=QueryState.FAILED,
        fault="down",
    )  # fmt: skip
    block = Additional(block="SubscriberInfo", fields=(("Name", "张三"),))
    session = replace(CALL, locating=Locating(queries=(query,)))
    told = where(session, now=NOON, additional=[block, block], evidence={"speech-1": {"quote": "建国路"}})
    assert [(one["name"], one["state"], one["fault"]) for one in told["queries"]] == [
        ("ali", "failed", "down")
    ]
    assert told["additional"] == [{"block": "SubscriberInfo", "fields": [["Name", "张三"]]}]
    assert [fix["evidence"] for fix in told["locations"]] == [None, {"quote": "建国路"}]


def test_a_call_without_any_place_says_so() -> None:
    told = where(replace(CALL, locations=(), leading_location=None), now=NOON)
    assert (told["locations"], told["leading_location"], told["leading_reason"]) == ([], None, None)
    assert told["description"] is None
