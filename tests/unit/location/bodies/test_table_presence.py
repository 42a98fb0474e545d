# ruff: noqa: E501 (a body is read more easily in one line)
"""A table of presence documents, HELD answers and civic addresses as senders really write them: expected by hand from
RFC 3863, 4119, 4479, 5139, 5491, 5774, 5985, 6155, 6753, 6848, 7459 and 7852 before it was run.
"""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing.location_bodies import holds

FLAT = 'srsName="urn:ogc:def:crs:EPSG::4326"'
POINT = f'<g:Point xmlns:g="http://www.opengis.net/gml" {FLAT}><g:pos>31.2 121.4</g:pos></g:Point>'
OTHER = f'<g:Point xmlns:g="http://www.opengis.net/gml" {FLAT}><g:pos>31.3 121.5</g:pos></g:Point>'
THIRD = f'<g:Point xmlns:g="http://www.opengis.net/gml" {FLAT}><g:pos>31.4 121.6</g:pos></g:Point>'
CIVIC = '<c:civicAddress xmlns:c="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"{}>{}</c:civicAddress>'
GP = "urn:ietf:params:xml:ns:pidf:geopriv10"
CON = 'xmlns:con="urn:ietf:params:xml:ns:geopriv:conf"'
HELD = 'xmlns="urn:ietf:params:xml:ns:geopriv:held"'


def geopriv(places: str, more: str = "", rules: str = "<gp:usage-rules/>") -> str:
    return (
        f'<gp:geopriv xmlns:gp="{GP}"><gp:location-info>{places}</gp:location-info>{rules}{more}</gp:geopriv>'
    )


def presence(*holders: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
        'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" '
        f'entity="pres:a@b.example">{"".join(holders)}</presence>'
    )


def in_tuple(inner: str, after: str = "") -> str:
    return f'<tuple id="t"><status><basic>open</basic>{inner}</status>{after}</tuple>'


def in_device(inner: str, after: str = "") -> str:
    return f'<dm:device id="d"><r:user-input>idle</r:user-input>{inner}<dm:deviceID>mac:8asd7d7d70</dm:deviceID>{after}</dm:device>'


def in_person(inner: str, after: str = "") -> str:
    return f'<dm:person id="p"><r:activities><r:away/></r:activities>{inner}{after}</dm:person>'


def at(lat: float = 31.2, lon: float = 121.4, element: str | None = "tuple", **more: Any) -> dict[str, Any]:
    found = {"shape": "point", "lat": lat, "lon": lon, "datum": "WGS-84", **more}
    return found | ({"element": element} if element else {})


def address(element: str = "tuple", language: str | None = None, **civic: Any) -> dict[str, Any]:
    found = {"shape": "civic", "civic": civic, "element": element}
    return found | ({"language": language} if language else {})


def civic(inner: str, language: str = "") -> str:
    return CIVIC.format(f' xml:lang="{language}"' if language else "", inner)


def told(what: str, value: str) -> str:
    return presence(in_tuple(geopriv(POINT), f"<{what}>{value}</{what}>"))


ALL_5139 = {
    "country": "CN", "A1": "江湾省", "A2": "临江市", "A3": "滨江区", "A4": "望江街道", "A5": "望江社区", "A6": "三组",
    "PRM": "旧", "PRD": "北", "RD": "人民", "STS": "路", "POD": "东", "POM": "支", "RDSEC": "二段", "RDBR": "甲巷",
    "RDSUBBR": "一弄", "HNO": "128", "HNS": "甲", "LMK": "望江塔", "LOC": "南门进", "FLR": "11", "NAM": "望江花园",
    "PC": "310000", "BLD": "3号楼", "UNIT": "2单元", "ROOM": "1102", "SEAT": "12A", "PLC": "residence",
    "PCN": "江边", "POBOX": "77", "ADDCODE": "1320",
}  # fmt: skip
ALL_6848 = {"PN": "788", "MP": "12.3", "STP": "快速路", "HNP": "临"}
_EXT = '<e:{0} xmlns:e="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext">{1}</e:{0}>'
EVERY_ELEMENT = "".join(f"<c:{name}>{text}</c:{name}>" for name, text in ALL_5139.items()) + "".join(
    _EXT.format(name, text) for name, text in ALL_6848.items()
)
PROVIDED = (
    '<gp:provided-by xmlns="urn:ietf:params:xml:ns:EmergencyCallData"><EmergencyCallDataReference '
    'purpose="EmergencyCallData.ServiceInfo" ref="https://ref.example/2"/><EmergencyCallDataValue>'
    '<EmergencyCallData.ProviderInfo xmlns="urn:ietf:params:xml:ns:EmergencyCallData:ProviderInfo">'
    "<DataProviderReference>s1@acme.example</DataProviderReference><DataProviderString>临江联通"
    "</DataProviderString></EmergencyCallData.ProviderInfo><EmergencyCallData.Comment "
    'xmlns="urn:ietf:params:xml:ns:EmergencyCallData:Comment"><DataProviderReference>s1@acme.example'
    '</DataProviderReference><Comment xml:lang="zh">后门进</Comment></EmergencyCallData.Comment>'
    "</EmergencyCallDataValue></gp:provided-by>"
)

