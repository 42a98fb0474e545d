# ruff: noqa: E501 (a body is read more easily in one line)
"""A table of messages as the wire and the logs have them: SIP with its headers and parts, HTTP, encodings. Expected by
hand from RFC 3261, 2046, 2392, 6442, 7852, 8787 and 9112 before it was run.
"""

from __future__ import annotations

import base64
import gzip
import quopri
from typing import Any

import pytest

from gateway.testing.location_bodies import holds

PIDF = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@b.example">'
    '<tuple id="t"><status><geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><location-info><Point '
    'xmlns="http://www.opengis.net/gml" srsName="urn:ogc:def:crs:EPSG::4326"><pos>31.2 121.4</pos></Point>'
    '<civicAddress xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"><RD>人民东路</RD></civicAddress>'
    "</location-info><usage-rules/></geopriv></status></tuple></presence>\r\n"
)
PLACE: dict[str, Any] = {"shape": "point", "lat": 31.2, "lon": 121.4, "datum": "WGS-84", "element": "tuple"}
STREET: dict[str, Any] = {"shape": "civic", "civic": {"RD": "人民东路"}, "element": "tuple"}
BOTH = [PLACE, STREET]
SECOND = PIDF.replace("31.2 121.4", "31.3 121.5").replace("人民东路", "江边路")
OTHERS = [PLACE | {"lat": 31.3, "lon": 121.5}, STREET | {"civic": {"RD": "江边路"}}]
COMMENT = (
    '<c:EmergencyCallData.Comment xmlns:c="urn:ietf:params:xml:ns:EmergencyCallData:Comment">'
    "<c:DataProviderReference>7@x.example</c:DataProviderReference><c:Comment>三楼有人</c:Comment>"
    "</c:EmergencyCallData.Comment>"
)
TOLD = {"block": "Comment", "fields": {"DataProviderReference": "7@x.example", "Comment": "三楼有人"}}
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"


def invite(
    *headers: str, body: str | bytes = "", start: str = "INVITE urn:service:sos.police SIP/2.0"
) -> bytes:
    lines = [start, "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7", "Call-ID: 7@192.0.2.1", "CSeq: 1 INVITE",
             *headers]  # fmt: skip
    data = body.encode() if isinstance(body, str) else body
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + data


def part(content: str | bytes, *headers: str, kind: str = "application/pidf+xml") -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return "\r\n".join((f"Content-Type: {kind}", *headers, "", "")).encode() + data


def mixed(*parts: bytes, boundary: str = "b") -> bytes:
    return (
        b"".join(f"--{boundary}\r\n".encode() + one + b"\r\n" for one in parts)
        + f"--{boundary}--\r\n".encode()
    )


MIXED = "Content-Type: multipart/mixed; boundary=b"
BY_PART = "Geolocation: <cid:l@x.example>"
ID = "Content-ID: <l@x.example>"
URI = {"shape": "reference", "uri": "https://lis.example/7?a=1&b=2"}

