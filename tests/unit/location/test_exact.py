"""How far from a fix the caller may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.location.exact import ANYWHERE_M, MAX_SCALE, by_device, is_mobile, moves, radius_m, radius_now_m
from gateway.location.model import Datum, Location, LocationSource

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def fix(source: LocationSource = LocationSource.PIDF, **more: Any) -> Location:
    place = {"latitude": 31.0, "longitude": 121.0, "datum": Datum.WGS_84, **more}
    return Location(location_id="x", source=source, obtained_at=NOW, **place)


NOWHERE = {"latitude": None, "longitude": None, "datum": None}


@pytest.mark.parametrize(
    ("confidence", "metres"),
    [(95.0, 100.0), (68.0, 162.2), (39.35, 244.8), (99.9, 100.0), (0.0001, 100.0 * MAX_SCALE)],
)
def test_a_radius_is_brought_to_ninety_five_per_cent(confidence: float, metres: float) -> None:
    """39.35 %: one standard deviation of a circle; 2.4477 of them hold 95 % (RFC 7459, section 4.4)."""
    assert radius_m(fix(uncertainty_m=100.0, confidence_percent=confidence)) == pytest.approx(metres, abs=0.1)


@pytest.mark.parametrize(
    ("place", "metres"),
    [
        ({"method": "Device-Assisted_A-GPS"}, 50.0),
        ({"method": "802.11"}, 150.0),
        ({"method": "Cell"}, 2_000.0),
        ({"method": "carrier pigeon"}, ANYWHERE_M),
        ({}, ANYWHERE_M),
        ({"source": LocationSource.SPEECH}, 200.0),
        ({"civic": (("A3", "某市"), ("HNO", "8号"))}, 40.0),
        ({**NOWHERE, "civic": (("A3", "某市"),)}, 15_000.0),
        ({**NOWHERE, "civic": (("A3", "某市"), ("HNO", ""))}, 15_000.0),
        ({**NOWHERE, "address": "某处"}, ANYWHERE_M),
    ],
)
def test_what_states_no_radius_has_that_of_its_method_or_of_its_smallest_element(
    place: dict[str, Any], metres: float
) -> None:
    assert radius_m(fix(**place)) == metres


def test_a_measured_place_grows_with_its_age_and_a_register_does_not() -> None:
    later = NOW + timedelta(seconds=100)
    assert radius_now_m(fix(uncertainty_m=50.0), later) == 200.0
    assert radius_now_m(fix(LocationSource.ALI, uncertainty_m=50.0), later) == 50.0
    assert radius_now_m(fix(uncertainty_m=50.0), NOW - timedelta(seconds=9)) == 50.0
    assert radius_now_m(fix(uncertainty_m=50.0), NOW + timedelta(days=9)) == 5450.0


def test_the_phones_own_measurements_are_known_by_their_method() -> None:
    assert by_device(fix(method="GNSS"))
    assert by_device(fix(method="WiFi"))
    assert not by_device(fix(method="Cell"))
    assert not by_device(fix(**NOWHERE, civic=(("A3", "某市"),), method="GNSS"))


def test_a_register_words_and_persons_do_not_move() -> None:
    assert moves(fix(LocationSource.AML))
    assert not moves(fix(LocationSource.HELD, method="Wiremap"))
    assert not moves(fix(LocationSource.PIDF, civic=(("HNO", "8号"),)))
    assert not any(moves(fix(s)) for s in (LocationSource.ALI, LocationSource.SPEECH, LocationSource.PERSON))


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("13800130001", True),
        ("+8613800130001", True),
        ("008613800130001", True),
        ("02161234567", False),
        ("12800130001", False),
        ("138001300011", False),
        ("110", False),
        (None, False),
    ],
)
def test_a_mobile_number_is_known_by_its_digits(number: str | None, mobile: bool) -> None:
    assert is_mobile(number) is mobile
