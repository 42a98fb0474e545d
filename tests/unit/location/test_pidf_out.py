"""What we know of a place, written as PIDF-LO and read back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.location import body
from gateway.location.conflicts import wgs84
from gateway.location.datum import convert
from gateway.location.fix import fixes
from gateway.location.geometry import distance_m
from gateway.location.model import Datum, Element, Extent, Location, LocationRefusal, LocationSource, Shape
from gateway.location.pidf_out import document
from gateway.location.select import SENTENCES, Reason

LONG_AGO = datetime(2020, 1, 5, 8, 0, tzinfo=UTC)
"""Before anything in the samples has expired."""
SHARED = Path(__file__).parents[4] / "shared" / "protocols"
NOW = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)
HELD = LocationSource.HELD
SQUARE = ((31.0, 121.0), (31.0, 121.002), (31.002, 121.002), (31.002, 121.0), (31.0, 121.0))


def fix(name: str = "HELD-1", **more: Any) -> Location:
    place = {
        "latitude": 31.2304,
        "longitude": 121.4737,
        "datum": Datum.WGS_84,
        "element": Element.DEVICE,
        **more,
    }
    return Location(location_id=name, source=more.pop("source", HELD), obtained_at=NOW, **place)


def address(name: str = "HELD-2", **more: Any) -> Location:
    return fix(name, latitude=None, longitude=None, datum=None, **more)


def back(*locations: Location, at: datetime = NOW, **how: Any) -> list[Location]:
    """Through our own reader: nothing may be lost or told as a fault."""
    text = document(locations, entity="demo-pbx1-1.0", **how)
    ET.fromstring(text)
    reading = body.read(text.encode(), content_type="application/pidf+xml")
    assert (reading.kind, reading.faults) == ("pidf-lo", ())
    found = fixes(reading, source=HELD, obtained_at=at)
    assert not [each for each in found if isinstance(each, LocationRefusal)]
    return [each for each in found if isinstance(each, Location)]


def alike(one: Location, other: Location) -> None:
    """The same place, to a centimetre and a thousandth of its radius."""
    facts = ("method", "provided_by", "obtained_at", "expires_at", "element", "confidence_percent", "datum")
    assert [getattr(one, name) for name in facts] == [getattr(other, name) for name in facts]
    assert one.latitude is not None
    assert other.latitude is not None
    assert distance_m((one.latitude, one.longitude or 0), (other.latitude, other.longitude or 0)) < 0.05
    assert (one.uncertainty_m is None) == (other.uncertainty_m is None)
    assert (one.uncertainty_m or 0) == pytest.approx(other.uncertainty_m or 0, rel=1e-3, abs=1e-3)
    assert (one.extent and one.extent.shape) == (other.extent and other.extent.shape)


def stated(extent: Extent, **more: Any) -> Location:
    """A fix of a shape as `fix.fixes` makes it: its centre and radius are those of the shape."""
    return back(fix(extent=extent, uncertainty_m=more.pop("radius"), **more))[0]


@pytest.mark.parametrize(
    "place",
    [
        fix(),
        fix(altitude_m=12.5),
        fix(uncertainty_m=50.0, extent=Extent(shape=Shape.CIRCLE, outer_m=50.0)),
        fix(uncertainty_m=50.0, altitude_m=3.0, extent=Extent(shape=Shape.SPHERE, outer_m=50.0)),
        fix(uncertainty_m=50.0, altitude_m=3.0, extent=Extent(shape=Shape.CIRCLE, outer_m=50.0)),
        fix(
            uncertainty_m=80.0,
            extent=Extent(shape=Shape.ELLIPSE, outer_m=80.0, inner_m=20.0, orientation_deg=30.0),
        ),
        fix(
            uncertainty_m=80.0,
            altitude_m=3.0,
            extent=Extent(
                shape=Shape.ELLIPSOID, outer_m=80.0, inner_m=20.0, orientation_deg=30.0, height_m=9.0
            ),
        ),
        fix(
            method="GPS",
            provided_by="某运营商 & Co <x>",
            expires_at=NOW + timedelta(hours=1),
            uncertainty_m=9.0,
            confidence_percent=99.0,
            extent=Extent(shape=Shape.CIRCLE, outer_m=9.0),
        ),
    ],
    ids=lambda place: f"{place.extent.shape if place.extent else 'point'}-{place.altitude_m}-{place.method}",
)
def test_a_place_comes_back_as_it_was(place: Location) -> None:
    (again,) = back(place)
    alike(again, place)
    assert again.altitude_m == place.altitude_m
    if place.extent is not None:
        assert again.extent == place.extent


@pytest.mark.parametrize(
    ("extent", "altitude"),
    [
        (Extent(shape=Shape.POLYGON, points=SQUARE), None),
        (Extent(shape=Shape.PRISM, points=SQUARE, height_m=30.0), 4.0),
        (
            Extent(
                shape=Shape.ARC_BAND, inner_m=100.0, outer_m=900.0, orientation_deg=340.0, opening_deg=120.0
            ),
            None,
        ),
        (
            Extent(shape=Shape.ARC_BAND, inner_m=0.0, outer_m=900.0, orientation_deg=0.0, opening_deg=360.0),
            None,
        ),
    ],
    ids=lambda value: str(getattr(value, "shape", value)),
)
def test_rings_and_bands_come_back_as_they_were_drawn(extent: Extent, altitude: float | None) -> None:
    from_source = Location(
        location_id="x", source=HELD, obtained_at=NOW, latitude=31.0, longitude=121.0, datum=Datum.WGS_84,
        altitude_m=altitude, extent=extent, element=Element.DEVICE,
    )  # fmt: skip
    (first,) = back(from_source)
    (again,) = back(first)
    alike(again, first)
    assert again.extent is not None
    assert again.extent.points == extent.points
    assert (again.extent.outer_m, again.extent.opening_deg) == (extent.outer_m, extent.opening_deg)


def test_a_shape_drawn_at_a_lower_confidence_becomes_what_holds_the_caller() -> None:
    """68 % brought to 95 %: the ellipse is stretched; a polygon cannot be, its circle is."""
    ellipse = Extent(shape=Shape.ELLIPSE, outer_m=80.0, inner_m=20.0, orientation_deg=30.0)
    found = stated(ellipse, radius=160.0)
    assert found.extent is not None
    assert (found.extent.outer_m, found.extent.inner_m) == (160.0, 40.0)
    ring = stated(Extent(shape=Shape.POLYGON, points=SQUARE), radius=900.0)
    assert ring.extent == Extent(shape=Shape.CIRCLE, outer_m=900.0)
    band = Extent(shape=Shape.ARC_BAND, inner_m=0.0, outer_m=500.0, orientation_deg=0.0, opening_deg=90.0)
    assert stated(band, radius=900.0).extent == Extent(shape=Shape.CIRCLE, outer_m=900.0)


@pytest.mark.parametrize(
    "extent",
    [
        Extent(shape=Shape.ELLIPSE),
        Extent(shape=Shape.ARC_BAND),
        Extent(shape=Shape.POLYGON, points=SQUARE[:2]),
        Extent(shape=Shape.CIVIC),
    ],
    ids=lambda extent: extent.shape,
)
def test_a_shape_that_is_not_whole_is_a_circle(extent: Extent) -> None:
    assert stated(extent, radius=70.0).extent == Extent(shape=Shape.CIRCLE, outer_m=70.0)


def test_flat_shapes_lose_the_height_that_has_no_altitude() -> None:
    prism = Extent(shape=Shape.PRISM, points=SQUARE, height_m=30.0)
    (found,) = back(fix(extent=prism))
    assert found.extent is not None
    assert found.extent.shape is Shape.POLYGON


def test_gcj_02_leaves_as_wgs_84_and_says_what_it_was() -> None:
    north, east = convert((31.2304, 121.4737), Datum.WGS_84, Datum.GCJ_02)
    ring = tuple(convert(point, Datum.WGS_84, Datum.GCJ_02) for point in SQUARE)
    place = fix(latitude=north, longitude=east, datum=Datum.GCJ_02)
    alike(back(place)[0], fix())
    (found,) = back(fix(datum=Datum.GCJ_02, extent=Extent(shape=Shape.POLYGON, points=ring)))
    assert found.extent is not None
    assert found.extent.points[1] == pytest.approx(SQUARE[1], abs=1e-6)
    assert "GCJ-02 as it came" in document((place,), entity="x")


def test_a_chinese_address_comes_back_in_the_order_of_the_schema() -> None:
    civic = (
        ("HNO", "200号"),
        ("A1", "某省"),
        ("RD", "人民大道"),
        ("PN", "P8"),
        ("网格", "x"),
        ("GRID", "12"),
    )
    (found,) = back(address(civic=civic))
    assert found.civic == (("A1", "某省"), ("RD", "人民大道"), ("HNO", "200号"), ("PN", "P8"), ("GRID", "12"))
    text = document((address(civic=civic),), entity="x")
    assert 'xml:lang="zh"' in text
    assert "<cae:PN>P8</cae:PN>" in text
    assert "<own:GRID>12</own:GRID>" in text


def test_an_address_of_one_line_is_the_standards_place_for_words() -> None:
    (found,) = back(address(address="人民大道与某街路口东南角"))
    assert found.civic == (("LOC", "人民大道与某街路口东南角"),)


def test_position_and_address_of_one_fix_stay_in_one_device() -> None:
    both = fix(civic=(("A1", "某省"),))
    assert [each.latitude is None for each in back(both)] == [False, True]
    assert document((both,), entity="x").count("<dm:device id") == 1


def test_the_leading_fix_comes_first_for_whoever_reads_the_first_device() -> None:
    person = fix("c", method="Manual", element=Element.PERSON)
    places = (fix("a", method="Cell"), person, fix("b", method="GPS", element=Element.TUPLE))
    told = SENTENCES[Reason.SMALLEST_AREA]
    assert [each.method for each in back(*places, leading="b", reason=told)] == ["GPS", "Cell", "Manual"]
    assert [each.method for each in back(*places, leading="c", reason=told)] == ["Manual", "Cell", "GPS"]
    text = document(places, entity="x", leading="b", reason=told)
    assert text.count(told.zh) == 1
    assert text.index("fix:b") < text.index(told.zh) < text.index("fix:a")


def test_without_fixes_it_is_a_presence_that_says_nothing() -> None:
    assert ET.fromstring(document((), entity="x")).get("entity") == "pres:x@intake110.invalid"


@pytest.mark.skipif(not SHARED.is_dir(), reason="samples of other projects are not part of this one")
def test_every_place_in_the_samples_of_others_comes_back_as_it_was() -> None:
    """Whatever kind of body it came in."""
    compared = 0
    for file in sorted(path for path in SHARED.rglob("*") if path.is_file()):
        reading = body.read(file.read_bytes())
        for place in fixes(reading, source=HELD, obtained_at=LONG_AGO, datum=Datum.GCJ_02):
            if isinstance(place, LocationRefusal):
                continue
            again = back(place, at=LONG_AGO)
            if place.latitude is not None:
                here = replace(place, element=Element.DEVICE, datum=Datum.WGS_84)
                here = replace(here, latitude=wgs84(place)[0], longitude=wgs84(place)[1])
                alike(again[0], here)
            assert sorted(again[-1].civic) == sorted(place.civic), file.name
            compared += 1
    assert compared > 40


NASTY = st.text(st.characters(codec=None), min_size=1, max_size=30) | st.sampled_from(
    ["]]>", "<!--", '"', "'", "&amp;", "\x00", "\ud800", "</presence>"]
)


@settings(max_examples=200)
@given(
    name=NASTY, method=NASTY, by=NASTY, civic=st.lists(st.tuples(NASTY, NASTY), max_size=5), line=NASTY,
    entity=NASTY, latitude=st.floats(-90, 73),
    longitude=st.floats(-180, 180), radius=st.none() | st.floats(0, 1e6),
)  # fmt: skip
def test_whatever_the_fixes_hold_the_document_is_well_formed(
    name: str, method: str, by: str, civic: list[tuple[str, str]], line: str, entity: str,
    latitude: float, longitude: float, radius: float | None,
) -> None:  # fmt: skip
    place = fix(
        name, method=method, provided_by=by, civic=tuple(civic), address=line, latitude=latitude,
        longitude=longitude, uncertainty_m=radius,
    )  # fmt: skip
    text = document((place,), entity=entity, leading=name)
    ET.fromstring(text.encode())
    assert [each.shape for each in body.read(text.encode()).locations][:1] in ([Shape.POINT], [Shape.CIRCLE])


def test_a_spot_that_a_person_set_goes_out_with_who_how_and_the_remark() -> None:
    spot = replace(
        fix("person-1", element=None, method="Manual", provided_by="li"), source=LocationSource.PERSON,
        note="加油站后面 <二楼>",
    )  # fmt: skip
    text = document([spot], entity="demo-pbx1-1.0", leading="person-1", reason=SENTENCES[Reason.PERSON])
    assert "<dm:note>加油站后面 &lt;二楼&gt;</dm:note>" in text
    (again,) = back(spot)
    assert (again.method, again.provided_by, again.latitude) == ("Manual", "li", spot.latitude)
