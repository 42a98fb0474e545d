# ruff: noqa: E501 (a body is read more easily in one line)
"""A table of shapes as senders really write them, and what each says: written from RFC 5491, RFC 4119 and GML 3.1
before it was run.
"""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing.location_bodies import holds, shown

G = 'xmlns:gml="http://www.opengis.net/gml"'
GS = f'{G} xmlns:gs="http://www.opengis.net/pidflo/1.0"'
FLAT, HIGH = "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::4979"
M, DEG, RAD = (f'uom="urn:ogc:def:uom:EPSG::{code}"' for code in (9001, 9102, 9101))
WGS = {"datum": "WGS-84"}


def presence(shape: str) -> str:
    """The shortest document that holds it, with prefixes of nobody's habit."""
    return (
        '<p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="pres:a@b.example"><p:tuple id="x"><p:status>'
        '<geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><location-info>'
        f"{shape}</location-info><usage-rules/></geopriv></p:status></p:tuple></p:presence>"
    )


def point(pos: str, srs: str = f'srsName="{FLAT}"') -> str:
    return f"<gml:Point {G} {srs}><gml:pos>{pos}</gml:pos></gml:Point>"


def at(shape: str, lat: float, lon: float, **more: Any) -> dict[str, Any]:
    return {"shape": shape, "lat": lat, "lon": lon, **more, **WGS, "element": "tuple"}


POINTS: list[tuple[str, str, dict[str, Any]]] = [
    ("two dimensions", point("-34.407 150.88001"), at("point", -34.407, 150.88001)),
    (
        "three dimensions",
        point("-34.407 150.88001 34.0", f'srsName="{HIGH}"'),
        at("point", -34.407, 150.88001, altitude_m=34.0),
    ),
    ("below the sea", point("31.2 121.4 -12.5", f'srsName="{HIGH}"'), at("point", 31.2, 121.4, altitude_m=-12.5)),
    ("blanks of all kinds", point("\n\t 31.2304\n\t  121.4737 \r\n"), at("point", 31.2304, 121.4737)),
    ("an exponent", point("3.12304e1 1.214737E+2"), at("point", 31.2304, 121.4737)),
    ("plus signs", point("+31.2304 +121.4737"), at("point", 31.2304, 121.4737)),
    ("whole degrees", point("31 121"), at("point", 31.0, 121.0)),
    ("the equator and the meridian", point("0 0"), at("point", 0.0, 0.0)),
    ("the pole and the date line", point("-90 180"), at("point", -90.0, 180.0)),
    ("the older urn", point("31.2 121.4", 'srsName="urn:EPSG:geographicCRS:4326"'), at("point", 31.2, 121.4)),
    ("a versioned urn", point("31.2 121.4", 'srsName="urn:ogc:def:crs:EPSG:6.6:4326"'), at("point", 31.2, 121.4)),
    ("an http name", point("31.2 121.4", 'srsName="http://www.opengis.net/def/crs/EPSG/0/4326"'),
     at("point", 31.2, 121.4)),
    ("the short name", point("31.2 121.4", 'srsName="EPSG:4326"'), at("point", 31.2, 121.4)),
    ("small letters", point("31.2 121.4", 'srsName="epsg:4326"'), at("point", 31.2, 121.4)),
    ("a fragment", point("31.2 121.4", 'srsName="http://www.opengis.net/gml/srs/epsg.xml#4326"'),
     at("point", 31.2, 121.4)),
    ("a bare code", point("31.2 121.4", 'srsName="4326"'), at("point", 31.2, 121.4)),
    ("the frame's own name", point("31.2 121.4", 'srsName="WGS84"'), at("point", 31.2, 121.4)),
    ("the name on the position", f'<gml:Point {G}><gml:pos srsName="{FLAT}">31.2 121.4</gml:pos></gml:Point>',
     at("point", 31.2, 121.4)),
    ("other attributes", f'<gml:Point {G} gml:id="p" srsName="{FLAT}" srsDimension="2"><gml:pos srsDimension="2">'
     "31.2 121.4</gml:pos></gml:Point>", at("point", 31.2, 121.4)),
    ("no prefix at all", f'<Point xmlns="http://www.opengis.net/gml" srsName="{FLAT}"><pos>31.2 121.4</pos></Point>',
     at("point", 31.2, 121.4)),
    ("gml 3.2", f'<g:Point xmlns:g="http://www.opengis.net/gml/3.2" srsName="{FLAT}"><g:pos>31.2 121.4</g:pos>'
     "</g:Point>", at("point", 31.2, 121.4)),
    ("a comment within the number's element", point("31.2 <!-- north --> 121.4"), at("point", 31.2, 121.4)),
    ("characters by number", point("31&#46;2&#x20;121.4"), at("point", 31.2, 121.4)),
    ("a wrapper of gml 3.0", '<gml:location xmlns:gml="urn:opengis:specification:gml:schema-xsd:feature:v3.0">'
     '<gml:Point gml:id="point1" srsName="epsg:4326"><gml:coordinates>31:14:06N 121:30E</gml:coordinates>'
     "</gml:Point></gml:location>", at("point", 31.235, 121.5)),
    ("sexagesimal in the south west", '<gml:location xmlns:gml="urn:opengis:specification:gml:schema-xsd:feature:'
     'v3.0"><gml:Point srsName="epsg:4326"><gml:coordinates>37:30S 122:15W</gml:coordinates></gml:Point>'
     "</gml:location>", at("point", -37.5, -122.25)),
    ("old coordinates", f'<gml:Point {G} srsName="{FLAT}"><gml:coordinates>31.2,121.4</gml:coordinates></gml:Point>',
     at("point", 31.2, 121.4)),
    ("China's own frame", point("31.2 121.4", 'srsName="urn:ogc:def:crs:EPSG::4490"'),
     at("point", 31.2, 121.4) | {"datum": "CGCS2000"}),
]  # fmt: skip

