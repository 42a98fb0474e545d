"""The carrier's X-ALI header."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.location.ali import parse
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
        ("lat=x;lon=121", "could not convert"),
        ("lat=91;lon=121", "no such position"),
        ("lat=31;lon=121;r=-5", "a radius of -5 m"),
        ("lat=nan;lon=121", "no such position"),
        ("lat=31;lon=121;r=nan", "a radius of nan m"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(text: str, reason: str) -> None:
    refusal = parse(text, datum=Datum.WGS_84, obtained_at=NOW)
    assert isinstance(refusal, LocationRefusal)
    assert refusal.reason.startswith(reason)
