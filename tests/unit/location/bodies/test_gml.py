"""The shapes of RFC 5491: what is read, what is read and told, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing import location_bodies as bodies


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (bodies.POINT, {"shape": "point"}),
        (bodies.CIRCLE, {"shape": "circle", "radius_m": 50.0}),
        (bodies.SPHERE, {"shape": "sphere", "radius_m": 60.5, "altitude_m": 12.5}),
        (
            bodies.ELLIPSE,
            {"shape": "ellipse", "semi_major_m": 80.0, "semi_minor_m": 20.0, "orientation_deg": 35.0},
        ),
        (
            bodies.ELLIPSOID,
            {
                "shape": "ellipsoid",
                "semi_major_m": 77.0,
                "semi_minor_m": 69.0,
                "orientation_deg": 90.0,
                "vertical_axis_m": 15.0,
                "altitude_m": 26.3,
            },
        ),
        (
            bodies.ARC_BAND,
            {
                "shape": "arc_band",
                "inner_radius_m": 800.0,
                "outer_radius_m": 1200.0,
                "start_deg": 330.0,
                "opening_deg": 60.0,
            },
        ),
    ],
)
def test_a_shape_with_a_centre_is_read_with_all_its_measures(body: str, expected: dict[str, Any]) -> None:
    assert bodies.one(bodies.document(body)) == expected | {
        "lat": 31.2304,
        "lon": 121.4737,
        "datum": "WGS-84",
        "method": "Cell",
        "obtained_at": "2026-11-27T10:00:00+08:00",
        "expires_at": "2027-01-01T00:00:00Z",
        "element": "tuple",
    }


def test_a_polygon_has_its_corners_with_the_first_one_again_at_the_end() -> None:
    found = bodies.one(bodies.document(bodies.POLYGON))
    assert found["points"] == [
        [31.23, 121.47],
        [31.23, 121.472],
        [31.232, 121.472],
        [31.232, 121.47],
        [31.23, 121.47],
    ]
    assert "lat" not in found
    assert "altitude_m" not in found


def test_a_prism_has_flat_corners_an_altitude_and_a_height() -> None:
    found = bodies.one(bodies.document(bodies.PRISM))
    assert (found["shape"], found["altitude_m"], found["height_m"]) == ("prism", 8.0, 6.0)
    assert found["points"][0] == found["points"][-1] == [31.23, 121.47]
    assert {len(point) for point in found["points"]} == {2}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (bodies.POINT.replace("31.2304 121.4737", "31.2304, 121.4737"), "a comma in"),
        (bodies.POINT.replace("31.2304 121.4737", "31,2304 121,4737"), "a comma in"),
        (bodies.POINT.replace("31.2304 121.4737", "121.4737 31.2304"), "look swapped"),
        (bodies.POINT.replace("31.2304 121.4737", "87.6168 43.8256"), "look swapped"),
        (bodies.POINT.replace("31.2304", "95"), "latitude 95 is beyond 90 degrees"),
        (bodies.POINT.replace("121.4737", "181"), "longitude 181 is beyond"),
        (bodies.POINT.replace("31.2304", "NaN"), "not a number: 'NaN'"),
        (bodies.POINT.replace("31.2304", "INF"), "not a number: 'INF'"),
        (bodies.POINT.replace("31.2304", "1e400"), "not a number"),
        (bodies.POINT.replace("31.2304", "３１.2"), "not a number"),
        (bodies.POINT.replace("31.2304", "3_1.2"), "not a number"),
        (bodies.POINT.replace("31.2304 121.4737", "31.2304"), "1 numbers where"),
        (bodies.POINT.replace("31.2304 121.4737", ""), "no position"),
        (bodies.POINT.replace("::4326", "::3857"), "unknown coordinate system"),
        (bodies.POINT.replace("gml:Point", "gml:LineString"), "unknown shape 'LineString'"),
        (bodies.CIRCLE.replace(">50<", ">-50<"), "radius is -50 m"),
        (bodies.CIRCLE.replace(">50<", "><"), "no radius"),
        (bodies.CIRCLE.replace("9001", "9036"), "radius has the unit"),
        (bodies.CIRCLE.replace(">50<", ">9e9<"), "radius is 9e+09 m"),
        (bodies.ARC_BAND.replace(">800<", ">8000<"), "innerRadius 8000 is larger"),
        (bodies.ARC_BAND.replace(">60<", ">-60<"), "openingAngle -60 is negative"),
        (bodies.ARC_BAND.replace(">330<", ">730<"), "startAngle is 730"),
        (bodies.ARC_BAND.replace("9102", "9002"), "startAngle has the unit"),
        (bodies.POLYGON.replace("31.23 121.47</gml", "31.23 121.471</gml"), "the ring is not closed"),
        (bodies.POLYGON.replace("31.23 121.47 31", "31.23 31"), "9 numbers in posList"),
        (bodies.POLYGON.replace(bodies.SQUARE, "31 121 31 122 31 121"), "a polygon of 2 corners"),
        (bodies.POLYGON.replace(bodies.SQUARE, "31 121 " * 999), "more than 500 corners"),
        (bodies.POLYGON.replace(bodies.SQUARE, ""), "no corner"),
        (bodies.POLYGON.replace("121.472", "121,472"), "a comma in"),
        ("<ca:civicAddress/>", "an empty civic address"),
        ("", "an empty location-info"),
    ],
)
def test_what_cannot_be_used_is_told_and_another_place_of_the_body_counts(broken: str, told: str) -> None:
    body = bodies.presence(bodies.in_tuple(bodies.info(broken)), bodies.in_tuple(bodies.info(bodies.CIRCLE)))
    found = bodies.shown(body)
    assert [place["shape"] for place in found["locations"]] == ["circle"]
    assert [error for error in found["errors"] if told in error["what"]], found["errors"]
    assert "line 2" in found["errors"][0]["where"]


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (bodies.CIRCLE.replace(f' srsName="{bodies.EPSG_2D}"', ""), "no srsName"),
        (bodies.CIRCLE.replace(f' uom="{bodies.METRE}"', ""), "radius has no unit"),
        (bodies.CIRCLE.replace("gs:", "wild:"), "the prefix 'wild' is not declared"),
    ],
)
def test_what_can_be_meant_in_one_way_only_is_read_and_told(odd: str, told: str) -> None:
    found = bodies.shown(bodies.document(odd))
    assert found["locations"][0]["radius_m"] == 50.0
    assert found["locations"][0]["datum"] == "WGS-84"
    assert told in found["errors"][0]["what"]


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("urn:ogc:def:crs:EPSG::4326", "WGS-84"),
        ("urn:ogc:def::crs:EPSG::4326", "WGS-84"),
        ("urn:ogc:def:crs:EPSG:6.6:4326", "WGS-84"),
        ("epsg:4326", "WGS-84"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", "WGS-84"),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", "WGS-84"),
        ("urn:ogc:def:crs:EPSG::4490", "CGCS2000"),
        ("urn:x-city:GCJ-02", "GCJ-02"),
    ],
)
def test_the_frame_is_known_by_many_names(name: str, datum: str) -> None:
    assert bodies.one(bodies.document(bodies.POINT.replace(bodies.EPSG_2D, name)))["datum"] == datum


def test_the_shapes_may_stand_in_the_gml_namespace_and_have_older_forms() -> None:
    circle = bodies.CIRCLE.replace("gs:", "gml:")
    assert bodies.one(bodies.document(circle))["radius_m"] == 50.0
    old = (
        '<gml:location><gml:Point gml:id="p" srsName="epsg:4326">'
        "<gml:coordinates>31:13:49.44N 121:28:25.32E</gml:coordinates></gml:Point></gml:location>"
    )
    found = bodies.one(bodies.document(old))
    assert (found["lat"], found["lon"]) == pytest.approx((31.2304, 121.4737))
    pairs = "31.23,121.47 31.23,121.472 31.232,121.472 31.23,121.47"
    ring = bodies.POLYGON.replace("posList", "coordinates").replace(bodies.SQUARE, pairs)
    assert len(bodies.one(bodies.document(ring))["points"]) == 4
    single = "".join(f"<gml:pos>{pair.replace(',', ' ')}</gml:pos>" for pair in pairs.split())
    ring = bodies.POLYGON.replace(f"<gml:posList>{bodies.SQUARE}</gml:posList>", single)
    assert len(bodies.one(bodies.document(ring))["points"]) == 4


def test_an_angle_in_radians_becomes_degrees() -> None:
    found = bodies.one(
        bodies.document(bodies.ELLIPSE.replace(f'{bodies.DEGREE}">35', f'{bodies.RADIAN}">1.5708'))
    )
    assert found["orientation_deg"] == pytest.approx(90, abs=0.01)


def test_a_circle_with_an_altitude_keeps_it() -> None:
    assert (
        bodies.one(bodies.document(bodies.CIRCLE.replace("121.4737", "121.4737 20.7")))["altitude_m"] == 20.7
    )


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (bodies.ELLIPSE.replace(">20<", ">200<"), "semiMinorAxis 200 is longer"),
        (bodies.ELLIPSE.replace(f' uom="{bodies.DEGREE}"', ""), "orientation has no unit"),
        (bodies.SPHERE.replace("121.4737 12.5", "121.4737"), "read without an altitude"),
        (
            bodies.POLYGON.replace(
                "</gml:Polygon>",
                f"<gml:interior><gml:posList>{bodies.SQUARE}</gml:posList></gml:interior></gml:Polygon>",
            ),
            "a hole (interior) is not read",
        ),
    ],
)
def test_what_is_odd_but_leaves_the_place_clear_is_read_and_told(odd: str, told: str) -> None:
    found = bodies.shown(bodies.document(odd))
    assert len(found["locations"]) == 1
    assert told in found["errors"][0]["what"]
    assert len(found["locations"][0].get("points", [0] * 5)) == 5


def test_an_ellipse_without_an_orientation_points_north_and_that_is_told() -> None:
    odd = bodies.ELLIPSE.replace(f'<gs:orientation uom="{bodies.DEGREE}">35</gs:orientation>', "")
    found = bodies.shown(bodies.document(odd))
    assert found["locations"][0]["orientation_deg"] == 0.0
    assert found["errors"][0]["what"] == "no orientation; read as 0 degrees"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (bodies.POINT.replace("<gml:pos>", "<gml:pos>31 121</gml:pos><gml:pos>"), "2 positions where one"),
        (bodies.SPHERE.replace("12.5", "900000"), "an altitude of 900000 m"),
        (bodies.CIRCLE.replace("</gs:Circle>", "<gs:radius>9</gs:radius></gs:Circle>"), "2 different values"),
        (
            bodies.POLYGON.replace("posList", "coordinates").replace(bodies.SQUARE, "31,121 " * 999),
            "more than 500 corners",
        ),
        (
            bodies.POINT.replace("gml:pos", "gml:coordinates").replace(
                "31.2304 121.4737", "31:99:00N 121:0:0E"
            ),
            "minutes and seconds end at 60",
        ),
    ],
)
def test_what_says_two_things_or_nothing_possible_is_refused(broken: str, told: str) -> None:
    found = bodies.shown(bodies.document(broken))
    assert found["locations"] == []
    assert told in found["errors"][0]["what"], found


def test_old_coordinates_may_be_parted_by_a_space() -> None:
    old = bodies.POINT.replace("gml:pos", "gml:coordinates")
    assert bodies.one(bodies.document(old))["lat"] == 31.2304
