"""From what a body states to a fix, or why it is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.location.body import read
from gateway.location.fix import at_95, fix, fixes
from gateway.location.geometry import distance_m
from gateway.location.model import (
    BodyReading,
    Datum,
    Location,
    LocationRefusal,
    LocationSource,
    Shape,
    Stated,
)
from gateway.testing import location_bodies as bodies

NOW = datetime(2026, 11, 27, 2, 0, 30, tzinfo=UTC)


def fixed(*places: str, datum: Datum | None = None, **more: str) -> list[Location | LocationRefusal]:
    reading = read(bodies.presence(bodies.in_device(bodies.info(*places, **more))).encode())
    assert not reading.faults
    return fixes(reading, source=LocationSource.HELD, obtained_at=NOW, datum=datum)


def only(place: str, **more: str) -> Location:
    (found,) = fixed(place, **more)
    assert isinstance(found, Location), found
    return found


@pytest.mark.parametrize(
    ("place", "radius"),
    [
        (bodies.POINT, None),
        (bodies.CIRCLE, 50.0),
        (bodies.SPHERE, 60.5),
        (bodies.ELLIPSE, 80.0),
        (bodies.ELLIPSOID, 77.0),
    ],
)
def test_a_shape_with_a_centre_keeps_it_and_its_longest_axis(place: str, radius: float | None) -> None:
    found = only(place)
    assert (found.latitude, found.longitude, found.uncertainty_m) == (31.2304, 121.4737, radius)
    assert (found.datum, found.datum_assumed, found.method) == (Datum.WGS_84, False, "Cell")
    assert found.confidence_percent == 95.0


@pytest.mark.parametrize("place", [bodies.POLYGON, bodies.PRISM])
def test_a_ring_lies_wholly_within_its_radius(place: str) -> None:
    found = only(place)
    assert found.extent is not None
    assert found.latitude is not None
    assert found.longitude is not None
    assert found.uncertainty_m is not None
    for corner in found.extent.points:
        assert distance_m((found.latitude, found.longitude), corner) <= found.uncertainty_m * 1.001


def test_an_arc_bands_circle_lies_where_the_band_is() -> None:
    found = only(bodies.ARC_BAND)
    assert found.latitude is not None
    assert found.longitude == pytest.approx(121.4737, abs=1e-5)
    assert 900 < distance_m((31.2304, 121.4737), (found.latitude, 121.4737)) < 1100


def test_a_civic_address_needs_no_datum() -> None:
    found = only(bodies.CIVIC)
    assert (found.latitude, found.datum, dict(found.civic)["NAM"]) == (None, None, "望江花园")


def test_the_bodys_own_time_counts_unless_it_lies_ahead() -> None:
    assert only(bodies.POINT).obtained_at == datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    ahead = read(
        bodies.presence(bodies.in_tuple(bodies.info(bodies.POINT), at="2050-01-01T00:00:00Z")).encode()
    )
    ahead = replace(ahead, locations=tuple(replace(one, expires_at=None) for one in ahead.locations))
    (found,) = fixes(ahead, source=LocationSource.PIDF, obtained_at=NOW)
    assert isinstance(found, Location)
    assert found.obtained_at == NOW


def test_a_reference_that_has_expired_is_refused_and_a_place_is_kept_with_its_mark() -> None:
    uri, before = "https://lis.example/1", NOW - timedelta(days=1)
    refusal = fix(
        Stated(shape=Shape.REFERENCE, uri=uri, expires_at=before), source=LocationSource.HELD, obtained_at=NOW
    )
    assert isinstance(refusal, LocationRefusal)
    assert "expired at 2026-11-2" in refusal.reason
    place = Stated(shape=Shape.POINT, latitude=31, longitude=121, datum=Datum.WGS_84, expires_at=before)
    found = fix(place, source=LocationSource.HELD, obtained_at=NOW)
    assert isinstance(found, Location)
    assert found.expires_at == before


def test_a_reference_that_is_good_is_no_place_yet() -> None:
    body = bodies.held_response(uris=("https://lis.city.example/l/7",)).encode()
    assert fixes(read(body), source=LocationSource.HELD, obtained_at=NOW) == []


def test_without_a_datum_that_of_the_source_is_taken_and_told_else_it_is_refused() -> None:
    reading = BodyReading(kind="x", locations=(Stated(shape=Shape.POINT, latitude=31.0, longitude=121.0),))
    (found,) = fixes(reading, source=LocationSource.ALI, obtained_at=NOW, datum=Datum.GCJ_02)
    assert isinstance(found, Location)
    assert (found.datum, found.datum_assumed) == (Datum.GCJ_02, True)
    (refusal,) = fixes(reading, source=LocationSource.ALI, obtained_at=NOW)
    assert isinstance(refusal, LocationRefusal)
    assert "without a datum" in refusal.reason


def test_a_place_that_is_none_is_refused() -> None:
    stated = Stated(shape=Shape.POINT, latitude=95.0, longitude=121.0, datum=Datum.WGS_84)
    assert isinstance(fix(stated, source=LocationSource.AML, obtained_at=NOW), LocationRefusal)
    assert isinstance(
        fix(Stated(shape=Shape.CIVIC), source=LocationSource.AML, obtained_at=NOW), LocationRefusal
    )


def test_a_smaller_confidence_widens_the_circle_to_95_per_cent() -> None:
    found = only(bodies.CIRCLE, confidence="68")
    assert found.confidence_percent == 95.0
    assert found.uncertainty_m == pytest.approx(50 * 2.2365 / 1.3559, rel=0.01)
    assert found.extent is not None
    assert found.extent.outer_m == 50.0


def test_a_greater_confidence_never_shrinks_it() -> None:
    assert at_95(50, 99, "normal") == (50, 99)
    assert at_95(50, 95, None) == (50, 95)


def test_a_rectangular_one_stays_as_it_is_stated() -> None:
    assert at_95(50, 68, "rectangular") == (50, 68)


def test_the_least_confidence_gives_a_finite_circle() -> None:
    radius, confidence = at_95(50, 1e-9, None)
    assert 50 < radius < 5_000
    assert confidence == 95.0


def test_the_same_place_is_the_same_fix_and_another_is_not() -> None:
    assert only(bodies.CIRCLE).location_id == only(bodies.CIRCLE).location_id
    assert only(bodies.CIRCLE).location_id != only(bodies.POINT).location_id


def test_a_radius_of_nought_claims_no_exactness() -> None:
    assert only(bodies.CIRCLE.replace(">50<", ">0<"), confidence="40").uncertainty_m is None