ROUND: list[tuple[str, str, dict[str, Any]]] = [
    ("a circle", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>42.5463 -73.2512</gml:pos>'
     f"<gs:radius {M}>850.24</gs:radius></gs:Circle>", at("circle", 42.5463, -73.2512, radius_m=850.24)),
    ("metres by a short name", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>42.5 -73.2</gml:pos>'
     '<gs:radius uom="m">9</gs:radius></gs:Circle>', at("circle", 42.5, -73.2, radius_m=9.0)),
    ("metres by an http name", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>42.5 -73.2</gml:pos>'
     '<gs:radius uom="http://www.opengis.net/def/uom/EPSG/0/9001">9</gs:radius></gs:Circle>',
     at("circle", 42.5, -73.2, radius_m=9.0)),
    ("the radius first", f'<gs:Circle {GS} srsName="{FLAT}"><gs:radius {M}>1e2</gs:radius>'
     "<gml:pos>42.5 -73.2</gml:pos></gs:Circle>", at("circle", 42.5, -73.2, radius_m=100.0)),
    ("a point in the circle", f'<gs:Circle {GS} srsName="{FLAT}"><gml:Point><gml:pos>42.5 -73.2</gml:pos></gml:Point>'
     f"<gs:radius {M}>9</gs:radius></gs:Circle>", at("circle", 42.5, -73.2, radius_m=9.0)),
    ("a sphere", f'<gs:Sphere {GS} srsName="{HIGH}"><gml:pos>42.5463 -73.2512 26.3</gml:pos>'
     f"<gs:radius {M}>850.24</gs:radius></gs:Sphere>",
     at("sphere", 42.5463, -73.2512, radius_m=850.24, altitude_m=26.3)),
    ("an ellipse", f'<gs:Ellipse {GS} srsName="{FLAT}"><gml:pos>42.5463 -73.2512</gml:pos>'
     f"<gs:semiMajorAxis {M}>1275</gs:semiMajorAxis><gs:semiMinorAxis {M}>670</gs:semiMinorAxis>"
     f"<gs:orientation {DEG}>43.2</gs:orientation></gs:Ellipse>",
     at("ellipse", 42.5463, -73.2512, semi_major_m=1275.0, semi_minor_m=670.0, orientation_deg=43.2)),
    ("an ellipsoid", f'<gs:Ellipsoid {GS} srsName="{HIGH}"><gml:pos>42.5463 -73.2512 26.3</gml:pos>'
     f"<gs:semiMajorAxis {M}>7.7156</gs:semiMajorAxis><gs:semiMinorAxis {M}>3.31</gs:semiMinorAxis>"
     f"<gs:verticalAxis {M}>28.7</gs:verticalAxis><gs:orientation {DEG}>90</gs:orientation></gs:Ellipsoid>",
     at("ellipsoid", 42.5463, -73.2512, semi_major_m=7.7156, semi_minor_m=3.31, orientation_deg=90.0,
        vertical_axis_m=28.7, altitude_m=26.3)),
    ("an arc band", f'<gs:ArcBand {GS} srsName="{FLAT}"><gml:pos>42.5463 -73.2512</gml:pos>'
     f"<gs:innerRadius {M}>1661.55</gs:innerRadius><gs:outerRadius {M}>2215.4</gs:outerRadius>"
     f"<gs:startAngle {DEG}>266</gs:startAngle><gs:openingAngle {DEG}>120</gs:openingAngle></gs:ArcBand>",
     at("arc_band", 42.5463, -73.2512, inner_radius_m=1661.55, outer_radius_m=2215.4, start_deg=266.0,
        opening_deg=120.0)),
    ("an arc band in radians", f'<gs:ArcBand {GS} srsName="{FLAT}"><gml:pos>42.5 -73.2</gml:pos>'
     f"<gs:innerRadius {M}>0</gs:innerRadius><gs:outerRadius {M}>500</gs:outerRadius>"
     f"<gs:startAngle {RAD}>0</gs:startAngle><gs:openingAngle {RAD}>3.141592653589793</gs:openingAngle>"
     "</gs:ArcBand>",
     at("arc_band", 42.5, -73.2, inner_radius_m=0.0, outer_radius_m=500.0, start_deg=0.0, opening_deg=180.0)),
    ("degrees by their other code", f'<gs:Ellipse {GS} srsName="{FLAT}"><gml:pos>42.5 -73.2</gml:pos>'
     f"<gs:semiMajorAxis {M}>10</gs:semiMajorAxis><gs:semiMinorAxis {M}>10</gs:semiMinorAxis>"
     '<gs:orientation uom="urn:ogc:def:uom:EPSG::9122">0</gs:orientation></gs:Ellipse>',
     at("ellipse", 42.5, -73.2, semi_major_m=10.0, semi_minor_m=10.0, orientation_deg=0.0)),
]  # fmt: skip

