"""HELD and LoST messages beside their presence documents."""

from __future__ import annotations

import pytest

from gateway.location.body import read
from gateway.location.model import Element, Shape
from gateway.testing import location_bodies as bodies

HELD = 'xmlns="urn:ietf:params:xml:ns:geopriv:held"'


def test_an_answer_may_hold_a_place_and_references_with_their_end() -> None:
    body = bodies.held_response(
        bodies.in_device(bodies.info(bodies.ARC_BAND)),
        uris=("https://lis.city.example/l/7", "sips:l7@lis.city.example"),
    )
    reading = read(body.encode())
    assert reading.kind == "held"
    assert [place.shape for place in reading.locations] == [Shape.ARC_BAND, Shape.REFERENCE, Shape.REFERENCE]
    assert reading.locations[0].element is Element.DEVICE
    expires = reading.locations[1].expires_at
    assert expires is not None
    assert expires.isoformat() == "2026-11-27T12:00:00+08:00"


def test_a_dereference_answer_with_prefixes_and_a_default_civic_namespace_is_read() -> None:
    document = bodies.presence(bodies.in_tuple(bodies.info(bodies.CIVIC)), declared=False)
    document = document.replace(
        "ca:civicAddress ", 'civicAddress xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" '
    )
    document = document.replace("</ca:civicAddress>", "</civicAddress>").replace("ca:", "")
    body = (
        f'<h:locationResponse xmlns:h="urn:ietf:params:xml:ns:geopriv:held">{document}</h:locationResponse>'
    )
    reading = read(body.encode())
    assert (reading.kind, reading.faults) == ("held", ())
    assert dict(reading.locations[0].civic)["HNO"] == "128号"


@pytest.mark.parametrize("form", ["<message>no fix</message>", ""])
def test_a_refusal_is_a_fault_with_its_code(form: str) -> None:
    message = "" if form else ' message="no fix"'
    reading = read(f'<error {HELD} code="locationUnknown"{message}>{form}</error>'.encode())
    assert reading.kind == "held"
    assert reading.faults[0].what == "the location server answers locationUnknown: no fix"


def test_a_request_says_what_is_asked_and_about_whom() -> None:
    body = (
        f'<locationRequest {HELD} responseTime="8000"><locationType exact="true">any</locationType>'
        '<device xmlns="urn:ietf:params:xml:ns:geopriv:held:id"><uri>tel:+8613900001111</uri>'
        '<ip v="4">192.0.2.7</ip></device></locationRequest>'
    )
    reading = read(body.encode())
    assert [(block.block, dict(block.fields)) for block in reading.additional] == [
        ("LocationRequest", {"responseTime": "8000", "locationType": "any", "exact": "true"}),
        ("DeviceIdentity", {"uri": "tel:+8613900001111", "ip": "192.0.2.7"}),
    ]
    assert not reading.faults


def test_an_answer_with_nothing_in_it_says_so() -> None:
    assert "neither a location nor a reference" in read(bodies.held_response().encode()).faults[0].what


@pytest.mark.parametrize(
    "uri", ["", "not a uri", "https:", "/l/7", "https://a b.example", "https://a.example/" + "x" * 2_000]
)
def test_a_reference_that_is_none_is_told(uri: str) -> None:
    reading = read(bodies.held_response(uris=(uri, "https://good.example/1")).encode())
    assert [place.uri for place in reading.locations] == ["https://good.example/1"]
    assert reading.faults


def test_the_place_a_lost_query_asks_about_counts_and_a_services_boundary_does_not() -> None:
    lost = 'xmlns="urn:ietf:params:xml:ns:lost1" xmlns:gml="http://www.opengis.net/gml"'
    query = (
        f'<findService {lost}><location id="1" profile="geodetic-2d">{bodies.POINT}</location></findService>'
    )
    reading = read(query.encode())
    assert (reading.kind, [place.shape for place in reading.locations]) == ("lost", [Shape.POINT])
    answer = (
        f"<findServiceResponse {lost}><mapping><serviceBoundary>{bodies.POLYGON}</serviceBoundary></mapping>"
        "</findServiceResponse>"
    )
    assert read(answer.encode()).locations == ()
    error = f'<errors {lost}><notFound message="no service there"/></errors>'
    assert "LoST answers notFound: no service there" in read(error.encode()).faults[0].what
