"""Locations as res_geolocation hands them over."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from gateway.location import asterisk
from gateway.location.bodies.civic import MAX_CIVIC
from gateway.location.model import Datum, Location, LocationRefusal, Shape

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def read(info: str, form: str = "GML", **more: str) -> Location | LocationRefusal:
    return asterisk.fix({"GeoFormat": form, "GeoInfo": info, **more}, obtained_at=NOW)


def fix(info: str, form: str = "GML", **more: str) -> Location:
    found = read(info, form, **more)
    assert isinstance(found, Location), found
    return found


@pytest.mark.parametrize(
    ("shape", "radius"),
    [
        ('shape="Point",crs="2d",pos="31.2304 121.4737"', None),
        ('shape="Circle",crs="2d",pos="31.2304 121.4737",radius="50"', 50.0),
        ('shape="Sphere",crs="3d",pos="31.2304 121.4737 12",radius="60.5"', 60.5),
        (
            'shape="Ellipse",crs="2d",pos="31.2304 121.4737",'
            'semiMajorAxis="80",semiMinorAxis="20",orientation="5"',
            80.0,
        ),
        (
            'shape="Ellipsoid",crs="3d",pos="31.2304 121.4737 4",'
            'semiMajorAxis="90",semiMinorAxis="2",verticalAxis="9"',
            90.0,
        ),
    ],
)
def test_a_shape_becomes_a_centre_and_the_radius_that_holds_it(shape: str, radius: float | None) -> None:
    found = fix(shape)
    assert (found.latitude, found.longitude, found.datum) == (31.2304, 121.4737, Datum.WGS_84)
    assert found.uncertainty_m == radius


def test_a_polygon_is_held_by_a_circle_round_its_middle() -> None:
    found = fix(
        'shape="Polygon",crs="2d",posList="31.0 121.0 31.0 121.002 31.002 121.002 31.002 121.0 31.0 121.0"'
    )
    assert (found.latitude, found.longitude) == pytest.approx((31.001, 121.001))
    assert found.uncertainty_m == pytest.approx(146, abs=2)


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ('shape="ArcBand",pos="31 121"', "ArcBand not read: no innerRadius"),
        ('shape="Circle",pos="31 121",radius="-1"', "Circle not read: radius is -1 m"),
        ('shape="Circle",pos="31 121",radius="9e99"', "Circle not read: radius is 9e+99 m"),
        ('shape="Circle",pos="31 121"', "Circle not read: no radius"),
        ('shape="Point",pos="nan 121"', "Point not read: not a number: 'nan'"),
        ('shape="Point",pos="31"', "Point not read: 1 numbers"),
        ('shape="Point",pos="91 121"', "Point not read: latitude 91 is beyond 90"),
        (
            'shape="Point",pos="121.47 31.23"',
            "Point not read: latitude 121.47 is beyond 90 degrees: latitude and",
        ),
        ('shape="Point",crs="EPSG:2437",pos="31 121"', "Point not read: unknown coordinate system"),
        ('shape="Polygon",posList="31 121 32 122"', "Polygon not read: the ring is not closed"),
        ("", "unknown shape ''"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(info: str, reason: str) -> None:
    refusal = read(info)
    assert isinstance(refusal, LocationRefusal)
    assert refusal.reason.startswith(reason)


def test_a_civic_address_in_chinese() -> None:
    found = fix(
        'lang="zh",country="CN",A1="上海市",A3="黄浦区",RD="人民大道",HNO="200号",FLR="3"', "civicAddress"
    )
    assert found.civic == (
        ("A1", "上海市"),
        ("A3", "黄浦区"),
        ("RD", "人民大道"),
        ("HNO", "200号"),
        ("FLR", "3"),
    )
    assert found.latitude is None


def test_an_address_of_many_elements_is_bounded() -> None:
    text = ",".join(f'X{n}="{n}"' for n in range(100))
    assert len(fix(text, "civicAddress").civic) == MAX_CIVIC


def test_a_location_that_was_cut_keeps_what_is_whole() -> None:
    assert fix('A1="上海市",RD="人民大', "civicAddress").civic == (("A1", "上海市"),)


@pytest.mark.parametrize(
    ("form", "info"), [("civicAddress", 'lang="zh"'), ("URI", 'URI="https://lis.invalid"'), ("?", "")]
)
def test_empty_addresses_references_and_unknown_forms_are_refused(form: str, info: str) -> None:
    assert isinstance(read(info, form), LocationRefusal)


def test_the_effective_location_goes_before_the_sent_one() -> None:
    found = fix('shape="Point",pos="1 1"', GeoEff='shape="Point",pos="31 121"')
    assert found.latitude == 31


def test_method_source_and_confidence_stand_beside_it() -> None:
    found = fix(
        'shape="Circle",pos="31 121",radius="50"',
        GeoMethod="Cell",
        GeoSource="lis",
        GeoConf='value="80",pdf="normal"',
    )
    assert (found.method, found.provided_by, found.confidence_percent) == ("Cell", "lis", 95.0)
    assert found.uncertainty_m == pytest.approx(50 * 2.2365 / 1.6153, rel=0.01)
    assert fix('shape="Point",pos="31 121"', GeoConf='value="0"').confidence_percent == 95.0


def test_an_arc_band_is_held_by_a_circle_that_its_mast_is_outside_of() -> None:
    found = fix(
        'shape="ArcBand",crs="2d",pos="31.2304 121.4737",innerRadius="800",outerRadius="1200",'
        'startAngle="330 degrees",openingAngle="1.0472 radians"'
    )
    assert found.extent is not None
    assert (found.extent.shape, found.extent.opening_deg) == (Shape.ARC_BAND, pytest.approx(60, abs=0.01))
    assert found.longitude == pytest.approx(121.4737, abs=1e-4)
    assert found.latitude is not None
    assert found.latitude > 31.2304 + 800 / 111_320
    assert found.uncertainty_m == pytest.approx(600, abs=20)


def test_a_prism_has_repeated_positions_an_altitude_and_a_height() -> None:
    corners = ",".join(
        f'pos="{pair} 8"' for pair in ("31.23 121.47", "31.23 121.472", "31.232 121.472", "31.23 121.47")
    )
    found = fix(f'shape="Prism",crs="3d",{corners},height="6"')
    assert found.extent is not None
    assert (found.altitude_m, found.extent.height_m, len(found.extent.points)) == (8.0, 6.0, 4)


def test_a_reference_is_a_stated_place_that_must_be_fetched() -> None:
    fields = {"GeoFormat": "URI", "GeoInfo": 'URI="https://lis.city.example/l/7"'}
    (stated,) = asterisk.read(fields).locations
    assert (stated.shape, stated.uri) == (Shape.REFERENCE, "https://lis.city.example/l/7")
    refusal = asterisk.fix(fields, obtained_at=NOW)
    assert isinstance(refusal, LocationRefusal)
    assert refusal.reason == "a location by reference: it must be fetched"


def test_the_same_text_is_the_same_fix() -> None:
    assert fix('shape="Point",pos="31 121"').location_id == fix('shape="Point",pos="31 121"').location_id
    assert fix('shape="Point",pos="31 121"').location_id != fix('shape="Point",pos="31 122"').location_id


def test_a_field_that_is_one_long_word_takes_no_more_than_its_share_of_time() -> None:
    """What grows with the square of the length would take a minute here."""
    began = time.process_time()
    reading = asterisk.read({"GeoFormat": "GML", "GeoInfo": "a" * 400_000})
    assert reading.faults
    assert time.process_time() - began < 2