RING = [[42.556844, -73.248157], [42.549631, -73.237283], [42.539087, -73.240328], [42.556844, -73.248157]]
LIST = " ".join(f"{lat} {lon}" for lat, lon in RING)
LIST_3D = "\n".join(f"{lat} {lon} 36.6" for lat, lon in RING)
LINEAR = "<gml:exterior><gml:LinearRing>{}</gml:LinearRing></gml:exterior>"


def ring(inner: str, srs: str = f'srsName="{FLAT}"') -> str:
    return f"<gml:Polygon {G} {srs}>{LINEAR.format(inner)}</gml:Polygon>"


def prism(base: str) -> str:
    return (
        f'<gs:Prism {GS} srsName="{HIGH}"><gs:base>{base}</gs:base><gs:height {M}>2.4</gs:height></gs:Prism>'
    )


def ground(shape: str, **more: Any) -> dict[str, Any]:
    return {"shape": shape, "points": RING, **more, **WGS, "element": "tuple"}


POSITIONS = "".join(f"<gml:pos>{lat} {lon}</gml:pos>" for lat, lon in RING)
POSITIONS_3D = "".join(f"<gml:pos>{lat} {lon} 36.6</gml:pos>" for lat, lon in RING)
RINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("a polygon of positions", ring(POSITIONS), ground("polygon")),
    ("a polygon of a list", ring(f"<gml:posList>\n {LIST} \n</gml:posList>"), ground("polygon")),
    ("a list that tells its dimension", ring(f'<gml:posList srsDimension="2">{LIST}</gml:posList>'),
     ground("polygon")),
    ("a list that counts", ring(f'<gml:posList count="4">{LIST}</gml:posList>'), ground("polygon")),
    ("points as properties", ring("".join(f"<gml:pointProperty><gml:Point><gml:pos>{lat} {lon}</gml:pos></gml:Point>"
     "</gml:pointProperty>" for lat, lon in RING)), ground("polygon")),
    ("old coordinates", ring(f"<gml:coordinates>{' '.join(f'{lat},{lon}' for lat, lon in RING)}</gml:coordinates>"),
     ground("polygon")),
    ("the boundary of gml 2", f'<gml:Polygon {G} srsName="{FLAT}"><gml:outerBoundaryIs><gml:LinearRing>{POSITIONS}'
     "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>", ground("polygon")),
    ("a polygon in three dimensions", ring(POSITIONS_3D, f'srsName="{HIGH}"'), ground("polygon", altitude_m=36.6)),
    ("a list in three dimensions", ring(f"<gml:posList>{LIST_3D}</gml:posList>", f'srsName="{HIGH}"'),
     ground("polygon", altitude_m=36.6)),
    ("a list that has heights its frame has not", ring(f"<gml:posList>{LIST_3D}</gml:posList>"),
     ground("polygon", altitude_m=36.6)),
    ("a prism", prism(ring(f"<gml:posList>{LIST_3D}</gml:posList>", "")),
     ground("prism", height_m=2.4, altitude_m=36.6)),
    ("a prism of positions", prism(ring(POSITIONS_3D, "")), ground("prism", height_m=2.4, altitude_m=36.6)),
    ("a prism with both frames told", prism(ring(POSITIONS_3D, f'srsName="{HIGH}"')),
     ground("prism", height_m=2.4, altitude_m=36.6)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "expected"), [case[1:] for case in (*POINTS, *ROUND, *RINGS)],
    ids=[case[0] for case in (*POINTS, *ROUND, *RINGS)],
)  # fmt: skip
def test_a_shape_says_this_and_nothing_else(shape: str, expected: dict[str, Any]) -> None:
    holds(presence(shape), "pidf-lo", expected)