PRESENCE: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("device before person, whatever comes first", presence(in_person(geopriv(POINT)), in_device(geopriv(OTHER))),
     [at(31.3, 121.5, "device"), at(31.2, 121.4, "person")]),
    ("device, tuples, person", presence(in_tuple(geopriv(POINT)), in_person(geopriv(THIRD)), in_device(geopriv(OTHER)),
     in_tuple(geopriv(THIRD))),
     [at(31.3, 121.5, "device"), at(31.2, 121.4), at(31.4, 121.6), at(31.4, 121.6, "person")]),
    ("the first tuple first", presence(in_tuple(geopriv(OTHER)), in_tuple(geopriv(POINT))),
     [at(31.3, 121.5), at()]),
    ("two places of one tuple", presence(in_tuple(geopriv(OTHER) + geopriv(POINT))), [at(31.3, 121.5), at()]),
    ("a compound place", presence(in_tuple(geopriv(POINT + civic("<c:FLR>2</c:FLR>")))),
     [at(), address(FLR="2")]),
    ("a compound place, the address first", presence(in_device(geopriv(civic("<c:A1>X</c:A1>") + POINT))),
     [address("device", A1="X"), at(element="device")]),
    ("a presence without prefixes for the data model", presence(f'<device xmlns="urn:ietf:params:xml:ns:pidf:data-model" '
     f'id="d">{geopriv(POINT)}</device>'), [at(element="device")]),
    ("geopriv without presence", geopriv(POINT), [at(element=None)]),
    ("geopriv right in the presence", presence(geopriv(POINT)), [at(element=None)]),
    ("geopriv in the tuple, outside of its status", presence(f'<tuple id="t">{geopriv(POINT)}</tuple>'), [at()]),
    ("a method", presence(in_tuple(geopriv(POINT, "<gp:method>A-GNSS</gp:method>"))), [at(method="A-GNSS")]),
    ("a method with blanks", presence(in_tuple(geopriv(POINT, "<gp:method>\n  802.11 \n</gp:method>"))),
     [at(method="802.11")]),
    ("a method beside the place", presence(in_tuple(geopriv(POINT + "<gp:method>GPS</gp:method>"))), [at(method="GPS")]),
    ("two location-info", presence(in_tuple(f'<gp:geopriv xmlns:gp="{GP}"><gp:location-info>{POINT}</gp:location-info>'
     f"<gp:location-info>{OTHER}</gp:location-info></gp:geopriv>")), [at(), at(31.3, 121.5)]),
    ("no namespaces at all", '<presence><tuple id="1"><status><geopriv><location-info><Point srsName="EPSG:4326"><pos>'
     "31.2 121.4</pos></Point></location-info></geopriv></status></tuple></presence>", [at()]),
    ("XML 1.1 and a style sheet", presence(in_tuple(geopriv(POINT))).replace('version="1.0"', 'version="1.1"').replace(
        "?>", '?><?xml-stylesheet href="a.xsl"?><!-- a -->', 1), [at()]),
    ("an empty method", presence(in_tuple(geopriv(POINT, "<gp:method/>"))), [at()]),
    ("a method before the place", presence(in_tuple(f'<gp:geopriv xmlns:gp="{GP}"><gp:method>Wiremap</gp:method>'
     f"<gp:location-info>{POINT}</gp:location-info></gp:geopriv>")), [at(method="Wiremap")]),
    ("rules and a note-well", presence(in_tuple(geopriv(POINT, "", f'<gp:usage-rules xmlns:b="{GP}:basicPolicy">'
     "<b:retransmission-allowed>no</b:retransmission-allowed><b:retention-expiry>2027-01-01T08:00:00+08:00"
     "</b:retention-expiry><b:ruleset-reference>https://r.example</b:ruleset-reference><b:note-well xml:lang='en'>"
     "Do not pass on</b:note-well></gp:usage-rules>"))), [at(expires_at="2027-01-01T08:00:00+08:00")]),
    ("the rule's name in RFC 4119's examples", presence(in_tuple(geopriv(POINT, "", "<gp:usage-rules>"
     "<gp:retention-expiry>2027-01-01T00:00:00Z</gp:retention-expiry></gp:usage-rules>"))),
     [at(expires_at="2027-01-01T00:00:00Z")]),
    ("a time in UTC", told("timestamp", "2026-11-27T02:00:00Z"), [at(obtained_at="2026-11-27T02:00:00Z")]),
    ("a time with its zone", told("timestamp", "2026-11-27T10:00:00+08:00"),
     [at(obtained_at="2026-11-27T10:00:00+08:00")]),
    ("a time in the west", told("timestamp", "2026-11-26T21:30:00-04:30"),
     [at(obtained_at="2026-11-26T21:30:00-04:30")]),
    ("a fraction", told("timestamp", "2026-11-27T02:00:00.75Z"), [at(obtained_at="2026-11-27T02:00:00.75Z")]),
    ("a fraction of nine digits", told("timestamp", "2026-11-27T02:00:00.123456789Z"),
     [at(obtained_at="2026-11-27T02:00:00.123456Z")]),
    ("small letters", told("timestamp", "2026-11-27t02:00:00z"), [at(obtained_at="2026-11-27T02:00:00Z")]),
    ("a blank between day and time", told("timestamp", "2026-11-27 02:00:00Z"), [at(obtained_at="2026-11-27T02:00:00Z")]),
    ("a zone without its colon", told("timestamp", "2026-11-27T10:00:00+0800"),
     [at(obtained_at="2026-11-27T10:00:00+08:00")]),
    ("the device's own time", presence(in_device(geopriv(POINT), "<dm:timestamp>2026-11-27T02:00:00Z</dm:timestamp>")),
     [at(element="device", obtained_at="2026-11-27T02:00:00Z")]),
    ("blanks round the time", told("timestamp", "\n 2026-11-27T02:00:00Z \n"), [at(obtained_at="2026-11-27T02:00:00Z")]),
    ("confidence", presence(in_tuple(geopriv(f"{POINT}<con:confidence {CON}>67</con:confidence>"))),
     [at(confidence_percent=67.0)]),
    ("confidence with its distribution", presence(in_tuple(geopriv(f'{POINT}<con:confidence {CON} pdf="normal">95.5'
     "</con:confidence>"))), [at(confidence_percent=95.5, distribution="normal")]),
    ("a rectangular one", presence(in_tuple(geopriv(f'{POINT}<con:confidence {CON} pdf="rectangular">68'
     "</con:confidence>"))), [at(confidence_percent=68.0, distribution="rectangular")]),
    ("an unknown confidence", presence(in_tuple(geopriv(f"{POINT}<con:confidence {CON}>unknown</con:confidence>"))),
     [at()]),
    ("an unknown distribution", presence(in_tuple(geopriv(f'{POINT}<con:confidence {CON} pdf="unknown">90'
     "</con:confidence>"))), [at(confidence_percent=90.0)]),
    ("confidence before the place", presence(in_tuple(geopriv(f"<con:confidence {CON}>80</con:confidence>{POINT}"))),
     [at(confidence_percent=80.0)]),
    ("a moving device (RFC 5962)", presence(in_device(geopriv(f'<Dynamic xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:'
     f'dynamic"><orientation>-3 12</orientation><speed>24</speed><heading>278</heading></Dynamic>{POINT}'))),
     [at(element="device")]),
    ("a provider in words", presence(in_tuple(geopriv(POINT, "<gp:provided-by><n:nena xmlns:n='urn:nena:xml:ns:es:"
     "provider'><n:companyID>临江铁塔</n:companyID></n:nena></gp:provided-by>"))), [at(provided_by="临江铁塔")]),
    ("every element of both standards", presence(in_tuple(geopriv(civic(EVERY_ELEMENT, "zh-CN")))),
     [address(language="zh-CN", **ALL_5139, **ALL_6848)]),
    ("an operator's own element", presence(in_tuple(geopriv(civic('<c:A1>X</c:A1><o:网格 xmlns:o="urn:o">7</o:网格>')))),
     [address(A1="X", 网格="7")]),
    ("blanks in an address", presence(in_tuple(geopriv(civic("<c:RD>\n  人民东路  \n</c:RD><c:HNO/><c:PC>  </c:PC>")))),
     [address(RD="人民东路")]),
    ("marks in an address", presence(in_tuple(geopriv(civic("<c:NAM><![CDATA[A&B <酒店>]]></c:NAM><c:LOC>a &lt; b</c:LOC>")))),
     [address(NAM="A&B <酒店>", LOC="a < b")]),
    ("an element twice", presence(in_tuple(geopriv(civic("<c:PN>1</c:PN><c:PN>2</c:PN>")))), [address(PN=["1", "2"])]),
    ("RFC 4119's own address", presence(in_tuple(geopriv(
     '<cl:civicAddress xmlns:cl="urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc"><cl:country>US</cl:country>'
     "<cl:A1>New York</cl:A1><cl:A6>Broadway</cl:A6><cl:HNO>123</cl:HNO><cl:HNS>A, 1/2</cl:HNS></cl:civicAddress>"))),
     [address(country="US", A1="New York", A6="Broadway", HNO="123", HNS="A, 1/2")]),
    ("civilAddress, as the first drafts have it", presence(in_tuple(geopriv(
     '<cl:civilAddress xmlns:cl="urn:ietf:params:xml:ns:pidf:geopriv10:civilLoc"><cl:A1>X</cl:A1></cl:civilAddress>'))),
     [address(A1="X")]),
    ("the same address in two languages", presence(in_tuple(geopriv(civic("<c:A3>滨江区</c:A3>", "zh") +
     civic("<c:A3>Binjiang</c:A3>", "en")))),
     [address(language="zh", A3="滨江区"), address(language="en", A3="Binjiang")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"), [case[1:] for case in PRESENCE], ids=[case[0] for case in PRESENCE]
)
def test_a_presence_document_says_this_and_nothing_else(body: str, expected: list[dict[str, Any]]) -> None:
    holds(body, "pidf-lo", *expected)


def test_a_provider_stands_at_the_place_and_as_blocks() -> None:
    holds(
        presence(in_device(geopriv(POINT, PROVIDED))), "pidf-lo", at(element="device", provided_by="临江联通"),
        additional=[
            {"block": "ServiceInfo", "fields": {"uri": "https://ref.example/2"}},
            {"block": "ProviderInfo", "fields": {"DataProviderReference": "s1@acme.example",
                                                 "DataProviderString": "临江联通"}},
            {"block": "Comment", "fields": {"DataProviderReference": "s1@acme.example", "Comment": "后门进"}},
        ],
    )  # fmt: skip


ODD: list[tuple[str, str, list[dict[str, Any]], str]] = [
    ("a confidence of 120", presence(in_tuple(geopriv(f"{POINT}<con:confidence {CON}>120</con:confidence>"))), [at()],
     "120"),
    ("a confidence in words", presence(in_tuple(geopriv(f"{POINT}<con:confidence {CON}>high</con:confidence>"))), [at()],
     "high"),
    ("a time without its zone", told("timestamp", "2026-11-27T10:00:00"), [at()], "zone"),
    ("a day that is none", told("timestamp", "2026-02-30T10:00:00Z"), [at()], "no such time"),
    ("an empty time", told("timestamp", ""), [at()], "empty time"),
    ("a number for a time", told("timestamp", "1795744800"), [at()], "not a time"),
    ("an unknown shape beside a known one", presence(in_tuple(geopriv(f"<x:Star xmlns:x='urn:x'/>{POINT}"))), [at()],
     "Star"),
    ("an empty address beside a point", presence(in_tuple(geopriv(civic("") + POINT))), [at()], "empty civic"),
    ("no location-info", presence(in_tuple("")), [], "no location-info"),
    ("an empty location-info", presence(in_tuple(geopriv(""))), [], "empty location-info"),
    ("a document that was cut", presence(in_tuple(geopriv(POINT)))[:-30], [at()], "malformed XML"),
    ("a prefix nobody declared", presence(in_tuple(geopriv(POINT))).replace(f' xmlns:gp="{GP}"', ""), [at()],
     "prefix 'gp'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected", "words"), [case[1:] for case in ODD], ids=[case[0] for case in ODD]
)
def test_what_is_odd_in_a_presence_document_is_told_and_the_rest_counts(
    body: str, expected: list[dict[str, Any]], words: str
) -> None:
    holds(body, "pidf-lo", *expected, errors=(words,))


URIS = "<locationURI>https://ls.example:9768/357yc6s64ceyoiuy5ax3o</locationURI><locationURI>sips:9769+357yc6s64@ls.example</locationURI>"
REFERENCES = [
    {"shape": "reference", "uri": "https://ls.example:9768/357yc6s64ceyoiuy5ax3o"},
    {"shape": "reference", "uri": "sips:9769+357yc6s64@ls.example"},
]
LATE = {"expires_at": "2126-01-01T13:00:00Z"}
ANSWERS: list[tuple[str, str, list[dict[str, Any]], list[dict[str, Any]], list[str]]] = [
    ("references with their end", f'<locationResponse {HELD}><locationUriSet expires="2126-01-01T13:00:00.0Z">{URIS}'
     "</locationUriSet></locationResponse>", [one | LATE for one in REFERENCES], [], []),
    ("references with blanks", f'<locationResponse {HELD}><locationUriSet><locationURI>\n  https://ls.example/1\n'
     "</locationURI></locationUriSet></locationResponse>",
     [{"shape": "reference", "uri": "https://ls.example/1"}], [], []),
    ("a place and references", f'<h:locationResponse xmlns:h="urn:ietf:params:xml:ns:geopriv:held">'
     f'<h:locationUriSet expires="2126-01-01T13:00:00Z"><h:locationURI>https://ls.example/1</h:locationURI>'
     f"</h:locationUriSet>{presence(in_device(geopriv(POINT))).partition('?>')[2]}</h:locationResponse>",
     [at(element="device"), {"shape": "reference", "uri": "https://ls.example/1", **LATE}], [], []),
    ("a refusal by attribute", f'<error {HELD} code="notLocatable" message="No location"/>', [], [], ["notLocatable"]),
    ("a refusal in words", f'<error {HELD} code="unsupportedMessage"><message xml:lang="en">Only requests</message>'
     '<message xml:lang="zh">只收请求</message></error>', [], [], ["unsupportedMessage"]),
    ("what a server wants to know first", f'<error {HELD} code="badIdentifier"><message xml:lang="en">MAC needed'
     '</message><requiredIdentifiers xmlns="urn:ietf:params:xml:ns:geopriv:held:id">mac</requiredIdentifiers></error>',
     [], [], ["badIdentifier"]),
    ("a request", f"<locationRequest {HELD}/>", [], [], []),
    ("a request for a number", f'<locationRequest {HELD} responseTime="8000"><locationType exact="true">geodetic '
     'locationURI</locationType><device xmlns="urn:ietf:params:xml:ns:geopriv:held:id"><msisdn>8613800000000</msisdn>'
     '<ip v="4">192.0.2.5</ip></device></locationRequest>', [],
     [{"block": "LocationRequest", "fields": {"responseTime": "8000", "locationType": "geodetic locationURI",
                                              "exact": "true"}},
      {"block": "DeviceIdentity", "fields": {"msisdn": "8613800000000", "ip": "192.0.2.5"}}], []),
    ("an empty answer", f"<locationResponse {HELD}/>", [], [], ["neither a location nor a reference"]),
    ("an empty set", f"<locationResponse {HELD}><locationUriSet expires='2126-01-01T13:00:00Z'/></locationResponse>", [],
     [], ["neither a location nor a reference"]),
    ("a reference that is none", f"<locationResponse {HELD}><locationUriSet><locationURI>nowhere</locationURI>"
     "</locationUriSet></locationResponse>", [], [], ["not a URI"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "places", "blocks", "errors"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
def test_a_location_servers_answer_says_this_and_nothing_else(
    body: str, places: list[dict[str, Any]], blocks: list[dict[str, Any]], errors: list[str]
) -> None:
    holds(body, "held", *places, additional=blocks, errors=errors)
