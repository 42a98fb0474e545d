"""Location bodies of an invented Chinese city, put together from parts: for tests, fakes and the fuzzer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gateway.location.body import read
from gateway.location.shown import as_json

EPSG_2D, EPSG_3D = "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::4979"
METRE, DEGREE, RADIAN = (f"urn:ogc:def:uom:EPSG::{code}" for code in (9001, 9102, 9101))

_PRESENCE = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
    'xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy" '
    'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:gs="http://www.opengis.net/pidflo/1.0" xmlns:con="urn:ietf:params:xml:ns:geopriv:conf" '
    'entity="pres:caller@city.example">'
)

POINT = f'<gml:Point srsName="{EPSG_2D}"><gml:pos>31.2304 121.4737</gml:pos></gml:Point>'
CIRCLE = (
    f'<gs:Circle srsName="{EPSG_2D}"><gml:pos>31.2304 121.4737</gml:pos>'
    f'<gs:radius uom="{METRE}">50</gs:radius></gs:Circle>'
)
SPHERE = (
    f'<gs:Sphere srsName="{EPSG_3D}"><gml:pos>31.2304 121.4737 12.5</gml:pos>'
    f'<gs:radius uom="{METRE}">60.5</gs:radius></gs:Sphere>'
)
ELLIPSE = (
    f'<gs:Ellipse srsName="{EPSG_2D}"><gml:pos>31.2304 121.4737</gml:pos>'
    f'<gs:semiMajorAxis uom="{METRE}">80</gs:semiMajorAxis>'
    f'<gs:semiMinorAxis uom="{METRE}">20</gs:semiMinorAxis>'
    f'<gs:orientation uom="{DEGREE}">35</gs:orientation></gs:Ellipse>'
)
ELLIPSOID = (
    f'<gs:Ellipsoid srsName="{EPSG_3D}"><gml:pos>31.2304 121.4737 26.3</gml:pos>'
    f'<gs:semiMajorAxis uom="{METRE}">77</gs:semiMajorAxis>'
    f'<gs:semiMinorAxis uom="{METRE}">69</gs:semiMinorAxis>'
    f'<gs:verticalAxis uom="{METRE}">15</gs:verticalAxis>'
    f'<gs:orientation uom="{DEGREE}">90</gs:orientation></gs:Ellipsoid>'
)
ARC_BAND = (
    f'<gs:ArcBand srsName="{EPSG_2D}"><gml:pos>31.2304 121.4737</gml:pos>'
    f'<gs:innerRadius uom="{METRE}">800</gs:innerRadius><gs:outerRadius uom="{METRE}">1200</gs:outerRadius>'
    f'<gs:startAngle uom="{DEGREE}">330</gs:startAngle><gs:openingAngle uom="{DEGREE}">60</gs:openingAngle>'
    "</gs:ArcBand>"
)
SQUARE = "31.23 121.47 31.23 121.472 31.232 121.472 31.232 121.47 31.23 121.47"
POLYGON = (
    f'<gml:Polygon srsName="{EPSG_2D}"><gml:exterior><gml:LinearRing><gml:posList>{SQUARE}</gml:posList>'
    "</gml:LinearRing></gml:exterior></gml:Polygon>"
)
PRISM = (
    f'<gs:Prism srsName="{EPSG_3D}"><gs:base><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>'
    "31.23 121.47 8 31.23 121.472 8 31.232 121.472 8 31.23 121.47 8"
    "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gs:base>"
    f'<gs:height uom="{METRE}">6</gs:height></gs:Prism>'
)
CIVIC = (
    '<ca:civicAddress xml:lang="zh-CN"><ca:country>CN</ca:country><ca:A1>江湾省</ca:A1><ca:A2>临江市</ca:A2>'
    "<ca:A3>滨江区</ca:A3><ca:RD>人民东路</ca:RD><ca:HNO>128号</ca:HNO><ca:BLD>3号楼</ca:BLD>"
    "<ca:UNIT>2单元</ca:UNIT><ca:FLR>11</ca:FLR><ca:ROOM>1102</ca:ROOM><ca:NAM>望江花园</ca:NAM></ca:civicAddress>"
)
SHAPES = (POINT, CIRCLE, SPHERE, ELLIPSE, ELLIPSOID, ARC_BAND, POLYGON, PRISM, CIVIC)

PROVIDER = (
    '<pi:EmergencyCallData.ProviderInfo xmlns:pi="urn:ietf:params:xml:ns:EmergencyCallData:ProviderInfo">'
    "<pi:DataProviderReference>7f3a@carrier.example</pi:DataProviderReference>"
    "<pi:DataProviderString>临江移动</pi:DataProviderString>"
    "<pi:TypeOfProvider>Access Network Provider</pi:TypeOfProvider>"
    "<pi:ContactURI>tel:+8651012345678</pi:ContactURI></pi:EmergencyCallData.ProviderInfo>"
)
PROVIDED_BY = (
    '<gp:provided-by xmlns="urn:ietf:params:xml:ns:EmergencyCallData">'
    f"<EmergencyCallDataValue>{PROVIDER}</EmergencyCallDataValue></gp:provided-by>"
)


def info(*places: str, method: str = "Cell", confidence: str = "", more: str = "") -> str:
    """A geopriv element with these shapes in one location-info."""
    sure = f"<con:confidence>{confidence}</con:confidence>" if confidence else ""
    return (
        f"<gp:geopriv><gp:location-info>{''.join(places)}{sure}</gp:location-info>"
        f"<gp:usage-rules><gbp:retention-expiry>2027-01-01T00:00:00Z</gbp:retention-expiry></gp:usage-rules>"
        f"<gp:method>{method}</gp:method>{more}</gp:geopriv>"
    )


def in_tuple(geopriv: str, at: str = "2026-11-27T10:00:00+08:00") -> str:
    return f'<tuple id="t"><status>{geopriv}</status><timestamp>{at}</timestamp></tuple>'


def in_device(geopriv: str, at: str = "2026-11-27T10:00:00+08:00") -> str:
    return (
        f'<dm:device id="d">{geopriv}<dm:deviceID>mac:00a0</dm:deviceID>'
        f"<dm:timestamp>{at}</dm:timestamp></dm:device>"
    )


def in_person(geopriv: str, at: str = "2026-11-27T10:00:00+08:00") -> str:
    return f'<dm:person id="p">{geopriv}<dm:timestamp>{at}</dm:timestamp></dm:person>'


def presence(*holders: str, declared: bool = True) -> str:
    """A whole PIDF-LO document."""
    start = '<?xml version="1.0" encoding="UTF-8"?>\n' if declared else ""
    return f"{start}{_PRESENCE}{''.join(holders)}</presence>"


def held_response(*holders: str, uris: tuple[str, ...] = ()) -> str:
    """A HELD answer with a presence document, references, or both."""
    document = presence(*holders, declared=False) if holders else ""
    references = "".join(f"<locationURI>{uri}</locationURI>" for uri in uris)
    if uris:
        references = f'<locationUriSet expires="2026-11-27T12:00:00+08:00">{references}</locationUriSet>'
    return (
        '<?xml version="1.0"?><locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held">'
        f"{references}{document}</locationResponse>"
    )


def invite(
    *parts: tuple[str, str, str], headers: tuple[str, ...] = (), boundary: str = "b1", end: str = "\r\n"
) -> bytes:
    """An INVITE whose body has these parts: content type, Content-ID (or nothing) and text."""
    body = "".join(
        f"--{boundary}\r\nContent-Type: {kind}\r\n"
        + (f"Content-ID: <{name}>\r\n" if name else "")
        + f"\r\n{text}\r\n"
        for kind, name, text in parts
    )
    start = [
        "INVITE urn:service:sos SIP/2.0",
        "Via: SIP/2.0/TCP 192.0.2.7:5060;branch=z9hG4bK1",
        "From: <sip:+8613900001111@192.0.2.7>;tag=1",
        "To: <urn:service:sos>",
        "Call-ID: 1-77@192.0.2.7",
        "CSeq: 1 INVITE",
        *headers,
        f"Content-Type: multipart/mixed; boundary={boundary}",
    ]
    message = "\r\n".join(start) + f"\r\n\r\n{body}--{boundary}--\r\n"
    return message.replace("\r\n", end).encode()


def document(*places: str, method: str = "Cell", confidence: str = "", more: str = "") -> str:
    """A PIDF-LO document of one tuple with these places."""
    return presence(in_tuple(info(*places, method=method, confidence=confidence, more=more)))


def shown(body: str | bytes) -> dict[str, Any]:
    """What is read of it, as JSON; it can always be written."""
    found = as_json(read(body.encode() if isinstance(body, str) else body))
    json.dumps(found, allow_nan=False)
    return found


def one(body: str | bytes) -> dict[str, Any]:
    """Its only place, and nothing is wrong with it."""
    found = shown(body)
    assert len(found["locations"]) == 1, found
    assert not found["errors"], found
    place: dict[str, Any] = found["locations"][0]
    return place


def holds(
    body: str | bytes,
    kind: str,
    *places: dict[str, Any],
    additional: Sequence[dict[str, Any]] | None = (),
    errors: Sequence[str] = (),
) -> None:
    """Exactly these places and blocks are read of it, in this order, and one error with each of these words.
    Blocks are not looked at when they are None.
    """
    found = shown(body)
    assert found["kind"] == kind, found
    assert found["locations"] == list(places), found
    assert additional is None or found["additional"] == list(additional), found
    assert len(found["errors"]) == len(errors), found["errors"]
    for error, words in zip(found["errors"], errors, strict=True):
        assert words in f"{error['what']} ({error['where']})", found["errors"]
        assert set(error) == {"what", "where"}
        assert error["where"]
