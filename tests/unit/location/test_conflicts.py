"""Which fixes contradict each other, and whether a caller moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.location.conflicts import MAX_CONFLICTS, ConflictKind, conflicts, wgs84
from gateway.location.datum import convert
from gateway.location.drift import MAX_TRAIL, drift, point_of, with_point
from gateway.location.model import Datum, Location, LocationSource

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ALI, AML, HELD, PIDF = LocationSource.ALI, LocationSource.AML, LocationSource.HELD, LocationSource.PIDF
SPEECH, PERSON = LocationSource.SPEECH, LocationSource.PERSON
KM = 1 / 111.32
"""Degrees of latitude."""


def fix(name: str, source: LocationSource, north_km: float = 0.0, **more: Any) -> Location:
    seconds = more.pop("seconds", 0)
    place = {
        "latitude": 31.0 + north_km * KM,
        "longitude": 121.0,
        "datum": Datum.WGS_84,
        "uncertainty_m": 50.0,
    }
    return Location(
        location_id=name, source=source, obtained_at=NOW + timedelta(seconds=seconds), **{**place, **more}
    )


def pairs(*fixes: Location) -> list[tuple[str, str]]:
    return [(each.one, each.other) for each in conflicts(fixes, at=NOW)]


def test_a_spoken_place_far_from_the_measured_one_is_a_conflict() -> None:
    (found,) = conflicts((fix("b", SPEECH, 3.0), fix("a", HELD)), at=NOW)
    assert (found.kind, found.one, found.other) == (ConflictKind.SPOKEN, "a", "b")
    assert found.distance_m == pytest.approx(3000, abs=2)
    assert found.apart_m == pytest.approx(2900, abs=2)
    assert "3.0公里" in found.zh
    assert "3.0 km" in found.en


def test_two_sources_that_cannot_both_be_right_are_a_conflict() -> None:
    (found,) = conflicts((fix("a", ALI), fix("b", AML, 0.8)), at=NOW)
    assert found.kind is ConflictKind.SOURCES
    assert "800米" in found.zh
    assert "800 m" in found.en


@pytest.mark.parametrize(
    "other",
    [
        fix("near", SPEECH, 0.4),
        fix("wide", PIDF, 3.0, uncertainty_m=2700.0),
        fix("later", SPEECH, 3.0, seconds=700),
        fix("driven", AML, 3.0, seconds=200),
        fix("expired", ALI, 3.0, expires_at=NOW),
        fix("entered", PERSON, 3.0),
        fix("anywhere", PIDF, 300.0, uncertainty_m=None),
        fix("moved", HELD, 3.0),
    ],
    ids=lambda each: each.location_id,
)
def test_what_may_be_the_same_place_or_says_nothing_is_none(other: Location) -> None:
    assert pairs(fix("a", HELD), other) == []


def test_two_registers_contradict_each_other_and_two_spoken_places_do_not() -> None:
    assert pairs(fix("a", ALI, provided_by="x"), fix("b", ALI, 3.0, provided_by="y")) == [("a", "b")]
    assert pairs(fix("a", ALI, provided_by="x"), fix("b", ALI, 3.0, provided_by="x")) == []
    assert pairs(fix("a", SPEECH), fix("b", SPEECH, 3.0, provided_by="y")) == []


@pytest.mark.parametrize(
    ("kilometres", "radius", "told"),
    [(3.0, 500.0, 1), (3.0, 2_000.0, 1), (3.0, 2_600.0, 0), (0.6, 50.0, 0), (0.7, 50.0, 1)],
)
def test_a_spoken_place_three_kilometres_off_is_told_unless_the_network_may_mean_it_too(
    kilometres: float, radius: float, told: int
) -> None:
    found = conflicts((fix("a", HELD, uncertainty_m=radius), fix("b", SPEECH, kilometres)), at=NOW)
    assert len(found) == told


def test_a_mobiles_registered_address_contradicts_nobody_and_a_fixed_lines_does() -> None:
    home = fix("home", ALI, address="某路8号")
    spoken, cell = fix("spoken", SPEECH, 3.0), fix("cell", HELD, 4.5, uncertainty_m=300.0)
    assert len(conflicts((home, spoken, cell), at=NOW)) == 3
    assert [(each.one, each.other) for each in conflicts((home, spoken, cell), at=NOW, mobile=True)] == [
        ("cell", "spoken")
    ]


def test_what_an_ali_database_measured_moves_and_what_it_has_registered_does_not() -> None:
    sector = fix("sector", ALI, method="Cell", uncertainty_m=300.0)
    assert point_of(sector) is not None
    assert pairs(sector, fix("later", SPEECH, 3.0, seconds=700)) == []
    assert pairs(fix("home", ALI), fix("later", SPEECH, 3.0, seconds=700)) == [("home", "later")]


def test_a_house_and_a_spoken_place_contradict_each_other_however_long_the_call() -> None:
    assert pairs(fix("house", ALI), fix("spoken", SPEECH, 3.0, seconds=3000)) == [("house", "spoken")]


def test_places_in_different_datums_are_compared_on_one() -> None:
    north, east = convert((31.0, 121.0), Datum.WGS_84, Datum.GCJ_02)
    moved = fix("b", ALI, latitude=north, longitude=east, datum=Datum.GCJ_02)
    assert pairs(fix("a", HELD), moved) == []
    assert wgs84(moved) == pytest.approx((31.0, 121.0), abs=1e-6)


def test_the_widest_come_first_and_not_more_than_the_limit() -> None:
    fixes = [fix(f"{source}{n}", source, n, provided_by=str(n)) for source in (ALI, SPEECH) for n in range(4)]
    found = conflicts(fixes, at=NOW)
    assert len(found) == MAX_CONFLICTS
    assert [each.apart_m for each in found] == sorted((each.apart_m for each in found), reverse=True)


def test_a_fix_without_a_position_has_no_place_on_the_map() -> None:
    with pytest.raises(ValueError, match="no position"):
        wgs84(fix("a", ALI, latitude=None, longitude=None, datum=None, address="某处"))


# ---- drift


def trail(*fixes: Location) -> Any:
    kept: Any = ()
    for each in fixes:
        point = point_of(each)
        assert point is not None
        kept = with_point(kept, point)
    return kept


def test_a_device_that_went_further_than_its_circles_moves() -> None:
    moved = drift(trail(fix("a", AML), fix("b", AML, 0.5, seconds=60)))
    assert moved is not None
    assert (moved.source, moved.seconds) == (AML, 60)
    assert moved.distance_m == pytest.approx(500, abs=1)
    assert "500米" in moved.zh
    assert "500 m" in moved.en


def test_within_the_circles_or_between_sources_nobody_moves() -> None:
    assert drift(()) is None
    assert drift(trail(fix("a", AML), fix("b", AML, 0.09, seconds=60))) is None
    assert drift(trail(fix("a", AML, uncertainty_m=460.0), fix("b", AML, 0.5, seconds=60))) is None
    assert drift(trail(fix("a", AML), fix("b", HELD, 0.5, seconds=60))) is None


def test_the_trail_is_in_order_of_time_and_keeps_the_first_and_the_newest() -> None:
    points = trail(*(fix(str(n), AML, n / 10, seconds=n) for n in (3, 1, 2, *range(4, 20), 0)))
    assert [round((point.at - NOW).total_seconds()) for point in points] == [0, *range(21 - MAX_TRAIL, 20)]
    assert len(points) == MAX_TRAIL


def test_of_several_sources_the_longest_way_is_told() -> None:
    moved = drift(
        trail(fix("a", AML), fix("b", AML, 0.5, seconds=60), fix("c", HELD), fix("d", HELD, 2.0, seconds=90))
    )
    assert moved is not None
    assert (moved.source, moved.seconds) == (HELD, 90)


def test_a_point_that_comes_twice_is_once_in_the_trail() -> None:
    assert len(trail(fix("a", AML), fix("a", AML), fix("b", AML, 0.5, seconds=60))) == 2


def test_only_measured_places_make_a_trail() -> None:
    assert point_of(fix("a", ALI)) is None
    assert point_of(fix("a", PIDF, uncertainty_m=None)) is None
    assert point_of(fix("a", HELD, latitude=None, longitude=None, datum=None, address="某处")) is None
