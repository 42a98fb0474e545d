"""Any body: its kind, all shapes, order, and what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.location.bodies.gather import MAX_FAULTS, MAX_LOCATIONS
from gateway.location.body import MAX_BODY_BYTES, read
from gateway.location.model import Element, Shape
from gateway.location.shown import as_json
from gateway.testing import location_bodies as bodies


def shown(body: str | bytes, content_type: str | None = None) -> dict[str, Any]:
    data = body.encode() if isinstance(body, str) else body
    found = as_json(read(data, content_type=content_type))
    json.dumps(found, allow_nan=False)
    return found


def one(body: str | bytes) -> dict[str, Any]:
    found = shown(body)
    assert len(found["locations"]) == 1, found
    assert not found["errors"], found
    place: dict[str, Any] = found["locations"][0]
    return place


def document(*places: str, **more: str) -> str:
    return bodies.presence(bodies.in_tuple(bodies.info(*places, **more)))


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
    assert one(document(body)) == expected | {
        "lat": 31.2304,
        "lon": 121.4737,
        "datum": "WGS-84",
        "method": "Cell",
        "obtained_at": "2026-11-27T10:00:00+08:00",
        "expires_at": "2027-01-01T00:00:00Z",
        "element": "tuple",
    }


def test_a_polygon_has_its_corners_with_the_first_one_again_at_the_end() -> None:
    found = one(document(bodies.POLYGON))
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
    found = one(document(bodies.PRISM))
    assert (found["shape"], found["altitude_m"], found["height_m"]) == ("prism", 8.0, 6.0)
    assert found["points"][0] == found["points"][-1] == [31.23, 121.47]
    assert {len(point) for point in found["points"]} == {2}


def test_a_civic_address_keeps_its_chinese_values_and_its_language() -> None:
    found = one(document(bodies.CIVIC))
    assert found["civic"]["RD"] == "人民东路"
    assert list(found["civic"]) == [
        "country",
        "A1",
        "A2",
        "A3",
        "RD",
        "HNO",
        "BLD",
        "UNIT",
        "FLR",
        "ROOM",
        "NAM",
    ]
    assert found["language"] == "zh-CN"
    assert "datum" not in found


def test_elements_of_rfc_6848_and_of_an_operator_stand_under_their_local_names() -> None:
    civic = (
        '<ca:civicAddress xmlns:e="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext" xmlns:op="urn:x:op">'
        "<ca:A3>滨江区</ca:A3><e:PN>7</e:PN><e:MP>K12+300</e:MP><e:STP>环</e:STP><e:HNP>甲</e:HNP>"
        "<op:GRID>网格03</op:GRID></ca:civicAddress>"
    )
    assert one(document(civic))["civic"] == {
        "A3": "滨江区",
        "PN": "7",
        "MP": "K12+300",
        "STP": "环",
        "HNP": "甲",
        "GRID": "网格03",
    }


def test_a_devices_place_goes_before_a_tuples_and_that_before_a_persons() -> None:
    body = bodies.presence(
        bodies.in_person(bodies.info(bodies.CIVIC)),
        bodies.in_tuple(bodies.info(bodies.POINT)),
        bodies.in_tuple(bodies.info(bodies.CIRCLE)),
        bodies.in_device(bodies.info(bodies.ELLIPSE)),
    )
    found = read(body.encode()).locations
    assert [(place.element, place.shape) for place in found] == [
        (Element.DEVICE, Shape.ELLIPSE),
        (Element.TUPLE, Shape.POINT),
        (Element.TUPLE, Shape.CIRCLE),
        (Element.PERSON, Shape.CIVIC),
    ]


def test_a_shape_and_its_floor_are_two_places_of_one_location_info() -> None:
    floor = "<ca:civicAddress><ca:FLR>11</ca:FLR></ca:civicAddress>"
    found = shown(document(bodies.POINT, floor))["locations"]
    assert [place["shape"] for place in found] == ["point", "civic"]


def test_who_provided_it_comes_from_the_data_by_value_and_is_a_block_too() -> None:
    found = shown(document(bodies.POINT, more=bodies.PROVIDED_BY))
    assert found["locations"][0]["provided_by"] == "临江移动"
    assert found["additional"] == [
        {
            "block": "ProviderInfo",
            "fields": {
                "DataProviderReference": "7f3a@carrier.example",
                "DataProviderString": "临江移动",
                "TypeOfProvider": "Access Network Provider",
                "ContactURI": "tel:+8651012345678",
            },
        }
    ]


def test_who_provided_it_may_be_plain_text() -> None:
    found = one(document(bodies.POINT, more="<gp:provided-by><x>www.carrier.example</x></gp:provided-by>"))
    assert found["provided_by"] == "www.carrier.example"


@pytest.mark.parametrize(
    ("confidence", "expected"), [("67", 67.0), ("99.5", 99.5), ("unknown", None), ("", None)]
)
def test_confidence_is_per_cent_or_absent(confidence: str, expected: float | None) -> None:
    assert one(document(bodies.CIRCLE, confidence=confidence)).get("confidence_percent") == expected


@pytest.mark.parametrize("confidence", ["0", "101", "-5", "sure", "NaN", "9,5"])
def test_a_confidence_that_is_none_is_told_and_the_place_counts(confidence: str) -> None:
    found = shown(document(bodies.CIRCLE, confidence=confidence))
    assert "confidence_percent" not in found["locations"][0]
    assert found["errors"][0]["what"].startswith("confidence not read")


def test_a_bare_shape_is_a_body_too() -> None:
    body = '<Point xmlns="http://www.opengis.net/gml" srsName="EPSG:4326"><pos>31.2 121.4</pos></Point>'
    found = shown(body)
    assert (found["kind"], found["locations"][0]["lat"]) == ("pidf-lo", 31.2)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (bodies.presence(), "pidf-lo"),
        (bodies.held_response(), "held"),
        (bodies.PROVIDER, "additional-data"),
        ("<conference-info/>", "conference-info"),
        ('<findService xmlns="urn:ietf:params:xml:ns:lost1"/>', "lost"),
        ("<html><body/></html>", "unknown"),
        ("hello", "unknown"),
        ("", "unknown"),
        ("{}", "unknown"),
        ("\0\1\2", "unknown"),
        (bodies.presence()[:-30], "pidf-lo"),
        ('<presence xmlns="a"b="c">', "pidf-lo"),
    ],
)
def test_the_kind_is_seen_in_the_bytes(body: str, kind: str) -> None:
    assert shown(body)["kind"] == kind


def test_what_is_not_known_says_so() -> None:
    assert "no kind of body" in shown("hello")["errors"][0]["what"]
    assert shown("<html><body/></html>")["errors"]
    assert shown("{}")["errors"]


def test_a_body_over_the_limit_is_refused_unread() -> None:
    found = shown(b"<presence>" + b" " * 6_000_000)
    assert found["locations"] == []
    assert f"more than {MAX_BODY_BYTES:,}" in found["errors"][0]["what"]


def test_places_and_faults_are_limited_and_the_limit_is_told() -> None:
    many = "".join(
        bodies.in_tuple(bodies.info(bodies.POINT.replace("31.2304", f"31.{n:04}"))) for n in range(1, 99)
    )
    found = read(bodies.presence(many).encode())
    assert len(found.locations) == MAX_LOCATIONS
    assert found.faults[0].what == "64 locations; only the first 32 are read"
    assert "98 location-info; only the first 64" in found.faults[1].what
    broken = bodies.POINT.replace("31.2304", "x")
    faults = read(bodies.presence(*[bodies.in_tuple(bodies.info(broken))] * 99).encode()).faults
    assert len(faults) <= MAX_FAULTS
    assert any("more faults" in fault.what for fault in faults) or len(faults) < MAX_FAULTS


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
        (bodies.POLYGON.replace(bodies.SQUARE, "31 121 " * 99), "more than 64 corners"),
        (bodies.POLYGON.replace(bodies.SQUARE, ""), "no corner"),
        (bodies.POLYGON.replace("121.472", "121,472"), "a comma in"),
        ("<ca:civicAddress/>", "an empty civic address"),
        ("", "an empty location-info"),
    ],
)
def test_what_cannot_be_used_is_told_and_another_place_of_the_body_counts(broken: str, told: str) -> None:
    body = bodies.presence(bodies.in_tuple(bodies.info(broken)), bodies.in_tuple(bodies.info(bodies.CIRCLE)))
    found = shown(body)
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
    found = shown(document(odd))
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
    assert one(document(bodies.POINT.replace(bodies.EPSG_2D, name)))["datum"] == datum


def test_the_shapes_may_stand_in_the_gml_namespace_and_have_older_forms() -> None:
    circle = bodies.CIRCLE.replace("gs:", "gml:")
    assert one(document(circle))["radius_m"] == 50.0
    old = (
        '<gml:location><gml:Point gml:id="p" srsName="epsg:4326">'
        "<gml:coordinates>31:13:49.44N 121:28:25.32E</gml:coordinates></gml:Point></gml:location>"
    )
    found = one(document(old))
    assert (found["lat"], found["lon"]) == pytest.approx((31.2304, 121.4737))
    pairs = "31.23,121.47 31.23,121.472 31.232,121.472 31.23,121.47"
    ring = bodies.POLYGON.replace("posList", "coordinates").replace(bodies.SQUARE, pairs)
    assert len(one(document(ring))["points"]) == 4
    single = "".join(f"<gml:pos>{pair.replace(',', ' ')}</gml:pos>" for pair in pairs.split())
    ring = bodies.POLYGON.replace(f"<gml:posList>{bodies.SQUARE}</gml:posList>", single)
    assert len(one(document(ring))["points"]) == 4


def test_an_angle_in_radians_becomes_degrees() -> None:
    found = one(document(bodies.ELLIPSE.replace(f'{bodies.DEGREE}">35', f'{bodies.RADIAN}">1.5708')))
    assert found["orientation_deg"] == pytest.approx(90, abs=0.01)


def test_a_circle_with_an_altitude_keeps_it() -> None:
    assert one(document(bodies.CIRCLE.replace("121.4737", "121.4737 20.7")))["altitude_m"] == 20.7


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-27T10:00:00", "has no zone"),
        ("yesterday", "not a time"),
        ("", "an empty time"),
        ("2026-13-45T10:00:00Z", "no such time"),
        ("0001-01-01T00:00:00+08:00", "no such time"),
    ],
)
def test_a_time_that_is_none_is_told_and_absent(at: str, told: str) -> None:
    found = shown(bodies.presence(bodies.in_tuple(bodies.info(bodies.POINT), at=at)))
    assert "obtained_at" not in found["locations"][0]
    assert told in found["errors"][0]["what"]


@pytest.mark.parametrize(
    "declared",
    ["GBK", "GB2312", "gb18030", "utf-16", "Big5", "KOI8-R", "klingon", "hex", "punycode", "unicode_escape"],
)
def test_chinese_text_arrives_whatever_its_encoding_says(declared: str) -> None:
    text = document(bodies.CIVIC).replace("UTF-8", declared)
    data = text.encode("gb18030" if declared in ("GBK", "GB2312", "gb18030") else "utf-8")
    if declared == "utf-16":
        data = text.encode("utf-16")
    if declared == "Big5":
        data = text.replace("东", "東").encode("utf-8")
    found = shown(data)
    if declared == "KOI8-R":  # a letter a byte: nothing contradicts the declaration
        assert len(found["locations"]) == 1
    else:
        assert found["locations"][0]["civic"]["RD"] in ("人民东路", "人民東路"), found


def test_utf_8_that_is_chinese_after_all_is_told() -> None:
    found = shown(document(bodies.CIVIC).encode("gb18030"))
    assert found["locations"][0]["civic"]["NAM"] == "望江花园"
    assert "read as gb18030" in found["errors"][0]["what"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_or_wide_characters_are_no_obstacle(mark: str) -> None:
    assert shown(document(bodies.CIVIC).encode(mark))["locations"][0]["civic"]["A3"] == "滨江区"


def test_a_document_that_was_cut_keeps_what_was_whole() -> None:
    body = bodies.presence(
        bodies.in_tuple(bodies.info(bodies.CIRCLE)), bodies.in_tuple(bodies.info(bodies.CIVIC))
    )
    found = shown(body[: body.index("东路")])
    assert [place["shape"] for place in found["locations"]] == ["circle"]
    assert "it ends before its elements do" in found["errors"][-1]["what"]


def test_rubbish_behind_a_document_is_told_and_the_document_counts() -> None:
    found = shown(document(bodies.POINT) + "\r\nACK sip:x SIP/2.0\r\n")
    assert len(found["locations"]) == 1
    assert "malformed XML" in found["errors"][0]["what"]
    assert shown("\r\n\r\n" + document(bodies.POINT))["errors"] == []


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{("&a" + str(n - 1) + ";") * 10 if n else "&a;"}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "start",
    [
        BOMB,
        '<!DOCTYPE presence [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE presence SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE presence PUBLIC "a" "b">',
    ],
)
def test_a_document_type_ends_the_reading(start: str) -> None:
    body = start + bodies.presence(bodies.in_tuple(bodies.info("&a8;&x;" + bodies.POINT)), declared=False)
    for data in (body.encode(), body.encode("utf-16")):
        found = shown(data)
        assert found["locations"] == []
        assert "document type declaration" in found["errors"][0]["what"]


def test_an_entity_that_nobody_declared_is_malformed() -> None:
    found = shown(document("&xxe;", bodies.POINT))
    assert found["locations"] == []
    assert "undefined entity" in found["errors"][0]["what"]


def test_depth_and_number_of_elements_are_limited() -> None:
    deep = shown("<presence>" * 99)
    assert "nested deeper than 48" in deep["errors"][0]["what"]
    wide = shown(bodies.presence(bodies.in_tuple(bodies.info(bodies.POINT)), "<a/>" * 30_000))
    assert len(wide["locations"]) == 1
    assert "more than 20,000 elements" in wide["errors"][0]["what"]
    many = " ".join(f'a{n}="b"' for n in range(99))
    assert "more than 64 attributes" in shown(f"<presence {many}/>")["errors"][0]["what"]


def test_default_namespaces_comments_and_cdata_change_nothing() -> None:
    body = (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf"><tuple id="a"><status>'
        '<geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><usage-rules/><location-info><!-- here -->'
        '<Circle xmlns="http://www.opengis.net/pidflo/1.0" srsName="urn:ogc:def:crs:EPSG::4326">'
        '<pos xmlns="http://www.opengis.net/gml">31.2304<!-- lat -->\n\t121.4737</pos>'
        '<radius uom="urn:ogc:def:uom:EPSG::9001"><![CDATA[ 50 ]]></radius></Circle></location-info>'
        "<method/></geopriv></status></tuple></presence>"
    )
    found = one(body)
    assert (found["lat"], found["lon"], found["radius_m"]) == (31.2304, 121.4737, 50.0)
    assert "method" not in found


def test_one_address_in_two_languages_is_two_places() -> None:
    english = '<ca:civicAddress xml:lang="en"><ca:RD>Renmin East Road</ca:RD></ca:civicAddress>'
    found = shown(document(bodies.CIVIC, english))["locations"]
    assert [place["language"] for place in found] == ["zh-CN", "en"]


def test_an_envelope_round_an_answer_does_not_hide_it() -> None:
    answer = bodies.held_response(bodies.in_device(bodies.info(bodies.SPHERE))).partition("?>")[2]
    body = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{answer}</s:Body></s:Envelope>'
    found = shown(body)
    assert (found["kind"], found["locations"][0]["shape"], found["errors"]) == ("held", "sphere", [])
