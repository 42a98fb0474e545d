"""The place on the card: every value with its source, the leading fix first, contradictions said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationRoundEnded,
    PlaceDescribed,
    SetPosition,
    WithdrawPosition,
)
from gateway.calls.model import CallSession
from gateway.calls.reducer import reduce
from gateway.calls.signals import CallSeized, CallSignal, LocationAnswered, SetCardField
from gateway.desk import board, card, place
from gateway.desk.card import FIELDS, Source
from gateway.ids import CallId
from gateway.location.model import Additional, Datum, Location, LocationSource

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ID = CallId("demo-pbx1-1.0")
SEIZED = CallSeized(
    call_id=ID, at=NOW, site="demo", pbx="pbx1", uniqueid="1.0", linkedid="1.0", line="L", dialed="110"
)
ALI, AML, HELD, SPEECH = LocationSource.ALI, LocationSource.AML, LocationSource.HELD, LocationSource.SPEECH


class Desk:
    """A call with its card, moved together as the runtime does."""

    def __init__(self) -> None:
        self.session: CallSession = reduce(None, SEIZED).state  # type: ignore[assignment]
        self.card: dict[str, Any] = card.update({}, SEIZED, self.session)

    def tell(self, kind: type[CallSignal], **facts: Any) -> dict[str, Any]:
        signal = kind(call_id=ID, at=NOW, **facts)
        self.session = reduce(self.session, signal).state  # type: ignore[assignment]
        changed = card.update(self.card, signal, self.session)
        self.card |= changed
        return changed

    def shown(self, name: str) -> list[tuple[str, Source]]:
        return [(value.value, value.source) for value in self.card.get(name, ())]


def fix(name: str, source: LocationSource, radius: float, **more: Any) -> Location:
    spot = {"latitude": 31.0, "longitude": 121.0, "datum": Datum.WGS_84, **more}
    return Location(location_id=name, source=source, obtained_at=NOW, uncertainty_m=radius, **spot)


def test_positions_of_all_sources_stand_side_by_side_the_leading_one_first() -> None:
    desk = Desk()
    desk.tell(LocationAnswered, location=fix("a", HELD, 900))
    desk.tell(LocationAnswered, location=fix("b", ALI, 50))
    assert desk.shown("position") == [
        ("31.00000,121.00000 WGS-84 ± 50 m", Source.ALI),
        ("31.00000,121.00000 WGS-84 ± 900 m", Source.HELD),
    ]


def test_the_person_who_enters_or_chooses_a_place_stands_behind_it() -> None:
    desk = Desk()
    desk.tell(LocationAnswered, location=fix("a", HELD, 900))
    desk.tell(LocationAnswered, location=fix("b", ALI, 50))
    desk.tell(SetPosition, request_id="r1", actor="li", location_id="a")
    assert [(v.value[-5:], v.source, v.confirmed_by) for v in desk.card["position"]] == [
        ("900 m", Source.HELD, "li"),
        (" 50 m", Source.ALI, None),
    ]
    desk.tell(SetPosition, request_id="r2", actor="li", address="某路8号")
    assert desk.shown("address") == [("某路8号", Source.PERSON)]
    desk.tell(LocationAnswered, location=fix("c", AML, 5, method="GNSS", address="某街1号"))
    assert desk.card["address"][0].confirmed_by == "li"


def test_a_person_s_word_that_is_taken_back_leaves_the_card() -> None:
    desk = Desk()
    desk.tell(LocationAnswered, location=fix("a", HELD, 900, address="某街1号"))
    spot = {"latitude": 31.5, "longitude": 121.5, "datum": Datum.WGS_84, "uncertainty_m": 10.0}
    desk.tell(SetPosition, request_id="r1", actor="li", **spot)
    assert desk.shown("position")[0] == ("31.50000,121.50000 WGS-84 ± 10 m", Source.PERSON)
    desk.tell(SetPosition, request_id="r2", actor="li", location_id="a")
    assert desk.card["position"][0].confirmed_by == "li"
    desk.tell(SetCardField, request_id="r0", actor="li", name="address", value="某路8号")
    desk.tell(WithdrawPosition, request_id="r3", actor="li", location_id="a")
    assert desk.card["position"][0].confirmed_by == "li", "the spot set before leads again"
    assert desk.shown("position")[0][0].startswith("31.5")
    desk.tell(WithdrawPosition, request_id="r4", actor="li", location_id=desk.session.leading_location or "")
    assert [(v.value[:5], v.confirmed_by) for v in desk.card["position"]] == [("31.00", None)]
    assert desk.shown("address")[0] == ("某路8号", Source.PERSON), "typed words are another word"


def test_the_card_of_a_call_without_any_place_left_names_no_jurisdiction() -> None:
    desk = Desk()
    spot = {"latitude": 31.5, "longitude": 121.5, "datum": Datum.WGS_84}
    desk.tell(SetPosition, request_id="r1", actor="li", **spot)
    leads = desk.session.leading_location or ""
    desk.tell(PlaceDescribed, location_id=leads, district="某区", jurisdiction="某路派出所")
    desk.tell(WithdrawPosition, request_id="r2", actor="li", location_id=leads)
    assert [desk.shown(name) for name in ("position", "district", "jurisdiction")] == [[], [], []]


def test_a_person_s_typed_address_stays_before_the_leading_fix() -> None:
    desk = Desk()
    desk.tell(SetCardField, request_id="r1", actor="li", name="address", value="某路8号")
    desk.tell(LocationAnswered, location=fix("c", AML, 5, address="某街1号"))
    assert desk.shown("address") == [("某路8号", Source.PERSON), ("某街1号", Source.AML)]


def test_the_gazetteer_fills_its_fields_and_takes_them_back() -> None:
    desk = Desk()
    desk.tell(LocationAnswered, location=fix("a", HELD, 50))
    found = {"district": "某区", "district_code": "990102", "jurisdiction": "某路派出所"}
    desk.tell(PlaceDescribed, location_id="a", standard_address="某路8号", junctions=("甲", "乙"), **found)
    assert desk.shown("standard_address") == [("某路8号", Source.PLACES)]
    assert desk.shown("district") == [("某区 990102", Source.PLACES)]
    assert desk.shown("jurisdiction") == [("某路派出所", Source.PLACES)]
    assert desk.shown("junctions") == [("甲、乙", Source.PLACES)]
    assert board.place(desk.card) == "某路8号"
    desk.tell(PlaceDescribed, location_id="a", outside=True)
    assert desk.shown("standard_address") == []
    assert "辖区外" in desk.shown("jurisdiction")[0][0]


def test_a_contradiction_is_said_in_both_languages_and_goes_with_its_cause() -> None:
    desk = Desk()
    desk.tell(LocationAnswered, location=fix("a", HELD, 50))
    assert desk.shown("location_note") == []
    desk.tell(LocationAnswered, location=fix("b", SPEECH, 50, latitude=31.03))
    ((text, source),) = desk.shown("location_note")
    zh, en = text.split("\n")
    assert source is Source.PLACES
    assert "3.3公里" in zh
    assert "3.3 km" in en
    for number in range(9):
        desk.tell(LocationAnswered, location=fix(f"c{number}", SPEECH, 50))
    assert desk.shown("location_note") == []


def test_additional_data_stands_in_its_fields_with_its_source() -> None:
    desk = Desk()
    blocks = (
        Additional(block="SubscriberInfo", fields=(("FN", "某某"), ("TEL", "13800130001"))),
        Additional(block="Comment", fields=(("Comment", "一"),)),
        Additional(block="Comment", fields=(("Comment", "二"),)),
        Additional(block="DeviceInfo", fields=()),
        Additional(block="Unheard", fields=(("x", "y"),)),
    )
    changed = desk.tell(AdditionalDataAnswered, blocks=blocks, source=HELD)
    assert desk.shown("subscriber") == [("FN 某某 · TEL 13800130001", Source.HELD)]
    assert desk.shown("comment") == [("Comment 一 ｜ Comment 二", Source.HELD)]
    assert set(changed) == {"subscriber", "comment"}


def test_all_fields_of_the_place_are_fields_of_the_card() -> None:
    assert {*place.DESCRIBED_FIELDS, place.NOTE_FIELD, *place.BLOCK_FIELDS.values()} <= set(FIELDS)


def test_a_call_without_a_place_shows_none() -> None:
    desk = Desk()
    assert desk.tell(LocationRoundEnded, round=1) == {}
    assert list(place.described(desk.session)) == []
    assert place.leading_texts(desk.session) == {}


def test_a_call_is_projected_as_pidf_lo_with_its_leading_place_first() -> None:
    desk = Desk()
    assert place.pidf_lo(desk.session, NOW).count("<dm:device") == 0
    desk.tell(LocationAnswered, location=fix("wide", HELD, 900))
    desk.tell(LocationAnswered, location=fix("near", ALI, 50))
    text = place.pidf_lo(desk.session, NOW)
    assert text.index("fix:near") < text.index("范围最小") < text.index("fix:wide")
