"""The geo URI: a place that stands in the reference itself."""

from __future__ import annotations

import pytest

from gateway.location.body import read
from gateway.location.model import Datum, Shape
from gateway.testing import location_bodies as bodies


def test_a_geolocation_header_with_a_geo_uri_is_a_place_and_no_reference() -> None:
    header = "Geolocation: <geo:31.2304,121.4737,12.5;u=50>, <https://lis.example/1>"
    first, second = read(bodies.invite(headers=(header,))).locations
    assert (first.shape, first.latitude, first.longitude, first.altitude_m, first.datum) == (
        Shape.CIRCLE,
        31.2304,
        121.4737,
        12.5,
        Datum.WGS_84,
    )
    assert first.extent is not None
    assert first.extent.outer_m == 50
    assert second.shape is Shape.REFERENCE


def test_a_body_may_be_nothing_else() -> None:
    reading = read(b"geo:31.2304,121.4737\r\n")
    assert (reading.kind, reading.locations[0].shape) == ("geo-uri", Shape.POINT)


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("geo:31.2304", "1 numbers"),
        ("geo:a,b", "not a number"),
        ("geo:121.4737,31.2304", "look swapped"),
        ("geo:31,121;u=-5", "an uncertainty of -5 m"),
        ("geo:31,121;crs=gcj", "unknown coordinate system 'gcj'"),
        ("geo:31,121;x=" + "y" * 300, "characters"),
    ],
)
def test_what_is_no_place_is_told(uri: str, told: str) -> None:
    reading = read(uri.encode())
    assert not reading.locations
    assert told in reading.faults[0].what
