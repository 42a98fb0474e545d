"""What the fuzzer throws broken inputs at, and the well-formed ones it starts from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from gateway.location import asterisk
from gateway.location.bodies.gather import MAX_BLOCKS, MAX_FAULTS, MAX_LOCATIONS
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
    aml = b'A"ML=1;lt=+31.23040;lg=+121.47370;rd=50;top=20261127020000;lc=68;pm=G;si=460001;ei=3534;mcc=460'
    texts = [*documents, held, bodies.PROVIDER, json.dumps(eido), json.dumps(vcon)]
    return [*(text.encode() for text in texts), documents[8].encode("utf-16"), message, aml,
            message.partition(b"\r\n\r\n")[2], b"lat=31.23;lon=121.47;r=50"]  # fmt: skip


def asterisk_target(data: bytes) -> None:
    """The dialplan's fields: always a fix or a refusal with its reason."""
    text = data.decode("utf-8", "replace")
    for form in ("GML", "civicAddress", "URI", text[:20]):
        fields = {"GeoFormat": form, "GeoInfo": text, "GeoConf": text[-40:]}
        json.dumps(as_json(asterisk.read(fields)), allow_nan=False)
        asterisk.fix(fields, obtained_at=NOW)


def address_target(data: bytes) -> None:
    """Words: every element stands where it says."""
    text = data.decode("utf-8", "replace")[:2_000]
    for element in parse(text).elements:
        if text[element.start : element.end] != element.text:
            raise AssertionError(f"an element that is not where it says: {element}")


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "body": (body_target, body_seeds),
    "asterisk": (asterisk_target, lambda: [text.encode() for text in _GEO]),
    "address": (address_target, lambda: [text.encode() for text in _ADDRESSES]),
}
