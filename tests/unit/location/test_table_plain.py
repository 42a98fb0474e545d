# ruff: noqa: E501 (a body is read more easily in one line)
"""A table of bodies that are no XML: phones' own messages (ETSI TS 103 625), providers' and carriers' records, JSON.
Expected by hand from the standards before it was run.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.testing.location_bodies import holds, shown

V1 = (
    'A"ML=1;lt=+54.76397;lg=-0.18305;rd=50;top=20130717141935;lc=90;pm=W;si=123456789012345;'
    "ei=1234567890123456;mcc=234;mnc=30;ml=128"
)
V2 = 'A"ML=2;en=110;et=1593187189;lo=-37.42175,-122.08461,20.1;lt=-3;lc=68;lz=53.0,2.5;ls=G;nc=46000;hc=46001;lg=zh-CN'


def circle(lat: float, lon: float, radius: float, **more: Any) -> dict[str, Any]:
    return {"shape": "circle", "lat": lat, "lon": lon, "radius_m": radius, **more, "datum": "WGS-84"}


def point(lat: float, lon: float, **more: Any) -> dict[str, Any]:
    return {"shape": "point", "lat": lat, "lon": lon, **more, "datum": "WGS-84"}


FIRST = circle(
    54.76397, -0.18305, 50.0, confidence_percent=90.0, method="Wifi", obtained_at="2013-07-17T14:19:35Z"
)
FIRST_MORE = [
    {"block": "DeviceInfo", "fields": {"IMSI": "123456789012345", "IMEI": "1234567890123456"}},
    {"block": "ServiceInfo", "fields": {"MCC": "234", "MNC": "30"}},
]
SECOND = circle(
    -37.42175, -122.08461, 20.1, altitude_m=53.0, confidence_percent=68.0, method="GNSS",
    obtained_at="2020-06-26T15:59:46Z",
)  # fmt: skip
SECOND_MORE = [
    {"block": "DeviceInfo", "fields": {"Languages": "zh-CN", "VerticalAccuracy": "2.5"}},
    {"block": "ServiceInfo", "fields": {"EmergencyNumber": "110", "CallBegan": "2020-06-26T15:59:49+00:00",
                                        "MCC": "460", "MNC": "00", "HomeMCC": "460", "HomeMNC": "01"}},
]  # fmt: skip


def short(**fields: str) -> str:
    """A message of version 1 with these fields changed."""
    values = {
        "lt": "+31.20000",
        "lg": "+121.40000",
        "rd": "20",
        "top": "20261127020000",
        "lc": "68",
        "pm": "G",
    }
    text = 'A"ML=1;' + ";".join(f"{name}={value}" for name, value in (values | fields).items())
    return f"{text};ml={len(text) + 6}"


def packed(text: str) -> bytes:
    """Seven bits a character, the first one lowest (3GPP TS 23.038)."""
    bits = sum(ord(letter) << (7 * place) for place, letter in enumerate(text))
    return bits.to_bytes((7 * len(text) + 7) // 8, "little")


HERE = {"confidence_percent": 68.0, "method": "GNSS", "obtained_at": "2026-11-27T02:00:00Z"}
AML: list[tuple[str, str | bytes, str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("version 1", V1, "aml-sms", [FIRST], FIRST_MORE),
    ("with a line end", V1 + "\r\n", "aml-sms", [FIRST], FIRST_MORE),
    ("with a byte order mark", "\ufeff" + V1, "aml-sms", [FIRST], FIRST_MORE),
    ("in utf-16", V1.encode("utf-16"), "aml-sms", [FIRST], FIRST_MORE),
    ("version 2", V2, "aml-sms", [SECOND], SECOND_MORE),
    ("no radius", short(rd="N"), "aml-sms", [point(31.2, 121.4, **HERE)], []),
    ("by cells", short(pm="C", rd="1250"), "aml-sms", [circle(31.2, 121.4, 1250.0, **HERE | {"method": "Cell"})], []),
    ("a data SMS as it is", packed(V1), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in hexadecimal", packed(V1).hex(), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in capital hexadecimal with blanks", packed(V1).hex(" ").upper(), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in base64", base64.b64encode(packed(V1)), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in base64 lines", base64.encodebytes(packed(V1)), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in base64 for addresses", base64.urlsafe_b64encode(packed(V1)).rstrip(b"="), "aml-data-sms", [FIRST],
     FIRST_MORE),
    ("a data SMS behind its port header", b"\x06\x05\x04\x0b\x84\x0b\x84" + packed(V1), "aml-data-sms", [FIRST],
     FIRST_MORE),
    ("a data SMS of version 2", packed(V2), "aml-data-sms", [SECOND], SECOND_MORE),
    ("a data SMS in letters of eight bits", V1.encode().hex(), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a data SMS in letters of sixteen bits", V1.encode("utf-16-be").hex(), "aml-data-sms", [FIRST], FIRST_MORE),
    ("a form", urlencode({
        "v": "1", "emergency_number": "110", "source": "call", "time": "1795744800000", "location_latitude": "31.2",
        "location_longitude": "121.4", "location_time": "1795744799000", "location_accuracy": "12.5",
        "location_altitude": "8.25", "location_source": "GPS", "location_certainty": "83", "device_imei": "3534",
        "device_model": "X 1", "cell_network_mcc": "460", "cell_network_mnc": "00"}), "aml-https",
     [circle(31.2, 121.4, 12.5, altitude_m=8.25, confidence_percent=83.0, method="GNSS",
             obtained_at="2026-11-27T01:59:59Z")], None),
    ("a confidence as a share", "location_latitude=31.2&location_longitude=121.4&location_confidence=0.6826",
     "aml-https", [point(31.2, 121.4, confidence_percent=68.26)], []),
    ("JSON", json.dumps({"location_latitude": 31.2, "location_longitude": 121.4, "location_accuracy": 30}), "aml-https",
     [circle(31.2, 121.4, 30.0)], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "places", "blocks"), [case[1:] for case in AML], ids=[case[0] for case in AML]
)
def test_a_phones_message_says_this_and_nothing_else(
    body: str | bytes, kind: str, places: list[dict[str, Any]], blocks: list[dict[str, Any]] | None
) -> None:
    holds(body, kind, *places, additional=blocks)


WRONG: list[tuple[str, str, list[dict[str, Any]], str]] = [
    ("latitude 95", short(lt="+95.00000"), [], "95"),
    ("exchanged", short(lt="+121.40000", lg="+31.20000"), [], "swapped"),
    ("a decimal comma", short(lt="+31,20000"), [], "comma"),
    ("not a number", short(lt="NaN"), [], "not a number"),
    ("half a position", short(lg=""), [], "both coordinates"),
    ("nothing found", short(lt="", lg="", rd="", top="", lc="0", pm="N"), [], "no place"),
    ("nought and nought", short(lt="+00.00000", lg="+000.00000", pm="N"), [], "no place"),
    ("a month that is none", short(top="20261327020000"), [circle(31.2, 121.4, 20.0, confidence_percent=68.0,
     method="GNSS")], "not a time"),
    ("a confidence of 150", short(lc="150"), [circle(31.2, 121.4, 20.0, method="GNSS",
     obtained_at="2026-11-27T02:00:00Z")], "150"),
    ("a radius in words", short(rd="near"), [point(31.2, 121.4, **HERE)], "not a number"),
    ("a version nobody knows", short().replace("ML=1", "ML=7"), [circle(31.2, 121.4, 20.0, **HERE)], "version"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "places", "told"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_what_a_phone_got_wrong_is_told_once(body: str, places: list[dict[str, Any]], told: str) -> None:
    holds(body, "aml-sms", *places, errors=(told,))


JSON: list[tuple[str, Any, str, list[dict[str, Any]], list[str]]] = [
    ("a GeoJSON point", {"type": "Point", "coordinates": [121.4, 31.2]}, "geojson", [point(31.2, 121.4)], []),
    ("a GeoJSON feature", {"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.4, 31.2, 9]},
     "properties": {}}, "json", [point(31.2, 121.4, altitude_m=9.0)], []),
    ("GeoJSON the wrong way round", {"type": "Point", "coordinates": [31.2, 121.4]}, "geojson", [], ["swapped"]),
    ("GeoJSON in words", {"type": "Point", "coordinates": ["121.4", "31.2"]}, "geojson", [], ["two or three numbers"]),
    ("an EIDO with a reference", {"eidoVersion": "1.0", "locationComponent": [{"locationByReferenceUrl":
     "https://lis.example/9"}]}, "eido", [{"shape": "reference", "uri": "https://lis.example/9"}], []),
    ("a vCon without places", {"vcon": "0.0.1", "uuid": "1", "parties": [{"tel": "+8613800000000"}], "dialog": []},
     "vcon", [], []),
    ("a vCon's address", {"vcon": "0.0.1", "parties": [{"civicaddress": {"country": "CN", "a3": "滨江区", "hno": 7}}]},
     "vcon", [{"shape": "civic", "civic": {"country": "CN", "A3": "滨江区", "HNO": "7"}}], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "kind", "places", "errors"), [case[1:] for case in JSON], ids=[case[0] for case in JSON]
)
def test_json_says_this_and_nothing_else(
    value: Any, kind: str, places: list[dict[str, Any]], errors: list[str]
) -> None:
    holds(json.dumps(value, ensure_ascii=False), kind, *places, errors=errors)


CARRIERS: list[tuple[str, str, list[dict[str, Any]], list[str]]] = [
    ("the usual form", "lat=31.2;lon=121.4;r=50;datum=WGS-84", [circle(31.2, 121.4, 50.0)], []),
    ("with its name", "X-ALI: lat=31.2; lon=121.4; r=50; datum=GCJ02", [circle(31.2, 121.4, 50.0) | {"datum": "GCJ-02"}],
     []),
    ("with a cell", "lat=31.2;lon=121.4;datum=WGS84;cell=460-00-1234-5678",
     [point(31.2, 121.4, method="Cell", provided_by="460-00-1234-5678")], []),
    ("exchanged", "lat=121.4;lon=31.2;datum=WGS-84", [], ["swapped"]),
    ("latitude 95", "lat=95;lon=121.4;datum=WGS-84", [], ["95"]),
    ("a comma", "lat=31,2;lon=121,4;datum=WGS-84", [], ["comma"]),
    ("a datum nobody knows", "lat=31.2;lon=121.4;datum=BD-09", [], ["datum"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "places", "errors"), [case[1:] for case in CARRIERS], ids=[case[0] for case in CARRIERS]
)
def test_a_carriers_header_says_this_and_nothing_else(
    text: str, places: list[dict[str, Any]], errors: list[str]
) -> None:
    holds(text, "x-ali", *places, errors=errors)


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(9))
HOSTILE: list[tuple[str, str, str]] = [
    ("a bomb", f"<!DOCTYPE p [{ENTITIES}]><presence xmlns='urn:ietf:params:xml:ns:pidf'>&e8;</presence>", "DTD"),
    ("an external entity", '<!DOCTYPE p [<!ENTITY f SYSTEM "file:///etc/passwd">]><presence>&f;</presence>', "DTD"),
    ("an external DTD", '<!DOCTYPE presence SYSTEM "http://evil.example/p.dtd"><presence/>', "DTD"),
    ("a parameter entity", '<!DOCTYPE p [<!ENTITY % x SYSTEM "http://evil.example/">%x;]><presence/>', "DTD"),
    ("no end", "<presence><tuple>", "malformed XML"),
    ("a depth without end", "<presence>" + "<tuple>" * 500, "deeper"),
    ("too many elements", f"<presence>{'<note/>' * 30_000}</presence>", "elements"),
    ("too many attributes", "<presence " + " ".join(f'a{n}="1"' for n in range(200)) + "/>", "attributes"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "told"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_document_is_told_and_gives_no_place(body: str, told: str) -> None:
    found = shown(body)
    assert not found["locations"], found
    assert any(told in error["what"] for error in found["errors"]), found["errors"]
