"""What the fuzzer throws broken inputs at, and the well-formed ones it starts from."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from gateway.location import ali, alirecord, aml, asterisk
from gateway.location.aliframe import Framing, Splitter
from gateway.location.bodies.gather import MAX_BLOCKS, MAX_FAULTS, MAX_LOCATIONS
from gateway.location.bodies.held import HELD_NAMESPACE
from gateway.location.body import read
from gateway.location.fix import fixes
from gateway.location.model import Datum, LocationSource
from gateway.location.shown import as_json
from gateway.testing import location_bodies as bodies
from gateway.text.address import parse

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
_GEO = (
    'shape="Circle",crs="2d",pos="31.23 121.47",radius="50"',
    'shape="ArcBand",crs="2d",pos="31.23 121.47",innerRadius="8",outerRadius="9",startAngle="3 degrees",'
    'openingAngle="1.2 radians"',
    'shape="Prism",crs="3d",pos="31 121 8",pos="31 121.1 8",pos="31.1 121 8",pos="31 121 8",height="6"',
    'lang="zh",country="CN",A1="江湾省",RD="人民东路",HNO="128号"',
    'URI="https://lis.example/1"',
)
_AML = b'A"ML=1;lt=+31.23040;lg=+121.47370;rd=50;top=20261127020000;lc=68;pm=G;si=460001;ei=3534;mcc=460'
_AML_2 = b'A"ML=2;en=110;et=1795744800;lo=31.23,121.47,20.1;lt=-3;lc=68;lz=53.0,2.5;ls=G;nc=46000;lg=zh'
_ENVELOPE = json.dumps({"from": "1380", "text": _AML.decode()}).encode()
_FORM = (
    b"v=1&location_latitude=31.23&location_longitude=121.47&location_time=1795744800000&hmac=" + b"ab" * 32
)
_ADDRESSES = (
    "临江市滨江区人民东路128号望江花园3号楼2单元1102室",
    "我在那个建国路，不对，建设路八十八号，幸福小区三单元幺零二室，快来",
    "环城高速公路由东向西十二公里三百米处，加油站对面，十字路口东南角",
    "Room 5, No. 88 Renmin Road, 滨江区",
)


def body_target(data: bytes) -> None:
    """What must hold of any body. Raises whatever does not."""
    reading = read(data)
    written = json.dumps(as_json(reading), ensure_ascii=False, allow_nan=False).encode()
    if len(reading.locations) > MAX_LOCATIONS or len(reading.faults) > MAX_FAULTS:
        raise AssertionError("more locations or faults than their limit")
    if len(reading.additional) > MAX_BLOCKS or not written:
        raise AssertionError("more blocks than their limit")
    for fault in reading.faults:
        if not fault.what or not fault.where:
            raise AssertionError(f"a fault that does not say what or where: {fault}")
    fixes(reading, source=LocationSource.PIDF, obtained_at=NOW, datum=Datum.WGS_84)


def body_seeds() -> list[bytes]:
    """Well-formed bodies of every kind to start from."""
    holders = (bodies.in_device, bodies.in_tuple, bodies.in_person)
    documents = [
        bodies.presence(holders[number % 3](bodies.info(shape, more=bodies.PROVIDED_BY, confidence="68")))
        for number, shape in enumerate(bodies.SHAPES)
    ]
    held = bodies.held_response(bodies.in_tuple(bodies.info(bodies.CIVIC)), uris=("https://lis.example/1",))
    pidf = ("application/pidf+xml", "l@x", documents[1])
    message = bodies.invite(
        pidf, ("application/sdp", "", "v=0"), headers=("Geolocation: <cid:l@x>, <https://lis.example/2>",)
    )
    eido = {"eidoVersion": "1.0", "locationComponent": [{"locationByValue": documents[0]}]}
    vcon = {"vcon": "0", "parties": [{"gmlpos": "31.2 121.4", "civicaddress": {"rd": "人民东路"}}]}
    over_http = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (
        len(held.encode()), held.encode(),
    )  # fmt: skip
    asked = (
        f'<locationRequest xmlns="{HELD_NAMESPACE}" responseTime="8">'
        '<locationType exact="true">any</locationType><device><ip>192.0.2.5</ip></device></locationRequest>'
    )
    refused = f'<error xmlns="{HELD_NAMESPACE}" code="timeout"><message xml:lang="en">late</message></error>'
    texts = [*documents, held, bodies.PROVIDER, json.dumps(eido), json.dumps(vcon)]
    texts += [asked, refused, "geo:31.2304,121.4737,9;u=50"]
    behind = b"U 192.0.2.1 -> 192.0.2.2\n\n" + message
    return [*(text.encode() for text in texts), documents[8].encode("utf-16"), message, over_http, behind,
            message.partition(b"\r\n\r\n")[2], gzip.compress(documents[0].encode()), _AML, _AML_2, _FORM,
            ali_seeds()[0], b"lat=31.23;lon=121.47;r=50"]  # fmt: skip


def asterisk_target(data: bytes) -> None:
    """The dialplan's fields: always a fix or a refusal with its reason."""
    text = data.decode("utf-8", "replace")
    for form in ("GML", "civicAddress", "URI", text[:20]):
        fields = {"GeoFormat": form, "GeoInfo": text, "GeoConf": text[-40:]}
        json.dumps(as_json(asterisk.read(fields)), ensure_ascii=False, allow_nan=False).encode()
        asterisk.fix(fields, obtained_at=NOW)