def test_a_list_without_the_heights_of_its_frame_is_read_and_told() -> None:
    shape = ring(f"<gml:posList>{LIST}</gml:posList>", f'srsName="{HIGH}"')
    holds(presence(shape), "pidf-lo", ground("polygon"), errors=["without an altitude"])


def test_a_ring_of_many_corners_is_read_up_to_its_limit() -> None:
    corners = [f"31.{n:04} 121.{n * n % 9999:04}" for n in range(1, 501)]
    shape = ring(f"<gml:posList>{' '.join((*corners, corners[0]))}</gml:posList>")
    assert len(shown(presence(shape))["locations"][0]["points"]) == 501
    shape = ring(f"<gml:posList>{' '.join((*corners, '32 122', corners[0]))}</gml:posList>")
    holds(presence(shape), "pidf-lo", errors=["more than 500 corners"])


BROKEN: list[tuple[str, str, str]] = [
    ("a comma between", point("31.2,121.4"), "comma"),
    ("a comma and a blank", point("31.2, 121.4"), "comma"),
    ("decimal commas", point("31,2304 121,4737"), "comma"),
    ("a Chinese comma", point("31.2，121.4"), "comma"),
    ("exchanged in the east", point("121.4737 31.2304"), "swapped"),
    ("exchanged in the far west", point("87.6168 43.8256"), "swapped"),
    ("not a number", point("NaN NaN"), "not a number"),
    ("infinite", point("INF 121.4"), "not a number"),
    ("latitude 95", point("95 121.4"), "latitude 95"),
    ("longitude 181", point("31.2 181"), "longitude 181"),
    ("one number", point("31.2"), "1 numbers"),
    ("four numbers", point("31.2 121.4 1 2"), "4 numbers"),
    ("no position", f'<gml:Point {G} srsName="{FLAT}"/>', "no position"),
    ("an empty position", point(""), "no position"),
    ("two positions", f'<gml:Point {G} srsName="{FLAT}"><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:Point>',
     "2 positions"),
    ("wide digits", point("３１.２ １２１.４"), "not a number"),
    ("a frame nobody knows", point("31.2 121.4", 'srsName="urn:ogc:def:crs:EPSG::3857"'), "coordinate system"),
    ("longitude first by its frame", point("121.4 31.2", 'srsName="urn:ogc:def:crs:OGC:1.3:CRS84"'),
     "coordinate system"),
    ("a shape nobody knows", f"<gs:Hexagon {GS}><gml:pos>31.2 121.4</gml:pos></gs:Hexagon>", "Hexagon"),
    ("a line", f'<gml:LineString {G} srsName="{FLAT}"><gml:posList>1 2 3 4</gml:posList></gml:LineString>',
     "LineString"),
    ("no radius", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos></gs:Circle>', "no radius"),
    ("a negative radius", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos>'
     f"<gs:radius {M}>-5</gs:radius></gs:Circle>", "-5"),
    ("a radius that is no number", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos>'
     f"<gs:radius {M}>NaN</gs:radius></gs:Circle>", "not a number"),
    ("feet", f'<gs:Circle {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos>'
     '<gs:radius uom="urn:ogc:def:uom:EPSG::9002">30</gs:radius></gs:Circle>', "unit"),
    ("an ellipse with one axis", f'<gs:Ellipse {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos>'
     f"<gs:semiMajorAxis {M}>10</gs:semiMajorAxis><gs:orientation {DEG}>0</gs:orientation></gs:Ellipse>",
     "semiMinorAxis"),
    ("an arc band inside out", f'<gs:ArcBand {GS} srsName="{FLAT}"><gml:pos>31.2 121.4</gml:pos>'
     f"<gs:innerRadius {M}>900</gs:innerRadius><gs:outerRadius {M}>500</gs:outerRadius>"
     f"<gs:startAngle {DEG}>0</gs:startAngle><gs:openingAngle {DEG}>90</gs:openingAngle></gs:ArcBand>",
     "larger than"),
    ("a ring that is open", ring(f"<gml:posList>{LIST} 42.5 -73.2</gml:posList>"), "not closed"),
    ("a ring of two corners", ring("<gml:posList>1 2 3 4 1 2</gml:posList>"), "2 corners"),
    ("an odd list", ring(f"<gml:posList>{LIST} 42.5</gml:posList>"), "9 numbers"),
    ("an empty list", ring("<gml:posList/>"), "no corner"),
    ("a list with commas", ring(f"<gml:posList>{','.join(LIST.split())}</gml:posList>"), "comma"),
    ("a corner that is nowhere", ring("<gml:posList>31 121 31 121.1 95 121.1 31 121</gml:posList>"), "95"),
    ("a prism without its height", f'<gs:Prism {GS} srsName="{HIGH}"><gs:base>{ring(POSITIONS_3D, "")}</gs:base>'
     "</gs:Prism>", "no height"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "told"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_shape_that_cannot_be_used_is_told_once_and_with_its_place(shape: str, told: str) -> None:
    holds(presence(shape), "pidf-lo", errors=(told,))
