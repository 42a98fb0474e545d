"""Any body: its kind, and its limits."""

from __future__ import annotations

import pytest

from gateway.location.bodies.gather import MAX_FAULTS, MAX_LOCATIONS
from gateway.location.body import MAX_BODY_BYTES, read
from gateway.testing import location_bodies as bodies


def test_a_bare_shape_is_a_body_too() -> None:
    body = '<Point xmlns="http://www.opengis.net/gml" srsName="EPSG:4326"><pos>31.2 121.4</pos></Point>'
    found = bodies.shown(body)
    assert (found["kind"], found["locations"][0]["lat"]) == ("pidf-lo", 31.2)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (bodies.presence(), "pidf-lo"),
        (bodies.held_response(), "held"),
        (bodies.PROVIDER, "additional-data"),
        ("<conference-info/>", "conference-info"),
        ('<findService xmlns="urn:ietf:params:xml:ns:lost1"/>', "lost"),
        ("<html><body/></html>", "unknown"),
        ("hello", "unknown"),
        ("", "unknown"),
        ("{}", "unknown"),
        ("\0\1\2", "unknown"),
        (bodies.presence()[:-30], "pidf-lo"),
        ('<presence xmlns="a"b="c">', "pidf-lo"),
    ],
)
def test_the_kind_is_seen_in_the_bytes(body: str, kind: str) -> None:
    assert bodies.shown(body)["kind"] == kind


def test_what_is_not_known_says_so() -> None:
    assert "no kind of body" in bodies.shown("hello")["errors"][0]["what"]
    assert bodies.shown("<html><body/></html>")["errors"]
    assert bodies.shown("{}")["errors"]


def test_a_body_over_the_limit_is_refused_unread() -> None:
    found = bodies.shown(b"<presence>" + b" " * 6_000_000)
    assert found["locations"] == []
    assert f"more than {MAX_BODY_BYTES:,}" in found["errors"][0]["what"]


def test_places_and_faults_are_limited_and_the_limit_is_told() -> None:
    many = "".join(
        bodies.in_tuple(bodies.info(bodies.POINT.replace("31.2304", f"31.{n:04}"))) for n in range(1, 99)
    )
    found = read(bodies.presence(many).encode())
    assert len(found.locations) == MAX_LOCATIONS
    assert found.faults[0].what == "64 locations; only the first 32 are read"
    assert "98 location-info; only the first 64" in found.faults[1].what
    broken = bodies.POINT.replace("31.2304", "x")
    lines = "\n".join([bodies.in_tuple(bodies.info(broken))] * 60)
    faults = read(bodies.presence(lines).encode()).faults
    assert len(faults) == MAX_FAULTS
    assert faults[-1].what == "29 more faults"


def test_an_envelope_round_an_answer_does_not_hide_it() -> None:
    answer = bodies.held_response(bodies.in_device(bodies.info(bodies.SPHERE))).partition("?>")[2]
    body = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{answer}</s:Body></s:Envelope>'
    found = bodies.shown(body)
    assert (found["kind"], found["locations"][0]["shape"], found["errors"]) == ("held", "sphere", [])
