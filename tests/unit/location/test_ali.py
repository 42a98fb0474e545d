"""The carrier's X-ALI header."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gateway.location.ali import MAX_HEADER_CHARS, HeaderPattern, cell_of, parse, read, recognises
from gateway.location.model import Datum, Location, LocationRefusal

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_position_radius_and_cell_in_the_configured_datum() -> None:
    found = parse("lat=31.2304;lon=121.4737;r=50;cell=460-00-1234-5678", datum=Datum.GCJ_02, obtained_at=NOW)
    assert isinstance(found, Location)
    assert (found.latitude, found.longitude, found.uncertainty_m, found.datum) == (
        31.2304,
        121.4737,
        50.0,
        Datum.GCJ_02,
    )
    assert (found.method, found.provided_by) == ("Cell", "460-00-1234-5678")


def test_without_a_radius_the_uncertainty_is_unknown() -> None:
    found = parse(" LAT = 31 ; lon=121 ; other", datum=Datum.WGS_84, obtained_at=NOW)
    assert isinstance(found, Location)
    assert (found.uncertainty_m, found.method) == (None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kkkk", "no lat in it"),
        ("lat=31", "no lon in it"),
        ("lat=x;lon=121", "no angle: 'x'"),
        ("lat=31,5;lon=121", "'31,5' has a comma for a decimal point; write 31.5"),
        ("lat=91;lon=121", "no such position"),
        ("lat=121.4;lon=31.2", "latitude 121.4 is beyond ±90°; latitude and longitude look swapped"),
        ("lat=87.6;lon=43.8", "latitude 87.6 and longitude 43.8 look swapped: exchanged they lie in China"),
        ("lat=31;lon=121;r=-5", "a radius of -5 m"),
        ("lat=nan;lon=121", "more than one sign"),
        ("lat=31;lon=121;r=nan", "a radius of nan m"),
        ("lat=31;lon=121;datum=BD-09", "unknown datum 'BD-09'; it is one of WGS-84, GCJ-02, CGCS2000"),
        ("lat=31;lon=121;" + "x" * MAX_HEADER_CHARS, "1039 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(text: str, reason: str) -> None:
    refusal = parse(text, datum=Datum.WGS_84, obtained_at=NOW)
    assert isinstance(refusal, LocationRefusal)
    assert refusal.reason.startswith(reason)


def test_an_untagged_coordinate_says_that_its_datum_is_assumed() -> None:
    assumed = parse("lat=31;lon=121", datum=Datum.GCJ_02, obtained_at=NOW)
    tagged = parse("lat=31;lon=121;datum=gcj02", datum=Datum.WGS_84, obtained_at=NOW)
    assert isinstance(assumed, Location)
    assert isinstance(tagged, Location)
    assert (assumed.datum, assumed.datum_assumed) == (Datum.GCJ_02, True)
    assert (tagged.datum, tagged.datum_assumed) == (Datum.GCJ_02, False)


def test_without_a_configured_datum_only_tagged_coordinates_count() -> None:
    refusal = parse("lat=31;lon=121", datum=None, obtained_at=NOW)
    assert isinstance(refusal, LocationRefusal)
    assert "none is configured" in refusal.reason
    assert isinstance(parse("lat=31;lon=121;crs=WGS84", datum=None, obtained_at=NOW), Location)


def test_a_configured_pattern_reads_another_gateways_header() -> None:
    pattern = HeaderPattern(
        r"^pos:(?P<lat>[-+0-9.]+)/(?P<lon>[-+0-9.]+)~(?P<r>\d+)m"
        r"(?: \[(?P<cell>[^\]]+)\])?(?: @(?P<address>.+))?"
    )
    found = parse(
        "POS:31.2304/121.4737~80m [460-00-1-2] @建国路88号",
        datum=Datum.WGS_84,
        obtained_at=NOW,
        pattern=pattern,
    )
    assert isinstance(found, Location)
    assert (found.latitude, found.longitude, found.uncertainty_m) == (31.2304, 121.4737, 80.0)
    assert (found.provided_by, found.address, found.method) == ("460-00-1-2", "建国路88号", "Cell")
    refusal = parse("lat=31;lon=121", datum=Datum.WGS_84, obtained_at=NOW, pattern=pattern)
    assert isinstance(refusal, LocationRefusal)
    assert refusal.reason == "the configured pattern does not match it"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(", "no regular expression"),
        ("(?P<lat>.)(?P<long>.)", "unknown group 'long'"),
        ("(?P<lat>.)", "it needs the groups lat and lon"),
        ("x" * 501, "501 characters"),
        (r"(?P<lat>.)(?P<lon>.)(?=x)", "no regular expression"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        HeaderPattern(text)


def test_the_cell_is_told_even_where_there_is_no_position() -> None:
    assert cell_of("cell=460-00-1234-5678") == "460-00-1234-5678"
    assert cell_of("lat=1;lon=2") is None
    assert cell_of("x" * 2_000) is None
    assert cell_of("c9", HeaderPattern(r"^(?P<cell>c\d)$")) == "c9"


def test_a_header_by_itself_is_a_body() -> None:
    assert recognises(b"lat=31.2304;lon=121.4737;r=50;cell=460-00-1")
    assert not any(map(recognises, (b"", b"lat=1", b"hello", b"lat" * 1_000, b"plat=1;lon=2")))
    assert read(b"X-ALI: lat=31.2304;lon=121.4737").locations[0].latitude == 31.2304
    reading = read(b"Lat=31.2304; Lon=121.4737; r=50; cell=460-00-1\r\n")
    (place,) = reading.locations
    assert (reading.kind, place.latitude, place.datum, place.method) == ("x-ali", 31.2304, None, "Cell")
    assert place.extent is not None
    assert place.extent.outer_m == 50.0
    assert [fault.what for fault in read(b"lat=95;lon=1").faults] == [
        "latitude 95 is beyond ±90°; latitude and longitude look swapped"
    ]
    assert [fault.what for fault in read(b"lat=5;lon=x").faults] == ["no angle: 'x'"]
