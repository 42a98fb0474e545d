"""Presence documents: order, provider, confidence, times."""

from __future__ import annotations

import pytest

from gateway.location.body import read
from gateway.location.model import Element, Shape
from gateway.testing import location_bodies as bodies


def test_a_devices_place_goes_before_a_tuples_and_that_before_a_persons() -> None:
    body = bodies.presence(
        bodies.in_person(bodies.info(bodies.CIVIC)),
        bodies.in_tuple(bodies.info(bodies.POINT)),
        bodies.in_tuple(bodies.info(bodies.CIRCLE)),
        bodies.in_device(bodies.info(bodies.ELLIPSE)),
    )
    found = read(body.encode()).locations
    assert [(place.element, place.shape) for place in found] == [
        (Element.DEVICE, Shape.ELLIPSE),
        (Element.TUPLE, Shape.POINT),
        (Element.TUPLE, Shape.CIRCLE),
        (Element.PERSON, Shape.CIVIC),
    ]


def test_a_shape_and_its_floor_are_two_places_of_one_location_info() -> None:
    floor = "<ca:civicAddress><ca:FLR>11</ca:FLR></ca:civicAddress>"
    found = bodies.shown(bodies.document(bodies.POINT, floor))["locations"]
    assert [place["shape"] for place in found] == ["point", "civic"]


def test_who_provided_it_comes_from_the_data_by_value_and_is_a_block_too() -> None:
    found = bodies.shown(bodies.document(bodies.POINT, more=bodies.PROVIDED_BY))
    assert found["locations"][0]["provided_by"] == "临江移动"
    assert found["additional"] == [
        {
            "block": "ProviderInfo",
            "fields": {
                "DataProviderReference": "7f3a@carrier.example",
                "DataProviderString": "临江移动",
                "TypeOfProvider": "Access Network Provider",
                "ContactURI": "tel:+8651012345678",
            },
        }
    ]


def test_who_provided_it_may_be_plain_text() -> None:
    found = bodies.one(
        bodies.document(bodies.POINT, more="<gp:provided-by><x>www.carrier.example</x></gp:provided-by>")
    )
    assert found["provided_by"] == "www.carrier.example"


@pytest.mark.parametrize(
    ("confidence", "expected"), [("67", 67.0), ("99.5", 99.5), ("unknown", None), ("", None)]
)
def test_confidence_is_per_cent_or_absent(confidence: str, expected: float | None) -> None:
    assert (
        bodies.one(bodies.document(bodies.CIRCLE, confidence=confidence)).get("confidence_percent")
        == expected
    )


@pytest.mark.parametrize("confidence", ["0", "101", "-5", "sure", "NaN", "9,5"])
def test_a_confidence_that_is_none_is_told_and_the_place_counts(confidence: str) -> None:
    found = bodies.shown(bodies.document(bodies.CIRCLE, confidence=confidence))
    assert "confidence_percent" not in found["locations"][0]
    assert found["errors"][0]["what"].startswith("confidence not read")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-27T10:00:00", "has no zone"),
        ("yesterday", "not a time"),
        ("", "an empty time"),
        ("2026-13-45T10:00:00Z", "no such time"),
        ("0001-01-01T00:00:00+08:00", "no such time"),
    ],
)
def test_a_time_that_is_none_is_told_and_absent(at: str, told: str) -> None:
    found = bodies.shown(bodies.presence(bodies.in_tuple(bodies.info(bodies.POINT), at=at)))
    assert "obtained_at" not in found["locations"][0]
    assert told in found["errors"][0]["what"]


def test_default_namespaces_comments_and_cdata_change_nothing() -> None:
    body = (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf"><tuple id="a"><status>'
        '<geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><usage-rules/><location-info><!-- here -->'
        '<Circle xmlns="http://www.opengis.net/pidflo/1.0" srsName="urn:ogc:def:crs:EPSG::4326">'
        '<pos xmlns="http://www.opengis.net/gml">31.2304<!-- lat -->\n\t121.4737</pos>'
        '<radius uom="urn:ogc:def:uom:EPSG::9001"><![CDATA[ 50 ]]></radius></Circle></location-info>'
        "<method/></geopriv></status></tuple></presence>"
    )
    found = bodies.one(body)
    assert (found["lat"], found["lon"], found["radius_m"]) == (31.2304, 121.4737, 50.0)
    assert "method" not in found


def test_a_place_outside_of_any_element_is_read_and_is_nobodys() -> None:
    found = bodies.shown(
        bodies.presence(bodies.info(bodies.CIRCLE), "<timestamp>2026-11-27T02:00:00Z</timestamp>")
    )
    place = found["locations"][0]
    assert ("element" in place, place["obtained_at"]) == (False, "2026-11-27T02:00:00Z")


def test_data_by_reference_provides_a_block_and_no_name() -> None:
    more = (
        '<gp:provided-by xmlns="urn:ietf:params:xml:ns:EmergencyCallData"><EmergencyCallDataReference '
        'purpose="EmergencyCallData.ProviderInfo" ref="https://data.example/p"/></gp:provided-by>'
    )
    found = bodies.shown(bodies.document(bodies.POINT, more=more))
    assert "provided_by" not in found["locations"][0]
    assert found["additional"] == [{"block": "ProviderInfo", "fields": {"uri": "https://data.example/p"}}]


def test_text_where_a_shape_belongs_is_told() -> None:
    assert (
        "text where a shape belongs" in bodies.shown(bodies.document("near the bridge"))["errors"][0]["what"]
    )
