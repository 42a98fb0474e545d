"""JSON that carries a place."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from gateway.location.bodies.jsonbody import MAX_EMBEDDED
from gateway.location.body import read
from gateway.location.model import Shape
from gateway.testing import location_bodies as bodies

DOCUMENT = bodies.presence(bodies.in_device(bodies.info(bodies.CIRCLE)))


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_an_eido_has_places_by_value_and_by_reference_and_additional_data() -> None:
    eido = {
        "eidoVersion": "1.0",
        "locationComponent": [
            {"$id": "1", "locationByValue": DOCUMENT},
            {"$id": "2", "locationByReferenceUrl": "https://lis.city.example/l/7"},
            {"$id": "3", "locationByValue": "<presence>"},
        ],
        "additionalDataComponent": [{"additionalDataByValue": bodies.PROVIDER}],
    }
    reading = read(dumped(eido))
    assert reading.kind == "eido"
    assert [place.shape for place in reading.locations] == [Shape.CIRCLE, Shape.REFERENCE]
    assert [block.block for block in reading.additional] == ["ProviderInfo"]


def test_a_fault_within_names_its_path() -> None:
    broken = DOCUMENT.replace("31.2304", "95")
    reading = read(dumped({"eidoVersion": "1.0", "locationComponent": [{"locationByValue": broken}]}))
    assert reading.faults[0].where.startswith("$.locationComponent[0].locationByValue: presence/")


def test_a_partys_address_and_position_in_a_vcon() -> None:
    vcon = {
        "vcon": "0.0.1",
        "parties": [
            {
                "tel": "+8613900001111",
                "civicaddress": {"country": "CN", "a3": "滨江区", "rd": "人民东路", "hno": "128号"},
                "gmlpos": "31.2304 121.4737",
            },
            {"gmlpos": "31.2304,121.4737"},
        ],
    }
    reading = read(dumped(vcon))
    assert reading.kind == "vcon"
    assert [place.shape for place in reading.locations] == [Shape.CIVIC, Shape.POINT]
    assert dict(reading.locations[0].civic)["RD"] == "人民东路"
    assert "gmlpos not read" in reading.faults[0].what


def test_a_geojson_point_has_its_longitude_first() -> None:
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.4737, 31.2304]}}
    (place,) = read(dumped(feature)).locations
    assert (place.latitude, place.longitude) == (31.2304, 121.4737)
    swapped = {"type": "Point", "coordinates": [31.2304, 121.4737]}
    assert "look swapped" in read(dumped(swapped)).faults[0].what
    assert read(dumped({"type": "Point", "coordinates": ["a", None]})).faults


def test_a_signed_log_event_with_a_logged_message_is_read() -> None:
    message = bodies.invite(("application/pidf+xml", "", DOCUMENT)).decode()
    payload = base64.urlsafe_b64encode(
        dumped({"logEventType": "CallSignalingMessageLogEvent", "text": message})
    )
    signed = {"protected": "e30", "payload": payload.decode().rstrip("="), "signature": "x"}
    reading = read(dumped(signed))
    assert (reading.kind, len(reading.locations)) == ("jws", 1)


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', "[" * 100_000, '{"a": "\\ud800"}', '{"payload": 1}'])
def test_broken_json_is_told(text: str) -> None:
    reading = read(text.encode())
    assert reading.locations == ()
    assert reading.faults


def test_half_a_character_is_written_as_a_question_mark() -> None:
    reading = read(b'{"vcon": "0", "parties": [{"civicaddress": {"rd": "\\ud800", "a": 1}, "\\udfff": {}}]}')
    assert dict(reading.locations[0].civic)["RD"] == "?"


def test_the_number_of_bodies_within_one_is_limited() -> None:
    many = [{"locationByValue": DOCUMENT}] * (MAX_EMBEDDED + 1)
    reading = read(dumped({"eidoVersion": "1.0", "locationComponent": many}))
    assert f"more than {MAX_EMBEDDED} bodies" in reading.faults[0].what


def test_half_a_character_in_a_name_is_told_as_a_question_mark() -> None:
    reading = read(b'{"vcon": "0", "pa\\ud800": [{"gmlpos": "1e99392 121.4"}]}')
    assert reading.faults[0].where == "$.pa?[0].gmlpos"


def test_values_and_bodies_within_bodies_are_limited() -> None:
    assert "more than 20,000 values" in read(dumped({"vcon": "0", "a": [1] * 30_000})).faults[0].what
    assert read(dumped([[["x"]]])).kind == "unknown"
    nested = DOCUMENT
    for _ in range(7):
        nested = json.dumps({"eidoVersion": "1", "locationByValue": nested})
    assert not read(nested.encode()).locations


def test_a_payload_that_is_no_base64_says_nothing() -> None:
    assert read(b'{"payload": "a", "signature": "x"}').kind == "unknown"
