"""Which fix leads, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.location.model import Datum, Location, LocationSource
from gateway.location.select import select

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def fix(name: str, source: LocationSource, radius: float | None = None, **more: Any) -> Location:
    place = {"latitude": 31.0, "longitude": 121.0, "datum": Datum.WGS_84, **more}
    return Location(location_id=name, source=source, obtained_at=NOW, uncertainty_m=radius, **place)


ALI_500 = fix("ali", LocationSource.ALI, 500)
PIDF_50 = fix("pidf", LocationSource.PIDF, 50)
VAGUE = fix("vague", LocationSource.PIDF)
SPOKEN = fix("spoken", LocationSource.SPEECH, latitude=None, longitude=None, datum=None, address="人民大道")
CIVIC = fix(
    "civic", LocationSource.PIDF, latitude=None, longitude=None, datum=None, civic=(("RD", "人民大道"),)
)
ENTERED = fix(
    "entered", LocationSource.PERSON, latitude=None, longitude=None, datum=None, address="人民大道200号"
)


@pytest.mark.parametrize(
    ("fixes", "leading", "reason"),
    [
        ((ALI_500,), "ali", "the only one"),
        ((ALI_500, PIDF_50), "pidf", "smallest uncertainty (50 m, PIDF)"),
        ((VAGUE, ALI_500), "ali", "smallest uncertainty (500 m, ALI)"),
        ((ALI_500, SPOKEN), "ali", "smallest uncertainty (500 m, ALI)"),
        ((PIDF_50, CIVIC), "civic", "a street address (PIDF)"),
        ((VAGUE, SPOKEN), "vague", "best source (PIDF); none gives an uncertainty"),
        ((PIDF_50, ENTERED), "entered", "entered by a person"),
        (
            (fix("old", LocationSource.ALI, 50), fix("new", LocationSource.ALI, 50)),
            "new",
            "smallest uncertainty (50 m, ALI)",
        ),
    ],
)
def test_the_leading_fix(fixes: tuple[Location, ...], leading: str, reason: str) -> None:
    found, why = select(fixes)
    assert (found.location_id, why) == (leading, reason)


def test_no_fix_no_leader() -> None:
    with pytest.raises(ValueError, match="no location"):
        select(())


@pytest.mark.parametrize(
    "faulty",
    [
        {"longitude": None},
        {"datum": None},
        {"latitude": 91.0},
        {"latitude": None, "longitude": None, "datum": None},
    ],
)
def test_a_fix_that_is_no_place_cannot_be_made(faulty: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|no such position"):
        fix("x", LocationSource.ALI, **faulty)