MESSAGES: list[tuple[str, bytes, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("a part by its cid", invite(BY_PART, "Geolocation-Routing: yes", MIXED, body=mixed(
        part(SDP, kind="application/sdp"), part(PIDF, ID))), BOTH, []),
    ("a quoted boundary", invite(BY_PART, 'Content-Type: multipart/mixed;boundary="b"', body=mixed(part(PIDF, ID))),
     BOTH, []),
    ("a boundary with odd letters", invite(BY_PART, 'Content-Type: multipart/mixed; charset=utf-8; boundary="a b:=?(1)+"',
     body=mixed(part(PIDF, ID), boundary="a b:=?(1)+")), BOTH, []),
    ("a preamble and an epilogue", invite(BY_PART, MIXED, body=b"This is MIME.\r\n" + mixed(part(PIDF, ID)) + b"end\r\n"),
     BOTH, []),
    ("small letters and blanks in headers", invite("geolocation :  <CID:l@x.example>", "content-type : Multipart/Mixed ; "
     "Boundary=b", body=mixed(part(PIDF, "content-id : <l@x.example>", kind="Application/PIDF+XML"))), BOTH, []),
    ("compact names", invite(BY_PART, "c: multipart/mixed; boundary=b", "l: 99", body=mixed(part(PIDF, ID))), BOTH, []),
    ("folded headers", invite("Geolocation:\r\n <https://lis.example/7?a=1&b=2>,\r\n\t<cid:l@x.example>",
     "Content-Type: multipart/mixed;\r\n boundary=b", body=mixed(part(PIDF, ID))), [URI, *BOTH], []),
    ("a cid with escapes", invite("Geolocation: <cid:l%40x.example>", MIXED, body=mixed(part(PIDF, ID))), BOTH, []),
    ("a cid with a plus sign", invite("Geolocation: <cid:l+1@x.example>", MIXED,
     body=mixed(part(PIDF, "Content-ID: <l+1@x.example>"))), BOTH, []),
    ("a cid with the brackets of its part", invite("Geolocation: <cid:<l@x.example>>", MIXED, body=mixed(part(PIDF, ID))),
     BOTH, []),
    ("a cid with those as escapes", invite("Geolocation: <cid:%3Cl@x.example%3E>", MIXED, body=mixed(part(PIDF, ID))),
     BOTH, []),
    ("a cid in other letters", invite("Geolocation: < cid:L@X.Example >", MIXED, body=mixed(part(PIDF, ID))), BOTH, []),
    ("a part without its type", invite(BY_PART, MIXED, body=f"--b\r\n{ID}\r\n\r\n{PIDF}\r\n--b--\r\n"), BOTH, []),
    ("blanks behind the boundary", invite(BY_PART, MIXED, body=mixed(part(PIDF, ID)).replace(b"--b\r\n", b"--b \t\r\n")),
     BOTH, []),
    ("no last boundary", invite(BY_PART, MIXED, body=mixed(part(PIDF, ID)).replace(b"--b--\r\n", b"")), BOTH, []),
    ("a wrong length", invite("Content-Type: application/pidf+xml", "Content-Length: 5", body=PIDF), BOTH, []),
    ("the same part twice", invite("Geolocation: <cid:l@x.example>, <cid:l@x.example>", MIXED, body=mixed(part(PIDF, ID))),
     BOTH, []),
    ("a Content-ID without brackets", invite(BY_PART, MIXED, body=mixed(part(PIDF, "Content-ID: l@x.example"))), BOTH, []),
    ("lines that end with LF", invite(BY_PART, MIXED, body=mixed(part(SDP, kind="application/sdp"), part(PIDF, ID))
     ).replace(b"\r\n", b"\n"), BOTH, []),
    ("base64", invite(BY_PART, MIXED, body=mixed(part(base64.encodebytes(PIDF.encode()).replace(b"\n", b"\r\n"), ID,
     "Content-Transfer-Encoding: Base64"))), BOTH, []),
    ("quoted-printable", invite(BY_PART, MIXED, body=mixed(part(quopri.encodestring(PIDF.encode()), ID,
     "Content-Transfer-Encoding: quoted-printable"))), BOTH, []),
    ("binary", invite(BY_PART, MIXED, body=mixed(part(PIDF, ID, "Content-Transfer-Encoding: binary"))), BOTH, []),
    ("parts of parts", invite(BY_PART, MIXED, body=mixed(part(mixed(part(SDP, kind="application/sdp"), part(PIDF, ID),
     boundary="in"), kind="multipart/related; boundary=in"))), BOTH, []),
    ("the order of the header, not of the body", invite("Geolocation: <cid:2@x>", "Geolocation: <cid:1@x>", MIXED,
     body=mixed(part(PIDF, "Content-ID: <1@x>"), part(SECOND, "Content-ID: <2@x>"))), [*OTHERS, *BOTH], []),
    ("a body that is only the document", invite("Content-Type: application/pidf+xml", BY_PART, ID, body=PIDF), BOTH, []),
    ("a reference", invite("Geolocation: <https://lis.example/7?a=1&b=2>", "Geolocation-Routing: no"), [URI], []),
    ("a reference with parameters", invite('Geolocation: <https://lis.example/7?a=1&b=2>;loc-src=sbc.example;x="a,b"'),
     [URI | {"provided_by": "sbc.example"}], []),
    ("two references in a line", invite("Geolocation: <https://lis.example/7?a=1&b=2>;inserted-by=ue, "
     "<sips:7@lis.example;transport=tcp>"), [URI, {"shape": "reference", "uri": "sips:7@lis.example;transport=tcp"}], []),
    ("a reference with a name before it", invite('Geolocation: "The LIS" <https://lis.example/7?a=1&b=2>'), [URI], []),
    ("a reference without brackets", invite('Geolocation: https://lis.example/7?a=1&b=2;inserted-by="sbc"'), [URI], []),
    ("an address of the new kind", invite("Geolocation: <https://[2001:db8::1]:8443/l>"),
     [{"shape": "reference", "uri": "https://[2001:db8::1]:8443/l"}], []),
    ("a pres URI", invite("Geolocation: <pres:7@lis.example>"), [{"shape": "reference", "uri": "pres:7@lis.example"}], []),
    ("a geo URI", invite("Geolocation: <geo:31.2,121.4;u=20>"),
     [{"shape": "circle", "lat": 31.2, "lon": 121.4, "radius_m": 20.0, "datum": "WGS-84"}], []),
    ("data by part", invite("Call-Info: <cid:c@x.example>;purpose=EmergencyCallData.Comment", MIXED, body=mixed(
        part(SDP, kind="application/sdp"),
        part(COMMENT, "Content-ID: <c@x.example>", "Content-Disposition: by-reference;handling=optional",
             kind="application/EmergencyCallData.Comment+xml"))), [], [TOLD]),
    ("data by reference", invite("Call-Info: <https://ad.example/1>;purpose=EmergencyCallData.ProviderInfo, "
     '<https://ad.example/2>;purpose="EmergencyCallData.DeviceInfo"', "Call-Info: <https://x.example/p.jpg>;purpose=icon"),
     [], [{"block": "ProviderInfo", "fields": {"uri": "https://ad.example/1"}},
          {"block": "DeviceInfo", "fields": {"uri": "https://ad.example/2"}}]),
    ("a message with nothing of ours", invite("Content-Type: application/sdp", body=SDP), [], []),
    ("an answer", invite(BY_PART, MIXED, body=mixed(part(PIDF, ID)), start="SIP/2.0 200 OK"), BOTH, []),
    ("a NOTIFY with a presence", invite("Event: presence", "Content-Type: application/pidf+xml", body=PIDF,
     start="NOTIFY sip:a@192.0.2.9 SIP/2.0"), BOTH, []),
    ("a byte order mark before it", b"\xef\xbb\xbf" + invite(BY_PART, MIXED, body=mixed(part(PIDF, ID))), BOTH, []),
    ("blank lines before it", b"\r\n\r\n" + invite(BY_PART, MIXED, body=mixed(part(PIDF, ID))), BOTH, []),
    ("a capture's line before it", b"U 2026/11/27 10:00:00.1 192.0.2.1:5060 -> 192.0.2.9:5060\n\n"
     + invite(BY_PART, MIXED, body=mixed(part(PIDF, ID))), BOTH, []),
    ("a local gateway's header", invite("X-ALI: lat=31.2;lon=121.4;r=50;datum=GCJ-02"),
     [{"shape": "circle", "lat": 31.2, "lon": 121.4, "radius_m": 50.0, "datum": "GCJ-02"}], []),
    ("a packed body", invite("Content-Type: application/pidf+xml", "Content-Encoding: gzip",
     body=gzip.compress(PIDF.encode())), BOTH, []),
    ("a packed part", invite(BY_PART, MIXED, body=mixed(part(gzip.compress(PIDF.encode()), ID, "Content-Encoding: gzip"))),
     BOTH, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "places", "blocks"), [case[1:] for case in MESSAGES], ids=[case[0] for case in MESSAGES]
)
def test_a_sip_message_says_this_and_nothing_else(
    body: bytes, places: list[dict[str, Any]], blocks: list[dict[str, Any]]
) -> None:
    holds(body, "sip", *places, additional=blocks)


HELD = f'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held">{PIDF.partition("?>")[2]}</locationResponse>'
CHUNKED = b"".join(
    b"%x;x=1\r\n%b\r\n" % (len(piece), piece)
    for piece in (HELD.encode()[:301], HELD.encode()[301:400], HELD.encode()[400:])
)
WEB: list[tuple[str, bytes, str, list[dict[str, Any]]]] = [
    ("an answer over HTTP", b"HTTP/1.1 200 OK\r\nServer: LIS\r\nContent-Type: application/held+xml\r\n\r\n" +
     HELD.encode(), "held", BOTH),
    ("an answer with LF", b"HTTP/1.1 200 OK\nContent-Type: application/held+xml\n\n" + HELD.encode(), "held", BOTH),
    ("a request over HTTP", b"POST /location-bodies/7 HTTP/1.1\r\nHost: x\r\nContent-Type: application/pidf+xml\r\n\r\n" +
     PIDF.encode(), "pidf-lo", BOTH),
    ("a packed answer", b"HTTP/2 200\r\ncontent-type: application/held+xml\r\ncontent-encoding: gzip\r\n\r\n" +
     gzip.compress(HELD.encode()), "held", BOTH),
    ("an answer in chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/held+xml\r\n\r\n"
     + CHUNKED + b"0\r\n\r\n", "held", BOTH),
    ("a phone's form", b"POST /aml HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
     b"v=1&location_latitude=31.2&location_longitude=121.4", "aml-https",
     [{"shape": "point", "lat": 31.2, "lon": 121.4, "datum": "WGS-84"}]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "places"), [case[1:] for case in WEB], ids=[case[0] for case in WEB]
)
def test_what_came_over_http_is_read_behind_its_headers(
    body: bytes, kind: str, places: list[dict[str, Any]]
) -> None:
    holds(body, kind, *places)


BARE_PARTS: list[tuple[str, bytes]] = [
    ("parts alone", mixed(part(PIDF, ID))),
    ("parts with their type", f"{MIXED}\r\n\r\n".encode() + mixed(part(PIDF, ID))),
    ("a version of MIME first", f"MIME-Version: 1.0\r\n{MIXED}\r\n\r\n".encode() + mixed(part(PIDF, ID))),
    (
        "other headers first",
        f"From: a@x\r\nSubject: a\r\n b\r\n{MIXED}\r\n\r\n".encode() + mixed(part(PIDF, ID)),
    ),
]


@pytest.mark.parametrize("body", [case[1] for case in BARE_PARTS], ids=[case[0] for case in BARE_PARTS])
def test_parts_are_read_without_a_message_round_them(body: bytes) -> None:
    holds(body, "multipart", *BOTH)


DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
BARE = PIDF.replace(DECLARED, "")
ENCODED: list[tuple[str, bytes]] = [
    ("utf-8 with its mark", b"\xef\xbb\xbf" + PIDF.encode()),
    ("utf-8 without a declaration", BARE.encode()),
    ("utf-16 with its mark", PIDF.replace("UTF-8", "UTF-16").encode("utf-16")),
    ("utf-16, big end first", b"\xfe\xff" + PIDF.replace("UTF-8", "UTF-16").encode("utf-16-be")),
    ("utf-16 without a mark", PIDF.replace("UTF-8", "UTF-16LE").encode("utf-16-le")),
    ("utf-16 that says utf-8", PIDF.encode("utf-16")),
    ("utf-32", PIDF.replace("UTF-8", "UTF-32").encode("utf-32")),
    ("gbk", PIDF.replace("UTF-8", "GBK").encode("gbk")),
    ("gb2312", PIDF.replace("UTF-8", "gb2312").encode("gb2312")),
    ("gb18030", PIDF.replace("UTF-8", "GB18030").encode("gb18030")),
    ("packed", gzip.compress(PIDF.encode())),
    ("packed gbk", gzip.compress(PIDF.replace("UTF-8", "GBK").encode("gbk"))),
]


@pytest.mark.parametrize("body", [case[1] for case in ENCODED], ids=[case[0] for case in ENCODED])
def test_a_document_is_read_in_any_encoding(body: bytes) -> None:
    holds(body, "pidf-lo", *BOTH)


ODD: list[tuple[str, bytes, str, list[dict[str, Any]], list[str]]] = [
    ("a reference that is none", invite("Geolocation: <not a uri>"), "sip", [], ["not a URI"]),
    ("no such part", invite("Geolocation: <cid:gone@x>", MIXED, body=mixed(part(PIDF, ID))), "sip", BOTH, ["gone@x"]),
    ("the wrong boundary", invite(BY_PART, "Content-Type: multipart/mixed; boundary=c", body=mixed(part(PIDF, ID))), "sip",
     BOTH, ["boundary"]),
    ("no boundary", invite(BY_PART, "Content-Type: multipart/mixed", body=mixed(part(PIDF, ID))), "sip", BOTH,
     ["boundary"]),
    ("broken base64", invite(BY_PART, MIXED, body=mixed(part("!!!!", ID, "Content-Transfer-Encoding: base64"))), "sip", [],
     ["base64"]),
    ("packed rubbish", invite("Content-Type: application/pidf+xml", "Content-Encoding: gzip", body=b"\x1f\x8brubbish"),
     "sip", [], ["gzip"]),
    ("packed by something else", invite("Content-Type: application/pidf+xml", "Content-Encoding: br", body=b"\x1b\x00"),
     "sip", [], ["br"]),
    ("a packed bomb", gzip.compress(b" " * 60_000_000), "unknown", [], ["1,048,576"]),
    ("a packed file that was cut", gzip.compress(PIDF.encode())[:-20], "pidf-lo", BOTH, ["cut", "malformed"]),
    ("a location server's refusal over HTTP", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "http", [],
     ["404"]),
    ("a redirect", b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n\r\n", "http", [], ["302"]),
    ("a location that could not be used", invite('Geolocation-Error: 100 ; code="Cannot Process Location"',
     start="SIP/2.0 424 Bad Location Information"), "sip", [], ["Cannot Process Location"]),
    ("an empty body", b"", "unknown", [], ["empty"]),
    ("blanks only", b" \r\n\t ", "unknown", [], ["empty"]),
    ("words", b"hello", "unknown", [], ["no kind of body"]),
    ("zeros", bytes(500), "unknown", [], ["no kind of body"]),
    ("six megabytes", b"<presence>" + b" " * 6_000_000, "unknown", [], ["1,048,576"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "places", "errors"), [case[1:] for case in ODD], ids=[case[0] for case in ODD]
)
def test_what_is_broken_in_a_message_is_told_and_the_rest_counts(
    body: bytes, kind: str, places: list[dict[str, Any]], errors: list[str]
) -> None:
    holds(body, kind, *places, errors=errors)