def aml_target(data: bytes) -> None:
    """A phone's message: read as one whatever it is, its signature judged, its number found."""
    reading = aml.read(data)
    json.dumps(as_json(reading), ensure_ascii=False, allow_nan=False).encode()
    aml.caller(reading)
    if aml.verified(data, None, ""):
        raise AssertionError("an empty secret verifies nothing")
    aml.verified(data, data[-64:], b"secret")
    fixes(reading, source=LocationSource.AML, obtained_at=NOW)


def aml_seeds() -> list[bytes]:
    packed = sum(byte << (7 * place) for place, byte in enumerate(_AML))
    binary = packed.to_bytes(len(_AML) * 7 // 8 + 1, "little")
    report = {
        "location": {"latitude": 31.2, "longitude": 121.4, "accuracy": 9},
        "device_number": "+8613800000000",
    }
    return [_AML, _AML_2, _AML + b"\n" + _AML_2, binary, binary.hex().encode(), b64encode(binary), _FORM,
            json.dumps([report]).encode(), _ENVELOPE]  # fmt: skip


def ali_target(data: bytes) -> None:
    """A provider's line: cut into records, each read in two layouts; the same bytes as a carrier's header."""
    in_letters = replace(alirecord.SHIPPED, in_bytes=False, encoding="utf-8", length=None, datum=Datum.WGS_84)
    splitters = (Splitter(framing=Framing()), Splitter(framing=Framing(start=b"", end=b"\r", length=None)))
    for splitter in splitters:
        for at in range(0, len(data), 97):
            for record in splitter.feed(data[at : at + 97]):
                _record(record, in_letters)
    _record(data[: alirecord.MAX_RECORD_BYTES + 1], in_letters)
    text = data.decode("utf-8", "replace")
    json.dumps(as_json(ali.read(data)), ensure_ascii=False, allow_nan=False).encode()
    ali.parse(text, datum=Datum.GCJ_02, obtained_at=NOW)
    ali.cell_of(text)


def _record(record: bytes, in_letters: alirecord.RecordLayout) -> None:
    for layout in (alirecord.SHIPPED, in_letters):
        reading = alirecord.read_record(record, layout).reading
        json.dumps(as_json(reading), ensure_ascii=False, allow_nan=False).encode()
        fixes(reading, source=LocationSource.ALI, obtained_at=NOW)


def ali_seeds() -> list[bytes]:
    values = ("R", "000001", "13800000000", "M", "W", "31.230417", "N121 28 25", "50", "67", "20261127100000",
              "江湾移动", "王某", "滨江区人民东路128号")  # fmt: skip
    pairs = zip(alirecord.SHIPPED.fields, values, strict=True)
    record = b"".join(value.encode("gb18030").ljust(field.length)[: field.length] for field, value in pairs)
    framed = alirecord.STX + record + alirecord.ETX
    return [framed, framed * 2 + b"H", record, record.replace(b"R", b"N", 1),
            b"lat=31.23;lon=121.47;r=50;datum=GCJ-02",
            b"X-ALI: lat=31.23; lng=121.47; cell=460-00-1-2; confidence=67"]  # fmt: skip


def address_target(data: bytes) -> None:
    """Words: every element stands where it says."""
    text = data.decode("utf-8", "replace")[:2_000]
    for element in parse(text).elements:
        if text[element.start : element.end] != element.text:
            raise AssertionError(f"an element that is not where it says: {element}")


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "body": (body_target, body_seeds),
    "asterisk": (asterisk_target, lambda: [text.encode() for text in _GEO]),
    "aml": (aml_target, aml_seeds),
    "ali": (ali_target, ali_seeds),
    "address": (address_target, lambda: [text.encode() for text in _ADDRESSES]),
}
